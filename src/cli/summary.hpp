// What a scan came to, for people and for programs.
#pragma once
#include <string>

#include "mozu/live/scan.hpp"

namespace mozu::cli {

std::string summary_text(const live::ScanResult& result, std::size_t inputs, unsigned threads, bool colour);
std::string summary_json(const live::ScanResult& result);

}  // namespace mozu::cli
