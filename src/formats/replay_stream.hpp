// Private to the room: a stream whose head can be looked at before it is read; counts bytes.
#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "mozu/base/stream.hpp"
#include "mozu/formats/feed.hpp"

namespace mozu::formats {

inline constexpr std::size_t head_bytes_max = 64 * 1024;

class ReplayStream final : public ByteStream {
 public:
  ReplayStream(ByteStream& rest, std::uint64_t& bytes) : rest_(rest), bytes_(bytes) {}

  Status fill_head() {
    head_.resize(head_bytes_max);
    std::size_t n = 0;
    while (n < head_.size()) {
      auto got = rest_.read(std::span(head_).subspan(n));
      // What came before an error is still worth reading; the reader meets the error when it gets there.
      if (!got) {
        if (n == 0) return fail(std::move(got).error());
        break;
      }
      if (*got == 0) break;
      n += *got;
    }
    head_.resize(n);
    return {};
  }

  std::string_view head() const { return head_; }

  Result<std::size_t> read(std::span<char> out) override {
    if (given_ < head_.size()) {
      const std::size_t n = std::min(out.size(), head_.size() - given_);
      std::copy_n(head_.data() + given_, n, out.data());
      given_ += n;
      bytes_ += n;
      return n;
    }
    auto n = rest_.read(out);
    if (n) bytes_ += *n;
    return n;
  }

 private:
  ByteStream& rest_;
  std::uint64_t& bytes_;
  std::string head_;
  std::size_t given_ = 0;
};

/// InputFile owns the member stream, decode_bom() wants to own what it wraps.
class BorrowedStream final : public ByteStream {
 public:
  explicit BorrowedStream(ByteStream& s) : s_(s) {}
  Result<std::size_t> read(std::span<char> out) override { return s_.read(out); }

 private:
  ByteStream& s_;
};

/// Reads one member of an input as a feed, whatever stands around it (feed.cpp).
Status read_feed_member(ByteStream& raw, const std::string& name, const FeedSettings& settings, Timestamp default_time, const IndicatorSink& sink,
                        Diagnostics& diagnostics, FeedStatistics& statistics);

}  // namespace mozu::formats
