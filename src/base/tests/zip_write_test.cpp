// Archives that are written are those that are read: by our own reader, which is libarchive's.
#include <gtest/gtest.h>

#include "mozu/base/jail.hpp"
#include "mozu/base/zip_write.hpp"

namespace mozu {
namespace {

std::string archive(const std::vector<std::pair<std::string, std::string>>& files, Timestamp time = *parse_time_iso("2026-11-20T10:00:02Z")) {
  ZipWriter zip(time, 1 << 20);
  for (const auto& [name, bytes] : files) EXPECT_TRUE(zip.add(name, bytes));
  return std::move(zip).finish();
}

TEST(ZipWrite, OthersReadWhatIsWritten) {
  const std::string zip = archive({{"a/日本.txt", std::string(5000, 'x')}, {"a/b.bin", std::string("\0\1\2", 3)}, {"empty", ""}});
  const auto folder = PrivateFolder::make();
  ASSERT_TRUE(folder && folder->write("x.zip", zip));
  const auto end = run_in_jail(*folder, {"/usr/bin/python3",
                                         {"-X", "utf8", "-c",
                                          "import zipfile\nz = zipfile.ZipFile('x.zip')\nprint(z.testzip(), [(i.filename, i.date_time, i.file_size, "
                                          "i.compress_size < 5000) for i in z.infolist()])"}});
  ASSERT_TRUE(end);
  EXPECT_EQ(end->output,
            "None [('a/日本.txt', (2026, 11, 20, 10, 0, 2), 5000, True), ('a/b.bin', (2026, 11, 20, 10, 0, 2), 3, True), ('empty', (2026, 11, 20, 10, 0, 2), "
            "0, True)]\n");
}

TEST(ZipWrite, TheSameIsTheSame) {
  EXPECT_EQ(archive({{"a", "x"}}), archive({{"a", "x"}}));
  EXPECT_NE(archive({{"a", "x"}}), archive({{"a", "y"}}));
  EXPECT_EQ(archive({{"a", "x"}}, Timestamp{}), archive({{"a", "x"}}, *parse_time_iso("1980-01-01"))) << "zip begins in 1980";
}

TEST(ZipWrite, HasAnEnd) {
  ZipWriter zip(Timestamp{}, 1000);
  EXPECT_TRUE(zip.add("a", std::string(900, 'x')));
  const auto more = zip.add("b", std::string(200, 'x'));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, "zip-too-large");
}

}  // namespace
}  // namespace mozu
