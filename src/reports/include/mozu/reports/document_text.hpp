// What is read out of documents, as a report.
#pragma once
#include "mozu/files/document.hpp"
#include "mozu/reports/extract.hpp"

namespace mozu::reports {

/// The title is the document's own if that says anything, else title_of() its text. Links of Markdown and AsciiDoc are left out: their texts show where they lead.
ReportText report_text(files::DocumentText&& document);

}  // namespace mozu::reports
