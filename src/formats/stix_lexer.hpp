// Private to the room: tokens of STIX patterns.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stix_pattern.hpp"

namespace mozu::formats {

enum class StixTokenKind : std::uint8_t {
  end,
  identifier,  ///< with or without hyphens
  keyword,
  literal,
  comparison_operator,
  colon,
  dot,
  comma,
  asterisk,
  left_bracket,
  right_bracket,
  left_paren,
  right_paren,
};
struct StixToken {
  StixTokenKind kind = StixTokenKind::end;
  std::string_view text;  ///< as written; keywords: in upper case
  StixLiteral literal;
  StixOperator op = StixOperator::eq;
  std::size_t offset = 0;
};

class StixLexer {
 public:
  StixLexer(std::string_view text, bool strict, std::vector<std::string>& tolerated) : text_(text), strict_(strict), tolerated_(tolerated) {}
  /// The next token; on an error `error` is set and the token is `end`.
  StixToken next();
  std::string error;
  std::size_t error_offset = 0;
  void tolerate(std::string what);

 private:
  bool skip_blanks();
  StixToken word();
  StixToken number();
  StixToken quoted(StixLiteral::Kind kind);
  StixToken symbol();
  bool check_quoted(StixLiteral& literal, std::size_t offset);
  StixToken failed(std::string message, std::size_t offset);

  std::string_view text_;
  bool strict_;
  std::vector<std::string>& tolerated_;
  std::size_t pos_ = 0;
};

}  // namespace mozu::formats
