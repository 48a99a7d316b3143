// Pieces of STIX 2.1 objects, for rooms that write objects of their own.
#pragma once
#include <string>
#include <string_view>

#include "mozu/base/time.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::formats {

/// "2026-11-01T10:00:00.000Z": always with milliseconds, so that equal times are equal texts.
std::string stix_time(Timestamp t);

/// STIX pattern that says what an indicator of the matcher says.
std::string stix_pattern_of(const intel::Pattern& p);

/// The extension that custom properties ("x_mozu_…") and types ("x-mozu-…") made here belong to, and the objects that define it.
inline constexpr std::string_view extension_id = "extension-definition--a6f04c6c-0e9c-40a5-a315-8772ba8b7e50";
std::string_view extension_definition();
std::string_view extension_author();

}  // namespace mozu::formats
