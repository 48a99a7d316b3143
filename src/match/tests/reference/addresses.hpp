// The reference's own reading of addresses, independent of intel/ip.hpp.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mozu::match::reference {

using Address6 = std::array<std::uint8_t, 16>;

/// Four parts of 1–3 digits, 0–255, decimal.
std::optional<std::uint32_t> read_address4(std::string_view s);
/// RFC 4291 text: groups of 1–4 hex digits, "::" once for at least one group, IPv4 in the last place.
std::optional<Address6> read_address6(std::string_view s);
std::string write_address4(std::uint32_t a);
std::string write_address6(const Address6& a);  ///< RFC 5952

}  // namespace mozu::match::reference
