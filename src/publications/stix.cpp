#include "stix.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>

#include "mozu/base/hash.hpp"
#include "mozu/base/json_list.hpp"
#include "mozu/base/json_read.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/stix_parts.hpp"
#include "mozu/intel/stix_object.hpp"
#include "mozu/publications/markdown.hpp"
#include "mozu/store/sources.hpp"

namespace mozu::publications {
namespace {

static_assert(published_source == store::publications_source);
constexpr std::string_view mark = "x_mozu_publication";
constexpr std::string_view undated = "1970-01-01T00:00:00.000Z";
constexpr std::string_view identity = "identity--fe589a93-7ecc-4ce5-875d-9cfb4faf6953";  // of formats::extension_author()
constexpr std::size_t counts_max = 100;                                                  // kinds that there are: a few dozen
constexpr std::size_t refs_max = indicators_max + rules_max + 10'000;
constexpr std::size_t description_bytes_max = std::size_t{96} << 10;

std::string made(std::string_view type, std::string_view of) {
  return fmt::format("{}--{}", type, uuid_v4_of(publication_space, fmt::format("{} {}", type, of)));
}

class Objects {
 public:
  Objects(const Working& w, const Contents& contents, const Edition& edition, const KnownId& known)
      : work_(w),
        p_(w.publication),
        contents_(contents),
        edition_(edition),
        known_(known),
        created_(formats::stix_time(w.created)),
        modified_(formats::stix_time(edition.modified)) {}

  std::vector<std::string> all() {
    out_.emplace_back(formats::extension_author());
    out_.emplace_back(formats::extension_definition());
    for (const auto* pattern : by_kind(contents_.indicators, [](const auto& p) { return intel::short_name(p.kind); }))
      indicator(intel::short_name(pattern->kind), pattern->value, formats::stix_pattern_of(*pattern), "stix", pattern->value);
    for (const auto* rule : by_kind(contents_.rules, [](const auto& r) { return std::string_view(r.language); }))
      indicator(rule->language, rule->name, rule->text, rule->language, rule->text);
    for (const auto& name : p_.actors) named(name, "intrusion-set", std::array<std::string_view, 2>{"intrusion-set", "threat-actor"});
    for (const auto& name : p_.malware) named(name, "malware", std::array<std::string_view, 2>{"malware", "tool"});
    for (const auto& name : p_.campaigns) named(name, "campaign", std::array<std::string_view, 1>{"campaign"});
    for (const auto& t : p_.techniques) refer(known_({intel::KeyKind::external_id, t.id}, std::array<std::string_view, 1>{"attack-pattern"}));
    report();
    return std::move(out_);
  }

 private:
  const Working& work_;
  const Publication& p_;
  const Contents& contents_;
  const Edition& edition_;
  const KnownId& known_;
  std::string created_, modified_;  // created: the same in every edition
  std::vector<std::string> out_, refs_;
  std::vector<std::pair<std::string, std::uint64_t>> counts_;

  /// Those of a kind side by side, so that a page of them is a piece of the report's references.
  template <class T, class Kind>
  static std::vector<const T*> by_kind(const std::vector<T>& list, Kind kind) {
    std::vector<const T*> out;
    for (const T& one : list) out.push_back(&one);
    std::ranges::stable_sort(out, {}, [&](const T* one) { return kind(*one); });
    return out;
  }
  void refer(std::string id) {
    if (!id.empty() && std::ranges::find(refs_, id) == refs_.end()) refs_.push_back(std::move(id));
  }
  static void end(JsonWriter& w) {
    w.key("extensions")
        .begin_object()
        .key(formats::extension_id)
        .begin_object()
        .field("extension_type", "toplevel-property-extension")
        .end_object()
        .end_object()
        .end_object();
  }
  JsonWriter begin(std::string_view type, std::string_view id, std::string_view created, std::string_view modified) {
    JsonWriter w(out_.emplace_back());
    w.begin_object().field("type", type).field("spec_version", "2.1").field("id", id).field("created", created).field("modified", modified);
    return w;
  }

  void indicator(std::string_view kind, std::string_view name, std::string_view pattern, std::string_view language, std::string_view of) {
    const std::string id = made("indicator", fmt::format("{} {} {}", work_.id, kind, of));
    refs_.push_back(id);  // contents are unique: no search, there may be many
    if (counts_.empty() || counts_.back().first != kind) counts_.emplace_back(kind, 0);
    ++counts_.back().second;
    JsonWriter w = begin("indicator", id, created_, modified_);
    w.field("name", name.empty() ? "rule" : name).field("pattern", pattern).field("pattern_type", language).field("valid_from", created_);
    w.key("indicator_types").begin_array().value("malicious-activity").end_array();
    w.key(mark).begin_object().field("id", work_.id).field("kind", kind).end_object();
    end(w);
  }

  /// What nobody knew is made, without a date, so that whatever tells more about it is newer; it stays when the publication goes.
  void named(const std::string& name, std::string_view type, std::span<const std::string_view> types) {
    std::string id = known_({intel::KeyKind::name, intel::fold_name(name)}, types);
    if (id.empty()) {
      id = made(type, fmt::format("{} {}", work_.organisation, intel::fold_name(name)));
      JsonWriter w = begin(type, id, undated, undated);
      w.field("name", name);
      if (type == "malware") w.field("is_family", true);
      w.end_object();
    }
    refer(std::move(id));
  }

  std::string description() const {
    std::string out;
    for (const LanguageText& t : p_.texts) {
      if (!out.empty()) out += "\n\n" + t.title + "\n\n";
      out += plain_text(t.summary).value_or(std::string());
      if (out.size() > description_bytes_max) break;
    }
    return out;
  }

  void labels(JsonWriter& w) const {
    w.key("labels").begin_array().value(std::string_view("kind:" + p_.kind));
    for (const auto& s : p_.geography) w.value(std::string_view("geography:" + s));
    for (const auto& s : p_.sectors) w.value(std::string_view("sector:" + s));
    w.end_array();
  }

  void report() {
    if (refs_.empty()) refs_.emplace_back(identity);  // a report must refer to something
    const std::string published = p_.date ? formats::stix_time(*p_.date) : edition_.published.empty() ? modified_ : edition_.published;
    JsonWriter w = begin("report", "report--" + work_.id, created_, modified_);
    w.field("name", p_.texts.front().title).field("description", description()).field("lang", p_.texts.front().language);
    w.key("report_types").begin_array().value("threat-report").end_array().field("published", published);
    labels(w);
    if (!p_.references.empty()) {
      w.key("external_references").begin_array();
      for (const auto& r : p_.references)
        w.begin_object().field("source_name", r.title.empty() ? "reference" : std::string_view(r.title)).field("url", r.url).end_object();
      w.end_array();
    }
    write_list(w, "object_refs", refs_);
    w.key(mark)
        .begin_object()
        .field("id", work_.id)
        .field("slug", p_.slug)
        .field("kind", p_.kind)
        .field("version", work_.version)
        .field("edition", edition_.number);
    w.key("titles").begin_array();
    for (const auto& t : p_.texts) w.begin_object().field("language", t.language).field("title", t.title).end_object();
    w.end_array();
    w.key("counts").begin_array();
    for (const auto& [kind, count] : counts_) w.begin_object().field("kind", kind).field("count", count).end_object();
    w.end_array();
    write_about(w, p_);
    write_techniques(w, p_.techniques);
    w.end_object();
    end(w);
  }
};

/// Members of the object that ours bear, or nullopt.
struct Marked {
  simdjson::dom::parser parser;
  JsonObject object, mark_object;
  bool read(const store::StoredObject& o) {
    if (o.source != published_source || parser.parse(o.json).get(object) != simdjson::SUCCESS) return false;
    const auto found = object_member(object, mark);
    if (!found) return false;
    mark_object = *found;
    return true;
  }
};

}  // namespace

std::vector<std::string> published_objects(const Working& w, const Contents& contents, const Edition& edition, const KnownId& known) {
  return Objects(w, contents, edition, known).all();
}

std::string revoked_object(std::string_view json, Timestamp modified) {
  simdjson::dom::parser parser;
  JsonObject o;
  std::string out;
  if (parser.parse(json.data(), json.size()).get(o) != simdjson::SUCCESS) return out;
  JsonWriter w(out);
  w.begin_object();
  for (const auto [key, value] : o) {
    if (key == "revoked") continue;
    if (key == "modified") w.field("modified", formats::stix_time(modified)).field("revoked", true);
    else w.key(key).raw(simdjson::minify(value));
  }
  w.end_object();
  return out;
}

namespace {

std::optional<ReportHead> report_head(const store::StoredObject& o, const Marked& m) {
  ReportHead head;
  head.id = string_member(m.mark_object, "id");
  if (o.type != "report" || o.id != "report--" + head.id) return std::nullopt;
  if (Desk::id_of(o.organisation, string_member(m.mark_object, "slug")) != head.id) return std::nullopt;  // another organisation's words under this id
  head.edition = member_as<std::int64_t>(m.mark_object, "edition").value_or(1);
  return head;
}

}  // namespace

std::optional<ReportHead> report_head(const store::StoredObject& o) {
  Marked m;
  return m.read(o) ? report_head(o, m) : std::nullopt;
}

std::optional<Published> read_published(const store::StoredObject& o, Refs refs) {
  Marked m;
  auto head = m.read(o) ? report_head(o, m) : std::nullopt;
  if (!head) return std::nullopt;
  Published p;
  p.id = std::move(head->id), p.edition = head->edition;
  p.kind = string_member(m.mark_object, "kind");
  for (const auto& l : about_lists) p.*l.list = string_list(m.mark_object, l.member, tags_max);
  p.report = o.id;
  p.version = member_as<std::int64_t>(m.mark_object, "version").value_or(0);
  p.withdrawn = o.revoked;
  p.published = parse_time_iso(string_member(m.object, "published")).value_or(Timestamp{o.created_us / 1000});
  p.updated = {o.modified_us / 1000};
  p.organisation = o.organisation;
  p.tlp = o.tlp;
  p.slug = string_member(m.mark_object, "slug");
  p.description = string_member(m.object, "description");
  if (const auto titles = array_member(m.mark_object, "titles"))
    for (const JsonElement e : *titles) p.titles.emplace_back(string_member(e, "language"), string_member(e, "title"));
  if (const auto counts = array_member(m.mark_object, "counts"))
    for (const JsonElement e : *counts)
      if (p.counts.size() < counts_max)
        p.counts.emplace_back(string_member(e, "kind"), std::max<std::int64_t>(0, member_as<std::int64_t>(e, "count").value_or(0)));
  if (const auto list = refs == Refs::read ? array_member(m.object, "object_refs") : std::nullopt) {
    constexpr std::size_t id_bytes = sizeof "attack-pattern--00000000-0000-0000-0000-000000000000";  // few types have longer names
    const std::size_t room = std::min(list->size(), refs_max);
    p.objects.reserve(room, room * id_bytes);
    for (const JsonElement e : *list)
      if (std::string_view id; p.objects.size() < refs_max && e.get(id) == simdjson::SUCCESS && !id.empty()) p.objects.add(id);
  }
  return p;
}

TitleList titles_of(const store::StoredObject& report) {
  auto p = read_published(report, Refs::leave);
  return p ? std::move(p->titles) : TitleList();
}

std::optional<PublishedItem> read_item(const store::StoredObject& o) {
  Marked m;
  if (o.type != "indicator" || !m.read(o)) return std::nullopt;
  PublishedItem item;
  item.id = o.id;
  item.publication = string_member(m.mark_object, "id");
  item.kind = string_member(m.mark_object, "kind");
  item.name = string_member(m.object, "name");
  item.value = string_member(m.object, "pattern_type") == "stix" ? std::string_view(item.name) : string_member(m.object, "pattern");
  item.since = {o.created_us / 1000};
  return item;
}

std::string published_of(const store::StoredObject& o) {
  simdjson::dom::parser parser;
  JsonObject object;
  if (parser.parse(o.json).get(object) != simdjson::SUCCESS) return {};
  return std::string(string_member(object, "published"));
}

}  // namespace mozu::publications
