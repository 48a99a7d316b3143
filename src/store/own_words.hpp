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

/// An id whose number goes to a publication: until now it was `n`, of another organisation's words.
struct Displaced {
  Known* known;  ///< with the publication's number
  std::int64_t n;
  intel::OrganisationId organisation;  ///< whose words they are
};
/// Makes them that organisation's own, and leads all others and their edges to the publication. Before it is written; `part`: the newest.
Status displace_words(Db& db, const std::vector<Displaced>& words, std::int64_t part);
/// Words that the publisher had of its own because another organisation spoke first, and that are published now: they take the ids' numbers as well.
Status own_no_more(Db& db, intel::OrganisationId publisher, const std::vector<Known*>& own, std::int64_t part);

/// Of a base of before there was `own_words`: fills it, and leads edges to ids that led to an organisation's words.
Status find_own_words(Db& db);

}  // namespace mozu::store
