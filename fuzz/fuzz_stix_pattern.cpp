// rooms: formats
// STIX patterns: what strict reading takes, tolerant reading takes too and no departure is told; lowering names every comparison.
#include <cstdint>
#include <cstdlib>

#include "src/formats/stix_lower.hpp"
#include "src/formats/stix_pattern.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto strict = mozu::formats::parse_stix_pattern(text, {.strict = true});
  const auto tolerant = mozu::formats::parse_stix_pattern(text);
  if (strict.has_value() && (!tolerant.has_value() || !tolerant->tolerated.empty())) std::abort();
  if (!tolerant.has_value()) {
    if (tolerant.error().code != "stix-pattern" || tolerant.error().message.empty()) std::abort();
    return 0;
  }
  const auto lowered = mozu::formats::lower_stix_pattern(*tolerant);
  std::size_t values = 0;
  for (const auto& c : tolerant->comparisons) {
    if (c.path.text().empty()) std::abort();
    values += c.values.size() + 1;
  }
  const std::size_t told = lowered.found.size() + lowered.inexpressible.size() + lowered.other_kinds.size();
  if (told > values) std::abort();
  for (const auto& n : tolerant->nodes)
    for (const auto child : n.children)
      if (child >= tolerant->nodes.size()) std::abort();
  return 0;
}
