// Findings as text for people, JSON and STIX 2.1.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/json_write.hpp"
#include "mozu/base/time.hpp"
#include "mozu/reports/extract.hpp"

namespace mozu::reports {

struct ReportFile {
  std::string file;        ///< as the user named it
  std::string sha256;      ///< of the file's bytes
  std::string space = {};  ///< whose ids the bundle bears: organisations that read one report get objects of their own; empty: everybody's
};

/// Where each finding stands, [first, last) in characters (code points) of the text.
std::vector<std::pair<std::uint64_t, std::uint64_t>> character_spans(const ReportText& report, const Findings& findings);
/// Members of a finding, into an object that is begun: type, value, span, page, context, confidence, reason, noise.
void write_finding(JsonWriter& w, const Finding& f, const std::pair<std::uint64_t, std::uint64_t>& span);

/// One object on one line: {"file","sha256","title","findings":[{"type","value","span","page","context","confidence","reason","noise"}]};
/// span is [begin, end) in characters (code points) of the document's text; noise is null where there is none.
std::string render_json(const ReportFile& file, const ReportText& report, const Findings& findings);

/// The id of an object that stands for a named finding already; `type` is that of STIX. Empty: there is none.
using KnownObject = std::function<std::string(const Finding& f, std::string_view type)>;

/// A STIX 2.1 bundle on one line: a report that refers to an object for each finding that is not noise. Ids depend on the contents alone, so that
/// the same report gives the same bundle; `published` is its time. What `known` names is referred to and not in the bundle.
std::string render_stix(const ReportFile& file, const ReportText& report, const Findings& findings, Timestamp published, const KnownObject& known = {});

/// Grouped by type, noise apart. `bold` and `dim` colour headings and notes.
std::string render_text(const ReportFile& file, const ReportText& report, const Findings& findings, bool colour);

}  // namespace mozu::reports
