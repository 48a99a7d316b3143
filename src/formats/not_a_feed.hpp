// Private: recognising text that holds indicators only by accident: rules, scripts, configuration, binary data.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu::formats {

/// What the head (≤ 64 KiB) is if it is surely not a feed: "YARA rules", "a Python script", "binary data" …; else nullopt.
std::optional<std::string_view> not_a_feed(std::string_view head);

/// Code "not-a-feed": `what` completes "this is …".
Diagnostic not_a_feed_diagnostic(std::string_view what);

}  // namespace mozu::formats
