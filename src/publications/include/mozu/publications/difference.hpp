// What changed from one version of a publication to another: lines of its texts, members of its metadata, its files.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/publications/publication.hpp"

namespace mozu::publications {

/// Lines that stay are shown up to this far around a change.
inline constexpr std::size_t difference_context = 3;
/// More changed lines than these in one text are shown as all of its middle taken out and put in anew: finding the shortest way costs their square.
inline constexpr std::size_t difference_edits_max = 2000;

struct DifferentLine {
  char kind = ' ';        ///< ' ' in both, '-' in the first only, '+' in the second only
  std::string_view text;  ///< without its end; of what was compared
};
struct Hunk {
  std::size_t from = 1, to = 1;  ///< number of its first line in the first and second text; 1 of an empty one
  std::vector<DifferentLine> lines;
};

/// In order; empty if they are equal. The views live as long as the texts.
std::vector<Hunk> difference(std::string_view from, std::string_view to);

struct TextDifference {
  std::string language, part;  ///< part: "title", "summary", "full"
  std::vector<Hunk> hunks;     ///< of the publications that were compared, which must outlive it
};
struct MemberDifference {
  std::string member, from, to;  ///< JSON of both; empty: it is not there
};
struct FileDifference {
  std::string name, change;  ///< "added", "removed", "changed"
};
struct Difference {
  std::vector<TextDifference> texts;
  std::vector<MemberDifference> members;
  std::vector<FileDifference> files;
};
Difference difference(const Publication& from, const Publication& to);

}  // namespace mozu::publications
