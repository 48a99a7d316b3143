// Private to the room: pugixml as the XML readers use it. Included only by the .cpp files of XML readers.
//
// pugixml expands neither external nor declared entities and parses without recursion, so neither billion laughs nor deep
// nesting hurts; what remains is size, bounded for the text and for the tree. Elements are compared by local name: feeds use
// any prefix they like.
#pragma once
#include <pugixml.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "reader.hpp"

namespace mozu::formats {

inline constexpr std::size_t xml_document_bytes_max = std::size_t{256} << 20;
inline constexpr std::size_t xml_tree_bytes_max = std::size_t{2} << 30;  ///< a tree of tiny elements is ~10 times its text

class XmlDocument {
 public:
  XmlDocument();
  ~XmlDocument();
  /// A document that breaks off or is broken somewhere is kept up to there, and the break is told ("xml-broken", an unknown
  /// rest is lost). Errors: "input-too-large", "xml-too-large", "xml-broken" if nothing could be kept.
  Status load(ReaderInput& in, Emitter& out);
  pugi::xml_node root() const { return document_->document_element(); }
  std::uint64_t line_of(pugi::xml_node node) const;

 private:
  std::string text_;
  std::unique_ptr<pugi::xml_document> document_;
  mutable std::size_t counted_ = 0;  // line feeds before this offset are in line_
  mutable std::uint64_t line_ = 1;
  std::uint64_t line_at(std::size_t offset) const;
};

/// Name without prefix.
std::string_view local_name(pugi::xml_node n);
/// First child so named.
pugi::xml_node child_named(pugi::xml_node n, std::string_view local);
/// All text below, trimmed; at most 64 KiB of at most 1,000 elements.
std::string text_of(pugi::xml_node n);
/// Attribute by local name, or empty.
std::string_view attribute_of(pugi::xml_node n, std::string_view local);
/// "/ioc/definition/Indicator/IndicatorItem"; the last 16 steps. The line says which one.
std::string xml_path(pugi::xml_node n);
/// Next element in document order inside `top`; null at the end. Without recursion, so depth does not matter.
pugi::xml_node next_element(pugi::xml_node n, pugi::xml_node top, bool descend = true);

/// f(element, depth) for `top` (depth 0) and every element below, in document order, without recursion.
template <class F>
void each_element(pugi::xml_node top, F f) {
  int depth = 0;
  for (pugi::xml_node n = top; n;) {
    if (n.type() == pugi::node_element) f(n, depth);
    if (const auto child = n.first_child()) {
      n = child;
      ++depth;
      continue;
    }
    while (n && n != top && !n.next_sibling()) n = n.parent(), --depth;
    if (!n || n == top) return;
    n = n.next_sibling();
  }
}

/// The first tag of XML text (perhaps cut): local name and everything in the tag. Empty name: this is no XML.
struct XmlHead {
  std::string_view name, tag;
};
XmlHead xml_head(std::string_view text);

}  // namespace mozu::formats
