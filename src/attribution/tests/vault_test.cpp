#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "mozu/attribution/vault.hpp"
#include "mozu/base/file.hpp"
#include "temp_folder.hpp"

namespace mozu::attribution {
namespace {

class VaultTest : public ::testing::Test {
 protected:
  TempFolder folder;
  VaultOptions options() const {
    VaultOptions o;
    o.folder = folder.file("samples"), o.key.fill(7), o.kept_free_bytes = 0;
    return o;
  }
  std::string path(const std::string& name) const { return folder.file("samples/" + name); }
  std::string code(const Vault& vault, const std::string& name) const {
    const auto read = vault.read_all(name, 1 << 30);
    return read ? "" : read.error().code;
  }
};

TEST_F(VaultTest, GivesBackWhatWasPut) {
  const auto vault = *Vault::open(options());
  for (const std::size_t n : {0, 1, 65'535, 65'536, 65'537, 131'072, 1'000'000}) {
    std::string bytes(n, 'm');
    for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<char>(i * 31 + i / 251);
    ASSERT_TRUE(vault->put("a", bytes)) << n;
    EXPECT_EQ(*vault->read_all("a", 1 << 30), bytes) << n;
    EXPECT_EQ(vault->bytes(), std::filesystem::file_size(path("a"))) << "what was replaced counts no more";
  }
  ASSERT_TRUE(vault->remove("a"));
  EXPECT_EQ(vault->bytes(), 0U);
  EXPECT_EQ(code(*vault, "a"), "absent");
}

TEST_F(VaultTest, NothingOnTheDiskIsReadable) {
  const auto vault = *Vault::open(options());
  ASSERT_TRUE(vault->put("a", std::string(200'000, 'q') + "quokka marks the spot"));
  const std::string kept = *read_file(path("a"));
  EXPECT_EQ(kept.find("quokka"), std::string::npos);
  EXPECT_EQ(kept.find("qqqq"), std::string::npos);
  EXPECT_EQ(std::filesystem::status(folder.file("samples")).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(VaultTest, WhatWasChangedIsRefused) {
  const auto vault = *Vault::open(options());
  ASSERT_TRUE(vault->put("a", std::string(200'000, 'q')));
  ASSERT_TRUE(vault->put("b", "other"));
  const std::string kept = *read_file(path("a"));
  const auto with = [&](const std::string& bytes) {
    std::ofstream(path("a"), std::ios::binary) << bytes;
    return code(*vault, "a");
  };
  for (const std::size_t at : {std::size_t{0}, std::size_t{20}, std::size_t{60}, kept.size() - 1}) {
    std::string changed = kept;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(with(changed), "vault-damaged") << at;
  }
  constexpr std::size_t head = 14 + 32, piece = 65'536 + 16;
  EXPECT_EQ(with(kept.substr(0, head + piece)), "vault-damaged") << "cut at the end of a piece";
  EXPECT_EQ(with(kept.substr(0, head)), "vault-damaged");
  EXPECT_EQ(with(kept.substr(0, head) + kept.substr(head + piece, piece) + kept.substr(head, piece) + kept.substr(head + 2 * piece)), "vault-damaged");
  EXPECT_EQ(with(*read_file(path("b"))), "vault-damaged") << "another file under this name";
  EXPECT_EQ(with(kept), "");
  VaultOptions other = options();
  other.key.fill(8);
  EXPECT_EQ(code(**Vault::open(other), "a"), "vault-damaged");
}

TEST_F(VaultTest, IsFullAtItsLimitAndKnowsItAgain) {
  VaultOptions o = options();
  o.bytes_max = 10'000;
  {
    const auto vault = *Vault::open(o);
    ASSERT_TRUE(vault->put("a", std::string(9'000, 'x')));
    EXPECT_EQ(vault->put("b", std::string(2'000, 'x')).error().code, "vault-full");
  }
  const auto vault = *Vault::open(o);
  EXPECT_EQ(vault->put("b", std::string(2'000, 'x')).error().code, "vault-full");
  ASSERT_TRUE(vault->remove("a"));
  EXPECT_TRUE(vault->put("b", std::string(2'000, 'x')));
  o.kept_free_bytes = std::uint64_t{1} << 60;
  EXPECT_EQ((*Vault::open(o))->put("c", "x").error().code, "disk-short");
}

TEST_F(VaultTest, NamesLeadNowhereElse) {
  const auto vault = *Vault::open(options());
  for (const std::string name : {"", "../a", "a/b", ".lock", "a b"}) {
    EXPECT_EQ(vault->put(name, "x").error().code, "vault-name") << name;
    EXPECT_EQ(code(*vault, name), "absent") << name;
  }
}

}  // namespace
}  // namespace mozu::attribution
