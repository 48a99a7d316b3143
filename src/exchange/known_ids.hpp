// Private to the room: ids in the store by what other tongues call a thing.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "mozu/intel/access.hpp"
#include "mozu/store/store.hpp"

namespace mozu::exchange {

/// Remembers what it found. What is unknown is asked for again in the next file: it may have been imported meanwhile.
class KnownIds {
 public:
  KnownIds(store::Store& store, intel::Viewer viewer) : store_(store), viewer_(viewer) {}
  std::string of_uuid(std::string_view uuid);            ///< empty: unknown
  std::string of_technique(std::string_view technique);  ///< the same
  void forget_unknown();

 private:
  using Memory = std::unordered_map<std::string, std::string>;
  store::Store& store_;
  intel::Viewer viewer_;
  Memory uuids_, techniques_;
};

}  // namespace mozu::exchange
