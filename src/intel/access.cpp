#include "mozu/intel/access.hpp"

#include <string>

#include "mozu/base/hash.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::intel {

Subject subject_of(std::string_view what, std::string_view value) {
  const auto folded = what == "publication" ? std::string() : fold_name(value);  // empty also of a name without letters
  const auto text = std::string(what) + ":" + (folded.empty() ? std::string(value) : folded);
  return static_cast<Subject>(xxh3_64(text));
}

}  // namespace mozu::intel
