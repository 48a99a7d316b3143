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

/// A person says what the finding is: its value, and for sure. The id and the name that were found with another value go. Errors: as canonical_value().
Status say_value(Finding& f, std::string_view value);

}  // namespace mozu::reports
