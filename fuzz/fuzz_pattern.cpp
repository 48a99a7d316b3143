// rooms: base intel
// The one door: the first byte chooses the hint and the options. A pattern is rebuilt from its value, and refanging is idempotent.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "mozu/intel/indicator.hpp"

using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu::intel;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto hint = static_cast<TypeHint>(data[0] % 7);
  std::uint16_t port = 0;
  const auto p = read_pattern(text, hint, {.allow_broad = (data[0] & 128) != 0}, &port);
  if (p) {
    check(!p->value.empty() && p->value.size() <= indicator_bytes_max);
    const auto again = pattern_from_value(p->kind, p->value);
    check(again && *again == *p);
    if ((data[0] & 128) == 0) check(!is_too_broad(*p));
    indicator_id(*p);
  } else {
    check(!p.error().code.empty() && !p.error().message.empty());
  }
  const std::string once = refang(text);
  check(refang(once) == once);
  parse_tlp(text);
  parse_confidence(text);
  return 0;
}
