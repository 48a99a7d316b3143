#include "lookup.hpp"

#include <fmt/core.h>

#include <cstring>

#include "filter_hash.hpp"
#include "mozu/base/bytes.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "suppress.hpp"

namespace mozu::match {

using intel::ObservableType;
using intel::PatternKind;
using intel::Relation;

std::string mask_text(std::string_view host, const MaskRecord& m) {
  std::string s = (m.flags & mask_subdomains) != 0 ? "*." : "";
  s += host;
  if (m.port != 0) s += fmt::format(":{}", m.port);
  s += m.path;
  if ((m.flags & mask_path_prefix) != 0) s += '*';
  return s;
}

Hit& Lookup::hit(std::size_t begin, std::size_t end, ObservableType type, std::string value, Relation relation, PatternKind kind, std::string indicator,
                 std::uint32_t posting) {
  return out_->emplace_back(Hit{begin, end, type, std::move(value), relation, kind, std::move(indicator), posting, false});
}

void Lookup::tokens(std::string_view text, const Tokens& tokens, std::vector<Hit>& out) {
  out_ = &out;
  for (const HostToken& h : tokens.hosts) host(tokens, h);
  for (const UrlToken& u : tokens.urls) url(u);
  for (const EmailToken& e : tokens.emails) this->text(e, tokens.value(e));
  for (const HashToken& h : tokens.hashes) hash(h, text.substr(h.begin, h.end - h.begin));
}

void Lookup::host(const Tokens& tokens, const HostToken& h) {
  if (h.is_ipv4) ipv4(h);
  else if (h.is_ipv6) ipv6(h);
  else name(h, tokens.name(h));
}

void Lookup::ipv4(const HostToken& h) {
  const TableSet& t = d_.indicators;
  const auto found = t.find_ipv4(h.ipv4);
  if (listener_ != nullptr) tell(h.begin, h.end, "ipv4 " + intel::format_ipv4(h.ipv4), found.has_value());
  if (found) {
    const std::string text = intel::format_ipv4(h.ipv4);
    hit(h.begin, h.end, ObservableType::ipv4_addr, text, h.url_host ? Relation::url_host : Relation::exact, PatternKind::ipv4, text, t.ipv4_postings[*found]);
  }
  t.ipv4_ranges_of(h.ipv4, [&](std::size_t, const Ipv4RangeRecord& r) {
    const std::string range = intel::format_range(intel::Ipv4Range{r.first, r.last});
    tell(h.begin, h.end, "ipv4-range " + range, true);
    hit(h.begin, h.end, ObservableType::ipv4_addr, intel::format_ipv4(h.ipv4), Relation::range, PatternKind::ipv4_range, range, r.posting);
  });
}

void Lookup::ipv6(const HostToken& h) {
  const TableSet& t = d_.indicators;
  const auto found = t.find_ipv6(h.ipv6);
  if (listener_ != nullptr) tell(h.begin, h.end, "ipv6 " + intel::format_ipv6(h.ipv6), found.has_value());
  if (found) {
    const std::string text = intel::format_ipv6(h.ipv6);
    hit(h.begin, h.end, ObservableType::ipv6_addr, text, h.url_host ? Relation::url_host : Relation::exact, PatternKind::ipv6, text, t.ipv6_postings[*found]);
  }
  t.ipv6_ranges_of(h.ipv6, [&](std::size_t, const Ipv6RangeRecord& r) {
    const std::string range = intel::format_range(intel::Ipv6Range{{r.first}, {r.last}});
    tell(h.begin, h.end, "ipv6-range " + range, true);
    hit(h.begin, h.end, ObservableType::ipv6_addr, intel::format_ipv6(h.ipv6), Relation::range, PatternKind::ipv6_range, range, r.posting);
  });
}

/// The filter's word on a name: false if no indicator is this name or above it.
bool Lookup::may_know(std::string_view name) const {
  char padded[suffix_bytes_max] = {};
  const char* end = name.data() + name.size();
  if (name.size() < sizeof padded) {
    end = padded + sizeof padded;
    std::memcpy(padded + sizeof padded - name.size(), name.data(), name.size());
  }
  const std::size_t dot = name.rfind('.');
  const std::uint32_t label = last_label_bit(end, dot == std::string_view::npos ? name.size() : name.size() - dot - 1);
  if ((static_cast<unsigned char>(d_.last_labels[label >> 3]) >> (label & 7) & 1) == 0) return false;
  if (d_.has(flag_single_label)) return true;
  if (dot == std::string_view::npos) return false;
  const std::size_t second = dot == 0 ? std::string_view::npos : name.rfind('.', dot - 1);
  const std::uint64_t hash = suffix_hash(end, second == std::string_view::npos ? name.size() : name.size() - second - 1).hash;
  const std::uint64_t bits = bloom_bits(hash);
  return (load<std::uint64_t>(d_.suffix_filter.data() + 8 * bloom_word(hash, d_.suffix_words)) & bits) == bits;
}

void Lookup::name(const HostToken& h, std::string_view name) {
  if (listener_ == nullptr && !may_know(name)) return;
  const BucketTable& hosts = d_.indicators.hosts;
  std::string_view suffix = storable_suffix(name);
  if (suffix.empty()) return;
  for (;;) {
    const bool below = suffix.size() != name.size();
    bool found = false;
    hosts.find(suffix, [&](const BucketTable::Record& r) {
      if ((r.flags & host_domain) == 0 || (below && intel::is_public_suffix(suffix))) return;
      found = true;
      const Relation relation = h.url_host ? Relation::url_host : h.email_host ? Relation::email_host : below ? Relation::subdomain : Relation::exact;
      hit(h.begin, h.end, ObservableType::domain_name, std::string(name), relation, PatternKind::domain, std::string(suffix), r.posting).below = below;
    });
    if (listener_ != nullptr) tell(h.begin, h.end, fmt::format("domain {}", suffix), found);
    const std::size_t dot = suffix.find('.');
    if (dot == std::string_view::npos) return;
    suffix.remove_prefix(dot + 1);
  }
}

void Lookup::url(const UrlToken& u) {
  const std::string key = u.url.key();
  bool found = false;
  d_.indicators.urls.find(key, [&](const BucketTable::Record& r) {
    found = true;
    hit(u.begin, u.end, ObservableType::url, key, Relation::exact, PatternKind::url, key, r.posting);
  });
  if (listener_ != nullptr) tell(u.begin, u.end, "url " + key, found);
  masks_of(d_.indicators, split_url_key(key), [&](const BucketTable::Record& r, const MaskRecord& m) {
    std::string mask = mask_text(r.text, m);
    tell(u.begin, u.end, "url-mask " + mask, true);
    hit(u.begin, u.end, ObservableType::url, key, Relation::mask, PatternKind::url_mask, std::move(mask), m.posting);
  });
}

void Lookup::text(const EmailToken& e, std::string_view value) {
  bool found = false;
  d_.indicators.emails.find(value, [&](const BucketTable::Record& r) {
    found = true;
    hit(e.begin, e.end, ObservableType::email_addr, std::string(value), Relation::exact, PatternKind::email, std::string(value), r.posting);
  });
  if (listener_ != nullptr) tell(e.begin, e.end, fmt::format("email {}", value), found);
}

void Lookup::hash(const HashToken& h, std::string_view hex) {
  const int k = static_cast<int>(h.type) - static_cast<int>(ObservableType::md5);
  char digest[64];
  const auto value = [hex](std::size_t i) { return hex_value(static_cast<unsigned char>(hex[i])); };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) digest[i / 2] = static_cast<char>(value(i) * 16 + value(i + 1));
  const DigestTable& table = d_.indicators.digests[static_cast<std::size_t>(k)];
  const auto found = table.find(std::string_view(digest, hex.size() / 2));
  if (found) {
    const std::string folded = fold(hex);
    hit(h.begin, h.end, h.type, folded, Relation::exact, static_cast<PatternKind>(static_cast<int>(PatternKind::md5) + k), folded, table.posting(*found));
  }
  if (listener_ != nullptr) tell(h.begin, h.end, fmt::format("{} {}", intel::short_name(h.type), fold(hex)), found.has_value());
}

std::string suppression(const Index::Data& d, const Hit& hit) {
  using intel::ObservableType;
  if (d.statistics.suppressions == 0) return {};
  const TableSet& entries = d.suppressions;
  Reason reason;
  switch (hit.type) {
    case ObservableType::domain_name: reason = suppressed_host(entries, hit.value); break;
    case ObservableType::url: reason = suppressed_url(entries, hit.value); break;
    case ObservableType::email_addr: reason = suppressed_email(entries, hit.value); break;
    default: {
      const PatternKind kind = hit.type == ObservableType::ipv4_addr ? PatternKind::ipv4 : hit.type == ObservableType::ipv6_addr ? PatternKind::ipv6 : hit.kind;
      if (const auto p = intel::pattern_from_value(kind, hit.value)) reason = suppressed_pattern(entries, *p);
    }
  }
  // A mask's host counts even where the URL reads like the mask.
  if (!reason && (hit.indicator != hit.value || hit.kind == PatternKind::url_mask))
    if (const auto p = intel::pattern_from_value(hit.kind, hit.indicator)) reason = suppressed_pattern(entries, *p);
  return reason ? std::string(d.reason_at(*reason)) : std::string();
}

}  // namespace mozu::match
