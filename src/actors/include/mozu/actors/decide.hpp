// A person's word on whether two actors are one, for the API and the command line.
#pragma once
#include <array>
#include <string_view>

#include "mozu/base/json_write.hpp"
#include "mozu/base/result.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/store/store.hpp"

namespace mozu::actors {

/// By store::Store::Sameness.
inline constexpr std::array<std::string_view, 3> sameness_words = {"same", "different", "undecided"};
constexpr std::string_view word(store::Store::Sameness s) { return sameness_words[static_cast<std::size_t>(s)]; }

/// Its members, into an object that is begun.
void write_fields(JsonWriter& w, const store::Store::Decision& d);

/// In the name of the viewer's organisation. Errors: "absent" (the viewer sees no such object), and those of Store::decide().
Status decide(store::Store& knowledge, const intel::Viewer& viewer, std::string_view id, std::string_view other, store::Store::Sameness sameness,
              std::string_view who);

}  // namespace mozu::actors
