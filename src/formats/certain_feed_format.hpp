// Private to the room: feed.cpp for knowledge.cpp.
#pragma once
#include <string>
#include <string_view>

namespace mozu::formats {

/// The feed reader for a file that begins so; empty: none is sure that it is a list or table rather than prose.
std::string certain_feed_format(std::string_view head, const std::string& name);

}  // namespace mozu::formats
