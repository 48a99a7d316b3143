#include "mozu/live/scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "heap_in_use.hpp"
#include "mozu/match/builder.hpp"
#include "temp_folder.hpp"

namespace mozu::live::scan_test {
namespace {

std::shared_ptr<const match::Index> index_of(const std::vector<std::string>& values, const std::vector<std::pair<std::string, std::string>>& suppressed = {}) {
  match::Builder builder;
  intel::FeedInfo info;
  info.name = "acme";
  const auto feed = builder.add_feed(info);
  for (const auto& v : values) {
    intel::Indicator i;
    i.pattern = *intel::read_pattern(v);
    builder.add(feed, i);
  }
  for (const auto& [value, reason] : suppressed) builder.add_suppression(*intel::read_pattern(value), reason);
  return *match::Index::from_bytes(*builder.build({0}));
}

struct Outcome {
  std::string output;
  ScanResult result;
  std::vector<Diagnostic> diagnostics;
};
Outcome scan(ScanJob job) {
  Outcome o;
  job.options.now = {1'700'000'000'000};
  o.result = run_scan(
      job,
      [&](std::string_view s) {
        o.output += s;
        return Status{};
      },
      [&](Diagnostic d) { o.diagnostics.push_back(std::move(d)); });
  return o;
}
/// "line:offset+length value" of each detection
std::vector<std::string> found(const std::string& output) {
  std::vector<std::string> out;
  const auto number = [](std::string_view line, std::string_view key) {
    const auto at = line.find(key) + key.size();
    return std::string(line.substr(at, line.find_first_of(",}", at) - at));
  };
  std::string_view rest = output;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    const std::string_view key = "\"indicator\":{";
    const auto value = line.substr(line.find("\"value\":\"", line.find(key)) + 9);
    out.push_back(number(line, "\"line\":") + ":" + number(line, "\"offset\":") + "+" + number(line, "\"length\":") + " " +
                  std::string(value.substr(0, value.find('"'))));
  }
  return out;
}

TEST(RunScan, TheSameBytesWhateverTheThreads) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += "host" + std::to_string(i) + " asked for x" + std::to_string(i % 7) + (i % 50 == 0 ? ".evil.example" : ".good.example");
    text += i % 333 == 0 ? " from 192.0.2.1\n" : "\n";
  }
  ScanJob job;
  job.index = index_of({"evil.example", "192.0.2.1"});
  job.inputs = {folder.write("a.log", text), folder.write("b.log", text)};
  job.read.batch_bytes = 5000;
  job.threads = 1;
  const auto one = scan(job);
  EXPECT_EQ(one.result.summary.statistics.detections, 2U * (400 + 61));
  EXPECT_EQ(one.result.summary.statistics.lines, 40'000U);
  EXPECT_EQ(one.result.summary.statistics.bytes, 2 * text.size());
  EXPECT_EQ(one.result.summary.by_type.at("domain"), 800U);
  EXPECT_EQ(one.result.summary.by_feed.at("acme"), 922U);
  EXPECT_EQ(one.result.summary.by_relation.at("subdomain"), 800U);
  ASSERT_EQ(one.result.summary.top_indicators.size(), 2U);
  EXPECT_EQ(one.result.summary.top_indicators[0].first, "domain evil.example");
  for (const unsigned threads : {2U, 5U}) {
    job.threads = threads;
    job.read.batch_bytes = threads * 1777;
    const auto more = scan(job);
    EXPECT_EQ(more.output, one.output);
    EXPECT_EQ(more.result.summary.by_type, one.result.summary.by_type);
    EXPECT_EQ(more.result.summary.top_indicators, one.result.summary.top_indicators);
  }
}

TEST(RunScan, SuppressedValuesAreCountedByReasonShownOrNot) {
  const TempFolder folder;
  ScanJob job;
  job.index = index_of({"evil.example", "192.0.2.1", "192.0.2.2"}, {{"192.0.2.1", "own scanner"}, {"192.0.2.2", "resolvers"}});
  job.inputs = {folder.write("a.log", "evil.example 192.0.2.1\n192.0.2.1 192.0.2.2\n")};
  const std::map<std::string, std::uint64_t, std::less<>> expected = {{"own scanner", 2}, {"resolvers", 1}};
  const auto hidden = scan(job);
  EXPECT_EQ(hidden.result.summary.suppressed_by_reason, expected);
  EXPECT_EQ(std::ranges::count(hidden.output, '\n'), 1);
  job.options.show_suppressed = true;
  const auto shown = scan(job);
  EXPECT_EQ(shown.result.summary.suppressed_by_reason, expected);
  EXPECT_EQ(std::ranges::count(shown.output, '\n'), 4);
}

TEST(RunScan, OffsetsInLongLinesCountFromTheLine) {
  const TempFolder folder;
  std::string line;
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    line += std::string(97, 'a') + " ";
    expected.push_back("2:" + std::to_string(line.size()) + "+12 evil.example");
    line += "evil.example ";
  }
  ScanJob job;
  job.index = index_of({"evil.example"});
  job.inputs = {folder.write("a.log", "first\n" + line + "\nevil.example\n")};
  job.read.line_bytes_max = 300;
  expected.push_back("3:0+12 evil.example");
  const auto o = scan(job);
  EXPECT_EQ(found(o.output), expected);
  EXPECT_EQ(o.result.summary.statistics.lines, 3U);
  ASSERT_EQ(o.diagnostics.size(), 1U);
  EXPECT_EQ(o.diagnostics[0].code, "line-too-long");
}

TEST(RunScan, DefangedFormsAreFoundWhereTheyStand) {
  const TempFolder folder;
  ScanJob job;
  job.index = index_of({"evil.example", "192.0.2.1"});
  job.inputs = {folder.write("a.log", "see evil[.]example\nplain evil.example\nip 192[.]0[.]2[.]1 and x(dot)evil(dot)example\n")};
  EXPECT_EQ(found(scan(job).output), (std::vector<std::string>{"2:6+12 evil.example"}));
  job.defanged = true;
  const auto o = scan(job);
  EXPECT_EQ(found(o.output), (std::vector<std::string>{"1:4+14 evil.example", "2:6+12 evil.example", "3:3+15 192.0.2.1", "3:23+22 evil.example"}));
  EXPECT_EQ(o.result.summary.statistics.bytes, std::filesystem::file_size(job.inputs[0]));
}

TEST(RunScan, DefangedFormsInLongLinesToo) {
  const TempFolder folder;
  std::string line;
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    line += std::string(97, 'a') + " ";
    expected.push_back("1:" + std::to_string(line.size()) + "+14 evil.example");
    line += "evil[.]example ";
  }
  ScanJob job;
  job.index = index_of({"evil.example"});
  job.inputs = {folder.write("a.log", line + "\nx evil[.]example\n")};
  job.read.line_bytes_max = 300;
  job.defanged = true;
  expected.push_back("2:2+14 evil.example");
  EXPECT_EQ(found(scan(job).output), expected);
}

TEST(RunScan, APieceOfALongLineIsNoHeader) {
  const TempFolder folder;
  ScanJob job;
  job.index = index_of({"evil.example"});
  job.read.line_bytes_max = 300;
  const std::string first(299, 'a');
  job.inputs = {folder.write("a.log", first + " #fields\tts\tquery\n1700000000.5\tevil.example\n")};
  const auto o = scan(job);
  EXPECT_EQ(found(o.output), std::vector<std::string>{"2:13+12 evil.example"});
  EXPECT_EQ(o.output.find("\"query\""), std::string::npos) << o.output;
}

TEST(RunScan, HeadersHoldAcrossBatches) {
  const TempFolder folder;
  std::string text = "#separator \\x09\n#set_separator\t,\n#path\tdns\n#fields\tts\tid.orig_h\tquery\n#types\ttime\taddr\tstring\n";
  for (int i = 0; i < 200; ++i) text += "1700000000.5\t198.51.100.9\tevil.example\n";
  ScanJob job;
  job.index = index_of({"evil.example"});
  job.inputs = {folder.write("dns.log", text)};
  job.read.batch_bytes = 256;
  job.threads = 3;
  const auto o = scan(job);
  EXPECT_EQ(o.result.summary.statistics.detections, 200U);
  std::size_t with_field = 0;
  for (std::size_t at = 0; (at = o.output.find("\"query\"", at)) != std::string::npos; ++at) ++with_field;
  EXPECT_EQ(with_field, 200U);
}

/// A text of about so many bytes.
std::string repeated(std::string_view part, std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += part;
  return out;
}

TEST(RunScan, WhatAHugeLineTookIsGivenBack) {
  const TempFolder folder;
  constexpr std::size_t huge = 3 << 20;
  std::string fields;
  for (int i = 0; i < 200'000; ++i) fields += "\"k" + std::to_string(i) + "\":\"\\n\\n\\n\\n\",";
  const std::vector<std::string> lines = {
      repeated("a.b ", huge) + "evil.example",        // host tokens
      repeated("x://a.io/ ", huge) + "evil.example",  // URLs
      "{" + fields + "\"v\":\"evil.example\"}",       // escapes and fields
      repeated("#\n", huge) + "evil.example",         // a batch of header lines
      repeated("1[.]2 ", huge) + "evil[.]example",    // refanged
  };
  ScanJob job;
  job.index = index_of({"evil.example"});
  job.threads = 1;
  job.defanged = true;
  job.read.batch_bytes = 16 << 20;
  job.read.line_bytes_max = 16 << 20;
  const auto small = folder.write("small.log", "evil.example\n");
  const auto heap_at_the_last_detection = [&](std::vector<std::string> inputs) {
    job.inputs = std::move(inputs);
    std::size_t heap = 0, calls = 0;
    run_scan(job,
             [&](std::string_view) {
               heap = heap_in_use();
               ++calls;
               return Status{};
             },
             {});
    EXPECT_EQ(calls, job.inputs.size());
    return heap;
  };
  const std::size_t usual = heap_at_the_last_detection({small});
  for (const auto& line : lines) {
    const auto path = folder.write("huge.log", line);
    EXPECT_LT(heap_at_the_last_detection({path, small}), usual + (3 << 20)) << line.substr(0, 20);
  }
}

TEST(CountObservables, CountsAndSorts) {
  const TempFolder folder;
  ObservablesJob job;
  job.inputs = {folder.write("a.log", "192.0.2.1 evil.example\r\nhttp://evil.example/a 192.0.2.1\nadmin@evil.example evil[.]example\n")};
  const auto result = count_observables(job, {});
  std::vector<std::string> got;
  for (const auto& c : result.counts)
    got.push_back(std::to_string(c.count) + " " + std::string(intel::short_name(c.observable.type)) + " " + c.observable.value);
  EXPECT_EQ(got, (std::vector<std::string>{"3 domain evil.example", "2 ipv4 192.0.2.1", "1 url evil.example/a", "1 email admin@evil.example"}));
  EXPECT_EQ(result.lines, 3U);
  job.defanged = true;
  EXPECT_EQ(count_observables(job, {}).counts[0].count, 4U);
  job.distinct_max = 1;
  job.threads = 1;
  const auto few = count_observables(job, {});
  EXPECT_EQ(few.counts.size(), 1U);
  EXPECT_GT(few.not_kept, 0U);
}

TEST(CountObservables, TheLimitHoldsForTheRunWhateverTheThreads) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "h" + std::to_string(i % 400) + ".example.com 192.0.2." + std::to_string(i % 200) + "\n";
  ObservablesJob job;
  job.inputs = {folder.write("a.log", text), folder.write("b.log", text)};
  job.distinct_max = 100;
  for (const unsigned threads : {1U, 2U, 5U}) {
    job.threads = threads;
    for (const std::size_t bytes : {std::size_t{64}, std::size_t{777}, std::size_t{1} << 20}) {
      job.read.batch_bytes = bytes;
      const auto result = count_observables(job, {});
      // The first fifty lines hold the first hundred values.
      ASSERT_EQ(result.counts.size(), 100U) << threads << " threads, batches of " << bytes;
      for (const auto& c : result.counts) {
        const bool name = c.observable.type == intel::ObservableType::domain_name;
        const auto number = name ? std::stoi(c.observable.value.substr(1)) : std::stoi(c.observable.value.substr(8));
        EXPECT_LT(number, 50) << c.observable.value;
        EXPECT_EQ(c.count, name ? 16U : 30U) << c.observable.value;
      }
      EXPECT_EQ(result.found, 12'000U);
      EXPECT_EQ(result.not_kept, 12'000U - 50 * 16 - 50 * 30);
    }
  }
}

}  // namespace
}  // namespace mozu::live::scan_test
