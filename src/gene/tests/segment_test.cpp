// Blocks, filters and segment files.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "block.hpp"
#include "fuse_filter.hpp"
#include "made.hpp"
#include "mozu/base/file.hpp"
#include "mozu/gene/index.hpp"
#include "segment_layout.hpp"

namespace mozu::gene {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint64_t> random_keys(std::size_t count, unsigned seed, unsigned bits) {
  std::mt19937_64 dice(seed);
  std::set<std::uint64_t> out;
  while (out.size() < count) out.insert(dice() >> (64 - bits));
  return {out.begin(), out.end()};
}

TEST(Block, GivesBackWhatWasPutIn) {
  std::mt19937_64 dice(3);
  for (const std::size_t count : {1U, 2U, 3U, 63U, 64U, 65U, 127U, 128U})
    for (const unsigned bits : {8U, 20U, 33U, 56U}) {
      std::vector<BlockGene> genes;
      for (const std::uint64_t key : random_keys(count, static_cast<unsigned>(count), bits))
        genes.push_back({key, dice() >> (dice() % 2 == 0 ? 55 : 36), dice() >> 45U, count > 2 && dice() % 3 == 0});
      std::string bytes;
      write_block(genes, bytes);
      const std::size_t size = bytes.size();
      bytes += std::string(8, '\xFF');
      const auto* from = reinterpret_cast<const std::uint8_t*>(bytes.data());
      Block block;
      ASSERT_TRUE(block.open(from, from + size, genes.front().key, count));
      EXPECT_FALSE(Block().open(from, from + size - 1, genes.front().key, count)) << "a byte too few";
      std::array<std::uint64_t, block_genes> keys{};
      ASSERT_TRUE(block.keys(keys));
      std::set<std::uint64_t> there;
      for (std::size_t i = 0; i < count; ++i) {
        EXPECT_EQ(keys[i], genes[i].key);
        EXPECT_EQ(block.find(genes[i].key), i) << count << " of " << bits;
        EXPECT_EQ(block.many(i), genes[i].many);
        EXPECT_EQ(block.value(i), genes[i].value);
        EXPECT_EQ(block.place(i), genes[i].place);
        there.insert(genes[i].key);
      }
      for (std::size_t i = 0; i < count; ++i)
        for (const std::uint64_t other : {genes[i].key - 1, genes[i].key + 1, dice() >> (64 - bits)})
          EXPECT_EQ(block.find(other).has_value(), there.contains(other)) << other;
    }
}

TEST(FuseFilter, HasAllThatIsInItAndLittleElse) {
  for (std::size_t count = 1; count < 3000; count += 1 + count / 10) {
    const auto keys = random_keys(count, 1, 56);
    const FuseFilter filter = build_fuse_filter(keys);
    ASSERT_EQ(filter.fingerprints.size(), filter.shape.fingerprints());
    const auto* at = reinterpret_cast<const std::uint8_t*>(filter.fingerprints.data());
    for (const std::uint64_t key : keys) ASSERT_TRUE(FuseQuestion(filter.shape, at, key).answer()) << count;
  }
  constexpr std::size_t count = 400'000, asked = 4'000'000;
  const auto keys = random_keys(count, 2, 56);
  const FuseFilter filter = build_fuse_filter(keys);
  EXPECT_EQ(build_fuse_filter(keys).fingerprints, filter.fingerprints);
  EXPECT_LT(static_cast<double>(filter.fingerprints.size()) * 16 / count, 18.6) << "bits a key";
  const auto* at = reinterpret_cast<const std::uint8_t*>(filter.fingerprints.data());
  for (const std::uint64_t key : keys) ASSERT_TRUE(FuseQuestion(filter.shape, at, key).answer());
  std::mt19937_64 dice(5);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < asked; ++i) {
    const std::uint64_t key = dice() >> 8U;
    wrong += FuseQuestion(filter.shape, at, key).answer() && !std::ranges::binary_search(keys, key);
  }
  // 61 are to be expected; a deviation of five times its root is a mistake.
  EXPECT_GT(wrong, 61U - 39U);
  EXPECT_LT(wrong, 61U + 39U);
}

class SegmentFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("segment-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  static Sample sample(unsigned n, EntityType type = EntityType::malware) {
    return {std::string(63, '0') + static_cast<char>('a' + n),
            "s" + std::to_string(n),
            "elf",
            1 << 20,
            0,
            {{type, type == EntityType::goodware ? "" : "M" + std::to_string(n)}}};
  }
  static Genome genome(const std::vector<std::uint64_t>& keys) {
    Genome g;
    for (const std::uint64_t k : keys) g.genes.push_back({k << key_shift, static_cast<std::uint32_t>(k % (1 << 20)), 4, 0});
    return g;
  }
  static std::vector<std::uint64_t> asked(std::vector<std::uint64_t> stored) {
    for (std::uint64_t& k : stored) k <<= key_shift;
    return stored;
  }
  fs::path folder_;
};

TEST_F(SegmentFile, FindsAllOfManyGenesAndWhoseTheyAre) {
  // Three samples that overlap; more genes than a filter or a step of the checksum takes would make the test slow, several thousand blocks do not.
  const auto keys = random_keys(300'000, 7, 46);
  SegmentBuilder builder;
  for (unsigned n = 0; n < 3; ++n) {
    std::vector<std::uint64_t> own;
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (i % 5 == n || i % 7 == n) own.push_back(keys[i]);
    builder.add(sample(n), genome(own));
  }
  const std::string path = folder_ / "00000001.mzg";
  ASSERT_TRUE(builder.write(path));
  const auto segment = Segment::open(path);
  ASSERT_TRUE(segment) << segment.error().message;
  EXPECT_FALSE(segment->is_clean());
  std::size_t next = 0, found = 0;
  segment->find(asked(keys), [&](const Segment::Hit& hit) {
    for (; next < hit.query; ++next) EXPECT_TRUE(next % 5 > 2 && next % 7 > 2) << next;
    std::vector<std::uint32_t> whose;
    for (unsigned n = 0; n < 3; ++n)
      if (hit.query % 5 == n || hit.query % 7 == n) whose.push_back(n);
    EXPECT_TRUE(std::ranges::equal(hit.samples, whose)) << hit.query;
    EXPECT_EQ(hit.offset, keys[hit.query] % (1 << 20) / 16 * 16);
    ++next, ++found;
  });
  EXPECT_EQ(found, segment->genes());
  EXPECT_LT(static_cast<double>(segment->bytes()) / static_cast<double>(segment->genes()), 8.0);
}

TEST_F(SegmentFile, OfCleanFilesTheFilterSaysTheSame) {
  const auto keys = random_keys(1'200'000, 8, 46);  // more than one filter
  SegmentBuilder builder;
  std::vector<std::uint64_t> held;
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (i % 12 != 0) held.push_back(keys[i]);
  builder.add(sample(0, EntityType::goodware), genome(held));
  const std::string path = folder_ / "00000001.mzg";
  ASSERT_TRUE(builder.write(path));
  const auto segment = Segment::open(path);
  ASSERT_TRUE(segment) << segment.error().message;
  EXPECT_TRUE(segment->is_clean());
  std::vector<bool> exact(keys.size()), filter(keys.size());
  segment->find(asked(keys), [&](const Segment::Hit& hit) { exact[hit.query] = true; });
  segment->find_clean(asked(keys), filter);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(exact[i], i % 12 != 0) << i;
    ASSERT_TRUE(filter[i] || !exact[i]) << i;
    wrong += filter[i] && !exact[i];
  }
  EXPECT_LT(wrong, 12U) << "of 100,000 one or two are to be expected";
  EXPECT_LT(static_cast<double>(segment->bytes()) / static_cast<double>(segment->genes()), 7.0);
}

TEST_F(SegmentFile, SameSamplesMakeTheSameBytes) {
  std::vector<std::string> bytes;
  for (const char* name : {"one", "two"}) {
    auto index = Index::open(folder_ / name);
    ASSERT_TRUE(index);
    for (unsigned n = 0; n < 20; ++n) {
      std::vector<std::pair<Sample, Genome>> both;
      both.emplace_back(sample(n), genome(random_keys(500 + n, n, 46)));
      both.emplace_back(sample(n + 30, EntityType::goodware), genome(random_keys(500, n + 100, 46)));
      ASSERT_TRUE(index->add(std::move(both)));
    }
    std::set<fs::path> files;
    for (const auto& e : fs::directory_iterator(folder_ / name)) files.insert(e.path());
    auto& all = bytes.emplace_back();
    for (const fs::path& f : files) all += f.filename().string() + "\n" + read_file(f).value();
  }
  EXPECT_EQ(bytes[0], bytes[1]);
}

TEST_F(SegmentFile, TheFirstVersionIsToldApart) {
  const std::string path = folder_ / "00000001.mzg";
  std::ofstream(path, std::ios::binary) << std::string("MZGENE1\0", 8) << std::string(80, 'x');
  const auto old = Segment::open(path);
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().code, "gene-index");
  EXPECT_NE(old.error().message.find("first version"), std::string::npos) << old.error().message;
}

}  // namespace
}  // namespace mozu::gene
