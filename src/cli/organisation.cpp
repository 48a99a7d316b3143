#include "organisation.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::cli {
namespace {

std::string those_there_are(const std::vector<store::Organisation>& all) {
  constexpr std::size_t told_max = 20;
  if (all.empty()) return "there is none yet; `mozu user add NAME --organisation …` makes one";
  std::string out = "known are";
  for (std::size_t i = 0; i < std::min(all.size(), told_max); ++i) out += fmt::format("{} {} ({})", i == 0 ? "" : ",", printable(all[i].name, 80), all[i].id);
  return out + (all.size() > told_max ? ", …; `mozu organisation list` shows all" : "");
}

}  // namespace

Result<store::Organisation> organisation_of(store::Accounts& people, const std::string& text) {
  MOZU_LET(const auto all, people.organisations());
  auto found = std::ranges::find(all, text, &store::Organisation::name);
  if (const auto number = to_uint(text); found == all.end() && number)
    found = std::ranges::find_if(all, [&](const store::Organisation& o) { return o.id > 0 && static_cast<std::uint64_t>(o.id) == *number; });
  if (found == all.end()) return fail("absent", fmt::format("there is no organisation '{}'", printable(text, 80)), those_there_are(all));
  return *found;
}

Result<intel::OrganisationId> owner_of(store::Accounts& people, const std::string& text) {
  if (text.empty() || text == "0") return intel::common;
  MOZU_LET(const auto found, organisation_of(people, text));
  return found.id;
}

Status audit(store::Accounts& people, std::string action, std::string object, std::string detail, intel::OrganisationId organisation) {
  store::AuditLine line;
  line.at = Timestamp::now(), line.who = "cli", line.action = std::move(action), line.object = std::move(object), line.detail = std::move(detail);
  line.organisation = organisation;
  const auto written = people.audit(line);
  return written ? Status{} : fail(written.error());
}

}  // namespace mozu::cli
