#include "memories.hpp"

#include <sys/stat.h>

#include "mozu/base/diagnostics.hpp"

namespace mozu::server {

Result<bool> IndexFile::refresh() {
  struct stat about{};
  if (path_.empty() || ::stat(path_.c_str(), &about) != 0) return false;
  const std::int64_t changed_ns = std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec;
  if (about.st_dev == device_ && about.st_ino == inode_ && changed_ns == changed_ns_) return false;
  device_ = about.st_dev;
  inode_ = about.st_ino;
  changed_ns_ = changed_ns;
  MOZU_LET(index_, match::Index::open(path_));
  return true;
}

Memories::Memories(store::Store& knowledge, std::shared_ptr<actors::ActorBooks> actors, const std::string& indicators, const std::string& warning_lists,
                   LogSink log)
    : indicators_(indicators),
      warning_lists_(warning_lists),
      log_(std::move(log)),
      knowledge_(std::shared_ptr<store::Store>(), &knowledge),
      actors_(std::move(actors)),
      known_lists_(std::make_shared<lookup::KnownLists>(knowledge)),
      false_positives_(std::make_shared<lookup::OwnFalsePositives>(knowledge)) {}

bool Memories::refresh(IndexFile& file) {
  const auto changed = file.refresh();
  if (!changed && log_) log_(render_json(changed.error()));
  return changed.value_or(false);
}

std::shared_ptr<const lookup::Memories> Memories::current() {
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (current_ && now - looked_ < looked_at_again) return current_;
  looked_ = now;
  const bool indicators = refresh(indicators_), warning_lists = refresh(warning_lists_);
  if (current_ && !indicators && !warning_lists) return current_;
  auto fresh = std::make_shared<lookup::Memories>();
  if (indicators_.index()) fresh->indexes.push_back(indicators_.index());
  fresh->warning_lists = warning_lists_.index();
  fresh->knowledge = knowledge_;
  fresh->actors = actors_;
  fresh->known_lists = known_lists_;
  fresh->false_positives = false_positives_;
  current_ = std::move(fresh);
  return current_;
}

Result<std::vector<std::shared_ptr<const match::Index>>> Memories::warning_lists(const intel::Viewer& viewer) {
  return lookup::harmless_lists(*current(), viewer, Timestamp::now());
}

}  // namespace mozu::server
