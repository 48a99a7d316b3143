// A publication's file, with the files beside it, to the desk. Taken again, the same file changes nothing; a changed one is a new version.
#pragma once
#include <string>

#include "mozu/base/result.hpp"
#include "mozu/publications/desk.hpp"

namespace mozu::publications {

/// All of it is read before anything is written. Errors: "publication-file" with file and line; those of parse_publication() and Desk.
Result<Working> take_file(Desk& desk, const Author& author, const std::string& path);

}  // namespace mozu::publications
