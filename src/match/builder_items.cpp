#include <algorithm>

#include "builder_state.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match {

using intel::PatternKind;

std::uint32_t Interner::add(std::string_view s) {
  for (std::uint64_t h = xxh3_64(s);; ++h) {  // the next number after a collision of 64-bit hashes
    const auto [it, fresh] = by_hash_.try_emplace(h, static_cast<std::uint32_t>(refs_.size()));
    if (fresh) {
      refs_.push_back(arena_.add(s));
      return it->second;
    }
    if (get(it->second) == s) return it->second;
  }
}

std::uint32_t ReasonWriter::add(std::uint32_t number, std::string_view text) {
  std::uint32_t& offset = offsets_[number];
  if (offset != no_posting) return offset;
  if (bytes.size() >= bytes_max_) {
    too_large = true;
    return 0;
  }
  offset = static_cast<std::uint32_t>(bytes.size());
  put_varint(bytes, text.size());
  bytes += text;
  return offset;
}

std::string encode_mask(const intel::UrlMask& m) {
  std::string s(3, '\0');
  s[0] = static_cast<char>((m.any_subdomain ? mask_subdomains : 0) | (m.path_prefix ? mask_path_prefix : 0));
  store(s.data() + 1, m.port);
  put_varint(s, m.host.size());
  s += m.host;
  s += m.path;
  return s;
}

intel::UrlMask decode_mask(std::string_view s) {
  Cursor c(s);
  intel::UrlMask m;
  const std::uint8_t flags = c.u8();
  m.any_subdomain = (flags & mask_subdomains) != 0;
  m.path_prefix = (flags & mask_path_prefix) != 0;
  m.port = c.fixed<std::uint16_t>();
  m.host = c.bytes(c.varint());
  m.path = s.substr(c.position());
  return m;
}

namespace {

template <std::size_t N>
void add_digest(std::vector<DigestItem<N>>& out, std::string_view hex, std::uint32_t word) {
  DigestItem<N> item{};
  item.word = word;
  for (std::size_t i = 0; i < N && 2 * i + 1 < hex.size(); ++i) item.digest[i] = static_cast<char>(hex_number(hex.substr(2 * i), 2));
  out.push_back(item);
}

}  // namespace

void ItemSet::add(const intel::Pattern& p, std::uint32_t word, bool exact_only) {
  const auto text = [&](std::vector<TextItem>& list, std::string_view key, std::string_view stored) {
    list.push_back({text_hash(key), texts.add(stored), word, exact_only && p.kind == PatternKind::domain});
  };
  switch (p.kind) {
    case PatternKind::ipv4: ipv4.push_back({p.v4.first, p.v4.first, word}); break;
    case PatternKind::ipv4_range: ipv4_ranges.push_back({p.v4.first, p.v4.last, word}); break;
    case PatternKind::ipv6: ipv6.push_back({p.v6.first.bytes, p.v6.first.bytes, word}); break;
    case PatternKind::ipv6_range: ipv6_ranges.push_back({p.v6.first.bytes, p.v6.last.bytes, word}); break;
    case PatternKind::domain: text(domains, p.value, p.value); break;
    case PatternKind::url: text(urls, p.value, p.value); break;
    case PatternKind::url_mask: text(masks, p.mask.host, encode_mask(p.mask)); break;
    case PatternKind::email: text(emails, p.value, p.value); break;
    case PatternKind::md5: add_digest(md5, p.value, word); break;
    case PatternKind::sha1: add_digest(sha1, p.value, word); break;
    case PatternKind::sha256: add_digest(sha256, p.value, word); break;
    case PatternKind::sha512: add_digest(sha512, p.value, word); break;
  }
}

std::uint64_t ItemSet::size() const {
  return ipv4.size() + ipv4_ranges.size() + ipv6.size() + ipv6_ranges.size() + domains.size() + urls.size() + masks.size() + emails.size() + md5.size() +
         sha1.size() + sha256.size() + sha512.size();
}

void sort_items(ItemSet& s) {
  const auto by_range = [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.last < b.last; };
  std::ranges::sort(s.ipv4, by_range);
  std::ranges::sort(s.ipv4_ranges, by_range);
  std::ranges::sort(s.ipv6, by_range);
  std::ranges::sort(s.ipv6_ranges, by_range);
  const auto by_text = [&s](const TextItem& a, const TextItem& b) {
    if (a.hash != b.hash) return a.hash < b.hash;
    const int order = a.text == b.text ? 0 : s.texts.get(a.text).compare(s.texts.get(b.text));
    return order != 0 ? order < 0 : a.exact_only < b.exact_only;
  };
  for (auto* list : {&s.domains, &s.urls, &s.masks, &s.emails}) std::ranges::sort(*list, by_text);
  const auto by_digest = [](const auto& a, const auto& b) {
    return std::string_view(a.digest.data(), a.digest.size()) < std::string_view(b.digest.data(), b.digest.size());
  };
  std::ranges::sort(s.md5, by_digest);
  std::ranges::sort(s.sha1, by_digest);
  std::ranges::sort(s.sha256, by_digest);
  std::ranges::sort(s.sha512, by_digest);
}

}  // namespace mozu::match
