// The match library in one page: compile indicators, keep them as a file, scan bytes. Built and run by the tests.
#include <fmt/core.h>

#include "mozu/match/builder.hpp"
#include "mozu/match/index.hpp"
#include "mozu/match/scanner.hpp"

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "example.mzi";

  // 1. Builder: feeds and what they say. read_pattern() is the one door for text: it refangs, recognises and checks.
  mozu::match::Builder builder;
  const auto feed = builder.add_feed({.name = "acme", .source = "example", .confidence = 80, .labels = {"c2"}, .categories = {}});
  for (const char* text : {"evil[.]example", "198.51.100.0/28", "hxxp://drop.example/gate.php"}) {
    auto pattern = mozu::intel::read_pattern(text);
    if (!pattern) {
      fmt::print(stderr, "{}: {}\n", text, pattern.error().message);
      continue;
    }
    mozu::intel::Indicator indicator;
    indicator.pattern = std::move(*pattern);
    indicator.context = {{"threat", "Sample.Bot"}};
    builder.add(feed, indicator);
  }
  if (auto written = builder.write(path, mozu::Timestamp::now()); !written) {
    fmt::print(stderr, "{}\n", written.error().message);
    return 1;
  }

  // 2. Index: immutable, shared by all threads.
  auto index = mozu::match::Index::open(path);
  if (!index) {
    fmt::print(stderr, "{}\n", index.error().message);
    return 1;
  }

  // 3. Scanner: one a thread. Batches are whole lines; the header state is for formats that name their columns.
  mozu::match::Scanner scanner(*index);
  mozu::match::HeaderState header;
  constexpr std::string_view lines =
      "2026-11-13T08:00:00Z query cdn.evil.example from 192.0.2.7\n"
      "{\"url\":\"http:\\/\\/drop.example\\/gate.php\",\"dest_ip\":\"198.51.100.9\"}\n"
      "nothing to see here\n";
  const auto statistics = scanner.scan({lines, "example.log"}, header, [](const mozu::intel::Detection& d) {
    fmt::print("line {} offset {}: {} {} by {} ({})\n", d.line, d.offset, mozu::intel::stix_type(d.observable.type), d.observable.value, d.indicator_value,
               mozu::intel::name(d.relation));
  });
  fmt::print("{} detections in {} lines\n", statistics.detections, statistics.lines);
  return statistics.detections == 3 ? 0 : 2;
}
