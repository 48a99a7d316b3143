// Imports that are publications, and what they are about: by it plans open them (intel::is_open()).
#pragma once
#include <cstdint>
#include <set>
#include <span>
#include <string_view>

#include "db.hpp"
#include "mozu/intel/access.hpp"

namespace mozu::store {

/// What a publication names and does not own: its tags show these, and whoever knows more of them may say so.
inline constexpr std::string_view named_types[] = {"identity", "extension-definition", "intrusion-set", "threat-actor", "malware", "tool", "campaign"};
/// Is an object of this type, if its source is `publications`, the publication's own (its report, indicators, rules)?
bool is_part_of_publication(std::int64_t type_code);

/// The versions of an import have all numbers from `first` to `last`. Without subjects it is no publication.
Status write_subjects(Db& db, std::int64_t import, std::int64_t first, std::int64_t last, std::span<const intel::Subject> subjects);
/// Counts anew what those of the imports that are publications hold: their versions were written, or others took their place.
Status count_publications(Db& db, const std::set<std::int64_t>& imports);
/// Of publications that an earlier version of Mozu imported: from their origin, their labels and what they name.
Status find_subjects(Db& db);

}  // namespace mozu::store
