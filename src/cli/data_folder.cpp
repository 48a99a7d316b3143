#include "data_folder.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace mozu::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

DataFolder::DataFolder(const std::string& option) : path(option) {
  if (path.empty()) path = environment("MOZU_DATA");
  if (path.empty()) path = "mozu-data";
}

std::string DataFolder::knowledge() const {
  const std::string database = environment("MOZU_DATABASE");
  return database.empty() ? path : database;
}

std::vector<std::string> DataFolder::geography() const {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(path, ignored))
    if (entry.path().extension() == ".mmdb") found.push_back(entry.path().string());
  std::ranges::sort(found);
  return found;
}

bool DataFolder::exists() const {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

bool DataFolder::has_knowledge() const {
  std::error_code ignored;
  return knowledge() != path || std::filesystem::exists(path + "/knowledge.db", ignored);
}

Status DataFolder::must_have_base() const {
  std::error_code ignored;
  if (has_knowledge() || std::filesystem::exists(path + "/people.db", ignored)) return {};
  return fail(no_knowledge());
}

Diagnostic DataFolder::no_knowledge() const {
  return {Severity::error, "store-absent", "there is no knowledge base", {path, 0, {}}, "`mozu import` makes one; --data names another folder"};
}

}  // namespace mozu::cli
