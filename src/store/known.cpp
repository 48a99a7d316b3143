#include "mozu/store/known.hpp"

#include <algorithm>

namespace mozu::store {

Result<std::string> known_id(Store& knowledge, const intel::Viewer& viewer, const intel::Key& key, std::span<const std::string_view> types) {
  if (key.value.empty()) return std::string();
  MOZU_LET(const auto hits, knowledge.find(viewer, std::span(&key, 1)));
  for (const auto& hit : hits)
    for (const auto& head : hit.objects)
      if (!head.revoked && std::ranges::find(types, head.type) != types.end()) return head.id;
  return std::string();
}

}  // namespace mozu::store
