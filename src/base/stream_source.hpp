// Packed bytes as they come from a file, a pipe or memory, and the decoders over them. Private to stream*.cpp.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mozu/base/stream.hpp"

namespace mozu::stream_detail {

/// What one input has taken in and given out; all members of an archive share it.
struct Budget {
  StreamLimits limits;
  std::uint64_t packed_bytes = 0, unpacked_bytes = 0;
};

/// A source hands out chunks of its own buffer, so that decoders need not copy.
class Source {
 public:
  virtual ~Source() = default;
  /// Next bytes, empty at the end; valid until the next call.
  virtual Result<std::string_view> chunk() = 0;
  /// Reads past the chunks straight into `out`, for plain files.
  virtual Result<std::size_t> read(std::span<char> out) = 0;
  /// Shows the first bytes (at least 10 unless the input is shorter or its first byte begins no magic number) without taking them.
  virtual Result<std::string_view> peek() = 0;
  /// To an absolute place; -1 if the source cannot.
  virtual std::int64_t seek(std::int64_t offset) = 0;
  /// -1 if unknown (a pipe)
  virtual std::int64_t size() const = 0;
  virtual std::int64_t position() const = 0;
};

/// `consumed` may be null; it is counted up atomically, so another thread may look at it (std::atomic_ref).
std::unique_ptr<Source> file_source(int fd, bool owned, std::string name, std::shared_ptr<Budget> budget, std::uint64_t* consumed);
std::unique_ptr<Source> memory_source(std::string_view bytes, std::shared_ptr<Budget> budget);

enum class Packing { none, gzip, bzip2, xz, zstd, zip, tar };
constexpr bool is_archive(Packing packing) { return packing == Packing::zip || packing == Packing::tar; }
Packing sniff(std::string_view first_bytes);
bool is_tar(std::string_view first_bytes);
inline constexpr std::size_t magic_bytes_max = 10;  ///< of all but tar
inline constexpr std::size_t tar_head_bytes = 512;  ///< a tar is recognised by its whole first header only

/// One stream over `source` unpacked; the source must outlive it. `packing` is no archive.
std::unique_ptr<ByteStream> unpack(Source& source, Packing packing, std::string name, std::shared_ptr<Budget> budget);
/// The same for what is packed; all of it that can be unpacked is given before an error.
std::unique_ptr<ByteStream> codec_stream(Source& source, Packing packing, std::string name, std::shared_ptr<Budget> budget);
std::unique_ptr<InputFile> open_archive(std::unique_ptr<Source> source, Packing packing, std::string name, std::shared_ptr<Budget> budget);
/// A compressed file; a tar in it is opened.
std::unique_ptr<InputFile> open_packed(std::unique_ptr<Source> source, Packing packing, std::string name, std::shared_ptr<Budget> budget);

/// Counts unpacked bytes; a diagnostic when a limit is passed.
std::optional<Diagnostic> charge(Budget& budget, std::size_t bytes, const std::string& name);
/// `what` for a decoder that would need too large a window; corrupt() makes "stream-window" of it.
inline constexpr std::string_view window_too_large = "too much memory";
Diagnostic corrupt(const std::string& name, std::string_view what, std::uint64_t unpacked_bytes);

/// A stream whose error is kept: bytes read before it are given first, then the error at every call.
class CheckedStream : public ByteStream {
 public:
  CheckedStream(std::string name, std::shared_ptr<Budget> budget) : name_(std::move(name)), budget_(std::move(budget)) {}
  Result<std::size_t> read(std::span<char> out) final;

 protected:
  /// Fills part of `out`; 0 with no error set = end. May call set_error() and still return bytes.
  virtual std::size_t produce(std::span<char> out) = 0;
  void set_error(Diagnostic d) {
    if (!error_) error_ = std::move(d);
  }
  bool failed() const { return error_.has_value(); }
  const std::string& stream_name() const { return name_; }
  std::uint64_t given_bytes() const { return given_bytes_; }
  Budget& budget() { return *budget_; }

 private:
  std::string name_;
  std::shared_ptr<Budget> budget_;
  std::optional<Diagnostic> error_;
  std::uint64_t given_bytes_ = 0;
  bool ended_ = false;
};

}  // namespace mozu::stream_detail
