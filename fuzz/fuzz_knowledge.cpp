// rooms: formats
// Knowledge in any tongue: the first byte names a reader (or lets the content decide), the rest is the input. What comes out is valid,
// and the same each time.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/check.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/knowledge.hpp"

using namespace mozu;
using mozu::fuzz::check;

namespace {

std::vector<std::string> read(std::string_view text, const formats::KnowledgeSettings& settings) {
  std::vector<std::string> out;
  Diagnostics diagnostics;
  formats::KnowledgeStatistics statistics;
  static_cast<void>(formats::read_knowledge_memory(
      "fuzz", text, settings,
      [&](intel::StixObject&& o) -> Status {
        check(intel::type_of_id(o.id) == o.type && is_utf8(o.json));
        out.push_back(std::move(o.json));
        return {};
      },
      diagnostics, statistics));
  check(statistics.objects == out.size());
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto names = formats::knowledge_formats();
  formats::KnowledgeSettings settings;
  settings.id_of_uuid = [](std::string_view uuid) { return "tool--" + std::string(uuid); };
  settings.id_of_technique = [](std::string_view id) { return "attack-pattern--" + std::string(id); };
  if (data[0] < names.size()) settings.format = names[data[0]].first;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto first = read(text, settings);
  check(read(text, settings) == first);
  return 0;
}
