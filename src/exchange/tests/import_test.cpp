#include "mozu/exchange/import.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/store/store.hpp"
#include "postgres_schema.hpp"

namespace mozu::exchange::import_test {
namespace {

namespace fs = std::filesystem;
const intel::Viewer owner = intel::Viewer::owner();

class Importing : public testing::TestWithParam<const char*> {
 protected:
  Importing() {
    std::string name = (fs::temp_directory_path() / "mozu-exchange-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    store::StoreOptions options;
    options.location = GetParam() == std::string("postgres") ? mozu::test::new_postgres_schema() : folder + "/data";
    store = std::move(store::Store::open(options).value());
  }
  ~Importing() override {
    store.reset();
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  std::string file(const std::string& name, std::string_view text) {
    const auto path = folder + "/in/" + name;
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << text;
    return path;
  }
  std::vector<ImportedFile> import(std::vector<std::string> paths, bool dry_run = false) {
    ImportRequest request;
    request.paths = std::move(paths), request.dry_run = dry_run;
    request.provenance.actor = "cli";
    std::vector<ImportedFile> files;
    const auto done = import_paths(*store, request, {[&](ImportedFile&& f) { files.push_back(std::move(f)); }, {}}, problems);
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message);
    return files;
  }

  std::string folder;
  std::unique_ptr<store::Store> store;
  Diagnostics problems;
};

INSTANTIATE_TEST_SUITE_P(Engines, Importing, testing::Values("sqlite", "postgres"), [](const auto& p) { return std::string(p.param); });

constexpr std::string_view technique_bundle = R"({"type":"bundle","id":"bundle--11111111-1111-4111-8111-111111111111","objects":[
{"type":"attack-pattern","spec_version":"2.1","id":"attack-pattern--11111111-1111-4111-8111-000000000001","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"Old Shell","revoked":true,"external_references":[{"source_name":"mitre-attack","external_id":"T1059.001"}]},
{"type":"attack-pattern","spec_version":"2.1","id":"attack-pattern--11111111-1111-4111-8111-000000000002","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"Shell","external_references":[{"source_name":"mitre-attack","external_id":"T1059.001"}]},
{"type":"malware","id":"malware--not-a-time","created":"yesterday","modified":"x","name":"Broken"}]})";

constexpr std::string_view rule = R"(title: Odd shell
id: 22222222-2222-4222-8222-222222222222
status: test
logsource:
  category: process_creation
detection:
  selection:
    Image|endswith: '\shell.exe'
  condition: selection
tags:
  - attack.t1059.001
)";

constexpr std::string_view clusters_a =
    R"({"authors":["x"],"category":"actor","description":"d","name":"Threat Actor","source":"s","type":"threat-actor","uuid":"33333333-3333-4333-8333-333333333330","version":1,"values":[
{"value":"Quiet Fox","uuid":"33333333-3333-4333-8333-333333333331","related":[{"dest-uuid":"33333333-3333-4333-8333-333333333332","type":"uses"}]}]})";
constexpr std::string_view clusters_b =
    R"({"authors":["x"],"category":"tool","description":"d","name":"Tool","source":"s","type":"tool","uuid":"33333333-3333-4333-8333-33333333333a","version":1,"values":[
{"value":"Foxhole","uuid":"33333333-3333-4333-8333-333333333332"}]})";

TEST_P(Importing, StoresWhatCanBeReadAndTellsTheRest) {
  const auto path = file("attack.json", technique_bundle);
  const auto files = import({path});
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].read.format, "stix");
  EXPECT_EQ(files[0].receipt.counts.added, 2U);
  EXPECT_EQ(files[0].read.refused, 1U);
  EXPECT_EQ(files[0].sha256.size(), 64U);
  EXPECT_TRUE(files[0].complete());
  const auto records = store->imports(owner, {}, 10).value().items;
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].provenance.source, "attack");
  EXPECT_EQ(records[0].provenance.origin, path);
  EXPECT_EQ(records[0].provenance.sha256, files[0].sha256);
}

TEST_P(Importing, ChangesNothingTheSecondTime) {
  const std::vector<std::string> paths = {file("a/attack.json", technique_bundle), file("a/rule.yml", rule), file("a/one.json", clusters_a),
                                          file("a/two.json", clusters_b)};
  import(paths);
  for (const auto& f : import(paths)) {
    EXPECT_EQ(f.receipt.counts.added + f.receipt.counts.updated + f.receipt.counts.older, 0U) << f.path;
    EXPECT_EQ(f.receipt.counts.unchanged, f.read.objects) << f.path;
  }
}

TEST_P(Importing, RulesFindTechniquesWhateverTheOrder) {
  const auto files = import({file("rule.yml", rule), file("attack.json", technique_bundle)});
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].read.format, "stix") << "what others refer to comes first";
  store::ListQuery q;
  q.types = {"relationship"};
  const auto relations = store->list_objects(owner, q).value().items;
  ASSERT_EQ(relations.size(), 1U);
  EXPECT_NE(relations[0].json.find("attack-pattern--11111111-1111-4111-8111-000000000002"), std::string::npos) << "the one in force, not the revoked";
}

TEST_P(Importing, AGalaxyThatRefersToALaterOneIsReadAgain) {
  const auto files = import({file("1.json", clusters_a), file("2.json", clusters_b)});
  ASSERT_EQ(files.size(), 3U);
  EXPECT_TRUE(files[2].again);
  EXPECT_EQ(files[2].receipt.counts.added, 1U);
  store::ListQuery q;
  q.types = {"relationship"};
  EXPECT_EQ(store->list(owner, q).value().items.size(), 1U);
}

TEST_P(Importing, AFolderIsOneSourceAndMayHoldOtherThings) {
  file("intel/README.md", "# Notes\n\nThese are the files of the year.\n");
  file("intel/attack.json", technique_bundle);
  const auto files = import({folder + "/in/intel", folder + "/in/absent"});
  ASSERT_EQ(files.size(), 2U);
  EXPECT_TRUE(files[1].passed_over);
  EXPECT_TRUE(files[1].complete());
  EXPECT_EQ(problems.counts().at("feed-path"), 1U);
  EXPECT_EQ(store->imports(owner, {}, 10).value().items.at(0).provenance.source, "intel");
}

TEST_P(Importing, WhatIsNamedAndIsNoKnowledgeFails) {
  const auto files = import({file("README.md", "# Notes\n\nThese are the files of the year.\n"), folder + "/in"});
  ASSERT_FALSE(files.empty());
  ASSERT_TRUE(files[0].failure.has_value());
  EXPECT_EQ(files[0].failure->code, "not-knowledge");
  EXPECT_TRUE(store->imports(owner, {}, 10).value().items.empty());
}

TEST_P(Importing, AddressesOfAttackReleasesAreNoIndicators) {
  file("attack/index.json",
       R"({"id":"10296991-439b-4202-90a3-e38812613ad4","name":"MITRE ATT&CK","collections":[{"id":"x-mitre-collection--1f5f1533-f617-4ca8-9ab4-6a02367fa019",
"versions":[{"version":"18.1","url":"https://raw.example.com/enterprise-attack-18.1.json","modified":"2025-11-13T14:00:00.188Z"}]}]})");
  const auto files = import({folder + "/in/attack"});
  ASSERT_EQ(files.size(), 1U);
  EXPECT_TRUE(files[0].passed_over);
}

TEST_P(Importing, ADryRunTellsAndKeepsNothing) {
  const auto path = file("attack.json", technique_bundle);
  const auto tried = import({path}, true);
  EXPECT_EQ(tried.at(0).receipt.counts.added, 2U);
  EXPECT_EQ(tried.at(0).receipt.import, 0);
  EXPECT_TRUE(store->counts(owner).value().empty());
  EXPECT_EQ(import({path}).at(0).receipt.counts.added, 2U);
}

TEST(SourceName, IsTheFilesWithoutItsEndings) {
  EXPECT_EQ(source_name("feeds/evil.domains.csv.gz"), "evil.domains");
  EXPECT_EQ(source_name("enterprise-attack-18.1.json.zst"), "enterprise-attack-18.1");
  EXPECT_EQ(source_name("feeds/misp-galaxy/"), "misp-galaxy");
  EXPECT_EQ(source_name(".json"), ".json");
  EXPECT_EQ(source_name("-"), "import");
}

}  // namespace
}  // namespace mozu::exchange::import_test
