// Private to the room: what routes need to know of the quotas of plans; application.cpp counts.
#pragma once
#include <cstdint>

#include "mozu/base/result.hpp"
#include "mozu/plans/plans.hpp"
#include "mozu/plans/spending.hpp"
#include "mozu/server/http.hpp"

namespace mozu::server {

/// What is said to who asked for more than what is left.
std::unexpected<Diagnostic> quota_spent(plans::What what, std::int64_t quota, std::int64_t left = 0, std::int64_t asked = 1);
/// "locked": why what plans do not open is closed, and what to do.
Diagnostic why_locked(const plans::Standing& stands);

}  // namespace mozu::server
