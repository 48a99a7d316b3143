// A rule for a family hits what it was made of, a version it never saw, and nothing clean; YARA itself agrees.
#include "mozu/gene/rule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "made.hpp"
#include "mozu/base/file.hpp"
#include "program.hpp"

namespace mozu::gene {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

/// As a compiler and a linker make it: functions, then strings. Begins as an ELF file does.
Bytes made_file(std::initializer_list<unsigned> functions, const std::vector<std::string>& strings) {
  Bytes out{0x7F, 'E', 'L', 'F', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  const Bytes code = made_code(functions);
  out.insert(out.end(), code.begin(), code.end());
  for (const std::string& s : strings) {
    out.insert(out.end(), s.begin(), s.end());
    out.push_back(0);
  }
  return out;
}

class GeneRule : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("rule-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    index_.emplace(std::move(*Index::open((folder_ / "genes").string())));
  }
  void TearDown() override { fs::remove_all(folder_); }

  static Genome genome(const Bytes& file) {
    Program p;
    p.architecture = Architecture::x64;
    p.sections = {{0x401000, 0x10, std::span(file).subspan(16), true}};
    for (std::size_t i = 16; i < file.size(); i += 16)
      if (i == 16 || file[i - 1] == 0xCC || file[i - 1] == 0xC3) p.starts.push_back(0x401000 + i - 16);
    return extract(p, file);
  }
  void add(const Bytes& file, const Entity& whose) {
    ASSERT_TRUE(index_->add({{Sample{std::string(62, '0') + std::to_string(10 + added_++), "f", "elf", file.size(), 0, {whose}}, genome(file)}}));
  }
  static RuleFile rule_file(const Bytes& file) { return {"f", file, Architecture::x64, genome(file)}; }
  /// Whether `yara` hits the file.
  bool yara_hits(const std::string& rule, const Bytes& file) const {
    std::ofstream(folder_ / "rule.yar") << rule;
    std::ofstream(folder_ / "file", std::ios::binary).write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    EXPECT_EQ(run_program(folder_.string(), {"sh", "-c", "yara rule.yar file > hits"}), 0) << rule;
    return !read_file((folder_ / "hits").string()).value().empty();
  }

  fs::path folder_;
  std::optional<Index> index_;
  int added_ = 0;
  const RuleOptions options_{.name = "Amber door 1.0", .entity = {EntityType::malware, "AMBER \"DOOR\""}};
};

TEST_F(GeneRule, HitsWhatItNeverSawAndNothingClean) {
  const Bytes one = made_file({1, 2, 3, 4, 5, 6}, {"SOFTWARE\\Amber\\Door\\Run", "knock knock \"who is there\"", "shared by everybody here"});
  const Bytes two = made_file({2, 3, 4, 5, 6, 7}, {"SOFTWARE\\Amber\\Door\\Run", "knock knock \"who is there\"", "shared by everybody here"});
  const Bytes later = made_file({3, 4, 5, 6, 8}, {"SOFTWARE\\Amber\\Door\\Run", "something quite new"});
  const Bytes clean = made_file({2, 40, 41, 42}, {"shared by everybody here", "nothing to see in this"});
  const Bytes unseen_clean = made_file({3, 50, 51, 52}, {"knock knock \"who is there\"", "not in the index at all"});
  add(clean, {EntityType::goodware, ""});
  add(one, options_.entity);
  const std::vector<RuleFile> family{rule_file(one), rule_file(two)};
  Rule rule = make_rule(family, *index_, options_);
  EXPECT_GT(rule.patterns.size(), options_.patterns_max);
  EXPECT_TRUE(spare(rule, unseen_clean)) << "function 3 and the joke are in a clean file that the index does not know";
  EXPECT_FALSE(spare(rule, unseen_clean));
  ASSERT_TRUE(settle(rule, family, options_));
  EXPECT_EQ(rule.family_hits, 2U);
  const std::string text = text_of(rule, options_);
  EXPECT_EQ(text.find("everybody"), std::string::npos);
  EXPECT_EQ(text.find("knock"), std::string::npos);
  EXPECT_NE(text.find("rule Amber_door_1_0"), std::string::npos);
  EXPECT_NE(text.find("\"SOFTWARE\\\\Amber\\\\Door\\\\Run\" ascii"), std::string::npos) << text;
  for (const auto& [file, is_hit] : {std::pair{&one, true}, {&two, true}, {&later, true}, {&clean, false}, {&unseen_clean, false}}) {
    EXPECT_EQ(hits(rule, *file), is_hit);
    EXPECT_EQ(yara_hits(text, *file), is_hit) << text;
  }
}

TEST_F(GeneRule, LinkedPlacesDoNotCount) {
  // call, jump over a far branch, load relative to the instruction, address as an immediate: the same function linked to elsewhere.
  Bytes a{0xE8, 1,    2,    3,    4,    0x0F, 0x84, 1,    2,    3,    0,    0x48, 0x8D, 0x3D, 1,    2,    3,   0,
          0xB8, 0x11, 0x22, 0x33, 0x44, 0x83, 0xC0, 0x07, 0x89, 0xD8, 0x01, 0xC8, 0x31, 0xDB, 0x85, 0xC9, 0xC3};
  Bytes b = a;
  for (const std::size_t at : {1, 2, 3, 7, 8, 9, 14, 15, 16, 19, 20, 21, 22}) b[at] = static_cast<std::uint8_t>(b[at] + 0x31);
  const auto file = [](const Bytes& code) {
    Bytes f = made_file({1, 2, 3}, {"a string of its own", "and another one of it", "which makes three of it"});
    f.insert(f.begin() + 16, code.begin(), code.end());
    f.insert(f.begin() + 16 + static_cast<std::ptrdiff_t>(code.size()), 13, 0xCC);
    return f;
  };
  const Bytes one = file(a), two = file(b);
  const std::vector<RuleFile> family{rule_file(one)};
  Rule rule = make_rule(family, *index_, options_);
  std::size_t with_call = 0;
  for (const Pattern& p : rule.patterns)
    if (!p.is_text && p.bytes[0] == 0xE8) {
      ++with_call;
      EXPECT_EQ(std::ranges::count(p.any, true), 16);
    }
  EXPECT_EQ(with_call, 0U) << "more than a quarter may be anything: such a pattern says too little";
  ASSERT_TRUE(settle(rule, family, options_));
  EXPECT_TRUE(hits(rule, two));
  EXPECT_TRUE(yara_hits(text_of(rule, options_), two));
}

TEST_F(GeneRule, TooLittleIsNoRule) {
  const Bytes one = made_file({1, 2}, {"shared by everybody here"});
  add(one, {EntityType::goodware, ""});
  const std::vector<RuleFile> family{rule_file(one)};
  Rule rule = make_rule(family, *index_, options_);
  const auto settled = settle(rule, family, options_);
  ASSERT_FALSE(settled);
  EXPECT_EQ(settled.error().code, "gene-rule");
}

}  // namespace
}  // namespace mozu::gene
