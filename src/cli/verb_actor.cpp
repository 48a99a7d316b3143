// `mozu actor`: profiles, and the administrator's word on which actors are one.
#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "data_folder.hpp"
#include "mozu/actors/book.hpp"
#include "mozu/actors/decide.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/stix_object.hpp"
#include "mozu/store/accounts.hpp"
#include "organisation.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

using actors::ActorBook;
using Sameness = store::Store::Sameness;

constexpr std::size_t shown_max = 12;
const intel::Viewer viewer = intel::Viewer::owner();

struct ActorBase {
  std::unique_ptr<store::Store> store;
  ActorBook book;
};

Result<ActorBase> open_base(const ActorArguments& a, bool read_only) {
  const DataFolder data(a.data);
  if (!data.has_knowledge())
    return fail(
        Diagnostic{Severity::error, "store-absent", "there is no knowledge base", {data.path, 0, {}}, "`mozu import` makes one; --data names another folder"});
  store::StoreOptions options;
  options.location = data.knowledge();
  options.read_only = read_only;
  ActorBase out;
  MOZU_LET(out.store, store::Store::open(options));
  MOZU_LET(out.book, actors::read_actors(*out.store, viewer));
  return out;
}

std::unexpected<Diagnostic> nobody(const std::string& name) {
  return fail("absent", fmt::format("no actor is called '{}'", printable(name, 60)), "`mozu actor list` shows all; `mozu import` brings catalogues");
}

std::string record_line(const actors::ActorRecord& r) { return fmt::format("{} ({}, {})", r.id, printable(r.name, 60), printable(r.source, 40)); }

std::unexpected<Diagnostic> several(const std::string& name, std::string_view what, const std::vector<std::string>& choices) {
  std::string hint = "give one of the ids:";
  for (std::size_t i = 0; i < std::min(choices.size(), shown_max); ++i) hint += (i == 0 ? " " : "; ") + choices[i];
  if (choices.size() > shown_max) hint += fmt::format("; and {} more", choices.size() - shown_max);
  return fail("ambiguous", fmt::format("'{}' is the name of {} {}", printable(name, 60), choices.size(), what), std::move(hint));
}

/// By STIX id, or by name, alias or ATT&CK id.
std::vector<std::size_t> profiles_of(const ActorBook& book, const std::string& name) {
  if (const auto p = book.profile_of(name)) return {*p};
  return book.named(name);
}

Result<std::size_t> one_profile(const ActorBook& book, const std::string& name) {
  const auto found = profiles_of(book, name);
  if (found.empty()) return nobody(name);
  if (found.size() == 1) return found.front();
  std::vector<std::string> choices;
  for (const auto p : found) choices.push_back(record_line(book.canonical(p)));
  return several(name, "actors", choices);
}

/// Records by STIX id, or that bear the name: first those whose main name or ATT&CK id it is, then those that have it as alias.
struct Bearers {
  std::vector<std::size_t> main, by_alias;
};
Bearers records_of(const ActorBook& book, const std::string& name) {
  Bearers out;
  if (const auto found = book.record_of.find(name); found != book.record_of.end()) return {{found->second}, {}};
  const auto folded = intel::fold_name(name);
  for (const auto p : book.named(name))
    for (const auto m : book.profiles()[p].members) {
      const auto& r = book.records[m];
      if (intel::fold_name(r.name) == folded || intel::fold_name(r.attack_id) == folded) out.main.push_back(m);
      else if (std::ranges::any_of(r.aliases, [&](const auto& alias) { return intel::fold_name(alias.name) == folded; })) out.by_alias.push_back(m);
    }
  return out;
}

Result<std::size_t> one_record(const ActorBook& book, const std::string& name) {
  const auto bearers = records_of(book, name);
  const auto& found = bearers.main.empty() ? bearers.by_alias : bearers.main;
  if (found.empty()) return nobody(name);
  if (found.size() == 1) return found.front();
  std::vector<std::string> choices;
  for (const auto r : found) choices.push_back(record_line(book.records[r]));
  return several(name, "records", choices);
}

Status audit_decision(const ActorArguments& a, const std::string& id, const std::string& other, Sameness sameness) {
  store::StoreOptions options;
  options.location = DataFolder(a.data).knowledge();
  MOZU_LET(const auto accounts, store::Accounts::open(options));
  return cli::audit(*accounts, "decide", id, fmt::format("{} as {}", actors::word(sameness), other));
}

Status decide(ActorBase& base, const ActorArguments& a, const std::string& id, const std::string& other, Sameness sameness) {
  MOZU_TRY(actors::decide(*base.store, viewer, id, other, sameness, "cli"));
  return audit_decision(a, id, other, sameness);
}

/// What the two are after a decision.
Result<std::string> outcome(ActorBase& base, const std::string& id, const std::string& other) {
  MOZU_LET(base.book, actors::read_actors(*base.store, viewer));
  const auto a = base.book.profile_of(id), b = base.book.profile_of(other);
  if (!a || !b) return fail("absent", "an actor is gone meanwhile");
  const auto told = [&](std::size_t p) {
    return fmt::format("{} ({})", printable(base.book.canonical(p).name, 60), plural(base.book.profiles()[p].members.size(), "record"));
  };
  return *a == *b ? fmt::format("one actor: {}\n", told(*a)) : fmt::format("two actors: {}, {}\n", told(*a), told(*b));
}

/// The begin of a text in paragraphs, each in a line of its own under the first.
std::string paragraphs(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const auto line : split(text, '\n')) {
    const auto paragraph = trim(line);
    if (paragraph.empty()) continue;
    if (bytes_max == 0) return out + " …";
    if (!out.empty()) out += "\n  ";
    out += printable(paragraph, bytes_max);
    if (paragraph.size() > bytes_max) return out;
    bytes_max -= paragraph.size();
  }
  return out;
}

std::string text_of(const ActorBook& book, std::size_t profile, bool colour) {
  const auto& resolution = book.resolution;
  const auto& p = book.profiles()[profile];
  std::string out = bold(printable(book.canonical(profile).name), colour);
  for (const auto& part : {book.attack_id(profile), book.country(profile)})
    if (!part.empty()) out += " · " + printable(part);
  out += '\n';
  const auto section = [&](std::string_view title) { out += fmt::format("\n{}\n", bold(title, colour)); };
  const auto names = [&](std::string_view title, const std::vector<std::string>& list) {
    if (list.empty()) return;
    section(title);
    for (const auto& n : list) out += fmt::format("  {}\n", n);
  };
  std::vector<std::string> lines;
  for (const auto& n : book.aliases(profile)) lines.push_back(printable(n.name) + (n.by.empty() ? "" : dim(" · " + printable(n.by), colour)));
  names("Also called", lines);
  lines.clear();
  for (const auto m : p.members) lines.push_back(record_line(book.records[m]) + (book.records[m].revoked ? " revoked" : ""));
  names("Records", lines);
  lines.clear();
  for (const auto m : p.members) {
    for (const auto& o : book.details[m].origins)
      lines.push_back(fmt::format("from {}{} · {}", printable(o.country), o.detail.empty() ? "" : ", " + printable(o.detail), printable(o.source)));
    if (!book.details[m].description.empty())
      lines.push_back(fmt::format("{} · {}", paragraphs(book.details[m].description, 300), printable(book.records[m].source)));
  }
  names("Stated", lines);
  lines.clear();
  for (const auto& l : p.links)
    lines.push_back(fmt::format("{} = {}: {}", record_line(book.records[l.from]), record_line(book.records[l.to]), actors::name(l.evidence)));
  names("Joined because of", lines);
  lines.clear();
  for (const auto& n : resolution.ambiguous)
    if (std::ranges::find(n.profiles, profile) != n.profiles.end()) lines.push_back(fmt::format("{}: {} actors", printable(n.name), n.profiles.size()));
  names("Names that others bear, too", lines);
  lines.clear();
  for (const auto& c : resolution.candidates)
    if (c.profile == profile || c.other == profile)
      lines.push_back(fmt::format("{}: {}", record_line(book.canonical(c.profile == profile ? c.other : c.profile)), c.reason));
  names("Alike, but not joined", lines);
  return out;
}

std::string json_of(const ActorBook& book, std::size_t profile, bool whole) {
  std::string out;
  JsonWriter w(out);
  actors::write_profile(w, book, profile, whole);
  return out + '\n';
}

using ActorVerb = std::function<Result<std::string>(ActorBase&)>;

int with_base(const ActorArguments& a, bool read_only, const ActorVerb& verb) {
  auto base = open_base(a, read_only);
  if (!base) return failed(base.error());
  const auto text = verb(*base);
  return text ? finish_stdout(*text, exit_done) : failed(text.error());
}

}  // namespace

int actor_list_verb(const ActorArguments& a) {
  return with_base(a, true, [&](ActorBase& base) -> Result<std::string> {
    std::string out;
    Table table("lllrl");
    table.header({"name", "ATT&CK", "from", "records", "also called"});
    for (std::size_t p = 0; p < base.book.profiles().size(); ++p) {
      if (a.json) {
        out += json_of(base.book, p, false);
        continue;
      }
      std::string also;
      const auto aliases = base.book.aliases(p);
      for (std::size_t i = 0; i < std::min(aliases.size(), shown_max); ++i) also += (i == 0 ? "" : ", ") + printable(aliases[i].name);
      if (aliases.size() > shown_max) also += fmt::format(" and {} more", aliases.size() - shown_max);
      table.row({printable(base.book.canonical(p).name, 60), base.book.attack_id(p), printable(base.book.country(p), 30),
                 std::to_string(base.book.profiles()[p].members.size()), also});
    }
    if (!table.empty()) out = table.without_empty_columns().text(stdout_colour(), "");
    return out;
  });
}

int actor_show_verb(const ActorArguments& a) {
  return with_base(a, true, [&](ActorBase& base) -> Result<std::string> {
    const auto found = profiles_of(base.book, a.name);
    if (found.empty()) return nobody(a.name);
    std::string out;
    if (!a.json && found.size() > 1) out = fmt::format("'{}' is the name of {} actors\n", printable(a.name, 60), found.size());
    for (const auto p : found) out += a.json ? json_of(base.book, p, true) : (out.empty() ? "" : "\n") + text_of(base.book, p, stdout_colour());
    return out;
  });
}

int actor_decisions_verb(const ActorArguments& a) {
  return with_base(a, true, [&](ActorBase& base) -> Result<std::string> {
    MOZU_LET(const auto decisions, base.store->decisions(viewer));
    std::string out;
    Table table("lllllr");
    table.header({"actor", "other", "decided", "who", "when", "organisation"});
    const auto shown = [&](const std::string& id) {
      const auto record = base.book.record_of.find(id);
      return record == base.book.record_of.end() ? printable(id, 120) : record_line(base.book.records[record->second]);
    };
    for (const auto& d : decisions) {
      if (d.sameness == Sameness::undecided) continue;
      if (a.json) {
        JsonWriter w(out);
        w.begin_object();
        actors::write_fields(w, d);
        w.field("organisation", d.organisation).end_object();
        out += '\n';
      } else {
        table.row({shown(d.id), shown(d.other), std::string(actors::word(d.sameness)), printable(d.who, 40), format_time(d.at),
                   d.organisation == intel::common ? "" : std::to_string(d.organisation)});
      }
    }
    if (!table.empty()) out = table.without_empty_columns().text(stdout_colour(), "");
    return out;
  });
}

int actor_merge_verb(const ActorArguments& a) {
  return with_base(a, false, [&](ActorBase& base) -> Result<std::string> {
    MOZU_LET(const auto first, one_profile(base.book, a.name));
    MOZU_LET(const auto second, one_profile(base.book, a.other));
    if (first == second) return fail("one-already", fmt::format("'{}' and '{}' are one actor already", printable(a.name, 60), printable(a.other, 60)));
    const std::string id = base.book.canonical(first).id, other = base.book.canonical(second).id;
    std::vector<std::pair<std::string, std::string>> members;  // and the one of the other side to which each belongs now
    for (const auto m : base.book.profiles()[first].members) members.emplace_back(base.book.records[m].id, other);
    for (const auto m : base.book.profiles()[second].members) members.emplace_back(base.book.records[m].id, id);
    MOZU_TRY(decide(base, a, id, other, Sameness::same));
    MOZU_LET(auto text, outcome(base, id, other));
    // No rule puts two records of one catalogue together: those that a rule had joined to either would now stand alone.
    // Each of them joined by a word may push out another: once more until all stand together.
    const auto stands_apart = [&](const auto& member) { return base.book.profile_of(member.first) != base.book.profile_of(id); };
    const auto is_one = [&] { return base.book.profile_of(id) == base.book.profile_of(other); };
    for (std::size_t round = 0; round < members.size() && is_one(); ++round) {
      const auto apart = std::ranges::find_if(members, stands_apart);
      if (apart == members.end()) break;
      MOZU_TRY(decide(base, a, apart->first, apart->second, Sameness::same));
      MOZU_LET(text, outcome(base, id, other));
    }
    if (!is_one())
      say(Diagnostic{Severity::warning,
                     "unheeded",
                     "they stay two: it is decided that records of them are different",
                     {},
                     "`mozu actor decisions` shows that, `mozu actor undo` takes it back"});
    return text;
  });
}

int actor_split_verb(const ActorArguments& a) {
  return with_base(a, false, [&](ActorBase& base) -> Result<std::string> {
    MOZU_LET(const auto first, one_record(base.book, a.name));
    MOZU_LET(const auto second, one_record(base.book, a.other));
    if (first == second)
      return fail("one-record", fmt::format("'{}' and '{}' are one record", printable(a.name, 60), printable(a.other, 60)),
                  "give the ids of two: `mozu actor show` tells them");
    const std::string id = base.book.records[first].id, other = base.book.records[second].id;
    MOZU_TRY(decide(base, a, id, other, Sameness::different));
    return outcome(base, id, other);
  });
}

int actor_undo_verb(const ActorArguments& a) {
  return with_base(a, false, [&](ActorBase& base) -> Result<std::string> {
    const auto ids = [&](const std::string& name) {
      std::set<std::string> out{name};
      const auto bearers = records_of(base.book, name);
      for (const auto& list : {bearers.main, bearers.by_alias})
        for (const auto r : list) out.insert(base.book.records[r].id);
      return out;
    };
    const auto one = ids(a.name), two = ids(a.other);
    MOZU_LET(const auto decisions, base.store->decisions(viewer));
    const store::Store::Decision* last = nullptr;
    for (const auto& d : decisions) {
      if (d.sameness == Sameness::undecided || d.organisation != intel::common) continue;
      if (!(one.contains(d.id) && two.contains(d.other)) && !(one.contains(d.other) && two.contains(d.id))) continue;
      MOZU_TRY(decide(base, a, d.id, d.other, Sameness::undecided));
      last = &d;
    }
    if (last == nullptr)
      return fail("not-decided", fmt::format("nothing is decided of '{}' and '{}'", printable(a.name, 60), printable(a.other, 60)),
                  "`mozu actor decisions` shows what is; those of organisations are taken back by their people");
    return outcome(base, last->id, last->other);
  });
}

}  // namespace mozu::cli
