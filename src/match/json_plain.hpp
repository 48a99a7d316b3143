// Where the plain part of a JSON string ends; 16 bytes at a time where that is cheap.
#pragma once
#ifdef __SSE2__
#include <emmintrin.h>
#endif
#include <bit>
#include <cstddef>
#include <string_view>

namespace mozu::match {

/// First byte at or behind `at` that is '"', '\\' or a control character; s.size() if none is.
inline std::size_t plain_json_end(std::string_view s, std::size_t at) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control_max = _mm_set1_epi8(0x1F);
  for (; s.size() - at >= 16; at += 16) {
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(s.data() + at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(b, control_max), b);
    const __m128i hit = _mm_or_si128(control, _mm_or_si128(_mm_cmpeq_epi8(b, quote), _mm_cmpeq_epi8(b, backslash)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit));
    if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
  }
#endif
  while (at < s.size() && s[at] != '"' && s[at] != '\\' && static_cast<unsigned char>(s[at]) >= 0x20) ++at;
  return at;
}

}  // namespace mozu::match
