// Private to the room: which version each sample publication had when it was loaded.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "mozu/base/result.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::server {

using SampleVersions = std::map<std::string, std::int64_t, std::less<>>;  ///< by id of the publication

Result<SampleVersions> read_sample_versions(store::Accounts& people);
Status write_sample_versions(store::Accounts& people, const SampleVersions& versions);

}  // namespace mozu::server
