// mozu plan: what organisations may read of what others publish.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "data_folder.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/plans/plans.hpp"
#include "organisation.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

constexpr std::uint64_t plan_bytes_max = std::uint64_t{1} << 20;

class PlanOffice {
 public:
  /// `makes`: a base is made if there is none.
  static Result<std::unique_ptr<PlanOffice>> open(const PlanArguments& a, bool makes) {
    auto out = std::make_unique<PlanOffice>();
    const DataFolder data(a.data);
    std::error_code ignored;
    if (makes) std::filesystem::create_directories(data.path, ignored);
    else MOZU_TRY(data.must_have_base());
    store::StoreOptions options;
    options.location = data.knowledge();
    MOZU_LET(out->people_, store::Accounts::open(options));
    out->plans_ = std::make_unique<plans::Plans>(*out->people_);
    return out;
  }
  plans::Plans& plans() { return *plans_; }
  Result<store::Organisation> organisation(const std::string& name) { return organisation_of(*people_, name); }
  Status audit(std::string action, std::string object, std::string detail) {
    return cli::audit(*people_, std::move(action), std::move(object), std::move(detail));
  }

 private:
  std::unique_ptr<store::Accounts> people_;
  std::unique_ptr<plans::Plans> plans_;
};

template <class What>
int at_office(const PlanArguments& a, const What& what, bool makes = false) {
  auto office = PlanOffice::open(a, makes);
  const Result<std::string> done = office ? what(**office) : Result<std::string>(std::unexpected(office.error()));
  if (done) return finish_stdout(*done, exit_done);
  say(done.error());
  return exit_failed;
}

std::string day_text(Timestamp t) { return t.ms == 0 ? std::string("-") : format_time(t).substr(0, 10); }
std::string quota_text(std::optional<std::int64_t> q) { return q ? fmt::format("{}", *q) : std::string("-"); }

std::string opens_text(const plans::Plan& p) {
  if (p.all) return "everything";
  std::string out;
  const std::pair<std::string_view, const std::vector<std::string>*> lists[] = {
      {"kinds", &p.kinds}, {"geography", &p.geography}, {"sectors", &p.sectors}, {"actors", &p.actors}, {"malware", &p.malware}, {"campaigns", &p.campaigns}};
  for (const auto& [name, values] : lists) {
    if (values->empty()) continue;
    out += fmt::format("{}{} ", out.empty() ? "" : "; ", name);
    for (const auto& v : *values) out += fmt::format("{}{}", &v == &values->front() ? "" : ", ", printable(v, 60));
  }
  return out;
}

std::unexpected<Diagnostic> no_plan(PlanOffice& office, const std::string& name) {
  constexpr std::size_t named_max = 20;
  std::string list;
  if (const auto all = office.plans().all())
    for (std::size_t i = 0; i < std::min(all->size(), named_max); ++i) list += fmt::format("{}{}", i == 0 ? "" : ", ", (*all)[i].value.name);
  return fail("absent", fmt::format("there is no plan '{}'", printable(name, 64)),
              list.empty() ? std::string("there are no plans; `mozu plan add FILE` makes one") : fmt::format("there are: {}", list));
}

}  // namespace

int plan_add_verb(const PlanArguments& a) {
  const auto add = [&](PlanOffice& office) -> Result<std::string> {
    std::string out;
    for (const auto& path : a.names) {
      MOZU_LET(const std::string text, read_file(path, plan_bytes_max));
      MOZU_LET(const auto plan, plans::read_plan_toml(text, path));
      MOZU_LET(const auto there, office.plans().plan(plan.name));
      if (there && there->value == plan) {
        out += fmt::format("{}: unchanged\n", plan.name);
        continue;
      }
      MOZU_LET(const auto version, office.plans().put(plan, there ? there->version : 0));
      MOZU_TRY(office.audit("plan-save", plan.name, fmt::format("version {}", version)));
      out += fmt::format("{}: version {}\n", plan.name, version);
    }
    return out;
  };
  return at_office(a, add, true);
}

int plan_list_verb(const PlanArguments& a) {
  return at_office(a, [&](PlanOffice& office) -> Result<std::string> {
    MOZU_LET(const auto all, office.plans().all());
    Table table("lrrrrrrl");
    std::vector<std::string> header = {"plan", "trial", "days"};
    for (const plans::What w : plans::counted) header.emplace_back(name(w));
    header.emplace_back("opens");
    table.header(header);
    for (const auto& p : all) {
      std::vector<std::string> row = {p.value.name, fmt::format("{}", p.value.trial), p.value.days == 0 ? std::string("-") : fmt::format("{}", p.value.days)};
      for (const plans::What w : plans::counted) row.push_back(quota_text(p.value.quotas[w]));
      row.push_back(opens_text(p.value));
      table.row(row);
    }
    return table.empty() ? std::string("no plans\n") : table.text(stdout_colour(), "");
  });
}

int plan_remove_verb(const PlanArguments& a) {
  return at_office(a, [&](PlanOffice& office) -> Result<std::string> {
    std::string out;
    for (const auto& name : a.names) {
      MOZU_LET(const auto there, office.plans().plan(name));
      if (!there) return no_plan(office, name);
      MOZU_TRY(office.plans().remove(name));
      MOZU_TRY(office.audit("plan-remove", name, {}));
      out += fmt::format("{}: removed\n", name);
    }
    return out;
  });
}

int plan_show_verb(const PlanArguments& a) {
  return at_office(a, [&](PlanOffice& office) -> Result<std::string> {
    MOZU_LET(const auto organisation, office.organisation(a.organisation));
    MOZU_LET(const auto stands, office.plans().standing(organisation.id, now()));
    if (stands.state == plans::State::unlimited) return fmt::format("{}: no plan; everything is open\n", printable(organisation.name));
    Table table("llll");
    table.header({"plan", "from", "until", "state"});
    const auto at = now();
    for (const auto& [s, plan] : stands.subscriptions)
      table.row({s.plan, day_text(s.start), day_text(s.end),
                 std::string(plans::name(s.holds(at)   ? plans::State::current
                                         : s.begun(at) ? plans::State::expired
                                                       : plans::State::not_begun))});
    std::string out = table.text(stdout_colour(), "");
    if (stands.trial > 0) out += fmt::format("trial: {} of {} opened\n", stands.chosen, stands.trial);
    return out;
  });
}

int plan_give_verb(const PlanArguments& a) {
  std::optional<Timestamp> from, until;
  if (!read_time_argument(a.from, "--from", from) || !read_time_argument(a.until, "--until", until)) return exit_usage;
  return at_office(a, [&](PlanOffice& office) -> Result<std::string> {
    MOZU_LET(const auto organisation, office.organisation(a.organisation));
    plans::Subscription s;
    s.plan = a.plan;
    s.start = from.value_or(now());
    s.end = until.value_or(Timestamp());
    MOZU_LET(auto held, office.plans().subscriptions(organisation.id));
    held.value.push_back(std::move(s));
    if (auto done = office.plans().subscribe(organisation.id, held.value, held.version, now()); !done) {
      Diagnostic d = std::move(done.error());
      // The place is one in JSON, which nobody wrote here.
      if (const std::string place = fmt::format(" ({})", d.where.path); d.message.ends_with(place)) d.message.resize(d.message.size() - place.size());
      d.where.path.clear();
      return fail(std::move(d));
    }
    MOZU_TRY(office.audit("subscribe", organisation.name, a.plan));
    MOZU_LET(const auto after, office.plans().subscriptions(organisation.id));
    const auto& given = after.value.back();
    return fmt::format("{} holds {} from {}{}\n", printable(organisation.name), given.plan, day_text(given.start),
                       given.end.ms == 0 ? std::string() : " until " + day_text(given.end));
  });
}

int plan_take_verb(const PlanArguments& a) {
  return at_office(a, [&](PlanOffice& office) -> Result<std::string> {
    MOZU_LET(const auto organisation, office.organisation(a.organisation));
    MOZU_LET(auto held, office.plans().subscriptions(organisation.id));
    if (std::erase_if(held.value, [&](const plans::Subscription& s) { return s.plan == a.plan; }) == 0)
      return fail("absent", fmt::format("{} holds no plan '{}'", printable(organisation.name), printable(a.plan, 64)), "`mozu plan show` says what it holds");
    const bool none = held.value.empty();
    MOZU_TRY(office.plans().subscribe(organisation.id, std::move(held.value), held.version, now()));
    MOZU_TRY(office.audit("unsubscribe", organisation.name, a.plan));
    return fmt::format("{} holds {} no more{}\n", printable(organisation.name), a.plan, none ? "; without any plan everything is open to it" : "");
  });
}

}  // namespace mozu::cli
