// The text of a JSON line: string escapes decoded, with the way back to raw offsets.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::match {

inline constexpr int json_depth_max = 1024;

/// Appends what an escape stands for whose text behind "\u" is the beginning of `s`; of a surrogate pair, both halves of it, and of a lone half
/// U+FFFD. Bytes of `s` used: 4 or 10; 0, and nothing appended, where no four hex digits stand.
std::size_t append_unicode_escape(std::string& out, std::string_view s);

class JsonText {
 public:
  /// Does the line look like JSON at all ('{' or '[' after blanks)?
  static bool is_candidate(std::string_view line);
  /// True if the whole line is valid JSON (RFC 8259, UTF-8, ≤ 1024 levels); text() is then the decoded line. One pass, no recursion.
  bool decode(std::string_view line);
  std::string_view text() const { return text_; }
  /// Smallest raw range that covers the bytes [begin, end) of the text; begin < end.
  struct Range {
    std::size_t begin, end;
  };
  Range raw(std::size_t begin, std::size_t end) const;

 private:
  struct Escape {
    std::size_t text_begin, text_end, raw_begin, raw_end;
  };
  bool document();
  bool string();
  bool escape();
  bool number();
  bool literal(std::string_view word);
  void blanks();
  Range raw_of_byte(std::size_t i) const;

  std::string_view in_;
  std::size_t at_ = 0, copied_ = 0;
  std::string text_;
  std::vector<Escape> escapes_;
  std::vector<bool> in_object_;
};

}  // namespace mozu::match
