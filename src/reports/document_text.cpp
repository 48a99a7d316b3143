#include "mozu/reports/document_text.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "mozu/base/text.hpp"

namespace mozu::reports {

namespace {

/// Word processors fill the title in with dots and blanks.
bool says_something(std::string_view title) {
  return std::ranges::count_if(title, [](char c) { return is_alnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80; }) > 1;
}

}  // namespace

ReportText report_text(files::DocumentText&& document) {
  ReportText out;
  out.author = std::move(document.author);
  out.address = std::move(document.address);
  out.text = std::move(document.text);
  out.title = says_something(document.title) ? std::move(document.title) : title_of(out.text);
  for (const auto& page : document.pages) out.pages.push_back({page.offset, page.page});
  if (document.kind != "markdown" && document.kind != "asciidoc")
    for (auto& link : document.links) out.links.push_back({link.begin, link.end, std::move(link.target)});
  return out;
}

}  // namespace mozu::reports
