#include "pattern_set.hpp"

#include <cstdlib>

namespace mozu::match::reference {

using intel::PatternKind;

UrlParts url_parts(std::string_view key) {
  UrlParts parts;
  const auto slash = key.find('/');
  std::string_view authority = key.substr(0, slash);
  if (slash != std::string_view::npos) parts.path = key.substr(slash);
  const auto colon = authority.rfind(':');
  const bool port_follows = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  if (port_follows) {
    parts.port = static_cast<std::uint16_t>(std::strtoul(std::string(authority.substr(colon + 1)).c_str(), nullptr, 10));
    authority = authority.substr(0, colon);
  }
  parts.host = authority;
  return parts;
}

std::vector<std::string_view> name_and_parents(std::string_view name, std::size_t bytes_max) {
  std::vector<std::string_view> names;
  for (std::size_t begin = 0;;) {
    if (name.size() - begin <= bytes_max) names.push_back(name.substr(begin));
    const auto dot = name.find('.', begin);
    if (dot == std::string_view::npos) return names;
    begin = dot + 1;
  }
}

Address6 to_address6(const intel::Ipv6& a) { return a.bytes; }

PatternId PatternSet::add(const intel::Pattern& pattern) {
  const auto next = static_cast<PatternId>(patterns_.size());
  auto& by_text = by_text_[static_cast<int>(pattern.kind)];
  if (const auto known = by_text.find(pattern.value); known != by_text.end()) return known->second;
  patterns_.push_back({pattern.kind, pattern.value});
  by_text.emplace(patterns_.back().value, next);
  switch (pattern.kind) {
    case PatternKind::ipv4:
      by_address4_[pattern.v4.first] = next;
      ranges4_[next] = pattern.v4;
      break;
    case PatternKind::ipv4_range:
      for (std::uint32_t octet = pattern.v4.first >> 24; octet <= pattern.v4.last >> 24; ++octet) ranges4_by_octet_[octet].push_back(next);
      ranges4_[next] = pattern.v4;
      break;
    case PatternKind::ipv6:
      by_address6_[to_address6(pattern.v6.first)] = next;
      ranges6_[next] = pattern.v6;
      break;
    case PatternKind::ipv6_range:
      ranges6_all_.push_back(next);
      ranges6_[next] = pattern.v6;
      break;
    case PatternKind::url_mask:
      masks_by_host_[pattern.mask.host].push_back(next);
      masks_[next] = pattern.mask;
      break;
    case PatternKind::domain: domain_bytes_max_ = std::max(domain_bytes_max_, pattern.value.size()); break;
    default: break;
  }
  return next;
}

void PatternSet::address4(std::uint32_t a, std::vector<PatternId>& found) const {
  if (const auto it = by_address4_.find(a); it != by_address4_.end()) found.push_back(it->second);
}

void PatternSet::address6(const Address6& a, std::vector<PatternId>& found) const {
  if (const auto it = by_address6_.find(a); it != by_address6_.end()) found.push_back(it->second);
}

void PatternSet::ranges_around4(std::uint32_t first, std::uint32_t last, std::vector<PatternId>& found) const {
  for (const PatternId id : ranges4_by_octet_[first >> 24]) {
    const auto& range = ranges4_.at(id);
    if (range.first <= first && last <= range.last) found.push_back(id);
  }
}

void PatternSet::ranges_around6(const Address6& first, const Address6& last, std::vector<PatternId>& found) const {
  for (const PatternId id : ranges6_all_) {
    const auto& range = ranges6_.at(id);
    if (to_address6(range.first) <= first && last <= to_address6(range.last)) found.push_back(id);
  }
}

void PatternSet::text(PatternKind kind, std::string_view value, std::vector<PatternId>& found) const {
  const auto& by_text = by_text_[static_cast<int>(kind)];
  if (const auto it = by_text.find(value); it != by_text.end()) found.push_back(it->second);
}

void PatternSet::masks_over(const UrlParts& url, std::vector<PatternId>& found) const {
  if (masks_.empty()) return;
  for (const std::string_view name : name_and_parents(url.host, std::string::npos)) {
    const auto masks = masks_by_host_.find(std::string(name));
    if (masks == masks_by_host_.end()) continue;
    const bool below = name.size() < url.host.size();
    for (const PatternId id : masks->second) {
      const auto& mask = masks_.at(id);
      if (below && !mask.any_subdomain) continue;
      if (mask.port != 0 && mask.port != url.port) continue;
      if (mask.path_prefix ? url.path.starts_with(mask.path) : url.path == mask.path) found.push_back(id);
    }
  }
}

}  // namespace mozu::match::reference
