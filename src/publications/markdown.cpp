// The only file of the room that sees cmark-gfm.
#include "mozu/publications/markdown.hpp"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "markdown_cost.hpp"
#include "mozu/base/text.hpp"

namespace mozu::publications {
namespace {

struct Free {
  void operator()(cmark_parser* p) const { cmark_parser_free(p); }
  void operator()(cmark_node* n) const { cmark_node_free(n); }
  void operator()(cmark_iter* i) const { cmark_iter_free(i); }
};
using Tree = std::unique_ptr<cmark_node, Free>;

Result<Tree> parse(std::string_view markdown) {
  MOZU_TRY(check_markdown_cost(markdown));
  static const bool registered = (cmark_gfm_core_extensions_ensure_registered(), true);
  static_cast<void>(registered);
  const std::unique_ptr<cmark_parser, Free> parser(cmark_parser_new(CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_FOOTNOTES));
  for (const char* extension : {"table", "strikethrough"})  // no autolink: see the header
    if (cmark_syntax_extension* e = cmark_find_syntax_extension(extension)) cmark_parser_attach_syntax_extension(parser.get(), e);
  cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
  return Tree(cmark_parser_finish(parser.get()));
}

std::string_view view(const char* s) { return s == nullptr ? std::string_view() : std::string_view(s); }

/// Schemes are compared as browsers do, which pass over white space and control characters within: what holds any is no address.
bool is_safe_address(std::string_view url) {
  if (url.empty() || url.size() > 2000 || std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; })) return false;
  return istarts_with(url, "https://") || istarts_with(url, "http://") || istarts_with(url, "mailto:");
}

class Writer {
 public:
  explicit Writer(const HtmlOptions& options) : options_(options) {}

  Result<Html> write(cmark_node* root) {
    const std::unique_ptr<cmark_iter, Free> walk(cmark_iter_new(root));
    std::size_t depth = 0;
    for (cmark_event_type event{}; (event = cmark_iter_next(walk.get())) != CMARK_EVENT_DONE;) {
      cmark_node* node = cmark_iter_get_node(walk.get());
      const bool entering = event == CMARK_EVENT_ENTER;
      if (const bool leaf = cmark_node_first_child(node) == nullptr; !leaf) depth += entering ? 1U : ~std::size_t{0};
      if (depth > markdown_depth_max)
        return refused_markdown("markdown-too-deep", fmt::format("more than {} things stand in one another", markdown_depth_max),
                                static_cast<std::uint64_t>(std::max(1, cmark_node_get_start_line(node))), "write it flatter");
      if (image_ != nullptr) in_image(node, entering);
      else if ((cmark_node_get_type(node) & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_BLOCK) block(node, entering);
      else inline_(node, entering);
    }
    if (notes_ > 0) out_.html += "</ol></section>\n";
    return std::move(out_);
  }

 private:
  const HtmlOptions& options_;
  Html out_;
  cmark_node* image_ = nullptr;
  std::string alternative_, heading_;
  bool in_heading_ = false, in_body_ = false;
  std::size_t notes_ = 0, cell_ = 0;
  std::vector<bool> noted_;

  void put(std::string_view s) { out_.html += s; }
  void text(std::string_view s) {
    out_.html += escape_xml(s);
    if (in_heading_) heading_ += s;
  }
  void tag(std::string_view name, bool entering, std::string_view end = "") {
    put(entering ? "<" : "</");
    put(name);
    put(">");
    if (!entering) put(end);
  }

  void block(cmark_node* n, bool entering) {
    switch (static_cast<int>(cmark_node_get_type(n))) {
      case CMARK_NODE_DOCUMENT: return;
      case CMARK_NODE_BLOCK_QUOTE: return tag("blockquote", entering, "\n");
      case CMARK_NODE_LIST: return list(n, entering);
      case CMARK_NODE_ITEM: return tag("li", entering, "\n");
      case CMARK_NODE_PARAGRAPH: return paragraph(n, entering);
      case CMARK_NODE_HEADING: return heading(n, entering);
      case CMARK_NODE_THEMATIC_BREAK: return put("<hr>\n");
      case CMARK_NODE_CODE_BLOCK: return code_block(n);
      case CMARK_NODE_HTML_BLOCK: put("<p>"), text(trim(view(cmark_node_get_literal(n)))), put("</p>\n"); return;
      case CMARK_NODE_FOOTNOTE_DEFINITION: return footnote(entering);
      default: return table_part(n, entering);
    }
  }

  void list(cmark_node* n, bool entering) {
    const bool ordered = cmark_node_get_list_type(n) == CMARK_ORDERED_LIST;
    if (entering && ordered && cmark_node_get_list_start(n) != 1) put(fmt::format("<ol start=\"{}\">", std::max(0, cmark_node_get_list_start(n))));
    else tag(ordered ? "ol" : "ul", entering, "\n");
  }

  void paragraph(cmark_node* n, bool entering) {
    cmark_node* item = cmark_node_parent(n);
    cmark_node* list = item == nullptr ? nullptr : cmark_node_parent(item);
    if (list != nullptr && cmark_node_get_type(list) == CMARK_NODE_LIST && cmark_node_get_list_tight(list) != 0) return;
    tag("p", entering, "\n");
  }

  void heading(cmark_node* n, bool entering) {
    const int level = std::min(6, cmark_node_get_heading_level(n) + 1);
    if (entering) {
      in_heading_ = true;
      heading_.clear();
      out_.contents.push_back({level, fmt::format("{}s{}", options_.id_prefix, out_.contents.size() + 1), {}});
      return put(fmt::format("<h{} id=\"{}\">", level, out_.contents.back().id));
    }
    in_heading_ = false;
    out_.contents.back().text = heading_;
    put(fmt::format("</h{}>\n", level));
  }

  void code_block(cmark_node* n) {
    std::string language;
    for (const char c : view(cmark_node_get_fence_info(n))) {
      if (!is_alnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') break;
      language += fold(c);
    }
    put(language.empty() || language.size() > 30 ? "<pre><code>" : fmt::format("<pre><code class=\"language-{}\">", language));
    text(view(cmark_node_get_literal(n)));
    put("</code></pre>\n");
  }

  /// They stand at the end, in the order of their numbers.
  void footnote(bool entering) {
    if (!entering) return put(fmt::format("<a href=\"#{0}r{1}\" class=\"footnote-back\" aria-label=\"{1}\">↩</a></li>\n", options_.id_prefix, notes_));
    if (notes_++ == 0) put("<section class=\"footnotes\"><ol>\n");
    put(fmt::format("<li id=\"{}f{}\">", options_.id_prefix, notes_));
  }
  void footnote_reference(cmark_node* n) {
    const auto number = to_uint(view(cmark_node_get_literal(n))).value_or(0);
    if (number == 0 || number > 100'000) return text("*");
    if (noted_.size() <= number) noted_.resize(number + 1);
    const std::string id = noted_[number] ? std::string() : fmt::format(" id=\"{}r{}\"", options_.id_prefix, number);
    noted_[number] = true;
    put(fmt::format("<sup><a href=\"#{}f{}\"{}>{}</a></sup>", options_.id_prefix, number, id, number));
  }

  void table_part(cmark_node* n, bool entering) {
    const std::string_view type = view(cmark_node_get_type_string(n));
    if (type == "table") {
      if (!entering) put(in_body_ ? "</tbody></table>\n" : "</table>\n");
      else put("<table>\n");
      in_body_ = false;
    } else if (type == "table_row" || type == "table_header") {
      const bool head = cmark_gfm_extensions_get_table_row_is_header(n) != 0;
      if (entering && !head && !in_body_) put("<tbody>\n"), in_body_ = true;
      cell_ = 0;
      put(entering ? (head ? "<thead><tr>" : "<tr>") : (head ? "</tr></thead>\n" : "</tr>\n"));
    } else if (type == "table_cell") {
      cell(n, entering);
    }
  }
  void cell(cmark_node* n, bool entering) {
    cmark_node* row = cmark_node_parent(n);
    const bool head = row != nullptr && cmark_gfm_extensions_get_table_row_is_header(row) != 0;
    if (!entering) return put(head ? "</th>" : "</td>");
    cmark_node* table = row == nullptr ? nullptr : cmark_node_parent(row);
    std::string_view align;
    if (table != nullptr && cell_ < cmark_gfm_extensions_get_table_columns(table)) {
      const char a = static_cast<char>(cmark_gfm_extensions_get_table_alignments(table)[cell_]);
      align = a == 'r' ? " class=\"right\"" : a == 'c' ? " class=\"center\"" : "";
    }
    ++cell_;
    put(head ? "<th scope=\"col\"" : "<td");
    put(align);
    put(">");
  }

  void inline_(cmark_node* n, bool entering) {
    switch (static_cast<int>(cmark_node_get_type(n))) {
      case CMARK_NODE_TEXT:
      case CMARK_NODE_HTML_INLINE: return text(view(cmark_node_get_literal(n)));
      case CMARK_NODE_SOFTBREAK: return text("\n");
      case CMARK_NODE_LINEBREAK: return put("<br>\n");
      case CMARK_NODE_CODE: put("<code>"), text(view(cmark_node_get_literal(n))), put("</code>"); return;
      case CMARK_NODE_EMPH: return tag("em", entering);
      case CMARK_NODE_STRONG: return tag("strong", entering);
      case CMARK_NODE_LINK: return link(n, entering);
      case CMARK_NODE_IMAGE:
        image_ = n;
        alternative_.clear();
        if (cmark_node_first_child(n) == nullptr) in_image(n, false);
        return;
      case CMARK_NODE_FOOTNOTE_REFERENCE: return entering ? footnote_reference(n) : void();  // left, too, though nothing is in it
      default:
        if (view(cmark_node_get_type_string(n)) == "strikethrough") tag("del", entering);
    }
  }

  /// A link that leads nowhere good stays as its text.
  void link(cmark_node* n, bool entering) {
    const std::string_view url = view(cmark_node_get_url(n));
    if (!is_safe_address(url)) return;
    if (!entering) return put("</a>");
    put("<a href=\"");
    out_.html += escape_xml(url);
    put("\" rel=\"nofollow noopener noreferrer\">");
  }

  void in_image(cmark_node* n, bool entering) {
    if (n != image_) {
      if (entering &&
          (cmark_node_get_type(n) == CMARK_NODE_TEXT || cmark_node_get_type(n) == CMARK_NODE_CODE || cmark_node_get_type(n) == CMARK_NODE_HTML_INLINE))
        alternative_ += view(cmark_node_get_literal(n));
      return;
    }
    if (entering) return;
    image_ = nullptr;
    const std::string address = options_.figure ? options_.figure(view(cmark_node_get_url(n))) : std::string();
    if (address.empty()) return text(alternative_);
    put("<img src=\"");
    out_.html += escape_xml(address);
    put("\" alt=\"");
    out_.html += escape_xml(alternative_);
    put("\" loading=\"lazy\">");
  }
};

}  // namespace

Result<Html> render_html(std::string_view markdown, const HtmlOptions& options) {
  MOZU_LET(const Tree tree, parse(markdown));
  return Writer(options).write(tree.get());
}

Result<std::string> plain_text(std::string_view markdown) {
  constexpr std::string_view between_cells = " · ";  // a row is a line; without it, it would be a run of words
  MOZU_LET(const Tree tree, parse(markdown));
  std::string out;
  const std::unique_ptr<cmark_iter, Free> walk(cmark_iter_new(tree.get()));
  for (cmark_event_type event{}; (event = cmark_iter_next(walk.get())) != CMARK_EVENT_DONE;) {
    cmark_node* n = cmark_iter_get_node(walk.get());
    const int type = cmark_node_get_type(n);
    if (event == CMARK_EVENT_EXIT) {
      const std::string_view name = view(cmark_node_get_type_string(n));
      const bool row = name == "table_row" || name == "table_header";
      while (row && out.ends_with(between_cells)) out.resize(out.size() - between_cells.size());
      if (const bool begun = !out.empty() && out.back() != '\n'; !begun) continue;
      if (row || type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING) out += '\n';
      else if (name == "table_cell" && !out.ends_with(between_cells)) out += between_cells;
      continue;
    }
    if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE || type == CMARK_NODE_HTML_INLINE || type == CMARK_NODE_CODE_BLOCK || type == CMARK_NODE_HTML_BLOCK)
      out += view(cmark_node_get_literal(n));
    else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) out += ' ';
  }
  return std::string(trim(out));
}

}  // namespace mozu::publications
