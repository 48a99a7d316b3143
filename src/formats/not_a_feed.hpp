// Private: recognising text that holds indicators only by accident: rules, scripts, configuration, binary data.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu::formats {

/// What the head (≤ 64 KiB) is if it is surely not a feed: "YARA rules", "a Python script", "binary data" …; else nullopt.
std::optional<std::string_view> not_a_feed(std::string_view head);

/// JSON that does not say that it is about threats: no member is called as feeds call theirs ("ioc", "threat_type", "first_seen" …), no type
/// member names a kind of indicator, and it is no list of bare values. The settings of a program hold addresses too. nullopt: no JSON, or a feed.
std::optional<std::string_view> foreign_json(std::string_view head);

/// Code "not-a-feed": `what` completes "this is …".
Diagnostic not_a_feed_diagnostic(std::string_view what);

}  // namespace mozu::formats
