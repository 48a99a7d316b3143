// HTML by gumbo: blocks become lines, cells of a row are parted by tabs, links keep their targets. What is not shown is left out.
#include <gumbo.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "charset.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"
#include "reader.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t looked_at_bytes = 4096;

/// <meta charset=…> or <meta http-equiv … charset=…>, as browsers look for it.
std::string meta_charset(std::string_view bytes) {
  const std::string head = fold(bytes.substr(0, looked_at_bytes));
  const auto at = head.find("charset=");
  if (at == head.npos) return {};
  std::string_view value = std::string_view(head).substr(at + 8);
  while (!value.empty() && (value.front() == '"' || value.front() == '\'' || value.front() == ' ')) value.remove_prefix(1);
  return std::string(value.substr(0, std::min<std::size_t>(value.find_first_of("\"'> ;/"), 40)));
}

bool is_hidden(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_HEAD: return true;
    default: return false;
  }
}

/// Line ends that stand around an element.
std::size_t lines_around(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_P:
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
    case GUMBO_TAG_H3:
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
    case GUMBO_TAG_TABLE:
    case GUMBO_TAG_UL:
    case GUMBO_TAG_OL:
    case GUMBO_TAG_DL:
    case GUMBO_TAG_PRE:
    case GUMBO_TAG_BLOCKQUOTE:
    case GUMBO_TAG_ARTICLE:
    case GUMBO_TAG_SECTION:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_HEADER:
    case GUMBO_TAG_FOOTER:
    case GUMBO_TAG_ASIDE:
    case GUMBO_TAG_MAIN:
    case GUMBO_TAG_FIGURE:
    case GUMBO_TAG_HR:
    case GUMBO_TAG_FORM: return 2;
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_LI:
    case GUMBO_TAG_TR:
    case GUMBO_TAG_DT:
    case GUMBO_TAG_DD:
    case GUMBO_TAG_CAPTION:
    case GUMBO_TAG_FIGCAPTION:
    case GUMBO_TAG_ADDRESS:
    case GUMBO_TAG_DETAILS:
    case GUMBO_TAG_SUMMARY:
    case GUMBO_TAG_OPTION: return 1;
    default: return 0;
  }
}

bool is_cell(GumboTag tag) { return tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH; }

std::string_view attribute(const GumboNode& node, const char* name) {
  const auto* a = gumbo_get_attribute(&node.v.element.attributes, name);
  return a == nullptr || a->value == nullptr ? std::string_view{} : std::string_view(a->value);
}

bool has_attribute(const GumboNode& node, const char* name) { return gumbo_get_attribute(&node.v.element.attributes, name) != nullptr; }

/// Walks the tree without recursion: a page may nest as deep as it is long.
class Walker {
 public:
  explicit Walker(TextOut& out) : out_(out) {}

  void walk(const GumboNode& root) {
    stack_.push_back({&root, 0, 0});
    while (!stack_.empty() && !out_.full()) {
      auto& top = stack_.back();
      if (top.next == 0) enter(top);
      const auto* children = children_of(*top.node);
      if (children == nullptr || top.next >= children->length || top.skipped) {
        leave(top);
        stack_.pop_back();
        continue;
      }
      const auto* child = static_cast<const GumboNode*>(children->data[top.next++]);
      if (child->type == GUMBO_NODE_TEXT || child->type == GUMBO_NODE_WHITESPACE || child->type == GUMBO_NODE_CDATA) text(child->v.text.text);
      else if (child->type == GUMBO_NODE_ELEMENT) stack_.push_back({child, 0, 0});
    }
  }

 private:
  struct Frame {
    const GumboNode* node;
    unsigned next;
    std::size_t begin;  ///< where the text of a link begins
    bool skipped = false;
  };

  static const GumboVector* children_of(const GumboNode& node) {
    if (node.type == GUMBO_NODE_ELEMENT) return &node.v.element.children;
    return node.type == GUMBO_NODE_DOCUMENT ? &node.v.document.children : nullptr;
  }

  void enter(Frame& f) {
    if (f.node->type != GUMBO_NODE_ELEMENT) return;
    const auto tag = f.node->v.element.tag;
    f.skipped = is_hidden(tag) || has_attribute(*f.node, "hidden");
    if (f.skipped) return;
    if (tag == GUMBO_TAG_BR) {
      out_.append("\n");
    } else if (is_cell(tag)) {
      begin_cell(*f.node);
    } else {
      break_around(tag);
    }
    preformatted_ += tag == GUMBO_TAG_PRE;
    in_cell_ += is_cell(tag);
    if (tag == GUMBO_TAG_A) {
      pending_space_ = pending_space_ && !at_white_space();
      if (std::exchange(pending_space_, false)) out_.append(" ");
    }
    f.begin = out_.size();
  }

  void leave(const Frame& f) {
    if (f.node->type != GUMBO_NODE_ELEMENT || f.skipped) return;
    const auto tag = f.node->v.element.tag;
    preformatted_ -= tag == GUMBO_TAG_PRE;
    in_cell_ -= is_cell(tag);
    if (tag == GUMBO_TAG_A && !attribute(*f.node, "href").empty() && attribute(*f.node, "href")[0] != '#')
      out_.add_link(std::min(f.begin, out_.size()), out_.size(), std::string(attribute(*f.node, "href")));
    if (is_cell(tag)) end_cell(f.begin);
    else break_around(tag);
  }

  /// In a cell paragraphs are lines, and what has no text leaves none.
  void break_around(GumboTag tag) {
    const auto lines = lines_around(tag);
    if (lines == 0 || (in_cell_ > 0 && at_cell_begin_)) return;
    out_.break_line(in_cell_ > 0 ? 1 : lines);
    pending_space_ = false;
  }

  void begin_cell(const GumboNode& node) {
    if (node.index_within_parent > 0 && row_has_cell(node)) out_.append("\t");
    pending_space_ = false;
    at_cell_begin_ = true;
  }

  static bool row_has_cell(const GumboNode& node) {
    const auto* siblings = node.parent == nullptr ? nullptr : children_of(*node.parent);
    for (std::size_t i = node.index_within_parent; siblings != nullptr && i-- > 0;)
      if (const auto* s = static_cast<const GumboNode*>(siblings->data[i]); s->type == GUMBO_NODE_ELEMENT) return is_cell(s->v.element.tag);
    return false;
  }

  /// Line ends that a cell's paragraphs leave would part the row.
  void end_cell(std::size_t begin) {
    auto& text = out_.document.text;
    while (text.size() > begin && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    pending_space_ = false;
    at_cell_begin_ = false;
  }

  bool at_white_space() const { return out_.document.text.empty() || is_space(static_cast<unsigned char>(out_.document.text.back())); }

  void text(std::string_view s) {
    if (preformatted_ > 0) {
      out_.append(s);
      at_cell_begin_ = at_cell_begin_ && s.empty();
      return;
    }
    for (std::size_t i = 0; i < s.size();) {
      if (is_space(static_cast<unsigned char>(s[i]))) {
        pending_space_ = true;
        ++i;
        continue;
      }
      auto e = i;
      while (e < s.size() && !is_space(static_cast<unsigned char>(s[e]))) ++e;
      if (std::exchange(pending_space_, false) && !at_white_space()) out_.append(" ");
      out_.append(s.substr(i, e - i));
      at_cell_begin_ = false;
      i = e;
    }
  }

  TextOut& out_;
  std::vector<Frame> stack_;
  int preformatted_ = 0, in_cell_ = 0;
  bool pending_space_ = false, at_cell_begin_ = false;
};

const GumboNode* child_element(const GumboNode& node, GumboTag tag) {
  const auto& children = node.v.element.children;
  for (unsigned i = 0; i < children.length; ++i)
    if (const auto* c = static_cast<const GumboNode*>(children.data[i]); c->type == GUMBO_NODE_ELEMENT && c->v.element.tag == tag) return c;
  return nullptr;
}

void set_time(std::string& where, std::string_view value) {
  if (const auto t = parse_time_iso(trim(value)); t && where.empty()) where = format_time(*t);
}

void read_head(const GumboNode& head, DocumentText& d) {
  const auto& children = head.v.element.children;
  for (unsigned i = 0; i < children.length; ++i) {
    const auto* c = static_cast<const GumboNode*>(children.data[i]);
    if (c->type != GUMBO_NODE_ELEMENT) continue;
    if (c->v.element.tag == GUMBO_TAG_TITLE && c->v.element.children.length > 0 && d.title.empty()) {
      const auto* t = static_cast<const GumboNode*>(c->v.element.children.data[0]);
      if (t->type == GUMBO_NODE_TEXT) d.title = one_line(t->v.text.text);
    }
    if (c->v.element.tag == GUMBO_TAG_LINK && fold(attribute(*c, "rel")) == "canonical" && d.address.empty()) d.address = one_line(attribute(*c, "href"));
    if (c->v.element.tag != GUMBO_TAG_META) continue;
    const auto name = fold(attribute(*c, "name").empty() ? attribute(*c, "property") : attribute(*c, "name"));
    const auto content = attribute(*c, "content");
    if ((name == "author" || name == "article:author") && d.author.empty()) d.author = one_line(content);
    if (name == "og:url" && d.address.empty()) d.address = one_line(content);
    if (name == "article:published_time" || name == "date" || name == "dcterms.created") set_time(d.created, content);
    if (name == "article:modified_time" || name == "og:updated_time" || name == "dcterms.modified") set_time(d.modified, content);
  }
}

}  // namespace

constexpr std::size_t html_depth_max = 20'000;

/// Elements open at once, if all were closed that are: gumbo takes time by the square of it.
bool is_too_deep(std::string_view page) {
  std::size_t depth = 0;
  for (std::size_t at = 0; (at = page.find('<', at)) != page.npos; ++at) {
    const char next = at + 1 < page.size() ? page[at + 1] : '\0';
    if (next == '/') depth -= depth > 0;
    else if ((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z')) {
      constexpr std::string_view never_closed[] = {"area",   "base",  "br",  "col", "embed", "hr", "img", "input", "link", "meta", "param",
                                                   "source", "track", "wbr", "p",   "li",    "dt", "dd",  "tr",    "td",   "th",   "option"};
      std::size_t end = at + 1;
      while (end < page.size() && is_alnum(static_cast<unsigned char>(page[end]))) ++end;
      const std::string tag = fold(page.substr(at + 1, end - at - 1));
      const auto close = page.find('>', end);
      if (close != page.npos && page[close - 1] == '/') continue;
      if (std::ranges::find(never_closed, tag) == std::end(never_closed) && ++depth > html_depth_max) return true;
    }
  }
  return false;
}

Status read_html(std::string_view bytes, std::string_view declared, TextOut& out) {
  const std::string meta = declared.empty() ? meta_charset(bytes) : std::string(declared);
  const std::string page = to_utf8(bytes, meta);
  if (is_too_deep(page)) return fail("document-damaged", "its elements stand too deep in one another", "it may be made to waste time");
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  const auto* parsed = gumbo_parse_with_options(&options, page.data(), page.size());
  if (parsed == nullptr || parsed->root == nullptr) return fail("document-damaged", "the page cannot be read as HTML");
  if (const auto* head = child_element(*parsed->root, GUMBO_TAG_HEAD)) read_head(*head, out.document);
  Walker(out).walk(*parsed->root);
  out.break_line();
  return {};
}

}  // namespace mozu::files
