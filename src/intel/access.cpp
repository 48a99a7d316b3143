#include "mozu/intel/access.hpp"

#include <fmt/core.h>

#include <string>

#include "mozu/base/hash.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::intel {

Subject subject_of(std::string_view what, std::string_view value) {
  const auto folded = what == "publication" ? std::string() : fold_name(value);  // empty also of a name without letters
  const auto text = std::string(what) + ":" + (folded.empty() ? std::string(value) : folded);
  return static_cast<Subject>(xxh3_64(text));
}

std::string kind_of(const Viewer& v) {
  std::string out = fmt::format("{} {} {}", v.organisation, static_cast<int>(v.clearance), v.all);
  if (!v.opened) return out;
  out += " opened";
  for (const auto& way : v.opened->ways) {
    out += " (";
    for (const auto& part : way) {
      for (const auto subject : part) out += fmt::format(" {}", subject);
      out += ',';
    }
    out += ')';
  }
  return out;
}

}  // namespace mozu::intel
