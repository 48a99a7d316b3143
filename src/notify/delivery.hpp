// Private to the room: rows that are claimed become messages, and what became of them is written down.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "events.hpp"
#include "mozu/notify/service.hpp"

namespace mozu::notify {

/// Rows of one rule that were claimed together.
struct Group {
  std::vector<store::Notice> notices;
  Timestamp until;  ///< when others may claim them
};

/// Thread-safe; the carrier is the caller's own.
class Delivery {
 public:
  Delivery(const House& house, const Settings& settings, SeenEvents& seen) : house_(house), settings_(settings), seen_(seen) {}
  /// True: the server could not be reached, and what of the group was not tried is released. `why`: what it said.
  Result<bool> deliver(const Group& group, Carrier& carrier, std::string& why);
  /// How long one message may take at most.
  std::int64_t message_ms(Channel channel) const { return channel == Channel::mail ? settings_.patience.mail_ms : settings_.patience.webhook_ms; }

 private:
  const House& house_;
  const Settings& settings_;
  SeenEvents& seen_;

  /// One message and the rows that it answers.
  struct Message {
    std::vector<Event> events;
    std::vector<store::Notice> notices;
    bool test = false;
  };
  struct Ready {
    std::vector<Message> messages;
    std::vector<store::Notice> gone;  ///< there is nothing to tell any more
  };
  static void join(Message& to, const Event& event);
  Result<Ready> messages(const Rule& rule, const Recipient& to, std::span<const store::Notice> notices);
  Outcome send(const Rule& rule, const Recipient& to, const Message& message, Carrier& carrier) const;
  Status settle(const Rule& rule, const Message& message, const Outcome& outcome);
  Status stop_rule(const Rule& rule, const std::string& why);
};

}  // namespace mozu::notify
