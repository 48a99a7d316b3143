// Private: does JSON stand as one event a line? Only then a line tells its time, ends and fields.
#pragma once
#include <string_view>

namespace mozu::live {

enum class JsonLayout {
  line_by_line,  ///< or no JSON, or it cannot be told from the head
  spread,        ///< one value goes over several lines
  several,       ///< one line holds an array of several objects
};

/// Judged by the first line of the input, as far as `head` has it.
JsonLayout json_layout(std::string_view head);

}  // namespace mozu::live
