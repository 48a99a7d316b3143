// The kernel for AVX-512 with VBMI (Ice Lake, Zen 4 and later): one permute looks 64 bytes up in a table of 128.
#include "filter.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include "filter_kernel.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match {
namespace {

enum : unsigned char { c_word = 1, c_dot = 2, c_hex = 4, c_colon = 8, c_slash = 16, c_backslash_or_hash = 32, c_newline = 64, c_letter_u = 128 };

struct Avx512Classifier {
  Avx512Classifier() {
    alignas(64) unsigned char t[128] = {};
    for (unsigned c = 0; c < 128; ++c) {
      const auto b = static_cast<unsigned char>(c);
      if (is_alnum(b) || c == '_' || c == '-') t[c] |= c_word;
      if (is_hex(b)) t[c] |= c_hex;
    }
    t['.'] = c_dot;
    t[':'] = c_colon;
    t['/'] = c_slash;
    t['\\'] = t['#'] = c_backslash_or_hash;
    t['u'] |= c_letter_u;
    t['\n'] = c_newline;
    low_ = _mm512_load_si512(t);
    high_ = _mm512_load_si512(t + 64);
  }
  template <bool with_ipv6>
  inline __attribute__((always_inline)) BlockMasks masks(const char* p) const {
    const __m512i x = _mm512_loadu_si512(p);
    const __mmask64 high = _mm512_movepi8_mask(x);
    // The permute ignores the top bit, so bytes ≥ 0x80 are masked out.
    const __m512i c = _mm512_maskz_permutex2var_epi8(_knot_mask64(high), low_, x, high_);
    const auto test = [&c](unsigned char bit) { return _mm512_test_epi8_mask(c, _mm512_set1_epi8(static_cast<char>(bit))); };
    BlockMasks m{};
    m.high = high;
    m.word = test(c_word) | m.high;
    m.dot = test(c_dot);
    m.hex = test(c_hex);
    m.slash = test(c_slash);
    m.backslash_or_hash = test(c_backslash_or_hash);
    m.newline = test(c_newline);
    m.letter_u = test(c_letter_u);
    if constexpr (with_ipv6) m.colon = test(c_colon);
    if (__builtin_expect(m.high != 0, 0)) {
      const auto eq = [&x](unsigned char b) { return _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(static_cast<char>(b))); };
      const std::uint64_t x80 = eq(0x80), xe3 = eq(0xE3);
      // Of the many E3 of kana only E3 80 (or one at the block's end) can be U+3002.
      m.dot_leads = eq(0xE2) | eq(0xEF) | eq(0xF0) | (xe3 & (x80 >> 1 | 1ULL << 63));
    }
    return m;
  }
  __m512i low_, high_;
};

}  // namespace

void filter_avx512(FilterChecks& checks, std::string_view bytes, FilterOutput& out) {
  run_kernel<Avx512Classifier>(checks, bytes, out);
}

}  // namespace mozu::match
#else
namespace mozu::match {
void filter_avx512(FilterChecks& checks, std::string_view bytes, FilterOutput& out) { filter_scalar(checks, bytes, out); }
}  // namespace mozu::match
#endif
