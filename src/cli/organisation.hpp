// Organisations as the command line names them: by name or by number; and what the audit log has of the command line.
#pragma once
#include <string>

#include "mozu/base/result.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::cli {

/// By its name, else by its number. Error "absent" names those there are.
Result<store::Organisation> organisation_of(store::Accounts& people, const std::string& text);

/// What options take whose default is what is common to all: empty and "0" are that.
Result<intel::OrganisationId> owner_of(store::Accounts& people, const std::string& text);

/// A line of the audit log in the name of the command line.
Status audit(store::Accounts& people, std::string action, std::string object, std::string detail, intel::OrganisationId organisation = intel::common);

}  // namespace mozu::cli
