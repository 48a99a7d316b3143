// The folder of segments, and verdicts from it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "made.hpp"
#include "mozu/base/file.hpp"
#include "mozu/gene/attribute.hpp"
#include "segment_layout.hpp"

namespace mozu::gene {
namespace {

namespace fs = std::filesystem;

class GeneIndex : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("genes-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Index open() {
    auto i = Index::open(folder_.string());
    EXPECT_TRUE(i) << i.error().message;
    return std::move(*i);
  }
  static Sample sample(const std::string& name, std::vector<Entity> whose) {
    return {std::string(64 - name.size(), '0') + name, name, "elf", 1000, 0, std::move(whose)};
  }
  static std::size_t add(Index& index, const std::string& name, std::vector<Entity> whose, std::initializer_list<unsigned> functions) {
    const auto added = index.add({{sample(name, std::move(whose)), genome_of(made_code(functions))}});
    EXPECT_TRUE(added) << added.error().message;
    return added.value_or(99);
  }
  static Entity actor(const std::string& name) { return {EntityType::actor, name}; }

  fs::path folder_;
};

TEST_F(GeneIndex, AQuestionMakesNoFolder) {
  const auto none = Index::open_existing(folder_.string());
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "gene-absent");
  EXPECT_FALSE(fs::exists(folder_));
  {
    Index index = open();
    add(index, "a", {actor("Amber Lynx")}, {1, 2, 3});
  }
  const auto there = Index::open_existing(folder_.string());
  ASSERT_TRUE(there) << there.error().message;
  EXPECT_GT(there->genes(), 0U);
}

TEST_F(GeneIndex, FindsWhatWasAddedAfterOpeningAgain) {
  {
    Index index = open();
    EXPECT_EQ(add(index, "a", {actor("Amber Lynx")}, {1, 2, 3}), 1U);
    EXPECT_EQ(add(index, "a", {actor("Amber Lynx")}, {1, 2, 3}), 0U) << "it is there already";
  }
  const Index index = open();
  ASSERT_EQ(index.segments().size(), 1U);
  const Genome g = genome_of(made_code({1, 2, 3}));
  EXPECT_EQ(index.segments()[0].samples()[0].genes, g.genes.size());
  std::vector<std::uint64_t> keys;
  for (const Gene& x : g.genes) keys.push_back(x.key);
  std::size_t found = 0;
  index.segments()[0].find(keys, [&](const Segment::Hit& hit) {
    EXPECT_EQ(hit.query, found++);
    EXPECT_EQ(hit.offset, g.genes[hit.query].offset / 16 * 16);
    EXPECT_EQ(hit.samples.size(), 1U);
  });
  EXPECT_EQ(found, keys.size());
}

TEST_F(GeneIndex, NamesTheActorAndNotTheOthers) {
  Index index = open();
  add(index, "a", {actor("Amber Lynx"), {EntityType::malware, "LYNXDOOR"}}, {1, 2, 3, 50});
  add(index, "b", {actor("Copper Heron")}, {4, 5, 6, 50});
  const Attribution a = attribute(genome_of(made_code({10, 2, 3, 11})), index);
  ASSERT_EQ(a.verdicts.size(), 2U);
  for (const Verdict& v : a.verdicts) {
    EXPECT_TRUE(v.entity == actor("Amber Lynx") || v.entity == Entity(EntityType::malware, "LYNXDOOR")) << v.entity.name;
    EXPECT_EQ(v.functions, 2U);
    EXPECT_EQ(v.nearest_file, "a");
    ASSERT_FALSE(v.evidence.empty());
    EXPECT_EQ(v.evidence[0].gene_class, GeneClass::function);
  }
  const Attribution none = attribute(genome_of(made_code({20, 21})), index);
  EXPECT_TRUE(none.verdicts.empty());
}

TEST_F(GeneIndex, CleanGenesSayNothingAndLibrariesAreNamed) {
  Index index = open();
  add(index, "a", {actor("Amber Lynx")}, {1, 2, 3});
  add(index, "clean", {{EntityType::goodware, ""}}, {2, 30});
  add(index, "lua", {{EntityType::library, "Lua 5.3"}}, {3, 31});
  const Attribution a = attribute(genome_of(made_code({2, 3})), index);
  EXPECT_TRUE(a.verdicts.empty());
  EXPECT_GT(a.clean, 30U);
  ASSERT_EQ(a.libraries.size(), 1U);
  EXPECT_EQ(a.libraries[0].name, "Lua 5.3");
  const Attribution own = attribute(genome_of(made_code({1, 2, 3})), index);
  ASSERT_EQ(own.verdicts.size(), 1U);
  EXPECT_EQ(own.verdicts[0].containment, 1.0) << "it is that very sample";
  EXPECT_EQ(own.verdicts[0].functions, 1U) << "the one function that is neither clean nor of a library";
}

TEST_F(GeneIndex, ManySegmentsAreMergedAndAnswerTheSame) {
  Index index = open();
  Index one = [&] {
    auto i = Index::open((folder_ / "one").string());
    return std::move(*i);
  }();
  std::vector<std::pair<Sample, Genome>> all;
  for (unsigned i = 0; i < 30; ++i) {
    const std::string name = "s" + std::to_string(i);
    add(index, name, {actor("Actor " + std::to_string(i % 5))}, {i * 3 + 100, i * 3 + 101, i % 7});
    all.emplace_back(sample(name, {actor("Actor " + std::to_string(i % 5))}), genome_of(made_code({i * 3 + 100, i * 3 + 101, i % 7})));
  }
  ASSERT_TRUE(one.add(std::move(all)));
  EXPECT_LE(index.segments().size(), 9U);
  std::size_t samples = 0;
  for (const Segment& s : index.segments()) samples += s.samples().size();
  EXPECT_EQ(samples, 30U);
  std::size_t files = 0;
  for (const auto& e : fs::directory_iterator(folder_)) files += e.path().extension() == ".mzg";
  EXPECT_EQ(files, index.segments().size()) << "what was merged is gone";
  for (const unsigned seed : {100U, 131U, 160U, 3U}) {
    const Genome g = genome_of(made_code({seed, seed + 1, 5}));
    const Attribution x = attribute(g, index, {.weak = true}), y = attribute(g, one, {.weak = true});
    ASSERT_EQ(x.verdicts.size(), y.verdicts.size());
    for (std::size_t i = 0; i < x.verdicts.size(); ++i) {
      EXPECT_EQ(x.verdicts[i].entity.name, y.verdicts[i].entity.name);
      EXPECT_EQ(x.verdicts[i].similarity, y.verdicts[i].similarity);
      EXPECT_EQ(x.verdicts[i].exclusive_genes, y.verdicts[i].exclusive_genes);
    }
  }
}

TEST_F(GeneIndex, DamageIsToldAndNotBelieved) {
  {
    Index index = open();
    add(index, "a", {actor("Amber Lynx")}, {1, 2, 3});
  }
  const std::string path = (folder_ / "00000001.mzg").string();
  const std::string whole = read_file(path).value();
  for (std::size_t at = 0; at < whole.size(); at += std::max<std::size_t>(1, whole.size() / 97)) {
    std::string bad = whole;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bad.data(), static_cast<std::streamsize>(bad.size()));
    const auto index = Index::open(folder_.string());
    ASSERT_FALSE(index) << "byte " << at;
    EXPECT_EQ(index.error().code, "gene-index");
  }
  for (const std::size_t n : {std::size_t{0}, std::size_t{7}, std::size_t{72}, whole.size() - 1}) {
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(whole.data(), static_cast<std::streamsize>(n));
    EXPECT_FALSE(Index::open(folder_.string())) << n;
  }
}

TEST_F(GeneIndex, EveryBitOfTheHeaderCounts) {
  {
    Index index = open();
    add(index, "a", {actor("Amber Lynx")}, {1, 2, 3});
  }
  const std::string path = (folder_ / "00000001.mzg").string();
  const std::string whole = read_file(path).value();
  for (std::size_t bit = 0; bit < sizeof(SegmentHeader) * 8; ++bit) {
    std::string bad = whole;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    std::ofstream(path, std::ios::binary | std::ios::trunc).write(bad.data(), static_cast<std::streamsize>(bad.size()));
    EXPECT_FALSE(Index::open(folder_.string())) << "bit " << bit;
  }
}

TEST_F(GeneIndex, AnEmptiedListIsToldAndNothingIsWrittenOver) {
  {
    Index index = open();
    add(index, "a", {actor("Amber Lynx")}, {1, 2, 3});
  }
  std::ofstream(folder_ / "segments", std::ios::trunc);
  EXPECT_FALSE(Index::open(folder_.string()));
  fs::remove(folder_ / "segments");
  const std::string before = read_file((folder_ / "00000001.mzg").string()).value();
  Index index = open();
  add(index, "b", {actor("Copper Heron")}, {4});
  EXPECT_EQ(read_file((folder_ / "00000001.mzg").string()).value(), before);
}

TEST_F(GeneIndex, WhatWasNotListedIsNotThere) {
  Index index = open();
  add(index, "a", {actor("Amber Lynx")}, {1});
  // As after a kill between the segment and the list.
  fs::copy_file(folder_ / "00000001.mzg", folder_ / "00000002.mzg");
  Index again = open();
  EXPECT_EQ(again.segments().size(), 1U);
  EXPECT_EQ(add(again, "b", {actor("Copper Heron")}, {2}), 1U);
  EXPECT_EQ(open().segments().size(), 2U);
}

TEST_F(GeneIndex, ACalibrationTellsHowOftenCleanFilesComeAsNear) {
  Index index = open();
  add(index, "a", {actor("Amber Lynx")}, {1, 2, 3, 4, 5, 6});
  add(index, "b", {actor("Copper Heron")}, {11, 12, 13, 14, 15, 16});
  const Genome lynx = genome_of(made_code({1, 2, 3, 4, 5, 90})), like = genome_of(made_code({1, 91, 92, 93, 94, 95}));
  ASSERT_EQ(attribute(lynx, index).verdicts.size(), 1U);
  EXPECT_FALSE(attribute(lynx, index).verdicts[0].p_value);
  std::vector<Calibration::Row> rows;
  for (unsigned i = 0; i < 9; ++i) rows.push_back(calibration_row(genome_of(made_code({200 + i, 300 + i, 400 + i})), index));
  rows.push_back(calibration_row(like, index));  // a clean file that has one function of theirs
  ASSERT_TRUE(index.calibrate(Calibration(rows, index.genes())));
  for (const bool again : {false, true}) {
    if (again) index = open();
    ASSERT_TRUE(index.calibration());
    EXPECT_EQ(index.calibration()->files(), 10U);
    const auto near = attribute(lynx, index).verdicts;
    ASSERT_EQ(near.size(), 1U);
    EXPECT_EQ(near[0].entity.name, "Amber Lynx");
    EXPECT_DOUBLE_EQ(near[0].p_value.value(), 1.0 / 11);
    const auto far = attribute(like, index, {.weak = true}).verdicts;
    ASSERT_FALSE(far.empty());
    EXPECT_DOUBLE_EQ(far[0].p_value.value(), 2.0 / 11) << "one clean file of ten is as near";
    EXPECT_FALSE(far[0].is_named);
    EXPECT_FALSE(attribute(lynx, index, {.classes = {true, false, true, false}}).verdicts.at(0).p_value) << "these classes were not calibrated";
  }
}

TEST_F(GeneIndex, ADamagedCalibrationIsTold) {
  Index index = open();
  add(index, "a", {actor("Amber Lynx")}, {1, 2, 3});
  ASSERT_TRUE(index.calibrate(Calibration({{100, {0.25, 0.5, 0}}}, 7)));
  const fs::path path = folder_ / Calibration::file_name;
  const std::string whole = read_file(path.string()).value();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    std::ofstream(path, std::ios::binary) << damaged;
    const auto is_told = [&] {
      const auto opened = Index::open(folder_.string());
      return opened && opened->genes() > 0 && !opened->calibration() && opened->calibration_damage() && opened->calibration_damage()->code == "gene-index";
    };
    ASSERT_TRUE(is_told()) << i;
    std::ofstream(path, std::ios::binary) << whole.substr(0, i);
    EXPECT_TRUE(is_told()) << i;
  }
  Index again = open();
  ASSERT_TRUE(again.calibrate(Calibration({{100, {0.25, 0.5, 0}}}, 7)));
  EXPECT_TRUE(again.calibration() && !again.calibration_damage());
}

/// Clean files that come as near by their share as can be, and have no function of anybody.
std::vector<Calibration::Row> near_without_functions() { return std::vector<Calibration::Row>(2500, {5000, {1, 1, 1}, 0}); }

TEST_F(GeneIndex, AFewFunctionsInALargeStrangerNameWhoseTheyAre) {
  Index index = open();
  add(index, "a", {actor("Amber Lynx")}, {1, 2, 3, 4, 5, 6});
  add(index, "b", {actor("Copper Heron")}, {11, 12, 13, 14, 15, 16});
  std::vector<std::uint8_t> code;
  for (unsigned i = 0; i < 120; ++i) {
    const auto one = made_code({i % 40 == 20 ? 1 + i / 40 : 1000 + i});  // three of theirs
    code.insert(code.end(), one.begin(), one.end());
  }
  const Genome large = genome_of(code);
  const std::size_t place = [&] {
    const auto first = made_function(1);
    return static_cast<std::size_t>(std::ranges::search(code, first).begin() - code.begin());
  }();
  ASSERT_TRUE(index.calibrate(Calibration(near_without_functions(), index.genes())));
  for (const bool again : {false, true}) {
    if (again) index = open();
    const auto verdicts = attribute(large, index).verdicts;
    ASSERT_EQ(verdicts.size(), 1U);
    const Verdict& v = verdicts[0];
    EXPECT_EQ(v.entity.name, "Amber Lynx");
    EXPECT_LT(v.confidence, 0.2) << "a small part of the file";
    EXPECT_TRUE(v.is_by_reuse);
    EXPECT_DOUBLE_EQ(v.p_value.value(), 1.0 / 2501);
    ASSERT_EQ(v.reused_functions, 3U);
    ASSERT_EQ(v.reused.size(), 3U);
    EXPECT_DOUBLE_EQ(v.reuse, v.reused[0].weight + v.reused[1].weight + v.reused[2].weight);
    for (const ReusedFunction& f : v.reused) EXPECT_TRUE(f.is_whole && f.weight > 1 && f.shared <= f.genes && f.length > 60) << f.offset;
    const std::size_t bytes = made_function(1).size();  // and what fills up to the next
    EXPECT_TRUE(std::ranges::any_of(v.reused, [&](const auto& f) { return f.offset == place && f.length >= bytes && f.length < bytes + 16; }));
  }
  EXPECT_EQ(attribute(large, index, {.evidence_max = 1}).verdicts.at(0).reused.size(), 1U);
  EXPECT_TRUE(attribute(large, index, {.classes = {false, false, true, true}, .weak = true}).verdicts.empty());
}

TEST_F(GeneIndex, ACalibrationOfBeforeReuseJudgesByTheShareAlone) {
  Index index = open();
  add(index, "a", {actor("Amber Lynx")}, {1, 2, 3, 4, 5, 6});
  const Genome lynx = genome_of(made_code({1, 2, 3}));
  ASSERT_TRUE(index.calibrate(Calibration(near_without_functions(), index.genes(), false)));
  EXPECT_TRUE(read_file((folder_ / Calibration::file_name).string()).value().starts_with("mozu-calibration 1\n"));
  index = open();
  ASSERT_TRUE(index.calibration());
  EXPECT_FALSE(index.calibration()->has_reuse());
  const auto verdicts = attribute(lynx, index, {.weak = true}).verdicts;
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_GE(verdicts[0].reuse, 3.0);
  EXPECT_FALSE(verdicts[0].is_by_reuse);
  EXPECT_DOUBLE_EQ(verdicts[0].p_value.value(), 1.0) << "all are as near";
}

TEST(Calibration, TwoLooksLeaveThePValueWhatItSays) {
  std::mt19937 dice(7);
  std::uniform_real_distribution<double> any(0, 1);
  const auto row = [&] { return Calibration::Row{5000, {any(dice), any(dice), any(dice)}, std::floor(any(dice) * 40) / 4}; };
  std::vector<Calibration::Row> rows(1999);
  std::ranges::generate(rows, row);
  const Calibration calibration(rows, 1);
  constexpr std::size_t tried = 20'000;
  for (const double p : {0.005, 0.05, 0.3}) {
    std::size_t rare = 0;
    for (std::size_t i = 0; i < tried; ++i) {
      const auto r = row();
      rare += calibration.p_value(Way::all, r.genes, r.nearest[0], r.reuse).p_value <= p;
    }
    EXPECT_LT(static_cast<double>(rare) / tried, p * 1.25 + 0.001) << p;
    EXPECT_GT(static_cast<double>(rare) / tried, p * 0.4) << p;
  }
}

TEST(Calibration, OfTheSameRankFunctionsComeFirst) {
  std::vector<Calibration::Row> rows;
  for (unsigned i = 0; i < 1999; ++i) rows.push_back({5000, {i / 4000.0, i / 4000.0, i / 4000.0}, (1999 - i) / 4.0});
  const Calibration calibration(rows, 1);
  EXPECT_DOUBLE_EQ(calibration.p_value(Way::all, 5000, 1, 0.0).p_value, 2.0 / 2000) << "the one with most functions stands before it";
  EXPECT_DOUBLE_EQ(calibration.p_value(Way::all, 5000, 1, {}).p_value, 1.0 / 2000) << "without code it is looked at once";
  const auto by_reuse = calibration.p_value(Way::code, 5000, 0, 999.0);
  EXPECT_DOUBLE_EQ(by_reuse.p_value, 1.0 / 2000) << "more functions than any";
  EXPECT_TRUE(by_reuse.is_by_reuse);
  EXPECT_DOUBLE_EQ(calibration.p_value(Way::text, 5000, 0, 999.0).p_value, 1.0) << "strings have no functions";
}

}  // namespace
}  // namespace mozu::gene
