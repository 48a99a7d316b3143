// What the operator says about notifications: a TOML file. docs/notifications.md shows one.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/notify/message.hpp"
#include "mozu/notify/transport.hpp"

namespace mozu::notify {

inline constexpr std::size_t settings_bytes_max = 64 << 10;

struct Settings {
  intel::Tlp tlp_max = intel::Tlp::green;  ///< see Letterhead; at most AMBER+STRICT
  MailServer mail;                         ///< without a host: no mail
  Mailbox from;
  unsigned mail_connections = 4;  ///< at once
  bool webhooks = false;
  Networks webhook_allowed;
  std::string webhook_authority;
  unsigned webhook_connections = 8;
  Patience patience;
  std::int64_t retry_first_ms = 60'000;  ///< grows threefold each time, up to retry_longest_ms
  std::int64_t retry_longest_ms = std::int64_t{6} * 3'600'000;
  std::int64_t retry_until_ms = std::int64_t{48} * 3'600'000;  ///< since it was due the first time; then it has failed
};

/// Error "notify-settings" with file and line. Files that it names (password_file, authority) are beside it; the password is read.
Result<Settings> read_settings(const std::string& path);

}  // namespace mozu::notify
