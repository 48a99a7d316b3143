// Private to the room: the files in the vault that the reports of a job are.
#pragma once
#include <fmt/core.h>

#include <array>
#include <string>
#include <string_view>

#include "mozu/attribution/jobs.hpp"

namespace mozu::attribution {

inline constexpr std::array reports_all = {Report::json, Report::weak, Report::stix, Report::html, Report::ida, Report::ghidra, Report::x64dbg};

inline std::string report_of(std::string_view id, Report form) {
  constexpr std::array<std::string_view, reports_all.size()> endings = {"report", "weak", "stix", "html", "ida", "ghidra", "x64dbg"};
  return fmt::format("{}.{}", id, endings[static_cast<std::size_t>(form)]);
}

}  // namespace mozu::attribution
