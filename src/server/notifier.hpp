// Private to the room: what the routes of notifications and the notifier share.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "mozu/notify/rule.hpp"
#include "mozu/server/routes.hpp"

namespace mozu::server {

inline constexpr std::string_view unsubscribe_path = "/api/v1/notifications/unsubscribe";

std::string portal_url(const Services& services);  ///< without a '/' at the end
std::string sealed_webhook_secret(const Identities& identities, const notify::Rule& rule, std::string_view secret);
std::optional<std::string> webhook_secret(const Identities& identities, const notify::Rule& rule);
std::string unsubscribe_url(const Services& services, const notify::Rule& rule);
/// Id of the rule; nullopt: the token is none of ours.
std::optional<std::string> unsubscribed_rule(const Identities& identities, std::string_view token);

}  // namespace mozu::server
