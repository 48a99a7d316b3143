// Private to the room: objects as the cell answers them, one record after another as they are found. The reader trusts nothing.
#pragma once
#include <string>
#include <string_view>

#include "mozu/files/objects.hpp"

namespace mozu::files {

inline constexpr std::size_t yara_hits_max = 100, yara_tags_max = 20, yara_strings_max = 10, yara_text_bytes_max = 300;
inline constexpr std::size_t place_lines_max = 64, place_line_bytes_max = 200;
inline constexpr std::uint64_t place_slack = 16;  // an index keeps places to 16 bytes

/// A record: tag, length of 8 bytes, payload. 'O' an object without notes and genome, 'N' index and a diagnostic, 'G' index and a genome (wire_genome.hpp),
/// 'P' index and a place, 'Y' index and a YARA rule that fits, 'Z' the end.
std::string encode_object(const FileObject& object);
std::string encode_object_note(std::uint32_t index, const Diagnostic& note);
std::string encode_object_genome(std::uint32_t index, gene::Architecture architecture, const gene::Genome& genome);
std::string encode_object_place(std::uint32_t index, const Place& place);
std::string encode_object_yara(std::uint32_t index, const YaraHit& hit);
std::string encode_objects_end();

/// What the records say; a record that is cut off is where the cell ended, and all before it counts if `complete` is false. Errors: "cell-answer".
Result<OpenedFile> decode_objects(std::string_view answer, const OpenOptions& options, std::uint64_t file_bytes, bool complete);

/// What the cell is told: limits, passwords, places.
std::string encode_options(const OpenOptions& options);
/// False: they are none.
bool read_options(std::string_view encoded, OpenOptions& options);

}  // namespace mozu::files
