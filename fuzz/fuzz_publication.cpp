// rooms: publications
// Any text as a publication's file and as its Markdown: what is read comes back the same through JSON, and the HTML has balanced elements that are on the list, and no address
// but http, https, mailto and its own.
#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/text.hpp"
#include "mozu/publications/file_form.hpp"
#include "mozu/publications/markdown.hpp"

namespace {

using namespace mozu::publications;

void check(bool holds, const char* what) {
  if (holds) return;
  fmt::print(stderr, "{}\n", what);
  std::abort();
}

void check_attribute(std::string_view name, std::string_view value) {
  static const std::set<std::string_view> known = {"href", "rel", "id", "class", "src", "alt", "loading", "scope", "start", "aria-label"};
  check(known.contains(name), "an attribute that is not ours");
  check(value.find_first_of("<>'") == value.npos, "an attribute is not escaped");
  if (name == "href")
    check(value.starts_with("#t-") || mozu::istarts_with(value, "https://") || mozu::istarts_with(value, "http://") || mozu::istarts_with(value, "mailto:"),
          "a link leads elsewhere");
  if (name == "src") check(value == "/figure", "a picture of elsewhere");
}

void check_html(std::string_view html) {
  static const std::set<std::string_view> known = {"a", "blockquote", "code",    "del",    "em",  "h2",    "h3",    "h4", "h5", "h6",    "li", "ol",
                                                   "p", "pre",        "section", "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"};
  std::vector<std::string_view> open;
  for (std::size_t at = 0; (at = html.find('<', at)) != html.npos;) {
    const bool ends = html.substr(at + 1, 1) == "/";
    at += ends ? 2 : 1;
    const auto name = html.substr(at, html.find_first_of(" >", at) - at);
    at += name.size();
    while (html.substr(at, 1) == " ") {
      const auto equals = html.find("=\"", at);
      check(equals != html.npos, "an attribute without a value");
      const auto end = html.find('"', equals + 2);
      check(end != html.npos, "an attribute without an end");
      check_attribute(html.substr(at + 1, equals - at - 1), html.substr(equals + 2, end - equals - 2));
      at = end + 1;
    }
    check(html.substr(at, 1) == ">", "an element without an end");
    if (name == "br" || name == "hr" || name == "img") continue;
    check(known.contains(name), "an element that is not ours");
    if (!ends) open.push_back(name);
    else check(!open.empty() && open.back() == name, "elements cross"), open.pop_back();
  }
  check(open.empty(), "an element stays open");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  HtmlOptions options;
  options.figure = [](std::string_view name) { return name.ends_with(".png") ? std::string("/figure") : std::string(); };
  if (const auto html = render_html(text, options)) {
    check(mozu::is_utf8(html->html), "the HTML is no UTF-8");
    check_html(html->html);
    check(plain_text(text).has_value(), "there is HTML and no plain text");
  }
  const auto read = parse_publication(text, "x.md");
  if (!read) return 0;
  Publication back;
  check(read_fields(json_of(read->publication), true, back).has_value(), "what was read is refused as JSON");
  check(json_of(back) == json_of(read->publication), "it comes back as something else");
  return 0;
}
