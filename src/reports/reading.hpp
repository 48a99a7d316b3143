// The text as it is read: what cannot be seen is gone, full-width forms are narrow, defanging is undone. Offsets lead back.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::reports {

class Reading {
 public:
  explicit Reading(std::string_view original);

  std::string_view text() const { return text_; }
  /// Leaves out what stands behind.
  void cut(std::size_t offset) { text_.resize(std::min(offset, text_.size())); }
  /// Offset in text() → offset in the original.
  std::size_t original(std::size_t offset) const;
  /// The same for the end of a span: what was dropped behind the last byte stays outside.
  std::size_t original_end(std::size_t end) const { return end == 0 ? 0 : original(end - 1) + last_bytes(end - 1); }
  /// Was something between these offsets of text() defanged?
  bool defanged(std::size_t begin, std::size_t end) const;

 private:
  friend class ReadingBuilder;
  struct Shift {
    std::size_t at = 0, original = 0;
  };  ///< from text offset `at` on, original = offset - at + original
  std::size_t last_bytes(std::size_t offset) const;
  std::string_view original_;
  std::string text_;
  std::vector<Shift> shifts_;
  std::vector<std::size_t> defanged_;
};

/// Bytes of hosts as reports write them: letters, digits, '-', '_' and letters of two UTF-8 bytes; kana and kanji bound words.
bool is_host_byte(unsigned char c);

}  // namespace mozu::reports
