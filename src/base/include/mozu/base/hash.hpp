// Checksums (xxh3, fast, not against attackers) and content hashes (SHA-256).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mozu {

std::uint64_t xxh3_64(std::span<const std::byte> bytes, std::uint64_t seed = 0);
inline std::uint64_t xxh3_64(std::string_view s, std::uint64_t seed = 0) { return xxh3_64(std::as_bytes(std::span(s.data(), s.size())), seed); }

using Sha256Digest = std::array<std::uint8_t, 32>;
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void update(std::span<const std::byte> bytes);
  Sha256Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
Sha256Digest sha256(std::span<const std::byte> bytes);
std::array<std::uint8_t, 16> md5(std::string_view bytes);  ///< where a format asks for it; protects nothing
std::string to_hex(std::span<const std::uint8_t> bytes);   ///< lower case
/// RFC 4122 version 5 (SHA-1), "xxxxxxxx-xxxx-5xxx-…"; `space` is a UUID string.
std::string uuid_v5(std::string_view space, std::string_view name);
/// The same bits in the shape of version 4, which STIX 2.1 (§2.9) wants of all objects but observables: one name, one id, all the same.
std::string uuid_v4_of(std::string_view space, std::string_view name);

}  // namespace mozu
