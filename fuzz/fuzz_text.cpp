// rooms: base
// Times and text of hostile lines: what is accepted stays accepted and equal when written again; what is shown on a terminal
// holds no control bytes.
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"

using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto time = mozu::parse_time_iso(text)) {
    const auto again = mozu::parse_time_iso(mozu::format_time(*time));
    check(again.has_value() && *again == *time);
    check(mozu::from_civil(mozu::to_civil(*time)) == *time);
  }
  if (const auto time = mozu::parse_time_any(text)) check(mozu::is_valid(mozu::to_civil(*time)));
  const std::string shown = mozu::printable(text);
  check(mozu::is_utf8(shown));
  for (const char c : shown) check(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  check(mozu::iequals(text, mozu::fold(text)));
  std::size_t joined = 0;
  for (const std::string_view part : mozu::split(text, ',')) joined += part.size() + 1;
  check(joined == size + 1);
  (void)mozu::to_uint(text);
  return 0;
}
