// Private to the room: where the desk keeps working copies and files among the documents of the store.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/core.h>

#include "mozu/intel/access.hpp"

namespace mozu::publications {

inline constexpr std::string_view working_copies = "publications", old_versions = "publication-versions", files = "publication-files",
                                  prints = "publication-prints";
/// A file is kept in pieces, each a document of the store in base64.
inline constexpr std::size_t piece_bytes = std::size_t{2} << 20;

inline std::string version_id(std::string_view id, std::int64_t version) { return fmt::format("{}.{}", id, version); }
inline std::string piece_id(intel::OrganisationId organisation, std::string_view sha256, std::size_t piece) {
  return fmt::format("{}.{}.{}", organisation, sha256, piece);
}

}  // namespace mozu::publications
