// The filter's hot loops, as a template over how byte classes are found. Included by one .cpp per instruction set, each
// compiled with its own flags; everything is in an anonymous namespace, so no code leaks from one to the other.
#include <algorithm>
#include <cstring>

#include "filter.hpp"
#include "filter_hash.hpp"

namespace mozu::match {
namespace {

/// Classes of bytes, a mask for each: bit i = byte i of the block.
enum : unsigned {
  c_word,  ///< also bytes ≥ 0x80
  c_dot,
  c_hex,
  c_colon,
  c_slash,
  c_backslash_or_hash,  ///< they share a class; what follows from them is rare enough to look again
  c_newline,
  c_letter_u,
  class_count
};
struct alignas(64) BlockMasks {
  std::uint64_t of[class_count];
};

/// Classifier: std::uint64_t classify(const char* block, BlockMasks& out), gives the mask of bytes ≥ 0x80;
/// std::uint64_t dot_leads(const char* block), of bytes that may start a character that maps to a dot, asked only where there are such.
template <class Classifier, bool with_ipv6>
class FilterKernel {
 public:
  FilterKernel(FilterChecks& checks, std::string_view bytes, FilterOutput& out) : checks_(checks), s_(bytes), out_(out) {}

  /// Chunk by chunk: a first pass makes masks of its bytes, without a branch; a second looks at them, one block behind, since it wants to know
  /// each block's right neighbour.
  void run() {
    // The rest, padded with blanks: so every run ends within the last block.
    const std::size_t whole = s_.size() / 64, blocks = whole + 1;
    std::memset(rest_, ' ', sizeof rest_);
    std::memcpy(rest_, s_.data() + whole * 64, s_.size() % 64);
    masks_[1].of[c_newline] = std::uint64_t{1} << 63;  // the text begins as it goes on behind a line feed
    for (std::size_t b = 0; b < blocks; b += blocks_per_chunk) {
      const std::size_t n = std::min(blocks_per_chunk, blocks - b);
      out_.start_chunk(newlines_);
      for (std::size_t i = 0; i < n; ++i) {
        high_[i + 2] = classifier_.classify(block(b + i), masks_[i + 2]);
        newlines_ += static_cast<std::uint64_t>(__builtin_popcountll(masks_[i + 2].of[c_newline]));
      }
      look(b - 2, n + 1);  // wraps for the first chunk, before which there is nothing to find
      for (const std::size_t k : {0, 1}) {
        masks_[k] = masks_[n + k];
        high_[k] = high_[n + k];
      }
    }
    masks_[2] = {};
    look(blocks - 2, 2);
    probe();
    out_.newlines = newlines_;
  }

 private:
  static constexpr std::size_t blocks_per_chunk = filter_chunk_bytes / 64;
  static constexpr std::size_t queue_size = 64;

  const char* block(std::size_t b) const { return b < s_.size() / 64 ? s_.data() + b * 64 : rest_; }

  /// What goes over from a block to the next.
  struct Carry {
    std::uint64_t newline = 0, slash = 0, backslash = 0, colon = 0, second_colon = 0, inner = 0;
    bool sum = false;
  };

  /// Stored blocks 1 … until - 1; stored block i is block base + i.
  void look(std::size_t base, std::size_t until) {
    Carry carry = carry_;
    for (std::size_t i = 1; i < until; ++i) {
      // The first pass waits for memory, this one does not: fetch what the first pass wants next.
      __builtin_prefetch(s_.data() + std::min((base + i + blocks_per_chunk) * 64, s_.size()));
      rare_patterns(i, base + i, carry);
      const std::uint64_t w = masks_[i].of[c_word], d = masks_[i].of[c_dot];
      const std::uint64_t before = masks_[i - 1].of[c_word] >> 63, after = masks_[i + 1].of[c_word] << 63;
      const std::uint64_t inner = d & (w << 1 | before) & (w >> 1 | after);
      const std::uint64_t starts_after_dot = w & ~(w << 1 | before) & (inner << 1 | carry.inner >> 63);
      std::uint64_t sum = 0;
      const bool c1 = __builtin_add_overflow(w, starts_after_dot, &sum);
      const bool c2 = __builtin_add_overflow(sum, static_cast<std::uint64_t>(carry.sum), &sum);
      carry.sum = c1 || c2;
      carry.inner = inner;
      for (std::uint64_t ends = sum & ~w & ~inner; ends != 0; ends &= ends - 1) candidate(i, (base + i) * 64, bit(ends));
    }
    carry_ = carry;
  }

  inline __attribute__((always_inline)) void rare_patterns(std::size_t i, std::size_t block, Carry& carry) {
    const std::uint64_t(&of)[class_count] = masks_[i].of;
    std::uint64_t h = of[c_hex] & (of[c_hex] >> 1);
    h &= h >> 2;
    h &= h >> 4;
    h &= h >> 8;
    h &= ~(h << 1);  // one place a run is enough; a run that goes on in the next block shows there again
    const std::uint64_t after_backslash = of[c_backslash_or_hash] << 1 | carry.backslash;
    const std::uint64_t slashes = of[c_slash] & (of[c_slash] << 1 | carry.slash | after_backslash);
    const std::uint64_t escapes = of[c_letter_u] & after_backslash;
    const std::uint64_t headers = of[c_backslash_or_hash] & (of[c_newline] << 1 | carry.newline);
    if (__builtin_expect((h | slashes | escapes | headers | high_[i]) != 0, 0)) {
      if (checks_.want_hashes)
        for (; h != 0; h &= h - 1) checks_.hex_run(block * 64 + bit(h));
      rare(block, slashes, escapes, headers, high_[i]);
    }
    carry.slash = of[c_slash] >> 63;
    carry.newline = of[c_newline] >> 63;
    carry.backslash = of[c_backslash_or_hash] >> 63;
    if constexpr (with_ipv6) colons(block, of[c_colon], carry);
  }

  __attribute__((noinline)) void rare(std::size_t block, std::uint64_t slashes, std::uint64_t escapes, std::uint64_t headers, std::uint64_t high) {
    const std::size_t base = block * 64;
    for (; slashes != 0; slashes &= slashes - 1) checks_.slashes(base + bit(slashes));
    for (; escapes != 0; escapes &= escapes - 1) checks_.unicode_escape(base + bit(escapes));
    for (; headers != 0; headers &= headers - 1) checks_.header_line(base + bit(headers));
    if (high == 0) return;
    for (std::uint64_t leads = classifier_.dot_leads(this->block(block)); leads != 0; leads &= leads - 1) checks_.maybe_dot(base + bit(leads));
  }

  inline __attribute__((always_inline)) void colons(std::size_t block, std::uint64_t colon, Carry& carry) {
    const auto back = [](std::uint64_t now, std::uint64_t before, int n) { return now << n | before >> (64 - n); };
    const std::uint64_t twice = colon & back(colon, carry.colon, 1);
    const auto near = [&back](std::uint64_t now, std::uint64_t before) {
      return back(now, before, 2) | back(now, before, 3) | back(now, before, 4) | back(now, before, 5);
    };
    const std::uint64_t second = colon & near(colon, carry.colon);
    const std::uint64_t third = second & near(second, carry.second_colon);
    carry.second_colon = second;
    carry.colon = colon;
    for (std::uint64_t c = twice | third; c != 0; c &= c - 1) checks_.colons(block * 64 + bit(c));
  }

  static std::size_t bit(std::uint64_t m) { return static_cast<std::size_t>(__builtin_ctzll(m)); }

  /// A host run with a dot ends before bit `e` of stored block i.
  inline __attribute__((always_inline)) void candidate(std::size_t i, std::size_t base, std::size_t e) {
    const std::size_t end = base + e;
    const std::uint64_t w = masks_[i].of[c_word], before_w = masks_[i - 1].of[c_word];
    const std::uint64_t window = e == 0 ? before_w : w << (64 - e) | before_w >> e;
    const std::uint64_t gaps = ~window;
    const char* p = s_.data() + end;
    if (__builtin_expect(gaps == 0 || p[-1] == '-', 0)) return checks_.awkward_run(end);
    const auto last = static_cast<std::size_t>(__builtin_clzll(gaps));
    const std::uint64_t rest = gaps << last << 1;
    if (__builtin_expect(rest == 0 || end < suffix_bytes_max, 0)) return checks_.awkward_run(end);
    const auto tail = load<std::uint64_t>(p - 8);
    const unsigned c = static_cast<unsigned char>(p[-1]);
    if (c - '0' < 10U && all_digits(p, last)) {
      if (last <= 3) checks_.number(end);
      return;
    }
    const std::size_t shown = last < 8 ? last : 8;
    if (__builtin_expect((tail >> (64 - 8 * shown) & 0x8080808080808080ULL) != 0 || last > 8, 0)) {
      if (has_high(p, last)) return checks_.idn(end - 1);
    }
    const std::uint32_t label = last_label_bit(p, last);
    if ((static_cast<unsigned char>(checks_.last_labels[label >> 3]) >> (label & 7) & 1) == 0) return;
    const std::size_t length = last + 1 + static_cast<std::size_t>(__builtin_clzll(rest));
    const SuffixHash h = suffix_hash(p, length);
    if (__builtin_expect(h.high_bytes || (length > suffix_bytes_max && has_high(p, length)), 0)) return checks_.idn(end - 1);
    push(h.hash, end);
    const char* b = p - length;
    const char before = length < end ? b[-1] : ' ';
    if (__builtin_expect(before == '\\' || *b == '-', 0)) variants(end, length, before);
  }

  static bool all_digits(const char* end, std::size_t n) {
    for (std::size_t i = 1; i <= n; ++i)
      if (unsigned{static_cast<unsigned char>(end[-static_cast<std::ptrdiff_t>(i)])} - '0' >= 10U) return false;
    return true;
  }
  static bool has_high(const char* end, std::size_t n) {
    for (std::size_t i = 1; i <= n; ++i)
      if (static_cast<unsigned char>(end[-static_cast<std::ptrdiff_t>(i)]) >= 0x80) return true;
    return false;
  }

  /// The last two labels are the whole run: without the letters of an escape, and without leading hyphens.
  __attribute__((noinline)) void variants(std::size_t end, std::size_t length, char before) {
    const char* p = s_.data() + end;
    for (const std::size_t skip : {std::size_t{0}, std::size_t{1}, std::size_t{5}}) {
      if (skip != 0 && (before != '\\' || skip >= length)) continue;
      std::size_t n = length - skip;
      while (n > 0 && (*(p - n) == '-' || *(p - n) == '.')) --n;
      if (n != length && n != 0) push(suffix_hash(p, n).hash, end);
    }
  }

  inline __attribute__((always_inline)) void push(std::uint64_t hash, std::size_t end) {
    const std::uint64_t word = bloom_word(hash, checks_.suffix_words);
    __builtin_prefetch(checks_.suffix_filter + 8 * word);
    queue_[queued_] = {word, bloom_bits(hash), end};
    if (++queued_ == queue_size) probe();
  }

  void probe() {
    for (std::size_t i = 0; i < queued_; ++i) {
      const Queued& q = queue_[i];
      if ((load<std::uint64_t>(checks_.suffix_filter + 8 * q.word) & q.bits) == q.bits) checks_.name(q.end);
    }
    queued_ = 0;
  }

  struct Queued {
    std::uint64_t word, bits;
    std::size_t end;
  };

  FilterChecks& checks_;
  std::string_view s_;
  FilterOutput& out_;
  Classifier classifier_;
  // [0], [1]: the two blocks before the chunk; then the chunk; then room for the empty block behind the end.
  BlockMasks masks_[blocks_per_chunk + 3] = {};
  std::uint64_t high_[blocks_per_chunk + 3] = {};
  char rest_[64];
  std::uint64_t newlines_ = 0;
  Carry carry_;
  Queued queue_[queue_size];
  std::size_t queued_ = 0;
};

template <class Classifier>
void run_kernel(FilterChecks& checks, std::string_view bytes, FilterOutput& out) {
  if (checks.want_ipv6) FilterKernel<Classifier, true>(checks, bytes, out).run();
  else FilterKernel<Classifier, false>(checks, bytes, out).run();
}

}  // namespace
}  // namespace mozu::match
