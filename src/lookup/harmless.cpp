#include "mozu/lookup/lookup.hpp"

namespace mozu::lookup {

Result<std::vector<std::shared_ptr<const match::Index>>> harmless_lists(const Memories& memories, const intel::Viewer& viewer, Timestamp now) {
  std::vector<std::shared_ptr<const match::Index>> lists;
  if (memories.warning_lists) lists.push_back(memories.warning_lists);
  if (memories.known_lists) {
    MOZU_LET(auto imported, memories.known_lists->of(viewer));
    if (imported) lists.push_back(std::move(imported));
  }
  if (memories.false_positives) {
    MOZU_LET(const auto marked, memories.false_positives->of(viewer, now));
    if (marked->index()) lists.push_back(marked->index());
  }
  return lists;
}

}  // namespace mozu::lookup
