#include "json_text.hpp"

#include <algorithm>

#include "json_plain.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"

namespace mozu::match {

std::size_t append_unicode_escape(std::string& out, std::string_view s) {
  const int unit = hex_number(s, 4);
  if (unit < 0) return 0;
  const bool high = unit >= 0xD800 && unit < 0xDC00;
  const int low = high && s.substr(4).starts_with("\\u") ? hex_number(s.substr(6), 4) : -1;
  if (low >= 0xDC00 && low < 0xE000) {
    append_utf8(out, static_cast<char32_t>(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)));
    return 10;
  }
  append_utf8(out, unit >= 0xD800 && unit < 0xE000 ? U'\uFFFD' : static_cast<char32_t>(unit));
  return 4;
}

bool JsonText::is_candidate(std::string_view line) {
  const std::size_t i = line.find_first_not_of(" \t\r");
  return i != std::string_view::npos && (line[i] == '{' || line[i] == '[');
}

bool JsonText::decode(std::string_view line) {
  in_ = line;
  at_ = copied_ = 0;
  text_.clear();
  text_.reserve(line.size());
  escapes_.clear();
  in_object_.clear();
  if (!is_utf8(line) || !document()) return false;
  text_.append(line, copied_);
  return true;
}

void JsonText::blanks() {
  while (at_ < in_.size() && (in_[at_] == ' ' || in_[at_] == '\t' || in_[at_] == '\r' || in_[at_] == '\n')) ++at_;
}

bool JsonText::literal(std::string_view word) {
  if (!in_.substr(at_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

bool JsonText::number() {
  const auto digits = [this] {
    const std::size_t from = at_;
    while (at_ < in_.size() && is_digit(static_cast<unsigned char>(in_[at_]))) ++at_;
    return at_ > from;
  };
  const auto peek = [this] { return at_ < in_.size() ? in_[at_] : '\0'; };
  if (peek() == '-') ++at_;
  if (peek() == '0') ++at_;
  else if (!digits()) return false;
  if (peek() == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!digits()) return false;
  }
  return true;
}

/// at_ stands on the backslash.
bool JsonText::escape() {
  const std::size_t raw_begin = at_;
  text_.append(in_, copied_, at_ - copied_);
  const std::size_t text_begin = text_.size();
  if (++at_ >= in_.size()) return false;
  const char c = in_[at_++];
  switch (c) {
    case '"':
    case '\\':
    case '/': text_.push_back(c); break;
    case 'b': text_.push_back('\b'); break;
    case 'f': text_.push_back('\f'); break;
    case 'n': text_.push_back('\n'); break;
    case 'r': text_.push_back('\r'); break;
    case 't': text_.push_back('\t'); break;
    case 'u': {
      const std::size_t used = append_unicode_escape(text_, in_.substr(at_));
      if (used == 0) return false;
      at_ += used;
      break;
    }
    default: return false;
  }
  copied_ = at_;
  escapes_.push_back({text_begin, text_.size(), raw_begin, at_});
  return true;
}

/// at_ stands behind the opening quote.
bool JsonText::string() {
  for (;;) {
    at_ = plain_json_end(in_, at_);
    if (at_ >= in_.size()) return false;
    if (in_[at_] == '"') {
      ++at_;
      return true;
    }
    if (in_[at_] != '\\' || !escape()) return false;
  }
}

bool JsonText::document() {
  bool want_value = true;  // a value must come next (else a comma or a closer)
  bool may_close = false;  // right after an opener
  for (;;) {
    blanks();
    if (at_ >= in_.size()) return in_object_.empty() && !want_value;
    if (in_object_.empty() && !want_value) return false;  // something behind the document
    const char c = in_[at_];
    if (!in_object_.empty() && (c == '}' || c == ']') && (may_close || !want_value)) {
      if (in_object_.back() != (c == '}')) return false;
      ++at_;
      in_object_.pop_back();
      want_value = may_close = false;
      continue;
    }
    if (!want_value) {
      if (c != ',') return false;
      ++at_;
      want_value = true;
      may_close = false;
      continue;
    }
    if (!in_object_.empty() && in_object_.back()) {  // a key first
      if (c != '"') return false;
      ++at_;
      if (!string()) return false;
      blanks();
      if (at_ >= in_.size() || in_[at_++] != ':') return false;
      blanks();
      if (at_ >= in_.size()) return false;
    }
    const char v = in_[at_];
    may_close = false;
    if (v == '{' || v == '[') {
      if (in_object_.size() >= static_cast<std::size_t>(json_depth_max)) return false;
      ++at_;
      in_object_.push_back(v == '{');
      may_close = true;
      continue;
    }
    want_value = false;
    if (v == '"') {
      ++at_;
      if (!string()) return false;
    } else if (v == 't' ? !literal("true") : v == 'f' ? !literal("false") : v == 'n' ? !literal("null") : !number()) {
      return false;
    }
  }
}

JsonText::Range JsonText::raw_of_byte(std::size_t i) const {
  const auto it = std::ranges::upper_bound(escapes_, i, {}, &Escape::text_begin);
  if (it == escapes_.begin()) return {i, i + 1};
  const Escape& e = *std::prev(it);
  if (i < e.text_end) return {e.raw_begin, e.raw_end};
  const std::size_t r = e.raw_end + (i - e.text_end);
  return {r, r + 1};
}

JsonText::Range JsonText::raw(std::size_t begin, std::size_t end) const { return {raw_of_byte(begin).begin, raw_of_byte(end - 1).end}; }

}  // namespace mozu::match
