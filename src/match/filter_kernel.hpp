// The filter's hot loops, as a template over how byte classes are found. Included by one .cpp per instruction set, each
// compiled with its own flags; everything is in an anonymous namespace, so no code leaks from one to the other.
#include <algorithm>
#include <cstring>

#include "filter.hpp"
#include "filter_hash.hpp"

namespace mozu::match {
namespace {

/// Bit i = byte i of the block.
struct BlockMasks {
  std::uint64_t word, dot, hex, slash, newline, high;
  std::uint64_t backslash_or_hash;  ///< '\\' and '#' share a class; what follows from them is rare enough to look again
  std::uint64_t letter_u;
  std::uint64_t dot_leads;          ///< bytes that may start a character that maps to a dot; only where high ≠ 0
  std::uint64_t colon;              ///< only for indexes with IPv6
};

/// Classifier: BlockMasks masks<with_ipv6>(const char* block).
template <class Classifier, bool with_ipv6>
class Kernel {
 public:
  Kernel(FilterChecks& checks, std::string_view bytes, FilterOutput& out) : checks_(checks), s_(bytes), out_(out) {}

  void run() {
    const std::size_t blocks = s_.size() / 64, tail = s_.size() % 64;
    Classifier classify;
    for (std::size_t b = 0; b < blocks; ++b) {
      if (b % blocks_per_chunk == 0) start_chunk(b);
      masks(b, classify.template masks<with_ipv6>(s_.data() + b * 64));
    }
    // The rest, padded with blanks: so every run ends within the last block.
    char last[64];
    std::memset(last, ' ', sizeof last);
    if (tail != 0) std::memcpy(last, s_.data() + blocks * 64, tail);
    if (blocks % blocks_per_chunk == 0) start_chunk(blocks);
    masks(blocks, classify.template masks<with_ipv6>(last));
    flush(blocks + 1, true);
    probe();
    out_.newlines = newlines_;
  }

 private:
  static constexpr std::size_t blocks_per_chunk = filter_chunk_bytes / 64;
  static constexpr std::size_t queue_size = 64;

  void start_chunk(std::size_t block) {
    if (block != 0) flush(block, false);
    out_.start_chunk(newlines_);
  }

  /// Stores what the second pass needs and deals with the rare patterns.
  inline __attribute__((always_inline)) void masks(std::size_t block, const BlockMasks& m) {
    const std::size_t i = block % blocks_per_chunk;
    word_[i + 2] = m.word;
    dot_[i + 2] = m.dot;
    newlines_ += static_cast<std::uint64_t>(__builtin_popcountll(m.newline));
    std::uint64_t h = m.hex & (m.hex >> 1);
    h &= h >> 2;
    h &= h >> 4;
    h &= h >> 8;
    h &= ~(h << 1);  // one place a run is enough; a run that goes on in the next block shows there again
    const std::uint64_t after_backslash = m.backslash_or_hash << 1 | backslash_;
    const std::uint64_t slashes = m.slash & (m.slash << 1 | slash_ | after_backslash);
    const std::uint64_t escapes = m.letter_u & after_backslash;
    const std::uint64_t headers = m.backslash_or_hash & (m.newline << 1 | newline_);
    if (__builtin_expect((h | slashes | escapes | headers | m.high) != 0, 0)) {
      const std::size_t base = block * 64;
      if (checks_.want_hashes)
        for (; h != 0; h &= h - 1) checks_.hex_run(base + bit(h));
      rare(base, slashes, escapes, headers, m.dot_leads);
    }
    if constexpr (with_ipv6) colons(block, m);
    slash_ = m.slash >> 63;
    newline_ = m.newline >> 63;
    backslash_ = m.backslash_or_hash >> 63;
  }

  __attribute__((noinline)) void rare(std::size_t base, std::uint64_t slashes, std::uint64_t escapes, std::uint64_t headers, std::uint64_t dot_leads) {
    for (; slashes != 0; slashes &= slashes - 1) checks_.slashes(base + bit(slashes));
    for (; escapes != 0; escapes &= escapes - 1) checks_.unicode_escape(base + bit(escapes));
    for (; headers != 0; headers &= headers - 1) checks_.header_line(base + bit(headers));
    for (; dot_leads != 0; dot_leads &= dot_leads - 1) checks_.maybe_dot(base + bit(dot_leads));
  }

  inline __attribute__((always_inline)) void colons(std::size_t block, const BlockMasks& m) {
    const auto back = [](std::uint64_t now, std::uint64_t before, int n) { return now << n | before >> (64 - n); };
    const std::uint64_t twice = m.colon & back(m.colon, colon_, 1);
    const auto near = [&back](std::uint64_t now, std::uint64_t before) { return back(now, before, 2) | back(now, before, 3) | back(now, before, 4) | back(now, before, 5); };
    const std::uint64_t second = m.colon & near(m.colon, colon_);
    const std::uint64_t third = second & near(second, second_colon_);
    second_colon_ = second;
    colon_ = m.colon;
    for (std::uint64_t c = twice | third; c != 0; c &= c - 1) checks_.colons(block * 64 + bit(c));
  }

  static std::size_t bit(std::uint64_t m) { return static_cast<std::size_t>(__builtin_ctzll(m)); }

  /// Second pass over the blocks stored so far, except the last one, whose right neighbour is not known before the end.
  /// `next_block` is the number of the block that comes next; afterwards the last masks stand where the next chunk's history is.
  void flush(std::size_t next_block, bool at_end) {
    const std::size_t stored = (next_block - 1) % blocks_per_chunk + 1;  // blocks of this chunk
    if (at_end) word_[stored + 2] = dot_[stored + 2] = 0;
    // word_[1] is the last block of the chunk before, still to be done.
    const std::size_t base_block = next_block - stored - 1;  // of word_[1]; wraps for the first chunk, whose history is empty
    const std::size_t until = stored + 1 + (at_end ? 1 : 0);
    const char* next_chunk = s_.data() + std::min(next_block * 64, s_.size());
    for (std::size_t i = 1; i < until; ++i) {
      // The first pass waits for memory, this one does not: fetch what the first pass wants next.
      __builtin_prefetch(next_chunk + (i - 1) * 64);
      const std::uint64_t w = word_[i], d = dot_[i];
      const std::uint64_t inner = d & (w << 1 | word_[i - 1] >> 63) & (w >> 1 | word_[i + 1] << 63);
      const std::uint64_t starts_after_dot = w & ~(w << 1 | word_[i - 1] >> 63) & (inner << 1 | inner_ >> 63);
      std::uint64_t sum = 0;
      const bool c1 = __builtin_add_overflow(w, starts_after_dot, &sum);
      const bool c2 = __builtin_add_overflow(sum, static_cast<std::uint64_t>(carry_), &sum);
      carry_ = c1 || c2;
      inner_ = inner;
      std::uint64_t ends = sum & ~w & ~inner;
      for (; ends != 0; ends &= ends - 1) candidate(i, (base_block + i - 1) * 64, bit(ends));
    }
    word_[0] = word_[until - 1];
    word_[1] = word_[until];
    dot_[1] = dot_[until];
  }

  /// A host run with a dot ends before bit `e` of stored block i.
  inline __attribute__((always_inline)) void candidate(std::size_t i, std::size_t base, std::size_t e) {
    const std::size_t end = base + e;
    const std::uint64_t window = e == 0 ? word_[i - 1] : word_[i] << (64 - e) | word_[i - 1] >> e;
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

  struct Queued { std::uint64_t word, bits; std::size_t end; };

  FilterChecks& checks_;
  std::string_view s_;
  FilterOutput& out_;
  // [0], [1]: the two blocks before the chunk; then the chunk; then room for the empty block behind the end.
  std::uint64_t word_[blocks_per_chunk + 4] = {}, dot_[blocks_per_chunk + 4] = {};
  std::uint64_t newlines_ = 0, newline_ = 1, slash_ = 0, colon_ = 0, backslash_ = 0, second_colon_ = 0, inner_ = 0;
  bool carry_ = false;
  Queued queue_[queue_size];
  std::size_t queued_ = 0;
};

template <class Classifier>
void run_kernel(FilterChecks& checks, std::string_view bytes, FilterOutput& out) {
  if (checks.want_ipv6) Kernel<Classifier, true>(checks, bytes, out).run();
  else Kernel<Classifier, false>(checks, bytes, out).run();
}

}  // namespace
}  // namespace mozu::match
