// Private to the room: imports that have begun and not ended, for those who wait for them.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"

namespace mozu::server {

enum class ImportState : std::uint8_t {
  waiting,     ///< another one is writing
  reading,     ///< its objects are read and written; nobody sees them yet
  committing,  ///< can no longer be stopped
  stopped,     ///< ends without a trace
};
std::string_view name(ImportState s);

struct RunningImport {
  std::string id;  ///< that of its request
  std::string by, source, origin;
  intel::OrganisationId organisation = intel::common;  ///< of who began it
  Timestamp since;
  std::atomic<std::uint64_t> bytes = 0;  ///< of the upload
  bool dry_run = false;
  std::atomic<std::uint64_t> objects = 0;  ///< read so far
  std::atomic<ImportState> state = ImportState::waiting;

  bool stop();  ///< false: too late
  /// To `next`, unless it was stopped: error "import-stopped".
  Status go_on(ImportState next);
};

/// Thread-safe.
class RunningImports {
 public:
  using One = std::shared_ptr<RunningImport>;
  /// Listed as long as anybody holds it.
  void add(const One& one);
  /// Of this organisation, the oldest first.
  std::vector<One> of(intel::OrganisationId organisation);
  /// Of everybody, the oldest first.
  std::vector<One> all();

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<RunningImport>> all_;
};

}  // namespace mozu::server
