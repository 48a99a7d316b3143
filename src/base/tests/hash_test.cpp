#include "mozu/base/hash.hpp"

#include <gtest/gtest.h>

namespace mozu {
namespace {

std::span<const std::byte> bytes(std::string_view s) { return std::as_bytes(std::span(s.data(), s.size())); }

TEST(Hash, Md5OfKnownTexts) {
  EXPECT_EQ(to_hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(Hash, Sha256OfKnownTexts) {
  EXPECT_EQ(to_hex(sha256(bytes(""))), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 h;
  h.update(bytes("a"));
  h.update(bytes("bc"));
  EXPECT_EQ(to_hex(h.finish()), to_hex(sha256(bytes("abc"))));
  h.update(bytes("abc"));
  EXPECT_EQ(to_hex(h.finish()), to_hex(sha256(bytes("abc"))));  // a finished hash begins anew
}

TEST(Hash, Xxh3DependsOnSeed) {
  EXPECT_EQ(xxh3_64(""), 0x2D06800538D394C2ULL);
  EXPECT_NE(xxh3_64("abc", 1), xxh3_64("abc", 2));
}

TEST(Hash, UuidsOfNames) {
  // RFC 4122 appendix C: the DNS name space
  EXPECT_EQ(uuid_v5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  EXPECT_EQ(uuid_v4_of("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com"), "2ed6657d-e927-468b-95e1-2665a8aea6a2");
}

}  // namespace
}  // namespace mozu
