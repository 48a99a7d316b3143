// What people of an organisation know to be harmless, though sources list it: with who said so, why, and until when. It does not change what sources say; who asks is told.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/store/store.hpp"

namespace mozu::store {

struct FalsePositive {
  intel::OrganisationId organisation = intel::common;  ///< common: for everybody
  intel::PatternKind kind = intel::PatternKind::domain;
  std::string value;   ///< canonical: Pattern::value
  std::string reason;  ///< 1 to false_positive_reason_bytes_max bytes
  std::string who;
  Timestamp at;
  std::optional<Timestamp> until = {};  ///< exclusive; from then on it counts no more, and is listed still
  bool counts(Timestamp now) const { return !until || now < *until; }
};
inline constexpr std::size_t false_positives_max = 100'000;  ///< of one organisation
inline constexpr std::size_t false_positive_reason_bytes_max = 1000;

struct FalsePositiveQuery {
  std::string text = {};                          ///< stands within the value, the reason or the name, ASCII case ignored
  std::optional<Timestamp> counting_at = {};      ///< only what counts then
  std::optional<intel::OrganisationId> own = {};  ///< only of this organisation
  Cursor cursor = {};
  std::size_t limit = 100;
};

}  // namespace mozu::store
