// The kernel without special instructions: a table gives each byte's classes.
#include <array>

#include "filter_kernel.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match {
namespace {

constexpr auto byte_classes = [] {
  std::array<std::uint8_t, 256> t{};
  for (unsigned c = 0; c < 256; ++c) {
    const auto b = static_cast<unsigned char>(c);
    if (is_alnum(b) || c == '_' || c == '-') t[c] |= 1 << c_word;
    if (is_hex(b)) t[c] |= 1 << c_hex;
    if (c >= 0x80) t[c] |= 1 << c_word;
  }
  t['.'] = 1 << c_dot;
  t[':'] = 1 << c_colon;
  t['/'] = 1 << c_slash;
  t['\\'] = t['#'] = 1 << c_backslash_or_hash;
  t['u'] |= 1 << c_letter_u;
  t['\n'] = 1 << c_newline;
  return t;
}();

struct ScalarClassifier {
  std::uint64_t classify(const char* p, BlockMasks& out) const {
    out = {};
    std::uint64_t high = 0;
    // Eight bytes at a time: bit k of each of 8 class bytes is gathered by a multiplication.
    for (unsigned i = 0; i < 64; i += 8) {
      std::uint64_t c = 0;
      high |= (((load<std::uint64_t>(p + i) >> 7 & 0x0101010101010101ULL) * 0x0102040810204080ULL) >> 56) << i;
      for (unsigned j = 0; j < 8; ++j) c |= static_cast<std::uint64_t>(byte_classes[static_cast<unsigned char>(p[i + j])]) << (8 * j);
      for (unsigned k = 0; k < class_count; ++k) out.of[k] |= (((c >> k & 0x0101010101010101ULL) * 0x0102040810204080ULL) >> 56) << i;
    }
    return high;
  }
  std::uint64_t dot_leads(const char* p) const {
    std::uint64_t leads = 0;
    for (unsigned i = 0; i < 64; ++i) {
      const auto c = static_cast<unsigned char>(p[i]);
      if (c == 0xE2 || c == 0xE3 || c == 0xEF || c == 0xF0) leads |= 1ULL << i;
    }
    return leads;
  }
};

}  // namespace

void filter_scalar(FilterChecks& checks, std::string_view bytes, FilterOutput& out) { run_kernel<ScalarClassifier>(checks, bytes, out); }

}  // namespace mozu::match
