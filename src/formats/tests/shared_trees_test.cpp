// Every JSON and XML file of the shared data is read, or recognised as no feed with a reason.
#include <filesystem>

#include <gtest/gtest.h>

#include <set>

#include "feed_reading.hpp"
#include "shared_data.hpp"

namespace mozu::formats::test {
namespace {

namespace fs = std::filesystem;

bool is_tree(const fs::path& p) {
  const auto name = p.filename().string();
  return name.ends_with(".json") || name.ends_with(".json.zst") || name.ends_with(".ioc") || name.ends_with(".xml");
}

std::vector<fs::path> trees_below(const std::string& folder) {
  std::vector<fs::path> out;
  for (const auto& e : fs::recursive_directory_iterator(folder))
    if (e.is_regular_file() && is_tree(e.path())) out.push_back(e.path());
  std::sort(out.begin(), out.end());
  return out;
}

Reading read_path(const fs::path& p, const FeedSettings& settings = {}) {
  Reading r;
  r.status = read_feed(p.string(), settings, read_time, [&](const intel::Indicator& i) { r.indicators.push_back(i); }, r.diagnostics, r.statistics);
  return r;
}

TEST(SharedTrees, every_file_is_read_or_named) {
  std::size_t files = 0, read_files = 0, no_feeds = 0, indicators = 0;
  for (const std::string_view folder : {"indicators", "misp", "stix", "misp-warninglists"}) {
    MOZU_SHARED_OR_SKIP(root, std::string(folder));
    for (const auto& p : trees_below(root)) {
      ++files;
      FeedSettings settings;
      settings.suppression = folder == "misp-warninglists";
      const auto r = read_path(p, settings);
      indicators += r.indicators.size();
      if (r.status) {
        ++read_files;
        continue;
      }
      ++no_feeds;
      EXPECT_TRUE(r.error() == "not-a-feed") << p << ": " << r.status.error().message;
    }
  }
  EXPECT_GT(files, 250U);
  EXPECT_GT(read_files, 170U);
  EXPECT_GT(indicators, 60'000U);
  RecordProperty("files", static_cast<int>(files));
  RecordProperty("not_a_feed", static_cast<int>(no_feeds));
}

std::set<std::string> value_set(const Reading& r) {
  const auto values = r.values();
  return {values.begin(), values.end()};
}

TEST(SharedTrees, stix_and_misp_of_one_incident_agree) {
  MOZU_SHARED_OR_SKIP(root, "indicators/blackberry/Blogs");
  fs::path stix, misp;
  for (const auto& p : trees_below(root)) {
    if (p.filename().string().starts_with("STIX_RomCom")) stix = p;
    if (p.filename().string().starts_with("MISP_RomCom")) misp = p;
  }
  ASSERT_FALSE(stix.empty() || misp.empty());
  const auto a = value_set(read_path(stix)), b = value_set(read_path(misp));
  EXPECT_FALSE(a.empty());
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace mozu::formats::test
