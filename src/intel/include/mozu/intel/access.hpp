// Who may see what: the one rule about TLP and organisations. The store applies it to every read, the server to what never was
// in the store.
#pragma once
#include <cstdint>

#include "mozu/intel/indicator.hpp"

namespace mozu::intel {

using OrganisationId = std::int64_t;
inline constexpr OrganisationId common = 0;  ///< owned by nobody: subscribed feeds, ATT&CK; for every organisation

/// Eyes of a reader. Made by the server from who signed in; the command line, which owns the data folder, sees all.
struct Viewer {
  OrganisationId organisation = common;
  Tlp clearance = Tlp::green;  ///< nothing stricter is shown
  bool all = false;            ///< the machine's owner
  static Viewer owner() { return {common, Tlp::red, true}; }
};

/// TLP 2.0 (FIRST, August 2022) within one installation: no marking, CLEAR and GREEN may be seen by every organisation here,
/// AMBER, AMBER+STRICT and RED only by the owning one (and what is common by all); never what is stricter than the viewer's clearance.
constexpr bool may_see(const Viewer& v, OrganisationId owner, Tlp tlp) {
  if (v.all) return true;
  if (tlp > v.clearance) return false;
  return owner == common || owner == v.organisation || tlp <= Tlp::green;
}

}  // namespace mozu::intel
