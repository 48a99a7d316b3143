#include "titles.hpp"

#include <algorithm>
#include <charconv>

#include "mozu/base/text.hpp"
#include "mozu/lookup/answer.hpp"
#include "mozu/server/identity.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t languages_asked_max = 16;
constexpr std::size_t versions_known_max = 4096;
constexpr std::size_t reports_at_once = 16;  // each may refer to hundreds of thousands of objects

bool is_publication(std::string_view type, std::string_view source) { return type == "report" && source == publications::published_source; }

/// "q=0.5" of a language; one that is none counts as nothing.
double weight_of(std::string_view parameter) {
  parameter = trim(parameter);
  if (!parameter.starts_with("q=")) return 0;
  double weight = 0;
  std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
  return weight;
}

/// nullptr: no title is in one of these languages.
const std::string* title_of(const publications::TitleList& titles, std::span<const std::string> languages) {
  for (const auto& language : languages)
    if (const auto* title = publications::title_in(titles, language)) return title;
  return nullptr;
}

}  // namespace

std::vector<std::string> reader_languages(const Request& request) {
  std::vector<std::pair<double, std::string_view>> asked;
  for (const auto one : split(request.header("accept-language"), ',')) {
    const auto parts = split(one, ';');
    const double weight = parts.size() > 1 ? weight_of(parts[1]) : 1;
    if (weight > 0 && asked.size() < languages_asked_max) asked.emplace_back(weight, trim(parts[0]));
  }
  std::ranges::stable_sort(asked, std::ranges::greater(), [](const auto& one) { return one.first; });
  std::vector<std::string> out;
  for (const auto& [weight, tag] : asked) {
    out.emplace_back(tag);
    if (const auto dash = tag.find('-'); dash != tag.npos) out.emplace_back(tag.substr(0, dash));
  }
  std::erase_if(out, [](const std::string& tag) { return !publications::is_language(tag); });
  return out;
}

struct Titles::Called {
  Version version;
  std::string* name;
};

Status Titles::give(const Request& request, std::span<store::Head* const> heads) {
  std::vector<Called> all;
  for (auto* head : heads)
    if (is_publication(head->type, head->source)) all.push_back({{head->id, head->sequence}, &head->name});
  if (all.empty()) return {};
  return give(request.who->viewer, reader_languages(request), std::move(all));
}

void Titles::give_stored(const Request& request, std::vector<store::StoredObject>& objects) {
  const auto languages = reader_languages(request);
  if (languages.empty()) return;
  for (auto& o : objects) {
    if (!is_publication(o.type, o.source)) continue;
    const auto titles = publications::titles_of(o);
    if (const auto* title = title_of(titles, languages)) o.name = *title;
  }
}

Status Titles::give(const intel::Viewer& viewer, std::span<const std::string> languages, lookup::Answer& answer) {
  std::vector<Called> all;
  const auto add = [&](auto& list) {
    for (auto& one : list)
      if (is_publication(one.type, one.source)) all.push_back({{one.id, one.sequence}, &one.name});
  };
  add(answer.known);
  add(answer.related);
  return give(viewer, languages, std::move(all));
}

Status Titles::give(const intel::Viewer& viewer, std::span<const std::string> languages, std::vector<Called> all) {
  if (all.empty() || languages.empty()) return {};
  std::vector<std::string> unknown;
  const auto give_known = [&] {
    const std::scoped_lock lock(mutex_);
    for (const Called& one : all) {
      const auto known = known_.find(one.version);
      if (known == known_.end()) unknown.push_back(one.version.first);
      else if (const auto* title = title_of(known->second, languages)) *one.name = *title;
    }
  };
  give_known();
  if (unknown.empty()) return {};
  std::ranges::sort(unknown);
  const auto twice = std::ranges::unique(unknown);
  unknown.erase(twice.begin(), twice.end());
  MOZU_TRY(learn(viewer, unknown));
  unknown.clear();
  give_known();  // of what was written anew meanwhile, the name that was read stays
  return {};
}

Status Titles::learn(const intel::Viewer& viewer, std::span<const std::string> ids) {
  for (std::size_t at = 0; at < ids.size(); at += reports_at_once) {
    MOZU_LET(const auto objects, knowledge_.objects(viewer, ids.subspan(at, std::min(reports_at_once, ids.size() - at))));
    const std::scoped_lock lock(mutex_);
    for (const auto& o : objects) {
      if (known_.size() >= versions_known_max) known_.clear();
      known_.insert_or_assign({o.id, o.sequence}, publications::titles_of(o));
    }
  }
  return {};
}

}  // namespace mozu::server
