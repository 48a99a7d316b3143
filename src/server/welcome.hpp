// Whether the link for the first administrator, which a server without users printed, is good now.
#pragma once

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::server {

Result<bool> awaits_welcome(store::Accounts& accounts, Timestamp now);

}  // namespace mozu::server
