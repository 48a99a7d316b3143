// Markdown of a publication → HTML that is safe to stand in a page of ours, whoever wrote it: CommonMark with tables, strikethrough and
// footnotes. The parser is cmark-gfm; what is written of its tree is decided here, element by element and attribute by attribute. Raw HTML is
// shown as the text it is. Links lead to http, https or mailto only, and nothing is made a link that the author did not make one: a report is
// full of addresses that nobody should follow. Pictures are those attached to the publication; nothing is loaded from elsewhere.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"

namespace mozu::publications {

inline constexpr std::size_t markdown_bytes_max = std::size_t{1} << 20;
inline constexpr std::size_t markdown_depth_max = 60;              ///< of what stands in what
inline constexpr std::size_t markdown_cells_max = 500'000;         ///< columns of the widest table × lines: rows are filled up to it
inline constexpr std::size_t markdown_pictures_max = 1000;         ///< beginnings of them: the parser's cost rises with their square
inline constexpr std::size_t markdown_references_bytes = 100'000;  ///< of addresses and titles of references, each use counted; or as many as the text has

struct HtmlOptions {
  /// Address of an attached figure by its name; empty: there is none, and its description stands there instead.
  std::function<std::string(std::string_view name)> figure = {};
  /// Before every id, so that two texts fit on one page: letters, digits, '-'.
  std::string id_prefix = "t-";
};

struct Heading {
  int level = 2;  ///< 2–6: the page's own title is the first
  std::string id, text;
};

struct Html {
  std::string html;
  std::vector<Heading> contents;
};

/// Errors, with the line: "markdown-too-large", "markdown-too-deep", "markdown-table", "markdown-pictures", "markdown-marks", "markdown-references".
Result<Html> render_html(std::string_view markdown, const HtmlOptions& options = {});
/// What it says without any marks, one line a paragraph: for descriptions and search. The same errors.
Result<std::string> plain_text(std::string_view markdown);

}  // namespace mozu::publications
