// DOCX: a zip (libarchive, by base) of XML parts (pugixml). Paragraphs are lines, cells of a row are parted by tabs, footnotes stand at the end.
#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <new>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/time.hpp"
#include "reader.hpp"

namespace mozu::files {
namespace {

// The text of a book of 1,000 pages is a part of 10 MB; as a tree XML takes up to eight times its bytes.
constexpr std::uint64_t part_bytes_max = 64 << 20, parts_bytes_max = 128 << 20;

using Relations = std::map<std::string, std::string, std::less<>>;  // id → target outside

struct Parts {
  std::map<std::string, std::string, std::less<>> by_name;
  const std::string* find(std::string_view name) const {
    const auto found = by_name.find(name);
    return found == by_name.end() ? nullptr : &found->second;
  }
};

bool is_wanted(std::string_view name) {
  if (name == "docProps/core.xml") return true;
  if (name.starts_with("word/_rels/")) return name.ends_with(".xml.rels");
  return name.ends_with(".xml") &&
         (name.starts_with("word/document") || name == "word/footnotes.xml" || name == "word/endnotes.xml" || name == "word/comments.xml");
}

Result<Parts> unpack(std::string_view bytes, TextOut& out) {
  Parts parts;
  StreamLimits limits;
  limits.unpacked_bytes_max = parts_bytes_max;
  const auto archive = open_input_memory("document", bytes, limits);
  bool failed = false;
  for (;;) {
    auto stream = archive->next();
    if (!stream) {
      if (std::exchange(failed, true)) break;
      out.note("part-unread", stream.error().message, archive->name());
      continue;
    }
    if (*stream == nullptr) break;
    const std::string name = archive->name().substr(std::min(archive->name().size(), archive->name().find('!') + 1));
    if (!is_wanted(name)) continue;
    auto part = read_all(**stream, part_bytes_max);
    if (part) {
      parts.by_name.emplace(name, std::move(*part));
      continue;
    }
    if (part.error().code == "stream-bomb" || part.error().code == "stream-too-large" || part.error().code == "input-too-large")
      return fail("document-damaged", fmt::format("its part {} is packed like a bomb: {}", name, part.error().message),
                  "it is made to waste memory; treat it as hostile");
    out.note("part-unread", part.error().message, name);
  }
  return parts;
}

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name.substr(name.find(':') == name.npos ? 0 : name.find(':') + 1);
}

std::string_view attribute(const pugi::xml_node& node, std::string_view wanted) {
  for (const auto& a : node.attributes()) {
    const std::string_view name = a.name();
    if (name.substr(name.find(':') == name.npos ? 0 : name.find(':') + 1) == wanted) return a.value();
  }
  return {};
}

Relations read_relations(const std::string* part) {
  Relations relations;
  pugi::xml_document xml;
  if (part == nullptr || !xml.load_buffer(part->data(), part->size())) return relations;
  for (const auto& r : xml.document_element().children())
    if (attribute(r, "TargetMode") == "External") relations.emplace(attribute(r, "Id"), attribute(r, "Target"));
  return relations;
}

class BodyWriter {
 public:
  BodyWriter(const Relations& relations, TextOut& out) : relations_(relations), out_(out) {}

  /// Without recursion: a document may nest as deep as it is long.
  void walk(const pugi::xml_node& root) {
    pugi::xml_node node = root;
    while (node && !out_.full()) {
      if (enter(node) && node.first_child()) {
        node = node.first_child();
        continue;
      }
      leave(node);
      while (node != root && !node.next_sibling()) {
        node = node.parent();
        leave(node);
      }
      if (node == root) return;
      node = node.next_sibling();
    }
  }

 private:
  /// False: what is inside is not text of the document.
  bool enter(const pugi::xml_node& node) {
    if (node.type() != pugi::node_element) return false;
    const auto name = local_name(node);
    if (name == "t") {
      out_.append(node.child_value());
      return false;
    }
    if (name == "pPr" || name == "rPr" || name == "sectPr" || name == "tblPr" || name == "tcPr" || name == "delText" || name == "Fallback") return false;
    if (name == "tab") out_.append("\t");
    else if (name == "br" || name == "cr") out_.append("\n");
    else if (name == "noBreakHyphen") out_.append("-");
    else if (name == "tbl") begin_table();
    else if (name == "tr") begin_row();
    else if (name == "tc") begin_cell(node);
    else if (name == "hyperlink") link_begin_ = out_.size();
    else if (name == "instrText") instruction_ += std::string_view(node.child_value()).substr(0, 4096);
    else if (name == "fldChar") field(attribute(node, "fldCharType"));
    return true;
  }

  void leave(const pugi::xml_node& node) {
    const auto name = local_name(node);
    if (name == "p") {
      out_.append("\n");
    } else if (name == "tc") {
      drop_line_ends();
      if (depth_ == 1 && !cells_.empty()) cells_.back().end = out_.size();
    } else if (name == "tr") {
      out_.append("\n");
    } else if (name == "tbl") {
      if (depth_ == 1 && is_layout()) by_columns();
      --depth_;
    } else if (name == "hyperlink") {
      if (const auto target = relations_.find(attribute(node, "id")); target != relations_.end())
        out_.add_link(std::min(link_begin_, out_.size()), out_.size(), target->second);
    }
  }

  struct Cell {
    std::uint64_t column = 0;
    std::size_t begin = 0, end = 0;
  };

  void begin_table() {
    if (++depth_ > 1) return;
    cells_.clear();
    rows_ = 0;
    table_begin_ = out_.size();
  }

  void begin_row() {
    first_cell_ = true;
    if (depth_ != 1) return;
    column_ = 0;
    ++rows_;
  }

  void begin_cell(const pugi::xml_node& node) {
    if (!std::exchange(first_cell_, false)) out_.append("\t");
    cell_begin_ = out_.size();
    if (depth_ != 1) return;
    cells_.push_back({column_, out_.size(), out_.size()});
    std::uint64_t span = 1;
    for (const auto& properties : node.children())
      if (local_name(properties) == "tcPr")
        for (const auto& property : properties.children())
          if (local_name(property) == "gridSpan") span = to_uint(attribute(property, "val")).value_or(1);
    column_ += std::min<std::uint64_t>(span, 1000);
  }

  /// A table that lays out lines of text, as converters make them: nearly all of its cells are empty, and what belongs together stands below one another.
  bool is_layout() const {
    const auto filled = static_cast<std::size_t>(std::ranges::count_if(cells_, [](const Cell& c) { return c.end > c.begin; }));
    return rows_ >= 4 && filled * 10 < cells_.size() * 3;
  }

  /// Puts the cells of the table just written below one another, column by column; never longer than it was.
  void by_columns() {
    auto& d = out_.document;
    std::ranges::stable_sort(cells_, {}, &Cell::column);
    std::string text;
    auto links = std::ranges::lower_bound(d.links, table_begin_, {}, &Link::begin);
    std::vector<Link> moved(links, d.links.end());
    std::ranges::stable_sort(moved, {}, &Link::begin);
    for (const auto& cell : cells_) {
      if (cell.end <= cell.begin) continue;
      const auto at = table_begin_ + text.size();
      for (auto l = std::ranges::lower_bound(moved, cell.begin, {}, &Link::begin); l != moved.end() && l->begin < cell.end; ++l, ++links)
        *links = {l->begin - cell.begin + at, std::clamp(l->end, l->begin, cell.end) - cell.begin + at, l->target};
      text.append(d.text, cell.begin, cell.end - cell.begin);
      text += '\n';
    }
    d.links.erase(links, d.links.end());
    d.text.resize(table_begin_);
    d.text += text;
  }

  void drop_line_ends() {
    auto& text = out_.document.text;
    while (text.size() > cell_begin_ && text.back() == '\n') text.pop_back();
  }

  /// Links may also be fields: begin, HYPERLINK "target", separate, the text, end.
  void field(std::string_view type) {
    if (type == "begin") {
      instruction_.clear();
    } else if (type == "separate") {
      field_begin_ = out_.size();
    } else if (type == "end") {
      const std::string_view s = trim(instruction_);
      const auto open = s.find('"');
      if (s.starts_with("HYPERLINK") && open != s.npos && s.find("\\l") == s.npos) {
        const auto target = s.substr(open + 1, s.find('"', open + 1) - open - 1);
        out_.add_link(std::min(field_begin_, out_.size()), out_.size(), std::string(target));
      }
      instruction_.clear();
    }
  }

  const Relations& relations_;
  TextOut& out_;
  std::string instruction_;
  std::size_t link_begin_ = 0, field_begin_ = 0, cell_begin_ = 0;
  bool first_cell_ = true;
  std::vector<Cell> cells_;  // of the outermost table
  std::size_t depth_ = 0, rows_ = 0, table_begin_ = 0;
  std::uint64_t column_ = 0;
};

void read_properties(const std::string& part, DocumentText& d) {
  pugi::xml_document xml;
  if (!xml.load_buffer(part.data(), part.size())) return;
  for (const auto& property : xml.document_element().children()) {
    const auto name = local_name(property);
    const std::string_view value = property.child_value();
    if (name == "title") d.title = one_line(value);
    if (name == "creator") d.author = one_line(value);
    const auto time = name == "created" || name == "modified" ? parse_time_iso(trim(value)) : std::nullopt;
    if (time) (name == "created" ? d.created : d.modified) = format_time(*time);
  }
}

/// The part is used up: the tree lies in its bytes.
Status write_part(Parts& parts, const std::string& name, TextOut& out) {
  auto& part = parts.by_name.find(name)->second;
  pugi::xml_document xml;
  // Blanks alone between runs are text; where markup is indented, they stand outside of w:t and are not read.
  const auto parsed = xml.load_buffer_inplace(part.data(), part.size(), pugi::parse_default | pugi::parse_ws_pcdata);
  if (parsed.status == pugi::status_out_of_memory) throw std::bad_alloc();
  if (!parsed) out.note("part-unread", fmt::format("the rest of it is no XML: {}", parsed.description()), name);
  if (!xml.document_element()) return fail("document-damaged", fmt::format("its part {} is no XML: {}", name, parsed.description()));
  const auto folder_end = name.rfind('/') + 1;
  const Relations relations = read_relations(parts.find(name.substr(0, folder_end) + "_rels/" + name.substr(folder_end) + ".rels"));
  BodyWriter(relations, out).walk(xml.document_element());
  out.break_line();
  return {};
}

}  // namespace

Status read_docx(std::string_view bytes, TextOut& out) {
  MOZU_LET(auto parts, unpack(bytes, out));
  if (const auto* properties = parts.find("docProps/core.xml")) read_properties(*properties, out.document);
  const auto body = std::ranges::find_if(parts.by_name, [](const auto& p) { return p.first.starts_with("word/document"); });
  if (body == parts.by_name.end())
    return fail("document-damaged", "it holds no word/document.xml, or that cannot be unpacked", "open it in a word processor and save it again");
  MOZU_TRY(write_part(parts, body->first, out));
  for (const std::string name : {"word/footnotes.xml", "word/endnotes.xml", "word/comments.xml"})
    if (parts.find(name) != nullptr)
      if (const auto written = write_part(parts, name, out); !written) out.note("part-unread", written.error().message, name);
  return {};
}

}  // namespace mozu::files
