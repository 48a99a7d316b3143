// A report's lines, sections and sentences: where a value stands tells what it is.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "reading.hpp"

namespace mozu::reports {

enum class Section : std::uint8_t { plain, indicators, references };

class Document {
 public:
  explicit Document(const Reading& reading);

  std::string_view text() const { return text_; }
  Section section(std::size_t offset) const;
  /// The line around, without its end.
  std::string_view line(std::size_t offset) const;
  /// Does what stands here fill its line, list item or table cell?
  bool fills_its_cell(std::size_t begin, std::size_t end) const;
  /// Is it the target of a Markdown or AsciiDoc link, or in angle brackets?
  bool is_link_target(std::size_t begin, std::size_t end) const;
  /// Does it stand in what a Markdown link leads to, or in the title of that?
  bool in_link(std::size_t offset) const;
  bool in_code(std::size_t begin, std::size_t end) const;
  /// Bounds of the sentence or table row around, at most `bytes_max` long.
  std::pair<std::size_t, std::size_t> sentence(std::size_t begin, std::size_t end, std::size_t bytes_max) const;

 private:
  struct Heading {
    std::size_t at;
    Section section;
  };
  void find_headings();
  bool wrapped_prose(std::size_t begin) const;
  std::size_t line_begin(std::size_t offset) const;
  std::size_t line_end(std::size_t offset) const;
  std::string_view text_;
  std::vector<Heading> headings_;
};

}  // namespace mozu::reports
