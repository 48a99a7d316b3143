// Ed25519: the signatures of RFC 8032, and key files.
#include "mozu/base/signature.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu {
namespace {

namespace fs = std::filesystem;

template <std::size_t n>
std::array<std::uint8_t, n> from_hex(std::string_view hex) {
  std::array<std::uint8_t, n> out{};
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint8_t>(hex_number(hex.substr(2 * i), 2));
  return out;
}

class SignatureFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("keys-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  void put(const std::string& name, const std::string& text) const { std::ofstream(at(name), std::ios::binary) << text; }

  fs::path folder_;
};

/// RFC 8032, 7.1, test 3.
TEST(Signature, IsThatOfTheStandard) {
  const auto key = from_hex<32>("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
  auto signature =
      from_hex<64>("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
  EXPECT_TRUE(is_signed_by(key, "\xaf\x82", signature));
  EXPECT_FALSE(is_signed_by(key, "\xaf\x83", signature));
  EXPECT_FALSE(is_signed_by(key, "", signature));
  signature[63] ^= 0x20U;
  EXPECT_FALSE(is_signed_by(key, "\xaf\x82", signature));
  EXPECT_FALSE(is_signed_by({}, "\xaf\x82", signature));
}

TEST_F(SignatureFiles, APairIsMadeOnceAndSigns) {
  const auto made = make_key_files(at("site"));
  ASSERT_TRUE(made) << made.error().message;
  struct stat s{};
  ASSERT_EQ(::stat(at("site").c_str(), &s), 0);
  EXPECT_EQ(s.st_mode & 07777U, 0600U);
  const auto key = SigningKey::read(at("site"));
  ASSERT_TRUE(key) << key.error().message;
  const auto shown = read_public_key(at("site.pub"));
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_EQ(*shown, key->public_key());
  EXPECT_EQ(*shown, *made);
  EXPECT_TRUE(is_signed_by(*shown, "genes", key->sign("genes")));
  EXPECT_EQ(fingerprint(*shown).size(), 64U);

  const std::string before = read_file(at("site")).value();
  EXPECT_FALSE(make_key_files(at("site")));
  fs::remove(at("site.pub"));
  const auto again = make_key_files(at("site"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "key");
  EXPECT_EQ(read_file(at("site")).value(), before);
}

TEST_F(SignatureFiles, WhatIsNoKeyIsRefused) {
  ASSERT_TRUE(make_key_files(at("site")));
  put("empty", "");
  put("words", "-----BEGIN PUBLIC KEY-----\nnot at all\n-----END PUBLIC KEY-----\n");
  put("large", std::string(70'000, 'x'));
  for (const char* name : {"empty", "words", "large", "site", "absent"}) EXPECT_FALSE(read_public_key(at(name))) << name;
  for (const char* name : {"empty", "words", "large", "site.pub", "absent"}) EXPECT_FALSE(SigningKey::read(at(name))) << name;
  EXPECT_EQ(read_public_key(at("site")).error().code, "key");
  EXPECT_EQ(SigningKey::read(at("site.pub")).error().code, "key");
}

}  // namespace
}  // namespace mozu
