// Costs of single steps: what one value, one name, one line takes. Google Benchmark; `mozu_micro --help` lists its options.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "mozu/intel/host.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/intel/ip.hpp"
#include "mozu/intel/url.hpp"
#include "mozu/match/event.hpp"
#include "mozu/match/scanner.hpp"

namespace {

using namespace mozu;

void read_pattern(benchmark::State& state, std::string_view text) {
  for (auto _ : state) benchmark::DoNotOptimize(intel::read_pattern(text));
}
BENCHMARK_CAPTURE(read_pattern, name, "cdn.evil.example");
BENCHMARK_CAPTURE(read_pattern, defanged_url, "hxxps://evil[.]example/login.php?id=1");
BENCHMARK_CAPTURE(read_pattern, address, "198.51.100.7");
BENCHMARK_CAPTURE(read_pattern, range, "198.51.100.0/24");
BENCHMARK_CAPTURE(read_pattern, sha256, "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae");

void canonical_host(benchmark::State& state, std::string_view text) {
  for (auto _ : state) benchmark::DoNotOptimize(intel::canonical_host(text));
}
BENCHMARK_CAPTURE(canonical_host, ascii, "CDN.Evil.Example");
BENCHMARK_CAPTURE(canonical_host, idn,
                  "b\xc3\xbc"
                  "cher.example");

void parse_event(benchmark::State& state, std::string_view line) {
  match::EventParser parser({}, Timestamp{1793527200000});
  const match::HeaderState header;
  for (auto _ : state) {
    benchmark::DoNotOptimize(parser.parse(line, header));
    benchmark::DoNotOptimize(parser.field_at(line.find("evil"), 12));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(line.size()));
}
BENCHMARK_CAPTURE(parse_event, json,
                  R"({"@timestamp":"2026-11-01T10:00:00Z","src_ip":"192.0.2.1","dest_ip":"198.51.100.7","user":"kim","query":"evil.example"})");
BENCHMARK_CAPTURE(parse_event, syslog, "<13>1 2026-11-01T10:00:00Z host.example dnsd 42 - - query evil.example from 192.0.2.1");
BENCHMARK_CAPTURE(parse_event, clf, R"(192.0.2.1 - kim [01/Nov/2026:10:00:00 +0000] "GET http://evil.example/ HTTP/1.1" 200 512)");

void explain_line(benchmark::State& state, std::string_view line) {
  std::vector<match::FoundObservable> found;
  for (auto _ : state) {
    found.clear();
    match::find_observables(line, found);
    benchmark::DoNotOptimize(found.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(line.size()));
}
BENCHMARK_CAPTURE(explain_line, observables, "2026-11-01T10:00:00Z 192.0.2.1 GET http://cdn.evil.example/a?b=c mail kim@evil.example 198.51.100.7");

}  // namespace

BENCHMARK_MAIN();
