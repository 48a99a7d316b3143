// Detections as knowledge: what was seen in one log on one day is counted once, whoever imports it again.
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <map>
#include <string>
#include <vector>

#include "mozu/formats/knowledge.hpp"

namespace mozu::formats {
namespace {

struct Read {
  std::vector<intel::StixObject> objects;
  KnowledgeStatistics statistics;
  Diagnostics diagnostics;
  std::size_t count(std::string_view type) const {
    std::size_t n = 0;
    for (const auto& o : objects) n += o.type == type;
    return n;
  }
  std::string json(std::string_view type) const {
    for (const auto& o : objects)
      if (o.type == type) return o.json;
    return {};
  }
};

Read read(const std::string& text) {
  Read out;
  KnowledgeSettings settings;
  settings.source = "detections";
  const auto status = read_knowledge_memory(
      "d.ndjson", text, settings,
      [&](intel::StixObject&& o) -> Status {
        out.objects.push_back(std::move(o));
        return {};
      },
      out.diagnostics, out.statistics);
  EXPECT_TRUE(status.has_value()) << status.error().message;
  return out;
}

std::string line(int at, std::string_view time, std::string_view value = "cdn.evil.example", std::string_view more = "") {
  return fmt::format(
      R"({{"source":"proxy.log","line":{},"offset":4,"length":16,"time":{},"observable":{{"type":"domain-name","value":"{}"}},"relation":"subdomain",)"
      R"("indicator":{{"type":"domain-name","value":"evil.example","feeds":["acme"],"id":"indicator--8b3a2f1c-5d0e-5a7b-9c1d-2e3f4a5b6c7d","labels":["c2"],"confidence":80,"tlp":"TLP:AMBER"}},)"
      R"("event":{{"format":"squid","source":"192.0.2.5"}}{}}})"
      "\n",
      at, time, value, more);
}

TEST(DetectionObjects, CountWhatWasSeenInOneLogOnOneDay) {
  const Read r = read(line(1, R"("2026-11-01T10:00:00Z")") + line(9, R"("2026-11-01T08:00:00Z")") + line(12, R"("2026-11-02T00:00:01Z")"));
  EXPECT_EQ(r.statistics.format, "detections");
  EXPECT_EQ(r.count("observed-data"), 2U);
  EXPECT_EQ(r.count("sighting"), 2U);
  const std::string first = r.json("observed-data");
  EXPECT_NE(first.find(R"("number_observed":2)"), std::string::npos) << first;
  EXPECT_NE(first.find(R"("first_observed":"2026-11-01T08:00:00.000Z","last_observed":"2026-11-01T10:00:00.000Z")"), std::string::npos) << first;
  EXPECT_NE(first.find(R"("log":"proxy.log","line":1)"), std::string::npos) << first;
  EXPECT_NE(r.json("sighting").find(R"("sighting_of_ref":"indicator--8b3a2f1c-5d0e-5a7b-9c1d-2e3f4a5b6c7d")"), std::string::npos);
  // The name and the listed name above it: both lead to what was seen.
  EXPECT_EQ(r.count("domain-name"), 4U);
  EXPECT_NE(first.find("marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"), std::string::npos) << first;  // TLP:AMBER of STIX
}

TEST(DetectionObjects, AreTheSameInEveryImport) {
  const std::string text = line(1, R"("2026-11-01T10:00:00Z")");
  const Read a = read(text), b = read(text);
  ASSERT_EQ(a.objects.size(), b.objects.size());
  for (std::size_t i = 0; i < a.objects.size(); ++i) EXPECT_EQ(a.objects[i].json, b.objects[i].json);
}

TEST(DetectionObjects, SuppressedOnesAreNoneAndWhatIsBrokenCostsItself) {
  const Read r = read(line(1, "null") + line(2, "null", "a.evil.example", R"(,"suppressed":"own list")") +
                      R"({"observable":7,"relation":"exact","indicator":{},"offset":1})"
                      "\n" +
                      line(3, "null", ""));
  EXPECT_EQ(r.count("observed-data"), 1U);
  EXPECT_EQ(r.statistics.passed_over, 1U);
  EXPECT_EQ(r.statistics.refused, 2U);
  EXPECT_NE(r.json("observed-data").find(R"("first_observed":"1970-01-01T00:00:00.000Z")"), std::string::npos);
}

TEST(DetectionObjects, HashesAreFiles) {
  std::string text = line(1, R"("2026-11-01T10:00:00Z")", "0f1e2d3c4b5a69788796a5b4c3d2e1f0");
  const std::string from = R"("observable":{"type":"domain-name",)";
  text.replace(text.find(from), from.size(), R"("observable":{"type":"file","algorithm":"MD5",)");
  const Read r = read(text);
  EXPECT_NE(r.json("file").find(R"("hashes":{"MD5":"0f1e2d3c4b5a69788796a5b4c3d2e1f0"})"), std::string::npos) << r.json("file");
}

}  // namespace
}  // namespace mozu::formats
