#include "mozu/store/sources.hpp"

#include <fmt/core.h>

#include <string>

#include "mozu/base/text.hpp"

namespace mozu::store {
namespace {

/// What is written otherwise where it is shown is not what it looks like.
Status check_plain(std::string_view what, std::string_view name) {
  if (trim(name).empty()) return fail("field-invalid", fmt::format("{} is blank", what), "give it a name that can be read");
  if (printable(name, name.size()) != name)
    return fail("field-invalid", fmt::format("{} has characters that do not show, or turn the text around: '{}'", what, printable(name, 120)),
                "leave out line ends, tabs, and control and bidi characters");
  return {};
}

}  // namespace

Status check_source(std::string_view source) {
  if (source.empty() || source.size() > source_bytes_max)
    return fail("field-invalid", fmt::format("the source, whose words these are, has 1 to {} bytes", source_bytes_max));
  MOZU_TRY(check_plain("the source", source));
  if (trim(source) != source) return fail("field-invalid", "the source begins or ends with a blank", "leave it out");
  const auto folded = fold(source);
  if (folded != publications_source && folded != edits_source) return {};
  return fail("field-invalid",
              fmt::format("the source '{}' is the platform's own: what is {} here bears it, and nothing that is imported", source,
                          folded == edits_source ? "edited" : "published"),
              "name the source after whose words these are");
}

Status check_origin(std::string_view name) { return name.empty() ? Status{} : check_plain("the name of the file", name); }

}  // namespace mozu::store
