#include "mozu/publications/about_filter.hpp"

#include <initializer_list>
#include <string_view>

namespace mozu::publications {

std::vector<std::vector<intel::Subject>> AboutFilter::subjects() const {
  std::vector<std::vector<intel::Subject>> out;
  const auto add = [&](const std::vector<std::string>& names, std::initializer_list<std::string_view> what) {
    if (names.empty()) return;
    auto& list = out.emplace_back();
    for (const auto& name : names)
      for (const auto subject : what) list.push_back(intel::subject_of(subject, name));
  };
  add(kinds, {"kind"});
  add(actors, {"actor"});
  add(sectors, {"sector"});
  add(geography, {"geography"});
  add(tags, {"malware", "campaign"});
  return out;
}

}  // namespace mozu::publications
