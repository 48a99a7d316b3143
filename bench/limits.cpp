#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "support.hpp"

namespace mozu::bench {

#if defined(__AVX512BW__)

std::string_view limits_instruction_set() { return "AVX-512"; }

std::uint64_t count_line_feeds(std::string_view text) {
  const __m512i lf = _mm512_set1_epi8('\n');
  const char* p = text.data();
  std::size_t i = 0;
  std::uint64_t a = 0, b = 0, c = 0, d = 0;
  const auto count = [&lf](const char* at) { return static_cast<std::uint64_t>(__builtin_popcountll(_mm512_cmpeq_epi8_mask(_mm512_loadu_si512(at), lf))); };
  for (; i + 256 <= text.size(); i += 256) {
    a += count(p + i);
    b += count(p + i + 64);
    c += count(p + i + 128);
    d += count(p + i + 192);
  }
  for (; i < text.size(); ++i) a += p[i] == '\n' ? 1 : 0;
  return a + b + c + d;
}

#elif defined(__AVX2__)

std::string_view limits_instruction_set() { return "AVX2"; }

std::uint64_t count_line_feeds(std::string_view text) {
  const __m256i lf = _mm256_set1_epi8('\n');
  const char* p = text.data();
  std::size_t i = 0;
  std::uint64_t n = 0;
  const auto compare = [&lf](const char* at) { return _mm256_cmpeq_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)), lf); };
  while (i + 128 <= text.size()) {
    // Byte counters hold 255 hits each; then they are added up.
    __m256i sum = _mm256_setzero_si256(), sum2 = sum;
    for (int k = 0; k < 120 && i + 128 <= text.size(); ++k, i += 128) {
      sum = _mm256_sub_epi8(_mm256_sub_epi8(sum, compare(p + i)), compare(p + i + 32));
      sum2 = _mm256_sub_epi8(_mm256_sub_epi8(sum2, compare(p + i + 64)), compare(p + i + 96));
    }
    const __m256i wide = _mm256_add_epi64(_mm256_sad_epu8(sum, _mm256_setzero_si256()), _mm256_sad_epu8(sum2, _mm256_setzero_si256()));
    n += static_cast<std::uint64_t>(_mm256_extract_epi64(wide, 0) + _mm256_extract_epi64(wide, 1) + _mm256_extract_epi64(wide, 2) +
                                    _mm256_extract_epi64(wide, 3));
  }
  for (; i < text.size(); ++i) n += p[i] == '\n' ? 1 : 0;
  return n;
}

#else

std::string_view limits_instruction_set() { return "as compiled"; }

std::uint64_t count_line_feeds(std::string_view text) {
  std::uint64_t n = 0;
  for (const char c : text) n += c == '\n' ? 1 : 0;
  return n;
}

#endif

void copy_bytes(std::string_view text, char* to) { std::memcpy(to, text.data(), text.size()); }

}  // namespace mozu::bench
