// What a scan came to, for people and for programs.
#pragma once
#include <string>

#include "mozu/live/scan.hpp"

namespace mozu::cli {

using Counts = std::map<std::string, std::uint64_t, std::less<>>;
/// The most frequent reasons under a heading, a row each; empty without any.
std::string suppressed_text(const Counts& by_reason, bool colour, std::size_t columns_max);
std::string summary_text(const live::ScanResult& result, std::size_t inputs, unsigned threads, bool colour, std::size_t columns_max);
std::string summary_json(const live::ScanResult& result);

}  // namespace mozu::cli
