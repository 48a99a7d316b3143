// Notifications at work: sees what became knowledge, writes down who is to be told (durably, before anything is sent), tells them, and tries again until it is told or
// has failed. Any number of services may work on one base: each row is claimed by one. What is sent is made when it is sent, with the eyes that the recipient has then.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/notify/event.hpp"
#include "mozu/notify/rule.hpp"
#include "mozu/notify/settings.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::notify {

/// The sequence of the knowledge base up to which everybody's rows are written: a setting of the store's people.
inline constexpr std::string_view cursor_setting = "notifications-sequence";
inline constexpr std::int64_t look_ms = 500;                                ///< how often it looks where nobody woke it
inline constexpr std::int64_t detections_pause_ms = 15 * 60'000;            ///< between two messages of one rule that tell at once of detections
inline constexpr std::int64_t kept_ms = std::int64_t{30} * 24 * 3'600'000;  ///< rows that are sent, failed or dropped stay as long

struct Recipient {
  store::UserId user = 0;
  std::string name, email;
  intel::Viewer viewer;
};

/// What the house lends; all of it must outlive the service and be thread-safe.
struct House {
  store::Accounts& people;
  Source& source;
  /// nullopt: nobody who may be told anything (gone, disabled, no reader).
  std::function<Result<std::optional<Recipient>>(store::UserId)> recipient;
  /// What was sealed for a rule's webhook.
  std::function<std::optional<std::string>(const Rule&)> secret;
  /// Address at which one click ends a rule.
  std::function<std::string(const Rule&)> unsubscribe;
  std::function<void(const Diagnostic&)> log;
  std::string portal;  ///< "https://mozu.example.com"
};

/// Row for a test message of a rule; asked for again within ten seconds it is the same one.
store::Notice test_notice(const Rule& rule, Timestamp now);

class Service {
 public:
  static Result<std::unique_ptr<Service>> start(House house, Settings settings);
  virtual ~Service() = default;  ///< stops: a message that is being handed over is finished
  virtual void wake() = 0;       ///< something may be new; thread-safe
};

}  // namespace mozu::notify
