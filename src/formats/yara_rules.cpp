#include "yara_rules.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

class YaraSplitter {
 public:
  explicit YaraSplitter(std::string_view text) : text_(text) {}

  YaraFile run() {
    for (skip_blanks(); pos_ < text_.size(); skip_blanks()) {
      const auto begin = pos_;
      const auto first = word();
      if (first == "import" || first == "include") {
        skip_blanks();
        const auto name = quoted();
        if (first == "import" && !name.empty()) file_.imports.push_back(name);
      } else if (first == "rule" || first == "private" || first == "global") {
        if (!rule(begin, first)) resume(begin);
      } else {
        problem(begin, fmt::format("\"{}\" stands where a rule should begin", printable(text_.substr(begin, 30), 30)));
        resume(begin);
      }
    }
    return std::move(file_);
  }

 private:
  std::uint64_t line_at(std::size_t pos) {
    for (; counted_ < pos; ++counted_) line_ += text_[counted_] == '\n';
    return line_;
  }
  void problem(std::size_t at, std::string message) { file_.problems.push_back({line_at(at), std::move(message)}); }

  /// At the next line that begins like a rule.
  void resume(std::size_t begin) {
    for (pos_ = std::max(pos_, begin + 1); (pos_ = text_.find('\n', pos_)) != std::string_view::npos;) {
      ++pos_;
      const auto rest = text_.substr(pos_, 8);
      if (rest.starts_with("rule ") || rest.starts_with("private ") || rest.starts_with("global ") || rest.starts_with("import ")) return;
    }
    pos_ = text_.size();
  }

  bool skip_comment() {
    if (text_.substr(pos_, 2) == "//") pos_ = std::min(text_.size(), text_.find('\n', pos_));
    else if (text_.substr(pos_, 2) == "/*") {
      const auto end = text_.find("*/", pos_ + 2);
      pos_ = end == std::string_view::npos ? text_.size() : end + 2;
    } else {
      return false;
    }
    return true;
  }
  void skip_blanks() {
    while (pos_ < text_.size() && (is_space(static_cast<unsigned char>(text_[pos_])) || skip_comment()))
      if (pos_ < text_.size() && is_space(static_cast<unsigned char>(text_[pos_]))) ++pos_;
  }
  std::string_view word() {
    const auto begin = pos_;
    while (pos_ < text_.size() && is_identifier(text_[pos_])) ++pos_;
    return text_.substr(begin, pos_ - begin);
  }
  /// The text between quotes, escapes as written; pos_ behind it. A string ends with its line.
  std::string_view quoted() {
    if (pos_ >= text_.size() || text_[pos_] != '"') return {};
    const auto begin = ++pos_;
    while (pos_ < text_.size() && text_[pos_] != '"' && text_[pos_] != '\n') pos_ += text_[pos_] == '\\' ? 2 : 1;
    pos_ = std::min(pos_, text_.size());
    const auto s = text_.substr(begin, pos_ - begin);
    if (pos_ < text_.size() && text_[pos_] == '"') ++pos_;
    return s;
  }

  bool rule(std::size_t begin, std::string_view first) {
    YaraRule r;
    r.line = line_at(begin);
    for (; first == "private" || first == "global"; first = word()) {
      (first == "private" ? r.is_private : r.is_global) = true;
      skip_blanks();
    }
    skip_blanks();
    r.name = word();
    skip_blanks();
    if (first != "rule" || r.name.empty() || pos_ >= text_.size()) return problem(begin, "a rule has no name"), false;
    if (text_[pos_] == ':') {
      ++pos_;
      for (skip_blanks(); pos_ < text_.size() && is_identifier(text_[pos_]); skip_blanks()) r.tags.push_back(word());
    }
    if (pos_ >= text_.size() || text_[pos_] != '{') return problem(begin, fmt::format("rule {} has no body", printable(r.name, 80))), false;
    const auto body = pos_ + 1;
    if (!skip_body()) return problem(begin, fmt::format("rule {} does not end", printable(r.name, 80))), false;
    r.text = text_.substr(begin, pos_ - begin);
    const auto end = pos_;
    pos_ = body;
    read_meta(r, end);
    pos_ = end;
    file_.rules.push_back(std::move(r));
    return true;
  }

  /// From the opening brace behind the closing one. Braces of hex strings are counted; those in strings, regular expressions and
  /// comments are not. A slash begins a regular expression only where a value may stand.
  bool skip_body() {
    int depth = 0;
    char before = 0;
    while (pos_ < text_.size()) {
      const char c = text_[pos_];
      if (c == '"') {
        quoted();
        before = '"';
        continue;
      }
      if (c == '/' && skip_comment()) continue;
      if (c == '/' && (before == '=' || before == '(' || before == ',' || before == 's')) {  // s: matches /…/
        skip_regex();
        before = '/';
        continue;
      }
      depth += (c == '{') - (c == '}');
      ++pos_;
      if (depth == 0) return true;
      if (!is_space(static_cast<unsigned char>(c))) before = c;
    }
    return false;
  }
  void skip_regex() {
    auto at = pos_ + 1;
    while (at < text_.size() && text_[at] != '/' && text_[at] != '\n') at += text_[at] == '\\' ? 2 : 1;
    pos_ = at < text_.size() && text_[at] == '/' ? at + 1 : pos_ + 1;
  }

  void read_meta(YaraRule& r, std::size_t end) {
    constexpr std::size_t meta_max = 1000;
    skip_blanks();
    if (word() != "meta") return;
    skip_blanks();
    if (pos_ < end && text_[pos_] == ':') ++pos_;
    while (pos_ < end && r.meta.size() < meta_max) {
      skip_blanks();
      const auto key = word();
      skip_blanks();
      if (key.empty() || pos_ >= end || text_[pos_] != '=') return;
      ++pos_;
      skip_blanks();
      if (pos_ >= end) return;
      if (text_[pos_] == '"') {
        r.meta.emplace_back(key, unescape(quoted()));
      } else {
        const auto begin = pos_;
        if (text_[pos_] == '-') ++pos_;
        word();
        r.meta.emplace_back(key, text_.substr(begin, pos_ - begin));
      }
    }
  }

  static std::string unescape(std::string_view s) {
    std::string out;
    for (std::size_t i = 0; i < s.size(); ++i) {
      if (s[i] != '\\' || i + 1 == s.size()) out += s[i];
      else if (const char c = s[++i]; c == 't') out += '\t';
      else if (c == 'n') out += '\n';
      else if (c == '"' || c == '\\') out += c;
      else (out += '\\') += c;
    }
    return out;
  }

  std::string_view text_;
  std::size_t pos_ = 0, counted_ = 0;
  std::uint64_t line_ = 1;
  YaraFile file_;
};

}  // namespace

YaraFile split_yara(std::string_view text) { return YaraSplitter(text).run(); }

}  // namespace mozu::formats
