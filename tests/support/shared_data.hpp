// Where the real data for tests is: $MOZU_SHARED or "shared" beside the repository. Tests skip, saying so, where it is absent.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

#include "places.hpp"

namespace mozu {

/// Path of a file or folder below shared/data; empty if there is none.
inline std::string shared_data(const std::string& below) {
  const char* set = std::getenv("MOZU_SHARED");
  const std::filesystem::path root = set != nullptr ? std::filesystem::path(set) : std::filesystem::path(source_dir).parent_path() / "shared";
  const auto path = root / "data" / below;
  std::error_code ec;
  return std::filesystem::exists(path, ec) ? path.string() : std::string();
}

}  // namespace mozu

#define MOZU_SHARED_OR_SKIP(variable, below)               \
  const std::string variable = ::mozu::shared_data(below); \
  if (variable.empty()) GTEST_SKIP() << "no ../shared/data/" << (below) << " beside the repository"
