#include "mozu/base/json_write.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mozu/base/text.hpp"

namespace mozu {
namespace {

std::string json(std::string_view s) {
  std::string out;
  append_json_string(out, s);
  return out;
}

TEST(JsonWrite, EscapesWhatMustBeEscaped) {
  EXPECT_EQ(json(""), R"("")");
  EXPECT_EQ(json("plain text that is longer than sixteen bytes"), R"("plain text that is longer than sixteen bytes")");
  EXPECT_EQ(json("a\"b\\c\n\r\t/"), R"("a\"b\\c\n\r\t/")");
  EXPECT_EQ(json(std::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
  EXPECT_EQ(json("\u0080\u009b31m\u009f\u00a0"), "\"\\u0080\\u009b31m\\u009f\u00a0\"");
  EXPECT_EQ(json("Ä€𐍈"), "\"Ä€𐍈\"");
  EXPECT_EQ(json("a\xFF\xC3z"), "\"a\uFFFD\uFFFDz\"");
}

// Every byte at every place of a block: the vector scan and the tail must see it.
TEST(JsonWrite, FindsEveryByteAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one = json(std::string(1, static_cast<char>(byte)));
    const std::string_view inner = std::string_view(one).substr(1, one.size() - 2);
    for (std::size_t place = 0; place < 40; ++place) {
      std::string s(40, 'x');
      s[place] = static_cast<char>(byte);
      ASSERT_EQ(json(s), "\"" + std::string(place, 'x') + std::string(inner) + std::string(39 - place, 'x') + "\"") << byte << " at " << place;
    }
    ASSERT_TRUE(is_utf8(one));
  }
}

TEST(JsonWrite, PlacesCommas) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("a", 1).key("b").begin_array().value("x").value(true).null().begin_object().end_object().end_array();
  w.field("c", 2.5).key("d").begin_array().end_array().key("e").raw("[1]").field("f", std::uint64_t{18446744073709551615ULL});
  w.field("g", std::int64_t{-9}).field("h", std::numeric_limits<double>::infinity()).end_object();
  EXPECT_EQ(out, R"({"a":1,"b":["x",true,null,{}],"c":2.5,"d":[],"e":[1],"f":18446744073709551615,"g":-9,"h":null})");
}

}  // namespace
}  // namespace mozu
