// ELF packed by UPX. Behind the program headers stand l_info and p_info (12 bytes each), then blocks: a head (b_info: size, packed size, method, filter, its
// mark) and what is packed. The first block is the head of the program with its table of segments; it and the blocks behind it are the segments that are
// loaded, one after another. What lies between and behind them in the file is in blocks behind UPX's own code.
#include <algorithm>

#include "program_parts.hpp"
#include "upx_parts.hpp"

namespace mozu::files {
namespace {

constexpr std::uint64_t block_head_bytes = 12, heads_bytes = 24, head_size_max = 64 << 10, blocks_max = 100'000, search_bytes = 4096;

struct Block {
  std::uint64_t size = 0, packed = 0, at = 0;
  unsigned method = 0, filter = 0, mark = 0;
  std::uint64_t end() const { return at + packed; }
};

struct Range {
  std::uint64_t begin = 0, end = 0;
};

class ElfUnpacker {
 public:
  ElfUnpacker(Bytes file, std::uint64_t bytes_max) : file_{file}, bytes_max_(bytes_max) {
    wide_ = file[4] == 2;
    file_.big_endian = file[5] == 2;
  }

  Result<Unpacked> run() {
    const auto start = find_start();
    if (!start) return upx_none();
    std::uint64_t at = *start;
    const auto loads = segments();
    if (loads.empty()) return upx_none();
    const std::uint64_t whole = size_of_file(*start, loads);
    if (whole > bytes_max_) return upx_too_large();
    out_.program.assign(whole, '\0');
    for (const Range& r : loads)
      if (!extent(at, r)) return upx_damaged("one of its blocks is damaged");
    gaps(at, loads, whole);
    out_.how = upx_how(method_, filter_);
    return std::move(out_);
  }

 private:
  View file_;
  std::uint64_t bytes_max_;
  bool wide_ = false;
  std::string head_;  // of the program that was packed
  unsigned method_ = 0, filter_ = 0;
  Unpacked out_;

  std::optional<Block> block(std::uint64_t at) const {
    if (!file_.has(at, block_head_bytes)) return {};
    Block b{file_.u32(at), file_.u32(at + 4), at + block_head_bytes, file_.bytes[at + 8], file_.bytes[at + 9], file_.bytes[at + 10]};
    if (b.size == 0 || b.packed == 0 || b.packed > b.size || !file_.has(b.at, b.packed)) return {};
    if (b.packed < b.size && !(b.method >= 2 && b.method <= 10) && b.method != upx_lzma) return {};
    return b;
  }

  std::optional<std::string> unpacked(const Block& b) const {
    const auto in = file_.part(b.at, b.packed);
    if (b.packed == b.size) return std::string(reinterpret_cast<const char*>(in.data()), in.size());
    auto out = unpack_upx_block(b.method, in, b.size);
    if (out && !undo_call_filter(static_cast<std::uint8_t>(b.filter), static_cast<std::uint8_t>(b.mark), 0,
                                 {reinterpret_cast<std::uint8_t*>(out->data()), out->size()}))
      out.reset();
    return out;
  }

  bool is_head(std::uint64_t at) {
    const auto b = block(at);
    if (!b || b->size > head_size_max || b->size < 84 || b->filter != 0) return false;
    auto h = unpacked(*b);
    if (!h || h->compare(0, 6, reinterpret_cast<const char*>(file_.bytes.data()), 6) != 0) return false;
    head_ = std::move(*h);
    method_ = b->method;
    return true;
  }

  /// Where the first block begins: behind the table of segments, or, where somebody changed that, anywhere near.
  std::optional<std::uint64_t> find_start() {
    const std::uint64_t table = wide_ ? file_.u64(32) : file_.u32(28);
    const std::uint64_t end = table + std::uint64_t{file_.u16(wide_ ? 56 : 44)} * file_.u16(wide_ ? 54 : 42);
    if (is_head(end + heads_bytes)) return end + heads_bytes;
    for (std::uint64_t at = 52; at < std::min<std::uint64_t>(file_.bytes.size(), search_bytes); at += 4)
      if (is_head(at)) {
        out_.odd.emplace_back("the first block is not where UPX puts it");
        return at;
      }
    return {};
  }

  View head() const { return {{reinterpret_cast<const std::uint8_t*>(head_.data()), head_.size()}, file_.big_endian}; }

  std::vector<Range> segments() const {
    const View h = head();
    const std::uint64_t table = wide_ ? h.u64(32) : h.u32(28);
    const std::uint16_t size = h.u16(wide_ ? 54 : 42), count = h.u16(wide_ ? 56 : 44);
    std::vector<Range> out;
    for (std::uint64_t i = 0; i < count && size >= (wide_ ? 56 : 32) && h.has(table + i * size, size); ++i) {
      const std::uint64_t at = table + i * size;
      if (h.u32(at) != 1) continue;
      const std::uint64_t begin = wide_ ? h.u64(at + 8) : h.u32(at + 4), length = wide_ ? h.u64(at + 32) : h.u32(at + 16);
      if (begin > bytes_max_ || length > bytes_max_) return {};
      out.push_back({begin, begin + length});
    }
    return out;
  }

  std::uint64_t size_of_file(std::uint64_t start, const std::vector<Range>& loads) const {
    std::uint64_t least = 0;
    for (const Range& r : loads) least = std::max(least, r.end);
    const std::uint64_t told = file_.u32(start - 8);
    if (told >= least && told <= bytes_max_) return told;
    const View h = head();
    const std::uint64_t sections = wide_ ? h.u64(40) : h.u32(32);
    const std::uint64_t end = sections + std::uint64_t{h.u16(wide_ ? 58 : 46)} * h.u16(wide_ ? 60 : 48);
    return sections > bytes_max_ ? least : std::max(least, end);
  }

  /// The blocks from `at` on fill a range; `at` moves behind them.
  bool extent(std::uint64_t& at, const Range& r) {
    std::uint64_t to = r.begin;
    for (std::uint64_t n = 0; to < r.end && n < blocks_max; ++n) {
      const auto b = block(at);
      if (!b || b->size > r.end - to) return false;
      const auto content = unpacked(*b);
      if (!content) return false;
      std::ranges::copy(*content, out_.program.begin() + static_cast<std::ptrdiff_t>(to));
      if (b->filter != 0) filter_ = b->filter;
      to += b->size;
      at = b->end();
    }
    return to == r.end;
  }

  void gaps(std::uint64_t from, const std::vector<Range>& loads, std::uint64_t whole) {
    std::vector<Range> left;
    for (const Range& r : loads) {
      std::uint64_t next = whole;
      for (const Range& other : loads)
        if (other.begin >= r.end) next = std::min(next, other.begin);
      if (next > r.end) left.push_back({r.end, next});
    }
    if (left.empty()) return;
    for (std::uint64_t at = (from + 3) & ~std::uint64_t{3}; at + block_head_bytes < file_.bytes.size(); at += 4) {
      // The sizes of the blocks are known, so they are found without a mark.
      if (file_.u32(at) != left[0].end - left[0].begin || !block(at)) continue;
      std::uint64_t here = at;
      if (std::ranges::all_of(left, [&](const Range& r) { return extent(here, r); })) return;
    }
    out_.odd.emplace_back("what lies between and behind its segments (tables of sections, symbols) was not found");
  }
};

}  // namespace

Result<Unpacked> unpack_upx_elf(Bytes file, std::uint64_t bytes_max) { return ElfUnpacker(file, bytes_max).run(); }

}  // namespace mozu::files
