// Strings of any bytes → genes: ASCII and UTF-16 little endian, as one and the same.
#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "hash.hpp"
#include "mozu/base/hash.hpp"

namespace mozu::gene {
namespace {

constexpr std::size_t text_least = 8, hashed_text_most = 1024;

constexpr bool is_printable(std::uint8_t c) { return (c >= 0x20 && c < 0x7F) || c == '\t'; }

constexpr auto printable = [] {
  std::array<bool, 256> t{};
  for (unsigned i = 0; i < 256; ++i) t[i] = is_printable(static_cast<std::uint8_t>(i));
  return t;
}();

/// Eight of the same character, or a run of what code looks like, says nothing.
bool tells_something(std::string_view s) {
  std::array<bool, 128> seen{};
  unsigned kinds = 0;
  for (const char c : s.substr(0, 64)) kinds += !std::exchange(seen[static_cast<std::uint8_t>(c) & 127U], true);
  return kinds >= 5;
}

void put(std::string_view s, std::size_t offset, std::size_t length, std::uint64_t& left, std::vector<Gene>& out) {
  if (s.size() < text_least || left == 0 || offset > 0xFFFFFFFFU || !tells_something(s)) return;
  --left;
  out.push_back({key_of(GeneClass::text, hash_of(s.substr(0, hashed_text_most))), static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length), 0});
}

/// One bit for each of 64 bytes: printable.
std::uint64_t printable_mask(const std::uint8_t* at) {
  std::uint64_t mask = 0;
#ifdef __SSE2__
  for (int part = 0; part < 4; ++part) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + part * 16));
    const __m128i inside = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(0x1F)), _mm_cmplt_epi8(v, _mm_set1_epi8(0x7F)));
    const __m128i all = _mm_or_si128(inside, _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
    mask |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(all))} << (part * 16);
  }
#else
  for (int i = 0; i < 64; ++i) mask |= std::uint64_t{printable[at[i]]} << i;
#endif
  return mask;
}

/// The first place from `i` on where a string may begin: eight printable bytes follow one another, or eight with one between each. Most code has none.
std::size_t next_candidate(const std::uint8_t* d, std::size_t i, std::size_t n) {
  constexpr std::size_t certain = 48;  // of 64: those behind which the 15 that a decision needs are seen
  for (; i + 64 <= n; i += certain) {
    const std::uint64_t mask = printable_mask(d + i);
    std::uint64_t narrow = mask & (mask >> 1U), wide = mask & (mask >> 2U);
    narrow &= narrow >> 2U, wide &= wide >> 4U;
    narrow &= narrow >> 4U, wide &= wide >> 8U;
    const std::uint64_t found = (narrow | wide) & ((std::uint64_t{1} << certain) - 1);
    if (found != 0) return i + static_cast<std::size_t>(std::countr_zero(found));
  }
  while (i < n && !printable[d[i]]) ++i;
  return i;
}

}  // namespace

std::uint64_t hash_of(std::string_view bytes) { return xxh3_64(bytes); }

bool extract_text(std::span<const std::uint8_t> file, std::uint64_t genes_max, std::vector<Gene>& out) {
  const auto* d = file.data();
  const std::size_t n = file.size();
  std::uint64_t left = genes_max + 1;  // the one too many shows that there are more
  std::string narrow;
  for (std::size_t i = next_candidate(d, 0, n); i < n; i = next_candidate(d, i, n)) {
    const std::size_t begin = i;
    if (i + 1 < n && d[i + 1] == 0) {
      narrow.clear();
      for (; i + 1 < n && printable[d[i]] && d[i + 1] == 0; i += 2) narrow.push_back(static_cast<char>(d[i]));
      put(narrow, begin, i - begin, left, out);
      continue;
    }
    while (i < n && printable[d[i]]) ++i;
    if (i < n && d[i] == 0 && i + 2 < n && printable[d[i + 1]] && d[i + 2] == 0 && i - begin < text_least) {
      --i;  // a wide string begins with the last one
      if (i == begin) ++i;
      continue;
    }
    put({reinterpret_cast<const char*>(d + begin), i - begin}, begin, i - begin, left, out);
  }
  if (left > 0) return true;
  out.pop_back();
  return false;
}

}  // namespace mozu::gene
