// Private to the room: random texts, hashes, encryption of what must be read back, one-time codes.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu::server {

std::string random_bytes(std::size_t n);
std::string random_text(std::size_t bytes);      ///< base64url
std::string secret_hash(std::string_view text);  ///< SHA-256, hex: for random texts, not for passwords
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// AES-256-GCM; `context` is bound to it and must be the same when it is opened.
std::string seal(const std::array<std::uint8_t, 32>& key, std::string_view text, std::string_view context);
std::optional<std::string> unseal(const std::array<std::uint8_t, 32>& key, std::string_view sealed, std::string_view context);

/// HMAC-SHA256: another key for each context.
std::array<std::uint8_t, 32> derived_key(const std::array<std::uint8_t, 32>& key, std::string_view context);

Result<std::string> argon2_hash(std::string_view password, std::uint32_t memory_kib, std::uint32_t passes);
bool argon2_fits(std::string_view encoded, std::string_view password);

inline constexpr std::int64_t totp_step_seconds = 30;
std::string base32(std::string_view bytes);
std::optional<std::string> from_base32(std::string_view text);
/// RFC 6238 with SHA-1: the code of a step; digits ≤ 8.
std::string totp_code(std::string_view secret, std::int64_t step, int digits = 6);

}  // namespace mozu::server
