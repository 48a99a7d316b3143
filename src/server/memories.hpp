// Private to the room: what lookups ask, always the newest of it. An index file that was replaced by rename is opened anew.
#pragma once
#include <sys/types.h>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/lookup/lookup.hpp"
#include "mozu/match/index.hpp"
#include "mozu/server/server.hpp"

namespace mozu::server {

/// One index file, which may be absent.
class IndexFile {
 public:
  explicit IndexFile(std::string path) : path_(std::move(path)) {}
  /// True if it is another one than before. An error leaves what was open.
  Result<bool> refresh();
  const std::shared_ptr<const match::Index>& index() const { return index_; }

 private:
  std::string path_;
  std::shared_ptr<const match::Index> index_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::int64_t changed_ns_ = 0;
};

class Memories {
 public:
  /// Looks at the files again this often at most.
  static constexpr std::chrono::seconds looked_at_again{1};
  Memories(store::Store& knowledge, std::shared_ptr<actors::ActorBooks> actors, const std::string& indicators, const std::string& warning_lists, LogSink log);
  /// Thread-safe. An index that cannot be opened is told to the log, once each time it changes; the one before stays in use.
  std::shared_ptr<const lookup::Memories> current();
  /// The warning lists that lookups of this viewer ask, and what their organisation marked as false positives; none if there are none.
  Result<std::vector<std::shared_ptr<const match::Index>>> warning_lists(const intel::Viewer& viewer);

 private:
  std::mutex mutex_;
  IndexFile indicators_, warning_lists_;
  LogSink log_;
  std::shared_ptr<store::Store> knowledge_;
  std::shared_ptr<actors::ActorBooks> actors_;
  std::shared_ptr<lookup::KnownLists> known_lists_;
  std::shared_ptr<lookup::OwnFalsePositives> false_positives_;
  std::shared_ptr<const lookup::Memories> current_;
  std::chrono::steady_clock::time_point looked_{};
  bool refresh(IndexFile& file);
};

}  // namespace mozu::server
