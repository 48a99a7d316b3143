#include "plain_text.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "charset.hpp"
#include "mozu/base/text.hpp"
#include "text_out.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t link_text_bytes_max = 500, target_bytes_max = 4000;

/// [text](target "title")
void markdown_links(std::string_view s, TextOut& out) {
  for (std::size_t mid = s.find("]("); mid != s.npos; mid = s.find("](", mid + 2)) {
    const auto window = s.substr(mid - std::min(mid, link_text_bytes_max), std::min(mid, link_text_bytes_max));
    const auto open = window.rfind('[');
    if (open == window.npos) continue;
    auto rest = s.substr(mid + 2, target_bytes_max);
    rest = rest.substr(0, rest.find("]("));  // of the next link
    const auto end = rest.find_first_of(") \t\n");
    if (end == rest.npos || end == 0) continue;
    const auto begin = mid - window.size() + open + 1;
    auto target = rest.substr(0, end);
    if (target.starts_with('<') && target.ends_with('>')) target = target.substr(1, target.size() - 2);
    out.add_link(begin, mid, std::string(target));
  }
}

/// https://target[text], link:target[text]
void asciidoc_links(std::string_view s, TextOut& out) {
  for (std::size_t open = s.find('['); open != s.npos; open = s.find('[', open + 1)) {
    std::size_t begin = open;
    while (begin > 0 && open - begin < target_bytes_max && !is_space(static_cast<unsigned char>(s[begin - 1])) && s[begin - 1] != '[' && s[begin - 1] != '|')
      --begin;
    auto target = s.substr(begin, open - begin);
    if (target.starts_with("link:")) target.remove_prefix(5);
    if (!target.starts_with("http://") && !target.starts_with("https://") && !target.starts_with("mailto:")) continue;
    const auto end = s.substr(open, link_text_bytes_max).find(']');
    if (end != s.npos) out.add_link(open + 1, open + end, std::string(target));
  }
}

}  // namespace

DocumentText read_plain_text(std::string_view bytes, std::string_view kind, const CellLimits& limits) {
  TextOut out(limits);
  out.document.kind = kind;
  out.append(to_utf8(bytes));
  if (kind == "markdown") markdown_links(out.document.text, out);
  if (kind == "asciidoc") asciidoc_links(out.document.text, out);
  return out.finish();
}

}  // namespace mozu::files
