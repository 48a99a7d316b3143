#include "mozu/actors/decide.hpp"

#include <string>

namespace mozu::actors {

Status decide(store::Store& knowledge, const intel::Viewer& viewer, std::string_view id, std::string_view other, store::Store::Sameness sameness,
              std::string_view who) {
  for (const std::string_view one : {id, other}) {
    MOZU_LET(const auto object, knowledge.object(viewer, one));
    if (!object) return fail("absent", "no such object: " + std::string(one.substr(0, 256)));
  }
  return knowledge.decide(viewer.organisation, id, other, sameness, who);
}

}  // namespace mozu::actors
