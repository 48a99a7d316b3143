// Private to the room: from what is new in the knowledge base to rows of who is to be told.
#pragma once
#include <unordered_map>

#include "events.hpp"
#include "mozu/notify/service.hpp"

namespace mozu::notify {

/// One thread's.
class Watch {
 public:
  Watch(const House& house, SeenEvents& seen) : house_(house), seen_(seen) {}
  /// Where this installation begins: what is older than the first start is told to nobody.
  Status begin();
  /// All that is new; gives how many rows were written.
  Result<std::uint64_t> look();

 private:
  const House& house_;
  SeenEvents& seen_;
  std::int64_t sequence_ = 0;
  std::unordered_map<store::UserId, std::optional<Recipient>> recipients_;  // of one look
  std::unordered_map<std::string, Timestamp> detections_due_;               // by rule

  Result<const std::optional<Recipient>*> recipient(store::UserId user);
  Status add(const Rule& rule, const std::vector<EventRef>& events, std::vector<store::Notice>& out);
  Timestamp due_of_detections(const Rule& rule);
  Result<std::uint64_t> write(const News& news);
};

}  // namespace mozu::notify
