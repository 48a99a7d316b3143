// Pictures of publications, looked at from outside: which kind, how large, whether they are there to their end. Nothing is decoded: that is the reader's browser's, which
// gets nothing that would cost it gigabytes, and no half of a picture.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "mozu/base/diagnostics.hpp"
#include "mozu/publications/publication.hpp"

namespace mozu::publications {

/// Pixels of a side, and of all: a browser needs four bytes a pixel, so 400 MB at most.
inline constexpr std::uint32_t picture_side_max = 30'000;
inline constexpr std::uint64_t picture_pixels_max = 100'000'000;

/// What is wrong with a picture, or nullopt: "figure-kind" (none that is shown), "figure-damaged" (cut off, or its parts do not fit), "figure-too-large" (pixels).
std::optional<Diagnostic> picture_trouble(std::string_view bytes);

/// A warning ("figure-missing") for each figure that a text shows and that is not among the attached figures: readers would see its description alone.
void check_figures(const Publication& p, Diagnostics& diagnostics);

}  // namespace mozu::publications
