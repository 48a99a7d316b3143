#include "mozu/intel/host.hpp"

#include <libpsl.h>
#include <unicode/uidna.h>

#include <cstdlib>

#include <algorithm>
#include <array>
#include <bitset>
#include <cstring>

#include "mozu/base/text.hpp"

namespace mozu::intel {
namespace {

// The public suffix list. libpsl carries one inside itself (Debian builds it so), which needs no file and no network and
// is the same on every machine with that package; the packaged file is the second choice. Never freed: it lives as long as the process.
const psl_ctx_t* suffix_list() {
  static const psl_ctx_t* list = [] {
    const psl_ctx_t* builtin = psl_builtin();
    if (builtin != nullptr) return builtin;
    const char* file = psl_dist_filename();
    return file != nullptr ? static_cast<const psl_ctx_t*>(psl_load_file(file)) : nullptr;
  }();
  return list;
}

// libpsl wants NUL-terminated text, so names are copied to the stack. A name longer than DNS allows is no suffix of anything.
class TerminatedName {
 public:
  explicit TerminatedName(std::string_view s) : ok_(!s.empty() && s.size() < buffer_.size() && s.find('\0') == s.npos) {
    if (ok_) {
      std::memcpy(buffer_.data(), s.data(), s.size());
      buffer_[s.size()] = 0;
    }
  }
  bool ok() const { return ok_; }
  const char* text() const { return buffer_.data(); }

 private:
  std::array<char, 256> buffer_;
  bool ok_;
};

// psl_is_public_suffix2 with the rule that an unlisted single label is a suffix switched off.
bool listed(std::string_view name, int sections) {
  const TerminatedName z(name);
  return z.ok() && suffix_list() != nullptr && psl_is_public_suffix2(suffix_list(), z.text(), sections | PSL_TYPE_NO_STAR_RULE) == 1;
}

// RFC 6761, 6762, 7686, 9476, ICANN's "internal" and the root of reverse DNS. Some are in the list as well.
bool is_special_tld(std::string_view label) {
  static constexpr std::array<std::string_view, 9> names = {"example", "test", "invalid", "localhost", "local", "onion", "arpa", "internal", "alt"};
  return std::find(names.begin(), names.end(), label) != names.end();
}

// Some country zones stand in the list only by what is below them ("co.za" without "za").
bool has_listed_child(std::string_view tld) {
  for (const std::string_view child : {"co.", "com.", "org.", "net.", "gov.", "ac.", "edu."})
    if (listed(std::string(child).append(tld), PSL_TYPE_ICANN)) return true;
  return false;
}

bool look_up_tld(std::string_view label) { return is_special_tld(label) || listed(label, PSL_TYPE_ICANN) || (label.size() == 2 && has_listed_child(label)); }

// Common TLDs under which the list has no further suffix, so that a name below them need not be looked up: nine in ten
// names of real feeds. A test compares them with the list itself.
constexpr std::array<std::string_view, 37> flat_short = {"app", "art", "bar", "bet", "bid", "biz", "cam", "cc",  "cfd", "ch",  "com", "cz", "de",
                                                         "dev", "eu",  "fit", "fun", "gdn", "icu", "ink", "lat", "lol", "mom", "net", "nl", "one",
                                                         "org", "ru",  "run", "sbs", "su",  "top", "uno", "vip", "win", "xin", "xyz"};
constexpr std::array<std::string_view, 44> flat_long = {
    "army",   "asia", "autos", "beauty", "best",  "bond",  "buzz",  "click", "cloud", "club",  "coupons", "cyou",    "digital", "email",  "forum",
    "garden", "guru", "hair",  "help",   "homes", "host",  "info",  "life",  "link",  "live",  "mobi",    "monster", "navy",    "online", "pics",
    "quest",  "rest", "shop",  "site",   "skin",  "space", "store", "surf",  "tech",  "today", "website", "wiki",    "work",    "world"};
static_assert(std::is_sorted(flat_long.begin(), flat_long.end()));

bool is_flat_long(std::string_view label) { return std::binary_search(flat_long.begin(), flat_long.end(), label); }

// Labels of two or three letters are most of all traffic: two bits each, filled once and never changed. The first two letters are never absent.
class ShortTlds {
 public:
  ShortTlds() {
    std::array<char, 3> text{};
    for (int a = 1; a <= 26; ++a)
      for (int b = 1; b <= 26; ++b)
        for (int c = 0; c <= 26; ++c) {
          text = {letter(a), letter(b), letter(c)};
          known_[index(a, b, c)] = look_up_tld({text.data(), c == 0 ? 2U : 3U});
        }
    for (const auto label : flat_short) flat_[index_of(label)] = true;
  }
  // label: two or three bytes
  bool is_known(std::string_view label) const { return is_letters(label) && known_[index_of(label)]; }
  bool is_flat(std::string_view label) const { return is_letters(label) && flat_[index_of(label)]; }

 private:
  static char letter(int n) { return static_cast<char>('a' + n - 1); }
  static int number(char c) { return c - 'a' + 1; }
  static bool is_letters(std::string_view label) {
    for (const char c : label)
      if (c < 'a' || c > 'z') return false;
    return true;
  }
  static std::size_t index(int a, int b, int c) { return static_cast<std::size_t>((a * 27 + b) * 27 + c); }
  static std::size_t index_of(std::string_view label) { return index(number(label[0]), number(label[1]), label.size() == 3 ? number(label[2]) : 0); }
  std::bitset<27 * 27 * 27> known_, flat_;
};

const ShortTlds& short_tlds() {
  static const ShortTlds tlds;
  return tlds;
}

bool is_short(std::string_view label) { return label.size() == 2 || label.size() == 3; }

// Is the last label one of the flat ones?
bool ends_flat(std::string_view name) {
  const std::string_view label = name.substr(name.rfind('.') + 1);
  return is_short(label) ? short_tlds().is_flat(label) : is_flat_long(label);
}

bool is_ascii(std::string_view s) {
  unsigned char all = 0;  // no early exit: the loop becomes vector code
  for (const char c : s) all |= static_cast<unsigned char>(c);
  return all < 0x80;
}

// The WHATWG URL standard's forbidden domain code points. UTS #46 without STD3 rules can produce them from look-alikes.
bool is_forbidden_in_host(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u <= 32 || u >= 127 || std::string_view("#%/:<>?@[\\]^|").find(c) != std::string_view::npos;
}

/// Immutable, so one for all threads.
const UIDNA* uts46() {
  static const UIDNA* const instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    const UIDNA* u = uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &error);
    if (U_FAILURE(error)) std::abort();  // the data is part of the library
    return u;
  }();
  return instance;
}

}  // namespace

std::optional<std::string> canonical_host(std::string_view token) {
  if (is_ascii(token)) {
    std::string out(token);
    for (char& c : out) c = mozu::fold(c);
    return out;
  }
  if (token.size() > host_bytes_max || token.find('\0') != token.npos) return std::nullopt;
  std::string out(2048, '\0');
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  UErrorCode error = U_ZERO_ERROR;
  const std::int32_t n =
      uidna_nameToASCII_UTF8(uts46(), token.data(), static_cast<std::int32_t>(token.size()), out.data(), static_cast<std::int32_t>(out.size()), &info, &error);
  // Hyphens at odd places and empty labels (a full stop at the end of a sentence) do not keep a name from being seen in a log.
  constexpr std::uint32_t tolerated = UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4 | UIDNA_ERROR_EMPTY_LABEL;
  if (U_FAILURE(error) || (info.errors & ~tolerated) != 0 || n < 0 || static_cast<std::size_t>(n) > out.size()) return std::nullopt;
  out.resize(static_cast<std::size_t>(n));
  for (char& c : out) {
    if (is_forbidden_in_host(c)) return std::nullopt;
    c = mozu::fold(c);
  }
  return out;
}

bool is_domain_name(std::string_view canonical, std::string* why) {
  const auto refuse = [why](std::string_view reason) {
    if (why != nullptr) *why = reason;
    return false;
  };
  if (canonical.empty()) return refuse("it is empty");
  if (canonical.size() > 253) return refuse("it is longer than 253 bytes");
  std::size_t label = 0;  // where the current label begins
  bool digits_only = true;
  for (std::size_t i = 0; i <= canonical.size(); ++i) {
    if (i == canonical.size() || canonical[i] == '.') {
      if (i == label) return refuse("it has an empty label");
      if (i - label > 63) return refuse("a label is longer than 63 bytes");
      if (i == canonical.size()) break;
      label = i + 1;
      digits_only = true;
      continue;
    }
    const char c = canonical[i];
    if (is_digit(static_cast<unsigned char>(c))) continue;
    digits_only = false;
    if (!((c >= 'a' && c <= 'z') || c == '-' || c == '_')) return refuse("it has a character that no host name has");
  }
  if (digits_only) return refuse("its last label is a number");
  return true;
}

bool is_known_tld(std::string_view label) {
  if (is_short(label)) return short_tlds().is_known(label);
  return label.size() > 3 && label.size() <= 63 && label.find('.') == label.npos && (is_flat_long(label) || look_up_tld(label));
}

bool is_public_suffix(std::string_view canonical) {
  if (canonical.find('.') == canonical.npos) return is_known_tld(canonical);
  return listed(canonical, PSL_TYPE_ANY);
}

bool is_icann_suffix(std::string_view canonical) {
  if (canonical.find('.') == canonical.npos) return is_known_tld(canonical);
  return !ends_flat(canonical) && listed(canonical, PSL_TYPE_ICANN);
}

std::string_view registrable_domain(std::string_view canonical) {
  const TerminatedName z(canonical);
  if (!z.ok() || suffix_list() == nullptr) return {};
  const char* found = psl_registrable_domain(suffix_list(), z.text());
  if (found == nullptr) return {};
  return canonical.substr(static_cast<std::size_t>(found - z.text()));
}

}  // namespace mozu::intel
