// Files as the verbs of attribution take them.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data_folder.hpp"
#include "mozu/attribution/kept_samples.hpp"
#include "mozu/base/result.hpp"
#include "mozu/files/objects.hpp"

namespace mozu::cli {

/// Files as given, folders as the regular files below them, sorted. What cannot be listed is said and counted.
std::vector<std::string> files_below(const std::vector<std::string>& paths, std::uint64_t& failed);
/// The file and all that is in it. `passwords`: a file with a password a line, tried on encrypted members; empty: none but the usual.
Result<files::OpenedFile> open_file(const std::string& path, const files::OpenOptions& options);
/// Samples that verdicts can show, of this data folder.
Result<std::unique_ptr<attribution::KeptSamples>> open_kept_samples(const DataFolder& data);
Result<files::OpenOptions> open_options(const std::string& passwords);

}  // namespace mozu::cli
