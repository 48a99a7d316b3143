// Private to the room: genes as the cell answers them. The reader trusts nothing.
#pragma once
#include <string>
#include <string_view>

#include "mozu/files/genome.hpp"

namespace mozu::files {

/// "G", architecture, cut, code bytes, instructions, functions, count; then keys, offsets, lengths, functions, each as one run.
std::string encode(const FileGenome& genome);
/// Architecture and genes of it. Errors: what the cell reports, "cell-answer" for what is no genome of a file of so many bytes.
Result<FileGenome> decode_genome(std::string_view answer, std::uint64_t file_bytes);

inline constexpr std::uint64_t genome_head_bytes = 1 + 1 + 1 + 8 + 8 + 4 + 8, genome_bytes_each = 20;

}  // namespace mozu::files
