#include "mozu/intel/host.hpp"

#include <idn2.h>
#include <libpsl.h>

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
  static constexpr std::array<std::string_view, 9> names = {"example", "test",  "invalid",  "localhost", "local",
                                                            "onion",   "arpa", "internal", "alt"};
  return std::find(names.begin(), names.end(), label) != names.end();
}

bool look_up_tld(std::string_view label) { return is_special_tld(label) || listed(label, PSL_TYPE_ICANN); }

// Labels of two or three letters are most of all traffic: one bit each, filled once. 26·27·27 combinations, first letter never absent.
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
  }
  // label: two or three bytes
  bool contains(std::string_view label) const {
    const int a = number(label[0]), b = number(label[1]), c = label.size() == 3 ? number(label[2]) : 0;
    return a > 0 && b > 0 && c >= 0 && known_[index(a, b, c)];
  }

 private:
  static char letter(int n) { return static_cast<char>('a' + n - 1); }
  static int number(char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 1 : -1; }
  static std::size_t index(int a, int b, int c) { return static_cast<std::size_t>((a * 27 + b) * 27 + c); }
  std::bitset<27 * 27 * 27> known_;
};

bool is_ascii(std::string_view s) {
  for (const char c : s)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

// The WHATWG URL standard's forbidden domain code points. UTS #46 without STD3 rules can produce them from look-alikes.
bool is_forbidden_in_host(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u <= 32 || u >= 127 || std::string_view("#%/:<>?@[\\]^|").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> canonical_host(std::string_view token) {
  if (is_ascii(token)) {
    std::string out(token);
    for (char& c : out) c = mozu::fold(c);
    return out;
  }
  if (token.size() > host_bytes_max || token.find('\0') != token.npos) return std::nullopt;
  const std::string terminated(token);
  char* ascii = nullptr;
  const int rc = idn2_to_ascii_8z(terminated.c_str(), &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  if (rc != IDN2_OK) return std::nullopt;
  std::string out(ascii);
  idn2_free(ascii);
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
  static const ShortTlds short_tlds;
  if (label.size() == 2 || label.size() == 3) return short_tlds.contains(label);
  return label.size() > 3 && label.size() <= 63 && label.find('.') == label.npos && look_up_tld(label);
}

bool is_public_suffix(std::string_view canonical) {
  if (canonical.find('.') == canonical.npos) return is_known_tld(canonical);
  return listed(canonical, PSL_TYPE_ANY);
}

bool is_icann_suffix(std::string_view canonical) {
  if (canonical.find('.') == canonical.npos) return is_known_tld(canonical);
  return listed(canonical, PSL_TYPE_ICANN);
}

std::string_view registrable_domain(std::string_view canonical) {
  const TerminatedName z(canonical);
  if (!z.ok() || suffix_list() == nullptr) return {};
  const char* found = psl_registrable_domain(suffix_list(), z.text());
  if (found == nullptr) return {};
  return canonical.substr(static_cast<std::size_t>(found - z.text()));
}

}  // namespace mozu::intel
