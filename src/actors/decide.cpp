#include "mozu/actors/decide.hpp"

#include <string>

#include "mozu/base/time.hpp"

namespace mozu::actors {

void write_fields(JsonWriter& w, const store::Store::Decision& d) {
  w.field("id", d.id).field("other", d.other).field("sameness", word(d.sameness)).field("who", d.who).field("at", format_time(d.at));
}

Status decide(store::Store& knowledge, const intel::Viewer& viewer, std::string_view id, std::string_view other, store::Store::Sameness sameness,
              std::string_view who) {
  for (const std::string_view one : {id, other}) {
    MOZU_LET(const auto object, knowledge.object(viewer, one));
    if (!object) return fail("absent", "no such object: " + std::string(one.substr(0, 256)));
  }
  return knowledge.decide(viewer.organisation, id, other, sameness, who);
}

}  // namespace mozu::actors
