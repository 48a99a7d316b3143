#include "stix_pattern.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "mozu/base/text.hpp"
#include "stix_lexer.hpp"

namespace mozu::formats {
namespace {

using Kind = StixPatternNode::Kind;
using Token = StixTokenKind;

/// Recursive descent; -1 is "failed", the reason is in error_.
class Parser {
 public:
  Parser(std::string_view text, bool strict) : text_(text), strict_(strict), lexer_(text, strict, out_.tolerated) { advance(); }

  Result<StixPattern> run() {
    const auto root = observations();
    if (root >= 0 && token_.kind != Token::end) return located("the pattern should end here");
    if (root < 0 || !lexer_.error.empty()) return located({});
    out_.root = static_cast<std::uint32_t>(root);
    return std::move(out_);
  }

 private:
  using Node = std::int64_t;

  void advance() {
    if (token_.kind != Token::end || before_first_) token_ = lexer_.next();
    before_first_ = false;
  }
  bool is(Token kind) const { return token_.kind == kind; }
  /// A keyword in a place where the grammar wants one. Lower case is tolerated there.
  bool is_keyword(std::string_view word) {
    if (token_.kind != Token::keyword || token_.text != word) return false;
    if (text_.substr(token_.offset, word.size()) != word) lexer_.tolerate("keywords not in upper case");
    return true;
  }
  Node failed(std::string message) {
    if (error_.empty()) {
      error_ = std::move(message);
      error_offset_ = token_.offset;
    }
    return -1;
  }
  std::unexpected<Diagnostic> located(std::string message) {
    std::size_t at = token_.offset;
    if (!lexer_.error.empty()) {
      message = lexer_.error;
      at = lexer_.error_offset;
    } else if (!error_.empty()) {
      message = error_;
      at = error_offset_;
    }
    const auto before = text_.substr(0, at);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto feed = before.rfind('\n');
    const auto column = feed == std::string_view::npos ? at + 1 : at - feed;
    return fail("stix-pattern", fmt::format("bad STIX pattern at line {}, column {}: {}", line, column, message),
                at < text_.size() ? fmt::format("near: {}", printable(text_.substr(at, 40))) : std::string("the pattern ends there"));
  }

  Node add(StixPatternNode node) {
    out_.nodes.push_back(std::move(node));
    return static_cast<Node>(out_.nodes.size()) - 1;
  }
  Node add_list(Kind kind, std::vector<std::uint32_t> children) {
    if (children.size() == 1) return children.front();
    StixPatternNode n;
    n.kind = kind;
    n.children = std::move(children);
    return add(std::move(n));
  }
  template <class Operand>
  Node joined(std::string_view keyword, Kind kind, Operand operand) {
    std::vector<std::uint32_t> children;
    do {
      if (!children.empty()) advance();
      const Node n = operand();
      if (n < 0) return -1;
      children.push_back(static_cast<std::uint32_t>(n));
    } while (is_keyword(keyword));
    return add_list(kind, std::move(children));
  }

  // Binding, loosest first: FOLLOWEDBY, OR, AND, qualifiers.
  Node observations() {
    return joined("FOLLOWEDBY", Kind::followed_by, [this] {
      return joined("OR", Kind::observation_or, [this] { return joined("AND", Kind::observation_and, [this] { return observation(); }); });
    });
  }

  Node observation() {
    Node n = -1;
    if (is(Token::left_paren)) {
      if (++depth_ > stix_pattern_depth_max) return failed("parentheses are nested too deep");
      advance();
      n = observations();
      if (n < 0) return -1;
      if (!is(Token::right_paren)) return failed("')' is missing");
      --depth_;
    } else if (is(Token::left_bracket)) {
      advance();
      const Node child = comparisons();
      if (child < 0) return -1;
      if (!is(Token::right_bracket)) return failed("']', AND or OR should stand here");
      StixPatternNode node;
      node.kind = Kind::observation;
      node.children = {static_cast<std::uint32_t>(child)};
      n = add(std::move(node));
    } else {
      return failed("an observation should begin here, with '['");
    }
    advance();
    return qualifiers(n);
  }

  Node qualifiers(Node n) {
    for (;;) {
      StixPatternNode q;
      q.children = {static_cast<std::uint32_t>(n)};
      if (is_keyword("WITHIN")) {
        q.kind = Kind::within;
        advance();
        if (!positive_number(q.seconds)) return failed("WITHIN wants a positive number of seconds");
        advance();
        if (!is_keyword("SECONDS")) return failed("SECONDS is missing");
      } else if (is_keyword("REPEATS")) {
        q.kind = Kind::repeats;
        advance();
        double times = 0;
        if (token_.literal.kind != StixLiteral::Kind::integer || !positive_number(times)) return failed("REPEATS wants a positive whole number");
        q.times = static_cast<std::uint64_t>(std::min(times, 1e18));
        advance();
        if (!is_keyword("TIMES")) return failed("TIMES is missing");
      } else if (is_keyword("START")) {
        q.kind = Kind::start_stop;
        advance();
        if (!timestamp(q.start)) return failed("START wants a timestamp, t'…'");
        advance();
        if (!is_keyword("STOP")) return failed("STOP is missing");
        advance();
        if (!timestamp(q.stop)) return failed("STOP wants a timestamp, t'…'");
      } else {
        return n;
      }
      advance();
      n = add(std::move(q));
    }
  }

  bool positive_number(double& value) const {
    using L = StixLiteral::Kind;
    if (!is(Token::literal) || (token_.literal.kind != L::integer && token_.literal.kind != L::real)) return false;
    std::string_view s = token_.literal.text;
    if (s.starts_with('+')) s.remove_prefix(1);
    if (s.starts_with('-')) return false;
    const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), value);
    return error == std::errc{} && end == s.data() + s.size() && value > 0;
  }

  /// STIX 2.0 drafts wrote START '…' without the t.
  bool timestamp(std::string& out) {
    if (!is(Token::literal)) return false;
    if (token_.literal.kind == StixLiteral::Kind::string && !strict_) lexer_.tolerate("START and STOP without t'…'");
    else if (token_.literal.kind != StixLiteral::Kind::timestamp) return false;
    out = token_.literal.text;
    return true;
  }

  Node comparisons() {
    return joined("OR", Kind::comparison_or, [this] { return joined("AND", Kind::comparison_and, [this] { return comparison(); }); });
  }

  Node comparison() {
    if (is(Token::left_paren)) {
      if (++depth_ > stix_pattern_depth_max) return failed("parentheses are nested too deep");
      advance();
      const Node n = comparisons();
      if (n < 0) return -1;
      if (!is(Token::right_paren)) return failed("')', AND or OR should stand here");
      --depth_;
      advance();
      return n;
    }
    StixComparison c;
    c.offset = token_.offset;
    if (is_keyword("NOT")) {  // "NOT EXISTS path"
      c.negated = true;
      advance();
      if (!is_keyword("EXISTS")) return failed("NOT stands behind the path, or before EXISTS");
    }
    if (is_keyword("EXISTS")) {
      c.op = StixOperator::exists;
      advance();
      if (!path(c.path)) return -1;
    } else {
      if (!path(c.path)) return -1;
      if (is_keyword("NOT")) {
        c.negated = true;
        advance();
      }
      if (!operation(c)) return -1;
    }
    StixPatternNode node;
    node.comparison = static_cast<std::uint32_t>(out_.comparisons.size());
    out_.comparisons.push_back(std::move(c));
    return add(std::move(node));
  }

  bool operation(StixComparison& c) {
    using L = StixLiteral::Kind;
    if (is(Token::comparison_operator)) {
      c.op = token_.op;
      advance();
      if (!is(Token::literal)) return failed("a literal should stand here"), false;
      const bool ordering = c.op != StixOperator::eq && c.op != StixOperator::ne;
      if (ordering && token_.literal.kind == L::boolean) return failed("booleans have no order"), false;
      c.values.push_back(std::move(token_.literal));
      advance();
      return true;
    }
    if (is_keyword("IN")) {
      c.op = StixOperator::in;
      advance();
      return literal_set(c.values);
    }
    static constexpr std::pair<std::string_view, StixOperator> words[] = {
        {"LIKE", StixOperator::like}, {"MATCHES", StixOperator::matches}, {"ISSUBSET", StixOperator::issubset}, {"ISSUPERSET", StixOperator::issuperset}};
    for (const auto& [word, op] : words) {
      if (!is_keyword(word)) continue;
      c.op = op;
      advance();
      if (!is(Token::literal) || token_.literal.kind != L::string) return failed(fmt::format("{} wants a string", word)), false;
      c.values.push_back(std::move(token_.literal));
      advance();
      return true;
    }
    return failed("an operator should stand here"), false;
  }

  bool literal_set(std::vector<StixLiteral>& out) {
    if (!is(Token::left_paren)) return failed("IN wants a list in parentheses"), false;
    advance();
    if (is(Token::right_paren)) {
      advance();
      return true;
    }
    for (;;) {
      if (!is(Token::literal)) return failed("a literal should stand here"), false;
      out.push_back(std::move(token_.literal));
      advance();
      if (is(Token::right_paren)) break;
      if (!is(Token::comma)) return failed("',' or ')' should stand here"), false;
      advance();
    }
    advance();
    return true;
  }

  static bool is_plain_name(std::string_view s) { return s.find('-') == std::string_view::npos; }
  bool is_name() const { return is(Token::identifier) || is(Token::keyword); }
  std::string_view written() const { return text_.substr(token_.offset, token_.text.size()); }

  bool key(std::vector<StixPathStep>& steps) {
    StixPathStep step;
    if (is(Token::literal) && token_.literal.kind == StixLiteral::Kind::string) {
      step.key = std::move(token_.literal.text);
    } else if (is_name() && !(strict_ && is(Token::keyword))) {
      step.key = std::string(written());
      if (!is_plain_name(step.key)) {
        if (strict_) return failed("a key with a hyphen must be quoted"), false;
        lexer_.tolerate("an unquoted key with a hyphen");
      }
    } else {
      return failed("a property name should stand here"), false;
    }
    steps.push_back(std::move(step));
    advance();
    return true;
  }

  bool path(StixObjectPath& out) {
    if (!is_name() || (strict_ && is(Token::keyword))) return failed("an object path should begin here, like domain-name:value"), false;
    out.type = std::string(written());
    advance();
    if (!is(Token::colon)) return failed("':' should follow the object type"), false;
    advance();
    if (!key(out.steps)) return false;
    for (;;) {
      if (is(Token::dot)) {
        advance();
        if (!key(out.steps)) return false;
      } else if (is(Token::left_bracket)) {
        advance();
        StixPathStep step;
        step.kind = StixPathStep::Kind::any_index;
        if (!is(Token::asterisk)) {
          if (!is(Token::literal) || token_.literal.kind != StixLiteral::Kind::integer)
            return failed("a whole number or * should stand in the brackets"), false;
          step.kind = StixPathStep::Kind::index;
          std::string_view digits = token_.literal.text;
          if (digits.starts_with('+')) digits.remove_prefix(1);
          if (std::from_chars(digits.data(), digits.data() + digits.size(), step.index).ec != std::errc{}) return failed("the index is too large"), false;
        }
        advance();
        if (!is(Token::right_bracket)) return failed("']' should stand here"), false;
        out.steps.push_back(std::move(step));
        advance();
      } else {
        return true;
      }
    }
  }

  std::string_view text_;
  bool strict_;
  StixPattern out_;
  StixLexer lexer_;
  StixToken token_;
  bool before_first_ = true;
  int depth_ = 0;
  std::string error_;
  std::size_t error_offset_ = 0;
};

}  // namespace

std::string_view name(StixOperator op) {
  static constexpr std::string_view names[] = {"=", "!=", "<", "<=", ">", ">=", "IN", "LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET", "EXISTS"};
  return names[static_cast<std::size_t>(op)];
}

std::string StixObjectPath::text() const {
  std::string out = type;
  char separator = ':';
  for (const auto& s : steps) {
    if (s.kind == StixPathStep::Kind::any_index) {
      out += "[*]";
    } else if (s.kind == StixPathStep::Kind::index) {
      out += fmt::format("[{}]", s.index);
    } else {
      out += separator;
      const bool plain = !s.key.empty() && std::all_of(s.key.begin(), s.key.end(), [](char c) { return is_identifier(c); });
      if (plain) out += s.key;
      else out.append(1, '\'').append(s.key).append(1, '\'');
    }
    separator = '.';
  }
  return out;
}

Result<StixPattern> parse_stix_pattern(std::string_view text, const StixPatternOptions& options) {
  if (text.size() > stix_pattern_bytes_max)
    return fail("stix-pattern", fmt::format("the pattern is longer than {}", human_bytes(static_cast<double>(stix_pattern_bytes_max))));
  return Parser(text, options.strict).run();
}

}  // namespace mozu::formats
