// What goes in comes out: STIX byte for byte, other tongues as far as they have words.
#include "mozu/exchange/export.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/exchange/import.hpp"
#include "mozu/formats/knowledge.hpp"
#include "places.hpp"
#include "postgres_schema.hpp"

namespace mozu::exchange {
namespace {

namespace fs = std::filesystem;
const intel::Viewer owner = intel::Viewer::owner();

class Exporting : public testing::TestWithParam<const char*> {
 protected:
  Exporting() {
    std::string name = (fs::temp_directory_path() / "mozu-exchange-XXXXXX").string();
    folder = ::mkdtemp(name.data());
    store = open("data");
  }
  ~Exporting() override {
    store.reset();
    std::error_code ignored;
    fs::remove_all(folder, ignored);
  }
  std::unique_ptr<store::Store> open(const std::string& name) const {
    store::StoreOptions options;
    options.location = GetParam() == std::string("postgres") ? mozu::test::new_postgres_schema() : folder + "/" + name;
    return std::move(store::Store::open(options).value());
  }
  static void import(store::Store& into, std::vector<std::string> paths, intel::Tlp tlp = intel::Tlp::none) {
    ImportRequest request;
    request.paths = std::move(paths), request.provenance.source = "test", request.provenance.tlp = tlp;
    Diagnostics problems;
    const auto done = import_paths(into, request, {[](ImportedFile&&) {}, {}}, problems);
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  static std::map<std::string, std::string> contents(store::Store& of) {
    std::map<std::string, std::string> out;
    store::ListQuery q;
    q.limit = 1000;
    do {
      auto page = of.list_objects(owner, q).value();
      for (auto& o : page.items) out.emplace(o.id, std::move(o.json));
      q.cursor = page.next;
    } while (!q.cursor.empty());
    return out;
  }
  std::string write(const std::string& format, const Selection& selection = {}, ExportReport* report = nullptr) {
    std::string out;
    const auto done = export_objects(*store, owner, selection, format, {}, [&](std::string_view, std::string_view bytes) { return out += bytes, Status(); });
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message);
    if (report != nullptr && done) *report = *done;
    return out;
  }
  std::string file(const std::string& name, std::string_view text) const {
    std::ofstream(folder + "/" + name) << text;
    return folder + "/" + name;
  }

  std::string folder;
  std::unique_ptr<store::Store> store;
};

INSTANTIATE_TEST_SUITE_P(Engines, Exporting, testing::Values("sqlite", "postgres"), [](const auto& p) { return std::string(p.param); });

constexpr std::string_view small = R"json({"type":"bundle","id":"bundle--11111111-1111-4111-8111-111111111111","objects":[
{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-000000000001","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"=cmd()","pattern":"[domain-name:value = 'evil.example' OR ipv4-addr:value IN ('192.0.2.1','192.0.2.2')]","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z","x_custom":{"deep":[1,2.50]}},
{"type":"indicator","spec_version":"2.1","id":"indicator--11111111-1111-4111-8111-000000000002","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"secret","pattern":"[url:value = 'http://evil.example/a,b']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z","object_marking_refs":["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"]}]})json";

TEST_P(Exporting, AStixBundleComesBackByteForByte) {
  import(*store, {file("a.json", small)});
  const auto bundle = write("stix");
  EXPECT_NE(bundle.find("\"tlp_2_0\":\"red\""), std::string::npos) << "the marking it uses goes along";
  const auto other = open("other");
  import(*other, {file("b.json", bundle)});
  auto after = contents(*other);
  after.erase("marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1");
  EXPECT_EQ(after, contents(*store));
}

TEST_P(Exporting, WhatTheImportMarkedIsMarkedInTheOutput) {
  import(*store, {file("a.json", small)}, intel::Tlp::amber);
  const auto bundle = write("stix");
  EXPECT_NE(bundle.find("\"object_marking_refs\":[\"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421\"]"), std::string::npos);
  EXPECT_NE(bundle.find("\"x_custom\":{\"deep\":[1,2.5"), std::string::npos);
  for (const auto* format : {"plain", "openioc", "navigator"}) EXPECT_NE(write(format).find("TLP:RED"), std::string::npos) << format;
  EXPECT_NE(write("misp").find("tlp:red"), std::string::npos);
  EXPECT_NE(write("csv").find(",TLP:AMBER,"), std::string::npos);
}

TEST_P(Exporting, NothingStricterIsGiven) {
  import(*store, {file("a.json", small)});
  Selection s;
  s.tlp_max = intel::Tlp::green;
  for (const auto& format : formats::export_formats()) {
    ExportReport report;
    const auto text = write(std::string(format.name), s, &report);
    EXPECT_EQ(text.find("secret"), std::string::npos) << format.name;
    EXPECT_EQ(text.find("evil.example/a"), std::string::npos) << format.name;
  }
  ExportReport report;
  EXPECT_EQ(write("plain", s, &report), "# Mozu export\n# TLP: none\n# 1970-01-01T00:00:00Z\nevil.example\n192.0.2.1\n192.0.2.2\n");
  EXPECT_EQ(report.withheld, 1U);
}

TEST_P(Exporting, CellsAreQuotedAndFormulasAreNone) {
  import(*store, {file("a.json", small)});
  const auto csv = write("csv");
  EXPECT_NE(csv.find("\"http://evil.example/a,b\",url:value,indicator,"), std::string::npos);
  EXPECT_NE(csv.find(",\"'=cmd()\","), std::string::npos);
}

TEST_P(Exporting, IdsThatAreNotThereAreAnError) {
  import(*store, {file("a.json", small)});
  Selection s;
  s.ids = {"indicator--11111111-1111-4111-8111-00000000ffff"};
  const auto done = export_objects(*store, owner, s, "stix", {}, [](std::string_view, std::string_view) { return Status(); });
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, "export-absent");
  const auto full = export_objects(*store, owner, {}, "stix", {}, [](std::string_view, std::string_view) -> Status { return fail("output-write", "full"); });
  ASSERT_FALSE(full.has_value());
  EXPECT_EQ(full.error().code, "output-write");
}

TEST_P(Exporting, ListsReadBackGiveTheSameValues) {
  std::string text(small);
  text.replace(text.find("a,b"), 3, "ab");
  import(*store, {file("a.json", text)});
  for (const auto& [format, name] : {std::pair{"plain", "a.txt"}, std::pair{"openioc", "a.ioc"}, std::pair{"misp", "misp.json"}}) {
    const auto path = file(name, write(format));
    std::map<std::string, int> values;
    Diagnostics d;
    formats::KnowledgeStatistics n;
    const auto read = formats::read_knowledge(
        path, {},
        [&](intel::StixObject&& o) {
          if (o.type == "indicator") ++values[o.name];
          return Status();
        },
        d, n);
    ASSERT_TRUE(read.has_value()) << format << read.error().message;
    EXPECT_EQ(values.size(), 4U) << format;
    EXPECT_TRUE(values.contains("evil.example")) << format;
  }
}

TEST_P(Exporting, ActorsThatNoReportRefersToAreNamedInMisp) {
  constexpr std::string_view bundle = R"json({"type":"bundle","id":"bundle--11111111-1111-4111-8111-111111111111","objects":[
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--11111111-1111-4111-8111-000000000001","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"COPPER HERON"},
{"type":"malware","spec_version":"2.1","id":"malware--11111111-1111-4111-8111-000000000002","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"Featherfall","is_family":true},
{"type":"report","spec_version":"2.1","id":"report--11111111-1111-4111-8111-000000000003","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","name":"told","published":"2024-01-01T00:00:00Z","object_refs":["malware--11111111-1111-4111-8111-000000000002"]}]})json";
  import(*store, {file("a.json", bundle)});
  const auto misp = write("misp");
  const auto count = [&](std::string_view text) {
    std::size_t n = 0;
    for (auto at = misp.find(text); at != std::string::npos; at = misp.find(text, at + 1)) ++n;
    return n;
  };
  EXPECT_EQ(count("\"Event\""), 2U) << misp;
  EXPECT_EQ(count(R"("value":"COPPER HERON")"), 1U) << misp;
  EXPECT_EQ(count(R"("value":"Featherfall")"), 1U) << misp;
}

/// "../shared/data" beside the repository or below $MOZU_SHARED; empty if absent.
std::string shared(const std::string& below) {
  const char* set = std::getenv("MOZU_SHARED");
  const auto path = (set != nullptr ? fs::path(set) : fs::path(source_dir).parent_path() / "shared") / "data" / below;
  std::error_code error;
  return fs::exists(path, error) ? path.string() : std::string();
}

TEST_P(Exporting, RealDataComesBackByteForByte) {
  std::vector<std::string> paths;
  for (const auto* name : {"attack/ics-attack-18.1.json.zst", "stix", "misp", "misp-galaxy/clusters", "vuln", "rules/sigma"})
    if (auto path = shared(name); !path.empty()) paths.push_back(std::move(path));
  if (paths.empty()) GTEST_SKIP() << "no ../shared/data beside the repository";
  import(*store, paths);
  const auto before = contents(*store);
  ASSERT_GT(before.size(), 1000U);
  const auto other = open("other");
  import(*other, {file("b.json", write("stix"))});
  const auto after = contents(*other);
  for (const auto& [id, json] : before) {
    const auto it = after.find(id);
    ASSERT_NE(it, after.end()) << id;
    EXPECT_EQ(it->second, json);
  }
}

/// What is another, or gone, after a way through another tongue: "indicator: valid_until", "note (gone)"; how often.
std::map<std::string, std::size_t> losses(const std::map<std::string, std::string>& before, const std::map<std::string, std::string>& after) {
  std::map<std::string, std::size_t> out;
  simdjson::dom::parser old_parser, new_parser;
  for (const auto& [id, json] : before) {
    const auto type = std::string(intel::type_of_id(id));
    const auto kept = after.find(id);
    if (kept == after.end()) {
      ++out[type + " (gone)"];
      continue;
    }
    const simdjson::dom::object was = old_parser.parse(json), is = new_parser.parse(kept->second);
    for (const auto [key, value] : was) {
      simdjson::dom::element other;
      if (is[key].get(other) != simdjson::SUCCESS || simdjson::minify(value) != simdjson::minify(other))
        ++out[type + ": " + (key.starts_with("x_mitre_") ? "x_mitre_…" : std::string(key))];
    }
  }
  return out;
}
std::string names_of(const std::map<std::string, std::size_t>& losses) {
  std::string out;
  for (const auto& [name, n] : losses) out += name + "\n";
  return out;
}
std::string expected(const std::string& name) {
  std::ifstream in(std::string(source_dir) + "/src/exchange/tests/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// MISP → STIX → MISP → STIX. docs/exchange.md leads to the lists.
TEST_P(Exporting, WhatMispEventsLoseOnTheWayThroughMisp) {
  const auto events = shared("misp/pymisp-tests");
  if (events.empty()) GTEST_SKIP() << "no ../shared/data beside the repository";
  import(*store, {events});
  const auto other = open("other");
  import(*other, {file("misp.json", write("misp"))});
  const auto before = contents(*store);
  EXPECT_GT(before.size(), 200U);
  EXPECT_EQ(names_of(losses(before, contents(*other))), expected("losses_misp_misp.txt"));
}

/// STIX → MISP → STIX
TEST_P(Exporting, WhatStixLosesOnTheWayThroughMisp) {
  std::vector<std::string> paths;
  for (const auto* name : {"attack/ics-attack-18.1.json.zst", "stix/oasis-documentation-examples", "indicators/amnesty"})
    if (auto path = shared(name); !path.empty()) paths.push_back(std::move(path));
  if (paths.size() < 3) GTEST_SKIP() << "no ../shared/data beside the repository";
  import(*store, paths);
  const auto other = open("other");
  import(*other, {file("misp.json", write("misp"))});
  EXPECT_EQ(names_of(losses(contents(*store), contents(*other))), expected("losses_stix_misp.txt"));
}

TEST_P(Exporting, MispAndBackKeepsAttributes) {
  const auto event = shared("misp/pymisp-tests/existing_event.json");
  if (event.empty()) GTEST_SKIP() << "no ../shared/data beside the repository";
  import(*store, {event});
  const auto other = open("other");
  import(*other, {file("misp.json", write("misp"))});
  const auto before = contents(*store), after = contents(*other);
  std::size_t attributes = 0;
  for (const auto& [id, json] : before) {
    if (!id.starts_with("indicator--") && !id.starts_with("observed-data--") && !id.starts_with("x-misp-attribute--") && !id.starts_with("report--")) continue;
    ++attributes;
    EXPECT_TRUE(after.contains(id)) << id << json;
  }
  EXPECT_GT(attributes, 10U);
}

}  // namespace
}  // namespace mozu::exchange
