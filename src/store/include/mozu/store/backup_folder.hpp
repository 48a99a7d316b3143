// Backups that are kept beside a base: a folder of files, each whole and checked from the moment it is listed. Whatever dies on the way leaves nothing that is listed.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/store/store.hpp"

namespace mozu::store {

struct KeptBackup {
  std::string name;  ///< "mozu-20261127T180501Z.backup": when it was begun, UTC
  std::uint64_t bytes = 0;
  Timestamp begun;
  std::string sha256;  ///< hex, of the file as it was checked; also beside it, as `sha256sum -c` reads it. Empty: somebody took that away
};

class BackupFolder {
 public:
  /// `kept_free_bytes` stay free on the disk: what fills it would stop whoever writes to the base.
  explicit BackupFolder(std::string path, std::uint64_t kept_free_bytes = std::uint64_t{256} << 20)
      : path_(std::move(path)),
        kept_free_bytes_(kept_free_bytes) {}

  /// Newest first. None where there is no folder. Other files are none.
  Result<std::vector<KeptBackup>> list() const;
  /// Where a backup lies; error "absent" for all but names of list().
  Result<std::string> path_of(std::string_view name) const;
  /// As path_of(), after all its bytes were read and compared: "backup-damaged". It takes as long as reading the file.
  Result<std::string> checked(std::string_view name) const;
  Status remove(std::string_view name) const;

  /// One more; the folder is made if absent, for its owner alone. One at a time, whoever else makes one ("backup-running"). Errors besides those of Store::backup() and of
  /// `watch`: "disk-short" before anything is written, "backup-folder".
  Result<KeptBackup> make(Store& store, Timestamp now, const BackupWatch& watch = {}) const;
  /// Takes away what one that died left, unless another is being made.
  Status sweep() const;
  /// What a backup of a base of this size wants free on the disk: the copy, what is written meanwhile, and what stays free.
  std::uint64_t needed_bytes(std::uint64_t base_bytes) const { return base_bytes + base_bytes / 20 + kept_free_bytes_; }
  /// Error "disk-short": how much it needs, and how much there is.
  Status room_for(Store& store) const;

 private:
  std::string path_;
  std::uint64_t kept_free_bytes_;
  Result<KeptBackup> make_in(Store& store, const std::string& name, const BackupWatch& watch) const;
  void sweep_files() const;
};

}  // namespace mozu::store
