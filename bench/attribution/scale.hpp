// Track J: how an index of many genes answers.
#pragma once
#include <cstdint>
#include <string>

namespace mozu::bench {

/// Made genes of made samples, as many known as are asked for and as many clean ones; files of 58,000 genes are asked about.
void scale(const std::string& folder, std::uint64_t genes);

}  // namespace mozu::bench
