// How much of an index there is and how fast it answers.
#pragma once
#include <span>

#include "corpus.hpp"

namespace mozu::bench {

/// Bytes a gene, keys asked a second, seconds a verdict; of each of the files as if the index had never seen it.
void lookup(std::span<const File> all, const gene::Index& index);

}  // namespace mozu::bench
