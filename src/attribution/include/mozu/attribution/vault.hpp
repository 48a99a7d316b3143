// Files that must not lie about readable: samples, which may be live malware, and reports of them. Each is encrypted (AES-256-GCM in pieces, so that it is never whole in memory), under a key of
// its own that is made of the installation's key, a random salt and the file's name: what was cut off, exchanged or renamed is refused when it is read.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"

namespace mozu::attribution {

struct VaultOptions {
  std::string folder;
  std::array<std::uint8_t, 32> key{};
  std::uint64_t bytes_max = std::uint64_t{20} << 30;         ///< all files together
  std::uint64_t kept_free_bytes = std::uint64_t{256} << 20;  ///< stay free on the disk
};

struct KeptFile {
  std::string name;
  std::uint64_t bytes = 0;  ///< on the disk
  Timestamp modified;
};

/// Thread-safe. One process writes to a folder.
class Vault {
 public:
  using Take = std::function<Status(std::span<const std::byte>)>;
  /// Makes the folder (0700) if there is none. Errors: "vault-folder".
  static Result<std::unique_ptr<Vault>> open(const VaultOptions& options);

  /// Durable when it returns. `name`: letters, digits, '-', '.'. Errors: "vault-full" (the limit of all files), "disk-short", those of files.
  Status put(std::string_view name, std::string_view bytes);
  /// The same of a file.
  Status put_file(std::string_view name, const std::string& path);
  bool has(std::string_view name) const;
  /// Gives what is in it, in pieces: each is genuine, but only the end says that it is all. Errors: "absent", "vault-damaged", those of `take`.
  Status read(std::string_view name, const Take& take) const;
  Result<std::string> read_all(std::string_view name, std::uint64_t bytes_max) const;
  /// What is not there is removed, too.
  Status remove(std::string_view name);
  Result<std::vector<KeptFile>> list() const;
  std::uint64_t bytes() const;  ///< of all files, on the disk

 private:
  VaultOptions options_;
  mutable std::mutex mutex_;
  std::uint64_t bytes_ = 0;
  explicit Vault(VaultOptions options) : options_(std::move(options)) {}
  std::string path_of(std::string_view name) const;
  Status reserve(std::uint64_t bytes);
  void give_back(std::uint64_t bytes);
  Status write(std::string_view name, std::uint64_t size, const std::function<Status(const Take&)>& give);
};

}  // namespace mozu::attribution
