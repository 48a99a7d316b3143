#include "mozu/publications/publication.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "mozu/base/json_list.hpp"
#include "mozu/base/json_read.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"
#include "mozu/intel/catalogue.hpp"

namespace mozu::publications {
namespace {

constexpr std::array<std::string_view, 5> kind_names = {"indicators", "yara", "sigma", "suricata", "figure"};

std::unexpected<Diagnostic> invalid(std::string path, std::string what, std::string hint = {}) {
  Diagnostic d{Severity::error, "publication-invalid", std::move(what), {}, std::move(hint)};
  d.message += fmt::format(" ({})", path);
  d.where.path = std::move(path);
  return fail(std::move(d));
}

bool is_slug(std::string_view s) {
  if (s.empty() || s.size() > 80 || s.front() == '-' || s.back() == '-') return false;
  return std::ranges::all_of(s, [](char c) { return (c >= 'a' && c <= 'z') || is_digit(static_cast<unsigned char>(c)) || c == '-'; });
}

bool is_technique(std::string_view s) {
  const auto id = intel::read_catalogue_id(s);
  return id && id->type == "technique" && id->id == s;
}

bool is_file_name(std::string_view s) {
  if (s.empty() || s.size() > 120 || s.front() == '.' || s.front() == '-') return false;
  return std::ranges::all_of(s, [](char c) { return is_alnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_'; });
}

/// No control characters but those that Markdown has: what is stored is shown in many places.
Status check_line(std::string_view s, std::size_t bytes_max, const std::string& path, bool may_be_empty = false) {
  if (s.empty() && !may_be_empty) return invalid(path, "a text is missing");
  if (s.size() > bytes_max) return invalid(path, fmt::format("the text has {} bytes; at most {} are taken", s.size(), bytes_max));
  if (!is_plain_text(s)) return invalid(path, "the text holds control characters or is no UTF-8", "write it in one line");
  return {};
}
Status check_markdown(std::string_view s, std::size_t bytes_max, const std::string& path) {
  if (s.size() > bytes_max) return invalid(path, fmt::format("the text has {} bytes; at most {} are taken", s.size(), bytes_max), "attach long lists as files");
  if (!is_plain_text(s, true)) return invalid(path, "the text holds control characters or is no UTF-8");
  return {};
}

template <class T>
Status check_count(const std::vector<T>& list, std::size_t max, const std::string& path) {
  if (list.size() > max) return invalid(path, fmt::format("there are {} of them; at most {} are taken", list.size(), max));
  return {};
}

Status check_tags(const std::vector<std::string>& list, const std::string& path) {
  MOZU_TRY(check_count(list, tags_max, path));
  for (std::size_t i = 0; i < list.size(); ++i) MOZU_TRY(check_line(list[i], tag_bytes_max, fmt::format("{}/{}", path, i)));
  return {};
}

Status check_texts(const Publication& p) {
  MOZU_TRY(check_count(p.texts, languages_max, "/texts"));
  std::size_t bytes = 0;
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < p.texts.size(); ++i) {
    const LanguageText& t = p.texts[i];
    const std::string at = fmt::format("/texts/{}", i);
    if (!is_language(t.language)) return invalid(at + "/language", fmt::format("'{}' is no language", printable(t.language, 40)), "write en, ja, pt-BR, …");
    if (!seen.insert(t.language).second) return invalid(at + "/language", fmt::format("there are two texts in '{}'", t.language));
    MOZU_TRY(check_line(t.title, title_bytes_max, at + "/title", true));
    MOZU_TRY(check_markdown(t.summary, summary_bytes_max, at + "/summary"));
    MOZU_TRY(check_markdown(t.full, full_bytes_max, at + "/full"));
    bytes += t.summary.size() + t.full.size();
  }
  if (bytes > texts_bytes_max)
    return invalid("/texts",
                   fmt::format("the texts have {} together; at most {} are taken", human_bytes(static_cast<double>(bytes)), human_bytes(texts_bytes_max)));
  return {};
}

Status check_lists(const Publication& p) {
  MOZU_TRY(check_count(p.techniques, techniques_max, "/techniques"));
  for (std::size_t i = 0; i < p.techniques.size(); ++i) {
    const std::string at = fmt::format("/techniques/{}", i);
    if (!is_technique(p.techniques[i].id))
      return invalid(at + "/id", fmt::format("'{}' is no technique of ATT&CK", printable(p.techniques[i].id, 40)), "write T1566 or T1566.001");
    MOZU_TRY(check_line(p.techniques[i].evidence, evidence_bytes_max, at + "/evidence", true));
  }
  MOZU_TRY(check_count(p.references, references_max, "/references"));
  for (std::size_t i = 0; i < p.references.size(); ++i) {
    const std::string at = fmt::format("/references/{}", i);
    MOZU_TRY(check_line(p.references[i].title, title_bytes_max, at + "/title", true));
    MOZU_TRY(check_line(p.references[i].url, url_bytes_max, at + "/url"));
    const std::string_view url = p.references[i].url;
    if ((!istarts_with(url, "https://") && !istarts_with(url, "http://")) || url.find_first_of(" \"<>\\`") != url.npos)
      return invalid(at + "/url", fmt::format("'{}' is no address", printable(url, 80)), "it begins with https:// or http://");
  }
  MOZU_TRY(check_count(p.attachments, attachments_max, "/attachments"));
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < p.attachments.size(); ++i) {
    const std::string at = fmt::format("/attachments/{}/name", i);
    if (!is_file_name(p.attachments[i].name))
      return invalid(at, fmt::format("'{}' is no name for an attachment", printable(p.attachments[i].name, 80)),
                     "use letters, digits, '.', '-' and '_', at most 120");
    if (!names.insert(p.attachments[i].name).second) return invalid(at, fmt::format("there are two attachments '{}'", p.attachments[i].name));
  }
  return {};
}

// -- JSON --

Result<std::string> text_of(JsonElement e, const std::string& path) {
  std::string_view s;
  if (e.get(s) != simdjson::SUCCESS) return invalid(path, "this is no text");
  return std::string(s);
}

/// Calls `take(name, element, path)` for each member; it gives false where it does not know the name.
template <class Take>
Status each_member(JsonElement e, const std::string& path, const Take& take) {
  JsonObject o;
  if (e.get(o) != simdjson::SUCCESS) return invalid(path, "this is no object");
  for (const auto [key, value] : o) {
    const std::string at = fmt::format("{}/{}", path, printable(key, 60));
    MOZU_LET(const bool known, take(key, value, at));
    if (!known) return invalid(at, fmt::format("'{}' is not known here", printable(key, 60)));
  }
  return {};
}
template <class Take>
Status each_item(JsonElement e, std::size_t max, const std::string& path, const Take& take) {
  JsonArray list;
  if (e.get(list) != simdjson::SUCCESS) return invalid(path, "this is no list");
  if (list.size() > max) return invalid(path, fmt::format("there are {} of them; at most {} are taken", list.size(), max));
  std::size_t i = 0;
  for (const JsonElement item : list) MOZU_TRY(take(item, fmt::format("{}/{}", path, i++)));
  return {};
}

/// Members that are texts, by their names.
using TextMembers = std::initializer_list<std::pair<std::string_view, std::string*>>;
Status read_texts(JsonElement e, const std::string& path, TextMembers members) {
  return each_member(e, path, [&](std::string_view key, JsonElement value, const std::string& at) -> Result<bool> {
    for (const auto& [name, to] : members)
      if (name == key) {
        MOZU_LET(*to, text_of(value, at));
        return true;
      }
    return false;
  });
}

Status read_tags(JsonElement e, const std::string& path, std::vector<std::string>& out) {
  out.clear();
  return each_item(e, tags_max, path, [&](JsonElement item, const std::string& at) -> Status {
    MOZU_LET(out.emplace_back(), text_of(item, at));
    return {};
  });
}

Status read_attachment(JsonElement e, const std::string& path, Attachment& a) {
  return each_member(e, path, [&](std::string_view key, JsonElement value, const std::string& at) -> Result<bool> {
    if (key == "bytes") {
      if (value.get(a.bytes) != simdjson::SUCCESS) return invalid(at, "this is no number");
      return true;
    }
    MOZU_LET(const std::string text, text_of(value, at));
    if (key == "name") a.name = text;
    else if (key == "sha256") a.sha256 = text;
    else if (key == "kind") {
      const auto kind = attachment_kind_of(text);
      if (!kind) return invalid(at, fmt::format("'{}' is no kind of attachment", printable(text, 40)));
      a.kind = *kind;
    } else return false;
    return true;
  });
}

Result<bool> read_word(std::string_view key, JsonElement value, const std::string& at, Publication& p) {
  if (key != "slug" && key != "kind" && key != "tlp" && key != "date") return false;
  MOZU_LET(const std::string text, text_of(value, at));
  if (key == "slug") p.slug = text;
  else if (key == "kind") p.kind = text;
  else if (key == "tlp") {
    const auto tlp = text.empty() ? std::optional(intel::Tlp::none) : intel::parse_tlp(text);
    if (!tlp) return invalid(at, fmt::format("'{}' is no TLP marking", printable(text, 40)), "write clear, green, amber, amber+strict or red");
    p.tlp = *tlp;
  } else {
    p.date = text.empty() ? std::nullopt : parse_time_iso(text);
    if (!text.empty() && (!p.date || p.date->ms <= 0)) return invalid(at, fmt::format("'{}' is no date", printable(text, 40)), "write 2026-11-01");
  }
  return true;
}

template <class Item>
Status read_items(JsonElement e, std::size_t max, const std::string& path, std::vector<Item>& out, Status (*read)(JsonElement, const std::string&, Item&)) {
  out.clear();
  return each_item(e, max, path, [&](JsonElement item, const std::string& at) { return read(item, at, out.emplace_back()); });
}

Result<bool> read_list(std::string_view key, JsonElement e, const std::string& at, bool stored, Publication& p) {
  if (const auto* tags = std::ranges::find(about_lists, key, &AboutList::member); tags != about_lists.end()) {
    MOZU_TRY(read_tags(e, at, p.*tags->list));
    return true;
  }
  if (key == "texts")
    MOZU_TRY(read_items<LanguageText>(e, languages_max, at, p.texts, [](JsonElement i, const std::string& path, LanguageText& t) {
      return read_texts(i, path, {{"language", &t.language}, {"title", &t.title}, {"summary", &t.summary}, {"full", &t.full}});
    }));
  else if (key == "techniques")
    MOZU_TRY(read_items<Technique>(e, techniques_max, at, p.techniques, [](JsonElement i, const std::string& path, Technique& t) {
      return read_texts(i, path, {{"id", &t.id}, {"evidence", &t.evidence}});
    }));
  else if (key == "references")
    MOZU_TRY(read_items<Reference>(e, references_max, at, p.references, [](JsonElement i, const std::string& path, Reference& r) {
      return read_texts(i, path, {{"title", &r.title}, {"url", &r.url}});
    }));
  else if (key == "attachments" && stored) MOZU_TRY(read_items<Attachment>(e, attachments_max, at, p.attachments, read_attachment));
  else return false;
  return true;
}

}  // namespace

bool is_language(std::string_view s) {
  const auto dash = s.find('-');
  const auto base = s.substr(0, dash);
  if (base.size() < 2 || base.size() > 3 || !std::ranges::all_of(base, [](char c) { return c >= 'a' && c <= 'z'; })) return false;
  if (dash == s.npos) return true;
  const auto region = s.substr(dash + 1);
  return region.size() == 2 && std::ranges::all_of(region, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string_view name(AttachmentKind k) { return kind_names[static_cast<std::size_t>(k)]; }
std::optional<AttachmentKind> attachment_kind_of(std::string_view name) {
  for (std::size_t i = 0; i < kind_names.size(); ++i)
    if (kind_names[i] == name) return static_cast<AttachmentKind>(i);
  return std::nullopt;
}

const Attachment* Publication::attachment(std::string_view name) const {
  const auto found = std::ranges::find(attachments, name, &Attachment::name);
  return found == attachments.end() ? nullptr : &*found;
}
const LanguageText* Publication::text(std::string_view language) const {
  const auto found = std::ranges::find(texts, language, &LanguageText::language);
  if (found != texts.end()) return &*found;
  return texts.empty() ? nullptr : &texts.front();
}

Status check_shape(const Publication& p) {
  constexpr std::string_view slug_form = "use a-z, 0-9 and '-', at most 80";
  if (p.slug.empty()) return invalid("/slug", "the publication has no slug, the name it goes by", fmt::format("give it one: {}", slug_form));
  if (!is_slug(p.slug)) return invalid("/slug", fmt::format("'{}' is no name for a publication", printable(p.slug, 80)), std::string(slug_form));
  if (!is_slug(p.kind))
    return invalid("/kind", fmt::format("'{}' is no kind of publication", printable(p.kind, 80)),
                   "write apt, crimeware, ics, or a kind of your own of a-z, 0-9 and '-'");
  MOZU_TRY(check_texts(p));
  for (const auto& l : about_lists) MOZU_TRY(check_tags(p.*l.list, "/" + std::string(l.member)));
  return check_lists(p);
}

Status check_complete(const Publication& p) {
  MOZU_TRY(check_shape(p));
  if (p.texts.empty()) return invalid("/texts", "there is no text", "write a title and a summary in at least one language");
  for (std::size_t i = 0; i < p.texts.size(); ++i) {
    if (trim(p.texts[i].title).empty()) return invalid(fmt::format("/texts/{}/title", i), fmt::format("the text in '{}' has no title", p.texts[i].language));
    if (trim(p.texts[i].summary).empty())
      return invalid(fmt::format("/texts/{}/summary", i), fmt::format("the text in '{}' has no executive summary", p.texts[i].language));
  }
  return {};
}

void write_about(JsonWriter& w, const About& about) {
  for (const auto& l : about_lists) write_list(w, l.member, about.*l.list);
}

void write_techniques(JsonWriter& w, const std::vector<Technique>& list) {
  w.key("techniques").begin_array();
  for (const auto& t : list) w.begin_object().field("id", t.id).field("evidence", t.evidence).end_object();
  w.end_array();
}

void write_references(JsonWriter& w, const std::vector<Reference>& list) {
  w.key("references").begin_array();
  for (const auto& r : list) w.begin_object().field("title", r.title).field("url", r.url).end_object();
  w.end_array();
}

std::string json_of(const Publication& p) {
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  write_fields(w, p);
  w.end_object();
  return out;
}

void write_fields(JsonWriter& w, const Publication& p) {
  w.field("slug", p.slug).field("kind", p.kind).field("tlp", intel::name(p.tlp));
  w.field("date", p.date ? format_time(*p.date) : std::string());
  w.key("texts").begin_array();
  for (const auto& t : p.texts)
    w.begin_object().field("language", t.language).field("title", t.title).field("summary", t.summary).field("full", t.full).end_object();
  w.end_array();
  write_about(w, p);
  write_techniques(w, p.techniques);
  write_references(w, p.references);
  w.key("attachments").begin_array();
  for (const auto& a : p.attachments)
    w.begin_object().field("kind", name(a.kind)).field("name", a.name).field("sha256", a.sha256).field("bytes", a.bytes).end_object();
  w.end_array();
}

Status read_fields(std::string_view json, bool stored, Publication& p) {
  simdjson::dom::parser parser;
  JsonElement e;
  if (parser.parse(json.data(), json.size()).get(e) != simdjson::SUCCESS) return fail("json-invalid", "this is no JSON object");
  MOZU_TRY(each_member(e, "", [&](std::string_view key, JsonElement value, const std::string& at) -> Result<bool> {
    if (key == "version") return true;  // of who sends it, for whoever keeps it
    MOZU_LET(const bool word, read_word(key, value, at, p));
    return word ? Result<bool>(true) : read_list(key, value, at, stored, p);
  }));
  return check_shape(p);
}

}  // namespace mozu::publications
