// Sample content that comes with the program: feeds, detections, actors and publications of made-up actors (examples/), so that whoever
// opens a new installation sees what it can show.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/store/accounts.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server {

inline constexpr std::string_view sample_organisation = "Sample";

struct SampleCounts {
  std::uint64_t objects = 0;                      ///< that were new or changed
  std::uint64_t publications = 0, published = 0;  ///< in all; those that were not there yet
};

/// All of it into the organisation "Sample", which is made if there is none; techniques, which belong to nobody, as common. Marked TLP:GREEN or less, so that everybody
/// here sees it. What is there already stays as it is; what a load that died left out is added by the next one. `scratch`: a folder to unpack in.
/// Errors: those of the store and the desk; "samples-broken" if the packed content does not read.
Result<SampleCounts> load_samples(store::Store& knowledge, store::Accounts& people, const std::string& scratch, const std::string& by);

inline constexpr std::size_t kept_named_max = 100;
struct SampleRemoval {
  std::uint64_t objects = 0, publications = 0;                    ///< revoked; withdrawn
  std::uint64_t kept = 0;                                         ///< brought by the samples, and another's since: somebody changed it
  std::vector<std::pair<std::string, std::string>> kept_names{};  ///< id and name of the first of them
};
/// Takes away what load_samples() brought, and nothing else: what people wrote, imported or said about it stays, as does the organisation. The history of what was given
/// to others stays, too. Again, or after a removal that died: what is left. Errors as above.
Result<SampleRemoval> remove_samples(store::Store& knowledge, store::Accounts& people, const std::string& by);

/// They are there: a load came to its end, and they were not taken away since.
Result<bool> samples_loaded(store::Accounts& people);

}  // namespace mozu::server
