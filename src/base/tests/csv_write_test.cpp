#include "mozu/base/csv_write.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mozu {
namespace {

std::string cell(std::string_view text) {
  std::string out = "a,";
  append_csv_cell(out, text);
  return out.substr(2);
}

TEST(CsvCell, IsQuotedWhereItMustBe) {
  EXPECT_EQ(cell("evil.example"), "evil.example");
  EXPECT_EQ(cell(""), "");
  EXPECT_EQ(cell("a,b"), "\"a,b\"");
  EXPECT_EQ(cell("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(cell("a\r\nb"), "\"a\r\nb\"");
  EXPECT_EQ(cell(" a = b"), " a = b");
}

TEST(CsvCell, IsNeverAFormula) {
  for (const std::string sign : {"=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−"})
    for (const std::string before : {"", " ", "   ", "\t", "\r\n", "\v", "\xC2\xA0", "　", "\xEF\xBB\xBF", " \t　 "})
      EXPECT_EQ(cell(before + sign + "1+1"), "\"'" + before + sign + "1+1\"") << sign;
  EXPECT_EQ(cell("x;=1+1"), "x;'=1+1") << "where ';' parts cells";
  EXPECT_EQ(cell("x; \t＝1;-1;y"), "x; \t'＝1;'-1;y");
  EXPECT_EQ(cell("x\t@a"), "x\t'@a");
  EXPECT_EQ(cell("a\n=b"), "\"a\n'=b\"") << "where quotes within a row are none";
  EXPECT_EQ(cell("q=1;r=2-1"), "q=1;r=2-1");
  for (const std::string before : {"\t", "\r", "\n"}) EXPECT_EQ(cell(before + "x"), "\"'" + before + "x\"");
}

}  // namespace
}  // namespace mozu
