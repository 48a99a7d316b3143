// Who may see what: the one rule about TLP, organisations and plans. The store applies it to every read, the server to what never was
// in the store.
#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/intel/indicator.hpp"

namespace mozu::intel {

using OrganisationId = std::int64_t;
inline constexpr OrganisationId common = 0;  ///< owned by nobody: subscribed feeds, ATT&CK; for every organisation

/// What a publication is about, as plans name it: "kind:apt", "sector:energy", "actor:amberlynx", "publication:UUID". Values are compared as names
/// are (fold_name()), but for publications' ids. The numbers are stored; two texts of one number would open no more than the publication of whoever sought them.
using Subject = std::int64_t;
Subject subject_of(std::string_view what, std::string_view value);

/// What plans open to an organisation of what others publish. One of the ways is enough; of a way each part, by one of its subjects. No way: nothing.
struct Opened {
  using Way = std::vector<std::vector<Subject>>;
  std::vector<Way> ways;
  bool operator==(const Opened&) const = default;
};

/// Eyes of a reader. Made by the server from who signed in; the command line, which owns the data folder, sees all.
struct Viewer {
  OrganisationId organisation = common;
  Tlp clearance = Tlp::green;                      ///< nothing stricter is shown
  bool all = false;                                ///< the machine's owner
  std::shared_ptr<const Opened> opened = nullptr;  ///< none: no plan limits what is seen
  static Viewer owner() { return {common, Tlp::red, true}; }
  /// Without the limits of plans: for what even a locked publication shows (title, kind, dates, tags).
  Viewer beyond_plans() const { return {organisation, clearance, all}; }
  bool is_limited() const { return !all && opened != nullptr; }
  bool operator==(const Viewer& o) const {
    return organisation == o.organisation && clearance == o.clearance && all == o.all && (opened == o.opened || (opened && o.opened && *opened == *o.opened));
  }
};

/// One text for those who see the same, of whom one may have what was made for another.
std::string kind_of(const Viewer& v);

/// What holds of what an owner brings in: without a word about sharing, an organisation's stays its own.
constexpr Tlp tlp_in_force(OrganisationId owner, Tlp said) { return said == Tlp::none && owner != common ? Tlp::amber : said; }

/// TLP 2.0 (FIRST, August 2022) within one installation: no marking, CLEAR and GREEN may be seen by every organisation here,
/// AMBER, AMBER+STRICT and RED only by the owning one (and what is common by all); never what is stricter than the viewer's clearance.
inline bool may_see(const Viewer& v, OrganisationId owner, Tlp tlp) {
  if (v.all) return true;
  if (tlp > v.clearance) return false;
  return owner == common || owner == v.organisation || tlp <= Tlp::green;
}

/// Of what may_see() shows: is a publication open, too? Who publishes always sees their own.
inline bool is_open(const Viewer& v, OrganisationId owner, std::span<const Subject> subjects) {
  if (!v.is_limited() || owner == v.organisation) return true;
  const auto bears = [&](Subject s) { return std::ranges::find(subjects, s) != subjects.end(); };
  return std::ranges::any_of(
      v.opened->ways, [&](const Opened::Way& way) { return std::ranges::all_of(way, [&](const auto& part) { return std::ranges::any_of(part, bears); }); });
}

}  // namespace mozu::intel
