// A set of patterns that can be asked what covers a value: used for indicators and for suppressions alike.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "addresses.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::match::reference {

/// A canonical URL taken apart again: "host[:port]/path".
struct UrlParts {
  std::string host;  ///< an IPv6 address in brackets
  std::uint16_t port = 0;
  std::string path;
};
UrlParts url_parts(std::string_view key);
/// The name and every suffix that begins after a dot; those longer than bytes_max are left out.
std::vector<std::string_view> name_and_parents(std::string_view name, std::size_t bytes_max);
Address6 to_address6(const intel::Ipv6& a);

using PatternId = std::uint32_t;

class PatternSet {
 public:
  /// The same (kind, value) again gives the same id.
  PatternId add(const intel::Pattern& pattern);
  std::size_t size() const { return patterns_.size(); }
  intel::PatternKind kind(PatternId id) const { return patterns_[id].kind; }
  const std::string& value(PatternId id) const { return patterns_[id].value; }

  /// Each appends the ids it finds.
  void address4(std::uint32_t a, std::vector<PatternId>& found) const;  ///< the address itself
  void address6(const Address6& a, std::vector<PatternId>& found) const;
  void ranges_around4(std::uint32_t first, std::uint32_t last,
                      std::vector<PatternId>& found) const;  ///< ranges that hold first–last whole
  void ranges_around6(const Address6& first, const Address6& last, std::vector<PatternId>& found) const;
  void text(intel::PatternKind kind, std::string_view value,
            std::vector<PatternId>& found) const;  ///< domain, url, e-mail, hash, mask: equal
  void masks_over(const UrlParts& url, std::vector<PatternId>& found) const;
  std::size_t domain_bytes_max() const { return domain_bytes_max_; }
  /// The range of an address or range pattern.
  const intel::Ipv4Range& range4(PatternId id) const { return ranges4_.at(id); }
  const intel::Ipv6Range& range6(PatternId id) const { return ranges6_.at(id); }
  const intel::UrlMask& mask(PatternId id) const { return masks_.at(id); }

 private:
  struct Entry {
    intel::PatternKind kind;
    std::string value;
  };
  std::deque<Entry> patterns_;
  std::unordered_map<std::string_view, PatternId> by_text_[intel::pattern_kind_count];  // keys live in patterns_
  std::unordered_map<std::uint32_t, PatternId> by_address4_;
  std::map<Address6, PatternId> by_address6_;
  std::vector<PatternId> ranges4_by_octet_[256];  // under every first octet that the range touches
  std::vector<PatternId> ranges6_all_;
  std::unordered_map<PatternId, intel::Ipv4Range> ranges4_;
  std::unordered_map<PatternId, intel::Ipv6Range> ranges6_;
  std::unordered_map<std::string, std::vector<PatternId>> masks_by_host_;
  std::unordered_map<PatternId, intel::UrlMask> masks_;
  std::size_t domain_bytes_max_ = 0;
};

}  // namespace mozu::match::reference
