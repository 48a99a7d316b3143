#include "mozu/intel/stix_object.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mozu::intel {
namespace {

TEST(FoldName, LeavesLettersAndDigits) {
  EXPECT_EQ(fold_name("APT-29"), "apt29");
  EXPECT_EQ(fold_name("apt 29"), "apt29");
  EXPECT_EQ(fold_name("CVE-2021-44228"), "cve202144228");
  EXPECT_EQ(fold_name(" -_. "), "");
  EXPECT_EQ(fold_name(""), "");
}

TEST(FoldName, FoldsUnicode) {
  EXPECT_EQ(fold_name("Ｌａｚａｒｕｓ　Ｇｒｏｕｐ"), "lazarusgroup") << "full-width forms";
  EXPECT_EQ(fold_name("Straße"), "strasse");
  EXPECT_EQ(fold_name("ÉQUATION"), fold_name("e\u0301quation")) << "composed and decomposed";
  EXPECT_EQ(fold_name("百舌（もず）"), "百舌もず");
  EXPECT_EQ(fold_name("ﾊﾟﾝﾀﾞ"), "パンダ") << "half-width kana";
  EXPECT_EQ(fold_name("\xff\xfe"
                      "ab"),
            "ab")
      << "invalid UTF-8 is no letter";
  EXPECT_EQ(fold_name("\U00010428 x"), "\U00010428x") << "beyond the first plane";
}

TEST(FoldName, IsBoundedAndSettles) {
  std::string ligatures;
  for (int i = 0; i < 100'000; ++i) ligatures += "\uFDFA";  // one code point that becomes eighteen
  const auto once = fold_name(ligatures);
  EXPECT_LT(once.size(), 200'000U);
  EXPECT_EQ(fold_name(once.substr(0, 100 * 2)), once.substr(0, 100 * 2));
}

TEST(TypeOfId, TakesIdsOnly) {
  EXPECT_EQ(type_of_id("malware--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061"), "malware");
  EXPECT_EQ(type_of_id("x-mitre-tactic--1"), "x-mitre-tactic");
  EXPECT_EQ(type_of_id("malware--"), "");
  EXPECT_EQ(type_of_id("--0c7b"), "");
  EXPECT_EQ(type_of_id("malware-0c7b"), "");
  EXPECT_EQ(type_of_id("Malware--1"), "") << "lower case only";
  EXPECT_EQ(type_of_id("malware--a b"), "");
  EXPECT_EQ(type_of_id(std::string_view("malware--a\0b", 12)), "");
  EXPECT_EQ(type_of_id(std::string(250, 'a') + "--1"), std::string(250, 'a'));
  EXPECT_EQ(type_of_id(std::string(251, 'a') + "--1"), "");
  EXPECT_EQ(type_of_id("a--" + std::string(254, '1')), "") << "257 bytes";
}

}  // namespace
}  // namespace mozu::intel
