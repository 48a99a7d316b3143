#include "addresses.hpp"

#include <cstdio>
#include <vector>

namespace mozu::match::reference {
namespace {

std::vector<std::string_view> parts_between(std::string_view s, char separator) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= s.size(); ++i) {
    if (i == s.size() || s[i] == separator) {
      parts.push_back(s.substr(begin, i - begin));
      begin = i + 1;
    }
  }
  return parts;
}

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

/// A number of 1 to `digits_max` digits in the given base; nothing else.
std::optional<std::uint32_t> read_number(std::string_view s, int base, std::size_t digits_max) {
  if (s.empty() || s.size() > digits_max) return std::nullopt;
  std::uint32_t n = 0;
  for (const char c : s) {
    if (digit_of(c) >= base) return std::nullopt;
    n = n * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit_of(c));
  }
  return n;
}

/// Groups of one side of "::" (or of the whole text). An IPv4 may stand in the last place if `may_end_in_ipv4`.
std::optional<std::vector<std::uint16_t>> read_groups(std::string_view side, bool may_end_in_ipv4) {
  std::vector<std::uint16_t> groups;
  if (side.empty()) return groups;
  const auto parts = parts_between(side, ':');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool last = i + 1 == parts.size();
    if (const auto group = read_number(parts[i], 16, 4)) {
      groups.push_back(static_cast<std::uint16_t>(*group));
      continue;
    }
    const auto embedded = last && may_end_in_ipv4 ? read_address4(parts[i]) : std::nullopt;
    if (!embedded) return std::nullopt;
    groups.push_back(static_cast<std::uint16_t>(*embedded >> 16));
    groups.push_back(static_cast<std::uint16_t>(*embedded & 0xffff));
  }
  return groups;
}

}  // namespace

std::optional<std::uint32_t> read_address4(std::string_view s) {
  if (s.size() < 7 || s.size() > 15) return std::nullopt;
  const auto parts = parts_between(s, '.');
  if (parts.size() != 4) return std::nullopt;
  std::uint32_t address = 0;
  for (const auto part : parts) {
    const auto n = read_number(part, 10, 3);
    if (!n || *n > 255) return std::nullopt;
    address = address * 256 + *n;
  }
  return address;
}

std::optional<Address6> read_address6(std::string_view s) {
  if (s.size() < 2 || s.size() > 64) return std::nullopt;
  std::vector<std::uint16_t> groups;
  const auto gap = s.find("::");
  if (gap == std::string_view::npos) {
    const auto all = read_groups(s, true);
    if (!all || all->size() != 8) return std::nullopt;
    groups = *all;
  } else {
    const auto left = read_groups(s.substr(0, gap), false);
    const auto right = read_groups(s.substr(gap + 2), true);
    if (!left || !right || left->size() + right->size() > 7) return std::nullopt;
    groups = *left;
    groups.resize(8 - right->size(), 0);
    groups.insert(groups.end(), right->begin(), right->end());
  }
  Address6 address{};
  for (std::size_t i = 0; i < 8; ++i) {
    address[2 * i] = static_cast<std::uint8_t>(groups[i] >> 8);
    address[2 * i + 1] = static_cast<std::uint8_t>(groups[i] & 0xff);
  }
  return address;
}

std::string write_address4(std::uint32_t a) {
  return std::to_string(a >> 24) + "." + std::to_string((a >> 16) & 255) + "." + std::to_string((a >> 8) & 255) + "." + std::to_string(a & 255);
}

std::string write_address6(const Address6& a) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = a[2 * i] * 256u + a[2 * i + 1];
  // RFC 5952 §5: IPv4-mapped addresses in mixed notation.
  bool mapped = groups[5] == 0xffff;
  for (std::size_t i = 0; i < 5; ++i) mapped = mapped && groups[i] == 0;
  if (mapped) return "::ffff:" + write_address4((groups[6] << 16) | groups[7]);
  // §4.2: the longest run of two or more zero groups, the first of equals, becomes "::".
  std::size_t best = 8, best_length = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t n = 0;
    while (i + n < 8 && groups[i + n] == 0) ++n;
    if (n > best_length) best = i, best_length = n;
  }
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == best) {
      out += "::";
      i += best_length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    char text[8];
    std::snprintf(text, sizeof text, "%x", groups[i]);
    out += text;
  }
  return out;
}

}  // namespace mozu::match::reference
