#include "mozu/intel/defang.hpp"

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::intel {

std::string defanged(std::string_view value) {
  std::string out;
  // A scheme alone: hosts begin with "http" too.
  const auto scheme = value.find("://");
  if (scheme != value.npos) {
    const std::string_view name = value.substr(0, scheme);
    if (iequals(name, "http") || iequals(name, "https")) out = "hxxp", out += name.substr(4);
    else if (iequals(name, "ftp")) out = "fxp";
    else out = name;
    out += "://";
    value.remove_prefix(scheme + 3);
  }
  const auto host_end = std::min(value.find('/'), value.size());
  for (const char c : value.substr(0, host_end)) {
    if (c == '.' || c == '@') out += {'[', c, ']'};
    else out += c;
  }
  return out += value.substr(host_end);
}

}  // namespace mozu::intel
