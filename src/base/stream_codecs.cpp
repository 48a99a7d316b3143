// gzip, bzip2, xz and zstd, each by its own library: every byte that can be unpacked is given before a break is told.
// (libarchive's filters give whole output blocks only, and drop the last one at a break.)
#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <string>

#include "stream_source.hpp"

namespace mozu::stream_detail {
namespace {

enum class Step { more, stream_end, damaged };

/// One library's decoder of one stream. step() eats from the front of `in` and moves `out` past what it wrote.
class Codec {
 public:
  virtual ~Codec() = default;
  virtual std::string_view name() const = 0;
  /// Gets ready for a stream; false: no memory.
  virtual bool begin() = 0;
  /// Can a further stream begin with this byte?
  virtual bool begins_with(unsigned char c) const = 0;
  virtual Step step(std::string_view& in, std::span<char>& out) = 0;
  virtual std::string_view problem() const { return "the data is damaged"; }
};

/// The four fields that zlib, libbz2 and liblzma have in common.
template <class Library, class In>
class Window {
 public:
  Window(Library& z, std::string_view in, std::span<char> out) : z_(z), in_(in), out_(out) {
    constexpr std::size_t bytes_max = 1U << 30;
    z_.next_in = reinterpret_cast<In*>(const_cast<char*>(in.data()));
    z_.avail_in = static_cast<decltype(z_.avail_in)>(given_in_ = std::min(in.size(), bytes_max));
    z_.next_out = reinterpret_cast<decltype(z_.next_out)>(out.data());
    z_.avail_out = static_cast<decltype(z_.avail_out)>(given_out_ = std::min(out.size(), bytes_max));
  }
  void close(std::string_view& in, std::span<char>& out) const {
    in = in_.substr(given_in_ - z_.avail_in);
    out = out_.subspan(given_out_ - z_.avail_out);
  }

 private:
  Library& z_;
  std::string_view in_;
  std::span<char> out_;
  std::size_t given_in_ = 0, given_out_ = 0;
};

class Gzip final : public Codec {
 public:
  Gzip() = default;
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override {
    if (ready_) inflateEnd(&z_);
  }
  std::string_view name() const override { return "gzip"; }
  bool begin() override {
    if (ready_) return inflateReset(&z_) == Z_OK;
    return ready_ = inflateInit2(&z_, 15 + 16) == Z_OK;
  }
  bool begins_with(unsigned char c) const override { return c == 0x1f; }
  Step step(std::string_view& in, std::span<char>& out) override {
    const Window<z_stream, Bytef> window(z_, in, out);
    const int r = inflate(&z_, Z_NO_FLUSH);
    window.close(in, out);
    return r == Z_STREAM_END ? Step::stream_end : r == Z_OK || r == Z_BUF_ERROR ? Step::more : Step::damaged;
  }
  std::string_view problem() const override { return z_.msg != nullptr ? z_.msg : Codec::problem(); }

 private:
  z_stream z_{};
  bool ready_ = false;
};

class Bzip2 final : public Codec {
 public:
  Bzip2() = default;
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;
  ~Bzip2() override { end(); }
  std::string_view name() const override { return "bzip2"; }
  bool begin() override {
    end();
    z_ = {};
    return ready_ = BZ2_bzDecompressInit(&z_, 0, 0) == BZ_OK;
  }
  bool begins_with(unsigned char c) const override { return c == 'B'; }
  Step step(std::string_view& in, std::span<char>& out) override {
    const Window<bz_stream, char> window(z_, in, out);
    const int r = BZ2_bzDecompress(&z_);
    window.close(in, out);
    return r == BZ_STREAM_END ? Step::stream_end : r == BZ_OK ? Step::more : Step::damaged;
  }

 private:
  void end() {
    if (ready_) BZ2_bzDecompressEnd(&z_);
    ready_ = false;
  }
  bz_stream z_{};
  bool ready_ = false;
};

class Xz final : public Codec {
 public:
  Xz() = default;
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;
  ~Xz() override { lzma_end(&z_); }
  std::string_view name() const override { return "xz"; }
  bool begin() override {
    constexpr std::uint64_t memory_bytes_max = 160ULL << 20;  // a window of 128 MiB, as for zstd; xz -9 takes 64
    return lzma_stream_decoder(&z_, memory_bytes_max, 0) == LZMA_OK;
  }
  bool begins_with(unsigned char c) const override { return c == 0xfd; }
  Step step(std::string_view& in, std::span<char>& out) override {
    const Window<lzma_stream, std::uint8_t> window(z_, in, out);
    const lzma_ret r = lzma_code(&z_, LZMA_RUN);
    window.close(in, out);
    too_much_memory_ = r == LZMA_MEMLIMIT_ERROR || r == LZMA_MEM_ERROR;
    return r == LZMA_STREAM_END ? Step::stream_end : r == LZMA_OK || r == LZMA_BUF_ERROR ? Step::more : Step::damaged;
  }
  std::string_view problem() const override { return too_much_memory_ ? window_too_large : Codec::problem(); }

 private:
  lzma_stream z_ = LZMA_STREAM_INIT;
  bool too_much_memory_ = false;
};

class Zstd final : public Codec {
 public:
  Zstd() = default;
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
  ~Zstd() override { ZSTD_freeDStream(z_); }
  std::string_view name() const override { return "zstd"; }
  bool begin() override {
    if (z_ == nullptr) z_ = ZSTD_createDStream();
    wanted_ = 1;
    full_ = false;
    return z_ != nullptr && ZSTD_isError(ZSTD_initDStream(z_)) == 0;
  }
  bool begins_with(unsigned char c) const override { return c == 0x28 || (c & 0xF0) == 0x50; }

  /// A call that fails tells nothing of what it wrote, so none gets more than one block to decode, or the bytes of one
  /// header, and none gets any while output of an earlier one may be waiting.
  Step step(std::string_view& in, std::span<char>& out) override {
    constexpr std::size_t header_bytes = 3;  // of the next block; the library asks for a block with the header behind it
    const std::size_t size = full_ ? 0 : std::min(in.size(), wanted_ > header_bytes ? wanted_ - header_bytes : wanted_);
    ZSTD_inBuffer from{in.data(), size, 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t r = ZSTD_decompressStream(z_, &to, &from);
    if (ZSTD_isError(r) != 0) {
      too_much_memory_ = ZSTD_getErrorCode(r) == ZSTD_error_frameParameter_windowTooLarge;
      return Step::damaged;
    }
    in.remove_prefix(from.pos);
    out = out.subspan(to.pos);
    full_ = out.empty();
    wanted_ = r;
    return r == 0 ? Step::stream_end : Step::more;
  }
  std::string_view problem() const override { return too_much_memory_ ? window_too_large : Codec::problem(); }

 private:
  ZSTD_DStream* z_ = nullptr;
  std::size_t wanted_ = 1;
  bool full_ = false, too_much_memory_ = false;
};

/// Streams behind one another (as `cat a.gz b.gz` makes them) are one text; zero padding between and behind them is passed over.
class CodecStream final : public CheckedStream {
 public:
  CodecStream(std::unique_ptr<Codec> codec, Source& source, std::string name, std::shared_ptr<Budget> budget)
      : CheckedStream(std::move(name), std::move(budget)),
        codec_(std::move(codec)),
        source_(source) {}

 private:
  std::size_t produce(std::span<char> out) override {
    std::span<char> rest = out;
    if (!begun_) begin();
    while (!rest.empty() && !failed() && !ended_) advance(rest, out.size());
    return out.size() - rest.size();
  }

  void advance(std::span<char>& rest, std::size_t out_bytes) {
    const std::uint64_t so_far = given_bytes() + (out_bytes - rest.size());
    if (in_.empty() && !source_ended_) return refill();
    if (between_) return next_stream(so_far);
    const std::size_t rest_before = rest.size(), in_before = in_.size();
    switch (codec_->step(in_, rest)) {
      case Step::stream_end: between_ = true; return;
      case Step::damaged: set_error(corrupt(stream_name(), codec_->problem(), given_bytes() + (out_bytes - rest.size()))); return;
      case Step::more: break;
    }
    if (source_ended_ && rest.size() == rest_before && in_.size() == in_before) set_error(corrupt(stream_name(), "the file is cut off", so_far));
  }

  void begin() {
    begun_ = true;
    if (!codec_->begin()) set_error({Severity::error, "out-of-memory", "no memory to unpack the input", {stream_name(), 0, {}}, {}});
  }

  void next_stream(std::uint64_t so_far) {
    in_.remove_prefix(std::min(in_.find_first_not_of('\0'), in_.size()));
    if (in_.empty()) {
      ended_ = source_ended_;
      return;
    }
    if (!codec_->begins_with(static_cast<unsigned char>(in_.front()))) {
      const std::string format(codec_->name());
      return set_error(corrupt(stream_name(), "bytes that are not " + format + " follow the " + format + " data", so_far));
    }
    between_ = false;
    begin();
  }

  void refill() {
    auto chunk = source_.chunk();
    if (!chunk) return set_error(std::move(chunk).error());
    in_ = *chunk;
    source_ended_ = in_.empty();
  }

  std::unique_ptr<Codec> codec_;
  Source& source_;
  std::string_view in_;
  bool begun_ = false, between_ = false, source_ended_ = false, ended_ = false;
};

std::unique_ptr<Codec> codec_of(Packing packing) {
  switch (packing) {
    case Packing::gzip: return std::make_unique<Gzip>();
    case Packing::bzip2: return std::make_unique<Bzip2>();
    case Packing::xz: return std::make_unique<Xz>();
    default: return std::make_unique<Zstd>();
  }
}

}  // namespace

std::unique_ptr<ByteStream> codec_stream(Source& source, Packing packing, std::string name, std::shared_ptr<Budget> budget) {
  return std::make_unique<CodecStream>(codec_of(packing), source, std::move(name), std::move(budget));
}

}  // namespace mozu::stream_detail
