// Text over byte streams: byte order marks, lines, whole contents.
#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"

namespace mozu {
namespace {

/// UTF-16 code units in any pieces → UTF-8.
class Utf16Decoder {
 public:
  explicit Utf16Decoder(bool big_endian) : big_endian_(big_endian) {}

  void decode(std::string_view bytes, std::string& out) {
    for (const char c : bytes) {
      if (!half_) {
        half_ = static_cast<unsigned char>(c);
        continue;
      }
      const auto first = static_cast<char16_t>(*half_);
      const auto second = static_cast<char16_t>(static_cast<unsigned char>(c));
      half_.reset();
      unit(static_cast<char16_t>(big_endian_ ? (first << 8) | second : (second << 8) | first), out);
    }
  }
  void finish(std::string& out) {
    if (high_ != 0 || half_) append_utf8(out, U'\uFFFD');
    high_ = 0;
    half_.reset();
  }

 private:
  void unit(char16_t u, std::string& out) {
    const bool low = u >= 0xDC00 && u <= 0xDFFF;
    if (high_ != 0) {
      const char16_t high = std::exchange(high_, char16_t{0});
      if (low) {
        append_utf8(out, 0x10000 + ((static_cast<char32_t>(high) - 0xD800) << 10) + (static_cast<char32_t>(u) - 0xDC00));
        return;
      }
      append_utf8(out, U'\uFFFD');
    }
    if (u >= 0xD800 && u <= 0xDBFF) {
      high_ = u;
    } else {
      append_utf8(out, low ? U'\uFFFD' : static_cast<char32_t>(u));
    }
  }

  bool big_endian_;
  std::optional<unsigned char> half_;
  char16_t high_ = 0;
};

class BomStream final : public ByteStream {
 public:
  explicit BomStream(ByteStream& in) : in_(in) {}
  explicit BomStream(std::unique_ptr<ByteStream> in) : owned_(std::move(in)), in_(*owned_) {}

  Result<std::size_t> read(std::span<char> out) override {
    if (out.empty()) return 0;
    if (!looked_) look();
    if (!utf16_ && pending_.empty()) return in_.read(out);
    while (pending_.empty()) {
      MOZU_TRY(decode_more());
      if (ended_ && pending_.empty()) return 0;
    }
    const std::size_t n = pending_.copy(out.data(), out.size());
    pending_.remove_prefix(n);
    return n;
  }

 private:
  void look() {
    looked_ = true;
    std::size_t n = 0;
    while (n < 3) {
      // An error or the end comes again with the next read.
      const auto got = in_.read(std::span(first_).subspan(n, 3 - n));
      if (!got || *got == 0) break;
      n += *got;
      if (first_[0] != '\xFF' && first_[0] != '\xFE' && first_[0] != '\xEF') break;
    }
    const std::string_view first(first_.data(), n);
    if (first.starts_with("\xFF\xFE") || first.starts_with("\xFE\xFF")) {
      utf16_.emplace(first[0] == '\xFE');
      raw_.resize(1 << 16);
      utf16_->decode(first.substr(2), text_);
      pending_ = text_;
    } else {
      pending_ = first.starts_with("\xEF\xBB\xBF") ? first.substr(3) : first;
    }
  }

  Status decode_more() {
    text_.clear();
    auto n = in_.read(raw_);
    if (!n || *n == 0) utf16_->finish(text_);
    pending_ = text_;
    if (!n) {
      if (pending_.empty()) return fail(std::move(n).error());
      return {};
    }
    ended_ = *n == 0;
    if (*n != 0) {
      utf16_->decode({raw_.data(), *n}, text_);
      pending_ = text_;
    }
    return {};
  }

  std::unique_ptr<ByteStream> owned_;
  ByteStream& in_;
  bool looked_ = false, ended_ = false;
  std::string first_ = std::string(3, '\0');
  std::optional<Utf16Decoder> utf16_;
  std::string raw_, text_;
  std::string_view pending_;
};

constexpr std::size_t line_chunk_bytes = 1 << 16;

}  // namespace

std::unique_ptr<ByteStream> decode_bom(std::unique_ptr<ByteStream> in) { return std::make_unique<BomStream>(std::move(in)); }

struct LineReader::State {
  State(ByteStream& stream, std::size_t max) : in(stream), line_bytes_max(std::max<std::size_t>(max, 1)) {}

  BomStream in;
  std::size_t line_bytes_max;
  std::string buffer;
  std::size_t begin = 0, end = 0;
  std::size_t searched = 0;  ///< bytes after `begin` known to hold no LF
  std::uint64_t number = 0;
  bool skipping = false, ended = false;
  std::optional<Diagnostic> error;

  /// Reads more behind what is left of the buffer, which is moved to its front.
  void fill() {
    if (begin != 0) {
      std::memmove(buffer.data(), buffer.data() + begin, end - begin);
      end -= begin;
      begin = 0;
    }
    if (buffer.size() - end < line_chunk_bytes) buffer.resize(std::max(buffer.size() * 2, end + line_chunk_bytes));
    auto n = in.read(std::span(buffer).subspan(end));
    if (!n) {
      error = std::move(n).error();
      ended = true;
    } else {
      end += *n;
      ended = *n == 0;
    }
  }

  std::size_t find_end() {
    const void* lf = std::memchr(buffer.data() + begin + searched, '\n', end - begin - searched);
    if (lf == nullptr) {
      searched = end - begin;
      return std::string::npos;
    }
    return static_cast<std::size_t>(static_cast<const char*>(lf) - buffer.data()) - begin;
  }

  void take(std::size_t bytes) {
    begin += bytes;
    searched = 0;
  }
};

LineReader::LineReader(ByteStream& in, std::size_t line_bytes_max) : state_(std::make_unique<State>(in, line_bytes_max)) {}
LineReader::~LineReader() = default;

Result<bool> LineReader::next(Line& line) {
  State& s = *state_;
  const auto give = [&](std::size_t length, bool cut) {
    line.text = {s.buffer.data() + s.begin, length};
    if (!cut && line.text.ends_with('\r')) line.text.remove_suffix(1);
    if (line.text.size() > s.line_bytes_max) {
      line.text = line.text.substr(0, s.line_bytes_max);
      cut = true;
    }
    line.cut = cut;
    line.number = ++s.number;
    return true;
  };
  for (;;) {
    if (const std::size_t at = s.find_end(); at != std::string::npos) {
      const bool whole = !s.skipping;
      if (whole) give(at, false);
      s.skipping = false;
      s.take(at + 1);
      if (whole) return true;
      continue;
    }
    const std::size_t length = s.end - s.begin;
    if (s.skipping) {
      s.take(length);
    } else if (length > s.line_bytes_max + 1) {  // one more may be the CR of a line that fits
      give(s.line_bytes_max, true);
      s.skipping = true;
      s.take(length);
      return true;
    }
    if (s.ended) {
      if (s.begin != s.end) {
        give(length, false);
        s.take(length);
        return true;
      }
      if (s.error) return fail(*s.error);
      return false;
    }
    s.fill();
  }
}

Result<std::string> read_all(ByteStream& in, std::uint64_t bytes_max) {
  std::string out;
  std::size_t filled = 0;
  for (;;) {
    if (filled == out.size()) out.resize(std::max<std::size_t>(out.size() * 2, 1 << 16));
    MOZU_LET(const std::size_t n, in.read(std::span(out).subspan(filled)));
    if (n == 0) break;
    filled += n;
    if (filled > bytes_max)
      return fail("input-too-large", fmt::format("the input is larger than the limit of {}", human_bytes(static_cast<double>(bytes_max))),
                  "split the input into smaller files");
  }
  out.resize(filled);
  return out;
}

}  // namespace mozu
