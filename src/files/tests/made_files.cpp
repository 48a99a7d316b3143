#include "made_files.hpp"

#include <fmt/core.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>

namespace mozu::files::made {
namespace {

void put(std::string& out, std::uint64_t n, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(i < 8 ? n >> (8 * i) : 0);
}

std::string deflated(std::string_view s) {
  z_stream z{};
  ::deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(::deflateBound(&z, s.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(s.data()));
  z.avail_in = static_cast<uInt>(s.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  ::deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  ::deflateEnd(&z);
  return out;
}

}  // namespace

std::string pdf(const std::vector<DrawnPage>& pages, std::string_view info) {
  std::string out = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n", kids;
  out += fmt::format("3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj\n4 0 obj<<{}>>endobj\n", info);
  std::size_t next = 5;
  for (const auto& page : pages) {
    std::string content, links;
    for (const auto& t : page.texts) content += fmt::format("BT /F 10 Tf {} {} Td ({}) Tj ET\n", t.x, t.y, t.text);
    for (const auto& l : page.links)
      links += fmt::format("<</Type/Annot/Subtype/Link/Rect[{} {} {} {}]/A<</S/URI/URI({})>>>>", l.x1, l.y1, l.x2, l.y2, l.target);
    out += fmt::format("{} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 3 0 R>>>>/Contents {} 0 R/Annots[{}]>>endobj\n", next,
                       next + 1, links);
    out += fmt::format("{} 0 obj<</Length {}>>stream\n{}\nendstream endobj\n", next + 1, content.size(), content);
    kids += fmt::format("{} 0 R ", next);
    next += 2;
  }
  out += fmt::format("2 0 obj<</Type/Pages/Count {}/Kids[{}]>>endobj\n", pages.size(), kids);
  return out + "trailer<</Root 1 0 R/Info 4 0 R>>\n%%EOF\n";
}

std::string zip(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string out, directory;
  for (const auto& [name, content] : members) {
    const auto packed = deflated(content);
    const auto offset = out.size();
    std::string common;
    put(common, 20, 2);
    put(common, 0, 2);
    put(common, 8, 2);
    put(common, 0, 4);
    put(common, ::crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())), 4);
    put(common, packed.size(), 4);
    put(common, content.size(), 4);
    put(common, name.size(), 2);
    put(common, 0, 2);
    out += "PK\x03\x04" + common + name + packed;
    directory += "PK\x01\x02";
    put(directory, 20, 2);
    directory += common;
    put(directory, 0, 10);
    put(directory, offset, 4);
    directory += name;
  }
  std::string end = "PK\x05\x06";
  put(end, 0, 4);
  put(end, members.size(), 2);
  put(end, members.size(), 2);
  put(end, directory.size(), 4);
  put(end, out.size(), 4);
  put(end, 0, 2);
  return out + directory + end;
}

std::string docx(std::string_view body, const std::vector<std::pair<std::string, std::string>>& relations) {
  std::string related;
  for (const auto& [id, target] : relations)
    related += fmt::format(R"(<Relationship Id="{}" Type="hyperlink" Target="{}" TargetMode="External"/>)", id, target);
  return zip(
      {{"[Content_Types].xml", "<Types/>"},
       {"docProps/core.xml",
        R"(<c:core xmlns:c="c" xmlns:dc="d"><dc:title>A title</dc:title><dc:creator>The desk</dc:creator><dcterms:created xmlns:dcterms="t">2024-05-06T07:08:09Z</dcterms:created></c:core>)"},
       {"word/_rels/document.xml.rels", "<Relationships>" + related + "</Relationships>"},
       {"word/document.xml", fmt::format(R"(<?xml version="1.0"?><w:document xmlns:w="w" xmlns:r="r"><w:body>{}</w:body></w:document>)", body)}});
}

}  // namespace mozu::files::made
