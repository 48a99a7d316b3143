// The kernel for AVX2: two 16-entry shuffles by nibble give the classes; what they cannot tell apart is compared.
#include "filter.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include "filter_kernel.hpp"

namespace mozu::match {
namespace {

struct Avx2Classifier {
  std::uint64_t classify(const char* p, BlockMasks& out) const {
    const __m256i a = left(p), b = right(p);
    const std::uint64_t high = join(_mm256_movemask_epi8(a), _mm256_movemask_epi8(b));
    out.of[c_newline] = equal(a, b, '\n');
    out.of[c_dot] = equal(a, b, '.');
    out.of[c_colon] = equal(a, b, ':');
    out.of[c_slash] = equal(a, b, '/');
    out.of[c_backslash_or_hash] = equal(a, b, '\\') | equal(a, b, '#');
    out.of[c_letter_u] = equal(a, b, 'u');
    const __m256i ca = classes(a), cb = classes(b);
    // class bits: 1–4 word, 8 hex; a byte's bit is at its sign after a shift
    const auto bits = [&ca, &cb](int mask) {
      const __m256i z = _mm256_setzero_si256(), k = _mm256_set1_epi8(static_cast<char>(mask));
      return ~join(_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(ca, k), z)), _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_and_si256(cb, k), z)));
    };
    out.of[c_word] = bits(word_bits) | high;
    out.of[c_hex] = bits(hex_bits);
    return high;
  }
  std::uint64_t dot_leads(const char* p) const {
    const auto eq = [a = left(p), b = right(p)](unsigned char c) { return equal(a, b, static_cast<char>(c)); };
    const std::uint64_t x80 = eq(0x80), xe3 = eq(0xE3);
    return eq(0xE2) | eq(0xEF) | eq(0xF0) | (xe3 & (x80 >> 1 | 1ULL << 63));
  }

 private:
  // Bit by rows of the ASCII table (high nibble) and columns (low nibble):
  //   1: digits 3x, columns 0–9        2: letters 4x 6x, columns 1–15
  //   4: letters 5x 7x, columns 0–10   8: hex letters 4x 6x, columns 1–6
  //   16: '-' (2D)                     32: '_' (5F)
  static constexpr int word_bits = 1 | 2 | 4 | 16 | 32, hex_bits = 1 | 8;
  static __m256i left(const char* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static __m256i right(const char* p) { return left(p + 32); }
  static __m256i classes(__m256i x) {
    const __m256i low = _mm256_setr_epi8(1 | 4, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4, 1 | 2 | 4,
                                         1 | 2 | 4, 2 | 4, 2, 2, 2 | 16, 2, 2 | 32, 1 | 4, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4 | 8,
                                         1 | 2 | 4 | 8, 1 | 2 | 4 | 8, 1 | 2 | 4, 1 | 2 | 4, 1 | 2 | 4, 2 | 4, 2, 2, 2 | 16, 2, 2 | 32);
    const __m256i high =
        _mm256_setr_epi8(0, 0, 16, 1, 2 | 8, 4 | 32, 2 | 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 1, 2 | 8, 4 | 32, 2 | 8, 4, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i nibble = _mm256_set1_epi8(0x0F);
    return _mm256_and_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(x, nibble)),
                            _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble)));
  }
  static std::uint64_t join(int a, int b) { return static_cast<std::uint32_t>(a) | static_cast<std::uint64_t>(static_cast<std::uint32_t>(b)) << 32; }
  static std::uint64_t equal(__m256i a, __m256i b, char c) {
    const __m256i k = _mm256_set1_epi8(c);
    return join(_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, k)), _mm256_movemask_epi8(_mm256_cmpeq_epi8(b, k)));
  }
};

}  // namespace

void filter_avx2(FilterChecks& checks, std::string_view bytes, FilterOutput& out) { run_kernel<Avx2Classifier>(checks, bytes, out); }

}  // namespace mozu::match
#else
namespace mozu::match {
void filter_avx2(FilterChecks& checks, std::string_view bytes, FilterOutput& out) { filter_scalar(checks, bytes, out); }
}  // namespace mozu::match
#endif
