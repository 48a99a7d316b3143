// Files as the verbs of attribution take them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/files/genome.hpp"

namespace mozu::cli {

/// Files as given, folders as the regular files below them, sorted. What cannot be listed is said and counted.
std::vector<std::string> files_below(const std::vector<std::string>& paths, std::uint64_t& failed);
Result<files::FileGenome> genome_of_file(const std::string& path);

}  // namespace mozu::cli
