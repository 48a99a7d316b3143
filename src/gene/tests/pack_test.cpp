// Gene packs: what leaves, what is refused, and that nothing is taken by halves.
#include "mozu/gene/pack.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "made.hpp"
#include "mozu/base/bytes.hpp"
#include "mozu/base/file.hpp"
#include "mozu/gene/attribute.hpp"
#include "pack_layout.hpp"
#include "segment_layout.hpp"

namespace mozu::gene {
namespace {

namespace fs = std::filesystem;

const Entity lynx{EntityType::actor, "Amber Lynx"}, lynxdoor{EntityType::malware, "LYNXDOOR"}, crow{EntityType::actor, "Grey Crow"},
    reed{EntityType::library, "Reed 1.0"}, clean{EntityType::goodware, ""};

std::string hash_named(const std::string& hex) { return std::string(64 - hex.size(), '0') + hex; }

class GenePack : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("pack-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    ASSERT_TRUE(make_key_files(at("key")));
    key_.emplace(*SigningKey::read(at("key")));
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }

  Index index(const std::string& name) const {
    auto i = Index::open(at(name));
    EXPECT_TRUE(i) << i.error().message;
    return std::move(*i);
  }
  static void add(Index& index, const std::string& hex, std::vector<Entity> whose, std::initializer_list<unsigned> functions) {
    Sample s{hash_named(hex), "s" + hex, "elf", 1000, 0, std::move(whose), hex == "c" ? hash_named("cc") : ""};
    const auto added = index.add({{std::move(s), genome_of(made_code(functions))}});
    ASSERT_TRUE(added) << added.error().message;
  }
  /// Two actors, a library, clean files; the first of two samples that share function 2 is not Grey Crow's.
  Index made() const {
    Index i = index("from");
    add(i, "a", {lynx, lynxdoor}, {1, 2, 3});
    add(i, "b", {crow}, {2, 4, 5});
    add(i, "c", {crow, lynxdoor}, {6});
    add(i, "d", {reed}, {7});
    add(i, "e", {clean}, {8});
    return i;
  }
  Status pack(const Index& from, std::vector<Entity> only = {}) const {
    const auto made = write_pack(from, {"Amber set", {1'790'000'000'000}, std::move(only)}, *key_, at("out.pack"));
    if (!made) return fail(made.error());
    return {};
  }
  Result<Pack> read() const {
    const std::array<PublicKey, 2> trusted{PublicKey{}, key_->public_key()};
    return read_pack(at("out.pack"), trusted, at("to"));
  }
  std::string bytes() const { return read_file(at("out.pack")).value(); }
  void put(const std::string& bytes) const { std::ofstream(at("out.pack"), std::ios::binary) << bytes; }
  /// Signs what was changed.
  std::string signed_again(std::string bytes) const {
    bytes.resize(bytes.size() - sizeof(Signature));
    const auto s = key_->sign(pack_message(sha256(std::as_bytes(std::span(bytes)))));
    return bytes.append(reinterpret_cast<const char*>(s.data()), s.size());
  }
  std::string refusal() const {
    index("to");
    const auto pack = read();
    EXPECT_FALSE(pack);
    if (pack) return {};
    EXPECT_EQ(pack.error().code, "gene-pack");
    return pack.error().message;
  }
  static std::vector<std::string> names_of(const Index& i) {
    std::vector<std::string> out;
    for (const Entity& e : i.catalogue().entities) out.push_back(std::string(name(e.type)) + " " + e.name);
    std::ranges::sort(out);
    return out;
  }

  fs::path folder_;
  std::optional<SigningKey> key_;
};

TEST_F(GenePack, CarriesAllAndTellsWhereItCameFrom) {
  const Index from = made();
  ASSERT_TRUE(pack(from));
  Index to = index("to");
  const auto pack = read();
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(pack->made.ms, 1'790'000'000'000);
  const auto added = to.add(*pack);
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(*added, 5U);
  EXPECT_EQ(names_of(to), names_of(from));
  for (const Sample* s : to.catalogue().samples) {
    EXPECT_EQ(s->origin, (Origin{"Amber set", fingerprint(key_->public_key())}));
    EXPECT_EQ(s->container, s->sha256 == hash_named("c") ? hash_named("cc") : "");
  }
  for (const auto& functions : {std::initializer_list<unsigned>{1, 3, 7, 8}, {2}, {4, 5, 6}}) {
    const Genome g = genome_of(made_code(functions));
    const auto here = attribute(g, from, {.weak = true}), there = attribute(g, to, {.weak = true});
    ASSERT_EQ(there.verdicts.size(), here.verdicts.size());
    EXPECT_EQ(there.clean, here.clean);
    EXPECT_EQ(there.library, here.library);
    for (std::size_t i = 0; i < here.verdicts.size(); ++i) {
      EXPECT_EQ(there.verdicts[i].entity, here.verdicts[i].entity);
      EXPECT_EQ(there.verdicts[i].confidence, here.verdicts[i].confidence);
      EXPECT_EQ(there.verdicts[i].nearest, here.verdicts[i].nearest);
      ASSERT_EQ(there.verdicts[i].evidence.size(), here.verdicts[i].evidence.size());
      for (std::size_t e = 0; e < here.verdicts[i].evidence.size(); ++e) EXPECT_EQ(there.verdicts[i].evidence[e].key, here.verdicts[i].evidence[e].key);
    }
  }
  // Opened again it is all there; taken again, nothing changes.
  Index again = index("to");
  EXPECT_EQ(again.catalogue().samples.size(), 5U);
  const auto segments = again.segments().size();
  EXPECT_EQ(again.add(*pack).value_or(99), 0U);
  EXPECT_EQ(again.segments().size(), segments);
}

TEST_F(GenePack, SamplesAddedHereStayOfHere) {
  const Index from = made();
  ASSERT_TRUE(pack(from, {lynxdoor}));
  Index to = index("to");
  add(to, "a", {lynx, lynxdoor}, {1, 2, 3});
  const auto pack = read();
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(to.add(*pack).value_or(99), 1U) << "one of the two is known as LYNXDOOR already";
  std::size_t own = 0;
  for (const Sample* s : to.catalogue().samples) own += s->origin == Origin{};
  EXPECT_EQ(own, 1U);
}

TEST_F(GenePack, OfSomeNamesNobodyElse) {
  const Index from = made();
  ASSERT_TRUE(pack(from, {crow}));
  for (const std::string_view word : {"Amber Lynx", "LYNXDOOR", "Reed", "from"}) EXPECT_EQ(bytes().find(word), std::string::npos) << word;
  Index to = index("to");
  const auto pack = read();
  ASSERT_TRUE(pack) << pack.error().message;
  ASSERT_EQ(to.add(*pack).value_or(0), 2U);
  EXPECT_EQ(names_of(to), std::vector<std::string>{"actor Grey Crow"});
  const auto a = attribute(genome_of(made_code({2})), to, {.weak = true});
  ASSERT_EQ(a.verdicts.size(), 1U);
  for (const Evidence& e : a.verdicts[0].evidence) EXPECT_EQ(e.sample, hash_named("b"));
  const auto gone = attribute(genome_of(made_code({1, 3, 8})), to, {.weak = true});
  EXPECT_LT(gone.known, gone.genes / 4) << "but for what is like by chance";
  EXPECT_EQ(gone.clean, 0U);
}

/// Of a gene the index knows the place in its first sample alone.
TEST_F(GenePack, NoPlaceIsThatOfASampleLeftOut) {
  Index from = index("from");
  const Sample first{hash_named("a"), "a", "elf", 1000, 0, {lynx}}, second{hash_named("b"), "b", "elf", 1000, 0, {crow}};
  ASSERT_TRUE(from.add({{first, genome_of(made_code({1, 2}))}, {second, genome_of(made_code({2}))}}));
  ASSERT_TRUE(pack(from, {crow}));
  Index to = index("to");
  const auto pack = read();
  ASSERT_TRUE(pack) << pack.error().message;
  ASSERT_EQ(to.add(*pack).value_or(0), 1U);
  const auto a = attribute(genome_of(made_code({2})), to, {.weak = true});
  ASSERT_EQ(a.verdicts.size(), 1U);
  ASSERT_FALSE(a.verdicts[0].evidence.empty());
  for (const Evidence& e : a.verdicts[0].evidence) EXPECT_EQ(e.sample_offset, 0U);
}

TEST_F(GenePack, OfNobodyIsNone) {
  const Index from = made();
  const auto none = pack(from, {{EntityType::actor, "Nobody"}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, "gene-pack");
  EXPECT_FALSE(fs::exists(at("out.pack")));
  EXPECT_FALSE(write_pack(from, {"", {}, {}}, *key_, at("out.pack")));
  EXPECT_FALSE(write_pack(from, {"two\nlines", {}, {}}, *key_, at("out.pack")));
}

TEST_F(GenePack, TheSameIndexMakesTheSameBytes) {
  const Index from = made();
  ASSERT_TRUE(pack(from));
  const std::string first = bytes();
  ASSERT_TRUE(pack(from));
  EXPECT_EQ(bytes(), first);
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder_)) files += entry.is_regular_file();
  EXPECT_EQ(files, 3U) << "the pack and the two of the key";
}

TEST_F(GenePack, OneBitMoreOrLessIsRefused) {
  Index from = index("from");
  add(from, "a", {lynx}, {1});
  ASSERT_TRUE(pack(from));
  const std::string whole = bytes();
  for (std::size_t i = 0; i < whole.size(); i += i < 80 || i + 70 > whole.size() ? 1 : 37) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    put(changed);
    EXPECT_NE(refusal(), "") << "byte " << i;
  }
  for (std::size_t size = 0; size < whole.size(); size += 13) {
    put(whole.substr(0, size));
    EXPECT_NE(refusal(), "") << size << " bytes";
  }
  put(whole + "x");
  EXPECT_NE(refusal().find("1 more byte"), std::string::npos);
  EXPECT_TRUE(index("to").catalogue().samples.empty());
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(at("to"))) files += entry.is_regular_file() && entry.path().filename() != "lock";
  EXPECT_EQ(files, 0U) << "nothing is left of what was refused";
}

TEST_F(GenePack, SizesThatOverflowAreRefused) {
  Index from = index("from");
  add(from, "a", {lynx}, {1});
  ASSERT_TRUE(pack(from));
  const std::string whole = bytes();
  for (const std::uint64_t size : {~std::uint64_t{0}, ~std::uint64_t{0} - 135, std::uint64_t{1} << 63U})
    for (std::size_t part = 0; part < 3; ++part) {
      std::string changed = whole;
      changed.replace(16 + 8 * part, 8, reinterpret_cast<const char*>(&size), 8);
      put(signed_again(changed));
      EXPECT_NE(refusal().find("cut off"), std::string::npos);
    }
}

TEST_F(GenePack, OthersKeysAreRefused) {
  ASSERT_TRUE(pack(made()));
  ASSERT_TRUE(make_key_files(at("other")));
  const auto other = SigningKey::read(at("other"));
  const std::array<PublicKey, 1> trusted{other->public_key()};
  index("to");
  const auto stranger = read_pack(at("out.pack"), trusted, at("to"));
  ASSERT_FALSE(stranger);
  EXPECT_NE(stranger.error().message.find(fingerprint(key_->public_key())), std::string::npos);
  // Says that it is of a key that is trusted, signed with another.
  std::string forged = bytes();
  forged.replace(40, 32, reinterpret_cast<const char*>(trusted[0].data()), 32);
  put(signed_again(forged));
  EXPECT_EQ(read_pack(at("out.pack"), trusted, at("to")).error().message.substr(0, 26), "its signature does not fit");
}

/// Whoever is trusted may still be wrong: what no add() makes is refused.
TEST_F(GenePack, WhatNoPackHoldsIsRefusedAlthoughSigned) {
  Index from = index("from");
  add(from, "a", {lynx}, {1});
  ASSERT_TRUE(pack(from));
  const std::string whole = bytes();
  const auto changed = [&](std::string_view what, std::string_view by) {
    std::string out = whole;
    const auto place = out.find(what);
    EXPECT_NE(place, std::string::npos) << what;
    out.replace(place, what.size(), by);
    // The checksums of the segment are right again.
    const std::size_t from_byte = sizeof(PackHeader) + 9;
    std::string segment = out.substr(from_byte, out.size() - from_byte - sizeof(Signature));
    auto h = load<SegmentHeader>(segment.data());
    h.checksum = xxh3_64(std::string_view(segment).substr(sizeof h, h.end - sizeof h), 0);
    h.head_checksum = checksum_of(h);
    segment.replace(0, sizeof h, reinterpret_cast<const char*>(&h), sizeof h);
    return signed_again(out.replace(from_byte, segment.size(), segment));
  };
  put(changed("Amber Lynx", "Brown Lynx"));
  index("to");
  ASSERT_TRUE(read()) << "what is changed below is all that is wrong";
  for (const auto& [what, by] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"\"sha256\":\"0000", "\"sha256\":\"../."},
           {"\"sha256\":\"0000", "\"sha256\":\"000G"},
           {"Amber Lynx", "Amber\xff Lyn"},
           {"\"name\":\"Amber", "\"nome\":\"Amber"},
           {"\"type\":\"actor\",\"name\":\"Amber Lynx\"", "\"type\":\"goodware\",\"name\":\"\"       "},
           {"\"elf\"", "\"\\n \""}}) {
    put(changed(what, by));
    EXPECT_NE(refusal().find("not what a pack may hold"), std::string::npos) << what;
  }
}

TEST_F(GenePack, WhatIsNoFileIsRefused) {
  fs::create_directories(at("out.pack"));
  EXPECT_EQ(refusal(), "this is no plain file");
  fs::remove(at("out.pack"));
  put("");
  EXPECT_EQ(refusal(), "this is no gene pack");
}

}  // namespace
}  // namespace mozu::gene
