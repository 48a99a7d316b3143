#include <algorithm>
#include <array>
#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "filter.hpp"
#include "filter_hash.hpp"
#include "mozu/base/bytes.hpp"
#include "mozu/base/scratch.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "tokens.hpp"

namespace mozu::match {

namespace {

constexpr std::size_t run_bytes_max = 4096;  // longer runs go to the exact stage unseen

bool high(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool has_high(std::string_view s) { return std::ranges::any_of(s, high); }

}  // namespace

void FilterOutput::clear() {
  empty_scratch(suspicious);
  empty_scratch(newlines_before);
  empty_scratch(header_lines);
  newlines = 0;
}
void FilterOutput::start_chunk(std::uint64_t newlines_so_far) { newlines_before.push_back(newlines_so_far); }
void FilterChecks::header_line(std::size_t at) {
  if (s_[at] == '#') out_.header_lines.push_back(at);
}

FilterChecks::FilterChecks(const Index::Data& index, std::string_view bytes, FilterOutput& out)
    : last_labels(index.last_labels.data()),
      suffix_filter(index.suffix_filter.data()),
      suffix_words(index.suffix_words),
      want_ipv6(index.has(flag_ipv6)),
      want_hashes(index.has(flag_hashes)),
      d_(index),
      s_(bytes),
      out_(out),
      has_ipv4_(index.indicators.ipv4_addresses.size() + index.indicators.ipv4_ranges.size() + index.indicators.ipv4_url_hosts.size() != 0) {}

bool FilterChecks::word(std::size_t i) const { return is_word(static_cast<unsigned char>(s_[i])); }

bool FilterChecks::in_run(std::size_t i) const { return word(i) || (s_[i] == '.' && i + 1 < s_.size() && word(i + 1)); }

std::size_t FilterChecks::run_begin(std::size_t end, std::size_t bytes_max) const {
  std::size_t b = end;
  const std::size_t stop = end > bytes_max ? end - bytes_max : 0;
  while (b > stop && (word(b - 1) || (s_[b - 1] == '.' && b < end && b >= 2 && word(b - 2)))) --b;
  return b;
}

int FilterChecks::escape_lengths(std::size_t begin, std::size_t end, std::size_t lengths[3]) const {
  lengths[0] = 0;
  if (begin == 0 || s_[begin - 1] != '\\' || begin >= end) return 1;
  int n = 1;
  if (std::string_view("bfnrt").find(s_[begin]) != std::string_view::npos) lengths[n++] = 1;
  if (s_[begin] == 'u' && end - begin > 5) lengths[n++] = 5;
  return n;
}

std::uint8_t FilterChecks::host_flags(std::string_view folded) const {
  std::uint8_t flags = 0;
  d_.indicators.hosts.find(folded, [&flags](const BucketTable::Record& r) { flags |= r.flags; });
  return flags;
}

/// Does what the index has of a host count at [begin, end)? `whole`: the host is the whole token there, not a parent of it.
bool FilterChecks::host_counts(std::uint8_t flags, bool whole, std::size_t begin, std::size_t end) const {
  if ((flags & (host_domain | host_mask)) != 0) return true;
  if (flags == 0 || !whole) return false;
  // Only URLs or e-mails at this host: is it one here?
  const char before = begin > 0 ? s_[begin - 1] : ' ';
  const char after = end < s_.size() ? s_[end] : ' ';
  return before == '@' || before == '/' || before == '\\' || before == '.' || std::string_view("/:\\?#").find(after) != std::string_view::npos;
}

std::size_t FilterChecks::UnknownNames::slot(std::string_view s, std::size_t end) {
  if (end < 16) return 0;
  const auto a = load<std::uint64_t>(s.data() + end - 16), b = load<std::uint64_t>(s.data() + end - 8);
  return static_cast<std::size_t>(((a ^ b >> 7) * 0x9E3779B97F4A7C15ULL) >> 56);
}

bool FilterChecks::UnknownNames::has(std::string_view s, std::size_t end, std::size_t slot) const {
  const std::size_t n = bytes_[slot];
  return n != 0 && n <= end && std::memcmp(text_[slot], s.data() + end - n, n) == 0;
}

void FilterChecks::UnknownNames::add(std::string_view s, std::size_t begin, std::size_t end, std::size_t slot) {
  // With the byte before, so that the same bytes elsewhere are the same run; behind a dot it may go on.
  if (begin == 0 || end - begin >= text_bytes || s[begin - 1] == '.') return;
  bytes_[slot] = static_cast<std::uint8_t>(end - begin + 1);
  std::memcpy(text_[slot], s.data() + begin - 1, end - begin + 1);
}

void FilterChecks::name(std::size_t end) {
  const std::size_t slot = UnknownNames::slot(s_, end);
  if (unknown_names_.has(s_, end, slot)) return;
  bool unknown = true;
  const auto known = [this, end, &unknown](std::string_view host, bool whole, std::size_t begin) {
    const std::uint8_t flags = host_flags(host);
    unknown = unknown && flags == 0;
    return host_counts(flags, whole, begin, end);
  };
  char folded[host_bytes_max + 2];
  std::size_t n = 0;  // bytes used, from the right
  std::size_t b = end;
  int dots = 0;
  while (b > 0 && n <= host_bytes_max) {
    const char c = s_[b - 1];
    const bool dot = c == '.' && b >= 2 && word(b - 2);
    if (!dot && !word(b - 1)) break;
    if (high(c)) return mark(end - 1);
    if (dot && ++dots >= 2 && known(std::string_view(folded + sizeof folded - n, n), false, b)) return mark(end - 1);
    ++n;
    folded[sizeof folded - n] = fold(c);
    --b;
  }
  if (n > host_bytes_max) return;
  std::size_t lengths[3];
  const int count = escape_lengths(b, end, lengths);
  for (int i = 0; i < count; ++i) {
    std::string_view token(folded + sizeof folded - n, n);
    token.remove_prefix(lengths[i]);
    const Span t = trim_token(token, {0, token.size()});
    if (t.begin != 0 && known(token, true, b)) return mark(end - 1);  // a URL's host keeps its hyphens
    if (t.begin < t.end && known(token.substr(t.begin), true, b)) return mark(end - 1);
  }
  if (unknown) unknown_names_.add(s_, b, end, slot);
}

bool FilterChecks::ipv4_known(std::uint32_t a) const {
  const std::uint32_t p = a >> 8;
  if ((static_cast<unsigned char>(d_.ipv4_prefixes[p / 8]) >> (p % 8) & 1) == 0) return false;
  if (d_.indicators.find_ipv4(a)) return true;
  bool found = false;
  d_.indicators.ipv4_ranges_of(a, [&found](std::size_t, const Ipv4RangeRecord&) { found = true; });
  const auto& hosts = d_.indicators.ipv4_url_hosts;
  for (std::size_t lo = 0, hi = hosts.size(); !found && lo < hi;) {
    const std::size_t mid = lo + (hi - lo) / 2;
    found = hosts[mid] == a;
    if (hosts[mid] < a) lo = mid + 1;
    else hi = mid;
  }
  return found;
}

/// Four octets that end at `end`; what stands before them is not asked. True if the index knows the address.
bool FilterChecks::number_at(std::size_t end, std::size_t& begin, bool& leading_zero) const {
  std::uint32_t a = 0;
  std::size_t at = end;
  leading_zero = false;
  for (int part = 0; part < 4; ++part) {
    std::uint32_t v = 0, scale = 1;
    const std::size_t from = at;
    while (at > 0 && from - at < 3 && is_digit(static_cast<unsigned char>(s_[at - 1]))) {
      v += scale * static_cast<std::uint32_t>(s_[at - 1] - '0');
      scale *= 10;
      --at;
    }
    if (at == from || v > 255) return false;
    leading_zero = leading_zero || (s_[at] == '0' && from - at > 1);
    a |= v << (8 * part);
    if (part < 3) {
      if (at == 0 || s_[at - 1] != '.') return false;
      --at;
    }
  }
  begin = at;
  return ipv4_known(a);
}

namespace {
/// Among 24 bytes.
bool has_backslash(const char* p) {
  std::uint64_t found = 0;
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t x = load<std::uint64_t>(p + 8 * i) ^ 0x5C5C5C5C5C5C5C5CULL;
    found |= (x - 0x0101010101010101ULL) & ~x & 0x8080808080808080ULL;
  }
  return found != 0;
}
}  // namespace

std::size_t FilterChecks::UnknownAddresses::slot(const char* end) {
  return static_cast<std::size_t>((load<std::uint64_t>(end - 8) * 0x9E3779B97F4A7C15ULL) >> 58);
}

FilterChecks::UnknownAddresses::Tail FilterChecks::UnknownAddresses::tail(const char* end, std::size_t bytes) {
  const unsigned char* mask = tail_mask + 16 + bytes;
  return {load<std::uint64_t>(end - 16) & load<std::uint64_t>(mask), load<std::uint64_t>(end - 8) & load<std::uint64_t>(mask + 8)};
}

bool FilterChecks::UnknownAddresses::has(const char* end) const {
  const std::size_t k = slot(end);
  return bytes_[k] != 0 && tail(end, bytes_[k]) == tails_[k];
}

void FilterChecks::UnknownAddresses::add(const char* end, std::size_t bytes) {
  const std::size_t k = slot(end);
  bytes_[k] = static_cast<std::uint8_t>(bytes);
  tails_[k] = tail(end, bytes);
}

void FilterChecks::number(std::size_t end) {
  if (!has_ipv4_) return;
  // The digits of a JSON escape right before the address would be taken for its own.
  const auto behind_escape = [this](std::size_t address_end) {
    const std::size_t near = address_end > 24 ? address_end - 24 : 0;
    if (address_end >= 24 && !has_backslash(s_.data() + near)) return false;
    return s_.substr(near, address_end - near).find("\\u") != std::string_view::npos;
  };
  if (behind_escape(end)) return mark(end - 1);
  if (end >= 16 && unknown_addresses_.has(s_.data() + end)) return;
  std::size_t begin = end;
  bool leading_zero = false;
  if (number_at(end, begin, leading_zero)) return mark(end - 1);
  if (begin == end) return;  // no four octets
  // The URL rules read "010" as octal; those hosts go to the exact stage.
  if (leading_zero) {
    if (end < s_.size() && (s_[end] == '/' || s_[end] == ':' || s_[end] == '\\')) return mark(end - 1);
  } else if (begin > 0 && s_[begin - 1] != '-' && end >= 16) {
    unknown_addresses_.add(s_.data() + end, end - begin + 1);  // with the byte before, so that "-" is seen again
  }
  if (begin > 0 && s_[begin - 1] == '-') {
    std::size_t unused = 0;
    if (behind_escape(begin - 1) || number_at(begin - 1, unused, leading_zero)) mark(end - 1);
  }
}

void FilterChecks::awkward_run(std::size_t run_end) {
  const std::size_t begin = run_begin(run_end, run_bytes_max);
  if (run_end - begin >= run_bytes_max) return mark(run_end - 1);
  const Span t = trim_token(s_, {begin, run_end});
  if (t.begin == t.end) return;
  if (has_high(s_.substr(t.begin, t.end - t.begin))) idn(t.end - 1);
  if (is_digit(static_cast<unsigned char>(s_[t.end - 1]))) number(t.end);
  name(t.end);
  if (run_end != t.end) name(run_end);  // a URL's host keeps its hyphens
}

/// A canonical name, with its parents.
bool FilterChecks::text_known(std::string_view host) const {
  host = storable_suffix(host);
  if (host.empty()) return false;
  for (;;) {
    bool found = false;
    d_.indicators.hosts.find(host, [&found](const BucketTable::Record&) { found = true; });
    if (found) return true;
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos) return false;
    host.remove_prefix(dot + 1);
  }
}

void FilterChecks::idn_run(std::size_t at, Seen& seen) {
  if (seen.holds(at)) return;
  std::size_t end = at + 1;
  const std::size_t stop = std::min(s_.size(), at + run_bytes_max);
  while (end < stop && in_run(end)) ++end;
  const std::size_t begin = run_begin(at + 1, run_bytes_max);
  seen = {begin, end};
  if (end - begin >= run_bytes_max) return mark(at);
  std::size_t lengths[3];
  const int count = escape_lengths(begin, end, lengths);
  for (int i = 0; i < count; ++i) {
    const Span t = trim_token(s_, {begin + lengths[i], end});
    if (t.begin >= t.end) continue;
    const auto mapped = intel::canonical_host(s_.substr(t.begin, t.end - t.begin));
    if (!mapped) continue;
    const Span m = trim_token(*mapped, {0, mapped->size()});
    const std::string_view host = std::string_view(*mapped).substr(m.begin, m.end - m.begin);
    const auto v4 = intel::parse_ipv4(host);
    if (v4 ? ipv4_known(*v4) : text_known(host)) return mark(at);
  }
}

void FilterChecks::maybe_dot(std::size_t at) {
  const auto byte = [this, at](std::size_t i) { return at + i < s_.size() ? static_cast<unsigned char>(s_[at + i]) : 0U; };
  const unsigned a = byte(0), b = byte(1), c = byte(2);
  const bool dot = (a == 0xE3 && b == 0x80 && c == 0x82) || (a == 0xEF && ((b == 0xBC && c == 0x8E) || (b == 0xBD && c == 0xA1) || (b == 0xB9 && c == 0x92))) ||
                   (a == 0xE2 && ((b == 0x80 && c >= 0xA4 && c <= 0xA6) || (b == 0x92 && c >= 0x88 && c <= 0x9B))) ||
                   (a == 0xF0 && b == 0x9F && c == 0x84 && byte(3) == 0x80);
  if (!dot || dot_seen_.holds(at)) return;
  if (!d_.has(flag_idn_tld)) {
    // Then the last label must map to ASCII, which no kana and no CJK ideograph does: prose in Japanese ends here.
    std::size_t end = at;
    const std::size_t stop = std::min(s_.size(), at + run_bytes_max);
    while (end < stop && in_run(end)) ++end;
    // One answer for the whole run, or the next 4096 bytes of it: so a line of full stops costs linear time.
    dot_seen_ = {at, end};
    if (end == stop && stop < s_.size()) return mark(at);
    while (end - at >= 3 && s_.substr(end - 3, 3) == "\xE3\x80\x82") end -= 3;
    if (end == at) return;  // nothing but full stops to the right: no label ends here
    const auto lead = static_cast<unsigned char>(s_[end - 3]), next = static_cast<unsigned char>(s_[end - 2]);
    if ((lead >= 0xE4 && lead <= 0xE9) || (lead == 0xE3 && next >= 0x81 && next <= 0x83)) return;
    dot_seen_ = {};
  }
  idn_run(at, dot_seen_);
}

namespace {

constexpr auto hex_values = [] {
  std::array<std::int8_t, 256> t{};
  for (unsigned c = 0; c < 256; ++c) t[c] = static_cast<std::int8_t>(hex_value(static_cast<unsigned char>(c)));
  return t;
}();

/// Bytes of hex digits into out; false at the first that is none.
bool decode_hex(std::string_view hex, char* out) {
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    const int h = hex_values[static_cast<unsigned char>(hex[i])], l = hex_values[static_cast<unsigned char>(hex[i + 1])];
    if ((h | l) < 0) return false;
    out[i / 2] = static_cast<char>(h << 4 | l);
  }
  return true;
}

/// First byte at or behind i that is no ASCII letter or digit; 16 at a time where that is cheap.
std::size_t alnum_end(std::string_view s, std::size_t i) {
#if defined(__SSE2__)
  const auto up_to = [](__m128i x, char n) { return _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(n)), x); };  // x ≤ n, unsigned
  for (; i + 16 <= s.size(); i += 16) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(s.data() + i));
    const __m128i digit = up_to(_mm_sub_epi8(x, _mm_set1_epi8('0')), 9);
    const __m128i letter = up_to(_mm_sub_epi8(_mm_or_si128(x, _mm_set1_epi8(0x20)), _mm_set1_epi8('a')), 25);
    const unsigned m = ~static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(digit, letter))) & 0xFFFFU;
    if (m != 0) return i + static_cast<std::size_t>(__builtin_ctz(m));
  }
#endif
  while (i < s.size() && is_alnum(static_cast<unsigned char>(s[i]))) ++i;
  return i;
}

}  // namespace

bool FilterChecks::digest_known(std::string_view hex) const {
  const auto type = intel::hash_type_of_length(hex.size());
  if (!type) return false;
  const auto k = static_cast<std::size_t>(*type) - static_cast<std::size_t>(intel::ObservableType::md5);
  const DigestTable& table = d_.indicators.digests[k];
  char digest[64];
  if (!decode_hex(hex.substr(0, 16), digest) || !table.has_prefix(digest)) return false;
  return decode_hex(hex, digest) && table.find(std::string_view(digest, hex.size() / 2)).has_value();
}

void FilterChecks::hex_run(std::size_t at) {
  if (at < hex_done_) return;
  const auto alnum = [this](std::size_t i) { return is_alnum(static_cast<unsigned char>(s_[i])); };
  std::size_t begin = at;
  // One byte more than the longest hash and escape tells that the run is neither.
  while (begin > 0 && alnum(begin - 1) && at - begin < 136) --begin;
  const std::size_t end = alnum_end(s_, at + 16);
  hex_done_ = end;
  if (end - begin < 32 || end - begin > 133) return;
  std::size_t lengths[3];
  const int count = escape_lengths(begin, end, lengths);
  for (int i = 0; i < count; ++i)
    if (digest_known(s_.substr(begin + lengths[i], end - begin - lengths[i]))) return mark(at);
}

void FilterChecks::colons(std::size_t at) {
  if (at < colons_done_) return;
  const auto part = [this](std::size_t i) {
    const auto c = static_cast<unsigned char>(s_[i]);
    return is_hex(c) || c == ':' || c == '.';
  };
  std::size_t begin = at, end = at;
  while (begin > 0 && part(begin - 1) && at - begin < run_bytes_max) --begin;
  while (end < s_.size() && part(end) && end - at < run_bytes_max) ++end;
  colons_done_ = end;
  if (end - begin >= run_bytes_max) return mark(at);
  std::size_t e = end;
  while (e > begin && s_[e - 1] == '.') --e;
  if (e - begin > 2 && s_[e - 1] == ':' && s_[e - 2] != ':') --e;
  std::size_t b = begin;
  while (b < e && s_[b] == '.') ++b;
  if (e - b > 2 && s_[b] == ':' && s_[b + 1] != ':') ++b;
  // Behind an escape up to five letters of the run may belong to it.
  const std::size_t back = begin > 6 ? begin - 6 : 0;
  const bool escaped = s_.substr(back, begin - back).find('\\') != std::string_view::npos;
  for (std::size_t skip = 0; skip <= (escaped ? 5U : 0U) && b + skip < e; ++skip) {
    std::size_t from = b + skip;
    while (from < e && s_[from] == '.') ++from;
    const auto v6 = intel::parse_ipv6(s_.substr(from, e - from));
    if (!v6) continue;
    bool found = d_.has(flag_ipv6_url) || d_.indicators.find_ipv6(*v6).has_value();
    d_.indicators.ipv6_ranges_of(*v6, [&found](std::size_t, const Ipv6RangeRecord&) { found = true; });
    if (found) return mark(at);
  }
}

void FilterChecks::slashes(std::size_t at) {
  std::size_t i = at;  // what was read of "://" from the right begins here
  for (int slash = 0; slash < 2; ++slash) {
    if (slash == 1 && (i == 0 || s_[--i] != '/')) return;
    if (i > 0 && s_[i - 1] == '\\') --i;
  }
  if (i > 0 && s_[i - 1] == ':') authority(at + 1);
}

void FilterChecks::authority(std::size_t at) {
  std::size_t end = at;
  bool percent = false, odd = false, double_dot = false, bracket = false, closer = false, high_byte = false;
  std::size_t host = at;
  for (; end < s_.size() && end - at < run_bytes_max; ++end) {
    const char c = s_[end];
    if (is_space(static_cast<unsigned char>(c)) || c == '/' || c == '?' || c == '#' || c == '"' || c == '<' || c == '>' || c == '`') break;
    if (c == '@') {
      if (closer) return mark(at);  // the URL may have ended before
      host = end + 1;
      odd = double_dot = bracket = false;  // but not percent: escapes are decoded before the host is found
    } else if (c == '.') {
      double_dot = double_dot || (end > host && s_[end - 1] == '.');
    } else if (c == '%') {
      percent = true;
    } else if (c == '[' && end == host) {
      bracket = true;
    } else if (c == '\\' && end + 1 < s_.size() && (s_[end + 1] == '/' || s_[end + 1] == '"')) {
      break;  // JSON's way to write these
    } else if ((!word(end) && c != ':' && c != ']') || high(c)) {
      odd = true;
    }
    closer = closer || c == '\'' || c == ')' || c == ']';
    high_byte = high_byte || high(c);
  }
  // Bytes ≥ 0x80 may map to digits or dots; URLs with them are rare enough.
  if (end - at >= run_bytes_max || percent || double_dot || high_byte) return mark(at);
  if (odd && d_.has(flag_odd_url_host)) return mark(at);
  if (bracket || host == end) return;
  // What may be an address in another notation: all labels are numbers, but not four plain decimal ones.
  // Closers and the like may end the URL, and so its host, before `end`.
  std::string_view h = s_.substr(host, end - host);
  h = h.substr(0, h.find_first_of(":'()[],;|{}\\"));
  while (h.ends_with('.')) h.remove_suffix(1);
  if (h.find('.') == std::string_view::npos && d_.has(flag_dotless_url)) return mark(at);
  if (h.empty() || !has_ipv4_) return;
  const std::size_t last_dot = h.rfind('.');
  const std::string_view last = last_dot == std::string_view::npos ? h : h.substr(last_dot + 1);
  const bool numeric = !last.empty() && is_digit(static_cast<unsigned char>(last[0])) &&
                       std::ranges::all_of(last, [](char c) { return is_hex(static_cast<unsigned char>(c)) || c == 'x' || c == 'X'; });
  if (!numeric) return;
  bool leading_zero = h.size() > 1 && h[0] == '0' && h[1] != '.';
  for (std::size_t i = 1; i + 1 < h.size(); ++i) leading_zero = leading_zero || (h[i - 1] == '.' && h[i] == '0' && h[i + 1] != '.');
  if (leading_zero || !intel::parse_ipv4(h)) mark(at);
}

void FilterChecks::unicode_escape(std::size_t letter) {
  const std::size_t at = letter - 1;
  if (s_[at] != '\\' || s_.size() - at < 6) return;
  std::uint32_t v = 0;
  for (std::size_t i = 2; i < 6; ++i) {
    const int h = hex_value(static_cast<unsigned char>(s_[at + i]));
    if (h < 0) return;
    v = v * 16 + static_cast<std::uint32_t>(h);
  }
  if (v < 0x80) {
    // Letters and digits written as escapes, and what holds tokens together.
    const auto c = static_cast<char>(v);
    if (is_word(static_cast<unsigned char>(c)) || c == '.' || c == '@' || c == ':' || c == '/' || c == '%') mark(at);
    return;
  }
  // Dots and ASCII letters in disguise (U+3002, full width, symbols made of surrogates), or a part of a name with a dot.
  if (v == 0x3002 || v >= 0xFE00 || (v >= 0xD800 && v < 0xE000) || (v >= 0x2024 && v <= 0x2026) || (v >= 0x2488 && v <= 0x249B)) return mark(at);
  for (std::size_t i = at; i > 0 && (word(i - 1) || s_[i - 1] == '.'); --i)
    if (s_[i - 1] == '.') return mark(at);
  for (std::size_t i = at + 6; i < s_.size() && (word(i) || s_[i] == '.'); ++i)
    if (s_[i] == '.') return mark(at);
}

}  // namespace mozu::match
