#include "character_maps.hpp"

#include <goo/gfile.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <system_error>

#include "mozu/base/file.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t maps_max = 1000, map_bytes_max = 8U << 20;

std::map<std::string, MappedFile, std::less<>>& maps() {
  static std::map<std::string, MappedFile, std::less<>> loaded;
  return loaded;
}

}  // namespace

void load_character_maps(const std::string& folder) {
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator at(folder, error), end; !error && at != end && maps().size() < maps_max; at.increment(error)) {
    if (!at->is_regular_file(error) || at->file_size(error) > map_bytes_max) continue;
    auto file = MappedFile::open(at->path());
    if (file && !file->text().empty()) maps().emplace(at->path(), std::move(*file));
  }
}

}  // namespace mozu::files

// Poppler opens each of its own files through this function of its library; the one here takes its place, as the dynamic linker looks at the program first.
// A file that was not loaded is not there: asking the kernel for it would end the cell.
__attribute__((visibility("default"))) FILE* openFile(const char* path, const char* mode) {
  const auto found = mozu::files::maps().find(std::string_view(path));
  if (found == mozu::files::maps().end() || mode[0] != 'r') return nullptr;
  const std::string_view bytes = found->second.text();
  return ::fmemopen(const_cast<char*>(bytes.data()), bytes.size(), "r");
}
