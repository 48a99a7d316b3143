#include "stix_lexer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "mozu/base/base64.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"

namespace mozu::formats {
namespace {

constexpr std::array<std::string_view, 19> keywords = {"AND", "OR",    "NOT",  "FOLLOWEDBY", "LIKE", "MATCHES", "ISSUPERSET", "ISSUBSET", "EXISTS", "LAST",
                                                       "IN",  "START", "STOP", "SECONDS",    "TRUE", "FALSE",   "WITHIN",     "REPEATS",  "TIMES"};

constexpr bool is_name_start(char c) { return is_alpha(static_cast<unsigned char>(c)) || c == '_'; }
constexpr bool is_name_byte(char c) { return is_identifier(c) || c == '-'; }

/// RFC 3339 in UTC, as the grammar has it: yyyy-mm-ddThh:mm:ss[.fraction]Z.
bool is_stix_timestamp(std::string_view s) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  if (s.size() < shape.size() + 1 || s.back() != 'Z') return false;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == '0' ? !is_digit(static_cast<unsigned char>(s[i])) : s[i] != shape[i]) return false;
  auto fraction = s.substr(shape.size(), s.size() - shape.size() - 1);
  if (!fraction.empty()) {
    if (fraction.size() < 2 || fraction.front() != '.') return false;
    fraction.remove_prefix(1);
    if (!std::all_of(fraction.begin(), fraction.end(), [](char c) { return is_digit(static_cast<unsigned char>(c)); })) return false;
  }
  const auto two = [&](std::size_t at) { return (s[at] - '0') * 10 + (s[at + 1] - '0'); };
  return two(5) >= 1 && two(5) <= 12 && two(8) >= 1 && two(8) <= 31 && two(11) <= 23 && two(14) <= 59 && two(17) <= 60;
}

}  // namespace

void StixLexer::tolerate(std::string what) {
  if (tolerated_.size() < 16 && std::find(tolerated_.begin(), tolerated_.end(), what) == tolerated_.end()) tolerated_.push_back(std::move(what));
}

StixToken StixLexer::failed(std::string message, std::size_t offset) {
  if (error.empty()) {
    error = std::move(message);
    error_offset = offset;
  }
  StixToken t;
  t.offset = offset;
  return t;
}

/// White space and comments; false if a comment does not end.
bool StixLexer::skip_blanks() {
  while (pos_ < text_.size()) {
    const auto c = static_cast<unsigned char>(text_[pos_]);
    if (is_space(c)) {
      ++pos_;
    } else if (c == 0xC2 && pos_ + 1 < text_.size() && (text_[pos_ + 1] == '\xA0' || text_[pos_ + 1] == '\x85')) {
      pos_ += 2;  // NBSP and NEL are white space in the grammar
    } else if (text_.substr(pos_, 2) == "//") {
      while (pos_ < text_.size() && text_[pos_] != '\n' && text_[pos_] != '\r') ++pos_;
    } else if (text_.substr(pos_, 2) == "/*") {
      const auto end = text_.find("*/", pos_ + 2);
      if (end == std::string_view::npos) return false;
      pos_ = end + 2;
    } else {
      break;
    }
  }
  return true;
}

StixToken StixLexer::next() {
  if (!skip_blanks()) return failed("the comment does not end", pos_);
  StixToken t;
  t.offset = pos_;
  if (pos_ >= text_.size()) return t;
  const char c = text_[pos_];
  const char d = pos_ + 1 < text_.size() ? text_[pos_ + 1] : '\0';
  if (c == '\'') return quoted(StixLiteral::Kind::string);
  if (d == '\'' && (c == 't' || c == 'b' || c == 'h')) {
    ++pos_;
    return quoted(c == 't' ? StixLiteral::Kind::timestamp : c == 'b' ? StixLiteral::Kind::binary : StixLiteral::Kind::hex);
  }
  if (is_name_start(c)) return word();
  const bool digit = is_digit(static_cast<unsigned char>(c)), next_digit = is_digit(static_cast<unsigned char>(d));
  if (digit || ((c == '+' || c == '-') && (next_digit || d == '.')) || (c == '.' && next_digit)) return number();
  return symbol();
}

StixToken StixLexer::word() {
  StixToken t;
  t.offset = pos_;
  while (pos_ < text_.size() && is_name_byte(text_[pos_])) ++pos_;
  t.text = text_.substr(t.offset, pos_ - t.offset);
  t.kind = StixTokenKind::identifier;
  if (t.text == "true" || t.text == "false") {
    t.kind = StixTokenKind::literal;
    t.literal = {StixLiteral::Kind::boolean, std::string(t.text)};
    return t;
  }
  for (const auto k : keywords) {
    if (!(strict_ ? t.text == k : iequals(t.text, k))) continue;
    t.kind = StixTokenKind::keyword;
    t.text = t.text == k ? t.text : k;  // whether lower case is tolerable depends on the place: the parser notes it
    if (k == "TRUE" || k == "FALSE") {
      t.kind = StixTokenKind::literal;
      t.literal = {StixLiteral::Kind::boolean, k == "TRUE" ? "true" : "false"};
      if (strict_) return failed("booleans are written true and false", t.offset);
      tolerate("booleans not in lower case");
    }
    break;
  }
  return t;
}

StixToken StixLexer::number() {
  StixToken t;
  t.offset = pos_;
  if (text_[pos_] == '+' || text_[pos_] == '-') ++pos_;
  const std::size_t first = pos_;
  while (pos_ < text_.size() && is_digit(static_cast<unsigned char>(text_[pos_]))) ++pos_;
  const std::size_t whole = pos_ - first;
  bool real = false;
  if (pos_ + 1 < text_.size() && text_[pos_] == '.' && is_digit(static_cast<unsigned char>(text_[pos_ + 1]))) {
    real = true;
    ++pos_;
    while (pos_ < text_.size() && is_digit(static_cast<unsigned char>(text_[pos_]))) ++pos_;
  }
  if (whole == 0 && !real) return failed("a number is incomplete", t.offset);
  if (!real && whole > 1 && text_[first] == '0') return failed("a whole number must not begin with 0", t.offset);
  if (pos_ < text_.size() && is_name_byte(text_[pos_]) && text_[pos_] != '-') return failed("a number runs into a word", t.offset);
  t.kind = StixTokenKind::literal;
  t.text = text_.substr(t.offset, pos_ - t.offset);
  t.literal = {real ? StixLiteral::Kind::real : StixLiteral::Kind::integer, std::string(t.text)};
  return t;
}

StixToken StixLexer::quoted(StixLiteral::Kind kind) {
  StixToken t;
  t.offset = pos_;
  std::string value;
  for (++pos_;; ++pos_) {
    if (pos_ >= text_.size()) return failed("a quoted literal does not end", t.offset);
    char c = text_[pos_];
    if (c == '\'') break;
    if (c == '\\') {
      if (pos_ + 1 >= text_.size()) return failed("a quoted literal does not end", t.offset);
      const char d = text_[pos_ + 1];
      if (d == '\\' || d == '\'') {
        ++pos_;
        c = d;
      } else if (strict_) {
        return failed("only \\\\ and \\' may be escaped in a string", pos_);
      } else {
        tolerate("a lone backslash in a string");
      }
    }
    value += c;
  }
  ++pos_;
  t.text = text_.substr(t.offset, pos_ - t.offset);
  t.kind = StixTokenKind::literal;
  t.literal = {kind, std::move(value)};
  if (!check_quoted(t.literal, t.offset)) return failed(std::move(error), error_offset);
  return t;
}

bool StixLexer::check_quoted(StixLiteral& literal, std::size_t offset) {
  using Kind = StixLiteral::Kind;
  const auto hex = [](char c) { return is_hex(static_cast<unsigned char>(c)); };
  if (literal.kind == Kind::timestamp && !is_stix_timestamp(literal.text)) failed("a timestamp must look like t'2026-11-01T10:00:00Z'", offset);
  else if (literal.kind == Kind::binary && !from_base64(literal.text)) failed("b'…' holds base64, in groups of four", offset);
  else if (literal.kind == Kind::hex && (literal.text.size() % 2 != 0 || !std::all_of(literal.text.begin(), literal.text.end(), hex)))
    failed("h'…' holds pairs of hex digits", offset);
  else return true;
  return false;
}

StixToken StixLexer::symbol() {
  StixToken t;
  t.offset = pos_;
  struct Operator {
    std::string_view text;
    StixOperator op;
  };
  static constexpr std::array<Operator, 8> operators = {{{"==", StixOperator::eq},
                                                         {"!=", StixOperator::ne},
                                                         {"<>", StixOperator::ne},
                                                         {"<=", StixOperator::le},
                                                         {">=", StixOperator::ge},
                                                         {"=", StixOperator::eq},
                                                         {"<", StixOperator::lt},
                                                         {">", StixOperator::gt}}};
  for (const auto& o : operators) {
    if (!text_.substr(pos_).starts_with(o.text)) continue;
    t.kind = StixTokenKind::comparison_operator;
    t.op = o.op;
    t.text = text_.substr(pos_, o.text.size());
    pos_ += o.text.size();
    return t;
  }
  switch (text_[pos_]) {
    case ':': t.kind = StixTokenKind::colon; break;
    case '.': t.kind = StixTokenKind::dot; break;
    case ',': t.kind = StixTokenKind::comma; break;
    case '*': t.kind = StixTokenKind::asterisk; break;
    case '[': t.kind = StixTokenKind::left_bracket; break;
    case ']': t.kind = StixTokenKind::right_bracket; break;
    case '(': t.kind = StixTokenKind::left_paren; break;
    case ')': t.kind = StixTokenKind::right_paren; break;
    default: return failed(fmt::format("'{}' has no meaning here", printable(text_.substr(pos_, 1))), pos_);
  }
  t.text = text_.substr(pos_, 1);
  ++pos_;
  return t;
}

}  // namespace mozu::formats
