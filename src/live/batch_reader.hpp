// Inputs cut into batches of whole lines, with everything a batch needs to be scanned on its own.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "json_layout.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/live/read.hpp"
#include "mozu/match/event.hpp"

namespace mozu::live {

/// A run of whole lines of one input, or a piece of one line that is longer than line_bytes_max.
struct LineBatch {
  std::string_view bytes;  ///< points into `storage`
  std::string source;
  std::uint64_t sequence = 0;  ///< 0, 1, 2, … over all inputs
  std::uint64_t first_line = 1;
  std::uint64_t first_offset = 0;  ///< of bytes[0] in its line; > 0 in the further pieces of a long line
  std::uint64_t lines = 0;         ///< that begin in this batch
  match::HeaderState header;       ///< state before the batch
  std::vector<char> storage;       ///< reused from batch to batch
};

/// Not thread-safe: workers take turns under a lock.
class BatchReader {
 public:
  BatchReader(std::vector<std::string> inputs, const ReadOptions& options, DiagnosticHandler diagnostics, std::uint64_t* read_bytes);
  /// false at the end of all inputs
  bool next(LineBatch& batch);
  std::uint64_t inputs_failed() const { return inputs_failed_; }

 private:
  bool open_member();
  void report(Diagnostic d);
  std::size_t fill(LineBatch& batch);
  std::size_t read_some(std::vector<char>& storage, std::size_t size);
  void note_long_line(std::uint64_t line);
  void note_json(JsonLayout layout);
  void count(LineBatch& batch);

  std::vector<std::string> inputs_;
  ReadOptions options_;
  DiagnosticHandler diagnostics_;
  std::uint64_t* read_bytes_;
  std::size_t next_input_ = 0;
  std::uint64_t sequence_ = 0, inputs_failed_ = 0;

  std::unique_ptr<InputFile> file_;
  std::unique_ptr<ByteStream> stream_;
  bool is_text(std::string_view head);

  bool json_noted_ = false;
  bool interactive_ = false, ended_ = false, short_read_ = false;
  bool fresh_ = true;        ///< nothing of the member read yet
  std::vector<char> carry_;  ///< begun line behind the last batch
  std::uint64_t line_ = 1, offset_ = 0;
  match::HeaderState header_;
};

/// LFs in `bytes`, and whether any line that begins after an LF begins with '#'.
struct LineCount {
  std::uint64_t newlines = 0;
  bool header_lines = false;
};
LineCount count_lines(std::string_view bytes);

/// Where to cut a piece off a line that is too long: behind the last white space, quote or comma of the last 64 KiB, else
/// behind the last byte that can be part of no token; else at the end.
std::size_t piece_end(std::string_view bytes);

}  // namespace mozu::live
