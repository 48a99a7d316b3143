#include "mozu/intel/observable.hpp"

#include <gtest/gtest.h>

#include <set>

#include "mozu/intel/detection.hpp"

namespace mozu::intel {
namespace {

TEST(Observable, NamesAreThoseOfStix) {
  EXPECT_EQ(stix_type(ObservableType::ipv4_addr), "ipv4-addr");
  EXPECT_EQ(stix_type(ObservableType::ipv6_addr), "ipv6-addr");
  EXPECT_EQ(stix_type(ObservableType::domain_name), "domain-name");
  EXPECT_EQ(stix_type(ObservableType::url), "url");
  EXPECT_EQ(stix_type(ObservableType::email_addr), "email-addr");
  for (const auto t : {ObservableType::md5, ObservableType::sha1, ObservableType::sha256, ObservableType::sha512}) {
    EXPECT_EQ(stix_type(t), "file");
    EXPECT_TRUE(is_hash(t));
    EXPECT_FALSE(hash_algorithm(t).empty());
  }
  EXPECT_EQ(hash_algorithm(ObservableType::sha1), "SHA-1");
  EXPECT_EQ(hash_algorithm(ObservableType::url), "");
  EXPECT_FALSE(is_hash(ObservableType::email_addr));
}

TEST(Observable, ShortNamesAreUnique) {
  std::set<std::string_view> names;
  for (int i = 0; i < observable_type_count; ++i) names.insert(short_name(static_cast<ObservableType>(i)));
  EXPECT_EQ(names.size(), static_cast<std::size_t>(observable_type_count));
  EXPECT_FALSE(names.contains(""));
  EXPECT_EQ(short_name(ObservableType::sha256), "sha256");
}

TEST(Observable, HashTypeFollowsLength) {
  EXPECT_EQ(hash_type_of_length(32), ObservableType::md5);
  EXPECT_EQ(hash_type_of_length(40), ObservableType::sha1);
  EXPECT_EQ(hash_type_of_length(64), ObservableType::sha256);
  EXPECT_EQ(hash_type_of_length(128), ObservableType::sha512);
  EXPECT_EQ(hash_type_of_length(31), std::nullopt);
  EXPECT_EQ(hash_type_of_length(0), std::nullopt);
}

TEST(Relation, HasTheNamesOfTheOutput) {
  EXPECT_EQ(name(Relation::exact), "exact");
  EXPECT_EQ(name(Relation::subdomain), "subdomain");
  EXPECT_EQ(name(Relation::url_host), "url-host");
  EXPECT_EQ(name(Relation::email_host), "email-host");
  EXPECT_EQ(name(Relation::range), "range");
  EXPECT_EQ(name(Relation::mask), "mask");
}

}  // namespace
}  // namespace mozu::intel
