// Is a file knowledge as it stands, or a text that somebody is to read?
#pragma once
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu::formats {

/// The format of a file that is to be imported rather than read as a report: STIX, MISP, tables, lists …; of what may as well be prose with values or rules in it: empty. The name counts for
/// rules alone, which reports print, too. Errors: those of opening it.
Result<std::string> certain_format(const std::string& path, std::string_view name);

}  // namespace mozu::formats
