// CIL: short forms and long ones are one, names of others count and numbers of rows do not.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "mozu/gene/extract.hpp"
#include "mozu/gene/instruction.hpp"

namespace mozu::gene::cil_test {
namespace {

using Bytes = std::vector<std::uint8_t>;
Instruction read(const Bytes& code, const std::vector<Member>& members = {}) { return decode_cil(code, members); }

TEST(Cil, ShortAndLongFormsAreOne) {
  const std::uint32_t loads = read({0x02}).token;  // ldarg.0
  for (const Bytes& form : {Bytes{0x05}, Bytes{0x0E, 9}, Bytes{0xFE, 0x09, 1, 2}}) EXPECT_EQ(read(form).token, loads);
  EXPECT_NE(read({0x06}).token, loads) << "of a local variable";
  const std::uint32_t four = read({0x1A}).token;  // ldc.i4.4
  for (const Bytes& form : {Bytes{0x1F, 4}, Bytes{0x20, 4, 0, 0, 0}}) EXPECT_EQ(read(form).token, four);
  EXPECT_NE(read({0x1B}).token, four);
  EXPECT_EQ(read({0x15}).token, read({0x1F, 0xFF}).token) << "-1";
  const Instruction far = read({0x20, 0x78, 0x56, 0x34, 0x12}), farther = read({0x20, 0x79, 0x56, 0x34, 0x12});
  EXPECT_EQ(far.token, farther.token) << "addresses and constants are left out";
  EXPECT_TRUE(far.far_value);
  EXPECT_EQ(far.value, 0x12345678U);
}

TEST(Cil, BranchesSayWhereTo) {
  const Instruction near = read({0x2C, 0x10}), wide = read({0x39, 0xF0, 0xFF, 0xFF, 0xFF});
  EXPECT_EQ(near.token, wide.token);
  EXPECT_EQ(near.flow, Flow::branch);
  EXPECT_EQ(near.target, 0x12);
  EXPECT_EQ(wide.target, -11);
  const Instruction table = read({0x45, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0x2A});
  EXPECT_EQ(table.length, 13);
  EXPECT_EQ(table.flow, Flow::branch);
  EXPECT_EQ(read({0x2A}).flow, Flow::ret);
  EXPECT_EQ(read({0x7A}).flow, Flow::trap);
  EXPECT_TRUE(read({0x00}).idle);
}

TEST(Cil, WhatIsUsedOfOthersCountsByItsName) {
  const Bytes first{0x28, 5, 0, 0, 0x0A}, second{0x28, 7, 0, 0, 0x0A}, own{0x28, 5, 0, 0, 0x06};
  EXPECT_EQ(read(first).token, read(second).token) << "numbers of rows change with each build";
  const std::vector<Member> here{{0x0A000005, 77}}, there{{0x0A000007, 77}}, other{{0x0A000007, 78}};
  EXPECT_EQ(read(first, here).token, read(second, there).token);
  EXPECT_NE(read(first, here).token, read(second, other).token);
  EXPECT_NE(read(first, here).token, read(own, here).token);
}

TEST(Cil, WhatIsNoneIsBad) {
  for (const Bytes& bad : {Bytes{0x24}, Bytes{0xFE}, Bytes{0xFE, 0x40}, Bytes{0x28, 1, 2}, Bytes{0x21, 1, 2, 3, 4}, Bytes{0x45, 3, 0, 0, 0, 1, 2, 3, 4},
                           Bytes{0x45, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0}, Bytes{}}) {
    const Instruction i = read(bad);
    EXPECT_EQ(i.flow, Flow::bad);
    EXPECT_EQ(i.length, 1);
  }
  Bytes huge{0x45, 0x00, 0x00, 0x01, 0x00};
  huge.resize(5 + 4 * 0x10000);
  EXPECT_EQ(read(huge).flow, Flow::bad) << "longer than a length can say";
}

TEST(Cil, AGeneIsEightOperationsOfOneMethod) {
  const Bytes body{0x02, 0x03, 0x58, 0x1A, 0x5A, 0x0A, 0x06, 0x2A};  // ldarg ldarg add ldc mul stloc ldloc ret
  Program p;
  p.architecture = Architecture::cil;
  p.sections = {{0x1000, 0, body, true}, {0x2000, 0, std::span(body).first(7), true}};
  const Genome g = extract(p, body, {});
  EXPECT_EQ(std::ranges::count_if(g.genes, [](const Gene& one) { return class_of(one.key) == GeneClass::code; }), 1);
  EXPECT_EQ(g.genes.front().length, 8U);
  EXPECT_EQ(std::ranges::count_if(g.genes, [](const Gene& one) { return class_of(one.key) == GeneClass::function; }), 0) << "too short to tell anything";
}

}  // namespace
}  // namespace mozu::gene::cil_test
