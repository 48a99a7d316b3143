#include "json_text.hpp"

#include <optional>

namespace mozu::match::reference {
namespace {

/// Length of the well-formed UTF-8 sequence at s[i] (RFC 3629, table in §4), 0 if there is none.
std::size_t utf8_length(std::string_view s, std::size_t i) {
  const auto at = [&](std::size_t k) { return k < s.size() ? static_cast<unsigned char>(s[k]) : 0u; };
  const auto tail = [&](std::size_t k) { return at(k) >= 0x80 && at(k) <= 0xbf; };
  const unsigned first = at(i), second = at(i + 1);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(i + 1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (first == 0xe0 && second < 0xa0) return 0;  // overlong
    if (first == 0xed && second > 0x9f) return 0;  // surrogates
    return tail(i + 1) && tail(i + 2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (first == 0xf0 && second < 0x90) return 0;  // overlong
    if (first == 0xf4 && second > 0x8f) return 0;  // past U+10FFFF
    return tail(i + 1) && tail(i + 2) && tail(i + 3) ? 4 : 0;
  }
  return 0;
}

std::optional<unsigned> hex4(std::string_view s, std::size_t i) {
  if (i + 4 > s.size()) return std::nullopt;
  unsigned value = 0;
  for (std::size_t k = i; k < i + 4; ++k) {
    const char c = s[k];
    if (c >= '0' && c <= '9') value = value * 16 + static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f') value = value * 16 + static_cast<unsigned>(c - 'a' + 10);
    else if (c >= 'A' && c <= 'F') value = value * 16 + static_cast<unsigned>(c - 'A' + 10);
    else return std::nullopt;
  }
  return value;
}

/// RFC 8259 by recursive descent.
class Validator {
 public:
  explicit Validator(std::string_view s) : s_(s) {}
  bool valid() { return space() && value(0) && space() && i_ == s_.size(); }

 private:
  std::string_view s_;
  std::size_t i_ = 0;

  bool is(char c) const { return i_ < s_.size() && s_[i_] == c; }
  bool take(char c) {
    if (!is(c)) return false;
    ++i_;
    return true;
  }
  bool space() {
    while (is(' ') || is('\t') || is('\n') || is('\r')) ++i_;
    return true;
  }
  bool word(std::string_view w) {
    if (s_.substr(i_, w.size()) != w) return false;
    i_ += w.size();
    return true;
  }
  bool digits() {
    const std::size_t start = i_;
    while (i_ < s_.size() && s_[i_] >= '0' && s_[i_] <= '9') ++i_;
    return i_ > start;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (is('e') || is('E')) {
      ++i_;
      if (is('+') || is('-')) ++i_;
      return digits();
    }
    return true;
  }
  bool escape() {
    ++i_;
    if (i_ >= s_.size()) return false;
    if (s_[i_] == 'u') {
      if (!hex4(s_, i_ + 1)) return false;
      i_ += 5;
      return true;
    }
    return std::string_view("\"\\/bfnrt").find(s_[i_++]) != std::string_view::npos;
  }
  bool string() {
    if (!take('"')) return false;
    while (i_ < s_.size()) {
      const unsigned char c = static_cast<unsigned char>(s_[i_]);
      if (c == '"') return ++i_, true;
      if (c < 0x20) return false;
      if (c == '\\') {
        if (!escape()) return false;
        continue;
      }
      const std::size_t n = utf8_length(s_, i_);
      if (n == 0) return false;
      i_ += n;
    }
    return false;
  }
  bool object(int depth) {
    ++i_;
    space();
    if (take('}')) return true;
    do {
      space();
      if (!string()) return false;
      space();
      if (!take(':')) return false;
      space();
      if (!value(depth)) return false;
      space();
    } while (take(','));
    return take('}');
  }
  bool array(int depth) {
    ++i_;
    space();
    if (take(']')) return true;
    do {
      space();
      if (!value(depth)) return false;
      space();
    } while (take(','));
    return take(']');
  }
  bool value(int depth) {
    if (is('{')) return depth < json_depth_max && object(depth + 1);
    if (is('[')) return depth < json_depth_max && array(depth + 1);
    if (is('"')) return string();
    if (is('t')) return word("true");
    if (is('f')) return word("false");
    if (is('n')) return word("null");
    return number();
  }
};

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | (code >> 6));
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
    put(0x80 | ((code >> 6) & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

/// What the escape at line[i] (a backslash in valid JSON) stands for; `length` gets the raw bytes it takes.
std::string decode_escape(std::string_view line, std::size_t i, std::size_t& length) {
  const char c = line[i + 1];
  length = 2;
  if (c != 'u') {
    static constexpr std::string_view from = "bfnrt", to = "\b\f\n\r\t";
    const auto k = from.find(c);
    return std::string(1, k == std::string_view::npos ? c : to[k]);
  }
  unsigned code = *hex4(line, i + 2);
  length = 6;
  if (code >= 0xd800 && code <= 0xdbff && line.substr(i + 6, 2) == "\\u") {
    const unsigned low = hex4(line, i + 8).value_or(0);
    if (low >= 0xdc00 && low <= 0xdfff) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      length = 12;
    }
  }
  if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
  std::string out;
  append_utf8(out, code);
  return out;
}

}  // namespace

Text text_of_line(std::string_view line) {
  Text text;
  const auto first = line.find_first_not_of(" \t\r");
  const bool opens = first != std::string_view::npos && (line[first] == '{' || line[first] == '[');
  // Without a backslash decoding changes nothing, whether the line is valid or not.
  if (!opens || line.find('\\') == std::string_view::npos || !Validator(line).valid()) {
    text.bytes = line;
    return text;
  }
  text.decoded = true;
  for (std::size_t i = 0; i < line.size();) {
    std::size_t length = 1;
    // In valid JSON a backslash stands only in strings, and there it always begins an escape.
    const std::string piece = line[i] == '\\' ? decode_escape(line, i, length) : std::string(1, line[i]);
    for (const char c : piece) {
      text.bytes += c;
      text.begin.push_back(static_cast<std::uint32_t>(i));
      text.end.push_back(static_cast<std::uint32_t>(i + length));
    }
    i += length;
  }
  return text;
}

}  // namespace mozu::match::reference
