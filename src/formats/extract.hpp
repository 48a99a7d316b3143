// Private: indicators inside prose. Used by the text reader and by readers whose lines turn out to be sentences.
#pragma once
#include <optional>
#include <string_view>

#include "shape.hpp"

namespace mozu::formats {

/// Cuts the next piece out of `text`: a run without white space and without the bytes that separate cells and quotations,
/// brackets and punctuation around it removed. Empty at the end.
std::string_view next_piece(std::string_view& text);

/// May a piece of prose be taken as an indicator? Hashes and public-looking addresses speak for themselves; names, URLs and
/// e-mail addresses only if they are defanged, because prose is full of links to harmless places.
bool is_clear_indicator(std::string_view piece);

/// What a line lets live values be: in a sentence ("our resolver is 8.8.8.8", "commit 0123… mends it") they are not meant. An address needs
/// a line that begins with a value or holds no words, a hash a line of few words; a sentence that defangs anything means all of it.
class LineOfValues {
 public:
  explicit LineOfValues(std::string_view line);
  bool means(std::string_view piece) const;

 private:
  std::size_t words_ = 0;
  bool begins_with_value_ = false, defangs_ = false;
};

/// Does the text speak of threats at all ("malware", "indicators of compromise", "C2" …), or defang a value?
bool speaks_of_threats(std::string_view text);

/// Marks that only documents have: headings below the first, tables, fences, Markdown links. A single '#' is none: lists begin their comments with it.
bool is_marked_up(std::string_view head);

/// Calls sink(piece) for each clear indicator of a line; how many there were. `is_indicator_section`: the heading above says that indicators
/// follow, so sentences count too.
template <class F>
std::size_t extract_clear(std::string_view text, F&& sink, bool is_indicator_section = false) {
  std::size_t n = 0;
  std::optional<LineOfValues> line;  // most lines hold nothing, and are looked at once
  for (std::string_view rest = text;;) {
    const std::string_view piece = next_piece(rest);
    if (piece.empty()) return n;
    if (!is_clear_indicator(piece)) continue;
    if (!is_indicator_section && !line) line.emplace(text);
    if (!is_indicator_section && !line->means(piece)) continue;
    sink(piece);
    ++n;
  }
}

}  // namespace mozu::formats
