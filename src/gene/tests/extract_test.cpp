// What two programs share is found wherever it stands, and nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "made.hpp"

namespace mozu::gene {
namespace {

std::vector<std::uint64_t> keys_of(const Genome& g, GeneClass c) {
  std::vector<std::uint64_t> out;
  for (const Gene& x : g.genes)
    if (class_of(x.key) == c) out.push_back(x.key);
  return out;
}

std::size_t shared(const Genome& a, const Genome& b, GeneClass c) {
  const auto x = keys_of(a, c), y = keys_of(b, c);
  std::vector<std::uint64_t> both;
  std::ranges::set_intersection(x, y, std::back_inserter(both));
  return both.size();
}

TEST(Extract, SharedFunctionsAreFoundInAnyOrder) {
  const Genome a = genome_of(made_code({1, 2, 3})), b = genome_of(made_code({7, 3, 1})), c = genome_of(made_code({8, 9}));
  EXPECT_EQ(a.functions, 3U);
  EXPECT_EQ(shared(a, b, GeneClass::function), 2U);
  EXPECT_GT(shared(a, b, GeneClass::code), 90U);
  EXPECT_EQ(shared(a, c, GeneClass::function), 0U);
  EXPECT_LT(shared(a, c, GeneClass::code), 10U);
}

TEST(Extract, GenesAscendAndSayWhereTheyAre) {
  const auto code = made_code({1, 2, 3, 4});
  const Genome g = genome_of(code);
  EXPECT_TRUE(std::ranges::is_sorted(g.genes, {}, &Gene::key));
  EXPECT_EQ(std::ranges::adjacent_find(g.genes, {}, &Gene::key), g.genes.end());
  for (const Gene& x : g.genes) EXPECT_LE(std::uint64_t{x.offset} + x.length, code.size());
}

TEST(Extract, NoWindowReachesOverAReturn) {
  // Two functions of three instructions: too short for a window, unless it ran into the next.
  const std::vector<std::uint8_t> code{0x89, 0xD8, 0x01, 0xC8, 0xC3, 0x89, 0xD8, 0x29, 0xC8, 0xC3};
  EXPECT_TRUE(keys_of(genome_of(code), GeneClass::code).empty());
}

TEST(Extract, WideAndNarrowStringsAreOne) {
  const std::string text = "Software\\Example\\Run once";
  std::vector<std::uint8_t> narrow(text.begin(), text.end()), wide;
  for (const char c : text) wide.insert(wide.end(), {static_cast<std::uint8_t>(c), 0});
  for (auto* v : {&narrow, &wide}) v->insert(v->end(), {0, 0, 1, 2});
  std::vector<Gene> a, b;
  extract_text(narrow, 100, a);
  extract_text(wide, 100, b);
  ASSERT_EQ(a.size(), 1U);
  ASSERT_EQ(b.size(), 1U);
  EXPECT_EQ(a[0].key, b[0].key);
  EXPECT_EQ(a[0].length, text.size());
}

TEST(Extract, StringsAreFoundAtEveryPlace) {
  const std::string text = "C:\\Example\\a.pdb";
  std::mt19937 dice(5);
  for (std::size_t at = 0; at < 140; ++at)
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}})
      for (const std::size_t behind : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{90}}) {
        std::vector<std::uint8_t> file(at + text.size() * step + behind);
        for (auto& b : file) b = static_cast<std::uint8_t>(0x80U | dice());
        for (std::size_t i = 0; i < text.size() * step; ++i) file[at + i] = i % step == 0 ? static_cast<std::uint8_t>(text[i / step]) : 0;
        std::vector<Gene> found;
        extract_text(file, 100, found);
        ASSERT_EQ(found.size(), 1U) << at << ' ' << step << ' ' << behind;
        EXPECT_EQ(found[0].offset, at);
        EXPECT_EQ(found[0].length, text.size() * step);
      }
}

TEST(Extract, ShortAndEmptyStringsSayNothing) {
  const std::string text = std::string("seven77") + '\0' + "AAAAAAAAAAAAAAAA" + '\0';
  std::vector<Gene> out;
  extract_text({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, 100, out);
  EXPECT_TRUE(out.empty());
}

TEST(Extract, LimitsCutAndSaySo) {
  const auto code = made_code({1, 2, 3, 4});
  Program p;
  p.architecture = Architecture::x64;
  p.sections = {{0x401000, 0, code, true}};
  EXPECT_TRUE(extract(p, code, {.instructions_max = 50}).cut);
  EXPECT_TRUE(extract(p, code, {.genes_max = 10}).cut);
  EXPECT_FALSE(extract(p, code).cut);
}

}  // namespace
}  // namespace mozu::gene
