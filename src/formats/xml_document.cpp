#include "xml_document.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "mozu/base/bytes.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

// pugixml takes its memory through two global functions; these count, so that a document of tiny elements cannot eat the
// machine. The size stands before each block; 16 bytes keep the alignment of malloc.
constexpr std::size_t header_bytes = 16;
thread_local std::size_t tree_bytes = 0;

void* counted_allocate(std::size_t size) {
  if (size > xml_tree_bytes_max || tree_bytes > xml_tree_bytes_max - size) return nullptr;
  auto* block = static_cast<char*>(std::malloc(size + header_bytes));
  if (block == nullptr) return nullptr;
  store(block, size);
  tree_bytes += size;
  return block + header_bytes;
}

void counted_free(void* p) {
  if (p == nullptr) return;
  auto* block = static_cast<char*>(p) - header_bytes;
  tree_bytes -= std::min(tree_bytes, load<std::size_t>(block));
  std::free(block);
}

bool use_counted_memory() {
  pugi::set_memory_management_functions(counted_allocate, counted_free);
  return true;
}
// Before main(): no block may be allocated by one pair of functions and freed by the other.
[[maybe_unused]] const bool counted_memory = use_counted_memory();

}  // namespace

XmlDocument::XmlDocument() : document_(std::make_unique<pugi::xml_document>()) {}
XmlDocument::~XmlDocument() = default;

Status XmlDocument::load(ReaderInput& in, Emitter& out) {
  auto text = read_all(in.stream, std::min(in.document_bytes_max, xml_document_bytes_max));
  if (!text) {
    if (text.error().code == "input-too-large") text.error().hint = "XML is read whole; split the document or have the feed as JSON, which is read in pieces";
    return fail(std::move(text).error());
  }
  text_ = std::move(*text);
  const auto result = document_->load_buffer(text_.data(), text_.size(), pugi::parse_default & ~pugi::parse_eol, pugi::encoding_auto);
  if (result.status == pugi::status_out_of_memory)
    return fail("xml-too-large", fmt::format("the tree of this document needs more than {}", human_bytes(static_cast<double>(xml_tree_bytes_max))),
                "split the document");
  const std::string_view head = std::string_view(text_).substr(0, std::size_t{64} << 10);
  if (head.find("<!ENTITY") != std::string_view::npos) {
    Diagnostic d{
        Severity::warning, "xml-entities", "the document declares entities; they are not expanded", {}, "values that use them are read as they are written"};
    out.note(std::move(d));
  }
  if (result) return {};
  Diagnostic d{Severity::warning,
               "xml-broken",
               fmt::format("broken XML: {}", fold(std::string_view(result.description()))),
               {},
               "what was read before it is kept; fetch the document again, for an unknown rest is missing"};
  d.where.line = line_at(std::min(static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0)), text_.size()));
  if (!root().first_child()) {
    d.severity = Severity::error;
    d.hint = {};
    return fail(std::move(d));
  }
  out.lose(std::move(d));
  return {};
}

std::uint64_t XmlDocument::line_at(std::size_t offset) const {
  const auto count = [&](std::size_t from, std::size_t to) {
    return static_cast<std::uint64_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(from), text_.begin() + static_cast<std::ptrdiff_t>(to), '\n'));
  };
  if (offset >= counted_) line_ += count(counted_, offset);
  else line_ -= count(offset, counted_);
  counted_ = offset;
  return line_;
}

std::uint64_t XmlDocument::line_of(pugi::xml_node node) const {
  const auto offset = node.offset_debug();
  return offset < 0 || static_cast<std::size_t>(offset) > text_.size() ? 0 : line_at(static_cast<std::size_t>(offset));
}

std::string_view local_name(pugi::xml_node n) {
  const std::string_view name = n.name();
  const auto colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_named(pugi::xml_node n, std::string_view local) {
  for (auto c = n.first_child(); c; c = c.next_sibling())
    if (c.type() == pugi::node_element && local_name(c) == local) return c;
  return {};
}

pugi::xml_node next_element(pugi::xml_node n, pugi::xml_node top, bool descend) {
  pugi::xml_node next = descend ? n.first_child() : pugi::xml_node{};
  for (;;) {
    while (!next) {
      if (n == top || !n) return {};
      next = n.next_sibling();
      if (!next) n = n.parent();
    }
    if (next.type() == pugi::node_element) return next;
    n = next;
    next = {};
  }
}

std::string text_of(pugi::xml_node n) {
  constexpr std::size_t text_bytes_max = std::size_t{64} << 10;
  constexpr int elements_max = 1000;  // elements in elements must not make one text cost the whole document
  int elements = 0;
  std::string out;
  const auto add = [&](pugi::xml_node of) {
    for (auto c = of.first_child(); c; c = c.next_sibling())
      if ((c.type() == pugi::node_pcdata || c.type() == pugi::node_cdata) && out.size() < text_bytes_max) out += c.value();
  };
  add(n);
  for (auto e = next_element(n, n); e && out.size() < text_bytes_max && ++elements < elements_max; e = next_element(e, n)) add(e);
  return std::string(trim(out));
}

std::string_view attribute_of(pugi::xml_node n, std::string_view local) {
  for (auto a = n.first_attribute(); a; a = a.next_attribute()) {
    std::string_view name = a.name();
    if (const auto colon = name.rfind(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
    if (name == local) return a.value();
  }
  return {};
}

std::string xml_path(pugi::xml_node n) {
  std::string out;
  for (int steps = 0; n && n.type() == pugi::node_element && steps < 16; n = n.parent(), ++steps) out = fmt::format("/{}{}", n.name(), out);
  return out;
}

XmlHead xml_head(std::string_view s) {
  for (;;) {
    s = trim(s);
    if (s.size() < 2 || s.front() != '<') return {};
    std::string_view end;
    if (s.starts_with("<!--")) end = "-->";
    else if (s.starts_with("<?")) end = "?>";
    else if (s.starts_with("<!")) end = s.find('[') < s.find('>') ? "]>" : ">";
    else break;
    const auto at = s.find(end);
    if (at == std::string_view::npos) return {};
    s.remove_prefix(at + end.size());
  }
  const auto tag = s.substr(1, s.find('>') - 1);
  std::size_t n = 0;
  while (n < tag.size() && (is_alnum(static_cast<unsigned char>(tag[n])) || tag[n] == '_' || tag[n] == '-' || tag[n] == ':' || tag[n] == '.')) ++n;
  if (n == 0 || !(is_alpha(static_cast<unsigned char>(tag[0])) || tag[0] == '_')) return {};
  if (n < tag.size() && !is_space(static_cast<unsigned char>(tag[n])) && tag[n] != '/') return {};
  auto name = tag.substr(0, n);
  if (const auto colon = name.rfind(':'); colon != std::string_view::npos) name.remove_prefix(colon + 1);
  return {name, tag};
}

}  // namespace mozu::formats
