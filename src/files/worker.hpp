// Starting the cell, watching it, and telling how it ended.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/files/document.hpp"

namespace mozu::files {

/// The answer as it came; one longer than answer_max is empty. Errors: what ended the cell.
Result<std::string> ask_cell(std::string_view kind, std::string_view bytes, const CellLimits& limits, std::uint64_t answer_max);

/// What the cell opens: bytes, which it gets as a sealed copy, or an open file, which it maps as it is: nothing keeps others from writing to that.
struct CellInput {
  std::string_view bytes;
  int file = -1;             ///< a descriptor; below zero: `bytes`
  std::string_view options;  ///< what else the cell is told; empty: nothing
  std::string unpacker;      ///< the program that runs packed programs, started if the cell asks; empty: none
};

/// The same; what was answered until the cell ended before its work was done is given, and `early` says why it ended.
Result<std::string> ask_cell_partly(std::string_view kind, const CellInput& input, const CellLimits& limits, std::uint64_t answer_max,
                                    std::optional<Diagnostic>& early);

/// Where mozu-unpacker is: as `limits` say, else $MOZU_UNPACKER, else beside this program or in ../libexec/mozu. Empty: nowhere.
std::string find_unpacker(const CellLimits& limits);

/// `kind` as identify() gives it. Errors: those of read_document that begin with "cell-" and those that the cell answers.
Result<DocumentText> read_in_cell(std::string_view kind, std::string_view bytes, const CellLimits& limits);

/// What the cell finds open, and what its exit codes mean. Input is read from the first, the answer goes to the second; the third is there if there are options.
/// To the next it writes packed programs, from the last it reads what was unpacked, if there is an unpacker; that has the other ends.
inline constexpr int cell_input_fd = 3, cell_answer_fd = 4, cell_options_fd = 5, cell_ask_fd = 6, cell_reply_fd = 7;
inline constexpr int unpacker_in_fd = 3, unpacker_out_fd = 4;
inline constexpr int cell_exit_memory = 70, cell_exit_start = 71;

}  // namespace mozu::files
