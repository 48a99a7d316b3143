// The form in which a finding's value is kept, whoever says it: observables as the matcher knows them, CVE and ATT&CK ids as their catalogues write them.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/reports/extract.hpp"

namespace mozu::reports {

inline constexpr std::size_t value_bytes_max = 65'536;

/// Other types have any text of 1 to value_bytes_max bytes, without blanks around it. Error "field-invalid": it is not what its type says, with the reason.
Result<std::string> canonical_value(FindingType type, std::string_view text);

}  // namespace mozu::reports
