#include "json_split.hpp"

#include "json_head.hpp"
#include "tree_support.hpp"

namespace mozu::formats::test {
namespace {

/// Opens arrays of the root, "list" arrays, and a root object that has a list; takes everything else.
class Recorder final : public JsonSplitHandler {
 public:
  Action on_container(const JsonPath& path, std::string_view ahead) override {
    if (path.empty() && (ahead.front() == '[' || ahead.find("\"list\"") != std::string_view::npos)) return Action::open;
    if (!path.empty() && path.back().is_key && path.back().key == "skip") return Action::skip;
    return !path.empty() && path.back().is_key && path.back().key == "list" && ahead.front() == '[' ? Action::open : Action::take;
  }
  void on_value(const JsonPath& path, std::string_view text, std::uint64_t line) override {
    values.push_back(json_pointer(path) + "@" + std::to_string(line) + " " + std::string(text));
  }
  void on_close(const JsonPath& path) override { closed.push_back(json_pointer(path)); }
  void on_break(const JsonPath& path, std::uint64_t line, std::string message, bool was_lost) override {
    breaks.push_back(json_pointer(path) + "@" + std::to_string(line) + " " + message);
    lost = lost || was_lost;
  }
  Values values, closed, breaks;
  bool lost = false;
};

Recorder split(std::string_view text, std::size_t step = 1 << 16, const JsonSplitLimits& limits = {}) {
  Recorder r;
  SlowStream stream(text, step);
  EXPECT_TRUE(split_json(stream, r, limits).has_value());
  return r;
}

TEST(JsonSplit, cuts_an_opened_array) {
  const auto r = split("[1, \"a]\\\"\",\n {\"x\":[1,{}]}, true]");
  EXPECT_EQ(r.values, (Values{"/0@1 1", "/1@1 \"a]\\\"\"", "/2@2 {\"x\":[1,{}]}", "/3@2 true"}));
  EXPECT_EQ(r.closed, Values{""});
  EXPECT_TRUE(r.breaks.empty());
}

TEST(JsonSplit, members_and_skipped_ones) {
  const auto r = split(R"({"a/b":1,"skip":{"q":[1,2]},"list":[{"v":1},{"v":2}],"z":null})");
  EXPECT_EQ(r.values, (Values{"/a~1b@1 1", "/list/0@1 {\"v\":1}", "/list/1@1 {\"v\":2}", "/z@1 null"}));
  EXPECT_TRUE(r.breaks.empty());
}

TEST(JsonSplit, several_roots) {
  EXPECT_EQ(split("{\"a\":1}\n{\"a\":2}\n\n{\"a\":3},\n{\"a\":4} {\"a\":5}").values,
            (Values{"@1 {\"a\":1}", "@2 {\"a\":2}", "@4 {\"a\":3}", "@5 {\"a\":4}", "@5 {\"a\":5}"}));
}

TEST(JsonSplit, the_pieces_of_the_stream_do_not_matter) {
  const std::string text = "{\"k\\\\\\\"ey\":\"v\\u00e9\",\n  \"list\": [\n    {\"s\": \"x\\\\\"},\n    {\"t\": [[], {}]}\n  ]\n}\n";
  const auto whole = split(text);
  ASSERT_EQ(whole.values.size(), 3U);
  for (std::size_t step = 1; step < 9; ++step) EXPECT_EQ(split(text, step).values, whole.values) << step;
}

TEST(JsonSplit, a_broken_line_costs_only_itself) {
  for (const std::string_view bad : {"{\"a\": \"open", "{\"a\": [1, 2}", "{\"a\": {\"b\": 1}", "{\"a\": }}}", "]", "hello", "{{{{"}) {
    const auto r = split("{\"n\":1}\n" + std::string(bad) + "\n{\"n\":2}\n{\"n\":3}\n");
    EXPECT_FALSE(r.values.empty()) << bad;
    EXPECT_EQ(r.values.front(), "@1 {\"n\":1}") << bad;
    EXPECT_EQ(r.values.back(), "@4 {\"n\":3}") << bad;
    EXPECT_TRUE(std::count(r.values.begin(), r.values.end(), "@3 {\"n\":2}") == 1) << bad;
    EXPECT_FALSE(r.breaks.empty()) << bad;
  }
}

TEST(JsonSplit, a_broken_element_of_a_printed_array_costs_only_itself) {
  for (const std::string_view bad : {"\"v\": \"open", "\"v\": [1, 2", "\"v\": {\"w\": 1"}) {
    const auto r = split("{\n  \"list\": [\n    {\n      \"v\": 1\n    },\n    {\n      " + std::string(bad) +
                         "\n    },\n    {\n      \"v\": 3\n    }\n  ],\n  \"z\": 9\n}\n");
    ASSERT_EQ(r.values.size(), 3U) << bad;
    EXPECT_TRUE(r.values[0].starts_with("/list/0@3 ")) << bad;
    EXPECT_TRUE(r.values[1].ends_with("{\n      \"v\": 3\n    }")) << bad << r.values[1];
    EXPECT_EQ(r.values[2], "/z@13 9") << bad;
    ASSERT_FALSE(r.breaks.empty());
    EXPECT_TRUE(r.breaks[0].starts_with("/list/1@")) << r.breaks[0];
  }
}

TEST(JsonSplit, a_broken_last_element_does_not_swallow_the_next_array) {
  const auto r = split("{\n  \"list\": [\n    {\"v\": \"open\n    }\n  ],\n  \"other\": [\n    {\"w\": 1}\n  ]\n}\n");
  EXPECT_EQ(r.values, Values{"/other@6 [\n    {\"w\": 1}\n  ]"});
}

TEST(JsonSplit, what_cannot_be_told_apart_is_given_up_and_said) {
  const auto r = split("[{\"v\":1},{\"v\":[1}},{\"v\":2}]\n[{\"v\":3}]\n");
  EXPECT_TRUE(r.lost);
  EXPECT_EQ(r.values, (Values{"/0@1 {\"v\":1}", "/0@2 {\"v\":3}"}));
  ASSERT_EQ(r.breaks.size(), 1U);
  EXPECT_TRUE(r.breaks[0].starts_with("/1@1 ")) << r.breaks[0];
}

TEST(JsonSplit, a_cut_document_keeps_what_came_before) {
  const std::string text = "[\n  {\"v\": 1},\n  {\"v\": 2},\n  {\"v\": 3}\n]";
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    const auto r = split(std::string_view(text).substr(0, cut));
    EXPECT_FALSE(r.breaks.empty()) << cut;
    const auto whole = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(cut), '}');
    EXPECT_EQ(static_cast<std::ptrdiff_t>(r.values.size()), whole) << cut;
  }
}

TEST(JsonSplit, an_unknown_rest_is_told_from_one_missing_element) {
  const std::string deep = "{\"a\":" + std::string(200, '[') + std::string(200, ']') + "}";
  for (const std::string& text : {std::string("[{\"v\":1},{\"va"), std::string("[\n  {\"v\":1},\n  {\"v\": 2"), std::string("[\n  {\"v\":1},\n"),
                                  std::string("{\"v\":1}\n{\"v\":"), std::string("{\"list\":[{\"v\":1}"), "[{\"v\":1}," + deep + ",{\"v\":2}]",
                                  std::string("{\n \"v\": [1}\n}\n"), std::string("{\"list\": [\n  {\"v\": [1}\n{\"v\":1}\n")}) {
    EXPECT_TRUE(split(text).lost) << text.substr(0, 60);
  }
  for (const std::string& text :
       {"{\"v\":1}\n" + deep + "\n{\"v\":2}\n", std::string("{\"v\":1}\n{\"v\": [1}\n{\"v\":2}\n"), std::string("{\"v\":1}\n{\"v\": \n"),
        std::string("{\"v\":1}\n{\"v\": [1}"), std::string("[\n  {\"v\": [1},\n  {\"v\": 2}\n]\n"), std::string("[{\"v\":1},,{\"v\":2}]")}) {
    const auto r = split(text);
    EXPECT_FALSE(r.lost) << text.substr(0, 60);
    EXPECT_EQ(r.breaks.size(), 1U) << text.substr(0, 60);
  }
}

TEST(JsonSplit, commas_and_closers_out_of_place) {
  EXPECT_EQ(split("[{\"v\":1} {\"v\":2},,{\"v\":3},]").values.size(), 3U);
  EXPECT_EQ(split("[{\"v\":1} {\"v\":2},,{\"v\":3},]").breaks.size(), 3U);
  EXPECT_EQ(split("{\"list\":[{\"v\":1}},\"z\":1}").values, (Values{"/list/0@1 {\"v\":1}", "/z@1 1"}));
}

TEST(JsonSplit, limits) {
  JsonSplitLimits limits;
  limits.element_bytes_max = 100;
  const std::string big(500, 'x');
  const auto r = split("[{\"v\":1},{\"v\":\"" + big + "\"},{\"v\":3}]", 7, limits);
  EXPECT_EQ(r.values, (Values{"/0@1 {\"v\":1}", "/2@1 {\"v\":3}"}));
  ASSERT_EQ(r.breaks.size(), 1U);
  EXPECT_NE(r.breaks[0].find("longer than"), std::string::npos);

  const auto deep = split("{\"n\":1}\n{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}\n{\"n\":2}\n");
  EXPECT_EQ(deep.values, (Values{"@1 {\"n\":1}", "@3 {\"n\":2}"}));
  ASSERT_EQ(deep.breaks.size(), 1U);
  EXPECT_NE(deep.breaks[0].find("deeper than"), std::string::npos);
}

TEST(JsonSplit, no_input_takes_long) {
  for (const std::string_view unit :
       {"{\n", "[\n", "{\"a\":\n", "{\"a\":[\n", "]", ",", "\"", "\"\n", "{}", "[{\"a\":1},\n", "\\", "{\"a\":1,\n", "x\n", "{a\n"}) {
    std::string text;
    while (text.size() < 200'000) text += unit;
    const auto r = split(text);  // quadratic behaviour would run into the test's time limit
    EXPECT_LT(r.breaks.size(), 120'000U) << unit;
  }
}

TEST(JsonHead, members_of_cut_text) {
  JsonHead h;
  h.scan(R"( {"type":"bundle","n":12,"objects":[{"type":"indic)");
  EXPECT_EQ(h.root, '{');
  ASSERT_EQ(h.members.size(), 4U);
  EXPECT_EQ(h.find("type", 1)->text, "bundle");
  EXPECT_EQ(h.find("n")->text, "12");
  EXPECT_EQ(h.find("objects")->kind, '[');
  EXPECT_EQ(h.find("type", 3)->text, "indic");
  EXPECT_FALSE(h.closed);
  h.scan("{\"a\":[]}\n{\"b\":1}");
  EXPECT_TRUE(h.closed);
  EXPECT_EQ(h.after, "{\"b\":1}");
}

}  // namespace
}  // namespace mozu::formats::test
