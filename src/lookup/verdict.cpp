#include "mozu/lookup/verdict.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace mozu::lookup {
namespace {

constexpr int red_from = 75, orange_from = 50;
constexpr double host_factor = 0.8;     // the host is listed, the value on it may be another's
constexpr double expired_factor = 0.4;  // it was so once
constexpr int expired_score_max = 49;   // what is over is never more than yellow
constexpr double threat_weight = 90, tool_weight = 50, related_weight = 60, report_weight = 30, exploited_weight = 90, vulnerability_weight = 30;
constexpr double listed_factor = 0.5;
constexpr int listed_yellow_from = 25;

struct Claim {
  double weight = 0;
  bool active = true;
  std::string source;
  Reason reason;
};

std::string reach(intel::Relation r, std::string_view indicator) {
  switch (r) {
    case intel::Relation::exact: return {};
    case intel::Relation::subdomain: return fmt::format(", below {}", indicator);
    case intel::Relation::url_host:
    case intel::Relation::email_host: return fmt::format(", its host {}", indicator);
    case intel::Relation::range: return fmt::format(", in {}", indicator);
    case intel::Relation::mask: return fmt::format(", by {}", indicator);
  }
  return {};
}

bool is_host(intel::Relation r) { return r == intel::Relation::url_host || r == intel::Relation::email_host; }

/// How the indicator covers the value, unless it is the value itself.
void tell_reach(Reason& out, intel::Relation r, const std::string& indicator) {
  if (r == intel::Relation::exact) return;
  out.with.emplace_back("relation", std::string(intel::name(r)));
  out.with.emplace_back("indicator", indicator);
}

Reason describe(const Word& w) {
  Reason out;
  out.code = w.active ? ReasonCode::listed : ReasonCode::was_listed;
  std::string state;
  out.with = {{"source", w.source}, {"confidence", static_cast<double>(w.confidence)}};
  if (w.revoked) {
    out.code = ReasonCode::revoked;
    state = ", revoked";
  } else if (!w.active && w.valid_until) {
    out.code = ReasonCode::expired;
    out.with.emplace_back("until", format_time(*w.valid_until).substr(0, 10));
    state = fmt::format(", valid until {}", format_time(*w.valid_until).substr(0, 10));
  } else if (!w.active) {
    state = ", not valid at that time";
  }
  tell_reach(out, w.relation, w.indicator);
  out.text = fmt::format("{} by {} with confidence {}{}{}", w.active ? "listed" : "was listed", w.source, w.confidence, reach(w.relation, w.indicator), state);
  return out;
}

Reason describe(const Listing& mark) {
  const std::string whose = mark.relation == intel::Relation::exact ? "" : fmt::format("{} is ", mark.indicator);
  Reason out{ReasonCode::false_positive,
             fmt::format("{}listed as false positive by {} because {}", whose, mark.marked_by, mark.reason),
             {{"who", mark.marked_by}, {"why", mark.reason}}};
  tell_reach(out, mark.relation, mark.indicator);
  return out;
}

void add_words(const Answer& a, std::vector<Claim>& out) {
  for (const auto& w : a.words) {
    double weight = w.confidence * (is_host(w.relation) ? host_factor : 1.0);
    if (w.revoked) weight = 0;
    else if (!w.active) weight *= expired_factor;
    out.push_back({weight, w.active, w.source, describe(w)});
  }
}

bool is_threat(std::string_view type) { return type == "malware" || type == "intrusion-set" || type == "threat-actor" || type == "campaign"; }

void add_known(const Answer& a, std::vector<Claim>& out) {
  for (const auto& k : a.known) {
    if (k.revoked || k.relation != intel::Relation::exact) continue;
    const auto say = [&](double weight, ReasonCode code, std::string text) {
      out.push_back({weight, true, k.source, {code, std::move(text), {{"type", k.type}, {"name", k.name}, {"source", k.source}}}});
    };
    if (is_threat(k.type)) say(threat_weight, ReasonCode::threat_name, fmt::format("the name of a threat: {} {}, says {}", k.type, k.name, k.source));
    if (k.type == "tool") say(tool_weight, ReasonCode::tool_name, fmt::format("the name of a tool that attackers use: {}, says {}", k.name, k.source));
    if (k.type == "vulnerability") say(vulnerability_weight, ReasonCode::vulnerability, fmt::format("a known vulnerability, says {}", k.source));
  }
  for (const auto& e : a.exploitations) {
    if (e.known_exploited)
      out.push_back(
          {exploited_weight,
           true,
           e.source,
           {ReasonCode::exploited, fmt::format("known to be exploited: {}, says {}", e.title, e.source), {{"title", e.title}, {"source", e.source}}}});
    if (e.probability)
      out.push_back({*e.probability * 100,
                     true,
                     e.source,
                     {ReasonCode::epss,
                      fmt::format("exploited within 30 days with a probability of {:.1f} % (EPSS), says {}", *e.probability * 100, e.source),
                      {{"percent", std::round(*e.probability * 1000) / 10}, {"source", e.source}}}});
  }
}

/// Only what an observable is related to speaks against it: a technique is not bad because an actor uses it.
void add_related(const Answer& a, std::vector<Claim>& out) {
  if (!a.question.pattern && a.question.type != "file-name") return;
  for (const auto& r : a.related) {
    if (!r.direct) continue;
    const bool exact = std::ranges::any_of(a.known, [&](const Known& k) { return k.id == r.from && k.relation == intel::Relation::exact && !k.revoked; });
    const double factor = exact ? 1.0 : host_factor;
    if (is_threat(r.type))
      out.push_back({related_weight * factor,
                     true,
                     r.source,
                     {exact ? ReasonCode::related : ReasonCode::related_host,
                      fmt::format("related to {} {}{}, says {}", r.type, r.name, exact ? "" : " by its host or a domain above it", r.source),
                      {{"type", r.type}, {"name", r.name}, {"source", r.source}}}});
    if (r.type == "report")
      out.push_back({report_weight * factor,
                     true,
                     r.source,
                     {ReasonCode::report, fmt::format("named in the report \"{}\" of {}", r.name, r.source), {{"name", r.name}, {"source", r.source}}}});
  }
}

/// Sources count once, by their weightiest claim; independent sources make one another more likely.
double combine(const std::vector<Claim>& claims, bool active_only) {
  std::map<std::string, double, std::less<>> best;
  for (const auto& c : claims)
    if (c.active || !active_only) {
      auto& b = best[c.source];
      b = std::max(b, std::clamp(c.weight, 0.0, 100.0));
    }
  double none = 1;
  for (const auto& [source, weight] : best) none *= 1 - weight / 100;
  return 100 * (1 - none);
}

Zone zone_of(int score) { return score >= red_from ? Zone::red : score >= orange_from ? Zone::orange : score > 0 ? Zone::yellow : Zone::grey; }

void add_reasons(const Answer& a, const std::vector<Claim>& claims, std::vector<Reason>& out) {
  bool contradicted = false;
  for (const auto& l : a.listings) {
    contradicted |= l.direct() && !claims.empty();
    if (!l.marked_by.empty()) out.push_back(describe(l));
  }
  for (const auto& l : a.listings) {
    if (!l.marked_by.empty()) continue;
    const std::string& list = l.reason.empty() ? l.source : l.reason;
    Reason r{l.direct() ? ReasonCode::known_list : ReasonCode::known_list_host,
             fmt::format("{}on the list of known values \"{}\"{}", l.direct() ? "" : "its host is ", list, l.direct() ? reach(l.relation, l.indicator) : ""),
             {{"list", list}}};
    if (l.direct()) tell_reach(r, l.relation, l.indicator);
    out.push_back(std::move(r));
  }
  if (contradicted) out.push_back({ReasonCode::contradiction, "sources contradict one another: it is listed as known, and as bad", {}});
  for (const auto& c : claims)
    if (std::ranges::find(out, c.reason.text, &Reason::text) == out.end()) out.push_back(c.reason);
  if (out.size() > reasons_max) {
    const auto more = out.size() - reasons_max;
    out.resize(reasons_max);
    out.push_back({ReasonCode::more, fmt::format("and {} more", more), {{"n", static_cast<double>(more)}}});
  }
  if (a.question.keys.empty()) out.push_back({ReasonCode::unreadable, "it cannot be read: it is empty, too long, or no UTF-8", {}});
  if (!out.empty()) return;
  if (a.known.empty()) out.push_back({ReasonCode::unknown, "nothing is known about it", {}});
  else out.push_back({ReasonCode::not_bad, "known, but nobody calls it bad", {}});
}

}  // namespace

std::string_view name(Zone z) {
  constexpr std::string_view names[] = {"grey", "green", "yellow", "orange", "red"};
  return names[static_cast<std::size_t>(z)];
}

Verdict judge(const Answer& a) {
  std::vector<Claim> claims;
  add_words(a, claims);
  add_known(a, claims);
  add_related(a, claims);
  std::ranges::stable_sort(claims, [](const Claim& x, const Claim& y) { return std::pair(x.active, x.weight) > std::pair(y.active, y.weight); });

  Verdict v;
  double score = combine(claims, true);
  score = std::max(score, std::min<double>(combine(claims, false), expired_score_max));
  const auto listed = std::ranges::find_if(a.listings, &Listing::direct);
  if (listed != a.listings.end()) score *= listed_factor;
  v.score = static_cast<int>(std::lround(score));
  v.zone = listed == a.listings.end() ? zone_of(v.score) : v.score >= listed_yellow_from ? Zone::yellow : Zone::green;

  add_reasons(a, claims, v.reasons);
  return v;
}

}  // namespace mozu::lookup
