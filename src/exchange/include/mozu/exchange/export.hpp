// Selections of the store into files of other tongues. Objects stream; nothing is given that the viewer may not see, nor anything
// stricter than the selection's TLP.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/formats/knowledge_writer.hpp"
#include "mozu/store/store.hpp"

namespace mozu::exchange {

/// All of what is named must hold. With `ids` the others are not looked at, but for tlp_max.
struct Selection {
  std::vector<std::string> types{}, labels{};  ///< types: any of them; labels: all of them
  std::string source{};
  std::string query{};               ///< as SearchQuery::text
  std::vector<std::string> kinds{};  ///< of the values that objects stand for: intel::short_name(PatternKind), "ip", "hash"; any of them
  /// Ids of STIX; what has no "--" is an id of another catalogue ("T1059", "G0016", "CVE-…") or a name or alias: all objects that bear it,
  /// without the revoked ones if there are others.
  std::vector<std::string> ids{};
  std::optional<Timestamp> since{};  ///< modified then or later
  intel::Tlp tlp_max = intel::Tlp::red;
  bool with_revoked = true;
  bool with_neighbours = false;  ///< what the selected refer to or are referred to by, and the relations between
  bool indicators_only = false;  ///< of all that, also of `ids`, only indicators that stand for values: no rules, nothing else
};

struct ExportReport {
  std::uint64_t selected = 0, written = 0, left_out = 0;
  std::uint64_t withheld = 0;         ///< stricter than tlp_max
  intel::Tlp tlp = intel::Tlp::none;  ///< the strictest that was given
};

/// What `kinds` may hold.
std::vector<std::string> selection_kinds();

/// Errors: "export-format"; "export-absent" (an id or name that is not there or not to be seen); the store's; the sink's.
Result<ExportReport> export_objects(store::Store& store, const intel::Viewer& viewer, const Selection& selection, const std::string& format,
                                    formats::ExportSettings settings, const formats::ExportSink& sink);

}  // namespace mozu::exchange
