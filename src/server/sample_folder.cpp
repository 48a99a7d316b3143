#include "sample_folder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "mozu/base/stream.hpp"
#include "sample_files.hpp"

namespace mozu::server {
namespace {

constexpr std::uint64_t file_bytes_max = std::uint64_t{4} << 20;

/// Of our own making, so a name that leads elsewhere is a mistake of the build.
Status unpack_samples(const std::string& folder) {
  const auto input = open_input_memory("samples.tar.gz", sample_files());
  for (;;) {
    MOZU_LET(const auto member, input->next());
    if (member == nullptr) return {};
    const std::string name = input->name().substr(input->name().find('!') + 1);
    if (name.empty() || name.front() == '/' || name.find("..") != std::string::npos) return samples_broken(name);
    MOZU_LET(const std::string bytes, read_all(*member, file_bytes_max));
    const std::filesystem::path to = folder + "/" + name;
    std::error_code ec;
    std::filesystem::create_directories(to.parent_path(), ec);
    if (std::ofstream out(to, std::ios::binary); ec || !out.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush())
      return fail("file-write", fmt::format("{} could not be written", to.string()));
  }
}

}  // namespace

std::unexpected<Diagnostic> samples_broken(std::string_view what) {
  return fail("samples-broken", fmt::format("the sample content of this program does not read: {}", what));
}

SampleFolder::~SampleFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

Status SampleFolder::make(const std::string& in) {
  std::error_code ec;
  std::filesystem::create_directories(in, ec);
  std::string name = in + "/samples-XXXXXX";
  if (ec || ::mkdtemp(name.data()) == nullptr) return fail("temporary-folder", fmt::format("{} cannot be written to", in));
  path_ = name;
  return unpack_samples(path_);
}

Result<std::vector<std::string>> SampleFolder::publications() const {
  std::vector<std::string> out;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(path_ + "/publications", ec))
    if (entry.path().extension() == ".md") out.push_back(entry.path().string());
  if (ec || out.empty()) return samples_broken("publications");
  std::ranges::sort(out);
  return out;
}

}  // namespace mozu::server
