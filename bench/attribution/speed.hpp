// How fast genes are taken, beside other decoders.
#pragma once
#include <span>

#include "corpus.hpp"

namespace mozu::bench {

void speed(std::span<const File> files);  ///< prints a table: the first 40 MB of x86-64 code, one thread, seconds of processor

}  // namespace mozu::bench
