#include <gtest/gtest.h>

#include "definition_read.hpp"
#include "json_text.hpp"

namespace mozu::match::reference {
namespace {

TEST(Definition, TheTableIsLarge) { EXPECT_GE(definition_table().size(), 150u); }

TEST(Definition, HoldsForTheReference) {
  for (const DefinitionCase& c : definition_table()) {
    SCOPED_TRACE(std::string(c.sentence) + " in: " + std::string(c.line));
    Reference reference;
    for (const auto spec : c.indicators) {
      const auto row = read_row(spec);
      ASSERT_TRUE(row) << spec << ": " << row.error().message;
      if (row->suppression) reference.add_suppression(row->indicator.pattern, table_reason, row->indicator.exact_only);
      else reference.add(row->feed, row->indicator);
    }
    const auto expected = expected_hits(c);
    ASSERT_TRUE(expected) << expected.error().message;
    EXPECT_EQ(to_text(*expected), to_text(reference.match_line(c.line, parse_time_iso(c.time))));
  }
}

TEST(JsonText, CountsOpenContainers) {
  const auto nested = [](int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + R"("\n")" + std::string(static_cast<std::size_t>(depth), ']');
  };
  EXPECT_TRUE(text_of_line(nested(json_depth_max)).decoded);
  EXPECT_FALSE(text_of_line(nested(json_depth_max + 1)).decoded);
  // Siblings do not add up.
  std::string row = "[";
  for (int i = 0; i < 3000; ++i) row += "[],";
  EXPECT_TRUE(text_of_line(row + R"("\n"])").decoded);
}

TEST(JsonText, MapsEveryByteToItsEscape) {
  const Text text = text_of_line(R"(["a\u00e9\ud83d\ude00\n"])");
  ASSERT_TRUE(text.decoded);
  EXPECT_EQ(text.bytes, "[\"aé😀\n\"]");
  ASSERT_EQ(text.begin.size(), text.bytes.size());
  EXPECT_EQ(text.raw_begin(2), 2u);
  EXPECT_EQ(text.raw_end(2), 3u);
  for (std::size_t i = 3; i < 9; ++i) {
    EXPECT_EQ(text.raw_begin(i), i < 5 ? 3u : 9u);
    EXPECT_EQ(text.raw_end(i), i < 5 ? 9u : 21u);
  }
  EXPECT_EQ(text.raw_end(9), 23u);
}

TEST(JsonText, KeepsToRfc8259) {
  for (const std::string_view good : {R"(["\n",0,-0,0.5,1e5,1E+5,-1.5e-5,true,false,null,{},[],{"":{"a":[1]}}])", "[ \"\\n\"\t, 1 ]", R"(["\u0000\uD800"])"}) {
    EXPECT_TRUE(text_of_line(good).decoded) << good;
  }
  for (const std::string_view bad : {R"(["\n")",
                                     R"(["\n",])",
                                     R"([,"\n"])",
                                     R"({"\n"})",
                                     R"({"\n":})",
                                     R"({"\n":1,})",
                                     R"({1:"\n"})",
                                     R"(["\n" 1])",
                                     R"(["\n",.5])",
                                     R"(["\n",1.])",
                                     R"(["\n",+1])",
                                     R"(["\n",-])",
                                     R"(["\n",1e])",
                                     R"(["\n",00])",
                                     R"(["\n",tru])",
                                     R"(["\n",True])",
                                     R"(["\x41"])",
                                     R"(["\u12g4"])",
                                     R"(["\u123"])",
                                     R"(["\n]x)",
                                     R"(["\n"]])",
                                     R"({"\n":1}})",
                                     R"(["\n"}])",
                                     R"(['\n'])",
                                     "[\"\\n\",\"\x7f\xff\"]",
                                     "[\"\\n\",\"\xed\xa0\x80\"]",
                                     "[\"\\n\",\"\xf4\x90\x80\x80\"]",
                                     "[\"\\n\",\"\xe2\x82\"]",
                                     "[\"\\n\xe2\",\"\x82\xac\"]"}) {
    EXPECT_FALSE(text_of_line(bad).decoded) << bad;
  }
}

TEST(Addresses, AreWrittenAsRfc5952Says) {
  const auto again = [](std::string_view s) { return write_address6(*read_address6(s)); };
  EXPECT_EQ(again("2001:DB8:0:0:1:0:0:1"), "2001:db8::1:0:0:1");
  EXPECT_EQ(again("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1");
  EXPECT_EQ(again("::"), "::");
  EXPECT_EQ(again("1::"), "1::");
  EXPECT_EQ(again("::ffff:c000:201"), "::ffff:192.0.2.1");
  EXPECT_EQ(again("::192.0.2.1"), "::c000:201");
  EXPECT_EQ(write_address4(*read_address4("192.000.002.01")), "192.0.2.1");
  for (const std::string_view bad :
       {"", ":", ":::", "1:", ":1", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1::", "::1.2.3", "1.2.3.4", "::1.2.3.4:5", "g::"}) {
    EXPECT_FALSE(read_address6(bad)) << bad;
  }
}

TEST(Reference, WithoutATimeEveryWindowHolds) {
  Reference reference;
  auto row = read_row("evil.example | until=2001-01-01T00:00:00Z");
  ASSERT_TRUE(row);
  reference.add("f", row->indicator);
  EXPECT_EQ(reference.match_line("evil.example", std::nullopt).size(), 1u);
  EXPECT_EQ(reference.match_line("evil.example", parse_time_iso("2026-01-01")).size(), 0u);
}

}  // namespace
}  // namespace mozu::match::reference
