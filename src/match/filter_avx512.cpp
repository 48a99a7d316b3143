// The kernel for AVX-512 with VBMI (Ice Lake, Zen 4 and later): one permute looks 64 bytes up in a table of 128.
#include "filter.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include "filter_kernel.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match {
namespace {

enum : unsigned char { c_word = 1, c_dot = 2, c_hex = 4, c_colon = 8, c_slash = 16, c_backslash = 32, c_newline = 64, c_hash_sign = 128 };

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
    t['\\'] = c_backslash;
    t['\n'] = c_newline;
    t['#'] = c_hash_sign;
    low_ = _mm512_load_si512(t);
    high_ = _mm512_load_si512(t + 64);
  }
  inline __attribute__((always_inline)) BlockMasks operator()(const char* p) const {
    const __m512i x = _mm512_loadu_si512(p);
    const __m512i c = _mm512_permutex2var_epi8(low_, x, high_);
    const auto test = [&c](unsigned char bit) { return _mm512_test_epi8_mask(c, _mm512_set1_epi8(static_cast<char>(bit))); };
    BlockMasks m{};
    m.high = _mm512_movepi8_mask(x);
    const std::uint64_t ascii = ~m.high;  // the permute ignores the top bit
    m.word = test(c_word) | m.high;
    m.dot = test(c_dot) & ascii;
    m.hex = test(c_hex) & ascii;
    m.colon = test(c_colon) & ascii;
    m.slash = test(c_slash) & ascii;
    m.backslash = test(c_backslash) & ascii;
    m.newline = test(c_newline) & ascii;
    m.hash_sign = test(c_hash_sign) & ascii;
    m.letter_u = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('u'));
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
  Kernel<Avx512Classifier>(checks, bytes, out).run();
}

}  // namespace mozu::match
#else
namespace mozu::match {
void filter_avx512(FilterChecks& checks, std::string_view bytes, FilterOutput& out) { filter_scalar(checks, bytes, out); }
}  // namespace mozu::match
#endif
