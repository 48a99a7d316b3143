// Warning lists that were imported into the knowledge base, as an index that lookups ask like warning-lists.mzi.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/match/index.hpp"
#include "mozu/store/store.hpp"
#include "mozu/store/viewer_cache.hpp"

namespace mozu::lookup {

/// Built in memory when first asked for, per kind of viewer (a list may be an organisation's own), and anew when a list was imported: about a second a million values.
/// Thread-safe.
class KnownLists {
 public:
  /// Of all lists together, as they are stored, and match::feeds_max of them; those beyond, the newest, are left out.
  static constexpr std::size_t bytes_max = std::size_t{512} << 20;
  explicit KnownLists(store::Store& knowledge) : knowledge_(knowledge), indexes_(knowledge) {}
  /// A feed a list, named like it; nullptr if there is none. Errors: the store's and the builder's.
  Result<std::shared_ptr<const match::Index>> of(const intel::Viewer& viewer);
  /// Sequence of the list that was written last; 0 if there is none.
  Result<std::int64_t> newest(const intel::Viewer& viewer);

 private:
  struct Built {
    std::shared_ptr<const match::Index> index;
  };
  store::Store& knowledge_;
  store::ViewerCache<Built> indexes_;
  Result<Built> build(const intel::Viewer& viewer);
};

}  // namespace mozu::lookup
