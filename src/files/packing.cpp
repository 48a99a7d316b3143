// NRV2B, NRV2D, NRV2E (Oberhumer's UCL library describes them), LZMA by liblzma, and the call filters of x86.
#include "packing.hpp"

#include <lzma.h>

#include <algorithm>
#include <cstring>

namespace mozu::files {
namespace {

class BitReader {
 public:
  BitReader(Bytes in, NrvBits width) : in_(in), bytes_(width == NrvBits::le32 ? 4 : width == NrvBits::le16 ? 2 : 1) {}

  unsigned bit() {
    if (left_ == 0) {
      if (in_.size() - at_ < bytes_) {
        broken_ = true;
        return 0;
      }
      buffer_ = 0;
      for (unsigned i = 0; i < bytes_; ++i) buffer_ |= std::uint32_t{in_[at_ + i]} << (8 * i);
      at_ += bytes_;
      left_ = bytes_ * 8;
    }
    return (buffer_ >> --left_) & 1U;
  }
  std::uint32_t byte() {
    if (at_ >= in_.size()) {
      broken_ = true;
      return 0;
    }
    return in_[at_++];
  }
  bool broken() const { return broken_; }
  std::size_t used() const { return at_; }

 private:
  Bytes in_;
  std::size_t at_ = 0;
  unsigned bytes_, left_ = 0;
  std::uint32_t buffer_ = 0;
  bool broken_ = false;
};

class Nrv {
 public:
  Nrv(NrvKind kind, NrvBits bits, Bytes in, std::uint64_t bytes_max) : kind_(kind), in_(in, bits), bytes_max_(bytes_max) {}

  /// True: the mark of the end was met.
  bool run() {
    out_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(bytes_max_, 1 << 20)));
    for (;;) {
      while (in_.bit() != 0) {
        if (out_.size() >= bytes_max_) return false;
        out_ += static_cast<char>(in_.byte());
        if (in_.broken()) return false;
      }
      std::uint32_t length = 0;
      const Step step = distance(length);
      if (step != Step::copy) return step == Step::end;
      length += grown_length(length);
      if (in_.broken() || last_ > out_.size() || length + 1 > bytes_max_ - out_.size()) return false;
      copy(length + 1);
    }
  }
  std::string take() { return std::move(out_); }
  std::size_t used() const { return in_.used(); }

 private:
  enum class Step { copy, end, broken };
  NrvKind kind_;
  BitReader in_;
  std::uint64_t bytes_max_;
  std::string out_;
  std::uint32_t last_ = 1;

  void copy(std::uint32_t length) {
    std::size_t from = out_.size() - last_;
    for (std::uint32_t i = 0; i < length; ++i) out_ += out_[from++];
  }

  /// Sets last_; `length` becomes the bits of it that stand before the rest.
  Step distance(std::uint32_t& length) {
    std::uint32_t d = 1;
    for (;;) {
      d = d * 2 + in_.bit();
      if (in_.broken() || d > 0x2000000U) return Step::broken;
      if (in_.bit() != 0) break;
      if (kind_ != NrvKind::b) d = (d - 1) * 2 + in_.bit();
    }
    const bool again = d == 2;
    if (!again) {
      d = (d - 3) * 256 + in_.byte();
      if (in_.broken()) return Step::broken;
      if (d == 0xFFFFFFFFU) return Step::end;
    }
    if (kind_ == NrvKind::b) {
      if (!again) last_ = d + 1;
      length = in_.bit();
      length = length * 2 + in_.bit();
      return Step::copy;
    }
    if (again) {
      length = in_.bit();
    } else {
      length = ~d & 1U;
      last_ = (d >> 1) + 1;
    }
    return Step::copy;
  }

  std::uint32_t tail(std::uint32_t start) {
    do {
      start = start * 2 + in_.bit();
      if (in_.broken() || start > 0x40000000U) return start;
    } while (in_.bit() == 0);
    return start;
  }

  /// What is to be added to the bits that distance() read.
  std::uint32_t grown_length(std::uint32_t bits) {
    std::uint32_t length = bits;
    if (kind_ == NrvKind::e) {
      if (bits != 0) length = 1 + in_.bit();
      else if (in_.bit() != 0) length = 3 + in_.bit();
      else length = tail(1) + 3;
    } else {
      if (kind_ == NrvKind::d) length = bits * 2 + in_.bit();
      if (length == 0) length = tail(1) + 2;
    }
    if (last_ > (kind_ == NrvKind::b ? 0xD00U : 0x500U)) ++length;
    return length - bits;
  }
};

std::uint32_t le32(const std::uint8_t* p) {
  std::uint32_t v = 0;
  std::memcpy(&v, p, 4);
  return v;
}

}  // namespace

std::optional<std::string> unpack_nrv(NrvKind kind, NrvBits bits, Bytes in, std::uint64_t bytes_max, std::size_t* used) {
  Nrv nrv(kind, bits, in, bytes_max);
  if (!nrv.run()) return {};
  if (used != nullptr) *used = nrv.used();
  return nrv.take();
}

std::optional<std::string> unpack_lzma_upx(Bytes in, std::uint64_t bytes_max) {
  if (in.size() < 8 || bytes_max == 0) return {};
  const unsigned pb = in[0] & 7U, lp = in[1] >> 4U, lc = in[1] & 15U;
  if (pb > 4 || lc + lp > 4 || (in[0] >> 3U) != lc + lp) return {};
  lzma_options_lzma options{};
  options.dict_size = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(bytes_max, 4096, std::uint64_t{256} << 20));
  options.lc = lc;
  options.lp = lp;
  options.pb = pb;
  const lzma_filter filters[] = {{LZMA_FILTER_LZMA1, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  lzma_stream z = LZMA_STREAM_INIT;
  if (lzma_raw_decoder(&z, filters) != LZMA_OK) return {};
  std::string out, block(1 << 16, '\0');
  z.next_in = in.data() + 2;
  z.avail_in = in.size() - 2;
  for (lzma_ret r = LZMA_OK; r == LZMA_OK && out.size() < bytes_max;) {
    z.next_out = reinterpret_cast<std::uint8_t*>(block.data());
    z.avail_out = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), bytes_max - out.size()));
    const auto given = z.avail_out;
    r = lzma_code(&z, LZMA_RUN);
    out.append(block, 0, given - z.avail_out);
    if (given == z.avail_out && z.avail_in == 0) break;
  }
  lzma_end(&z);
  if (out.empty()) return {};
  return out;
}

bool undo_call_filter(std::uint8_t filter, std::uint8_t mark, std::uint32_t base, std::span<std::uint8_t> code) {
  if (filter == 0) return true;
  // 0x1.: every call, 1 to 3 with the bytes of the target as they are, 4 to 6 turned; 0x2., 0x3., 0x4.: those that bear the mark, turned. Then E8, E9 or both.
  // 0x49: both, and the long conditional jumps.
  const unsigned family = filter >> 4U, which = filter & 15U;
  const bool conditional = filter == 0x49, marked = family >= 2, turned = which >= 4;
  if (family < 1 || family > 4 || !(conditional || (which >= 4 && which <= 6) || (family == 1 && which >= 1 && which <= 3))) return false;
  const unsigned what = conditional ? 3 : which - (turned ? 3 : 0);
  const bool calls = (what & 1U) != 0, jumps = (what & 2U) != 0;
  const std::uint32_t bias = base + (marked ? std::uint32_t{mark} << 24U : 0);
  std::size_t behind = 0;  // the last one that was undone ends here
  for (std::size_t i = 0; i + 5 <= code.size(); ++i) {
    const std::uint8_t op = code[i];
    const bool is_branch = (op == 0xE8 && calls) || (op == 0xE9 && jumps);
    const bool is_conditional = conditional && i > 0 && i != behind && code[i - 1] == 0x0F && op >= 0x80 && op <= 0x8F;
    if (!(is_branch || is_conditional) || (marked && code[i + 1] != mark)) continue;
    const std::uint32_t stored = le32(code.data() + i + 1), target = turned ? __builtin_bswap32(stored) : stored;
    const std::uint32_t relative = target - static_cast<std::uint32_t>(i) - 1 - bias;
    std::memcpy(code.data() + i + 1, &relative, 4);
    i += 4;
    behind = i + 1;
  }
  return true;
}

}  // namespace mozu::files
