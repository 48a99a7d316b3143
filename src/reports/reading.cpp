#include "reading.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"

namespace mozu::reports {
namespace {

constexpr auto host_bytes = [] {
  std::array<bool, 256> t{};
  for (unsigned c = 0; c < 256; ++c) {
    const auto b = static_cast<unsigned char>(c);
    t[c] = is_alnum(b) || b == '-' || b == '_' || (b >= 0x80 && b < 0xC0) || (b >= 0xC3 && b < 0xE0);
  }
  return t;
}();

// Everything that may need more than copying.
constexpr auto special_bytes = [] {
  std::array<bool, 256> t{};
  for (unsigned c = 0x80; c < 256; ++c) t[c] = true;
  for (const char c : std::string_view("[({<]\\ ")) t[static_cast<unsigned char>(c)] = true;
  return t;
}();

constexpr std::size_t group_bytes_max = 12, escape_bytes_max = 200;

char closer_of(char c) { return c == '(' ? ')' : c == '[' ? ']' : c == '{' ? '}' : c == '<' ? '>' : '\0'; }

// What stands in the brackets of a defanged place → what is meant, or empty.
std::string_view meaning(std::string_view group) {
  static constexpr std::pair<std::string_view, std::string_view> table[] = {
      {".", "."},  {"dot", "."},   {"d0t", "."},    {":", ":"},  {"://", "://"}, {":/", ":/"}, {"//", "//"}, {"/", "/"},       {"@", "@"},
      {"at", "@"}, {"punkt", "."}, {"ドット", "."}, {"．", "."}, {"。", "."},    {"＠", "@"},  {"：", ":"},  {"：／／", "://"}};
  group = trim(group);
  for (const auto& [text, stands_for] : table)
    if (iequals(group, text)) return stands_for;
  return {};
}

}  // namespace

bool is_host_byte(unsigned char c) { return host_bytes[c]; }

/// One pass; `i_` is where it stands in the original.
class ReadingBuilder {
 public:
  ReadingBuilder(Reading& r, std::string_view in) : r_(r), in_(in), out_(r.text_) { out_.reserve(in.size()); }

  void run() {
    while (i_ < in_.size()) {
      std::size_t e = i_;
      while (e < in_.size() && !special_bytes[static_cast<unsigned char>(in_[e])]) ++e;
      out_.append(in_, i_, e - i_);
      i_ = e;
      if (i_ < in_.size() && !special()) out_.push_back(in_[i_++]);
    }
  }

 private:
  bool special() {
    const auto c = static_cast<unsigned char>(in_[i_]);
    if (c == ' ') return spelled_dot();
    if (c >= 0x80) return wide();
    if (c == '\\') return escaped_dot() || escaped_line();
    if (c == ']') return half_closed();
    return group();
  }

  // `bytes` of the original become `with`.
  void replace(std::size_t bytes, std::string_view with, bool defanged) {
    out_ += with;
    i_ += bytes;
    if (defanged) r_.defanged_.push_back(out_.size() - std::max<std::size_t>(with.size(), 1));
    r_.shifts_.push_back({out_.size(), i_});
  }

  bool host_before() const { return !out_.empty() && host_bytes[static_cast<unsigned char>(out_.back())]; }
  bool host_at(std::size_t k) const { return k < in_.size() && host_bytes[static_cast<unsigned char>(in_[k])]; }
  bool alnum_at(std::size_t k) const { return k < in_.size() && is_alnum(static_cast<unsigned char>(in_[k])); }

  // White space that a defanged dot may have on either side; behind it also one line end, since lines are wrapped there.
  std::size_t spaces_behind(std::size_t k) const {
    std::size_t e = k;
    while (e < in_.size() && in_[e] == ' ' && e - k < 2) ++e;
    if (e < in_.size() && (in_[e] == '\n' || in_[e] == '\r')) {
      if (in_[e] == '\r') ++e;
      if (e < in_.size() && in_[e] == '\n') ++e;
      std::size_t indent = e;
      while (indent < in_.size() && in_[indent] == ' ' && indent - e < 80) ++indent;
      return indent;
    }
    return e;
  }

  bool group() {
    const char closer = closer_of(in_[i_]);
    const std::size_t close = in_.substr(i_, group_bytes_max + 2).find(closer);
    if (close == in_.npos) return half_open();
    if (meaning(in_.substr(i_ + 1, close - 1)).empty()) return label_in_brackets(close);
    return defanged_group(1, std::string_view(&closer, 1));
  }

  bool defanged_group(std::size_t opener_bytes, std::string_view closer) {
    const std::size_t close = in_.substr(i_, group_bytes_max + opener_bytes + closer.size()).find(closer);
    if (close == in_.npos) return false;
    const std::string_view stands_for = meaning(in_.substr(i_ + opener_bytes, close - opener_bytes));
    if (stands_for.empty()) return false;
    const std::size_t behind = i_ + close + closer.size();
    const bool joins = stands_for == "." || stands_for == "@";
    std::size_t keep = out_.size();
    while (joins && keep > 0 && out_[keep - 1] == ' ' && out_.size() - keep < 2) --keep;
    if (keep == 0 || !(host_bytes[static_cast<unsigned char>(out_[keep - 1])] || out_[keep - 1] == '*' || out_[keep - 1] == ':' || out_[keep - 1] == '/' ||
                       (stands_for == ":" && out_[keep - 1] == ']')))
      return false;
    const std::size_t next = joins ? spaces_behind(behind) : behind;
    const bool full_width = next < in_.size() && in_[next] == '\xEF';
    if (joins && !host_at(next) && !full_width && !(stands_for == "." && next < in_.size() && in_[next] == '[')) return false;
    out_.resize(keep);
    drop_shifts_behind(keep);
    replace(next - i_, stands_for, true);
    return true;
  }

  // "evil[.com]", "[www.]evil": brackets around a dot and its label
  bool label_in_brackets(std::size_t close) {
    const std::string_view inner = in_.substr(i_ + 1, close - 1);
    if (in_[i_] != '[' || inner.size() < 2 || (inner.front() != '.' && inner.back() != '.')) return half_open();
    for (const char c : inner)
      if (c != '.' && !host_bytes[static_cast<unsigned char>(c)]) return false;
    if (inner.front() == '.' ? !host_before() : !host_at(i_ + close + 1)) return false;
    replace(1, "", false);
    replace(close - 1, inner, true);
    replace(1, "", false);
    return true;
  }
  // "evil[.com"
  bool half_open() {
    if (in_[i_] != '[' || i_ + 1 >= in_.size() || in_[i_ + 1] != '.' || !host_before() || !alnum_at(i_ + 2)) return false;
    replace(2, ".", true);
    return true;
  }
  // "evil.]com"
  bool half_closed() {
    if (out_.empty() || out_.back() != '.' || !alnum_at(i_ + 1)) return false;
    const std::size_t before = out_.size() - 1;
    if (before == 0 || !host_bytes[static_cast<unsigned char>(out_[before - 1])]) return false;
    replace(1, "", true);
    return true;
  }
  // "a\_b" as Markdown writes it; in "C:\Users\_b" the backslash is meant.
  bool escaped_line() {
    if (i_ + 1 >= in_.size() || in_[i_ + 1] != '_' || !(alnum_at(i_ + 2) || in_.substr(i_ + 2, 1) == "\\") || !host_before()) return false;
    for (std::size_t k = out_.size(), from = k > escape_bytes_max ? k - escape_bytes_max : 0; k > from && static_cast<unsigned char>(out_[k - 1]) > ' '; --k)
      if (out_[k - 1] == '\\') return false;
    replace(2, "_", false);
    return true;
  }
  bool escaped_dot() {
    if (i_ + 1 >= in_.size() || in_[i_ + 1] != '.' || !host_before() || !alnum_at(i_ + 2)) return false;
    replace(2, ".", true);
    return true;
  }
  // "evil dot example", "www dot evil dot example": only between words of one line, before a label that hosts end with.
  bool spelled_dot() {
    constexpr std::string_view word = " dot ";
    if (in_.compare(i_, word.size(), word) != 0 || !host_before() || !alnum_at(i_ + word.size())) return false;
    std::size_t end = i_ + word.size();
    while (alnum_at(end) && end - i_ < 70) ++end;
    const std::string label = fold(in_.substr(i_ + word.size(), end - i_ - word.size()));
    std::size_t before = out_.size();
    while (before > 0 && host_bytes[static_cast<unsigned char>(out_[before - 1])]) --before;
    if (out_.size() - before < 2 || iequals(std::string_view(out_).substr(before), "the")) return false;
    if (!intel::is_known_tld(label) && in_.compare(end, word.size(), word) != 0) return false;
    replace(word.size(), ".", true);
    return true;
  }

  void drop_shifts_behind(std::size_t keep) {
    while (!r_.shifts_.empty() && r_.shifts_.back().at > keep) r_.shifts_.pop_back();
  }

  bool wide() {
    const auto at = [this](std::size_t k) { return i_ + k < in_.size() ? static_cast<unsigned char>(in_[i_ + k]) : 0U; };
    const unsigned a = at(0), b = at(1), c = at(2);
    if (a == 0xC2 && b == 0xA0) return replace(2, " ", false), true;
    if (a == 0xC2 && b == 0xAD) return replace(2, "", false), true;
    if (a == 0xC2 && b == 0xB7) return dot(2);
    if (a == 0xE2 && b == 0x80) return general_punctuation(c);
    if (a == 0xE2 && b == 0x81 && c == 0xA0) return replace(3, "", false), true;
    if (a == 0xE2 && b == 0x88 && c == 0x92) return replace(3, "-", false), true;
    if (a == 0xE3 && b == 0x80 && c == 0x80) return replace(3, " ", false), true;
    if (a == 0xE3 && b == 0x80 && c == 0x82) return dot(3);
    if (a == 0xEF) return presentation_forms(b, c);
    return false;
  }

  // A full stop of another script between letters or digits of a host.
  bool dot(std::size_t bytes) {
    if (!host_before() || !alnum_at(i_ + bytes)) return false;
    replace(bytes, ".", true);
    return true;
  }

  bool general_punctuation(unsigned c) {
    if ((c >= 0x8B && c <= 0x8F) || (c >= 0xAA && c <= 0xAE)) return replace(3, "", false), true;
    if (c <= 0x8A || c == 0xAF) return replace(3, " ", false), true;
    if (c == 0x90 || c == 0x91) return replace(3, "-", false), true;  // hyphens
    if (c == 0x92 || c == 0x93) {                                     // a dash that a word processor made of a hyphen: "CVE–2021–1234"
      if (!host_before() || !(i_ + 3 < in_.size() && is_digit(static_cast<unsigned char>(in_[i_ + 3])))) return false;
      return replace(3, "-", false), true;
    }
    if (c == 0x98 || c == 0x99) return replace(3, "'", false), true;
    if (c == 0x9C || c == 0x9D) return replace(3, "\"", false), true;
    return c == 0xA4 ? dot(3) : false;
  }

  static std::string_view full_width_closer(unsigned b, unsigned c) {
    if (b == 0xBC && c == 0x88) return "）";
    if (b == 0xBC && c == 0xBB) return "］";
    return b == 0xBD && c == 0x9B ? "｝" : "";
  }

  bool presentation_forms(unsigned b, unsigned c) {
    static constexpr std::string_view ligatures[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    if (b == 0xAC && c >= 0x80 && c <= 0x86) return replace(3, ligatures[c - 0x80], false), true;
    if (b == 0xBB && c == 0xBF) return replace(3, "", false), true;
    if (b == 0xBD && c == 0xA1) return dot(3);
    if (const auto closer = full_width_closer(b, c); !closer.empty() && defanged_group(3, closer)) return true;
    const bool narrow = (b == 0xBC && c >= 0x81 && c <= 0xBF) || (b == 0xBD && c >= 0x80 && c <= 0x9E);
    if (!narrow) return false;
    const char ascii = static_cast<char>(b == 0xBC ? c - 0x81 + 0x21 : c - 0x80 + 0x60);
    replace(3, std::string_view(&ascii, 1), ascii == '.' && host_before());
    return true;
  }

  Reading& r_;
  std::string_view in_;
  std::string& out_;
  std::size_t i_ = 0;
};

Reading::Reading(std::string_view original) : original_(original) { ReadingBuilder(*this, original).run(); }

// A shift tells where the bytes behind a replaced place come from; bytes of the replacement itself lie before it.
std::size_t Reading::original(std::size_t offset) const {
  const auto next = std::upper_bound(shifts_.begin(), shifts_.end(), offset, [](std::size_t o, const Shift& s) { return o < s.at; });
  if (next == shifts_.begin()) return std::min(offset, original_.size());
  const Shift& s = *(next - 1);
  const std::size_t mapped = offset - s.at + s.original;
  return std::min(next == shifts_.end() ? mapped : std::min(mapped, next->original), original_.size());
}

std::size_t Reading::last_bytes(std::size_t offset) const {
  const std::size_t from = original(offset), to = original(offset + 1);
  if (from >= original_.size()) return 0;
  // One character, unless the replaced place is longer.
  return to > from ? std::min(to - from, original_.size() - from) : 1;
}

bool Reading::defanged(std::size_t begin, std::size_t end) const {
  const auto at = std::lower_bound(defanged_.begin(), defanged_.end(), begin);
  return at != defanged_.end() && *at < end;
}

}  // namespace mozu::reports
