// What is read out of documents, as a report.
#pragma once
#include <optional>
#include <string_view>

#include "mozu/files/document.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/reports/extract.hpp"

namespace mozu::reports {

/// The title is the document's own if that says anything, else title_of() its text. Links of Markdown and AsciiDoc are left out: their texts show where they lead.
ReportText report_text(files::DocumentText&& document);

/// The marking that the report's beginning says of itself ("TLP:WHITE"); nullopt: none, or several, as where they are explained.
std::optional<intel::Tlp> said_marking(std::string_view text);

}  // namespace mozu::reports
