#include "mozu/lookup/geo.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

// libmaxminddb 1.7 forgets what it read of the metadata of a database that it then refuses.
extern "C" const char* __lsan_default_suppressions() { return "leak:libmaxminddb\n"; }  // NOLINT(bugprone-reserved-identifier)

namespace mozu::lookup {
namespace {

// A writer of the smallest database there is (MaxMind DB file format 2.0): one network of 8 bits, one record.
std::string big_endian(std::uint64_t n, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(n >> (8 * i));
  return out;
}
/// Of a value of at most 284 bytes or members.
std::string control(int type, std::size_t size) {
  const int told = size < 29 ? static_cast<int>(size) : 29;
  std::string out(1, static_cast<char>((type <= 7 ? type << 5 : 0) | told));
  if (type > 7) out += static_cast<char>(type - 7);
  if (told == 29) out += static_cast<char>(size - 29);
  return out;
}
std::string text(std::string_view s) { return control(2, s.size()) + std::string(s); }
std::string u16(std::uint16_t n) { return control(5, 2) + big_endian(n, 2); }
std::string u32(std::uint32_t n) { return control(6, 4) + big_endian(n, 4); }
std::string map(const std::vector<std::string>& keys_and_values) {
  std::string out = control(7, keys_and_values.size() / 2);
  for (const auto& part : keys_and_values) out += part;
  return out;
}

std::string database_of(std::uint8_t network, const std::string& record) {
  constexpr int nodes = 8;
  std::string tree;
  for (int i = 0; i < nodes; ++i) {
    const bool one = ((network >> (7 - i)) & 1) != 0;
    const auto on = big_endian(i + 1 < nodes ? static_cast<std::uint64_t>(i) + 1 : nodes + 16, 3), off = big_endian(nodes, 3);
    tree += one ? off + on : on + off;
  }
  return tree + std::string(16, '\0') + record + "\xab\xcd\xefMaxMind.com" +
         map({text("node_count"), u32(nodes), text("record_size"), u16(24), text("ip_version"), u16(4), text("database_type"), text("Test-City"),
              text("languages"), control(11, 0), text("binary_format_major_version"), u16(2), text("binary_format_minor_version"), u16(0), text("build_epoch"),
              control(9, 4) + big_endian(1700000000, 4), text("description"), map({})});
}

class GeographyTest : public testing::Test {
 protected:
  GeographyTest() {
    if (::mkdtemp(folder_.data()) == nullptr) std::abort();
  }
  ~GeographyTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string write(const std::string& bytes) const {
    const std::string path = folder_ + "/test.mmdb";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static std::vector<Place> find(const Geography& g, std::string_view value) { return g.find(*intel::read_pattern(value)); }

  std::string folder_ = (std::filesystem::temp_directory_path() / "mozu-geo-XXXXXX").string();
};

const std::string whole =
    database_of(192, map({text("country"), map({text("iso_code"), text("JP")}), text("city"), map({text("names"), map({text("en"), text("Kyoto")})}),
                          text("autonomous_system_number"), u32(64500), text("autonomous_system_organization"), text("Example Net")}));

TEST_F(GeographyTest, AnAddressIsSomewhere) {
  const auto g = Geography::open({write(whole)});
  ASSERT_TRUE(g.has_value()) << g.error().message;
  const auto places = find(**g, "192.0.2.1");
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].database, "Test-City");
  EXPECT_EQ(places[0].network, "192.0.0.0/8");
  EXPECT_EQ(places[0].country, "JP");
  EXPECT_EQ(places[0].city, "Kyoto");
  EXPECT_EQ(places[0].organisation, "Example Net");
  EXPECT_EQ(places[0].autonomous_system, 64500U);
  EXPECT_EQ(find(**g, "192.0.2.0/24").size(), 1U);
  EXPECT_TRUE(find(**g, "198.51.100.1").empty());
  EXPECT_TRUE(find(**g, "2001:db8::1").empty());
  EXPECT_TRUE(find(**g, "evil.example").empty());
}

TEST_F(GeographyTest, OtherNamesOfTheSameThings) {
  const auto g =
      Geography::open({write(database_of(192, map({text("country_code"), text("DE"), text("asn"), text("AS64501"), text("as_name"), text("Other Net")})))});
  ASSERT_TRUE(g.has_value());
  const auto places = find(**g, "192.0.2.1");
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places[0].country, "DE");
  EXPECT_EQ(places[0].autonomous_system, 64501U);
  EXPECT_EQ(places[0].organisation, "Other Net");
}

TEST_F(GeographyTest, WhatIsNoDatabaseIsSaid) {
  EXPECT_EQ(Geography::open({write("no database")}).error().code, "geography-open");
  EXPECT_EQ(Geography::open({folder_ + "/absent.mmdb"}).error().code, "geography-open");
}

TEST_F(GeographyTest, AnyDamageIsSurvived) {
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const int flip : {0x01, 0x80, 0xff}) {
      auto damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      if (const auto g = Geography::open({write(damaged)})) (void)find(**g, "192.0.2.1");
    }
}

}  // namespace
}  // namespace mozu::lookup
