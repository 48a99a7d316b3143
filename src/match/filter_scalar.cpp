// The kernel without special instructions: a table gives each byte's classes.
#include <array>

#include "filter_kernel.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match {
namespace {

enum : std::uint8_t { c_word = 1, c_dot = 2, c_hex = 4, c_colon = 8, c_slash = 16, c_backslash_or_hash = 32, c_newline = 64, c_letter_u = 128 };

constexpr auto classes = [] {
  std::array<std::uint8_t, 256> t{};
  for (unsigned c = 0; c < 256; ++c) {
    const auto b = static_cast<unsigned char>(c);
    if (is_alnum(b) || c == '_' || c == '-') t[c] |= c_word;
    if (is_hex(b)) t[c] |= c_hex;
    if (c >= 0x80) t[c] |= c_word;
  }
  t['.'] = c_dot;
  t[':'] = c_colon;
  t['/'] = c_slash;
  t['\\'] = t['#'] = c_backslash_or_hash;
  t['u'] |= c_letter_u;
  t['\n'] = c_newline;
  return t;
}();

struct ScalarClassifier {
  template <bool>
  BlockMasks masks(const char* p) const {
    std::array<std::uint64_t, 8> m{};
    std::uint64_t high = 0;
    // Eight bytes at a time: bit k of each of 8 class bytes is gathered by a multiplication.
    for (unsigned i = 0; i < 64; i += 8) {
      std::uint64_t c = 0;
      high |= (((load<std::uint64_t>(p + i) >> 7 & 0x0101010101010101ULL) * 0x0102040810204080ULL) >> 56) << i;
      for (unsigned j = 0; j < 8; ++j) c |= static_cast<std::uint64_t>(classes[static_cast<unsigned char>(p[i + j])]) << (8 * j);
      for (unsigned k = 0; k < 8; ++k) m[k] |= (((c >> k & 0x0101010101010101ULL) * 0x0102040810204080ULL) >> 56) << i;
    }
    BlockMasks b{m[0], m[1], m[2], m[4], m[6], high, m[5], m[7], 0, m[3]};
    if (b.high != 0)
      for (unsigned i = 0; i < 64; ++i) {
        const auto c = static_cast<unsigned char>(p[i]);
        if (c == 0xE2 || c == 0xE3 || c == 0xEF || c == 0xF0) b.dot_leads |= 1ULL << i;
      }
    return b;
  }
};

}  // namespace

void filter_scalar(FilterChecks& checks, std::string_view bytes, FilterOutput& out) {
  run_kernel<ScalarClassifier>(checks, bytes, out);
}

}  // namespace mozu::match
