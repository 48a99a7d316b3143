// Every file of real feeds is read, or is told to be none; and what is known of some of them is found.
#include <gtest/gtest.h>

#include <set>

#include "feed_reading.hpp"
#include "shared_data.hpp"

namespace mozu::formats::test {
namespace {

Reading read_path(const std::string& path, const FeedSettings& settings = {}) {
  Reading r;
  r.status = read_feed(path, settings, read_time, [&](const intel::Indicator& i) { r.indicators.push_back(i); }, r.diagnostics, r.statistics);
  return r;
}

TEST(RealFeeds, EveryFileIsReadOrIsNoFeed) {
  MOZU_SHARED_OR_SKIP(root, "indicators");
  Diagnostics diagnostics;
  const auto files = expand_feed_paths({root}, diagnostics);
  EXPECT_GT(files.size(), 1000U);
  EXPECT_TRUE(diagnostics.empty());
  std::map<std::string, std::size_t> formats;
  std::uint64_t indicators = 0, refused = 0;
  for (const auto& file : files) {
    Reading r = read_path(file);
    if (!r.status) {
      EXPECT_EQ(r.error(), "not-a-feed") << file << ": " << r.status.error().message;
      EXPECT_EQ(r.statistics.indicators, 0U) << file;
      ++formats["not-a-feed"];
      continue;
    }
    ++formats[r.statistics.format];
    indicators += r.statistics.indicators;
    refused += r.statistics.refused;
    const bool rule = file.ends_with(".yar") || file.ends_with(".yara") || file.ends_with(".rules") || file.ends_with(".xql");
    EXPECT_FALSE(rule) << file << " was read as " << r.statistics.format;
  }
  EXPECT_GE(indicators, 190'000U);
  // Feeds hold dirt, but little of it: Maltrail's paths without hosts are most of what is refused.
  EXPECT_LT(refused * 20, indicators);
  EXPECT_EQ(formats["maltrail"], 143U);
  EXPECT_EQ(formats["zeek-intel"], 5U);
  EXPECT_EQ(formats["signature-base"], 3U);
  EXPECT_GE(formats["csv"], 115U);
  EXPECT_GE(formats["plain"], 400U);
  EXPECT_GE(formats["text"], 110U);
}

struct Known {
  const char* file;
  const char* format;
  std::uint64_t indicators_min;
  std::uint64_t refused_max;
};

class KnownFeed : public ::testing::TestWithParam<Known> {};

TEST_P(KnownFeed, HoldsAtLeast) {
  const Known& k = GetParam();
  MOZU_SHARED_OR_SKIP(file, std::string("indicators/") + k.file);
  const Reading r = read_path(file);
  ASSERT_TRUE(r.status) << r.status.error().message;
  EXPECT_EQ(r.statistics.format, k.format);
  EXPECT_GE(r.statistics.indicators, k.indicators_min);
  EXPECT_LE(r.statistics.refused, k.refused_max);
}

INSTANTIATE_TEST_SUITE_P(
    Floors, KnownFeed,
    ::testing::Values(
        Known{"amnesty/2018-08-01_nso/indicators.csv", "csv", 1208, 0}, Known{"amnesty/2021-07-18_nso/domains.txt", "plain", 1438, 0},
        Known{"amnesty/2020-09-25_finfisher/sha256.csv", "csv", 12, 0}, Known{"avast/Chaes/network.txt", "plain", 34, 0},
        Known{"avast/HelloTDS/network.txt", "plain", 632, 0}, Known{"avast/GuptiMiner/samples.csv", "csv", 72, 0},
        Known{"avast/MyKings-clipboard-stealer/cnc.txt", "plain", 278, 0}, Known{"avast/Rackoko/Rackoko.csv", "csv", 2386, 0},
        Known{"avast/Lumma/Lumma_08_2024.txt", "plain", 54, 0}, Known{"eset/turla/README.adoc", "text", 228, 0},
        Known{"eset/stantinko/README.adoc", "text", 463, 2}, Known{"eset/agrius/README.adoc", "text", 7, 0},
        Known{"infoblox/csv/ameli_cta_20221118_iocs.csv", "csv", 8097, 0}, Known{"infoblox/csv/prolific_puma_20231031.csv", "csv", 8544, 0},
        Known{"infoblox/csv/ukraine_russia_legitimate_iocs.csv", "csv", 0, 0}, Known{"ipsum/levels/3.txt", "plain", 14217, 0},
        Known{"microsoft/Indicators.csv", "csv", 229, 0}, Known{"microsoft/May21NOBELIUMIoCs.csv", "csv", 247, 1},
        Known{"prodaft/FIN7/README.md", "text", 832, 0}, Known{"prodaft/Conti/README.md", "text", 38, 0}, Known{"prodaft/SilverFish/README.md", "text", 162, 0},
        Known{"sekoia/activemq/activemq_iocs_20231206.csv", "csv", 54, 0}, Known{"sekoia/emotet/2021-01-20_Emotet_Campaign.csv", "csv", 532, 1},
        Known{"sekoia/bananasulfate/SEKOIAIO_Banana_Sulfate_infrastructure.csv", "csv", 91, 0},
        Known{"sekoia/marsstealer/mars_stealer_iocs_20220407.csv", "csv", 611, 0}, Known{"sekoia/acrstealer/acrstealer_iocs_20240429.md", "text", 37, 0},
        Known{"sekoia/qnapworm/20220704_QNAP_Worm_Infrastructure", "plain", 270, 0}, Known{"signature-base-iocs/c2-iocs.txt", "signature-base", 1844, 0},
        Known{"signature-base-iocs/hash-iocs.txt", "signature-base", 3224, 0}, Known{"unit42/text/Gamaredon/Gamaredon_IoCs_JAN2022.txt", "plain", 1005, 0},
        Known{"unit42/text/TA551/2020-07-07-TA551-IOCs-for-Ursnif-with-IcedID.txt", "plain", 115, 0},
        Known{"unit42/text/agenttesla/agenttesla_panels.txt", "csv", 473, 7}, Known{"unit42/text/rarog/c2_w_timestamps.csv", "csv", 161, 0},
        Known{"unit42/text/xHunt/xHunt_IOCs.csv", "csv", 93, 0}, Known{"unit42/text/venomrat_iocs.csv", "csv", 874, 2},
        Known{"zeek-intel/alienvault.intel", "zeek-intel", 609, 0}, Known{"zeek-intel/Amnesty_NSO_Domains.intel", "zeek-intel", 1424, 0},
        Known{"volexity/2022/2022-02-03_Operation_EmailThief/indicators/iocs.csv", "csv", 61, 0},
        Known{"volexity/2022/2022-03-22_GIMMICK/indicators/iocs.csv", "csv", 6, 0}, Known{"maltrail/malware/virut.txt", "maltrail", 243, 10},
        Known{"maltrail/malware/valleyrat.txt", "maltrail", 677, 1}),
    [](const auto& known) {
      std::string name = known.param.file;
      for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
      return name;
    });

}  // namespace
}  // namespace mozu::formats::test
