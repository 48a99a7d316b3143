// All actors that one kind of viewer sees, resolved: the one answer to "who is that?" of lookups, the API and the command line.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mozu/actors/record.hpp"
#include "mozu/actors/resolve.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/store/store.hpp"
#include "mozu/store/viewer_cache.hpp"

namespace mozu::actors {

struct ActorBook {
  std::vector<ActorDetails> details;
  std::vector<ActorRecord> records;  ///< of the details, in their order
  Resolution resolution;
  std::unordered_map<std::string, std::vector<std::size_t>> bearers;  ///< folded name, alias or ATT&CK id → profiles, in their order
  std::unordered_map<std::string, std::size_t> record_of;             ///< STIX id → record

  const std::vector<Profile>& profiles() const { return resolution.profiles; }
  const ActorRecord& canonical(std::size_t profile) const { return records[resolution.profiles[profile].canonical]; }
  /// Profiles that bear the name, an alias or the ATT&CK id, however it is written; several if it is ambiguous.
  std::vector<std::size_t> named(std::string_view name) const;
  /// The profile of a record; nullopt for an id that is no actor to this viewer.
  std::optional<std::size_t> profile_of(std::string_view id) const;
  /// Names of all members but the one that names the profile, each once: main names first. Folded they are all different.
  std::vector<ActorName> aliases(std::size_t profile) const;
  /// The name, and all names, aliases and ATT&CK ids of who bears it (of all of them, if it is ambiguous): under each of these somebody may mean them.
  std::vector<std::string> known_as(std::string_view name) const;
  /// "G0016", "RU": the first that a member tells; may be empty.
  std::string attack_id(std::size_t profile) const;
  std::string country(std::size_t profile) const;
};

inline constexpr std::size_t actor_records_max = 100'000;

/// 0.2 s for ATT&CK and the galaxies. A record that its source revoked in favour of another one belongs to that one's profile. Errors: the store's.
Result<ActorBook> read_actors(store::Store& knowledge, const intel::Viewer& viewer);

/// Books of the last few kinds of viewer, made anew when something was written or decided, by whatever process. Thread-safe.
class ActorBooks {
 public:
  explicit ActorBooks(store::Store& knowledge) : knowledge_(knowledge), books_(knowledge) {}
  Result<std::shared_ptr<const ActorBook>> of(const intel::Viewer& viewer);

 private:
  store::Store& knowledge_;
  store::ViewerCache<ActorBook> books_;
};

/// An object: `id`, `name`, `attack_id`, `country`, `aliases[]` and `records[]`; whole, also what each source states, why records were joined,
/// and what was not. The fields are in docs/openapi.json.
void write_profile(JsonWriter& w, const ActorBook& book, std::size_t profile, bool whole);

}  // namespace mozu::actors
