// rooms: base intel match
// Source profiles: any text gives a profile within its limits or one located error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mozu/match/event.hpp"

namespace {
void require(bool ok) {
  if (!ok) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mozu;
  const auto profile = match::parse_source_profile({reinterpret_cast<const char*>(data), size}, "profile.toml");
  if (!profile) {
    require(profile.error().where.file == "profile.toml" && !profile.error().message.empty());
    return 0;
  }
  require(profile->default_year == 0 || (profile->default_year >= 1970 && profile->default_year <= 9999));
  require(profile->offset_minutes > -24 * 60 && profile->offset_minutes < 24 * 60);
  return 0;
}
