// The scanner: details that the definition table and the differential runs do not look at: batches, lines, output fields,
// validity, suppression, profiles, kernels.
#include "mozu/match/scanner.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "mozu/match/builder.hpp"

namespace mozu::match {
namespace {

class ScannerTest : public testing::TestWithParam<Kernel> {
 protected:
  intel::Indicator indicator(std::string_view text, intel::TypeHint hint = intel::TypeHint::any) {
    intel::Indicator i;
    auto p = intel::read_pattern(text, hint, {.allow_broad = true});
    EXPECT_TRUE(p.has_value()) << text;
    if (p) i.pattern = std::move(*p);
    return i;
  }
  void add(std::string_view text) { builder_.add(builder_.add_feed({.name = "acme", .source = "", .labels = {"c2"}, .categories = {}}), indicator(text)); }
  std::vector<intel::Detection> scan(std::string_view bytes, ScanOptions options = {}, std::uint64_t first_line = 1) {
    options.kernel = GetParam();
    if (index_ == nullptr || built_ != builder_.added()) {
      index_ = *Index::from_bytes(*builder_.build({}));
      built_ = builder_.added();
    }
    Scanner scanner(index_, options);
    std::vector<intel::Detection> out;
    statistics_ = scanner.scan({bytes, "test.log", first_line, 0}, header_, [&out](const intel::Detection& d) { out.push_back(d); });
    return out;
  }
  Builder builder_;
  std::shared_ptr<const Index> index_;  // rebuilt when something was added since
  std::uint64_t built_ = 0;
  HeaderState header_;
  ScanStatistics statistics_;
};

TEST_P(ScannerTest, TellsLineOffsetAndIndicator) {
  add("evil.example");
  const auto d = scan("nothing here\r\nGET http://cdn.EVIL.example/x HTTP/1.1\r\n", {}, 100);
  ASSERT_EQ(d.size(), 1U);
  EXPECT_EQ(d[0].source, "test.log");
  EXPECT_EQ(d[0].line, 101U);
  EXPECT_EQ(d[0].offset, 11U);
  EXPECT_EQ(d[0].length, 16U);
  EXPECT_EQ(d[0].observable.value, "cdn.evil.example");
  EXPECT_EQ(d[0].relation, intel::Relation::url_host);
  EXPECT_EQ(d[0].indicator_value, "evil.example");
  EXPECT_EQ(d[0].feeds, std::vector<std::string>{"acme"});
  EXPECT_EQ(d[0].labels, std::vector<std::string>{"c2"});
  EXPECT_TRUE(d[0].indicator_id.starts_with("indicator--"));
  EXPECT_EQ(statistics_.lines, 2U);
  EXPECT_EQ(statistics_.lines_matched, 1U);
}

TEST_P(ScannerTest, LinesAreCountedAcrossChunks) {
  add("evil.example");
  std::string bytes;
  std::vector<std::uint64_t> expected;
  for (std::uint64_t n = 1; n <= 5000; ++n) {
    bytes += n % 617 == 0 ? "x evil.example y" : std::string(n % 97, '.');
    bytes += '\n';
    if (n % 617 == 0) expected.push_back(n);
  }
  std::vector<std::uint64_t> seen;
  for (const auto& d : scan(bytes)) seen.push_back(d.line);
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(statistics_.lines, 5000U);
}

TEST_P(ScannerTest, EveryOffsetAndLength) {
  add("evil.example");
  add("192.0.2.7");
  add("0123456789abcdef0123456789abcdef");
  for (std::size_t before = 0; before < 200; ++before) {
    const std::string line = std::string(before, ' ') + "evil.example 192.0.2.7 0123456789ABCDEF0123456789abcdef";
    EXPECT_EQ(scan(line).size(), 3U) << before;
  }
}

TEST_P(ScannerTest, OutsideItsValidityNothingMatches) {
  auto i = indicator("evil.example");
  i.valid_from = Timestamp{1'700'000'000'000};
  i.valid_until = Timestamp{1'700'000'100'000};
  builder_.add(builder_.add_feed({.name = "acme", .source = "", .labels = {}, .categories = {}}), i);
  const std::string line = "evil.example\n";
  const auto at = [](std::int64_t ms) {
    ScanOptions o;
    o.as_of = Timestamp{ms};
    return o;
  };
  EXPECT_EQ(scan(line, at(1'700'000'000'000)).size(), 1U);
  EXPECT_EQ(scan(line, at(1'700'000'099'999)).size(), 1U);
  EXPECT_EQ(scan(line, at(1'700'000'100'000)).size(), 0U);
  EXPECT_EQ(statistics_.out_of_validity, 1U);
  EXPECT_EQ(scan(line, at(1'699'999'999'999)).size(), 0U);
  // The line's own time counts where --as-of is not given.
  EXPECT_EQ(scan(R"({"timestamp":"2023-11-14T22:13:21Z","q":"evil.example"})").size(), 1U);
  EXPECT_EQ(scan(R"({"timestamp":"2024-11-14T22:13:21Z","q":"evil.example"})").size(), 0U);
}

TEST_P(ScannerTest, SuppressedValuesAreCountedAndShownOnDemand) {
  add("evil.example");
  builder_.add_suppression(indicator("good.evil.example").pattern, "own asset");
  const std::string text = "a.good.evil.example\nbad.evil.example\n";
  EXPECT_EQ(scan(text).size(), 1U);
  EXPECT_EQ(statistics_.suppressed, 1U);
  EXPECT_EQ(statistics_.detections, 1U);
  ScanOptions show;
  show.show_suppressed = true;
  const auto d = scan(text, show);
  ASSERT_EQ(d.size(), 2U);
  EXPECT_EQ(d[0].suppressed, "own asset");
  EXPECT_EQ(d[1].suppressed, "");
}

TEST_P(ScannerTest, HeaderLinesGiveFieldNames) {
  add("evil.example");
  const auto d = scan("#separator \\x09\n#fields\tts\tid.orig_h\tquery\n1600000000.5\t192.0.2.1\tevil.example\n");
  ASSERT_EQ(d.size(), 1U);
  EXPECT_EQ(d[0].event.format, "zeek-tsv");
  EXPECT_EQ(d[0].event.field, "query");
  EXPECT_EQ(d[0].event.source, "192.0.2.1");
  ASSERT_TRUE(d[0].event.time.has_value());
  EXPECT_EQ(d[0].event.time->ms, 1'600'000'000'500);
}

TEST_P(ScannerTest, AProfileRestrictsFields) {
  add("evil.example");
  ScanOptions o;
  o.profile.only_fields = {"query"};
  EXPECT_EQ(scan(R"({"query":"evil.example","answer":"evil.example"})", o).size(), 1U);
}

TEST_P(ScannerTest, JsonEscapesAreReadOnlyInJson) {
  add("evil.example");
  const auto d = scan(R"({"a":"x\nevil.example\t"})");
  ASSERT_EQ(d.size(), 1U);
  EXPECT_EQ(d[0].offset, 9U);
  EXPECT_EQ(d[0].length, 12U);
  EXPECT_EQ(scan(R"({"a":"C:\\nevil.example"})").size(), 0U);
  EXPECT_EQ(scan(R"(x\nevil.example)").size(), 0U);
  EXPECT_EQ(scan(R"({"a":"\u0065vil\u002eexample"})").size(), 1U);
}

TEST_P(ScannerTest, AnExactOnlyNameBelowDisplacesNothing) {
  auto i = indicator("cdn.example");
  i.exact_only = true;
  builder_.add(builder_.add_feed({.name = "acme", .source = "", .labels = {}, .categories = {}}), i);
  const auto d = scan("x://cdn.example..cdn.example");
  ASSERT_FALSE(d.empty());
  EXPECT_EQ(d[0].offset, 4U);
  EXPECT_EQ(d[0].relation, intel::Relation::exact);
}

TEST_P(ScannerTest, TheFilterLosesNoOddForm) {
  add("8.8.4.4");
  add("127.0.0.1");
  add("evil.example");
  add("http://-evil.blogspot.com/x");
  add("http://url-only.example/");
  add("http://[2001:db8::1]/x/*");
  const std::vector<std::string> lines = {R"({"m":"x \u00278.8.4.4"})",
                                          R"({"m":"x \u002618.8.4.4 \u00278.8.4.4"})",
                                          "[http://2130706433][GET]",
                                          "'http://2130706433'@x.example/",
                                          "http://-evil.blogspot.com/x",
                                          "http://.url-only.example",
                                          "http://evil\xE3\x80\x82\xE3\x80\x82"
                                          "example/",
                                          "http://"
                                          "\xEF\xBC\x92\xEF\xBC\x91\xEF\xBC\x93\xEF\xBC\x90\xEF\xBC\x97\xEF\xBC\x90\xEF"
                                          "\xBC\x96\xEF\xBC\x94\xEF\xBC\x93\xEF\xBC\x93/",
                                          "GET http://[2001:db8::1]/x/y"};
  // explain() has no filter: what it finds, the scanner must find.
  for (const auto& line : lines) {
    const auto found = scan(line);
    const auto exact = explain(index_, line).hits;
    EXPECT_EQ(found.size(), exact.size()) << line;
    EXPECT_FALSE(exact.empty()) << line;
  }
}

// The filter keeps in mind what it looked up in vain; the same bytes may be more where something else stands around them.
TEST_P(ScannerTest, WhatWasUnknownIsKnownInOtherSurroundings) {
  for (const char* i : {"198.51.100.1", "10.0.0.0/24", "http://u.example/a", "who@mail.example", "bar.foo.longer-name.example", "nfoo.longer-name.example",
                        "-x.example", "u002ebar.longer-name.example"})
    add(i);
  const std::string pad = "2026-11-01T10:00:00Z some service of a host says ";
  std::vector<std::string> lines;
  for (const char* text : {"192.0.2.77 x",
                           "198.51.100.1-192.0.2.77 x",
                           "-192.0.2.77 x",
                           "1192.0.2.77",
                           "http://012.0.0.7/",
                           "012.0.0.7 x",
                           "10.0.0.7",
                           "110.0.0.7",
                           "u.example x",
                           "http://u.example/a",
                           "u.example/a",
                           "mail.example x",
                           "who@mail.example",
                           "mail.example@x",
                           "foo.longer-name.example",
                           "bar.foo.longer-name.example",
                           ".foo.longer-name.example",
                           "bar..foo.longer-name.example",
                           "-foo.longer-name.example",
                           "x.example",
                           "\\nfoo.longer-name.example",
                           "nfoo.longer-name.example",
                           "\\u002ebar.longer-name.example",
                           "u002ebar.longer-name.example"})
    lines.push_back(pad + text + '\n');
  for (const char* text : {"\\u0062ar.foo.longer-name.example", "\\nfoo.longer-name.example", "bar\\u002efoo.longer-name.example", "http:\\/\\/u.example\\/a",
                           "\\u0031192.0.2.77", "\\u002e10.0.0.7", "x\\u002d10.0.0.7"})
    lines.push_back("{\"message\": \"" + pad + text + "\"}\n");
  std::vector<std::size_t> alone;
  for (const std::string& line : lines) alone.push_back(scan(line).size());
  EXPECT_GT(std::ranges::count(alone, 0U), 5);
  for (std::size_t a = 0; a < lines.size(); ++a)
    for (std::size_t b = 0; b < lines.size(); ++b) {
      const auto found = scan(lines[a] + lines[b] + lines[a]);
      std::size_t of_b = 0;
      for (const auto& d : found) of_b += d.line == 2 ? 1 : 0;
      EXPECT_EQ(of_b, alone[b]) << lines[a] << lines[b];
      EXPECT_EQ(found.size(), alone[b] + 2 * alone[a]) << lines[a] << lines[b];
    }
}

TEST_P(ScannerTest, AVeryLongLineIsLinear) {
  add("evil.example");
  add("http://evil.example/x");
  std::string line;
  for (int n = 0; n < 6000; ++n) line += "http://a.example/";
  line += "evil.example";
  EXPECT_EQ(scan(line).size(), 1U);
  std::string escapes = "[\"";
  for (int n = 0; n < 50000; ++n) escapes += "\\u0041";
  EXPECT_EQ(scan(escapes + "\",\"evil.example\"]").size(), 1U);
  EXPECT_EQ(scan(std::string(400'000, 'a') + " evil.example").size(), 1U);
  EXPECT_EQ(scan(std::string(400'000, ':') + " evil.example").size(), 1U);
  std::string stops;
  for (int n = 0; n < 200'000; ++n) stops += "\xE3\x80\x82";
  EXPECT_EQ(scan(stops + " evil.example").size(), 1U);
}

TEST_P(ScannerTest, MatchingLinesAreThoseWithADetection) {
  add("evil.example");
  add("192.0.2.0/24");
  ScanOptions o;
  o.kernel = GetParam();
  Scanner scanner(*Index::from_bytes(*builder_.build({})), o);
  std::vector<std::uint64_t> lines;
  scanner.matching_lines({"evil.example\nx\n192.0.2.9 192.0.2.8\n", "", 1, 0}, header_, [&lines](std::uint64_t n) { lines.push_back(n); });
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{0, 2}));
}

TEST_P(ScannerTest, APieceOfALongLineHasItsPlaceInTheLineAndIsNoHeader) {
  add("evil.example");
  ScanOptions o;
  o.kernel = GetParam();
  Scanner scanner(*Index::from_bytes(*builder_.build({})), o);
  std::vector<std::string> seen;
  const auto piece = [&](std::uint64_t first_offset) {
    seen.clear();
    HeaderState header;
    scanner.scan({"#fields\tts\tquery evil.example\n1\tevil.example\n", "", 7, first_offset}, header,
                 [&seen](const intel::Detection& d) { seen.push_back(std::to_string(d.line) + ":" + std::to_string(d.offset) + " " + d.event.field); });
    return header.fields.size();
  };
  EXPECT_EQ(piece(0), 2U);
  EXPECT_EQ(seen, (std::vector<std::string>{"7:17 ", "8:2 query evil.example"}));
  EXPECT_EQ(piece(1000), 0U);
  EXPECT_EQ(seen, (std::vector<std::string>{"7:1017 ", "8:2 "}));
}

TEST_P(ScannerTest, ASingleLabelMakesEveryLineALookup) {
  builder_.add(builder_.add_feed({.name = "acme", .source = "", .labels = {}, .categories = {}}), indicator("wpad", intel::TypeHint::domain));
  EXPECT_EQ(scan("GET wpad HTTP\nhost x.wpad\nnothing\n").size(), 2U);
}

TEST_P(ScannerTest, ExplainSaysWhyThereIsNoDetection) {
  auto i = indicator("evil.example");
  i.valid_until = Timestamp{1'600'000'000'000};
  builder_.add(builder_.add_feed({.name = "acme", .source = "", .labels = {}, .categories = {}}), i);
  add("192.0.2.1");
  add("192.0.2.2");
  builder_.add_suppression(indicator("192.0.2.1").pattern, "own asset");
  const auto e = explain(*Index::from_bytes(*builder_.build({})), "2026-11-13T08:00:00Z evil.example 192.0.2.1 192.0.2.2");
  ASSERT_EQ(e.hits.size(), 3U);
  EXPECT_TRUE(e.hits[0].outcome.starts_with("not valid at 2026-11-13T08:00:00Z")) << e.hits[0].outcome;
  EXPECT_EQ(e.hits[1].outcome, "suppressed: own asset");
  EXPECT_EQ(e.hits[2].outcome, "detection");
  EXPECT_EQ(e.hits[2].feeds, std::vector<std::string>{"acme"});
}

TEST_P(ScannerTest, ExplainShowsTokensAndProbes) {
  add("evil.example");
  const auto index = *Index::from_bytes(*builder_.build({}));
  const auto e = explain(index, R"({"u":"http:\/\/cdn.evil.example\/a"})");
  EXPECT_TRUE(e.json_decoded);
  bool found = false;
  for (const auto& t : e.tokens)
    for (const auto& p : t.probes) found = found || (p.key == "domain evil.example" && p.outcome == "found");
  EXPECT_TRUE(found);
}

INSTANTIATE_TEST_SUITE_P(Kernels, ScannerTest, testing::ValuesIn(supported_kernels()), [](const auto& i) { return std::string(name(i.param)); });

TEST(FindObservables, NamesAddressesUrlsEmailsHashes) {
  std::vector<FoundObservable> found;
  find_observables("bob@mail.example http://a.example/x 192.0.2.1 2001:db8::1 svchost.exe 0123456789abcdef0123456789abcdef", found);
  std::vector<std::string> values;
  for (const auto& f : found) values.push_back(f.observable.value);
  EXPECT_EQ(values, (std::vector<std::string>{"bob@mail.example", "mail.example", "a.example/x", "a.example", "192.0.2.1", "2001:db8::1",
                                              "0123456789abcdef0123456789abcdef"}));
}

}  // namespace
}  // namespace mozu::match
