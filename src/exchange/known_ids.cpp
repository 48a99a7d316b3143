#include "known_ids.hpp"

#include <array>
#include <vector>

namespace mozu::exchange {
namespace {

constexpr std::size_t remembered_max = 1'000'000;  // ids come from the input

/// Types that a cluster of a MISP galaxy, or an object that such a cluster repeats, can have; and those of MISP's attributes.
constexpr std::array<std::string_view, 13> misp_types = {"indicator", "observed-data",  "x-misp-attribute",      "intrusion-set",    "malware",
                                                         "tool",      "attack-pattern", "x-misp-galaxy-cluster", "course-of-action", "campaign",
                                                         "identity",  "location",       "vulnerability"};

}  // namespace

std::string KnownIds::of_uuid(std::string_view uuid) {
  if (const auto it = uuids_.find(std::string(uuid)); it != uuids_.end()) return it->second;
  std::vector<std::string> ids;
  for (const auto type : misp_types) ids.push_back(std::string(type) + "--" + std::string(uuid));
  const auto found = store_.objects(viewer_, ids);
  std::string id = found && !found->empty() ? found->front().id : std::string();
  if (uuids_.size() < remembered_max) uuids_.emplace(uuid, id);
  return id;
}

std::string KnownIds::of_technique(std::string_view technique) {
  if (const auto it = techniques_.find(std::string(technique)); it != techniques_.end()) return it->second;
  const std::array keys = {intel::Key{intel::KeyKind::external_id, std::string(technique)}};
  std::string id;
  // A technique that was replaced keeps its number: the one in force counts.
  if (const auto hits = store_.find(viewer_, keys); hits && !hits->empty())
    for (const auto& head : hits->front().objects)
      if (head.type == "attack-pattern" && (id.empty() || !head.revoked)) {
        id = head.id;
        if (!head.revoked) break;
      }
  if (techniques_.size() < remembered_max) techniques_.emplace(technique, id);
  return id;
}

void KnownIds::forget_unknown() {
  std::erase_if(uuids_, [](const auto& known) { return known.second.empty(); });
  std::erase_if(techniques_, [](const auto& known) { return known.second.empty(); });
}

}  // namespace mozu::exchange
