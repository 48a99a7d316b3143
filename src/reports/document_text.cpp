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

std::optional<intel::Tlp> said_marking(std::string_view text) {
  constexpr std::size_t beginning_bytes = 16'384;
  constexpr std::string_view mark = "TLP:";
  text = text.substr(0, beginning_bytes);
  std::optional<intel::Tlp> said;
  for (std::size_t at = 0; at + mark.size() < text.size(); ++at) {
    if (!istarts_with(text.substr(at), mark) || (at > 0 && is_alnum(static_cast<unsigned char>(text[at - 1])))) continue;
    std::size_t begin = at + mark.size();
    while (begin < text.size() && text[begin] == ' ') ++begin;
    std::size_t end = begin;
    while (end < text.size() && (is_alpha(static_cast<unsigned char>(text[end])) || text[end] == '+')) ++end;
    const auto one = intel::parse_tlp(text.substr(begin, end - begin));
    if (one && said && *one != *said) return std::nullopt;
    if (one) said = one;
  }
  return said;
}

}  // namespace mozu::reports
