// Private to the room: backups that administrators make, list, take away and download. One is made at a time, by a thread of its own; nobody waits for it.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/server/routes.hpp"
#include "mozu/store/backup_folder.hpp"

namespace mozu::server {

class Backups {
 public:
  explicit Backups(Services& services);
  ~Backups();  ///< ends the one that is being made; nothing of it stays
  Backups(const Backups&) = delete;
  Backups& operator=(const Backups&) = delete;

  /// Why none can be made here; nothing if they can: error "backup-engine", "backup-folder".
  Status offered();
  /// Errors: "backup-running", "disk-short"; those of offered(). What goes wrong later is in last().
  Status start(const std::string& by, intel::OrganisationId organisation);

  struct Running {
    std::string by;
    Timestamp since;
    store::BackupProgress progress;
  };
  std::optional<Running> running() const;
  /// Why the last one came to nothing; gone when another begins.
  std::optional<Diagnostic> failure() const;
  const store::BackupFolder& folder() const { return folder_; }

 private:
  Services& services_;
  store::BackupFolder folder_;
  mutable std::mutex mutex_;
  std::optional<Running> running_;
  std::optional<Diagnostic> failure_;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
  void make(const std::string& by, intel::OrganisationId organisation);
  void say(const Diagnostic& d) const;
  void write_down(const std::string& by, intel::OrganisationId organisation, std::string_view action, const std::string& object, const std::string& detail);
};

std::string_view name(store::BackupProgress::Step step);  ///< "copying", …

}  // namespace mozu::server
