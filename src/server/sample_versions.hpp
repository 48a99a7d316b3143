// Private to the room: what loads of the samples noted: the version that each publication had, and the imports that they made.
#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/store/accounts.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server {

using SampleVersions = std::map<std::string, std::int64_t, std::less<>>;  ///< by id of the publication

Result<SampleVersions> read_sample_versions(store::Accounts& people);
Status write_sample_versions(store::Accounts& people, const SampleVersions& versions);

/// Numbers of the imports that loads made. By them alone what was brought is known again, since whoever imports names source and origin.
struct SampleImports {
  std::set<std::int64_t> numbers{};
  bool loading = false;  ///< a load that has not come to its end: its last import may not be noted
};
/// Of a load that died, and of bases loaded before imports were noted: also those with a part's source, origin and organisation. `sample`: the organisation.
Result<SampleImports> read_sample_imports(store::Store& knowledge, store::Accounts& people, intel::OrganisationId sample);
Status write_sample_imports(store::Accounts& people, const SampleImports& imports);

}  // namespace mozu::server
