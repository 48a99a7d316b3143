// Bytes from outside as a stream: plain, .gz, .zst, .xz, .bz2 or members of a zip or tar, told apart by content, in bounded memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// Fills up to out.size() bytes; 0 = end. After an error or the end every further call returns the same.
  /// Damaged data: what can be read is given first, then the error ("stream-corrupt", "stream-window", "stream-bomb",
  /// "stream-too-large", "file-read").
  virtual Result<std::size_t> read(std::span<char> out) = 0;
};

struct StreamLimits {
  std::uint64_t unpacked_bytes_max = 1ULL << 40;  ///< per packed input, all members together; a plain one has no limit
  double ratio_max = 5000;                        ///< unpacked ÷ packed, judged past 64 MiB unpacked (a bomb guard; zeros in zstd reach ~30,000)
  std::uint32_t members_max = 100'000;            ///< files in an archive
};

/// One input that may hold several members (a zip or tar, a tar also compressed); any other file has one.
class InputFile {
 public:
  virtual ~InputFile() = default;
  /// Next member or nullptr at the end. The stream is valid until the next call. Directories are passed over.
  /// An error is about one member ("archive-encrypted") or about the rest of the archive; after it, call again:
  /// that goes on with the next member, or gives nullptr when there is nothing more to go on with.
  virtual Result<std::unique_ptr<ByteStream>> next() = 0;
  /// "a.log.gz", "a.zip!member" or "a.tar.gz!member"
  virtual const std::string& name() const = 0;
};

/// path "-" is standard input, named "(stdin)". A compressed file inside an archive is unpacked too; an archive inside an archive is not.
/// Bytes read from the file (packed) are counted up atomically in *consumed_bytes if given: another thread may look by std::atomic_ref.
Result<std::unique_ptr<InputFile>> open_input(const std::string& path, const StreamLimits& limits = {}, std::uint64_t* consumed_bytes = nullptr);
/// The same over bytes in memory, for tests and fuzzing.
std::unique_ptr<InputFile> open_input_memory(std::string name, std::string_view bytes, const StreamLimits& limits = {});
/// What gzip, bzip2, xz or zstd packed, alone: a tar in it is not opened. Other bytes come as they are.
std::unique_ptr<ByteStream> unpack_memory(std::string name, std::string_view bytes, const StreamLimits& limits = {});
/// Everything of a stream; error "input-too-large" past bytes_max.
Result<std::string> read_all(ByteStream& in, std::uint64_t bytes_max);

/// Lines of a stream in bounded memory; LF ends a line, one CR before it is dropped, a UTF-16 BOM (LE/BE) makes the
/// stream be decoded to UTF-8, a UTF-8 BOM is dropped. A line longer than line_bytes_max is given cut, `cut` set, its rest skipped.
class LineReader {
 public:
  LineReader(ByteStream& in, std::size_t line_bytes_max = 1 << 20);
  ~LineReader();
  struct Line {
    std::string_view text;
    std::uint64_t number = 0;
    bool cut = false;
  };
  /// false at the end
  Result<bool> next(Line& line);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Wraps a stream so that UTF-16 with BOM becomes UTF-8 (invalid units → U+FFFD) and a UTF-8 BOM is dropped; else passes through.
std::unique_ptr<ByteStream> decode_bom(std::unique_ptr<ByteStream> in);

}  // namespace mozu
