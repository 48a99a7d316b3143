// Private to the room: which objects a TAXII request asks for.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/server/http.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server {

inline constexpr std::string_view taxii_type = "application/taxii+json;version=2.1";
inline constexpr std::string_view taxii_space = "f3a1c1de-5f0c-5d0e-9a68-6d6f7a750001";  ///< of the ids made here
inline constexpr std::size_t collections_max = 10'000;
inline constexpr std::size_t envelope_failures_max = 1'000;

struct Collection {
  enum class Kind : std::uint8_t { everything, source, type, tlp, inbox };
  Kind kind = Kind::everything;
  std::string id, alias, title, description;
  std::string value;  ///< source or type
  intel::Tlp tlp = intel::Tlp::none;
  bool holds(const store::Head& h) const;
};
std::vector<Collection> all_collections(const std::vector<std::string>& types, const std::vector<std::string>& sources, intel::Tlp clearance);

struct TaxiiQuery {
  std::vector<std::string> ids, types, versions, spec_versions;
  std::optional<std::int64_t> added_after_ms;
  std::string next;
  std::size_t limit = 100;
  bool is_plain() const { return types.empty() && versions.empty() && spec_versions.empty() && !added_after_ms && next.empty(); }
};
/// Error "query-invalid".
Result<TaxiiQuery> taxii_query(const Request& request);

struct TaxiiPage {
  std::vector<store::StoredObject> items;
  std::string next;
};
/// May be short of `limit` though there is more: what filters take out is not made up for.
Result<TaxiiPage> taxii_page(store::Store& knowledge, const intel::Viewer& viewer, const Collection& collection, const TaxiiQuery& query);

std::int64_t version_us(const store::Head& h);  ///< `modified`, else `created`, else when it was added
std::string taxii_time(std::int64_t us);        ///< with three digits of a second, or six where they are needed
std::optional<std::int64_t> taxii_time_us(std::string_view text);

}  // namespace mozu::server
