// Walking all of a list.
#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "mozu/store/store.hpp"

namespace mozu::store {

/// Gives all objects of these types page by page to `take`: std::vector<StoredObject> → Status; not much more than `most`.
template <class Take>
Status each_page(Store& knowledge, const intel::Viewer& viewer, std::vector<std::string> types, bool with_revoked, std::size_t most, const Take& take) {
  ListQuery query;
  query.types = std::move(types);
  query.with_revoked = with_revoked;
  query.limit = 1000;
  std::size_t given = 0;
  do {
    MOZU_LET(const auto page, knowledge.list_objects(viewer, query));
    given += page.items.size();
    MOZU_TRY(take(page.items));
    query.cursor = page.next;
  } while (!query.cursor.empty() && given < most);
  return {};
}

}  // namespace mozu::store
