#include "tally.hpp"

namespace mozu::store {

Status TallyChanges::write(Db& db) const {
  for (const auto& [who, change] : objects) {
    if (change.objects == 0 && change.revoked == 0) continue;
    const auto& [type, tlp, organisation] = who;
    MOZU_TRY(
        db.run("INSERT INTO tally(type, tlp, organisation, objects, revoked) VALUES($1, $2, $3, $4, $5) "
               "ON CONFLICT(type, tlp, organisation) DO UPDATE SET objects = tally.objects + excluded.objects, revoked = tally.revoked + excluded.revoked",
               {type, tlp, organisation, change.objects, change.revoked}));
  }
  for (const auto& [relation, change] : relations)
    if (change != 0)
      MOZU_TRY(
          db.run("INSERT INTO relation_tally(relation, objects) VALUES($1, $2) ON CONFLICT(relation) DO UPDATE SET objects = relation_tally.objects + "
                 "excluded.objects",
                 {relation, change}));
  return {};
}

}  // namespace mozu::store
