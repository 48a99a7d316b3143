// mozu falsepositive: what is known to be harmless though sources list it.
#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "data_folder.hpp"
#include "mozu/base/text.hpp"
#include "mozu/lookup/question.hpp"
#include "mozu/store/accounts.hpp"
#include "mozu/store/false_positives.hpp"
#include "organisation.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

/// A base, and whose words are spoken.
struct House {
  std::unique_ptr<store::Store> store;
  std::unique_ptr<store::Accounts> people;
  intel::OrganisationId organisation = intel::common;

  /// `makes`: a base is made if there is none.
  static Result<House> open(const FalsePositiveArguments& a, bool makes) {
    House out;
    const DataFolder data(a.data);
    if (!makes) MOZU_TRY(data.must_have_base());
    store::StoreOptions options;
    options.location = data.knowledge();
    MOZU_LET(out.store, store::Store::open(options));
    MOZU_LET(out.people, store::Accounts::open(options));
    MOZU_LET(out.organisation, owner_of(*out.people, a.organisation));
    return out;
  }
  Status audit(std::string action, std::string object, std::string detail) const {
    return cli::audit(*people, std::move(action), std::move(object), std::move(detail), organisation);
  }
};

template <class What>
int in_house(const FalsePositiveArguments& a, const What& what, bool makes = false) {
  auto house = House::open(a, makes);
  const Result<std::string> done = house ? what(*house) : Result<std::string>(std::unexpected(house.error()));
  if (done) return finish_stdout(*done, exit_done);
  say(done.error());
  return exit_failed;
}

}  // namespace

int false_positive_add_verb(const FalsePositiveArguments& a) {
  std::optional<Timestamp> until;
  if (!read_time_argument(a.until, "--until", until)) return exit_usage;
  const auto add = [&](House& house) -> Result<std::string> {
    std::vector<store::FalsePositive> marks;
    std::string out;
    for (const auto& value : a.values) {
      MOZU_LET(const auto pattern, lookup::pattern_of(value));
      marks.push_back({house.organisation, pattern.kind, pattern.value, a.reason, "cli", now(), until});
      out += fmt::format("{} {}: marked\n", intel::short_name(pattern.kind), printable(pattern.value, 200));
    }
    MOZU_TRY(house.store->mark_false_positives(marks));
    MOZU_TRY(house.audit("false-positive", marks.front().value, fmt::format("{} values: {}", marks.size(), a.reason)));
    return out;
  };
  return in_house(a, add, true);
}

int false_positive_list_verb(const FalsePositiveArguments& a) {
  return in_house(a, [&](House& house) -> Result<std::string> {
    store::FalsePositiveQuery query;
    query.text = a.text, query.limit = store::page_items_max;
    if (!a.organisation.empty()) query.own = house.organisation;
    Table table("llllll");
    table.header({"value", "kind", "reason", "who", "at", "until"});
    do {
      MOZU_LET(auto page, house.store->false_positives(intel::Viewer::owner(), query));
      for (const auto& f : page.items)
        table.row({printable(f.value, 100), std::string(intel::short_name(f.kind)), printable(f.reason, 100), printable(f.who, 40),
                   format_time(f.at).substr(0, 10), f.until ? format_time(*f.until).substr(0, 10) + (f.counts(now()) ? "" : " (over)") : std::string("-")});
      query.cursor = std::move(page.next);
    } while (!query.cursor.empty());
    return table.empty() ? std::string("no false positives\n") : table.text(stdout_colour(), "");
  });
}

int false_positive_remove_verb(const FalsePositiveArguments& a) {
  return in_house(a, [&](House& house) -> Result<std::string> {
    std::string out;
    for (const auto& value : a.values) {
      MOZU_LET(const auto pattern, lookup::pattern_of(value));
      MOZU_LET(const bool removed, house.store->remove_false_positive(house.organisation, pattern.kind, pattern.value));
      if (!removed)
        return fail("absent", fmt::format("{} is not marked", printable(pattern.value, 100)),
                    "`mozu falsepositive list` shows what is; --organisation names whose");
      MOZU_TRY(house.audit("false-positive-remove", pattern.value, {}));
      out += fmt::format("{} {}: removed\n", intel::short_name(pattern.kind), printable(pattern.value, 200));
    }
    return out;
  });
}

}  // namespace mozu::cli
