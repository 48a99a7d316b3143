// xz by liblzma itself: libarchive drops up to 64 KB before a break.
#include <lzma.h>

#include <algorithm>

#include "stream_source.hpp"

namespace mozu::stream_detail {
namespace {

/// Dictionaries of xz -9 take 64 MiB; a header may ask for 4 GiB.
constexpr std::uint64_t memory_bytes_max = std::uint64_t{256} << 20;

class XzStream final : public CheckedStream {
 public:
  XzStream(Source& source, std::string name, std::shared_ptr<Budget> budget) : CheckedStream(std::move(name), std::move(budget)), source_(source) {
    ready_ = lzma_stream_decoder(&z_, memory_bytes_max, LZMA_CONCATENATED) == LZMA_OK;
  }
  XzStream(const XzStream&) = delete;
  XzStream& operator=(const XzStream&) = delete;
  ~XzStream() override { lzma_end(&z_); }

 private:
  std::size_t produce(std::span<char> out) override {
    if (!ready_) {
      set_error({Severity::error, "out-of-memory", "no memory to unpack the input", {stream_name(), 0, {}}, {}});
      return 0;
    }
    z_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    z_.avail_out = out.size();
    wanted_ = out.size();
    while (z_.avail_out != 0 && !done_ && step()) {
    }
    return wanted_ - z_.avail_out;
  }

  /// Decodes once; false when nothing more will come.
  bool step() {
    if (z_.avail_in == 0 && !input_ended_ && !refill()) return false;
    const lzma_ret r = lzma_code(&z_, input_ended_ ? LZMA_FINISH : LZMA_RUN);
    if (r == LZMA_OK) return true;
    done_ = true;
    if (r != LZMA_STREAM_END) set_error(error_of(r));
    return false;
  }

  bool refill() {
    auto chunk = source_.chunk();
    if (!chunk) {
      set_error(std::move(chunk).error());
      return false;
    }
    input_ended_ = chunk->empty();
    z_.next_in = reinterpret_cast<const std::uint8_t*>(chunk->data());
    z_.avail_in = chunk->size();
    return true;
  }

  Diagnostic error_of(lzma_ret r) const {
    const std::uint64_t so_far = given_bytes() + (wanted_ - z_.avail_out);
    switch (r) {
      case LZMA_BUF_ERROR: return corrupt(stream_name(), "the file is cut off", so_far);
      case LZMA_FORMAT_ERROR:
        return corrupt(stream_name(), so_far == 0 ? "the xz header is damaged" : "bytes that are not xz follow the xz data", so_far);
      case LZMA_MEM_ERROR:
      case LZMA_MEMLIMIT_ERROR:
        return {Severity::error, "stream-memory", "the xz data wants more than 256 MiB of memory to unpack", {stream_name(), 0, {}}, "pack it again with xz -9 or less"};
      default: return corrupt(stream_name(), "the xz data is damaged", so_far);
    }
  }

  Source& source_;
  lzma_stream z_ = LZMA_STREAM_INIT;
  std::size_t wanted_ = 0;
  bool ready_ = false, done_ = false, input_ended_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> unpack_xz(Source& source, std::string name, std::shared_ptr<Budget> budget) {
  return std::make_unique<XzStream>(source, std::move(name), std::move(budget));
}

}  // namespace mozu::stream_detail
