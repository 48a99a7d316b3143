// What a finding's value is kept as, and what it is not taken for.
#include "mozu/reports/canonical.hpp"

#include <gtest/gtest.h>

namespace mozu::reports {
namespace {

std::string kept(FindingType type, std::string_view text) {
  const auto value = canonical_value(type, text);
  return value ? *value : value.error().code + ": " + value.error().message;
}

TEST(Canonical, ValuesAreWhatTheirTypeSays) {
  EXPECT_EQ(kept(FindingType::domain, "Evil[.]Example.COM"), "evil.example.com");
  EXPECT_EQ(kept(FindingType::ipv4, "192.0.2[.]7"), "192.0.2.7");
  EXPECT_EQ(kept(FindingType::url, "hxxp://evil.example.com/a"), "evil.example.com/a") << "as the matcher has URLs";
  EXPECT_EQ(kept(FindingType::vulnerability, " cve-2021-44228 "), "CVE-2021-44228");
  EXPECT_EQ(kept(FindingType::technique, "t1059.001"), "T1059.001");
  EXPECT_EQ(kept(FindingType::actor, "  Amber Lynx "), "Amber Lynx");
}

TEST(Canonical, WhatIsNotIsRefusedWithTheReason) {
  EXPECT_EQ(kept(FindingType::domain, "192.0.2.7"), "field-invalid: '192.0.2.7' is no domain-name: it is ipv4");
  EXPECT_TRUE(kept(FindingType::md5, "xyz").starts_with("field-invalid: 'xyz' is no md5: it"));
  EXPECT_EQ(kept(FindingType::vulnerability, "T1059"), "field-invalid: 'T1059' is no vulnerability");
  EXPECT_EQ(kept(FindingType::technique, "CVE-2021-44228"), "field-invalid: 'CVE-2021-44228' is no attack-pattern");
  EXPECT_EQ(kept(FindingType::technique, "G0016"), "field-invalid: 'G0016' is no attack-pattern");
  EXPECT_EQ(kept(FindingType::actor, " "), "field-invalid: a value has 1 to 65536 bytes");
  EXPECT_EQ(kept(FindingType::actor, std::string(value_bytes_max + 1, 'a')), "field-invalid: a value has 1 to 65536 bytes");
}

}  // namespace
}  // namespace mozu::reports
