// Private to the room: a job as the store keeps it.
#pragma once
#include <string>
#include <string_view>

#include "mozu/attribution/jobs.hpp"

namespace mozu::attribution {

inline constexpr std::string_view jobs_collection = "attributions";

std::string json_of(const Job& job);
Result<Job> job_of(const store::Document& d);  ///< error "store-corrupt"

}  // namespace mozu::attribution
