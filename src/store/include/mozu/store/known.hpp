// Names that the knowledge base has already, so that writers refer to its objects and double none.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/store/store.hpp"

namespace mozu::store {

/// The id of an object of one of the types that has the key, is not revoked, and that the viewer may see; empty: there is none.
Result<std::string> known_id(Store& knowledge, const intel::Viewer& viewer, const intel::Key& key, std::span<const std::string_view> types);

}  // namespace mozu::store
