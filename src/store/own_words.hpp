// What organisations say themselves about ids of which others speak: such words have a number of their own (own_key()), and stand in `own_words` under that of the id.
// Edges lead to ids, whoever speaks of them: only where an edge is said by the words themselves (a reference, no relationship) it begins at these.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "db.hpp"
#include "id_table.hpp"
#include "mozu/intel/access.hpp"

namespace mozu::store {

/// SQL expression: the number under which the viewer finds the id of number `plain`: that of their own organisation's words where they may see such, else itself.
std::string number_for(const intel::Viewer& v, std::string_view plain);

/// Words that are an organisation's own from now on.
Status write_own_words(Db& db, intel::OrganisationId organisation, const std::vector<const Known*>& own);

/// Words of an organisation that stood under the id itself, at number `n`. What `known` says now stands there.
struct Displaced {
  const Known* known;
  std::int64_t n;
  intel::OrganisationId organisation;
};
/// Makes them the organisation's own, and leads all others and their edges to the new ones. Before these are written; `part`: the newest.
Status displace_words(Db& db, const Displaced& words, std::int64_t part);

/// Of a base of before there was `own_words`: fills it, and leads edges to ids that led to an organisation's words.
Status find_own_words(Db& db);

}  // namespace mozu::store
