#include <fmt/core.h>

#include <algorithm>

#include "categories.hpp"
#include "mozu/base/text.hpp"
#include "mozu/lookup/render.hpp"

namespace mozu::lookup {
namespace {

constexpr std::size_t shown_max = 15;  // rows of a section
constexpr std::size_t names_max = 12;  // names in a row
constexpr std::size_t whois_lines_max = 20;

std::string day(std::string_view time) { return std::string(time.substr(0, 10)); }
std::string day(const std::optional<Timestamp>& t) { return t ? day(format_time(*t)) : std::string("…"); }

std::string_view colour_of(Zone z) {
  switch (z) {
    case Zone::red: return "\x1b[1;31m";
    case Zone::orange: return "\x1b[1;33m";
    case Zone::yellow: return "\x1b[33m";
    case Zone::green: return "\x1b[32m";
    case Zone::grey: return "\x1b[2m";
  }
  return {};
}

/// In one line.
std::string joined_lines(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!blank) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

class Page {
 public:
  Page(const Answer& a, bool colour) : a_(a), colour_(colour) {}

  std::string text() {
    head();
    words();
    listings();
    known();
    actors();
    related();
    resolutions();
    notes();
    places();
    history();
    if (a_.more) out_ += dimmed("\nThere is more than is shown here.\n");
    return std::move(out_);
  }

 private:
  std::string dimmed(std::string_view s) const { return colour_ ? fmt::format("\x1b[2m{}\x1b[0m", s) : std::string(s); }
  void section(std::string_view title) { out_ += colour_ ? fmt::format("\n\x1b[1m{}\x1b[0m\n", title) : fmt::format("\n{}\n", title); }
  /// Parts that are not empty, with " · " between them.
  static std::string parts(std::initializer_list<std::string> list) {
    std::string out;
    for (const auto& part : list) {
      if (part.empty()) continue;
      if (!out.empty()) out += " · ";
      out += part;
    }
    return out;
  }
  void row(std::string_view text) { out_ += fmt::format("  {}\n", text); }
  void rest(std::size_t all) {
    if (all > shown_max) row(dimmed(fmt::format("… and {} more", all - shown_max)));
  }
  template <class T, class F>
  void section(std::string_view title, const std::vector<T>& items, F each) {
    if (items.empty()) return;
    section(title);
    for (std::size_t i = 0; i < std::min(items.size(), shown_max); ++i) row(each(items[i]));
    rest(items.size());
  }
  static std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), names_max); ++i) out += (i == 0 ? "" : ", ") + printable(names[i]);
    if (names.size() > names_max) out += fmt::format(" and {} more", names.size() - names_max);
    return out;
  }

  void head() {
    auto zone = std::string(name(a_.verdict.zone));
    std::ranges::transform(zone, zone.begin(), [](char c) { return static_cast<char>(c - 32); });
    const auto label = fmt::format("{} {}", zone, a_.verdict.score);
    out_ += fmt::format("{}  {} {}\n", colour_ ? fmt::format("{}{}\x1b[0m", colour_of(a_.verdict.zone), label) : label, a_.question.type,
                        printable(a_.question.value.empty() ? a_.question.asked : a_.question.value));
    for (const auto& r : a_.verdict.reasons) row(printable(r.text, 400));
    if (!a_.first_seen.empty() && !a_.last_seen.empty()) row(fmt::format("seen {} to {}", day(a_.first_seen), day(a_.last_seen)));
    else if (!a_.first_seen.empty()) row(fmt::format("first seen {}", day(a_.first_seen)));
    else if (!a_.last_seen.empty()) row(fmt::format("last seen {}", day(a_.last_seen)));
  }

  void words() {
    section("Listed by", a_.words, [&](const Word& w) {
      std::string threat;
      for (const auto& [field, value] : w.context)
        if (threat.empty() && (field == "threat" || field == "malware" || field == "actor")) threat = printable(value);
      const std::string validity = w.valid_from || w.valid_until ? fmt::format("{} – {}", day(w.valid_from), day(w.valid_until)) : std::string();
      const std::string relation = w.relation == intel::Relation::exact ? std::string() : fmt::format("{} {}", intel::name(w.relation), printable(w.indicator));
      return parts({printable(w.source), fmt::format("confidence {}", w.confidence), std::string(intel::name(w.tlp)),
                    w.revoked  ? "revoked"
                    : w.active ? ""
                               : "not active",
                    validity, relation, joined(w.labels), threat});
    });
  }

  void listings() {
    section("Warning lists", a_.listings, [&](const Listing& l) {
      return parts({printable(l.source), l.relation == intel::Relation::exact ? "" : fmt::format("{} {}", intel::name(l.relation), printable(l.indicator)),
                    l.reason == l.source ? "" : printable(l.reason)});
    });
  }

  void known() {
    section("Known as", a_.known, [&](const Known& k) {
      std::string tags;
      for (const auto& [tag, weight] : k.tags) tags += fmt::format("{}{} {}", tags.empty() ? "" : ", ", printable(tag), weight);
      const std::string relation = k.relation == intel::Relation::exact ? std::string() : fmt::format("{} {}", intel::name(k.relation), printable(k.key));
      auto line = parts(
          {fmt::format("{} {}", k.type, printable(k.name)), printable(k.source), std::string(intel::name(k.tlp)), k.revoked ? "revoked" : "", relation, tags});
      if (!k.aliases.empty()) line += fmt::format("\n    also {}", joined(k.aliases));
      constexpr std::size_t description_bytes = 300;
      if (!k.description.empty()) line += fmt::format("\n    {}", dimmed(printable(joined_lines(k.description), description_bytes)));
      return line;
    });
  }

  void actors() {
    if (a_.actors.size() > 1) section(fmt::format("The name is borne by {} actors", a_.actors.size()));
    else if (!a_.actors.empty()) section("Actor");
    for (const auto& p : a_.actors)
      row(parts(
          {printable(p.name), p.attack_id, p.country, fmt::format("{} record{}", p.records.size(), p.records.size() == 1 ? "" : "s"), joined(p.aliases)}));
  }

  void related() {
    for (const auto category : categories) {
      std::vector<const Related*> in;
      for (const auto& r : a_.related)
        if (category_of(r.type) == category) in.push_back(&r);
      std::string title(category);
      title.front() = static_cast<char>(title.front() - 32);
      section("Related: " + title, in, [&](const Related* r) {
        const std::string relation = r->outgoing ? r->relation : r->relation + " (incoming)";
        return parts({fmt::format("{} {}", r->type, printable(r->name.empty() ? r->id : r->name)), r->direct ? relation : relation + ", one step further",
                      printable(r->source), std::string(intel::name(r->tlp))});
      });
    }
  }

  void resolutions() {
    section("Passive DNS", a_.resolutions, [](const Resolution& r) {
      return parts({fmt::format("{} → {}", printable(r.name), printable(r.target)), r.record_type, fmt::format("{} – {}", day(r.first), day(r.last)),
                    r.count == 0 ? "" : fmt::format("{} times", with_commas(r.count)), printable(r.source), std::string(intel::name(r.tlp))});
    });
  }

  void notes() {
    section("Exploitation", a_.exploitations, [](const Exploitation& e) {
      return parts({printable(e.title), e.known_exploited ? "known to be exploited" : "", e.probability ? fmt::format("EPSS {:.5f}", *e.probability) : "",
                    printable(e.source), std::string(intel::name(e.tlp))});
    });
    for (const auto& r : a_.registrations) {
      section(parts({printable(r.title.empty() ? "WHOIS" : r.title), printable(r.source), std::string(intel::name(r.tlp))}));
      const auto lines = split(trim(r.text), '\n');
      for (std::size_t i = 0; i < std::min(lines.size(), whois_lines_max); ++i) row(printable(lines[i]));
    }
  }

  void places() {
    section("Geography", a_.places, [](const Place& p) {
      return parts({printable(p.country), printable(p.city), p.autonomous_system == 0 ? "" : fmt::format("AS{}", p.autonomous_system),
                    printable(p.organisation), p.network, printable(p.database)});
    });
  }

  void history() {
    section("History", a_.history, [](const Change& c) {
      return parts({format_time(c.added), c.id, !intel::is_dated(c.modified_us) ? "" : "version of " + day(format_time({c.modified_us / 1000})),
                    printable(c.source), c.revoked ? "revoked" : ""});
    });
  }

  const Answer& a_;
  bool colour_;
  std::string out_;
};

}  // namespace

std::string render_text(const Answer& answer, bool colour) { return Page(answer, colour).text(); }

}  // namespace mozu::lookup
