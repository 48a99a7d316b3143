// Private: lines of a stream as views into one reused buffer, without an allocation or a Result per line.
#pragma once
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include "mozu/base/stream.hpp"
#include "reader.hpp"

namespace mozu::formats {

/// LF ends a line; one CR before it is dropped. A line longer than
/// line_bytes_max is given cut with `cut` set and its rest skipped; or, in pieces, cut behind the last byte that parts words
/// and gone on with, all pieces under the line's number (`cut` is set, and the rest skipped, only where no byte parts). Memory: 256 KiB, growing to line_bytes_max only if needed.
/// After each line at least `slack_bytes` bytes may be read (their content means nothing), so that it can be looked at in blocks.
class Lines {
 public:
  static constexpr std::size_t slack_bytes = 64;

  explicit Lines(ByteStream& in, std::size_t line_bytes_max = std::size_t{1} << 20, bool in_pieces = false)
      : in_(in),
        line_bytes_max_(line_bytes_max),
        in_pieces_(in_pieces) {
    buffer_.resize(block_bytes + slack_bytes);
  }

  /// false at the end or on an error (see status()).
  bool next(std::string_view& line) {
    for (;;) {
      const char* from = buffer_.data() + scanned_;
      if (const void* lf = std::memchr(from, '\n', end_ - scanned_); lf != nullptr) {
        const auto stop = static_cast<std::size_t>(static_cast<const char*>(lf) - buffer_.data());
        const std::size_t start = begin_;
        begin_ = scanned_ = stop + 1;
        if (skipping_) {
          skipping_ = inside_ = false;
          continue;
        }
        give(line, start, stop);
        inside_ = false;
        return true;
      }
      scanned_ = end_;
      if (finished_) return last(line);
      if (!skipping_ && end_ - begin_ >= line_bytes_max_) {
        if (in_pieces_ && piece(line)) return true;
        give(line, begin_, begin_ + line_bytes_max_);
        cut_ = skipping_ = true;
        begin_ = scanned_ = end_;
        return true;
      }
      refill();
    }
  }

  std::uint64_t number() const { return number_; }  ///< of the line given last, 1-based
  bool cut() const { return cut_; }
  const Status& status() const { return status_; }  ///< why it ended

 private:
  static constexpr std::size_t block_bytes = 256 * 1024;

  void give(std::string_view& line, std::size_t start, std::size_t stop) {
    number_ += !inside_;
    cut_ = false;
    if (stop > start && buffer_[stop - 1] == '\r') --stop;
    line = std::string_view(buffer_.data() + start, stop - start);
  }

  /// The part of a long line up to the last byte that parts words; false: there is none.
  bool piece(std::string_view& line) {
    const auto at = std::string_view(buffer_).substr(begin_, line_bytes_max_).find_last_of(" \t,;|\"'<>()");
    if (at == std::string_view::npos) return false;
    const std::size_t start = begin_;
    begin_ += at + 1;
    give(line, start, begin_);
    inside_ = true;
    return true;
  }

  bool last(std::string_view& line) {
    if (begin_ == end_ || skipping_) return false;
    const std::size_t start = begin_;
    begin_ = end_;
    give(line, start, end_);
    return true;
  }

  void refill() {
    if (skipping_) begin_ = end_;
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      scanned_ -= begin_;
      begin_ = 0;
    }
    if (end_ == buffer_.size() - slack_bytes) buffer_.resize(std::min(buffer_.size() * 2, line_bytes_max_ + block_bytes) + slack_bytes);
    auto n = in_.read(std::span(buffer_).subspan(end_, buffer_.size() - slack_bytes - end_));
    if (!n) {
      status_ = std::unexpected(std::move(n).error());
      finished_ = true;
    } else if (*n == 0) {
      finished_ = true;
    } else {
      end_ += *n;
    }
  }

  ByteStream& in_;
  std::size_t line_bytes_max_;
  std::string buffer_;
  std::size_t begin_ = 0, scanned_ = 0, end_ = 0;  // line start; already searched for LF; bytes held
  std::uint64_t number_ = 0;
  bool in_pieces_ = false, inside_ = false;  // inside a line of which pieces were given
  bool finished_ = false, skipping_ = false, cut_ = false;
  Status status_;
};

/// For lines past the bound of Lines.
inline Diagnostic line_too_long(std::uint64_t line) {
  return Diagnostic{Severity::warning,
                    "line-too-long",
                    "the line is longer than 1 MiB and was passed over",
                    {{}, line, {}},
                    "one record a line is expected; check that the file has line ends"};
}

/// Gives each line as `read(line, number)`; of what is too long a refusal.
template <class Read>
Status each_line(Lines& lines, Emitter& out, Read read) {
  std::string_view line;
  while (lines.next(line)) {
    if (lines.cut()) [[unlikely]]
      out.refuse(line_too_long(lines.number()));
    else read(line, lines.number());
  }
  return lines.status();
}

}  // namespace mozu::formats
