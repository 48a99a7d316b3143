// What is printed of publications, kept with them.
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "desk_documents.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/json_read.hpp"
#include "mozu/publications/desk.hpp"
#include "page_style.hpp"
#include "stix.hpp"

namespace mozu::publications {
namespace {

std::string print_id(const Published& p, std::string_view part, std::string_view language, std::size_t piece) {
  return fmt::format("{}.{}.{}.{}", p.id, part, language, piece);
}
/// What the print is of: an edition never changes, and how pages look does so only with the program.
std::string edition_of(const Published& p) { return fmt::format("{}.{}.{}", p.version, p.edition, page_design); }

}  // namespace

Result<std::optional<std::string>> Desk::kept_print(const Published& p, std::string_view part, std::string_view language) {
  std::string out, hash;
  simdjson::dom::parser parser;
  for (std::size_t piece = 0, bytes = 1; out.size() < bytes; ++piece) {
    MOZU_LET(const auto d, people_.document(prints, print_id(p, part, language, piece)));
    JsonElement e;
    if (!d || parser.parse(d->json).get(e) != simdjson::SUCCESS || string_member(e, "edition") != edition_of(p)) return std::nullopt;
    hash = string_member(e, "sha256");
    bytes = static_cast<std::size_t>(std::max<std::int64_t>(member_as<std::int64_t>(e, "bytes").value_or(0), 0));
    auto text = from_base64(string_member(e, "base64"));
    if (!text || text->empty()) return std::nullopt;
    out += *text;
  }
  if (to_hex(sha256(std::as_bytes(std::span(out)))) != hash) return std::nullopt;  // pieces of two
  return out;
}

Status Desk::keep_print(const Published& p, std::string_view part, std::string_view language, std::string_view pdf) {
  const std::string hash = to_hex(sha256(std::as_bytes(std::span(pdf))));
  std::size_t piece = 0;
  for (; piece * piece_bytes < pdf.size(); ++piece) {
    store::Document d;
    d.collection = prints, d.id = print_id(p, part, language, piece), d.organisation = p.organisation;
    MOZU_LET(const auto there, people_.document(prints, d.id));
    if (there) d.version = there->version;
    JsonWriter(d.json)
        .begin_object()
        .field("edition", edition_of(p))
        .field("sha256", hash)
        .field("bytes", std::uint64_t{pdf.size()})
        .field("base64", base64(pdf.substr(piece * piece_bytes, piece_bytes)))
        .end_object();
    const auto put = people_.put_document(d);
    if (!put && put.error().code != "conflict") return fail(put.error());  // somebody else keeps the same one
  }
  for (;; ++piece) {  // of a longer one before
    const std::string id = print_id(p, part, language, piece);
    MOZU_LET(const auto there, people_.document(prints, id));
    if (!there) return {};
    MOZU_TRY(people_.remove_document(prints, id));
  }
}

Status Desk::each_object(const intel::Viewer& v, const Published& p, const std::function<Status(const store::StoredObject&)>& take) {
  std::vector<std::string> ids;
  ids.reserve(p.objects.size() + 1);
  for (std::size_t i = 0; i < p.objects.size(); ++i) ids.emplace_back(p.objects[i]);
  ids.push_back(p.report);
  constexpr std::size_t batch = 1000;
  for (std::size_t i = 0; i < ids.size(); i += batch) {
    MOZU_LET(const auto objects, as_published(knowledge_, v, p.organisation, std::span(ids).subspan(i, std::min(batch, ids.size() - i))));
    for (const auto& o : objects) MOZU_TRY(take(o));
  }
  return {};
}

Result<std::map<std::string, std::string, std::less<>>> Desk::technique_names(const intel::Viewer& v, const Publication& p) {
  std::map<std::string, std::string, std::less<>> out;
  std::vector<intel::Key> keys;
  for (const auto& t : p.techniques) keys.push_back({intel::KeyKind::external_id, t.id});
  if (keys.empty()) return out;
  MOZU_LET(const auto hits, knowledge_.find(v, keys));
  for (const auto& hit : hits)
    for (const auto& head : hit.objects)
      if (!head.revoked && head.type == "attack-pattern" && !head.name.empty()) out.emplace(keys[hit.key].value, head.name);
  return out;
}

}  // namespace mozu::publications
