#include "mozu/reports/document_text.hpp"

#include <utility>

namespace mozu::reports {

ReportText report_text(files::DocumentText&& document) {
  ReportText out;
  out.author = std::move(document.author);
  out.address = std::move(document.address);
  out.text = std::move(document.text);
  out.title = document.title.empty() ? title_of(out.text) : std::move(document.title);
  for (const auto& page : document.pages) out.pages.push_back({page.offset, page.page});
  if (document.kind != "markdown" && document.kind != "asciidoc")
    for (auto& link : document.links) out.links.push_back({link.begin, link.end, std::move(link.target)});
  return out;
}

}  // namespace mozu::reports
