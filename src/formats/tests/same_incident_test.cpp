// One incident, published in several forms, gives the same indicators; what differs, differs in the data and is named here.
#include <gtest/gtest.h>

#include <set>

#include "feed_reading.hpp"
#include "shared_data.hpp"

namespace mozu::formats::test::same_incident_test {
namespace {

using Values = std::set<std::string>;

struct Want {
  bool hashes_only = false;
  bool all_attributes = false;  ///< ESET sets to_ids to false throughout some events: there all attributes are wanted
};

Values values_of(const std::vector<std::string>& files, const Want& want = {}) {
  Values out;
  FeedSettings settings;
  settings.all_attributes = want.all_attributes;
  Diagnostics diagnostics;
  FeedStatistics statistics;
  for (const auto& file : files) {
    const auto status = read_feed(
        file, settings, read_time,
        [&](const intel::Indicator& i) {
          if (!want.hashes_only || i.pattern.kind >= intel::PatternKind::md5)
            out.insert(std::string(intel::short_name(i.pattern.kind)) + " " + i.pattern.value);
        },
        diagnostics, statistics);
    EXPECT_TRUE(status) << file;
  }
  return out;
}

Strings difference(const Values& a, const Values& b) {
  Strings out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

/// "info":"…" of a MISP event is, in Infoblox's feed, the name of the CSV file.
std::string event_info(const std::string& path) {
  std::string head;
  const auto input = open_input(path);
  const auto member = (*input)->next();
  head = read_all(**member, 1U << 28).value();
  const std::size_t at = head.find("\"info\"");
  const std::size_t open = head.find('"', head.find(':', at));
  return head.substr(open + 1, head.find('"', open + 1) - open - 1);
}

TEST(SameIncident, InfobloxCsvAndMisp) {
  MOZU_SHARED_OR_SKIP(root, "indicators/infoblox");
  Diagnostics diagnostics;
  std::map<std::string, std::string> csv;
  for (const auto& file : expand_feed_paths({root + "/csv/*.csv"}, diagnostics)) csv[stem_of(file)] = file;
  std::size_t pairs = 0;
  for (const auto& event : expand_feed_paths({root + "/misp"}, diagnostics)) {
    const auto it = csv.find(event_info(event));
    if (it == csv.end()) continue;
    ++pairs;
    EXPECT_EQ(values_of({event}), values_of({it->second})) << it->first;
  }
  EXPECT_GE(pairs, 19U);
}

TEST(SameIncident, RomComMispStixAndCsv) {
  MOZU_SHARED_OR_SKIP(root, "indicators/blackberry/Blogs");
  Diagnostics diagnostics;
  const std::string folder = root + "/2022-11-02*/";
  const Values misp = values_of(expand_feed_paths({folder + "MISP_*.json"}, diagnostics));
  const Values stix = values_of(expand_feed_paths({folder + "STIX_*.json"}, diagnostics));
  const Values csv = values_of(expand_feed_paths({folder + "*-iocs.csv"}, diagnostics));
  ASSERT_EQ(misp.size(), 17U);
  EXPECT_EQ(misp, stix);
  EXPECT_EQ(difference(csv, misp), Strings{});
  // The table gives each file's SHA-256; the MISP event and the bundle give MD5 and SHA-1 of four of them besides.
  for (const auto& more : difference(misp, csv)) EXPECT_TRUE(more.starts_with("md5 ") || more.starts_with("sha1 ")) << more;
}

// Where the two differ: most events name each file by its SHA-1 alone while the sample lists give MD5, SHA-1 and SHA-256, and
// the lists of a folder cover all campaigns of a group while its events cover some. Three events name files that are in no
// list (machete 6 hashes, sednit 3, turla 1).
struct Pair {
  const char* folder;
  bool all_attributes;
  std::size_t common_min;  ///< hashes in both
  std::size_t event_only_max, samples_only_max;
};

class EsetEvent : public ::testing::TestWithParam<Pair> {};

TEST_P(EsetEvent, HasTheHashesOfTheSampleLists) {
  const Pair& p = GetParam();
  MOZU_SHARED_OR_SKIP(root, std::string("indicators/eset/") + p.folder);
  Diagnostics diagnostics;
  const Values event = values_of(expand_feed_paths({root + "/*.json"}, diagnostics), {true, p.all_attributes});
  const Values samples = values_of(expand_feed_paths({root + "/samples.*"}, diagnostics), {true, false});
  EXPECT_GE(event.size() - difference(event, samples).size(), p.common_min);
  EXPECT_LE(difference(event, samples).size(), p.event_only_max) << difference(event, samples).front();
  EXPECT_LE(difference(samples, event).size(), p.samples_only_max) << difference(samples, event).front();
}

INSTANTIATE_TEST_SUITE_P(Folders, EsetEvent,
                         ::testing::Values(Pair{"cloudmensis", false, 9, 0, 0}, Pair{"dukes", true, 18, 0, 36}, Pair{"gelsemium", false, 153, 0, 0},
                                           Pair{"glupteba", true, 6, 0, 12}, Pair{"machete", true, 306, 6, 0}, Pair{"moustachedbouncer", true, 87, 0, 0},
                                           Pair{"mozi", false, 63, 0, 0}, Pair{"oceanlotus", true, 28, 0, 89}, Pair{"powerpool", true, 5, 0, 10},
                                           Pair{"sednit", true, 36, 3, 363}, Pair{"signsight", true, 5, 0, 10}, Pair{"stantinko", true, 126, 0, 255},
                                           Pair{"swc-candiru", false, 9, 0, 0}, Pair{"telebots", true, 66, 0, 42}, Pair{"turla", true, 61, 1, 329},
                                           Pair{"winnti_group", true, 11, 0, 340}, Pair{"xdspy", true, 13, 0, 24}),
                         [](const auto& known) {
                           std::string name = known.param.folder;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mozu::formats::test::same_incident_test
