// The kernel for AVX-512 with VBMI and GFNI (Ice Lake, Zen 4 and later): one permute looks 64 bytes up in a table of 128, and
// what it gives, 64 bytes of 8 class bits, is turned into 8 masks of 64 bits by transposing it.
#include "filter.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#include "filter_kernel.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match {
namespace {

struct Avx512Classifier {
  Avx512Classifier() {
    alignas(64) unsigned char t[128] = {};
    for (unsigned c = 0; c < 128; ++c) {
      const auto b = static_cast<unsigned char>(c);
      if (is_alnum(b) || c == '_' || c == '-') t[c] |= 1 << c_word;
      if (is_hex(b)) t[c] |= 1 << c_hex;
    }
    t['.'] = 1 << c_dot;
    t[':'] = 1 << c_colon;
    t['/'] = 1 << c_slash;
    t['\\'] = t['#'] = 1 << c_backslash_or_hash;
    t['u'] |= 1 << c_letter_u;
    t['\n'] = 1 << c_newline;
    low_ = _mm512_load_si512(t);
    high_ = _mm512_load_si512(t + 64);
    alignas(64) unsigned char g[64];
    for (unsigned i = 0; i < 64; ++i) g[i] = static_cast<unsigned char>(i % 8 * 8 + i / 8);
    gather_ = _mm512_load_si512(g);
  }
  std::uint64_t classify(const char* p, BlockMasks& out) const {
    const __m512i x = _mm512_loadu_si512(p);
    const __mmask64 high = _mm512_movepi8_mask(x);
    // The permute ignores the top bit, so bytes ≥ 0x80 are set apart.
    const __m512i c = _mm512_mask_mov_epi8(_mm512_permutex2var_epi8(low_, x, high_), high, _mm512_set1_epi8(1 << c_word));
    // Each 8 bytes are a matrix of bits: it times single bits gives its columns, with their bits from the other end.
    const __m512i single = _mm512_set1_epi64(static_cast<long long>(0x8040201008040201ULL));
    const __m512i columns = _mm512_gf2p8affine_epi64_epi8(_mm512_gf2p8affine_epi64_epi8(single, c, 0), single, 0);
    _mm512_store_si512(out.of, _mm512_permutexvar_epi8(gather_, columns));
    return high;
  }
  std::uint64_t dot_leads(const char* p) const {
    const auto eq = [x = _mm512_loadu_si512(p)](unsigned char b) { return _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8(static_cast<char>(b))); };
    const std::uint64_t x80 = eq(0x80), xe3 = eq(0xE3);
    // Of the many E3 of kana only E3 80 (or one at the block's end) can be U+3002.
    return eq(0xE2) | eq(0xEF) | eq(0xF0) | (xe3 & (x80 >> 1 | 1ULL << 63));
  }

 private:
  __m512i low_, high_, gather_;
};

}  // namespace

void filter_avx512(FilterChecks& checks, std::string_view bytes, FilterOutput& out) { run_kernel<Avx512Classifier>(checks, bytes, out); }

}  // namespace mozu::match
#else
namespace mozu::match {
void filter_avx512(FilterChecks& checks, std::string_view bytes, FilterOutput& out) { filter_scalar(checks, bytes, out); }
}  // namespace mozu::match
#endif
