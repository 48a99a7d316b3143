// Private to the room: numbers and texts as the wire has them.
#pragma once
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu::files {

inline constexpr std::size_t field_bytes_max = 64 << 10;  // a title, a link's target, a sentence of a note

void put_number(std::string& out, std::uint64_t n, int bytes);
/// Each with its length before it; longer than field_bytes_max: cut between characters.
std::string joined(std::initializer_list<std::string_view> parts);
std::string diagnostic_payload(const Diagnostic& d);

/// Takes values off the front; after the first that is not there nothing is.
class Cursor {
 public:
  explicit Cursor(std::string_view bytes) : left_(bytes) {}
  bool good() const { return good_; }
  bool at_end() const { return good_ && left_.empty(); }
  std::uint64_t number(std::size_t bytes);
  std::string_view piece(std::uint64_t bytes);
  /// UTF-8 without NUL.
  std::string field();

 private:
  std::string_view left_;
  bool good_ = true;
};

Diagnostic read_diagnostic(Cursor& in);
std::unexpected<Diagnostic> odd_answer();

}  // namespace mozu::files
