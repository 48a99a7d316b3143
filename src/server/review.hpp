// Private to the room: what was read out of a document, waiting for a person's word; kept as a small document of the store.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/json_write.hpp"
#include "mozu/base/result.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/reports/extract.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::server {

struct ReviewedFinding {
  reports::Finding finding;                      ///< of its places only the page is kept
  std::pair<std::uint64_t, std::uint64_t> span;  ///< characters of the document's text
  std::optional<bool> accepted;                  ///< nobody said: what is no noise is
  bool is_accepted() const { return accepted.value_or(finding.noise == reports::Noise::none); }
};

struct Review {
  std::string id, by;
  std::string file, kind, sha256, title, author;
  std::string source;  ///< whose words it will be in the knowledge base
  intel::Tlp tlp = intel::Tlp::none;
  bool cut = false;                      ///< there were more findings than are kept
  std::vector<std::string> diagnostics;  ///< of the reading, JSON: what was left out of the document, and why
  std::string report;                    ///< id of the report object once it was accepted; until then it is pending
  std::int64_t import = 0;
  std::optional<Timestamp> accepting;  ///< somebody is making it knowledge, since the last change of the document; the time that its objects have
  std::vector<ReviewedFinding> findings;
};

/// Error "document-too-large": more findings than a document of the store holds, even without their contexts.
Result<std::string> review_json(const Review& review);
/// Error "review-broken": what is stored is none.
Result<Review> read_review(const store::Document& document);

std::optional<reports::FindingType> finding_type_of(std::string_view name);
/// Members of one finding, into an object that is begun.
void write_finding_fields(JsonWriter& w, const ReviewedFinding& f, bool with_context);

}  // namespace mozu::server
