#include "script_tokens.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu::gene {
namespace {

using Kind = ScriptToken::Kind;

struct Syntax {
  bool folds_case = false, line_ends = false, backslash = false, doubled = false;
  std::string_view quotes;
  std::array<std::string_view, 2> line_comments{};
  std::string_view block_open{}, block_close{};
  char hiding = 0;  // a character that may stand within words and means nothing
  std::string_view variable_marks{};
  bool regular_expressions = false, dashed_words = false;
};

constexpr std::array<Syntax, 8> syntaxes{{
    {.folds_case = true, .line_ends = true, .doubled = true, .quotes = "\"", .line_comments = {"'"}},
    {.backslash = true, .quotes = "\"'`", .line_comments = {"//"}, .block_open = "/*", .block_close = "*/", .regular_expressions = true},
    {.folds_case = true,
     .line_ends = true,
     .doubled = true,
     .quotes = "\"'",
     .line_comments = {"#"},
     .block_open = "<#",
     .block_close = "#>",
     .hiding = '`',
     .variable_marks = "$",
     .dashed_words = true},
    {.folds_case = true, .line_ends = true, .quotes = "\"", .line_comments = {"::"}, .hiding = '^', .variable_marks = "%!"},
    {.line_ends = true, .backslash = true, .quotes = "\"'", .line_comments = {"#"}, .variable_marks = "$", .dashed_words = true},
    {.line_ends = true, .backslash = true, .quotes = "\"'", .line_comments = {"#"}},
    {.backslash = true, .quotes = "\"'", .line_comments = {"#"}, .variable_marks = "$@%"},
    {.backslash = true, .quotes = "\"'", .line_comments = {"//", "#"}, .block_open = "/*", .block_close = "*/", .variable_marks = "$"},
}};

bool is_name_char(char c) { return is_alnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool is_digit_char(char c) { return c >= '0' && c <= '9'; }

class TokenCutter {
 public:
  TokenCutter(Language language, std::string_view text) : syntax_(syntaxes[static_cast<std::size_t>(language)]), language_(language), text_(text) {}

  std::vector<ScriptToken> run() {
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  const Syntax& syntax_;
  Language language_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<ScriptToken> out_;

  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool is_next(std::string_view s) const { return !s.empty() && text_.substr(at_).starts_with(s); }
  void put(Kind kind, std::size_t from, std::uint64_t hash = 0) {
    out_.push_back({kind, static_cast<std::uint32_t>(from), static_cast<std::uint32_t>(at_ - from), hash});
  }
  bool at_line_begin() const { return out_.empty() || out_.back().kind == Kind::line; }

  void step() {
    const char c = peek();
    if (c == '\n') {
      ++at_;
      if (syntax_.line_ends && !at_line_begin()) put(Kind::line, at_ - 1);
    } else if (static_cast<unsigned char>(c) <= ' ') {
      ++at_;
    } else if (!comment() && !text() && !(language_ == Language::batch ? argument() : word())) {
      sign();
    }
  }

  bool comment() {
    const std::size_t from = at_;
    if (is_next(syntax_.block_open)) {
      const auto end = text_.find(syntax_.block_close, at_ + syntax_.block_open.size());
      at_ = end == text_.npos ? text_.size() : end + syntax_.block_close.size();
    } else if ((std::ranges::any_of(syntax_.line_comments, [&](std::string_view s) { return is_next(s); }) && !is_length_of()) || is_remark()) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return false;
    }
    put(Kind::comment, from);
    return true;
  }
  /// "${#x}", "$#": no comment of a shell or of Perl.
  bool is_length_of() const { return peek() == '#' && at_ > 0 && (text_[at_ - 1] == '$' || text_[at_ - 1] == '{'); }
  /// "rem" of Basic and batch.
  bool is_remark() const {
    if (language_ != Language::visual_basic && language_ != Language::batch) return false;
    const auto s = text_.substr(at_, 4);
    return at_line_begin() && s.size() >= 3 && mozu::fold(s.substr(0, 3)) == "rem" && (s.size() == 3 || !is_name_char(s[3]));
  }

  bool text() {
    if (syntax_.regular_expressions && peek() == '/' && is_expression_next()) return regular_expression();
    if (syntax_.quotes.find(peek()) == std::string_view::npos) return false;
    const char quote = peek();
    const std::size_t from = at_;
    const std::string_view three = text_.substr(at_, 3);
    if (language_ == Language::python && three.size() == 3 && three[1] == quote && three[2] == quote) {
      const auto end = text_.find(three, at_ + 3);
      at_ = end == text_.npos ? text_.size() : end + 3;
      put(Kind::text, from);
      return true;
    }
    const bool spans_lines =
        quote == '`' || language_ == Language::powershell || language_ == Language::shell || language_ == Language::perl || language_ == Language::php;
    for (++at_; at_ < text_.size(); ++at_) {
      const char c = peek();
      if (syntax_.backslash && c == '\\') ++at_;
      else if (c == quote && syntax_.doubled && peek(1) == quote) ++at_;
      else if (c == quote || (c == '\n' && !spans_lines)) break;
    }
    if (peek() == quote) ++at_;
    at_ = std::min(at_, text_.size());
    put(Kind::text, from);
    return true;
  }

  /// Whether a value may begin here, so that '/' divides nothing.
  bool is_expression_next() const {
    if (out_.empty()) return true;
    const ScriptToken& last = out_.back();
    if (last.kind == Kind::sign) return text_[last.offset] != ')' && text_[last.offset] != ']' && text_[last.offset] != '}';
    return last.kind == Kind::word && last.hash == word_hash("return");
  }
  bool regular_expression() {
    const std::size_t from = at_;
    bool in_class = false;
    std::size_t end = at_ + 1;
    for (; end < text_.size() && text_[end] != '\n'; ++end) {
      if (text_[end] == '\\') ++end;
      else if (text_[end] == '[') in_class = true;
      else if (text_[end] == ']') in_class = false;
      else if (text_[end] == '/' && !in_class) break;
    }
    if (end >= text_.size() || text_[end] != '/') return false;
    for (++end; end < text_.size() && is_name_char(text_[end]); ++end) {}
    at_ = end;
    put(Kind::text, from);
    return true;
  }

  bool word() {
    const std::size_t from = at_;
    if (is_digit_char(peek()) || (peek() == '&' && (peek(1) == 'H' || peek(1) == 'h') && language_ == Language::visual_basic)) {
      for (++at_; is_name_char(peek()) || (peek() == '.' && is_digit_char(peek(1))) || peek() == '&'; ++at_) {
        if (peek() == '&' && language_ != Language::visual_basic) break;
      }
      put(Kind::number, from);
      return true;
    }
    if (syntax_.variable_marks.find(peek()) != std::string_view::npos && is_variable()) return true;
    const bool dashed =
        syntax_.dashed_words && peek() == '-' && is_name_char(peek(1)) && !is_digit_char(peek(1)) && (at_ == 0 || !is_name_char(text_[at_ - 1]));
    if (!is_name_char(peek()) && !dashed && !(syntax_.hiding != 0 && peek() == syntax_.hiding && is_name_char(peek(1)))) return false;
    std::string name;
    for (; is_name_char(peek()) || peek() == '-' || (syntax_.hiding != 0 && peek() == syntax_.hiding); ++at_) {
      if (peek() == '-' && !(syntax_.dashed_words && (is_name_char(peek(1)) || at_ == from))) break;
      if (peek() != syntax_.hiding) name += peek();
      if (syntax_.hiding != 0 && peek() == syntax_.hiding && !is_name_char(peek(1))) break;
    }
    at_ = std::max(at_, from + 1);
    const bool is_member = from > 0 && (text_[from - 1] == '.' || (from > 1 && (text_.substr(from - 2, 2) == "::" || text_.substr(from - 2, 2) == "->")));
    put(is_member ? Kind::member : Kind::word, from, word_hash(syntax_.folds_case ? mozu::fold(name) : name));
    return true;
  }

  /// Batch has words and what is put together of anything: paths, addresses, values of variables.
  bool argument() {
    constexpr std::string_view ends = "&|<>()\";,\n\r\t ";
    const std::size_t from = at_;
    const auto run = text_.substr(at_, std::min(text_.find_first_of(ends, at_), text_.size()) - at_);
    if (run.empty()) return false;
    if (const auto equal = run.find('=');
        equal != run.npos && equal > 0 && !out_.empty() && out_.back().kind == Kind::word && out_.back().hash == word_hash("set")) {
      at_ += equal;
      put(Kind::word, from, word_hash(mozu::fold(run.substr(0, equal))));
      ++at_;
      put(Kind::sign, at_ - 1, word_hash("="));
      const std::size_t value = at_;
      at_ = std::min(text_.find_first_of("&|<>\n", at_), text_.size());
      if (at_ > value) put(Kind::text, value);
      return true;
    }
    if (syntax_.variable_marks.find(run[0]) != std::string_view::npos && is_variable()) {
      if (at_ - from >= run.size()) return true;
      out_.pop_back();
      at_ = std::max(at_, from + run.size());
      put(Kind::text, from);
      return true;
    }
    const auto rest = run.substr(run[0] == '/' || run[0] == '-' ? 1 : 0);
    if (!rest.empty() && std::ranges::all_of(rest, [](char c) { return is_name_char(c) || c == '^' || c == '-'; })) {
      std::string name;
      for (const char c : run)
        if (c != syntax_.hiding) name += c;
      at_ += run.size();
      put(is_digit_char(run[0]) ? Kind::number : Kind::word, from, word_hash(mozu::fold(name)));
      return true;
    }
    // ":label", "@echo", "==" are a sign and what follows.
    if (!is_name_char(run[0]) && run[0] != '/' && run[0] != '\\' && run[0] != '.') return false;
    at_ += run.size();
    put(Kind::text, from);
    return true;
  }

  /// $x, ${x}, $env:x, %x%, %1, %%i, !x!. Otherwise a sign.
  bool is_variable() {
    const std::size_t from = at_;
    const char mark = peek();
    std::size_t at = at_ + 1;
    const auto here = [&] { return at < text_.size() ? text_[at] : '\0'; };
    if (language_ == Language::batch) {
      while (here() == '%') ++at;
      if (here() == '~') ++at;
      const std::size_t begin = at;
      while (is_name_char(here())) ++at;
      if (at == begin) return false;
      const bool closed = here() == mark || here() == ':';
      if (!closed && at - begin > 2) return false;
      if (here() == ':') at = std::min(text_.find(mark, at), text_.size());
      if (here() == mark) ++at;
    } else {
      const bool braced = here() == '{';
      if (braced) ++at;
      const std::size_t begin = at;
      while (is_name_char(here()) || (here() == ':' && language_ == Language::powershell && at + 1 < text_.size() && is_name_char(text_[at + 1]))) ++at;
      if (at == begin && std::string_view("?*@#!").find(here()) != std::string_view::npos && here() != '\0') ++at;
      if (at == begin) return false;
      if (braced && here() == '}') ++at;
    }
    const auto name = text_.substr(from, at - from);
    at_ = at;
    put(Kind::variable, from, word_hash(syntax_.folds_case ? mozu::fold(name) : std::string(name)));
    return true;
  }

  void sign() {
    constexpr std::string_view together = "=<>!&|+-*/%^?:~";
    const std::size_t from = at_;
    const bool grows = together.find(peek()) != std::string_view::npos;
    ++at_;
    while (grows && at_ - from < 3 && together.find(peek()) != std::string_view::npos && peek() != '\0' &&
           std::string_view("=<>&|+*?").find(peek()) != std::string_view::npos)
      ++at_;
    put(Kind::sign, from, word_hash(text_.substr(from, at_ - from)));
  }
};

}  // namespace

std::uint64_t word_hash(std::string_view word) { return hash_of(word); }
std::vector<ScriptToken> script_tokens(Language language, std::string_view text) { return TokenCutter(language, text).run(); }

}  // namespace mozu::gene
