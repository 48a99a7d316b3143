// Where readers of formats put what they find: a document's text, made sound as it grows, within its limits.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mozu/files/document.hpp"

namespace mozu::files {

class TextOut {
 public:
  explicit TextOut(const CellLimits& limits) : limits_(limits) {}

  DocumentText document;

  /// Appends; CR and CRLF become LF, control characters blanks or nothing, invalid bytes U+FFFD. False when the text is full.
  bool append(std::string_view utf8);
  bool append(char32_t c);
  std::size_t size() const { return document.text.size(); }
  bool full() const { return cut_; }

  /// At least `lines` line ends stand at the end, but nothing at the text's begin; blanks before them are dropped.
  void break_line(std::size_t lines = 1);
  /// One blank, unless white space stands there.
  void space();

  void begin_page(std::uint32_t page);
  /// A target without its blanks; empty ones are not kept.
  void add_link(std::size_t begin, std::size_t end, std::string target);
  void note(std::string_view code, std::string message, std::string path = {});

  /// Links in order; the text ends with one line end.
  DocumentText finish();

  const CellLimits& limits() const { return limits_; }

 private:
  CellLimits limits_;
  bool cut_ = false, links_cut_ = false, after_cr_ = false;
};

/// UTF-8, sound: no control characters, blanks joined, at most 1,000 bytes: for titles and names.
std::string one_line(std::string_view text);

}  // namespace mozu::files
