// Private: indicators inside prose. Used by the text reader and by readers whose lines turn out to be sentences.
#pragma once
#include <string_view>

#include "shape.hpp"

namespace mozu::formats {

/// Cuts the next piece out of `text`: a run without white space and without the bytes that separate cells and quotations,
/// brackets and punctuation around it removed. Empty at the end.
std::string_view next_piece(std::string_view& text);

/// May a piece of prose be taken as an indicator? Hashes and public-looking addresses speak for themselves; names, URLs and
/// e-mail addresses only if they are defanged, because prose is full of links to harmless places.
bool is_clear_indicator(std::string_view piece);

/// Calls sink(piece) for each clear indicator of a line; how many there were.
template <class F>
std::size_t extract_clear(std::string_view line, F&& sink) {
  std::size_t n = 0;
  for (std::string_view rest = line;;) {
    const std::string_view piece = next_piece(rest);
    if (piece.empty()) return n;
    if (is_clear_indicator(piece)) {
      sink(piece);
      ++n;
    }
  }
}

}  // namespace mozu::formats
