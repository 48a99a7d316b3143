#include "mozu/attribution/kept_samples.hpp"

#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <span>
#include <utility>

#include "mozu/base/file.hpp"

namespace mozu::attribution {
namespace {

constexpr std::uint64_t all_bytes_max = std::uint64_t{1} << 40;  // what is kept of the disk ends it before

Status write_all(const Fd& fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(fd.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fail(errno_diagnostic("file-write", "there is no memory for the sample", errno));
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

Result<Fd> memory_file(const std::function<Status(const Vault::Take&)>& give) {
  // In memory alone: on the disk it would lie readable.
  Fd plain(::memfd_create("sample", MFD_CLOEXEC));
  if (!plain.is_open()) return fail(errno_diagnostic("file-write", "there is no memory for the sample", errno));
  MOZU_TRY(give([&](std::span<const std::byte> piece) { return write_all(plain, piece); }));
  return plain;
}

std::string path_of(const Fd& fd) { return fmt::format("/proc/self/fd/{}", fd.get()); }

Result<std::unique_ptr<KeptSamples>> KeptSamples::open(const std::string& folder, const std::array<std::uint8_t, 32>& key) {
  VaultOptions options;
  options.folder = folder, options.key = key, options.bytes_max = all_bytes_max;
  MOZU_LET(auto vault, Vault::open(options));
  return std::unique_ptr<KeptSamples>(new KeptSamples(std::move(vault)));
}

Status KeptSamples::keep(std::string_view sha256, const std::string& path) {
  std::error_code ec;
  if (std::filesystem::file_size(path, ec) > sample_bytes_max || ec) return {};
  const auto whole = [&] { return vault_->read(sha256, [](auto) { return Status(); }).has_value(); };
  if (vault_->has(sha256) && whole()) return {};
  return vault_->put_file(sha256, path);
}

Result<std::optional<Fd>> KeptSamples::file(std::string_view sha256) const {
  if (!vault_->has(sha256)) return std::nullopt;
  MOZU_LET(Fd plain, memory_file([&](const Vault::Take& take) { return vault_->read(sha256, take); }));
  return std::optional<Fd>(std::move(plain));
}

}  // namespace mozu::attribution
