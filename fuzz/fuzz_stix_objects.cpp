// rooms: formats
// Hostile bundles: whatever is accepted is a well-formed object that reads back as itself.
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"

using namespace mozu;
using mozu::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Diagnostics diagnostics;
  formats::StixReadStatistics statistics;
  formats::StixObjectReader again;
  std::uint64_t given = 0;
  const auto status = formats::read_stix_objects(
      "fuzz", std::string_view(reinterpret_cast<const char*>(data), size),
      [&](intel::StixObject&& o) -> Status {
        ++given;
        check(intel::type_of_id(o.id) == o.type && is_utf8(o.json) && is_utf8(o.name));
        intel::StixObject second;
        check(again.read(o.json, second).has_value());
        check(second.json == o.json && second.id == o.id && second.modified_us == o.modified_us && second.keys == o.keys && second.references == o.references);
        return {};
      },
      diagnostics, statistics);
  check(status.has_value() && given == statistics.objects);
  return 0;
}
