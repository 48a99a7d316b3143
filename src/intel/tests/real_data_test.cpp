// The door against plain lists as they are published. The data lies beside the repository and is no part of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "mozu/base/text.hpp"
#include "mozu/intel/indicator.hpp"
#include "shared_data.hpp"

namespace mozu::intel {
namespace {

using Counts = std::map<std::string, int, std::less<>>;

void read_lines(const std::filesystem::path& file, Counts& counts) {
  std::ifstream in(file);
  std::string line;
  while (std::getline(in, line)) {
    const auto value = trim(std::string_view(line).substr(0, line.find('#')));
    if (value.empty()) continue;
    const auto p = read_pattern(value);
    ++counts[p ? "taken" : p.error().code];
    if (!p) continue;
    const auto again = pattern_from_value(p->kind, p->value);
    ASSERT_TRUE(again && *again == *p) << value;
  }
}

TEST(RealData, PlainListsAreTakenButForPathsAndTypingErrors) {
  MOZU_SHARED_OR_SKIP(folder, "indicators/maltrail");
  Counts counts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".txt") read_lines(entry.path(), counts);
  EXPECT_GT(counts["taken"], 70000);
  // Lines that are a path alone have no host. Everything else that is refused is a handful of typing errors.
  EXPECT_LT(counts["indicator-mask-without-host"], 1000);
  EXPECT_LT(counts["indicator-unknown-tld"], 50);
  EXPECT_LT(counts["indicator-unrecognised"], 50);
  EXPECT_LT(counts["indicator-too-broad"], 50);
  EXPECT_EQ(counts["indicator-type-mismatch"], 0);
  EXPECT_EQ(counts["indicator-too-long"], 0);
}

}  // namespace
}  // namespace mozu::intel
