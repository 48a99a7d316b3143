#include "mozu/publications/desk.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "desk_documents.hpp"
#include "mozu/base/base64.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/json_read.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/publications/picture.hpp"
#include "mozu/store/known.hpp"
#include "stix.hpp"

namespace mozu::publications {
namespace {

std::string working_json(const Working& w) {
  std::string out;
  JsonWriter j(out);
  j.begin_object().field("stage", name(w.stage)).field("by", w.by).key("publication").begin_object();
  write_fields(j, w.publication);
  j.end_object().end_object();
  return out;
}

Status broken(std::string_view id) {
  return fail("publication-broken", fmt::format("the publication {} cannot be read", id), "restore the store from a backup");
}

Status read_working(JsonElement e, Working& out) {
  const auto publication = member(e, "publication");
  if (!publication) return broken(out.id);
  out.stage = string_member(e, "stage") == name(Stage::review) ? Stage::review : Stage::draft;
  out.by = string_member(e, "by");
  return read_fields(simdjson::minify(*publication), true, out.publication);
}

Result<Working> read_working(const store::Document& d) {
  Working w;
  w.id = d.id, w.version = d.version, w.organisation = d.organisation, w.created = d.created, w.changed = d.changed;
  simdjson::dom::parser parser;
  JsonElement e;
  if (parser.parse(d.json).get(e) != simdjson::SUCCESS || !read_working(e, w)) MOZU_TRY(broken(d.id));
  return w;
}

bool may_see(const intel::Viewer& v, const Working& w) {
  return (v.all || v.organisation == w.organisation) && intel::may_see(v, w.organisation, intel::tlp_in_force(w.organisation, w.publication.tlp));
}

std::unexpected<Diagnostic> absent() { return fail("absent", "no such publication"); }

}  // namespace

std::string_view name(Stage s) { return s == Stage::review ? "review" : "draft"; }

const std::string* title_in(const TitleList& titles, std::string_view language) {
  for (const auto& [of, title] : titles)
    if (of == language) return &title;
  return nullptr;
}

std::string_view Published::title(std::string_view language) const {
  if (const auto* title = title_in(titles, language)) return *title;
  return titles.empty() ? std::string_view(slug) : std::string_view(titles.front().second);
}

namespace {

std::vector<intel::Subject> subjects_of(std::string_view id, std::string_view kind, const About& about) {
  std::vector<intel::Subject> out{intel::subject_of("publication", id), intel::subject_of("kind", kind)};
  for (const auto& l : about_lists)
    for (const auto& one : about.*l.list) out.push_back(intel::subject_of(l.subject, one));
  return out;
}

}  // namespace

std::vector<intel::Subject> Published::subjects() const { return subjects_of(id, kind, *this); }

std::string Desk::id_of(intel::OrganisationId organisation, std::string_view slug) {
  return uuid_v4_of(publication_space, fmt::format("{} {}", organisation, slug));
}

Result<Desk::Kept> Desk::kept(const intel::Viewer& v, std::string_view id) {
  MOZU_LET(auto document, people_.document(working_copies, id));
  if (!document) return absent();
  MOZU_LET(Working w, read_working(*document));
  if (!may_see(v, w)) return absent();
  return Kept{std::move(*document), std::move(w)};
}

Result<Desk::Kept> Desk::kept_at(const Author& author, std::string_view id, std::int64_t version) {
  MOZU_LET(auto k, kept(author.viewer, id));
  if (k.working.version != version)
    return fail("conflict", fmt::format("the publication has version {} by now, by {}", k.working.version, printable(k.working.by, 60)),
                "read it again and repeat the change");
  return k;
}

/// The version before is put aside first: a crash in between leaves it twice, and nothing lost.
Status Desk::archive(const store::Document& d) {
  store::Document old;
  old.collection = old_versions, old.id = version_id(d.id, d.version), old.organisation = d.organisation, old.owner = d.owner;
  JsonWriter(old.json).begin_object().field("created", d.created.ms).field("changed", d.changed.ms).key("document").raw(d.json).end_object();
  auto put = people_.put_document(old);
  if (put || put.error().code != "conflict") return put ? Status{} : fail(put.error());
  // It is there already; or one of a draft that was deleted is, whose removal met a save: then this one is the one.
  MOZU_LET(const auto there, people_.document(old_versions, old.id));
  if (there && there->json == old.json) return {};
  if (there) old.version = there->version;
  put = people_.put_document(old);
  return put ? Status{} : fail(put.error());
}

Result<Working> Desk::put(const Author& author, Kept&& k, Stage stage) {
  MOZU_TRY(check_shape(k.working.publication));
  if (!may_see(author.viewer, k.working))
    return fail("publication-invalid", "this marking is above what you may see (/tlp)", "somebody with the clearance can set it");
  if (k.document.version != 0) MOZU_TRY(archive(k.document));
  k.working.stage = stage;
  k.working.by = author.name;
  k.document.json = working_json(k.working);
  k.document.owner = author.user;
  const auto put = people_.put_document(k.document, {0, working_copies_max_});
  if (!put && put.error().code == "too-many-documents")
    return fail("too-many-publications", fmt::format("an organisation has at most {} publications", working_copies_max_),
                "delete drafts that were never published");
  MOZU_TRY(put);
  return working(author.viewer, k.document.id);
}

Result<Working> Desk::create(const Author& author, Publication p) {
  MOZU_TRY(check_shape(p));
  p.attachments.clear();
  Kept k;
  k.document.collection = working_copies;
  k.document.organisation = k.working.organisation = author.viewer.organisation;
  k.document.id = k.working.id = id_of(author.viewer.organisation, p.slug);
  MOZU_LET(const auto there, people_.document(working_copies, k.document.id));
  if (there) return fail("exists", fmt::format("there is a publication '{}' already", p.slug), "choose another slug, or change that one");
  k.working.publication = std::move(p);
  return put(author, std::move(k), Stage::draft);
}

Result<Working> Desk::save(const Author& author, std::string_view id, std::int64_t version, Publication p) {
  MOZU_LET(auto k, kept_at(author, id, version));
  if (p.slug != k.working.publication.slug) return fail("publication-invalid", "the slug of a publication stays (/slug)", "make a new one");
  p.attachments = std::move(k.working.publication.attachments);
  k.working.publication = std::move(p);
  return put(author, std::move(k), Stage::draft);
}

Status Desk::keep_file(intel::OrganisationId organisation, const Attachment& a, std::string_view bytes) {
  for (std::size_t piece = 0; piece * piece_bytes < std::max<std::size_t>(bytes.size(), 1); ++piece) {
    store::Document d;
    d.collection = files, d.id = piece_id(organisation, a.sha256, piece), d.organisation = organisation;
    JsonWriter(d.json).begin_object().field("base64", base64(bytes.substr(piece * piece_bytes, piece_bytes))).end_object();
    const auto put = people_.put_document(d);
    if (!put && put.error().code != "conflict") return fail(put.error());  // the same bytes are there
  }
  return {};
}

Result<std::string> Desk::file(intel::OrganisationId organisation, const Attachment& a) {
  std::string out;
  simdjson::dom::parser parser;
  for (std::size_t piece = 0; piece * piece_bytes < std::max<std::uint64_t>(a.bytes, 1); ++piece) {
    MOZU_LET(const auto d, people_.document(files, piece_id(organisation, a.sha256, piece)));
    JsonElement e;
    if (!d || parser.parse(d->json).get(e) != simdjson::SUCCESS)
      return fail("publication-broken", fmt::format("a part of '{}' is missing", a.name), "attach the file again");
    out += from_base64(string_member(e, "base64")).value_or(std::string());
  }
  return out;
}

Result<Working> Desk::attach(const Author& author, std::string_view id, std::int64_t version, AttachmentKind kind, std::string name, std::string_view bytes) {
  if (bytes.size() > attachment_bytes_max)
    return fail("attachment-too-large", fmt::format("'{}' has {}; at most {} are taken", printable(name, 120), human_bytes(static_cast<double>(bytes.size())),
                                                    human_bytes(attachment_bytes_max)));
  MOZU_TRY(check_unpacked(kind, name, bytes));
  MOZU_LET(auto k, kept_at(author, id, version));
  Attachment a{kind, std::move(name), to_hex(sha256(std::as_bytes(std::span(bytes)))), bytes.size()};
  auto& list = k.working.publication.attachments;
  const auto there = std::ranges::find(list, a.name, &Attachment::name);
  if (there != list.end()) *there = a;
  else list.push_back(a);
  MOZU_TRY(check_shape(k.working.publication));
  MOZU_LET(const auto alone, alone_at(author, k.working.organisation, id));  // else a draft that is deleted might take the same bytes with it
  MOZU_TRY(keep_file(k.working.organisation, a, bytes));
  return put(author, std::move(k), Stage::draft);
}

Result<Working> Desk::detach(const Author& author, std::string_view id, std::int64_t version, std::string_view name) {
  MOZU_LET(auto k, kept_at(author, id, version));
  if (std::erase_if(k.working.publication.attachments, [&](const Attachment& a) { return a.name == name; }) == 0) return fail("absent", "no such attachment");
  return put(author, std::move(k), Stage::draft);
}

Result<Working> Desk::move(const Author& author, std::string_view id, std::int64_t version, Stage stage) {
  MOZU_LET(auto k, kept_at(author, id, version));
  if (k.working.stage == stage) return std::move(k.working);
  if (stage == Stage::review) MOZU_TRY(check_complete(k.working.publication));
  return put(author, std::move(k), stage);
}

Result<Working> Desk::working(const intel::Viewer& v, std::string_view id) {
  MOZU_LET(auto k, kept(v, id));
  return std::move(k.working);
}

/// Whoever may see it.
Result<Working> Desk::version_as_kept(std::string_view id, std::int64_t version) {
  MOZU_LET(const auto now, people_.document(working_copies, id));
  if (now && now->version == version) return read_working(*now);
  MOZU_LET(const auto d, people_.document(old_versions, version_id(id, version)));
  if (!d) return fail("absent", "no such version");
  Working old;
  old.id = id, old.version = version, old.organisation = d->organisation;
  simdjson::dom::parser parser;
  JsonElement e;
  if (parser.parse(d->json).get(e) != simdjson::SUCCESS) MOZU_TRY(broken(id));
  old.created = {member_as<std::int64_t>(e, "created").value_or(0)};
  old.changed = {member_as<std::int64_t>(e, "changed").value_or(0)};
  const auto document = member(e, "document");
  if (!document || !read_working(*document, old)) MOZU_TRY(broken(id));
  return old;
}

Result<Working> Desk::working_version(const intel::Viewer& v, std::string_view id, std::int64_t version) {
  MOZU_TRY(working(v, id));
  MOZU_LET(auto old, version_as_kept(id, version));
  if (!may_see(v, old)) return fail("absent", "no such version");  // it was stricter then
  return old;
}

Result<store::Page<Working>> Desk::workings(const intel::Viewer& v, const store::Cursor& cursor, std::size_t limit) {
  store::Accounts::DocumentQuery query;
  query.collection = working_copies;
  if (!v.all) query.organisation = v.organisation;
  query.cursor = cursor;
  query.limit = limit;
  MOZU_LET(const auto page, people_.documents(query));
  store::Page<Working> out;
  out.next = page.next;
  for (const auto& listed : page.items) {  // each may hold megabytes: one at a time, and without its texts
    MOZU_LET(const auto d, people_.document(working_copies, listed.id));
    if (!d) continue;
    MOZU_LET(Working w, read_working(*d));
    if (!may_see(v, w)) continue;
    for (auto& t : w.publication.texts) t.summary.clear(), t.full.clear();
    out.items.push_back(std::move(w));
  }
  return out;
}

Result<Contents> Desk::check(const Working& w, const KnownHarmless& harmless, Diagnostics& diagnostics) {
  MOZU_TRY(check_complete(w.publication));
  Contents out;
  for (const Attachment& a : w.publication.attachments) {
    MOZU_LET(const std::string bytes, file(w.organisation, a));
    read_attachment(a, bytes, harmless, out, diagnostics);
  }
  check_figures(w.publication, diagnostics);
  return out;
}

namespace {

Status refuse(const Diagnostics& diagnostics, bool warnings_too) {
  for (const Diagnostic& d : diagnostics.kept())
    if (d.severity == Severity::error || (warnings_too && d.severity == Severity::warning)) {
      Diagnostic first = d;
      first.message = fmt::format("{}{}: {}", first.where.file, first.where.line == 0 ? std::string() : fmt::format(":{}", first.where.line), first.message);
      first.code = "publication-refused";
      return fail(std::move(first));
    }
  return {};
}

}  // namespace

Result<std::optional<store::StoredObject>> Desk::report(const intel::Viewer& v, std::string_view id) {
  const std::string ids[] = {fmt::format("report--{}", id)};
  MOZU_LET(const auto owned, people_.document(working_copies, id));
  MOZU_LET(auto found, as_published(knowledge_, v, owned ? owned->organisation : v.organisation, ids));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Status Desk::unchanged(const store::Document& copy) {
  MOZU_LET(const auto still, people_.document(working_copies, copy.id));
  if (!still) return absent();  // deleted meanwhile
  if (still->version != copy.version) return fail("conflict", "the publication was changed meanwhile", "read it again and repeat the change");
  return {};
}

/// Revokes what the edition before brought and this one does not.
Result<std::size_t> Desk::take_back(store::Import& import, const intel::Viewer& v, const Published& before, const std::set<std::string>& kept, Timestamp at) {
  std::vector<std::string> gone;
  for (std::size_t i = 0; i < before.objects.size(); ++i)
    if (auto id = std::string(before.objects[i]); id.starts_with("indicator--") && !kept.contains(id)) gone.push_back(std::move(id));
  formats::StixObjectReader reader;
  constexpr std::size_t batch = 1000;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < gone.size(); i += batch) {
    MOZU_LET(const auto objects, knowledge_.objects(v, std::span(gone).subspan(i, std::min(batch, gone.size() - i))));
    for (const auto& o : objects) {
      const auto item = read_item(o);
      if (!item || item->publication != before.id || o.revoked) continue;
      intel::StixObject object;
      MOZU_TRY(reader.read(revoked_object(o.json, at), object));
      object.tlp = o.tlp;  // who was not to see it does not see it now that the rest is for more
      MOZU_TRY(import.put(std::move(object)));
      ++taken;
    }
  }
  return taken;
}

/// What is about something else by now opens to others, by their plans. What it no longer holds stays closed to them: it is taken back under the old subjects,
/// in an import of its own, before. Whoever is cut off between the two publishes again.
Status Desk::take_back_as_before(store::Provenance provenance, const store::Document& copy, const Published& was, const std::set<std::string>& kept,
                                 Timestamp at) {
  provenance.subjects = was.subjects(), provenance.tlp = was.tlp;
  MOZU_LET(const auto import, knowledge_.begin_import(provenance));
  MOZU_TRY(unchanged(copy));
  const intel::Viewer own{copy.organisation, intel::Tlp::red, false};
  MOZU_LET(const auto now, report(own, was.id));
  if (!now || now->modified_us / 1000 != was.updated.ms) return fail("conflict", "it was published meanwhile", "read it again");
  MOZU_LET(const auto taken, take_back(*import, own, was, kept, at));
  if (taken != 0) MOZU_TRY(import->commit());
  return {};
}

namespace {

bool same(std::vector<intel::Subject> a, std::vector<intel::Subject> b) {
  std::ranges::sort(a), std::ranges::sort(b);
  return a == b;
}

Edition edition_after(const std::optional<store::StoredObject>& before, const std::optional<Published>& was, const Working& w) {
  Edition edition;
  edition.modified = was ? std::max(w.changed, Timestamp{was->updated.ms + 1}) : w.changed;
  if (was) edition.number = was->edition + 1, edition.published = published_of(*before);
  return edition;
}

Result<std::vector<intel::StixObject>> objects_of(store::Store& knowledge, const intel::Viewer& eyes, const Working& w, const Contents& contents,
                                                  const Edition& edition) {
  Status asked;
  const auto objects = published_objects(w, contents, edition, [&](const intel::Key& key, std::span<const std::string_view> types) {
    auto known = store::known_id(knowledge, eyes, key, types);
    if (!known) asked = fail(std::move(known.error()));
    return std::move(known).value_or(std::string());
  });
  MOZU_TRY(asked);
  formats::StixObjectReader reader;
  std::vector<intel::StixObject> out(objects.size());
  for (std::size_t i = 0; i < objects.size(); ++i) MOZU_TRY(reader.read(objects[i], out[i]));
  return out;
}

std::set<std::string> ids_of(std::span<const intel::StixObject> objects) {
  std::set<std::string> out;
  for (const auto& o : objects) out.insert(o.id);
  return out;
}

}  // namespace

Result<Published> Desk::publish(const Author& author, std::string_view id, std::int64_t version, const PublishWord& word, Diagnostics& diagnostics) {
  MOZU_LET(const Kept k, kept_at(author, id, version));
  const Working& w = k.working;
  if (w.stage != Stage::review) return fail("not-in-review", "only what is in review is published", "send it to review first");
  MOZU_LET(const Contents contents, check(w, word.harmless, diagnostics));
  MOZU_TRY(refuse(diagnostics, !word.accept_warnings));
  MOZU_TRY(archive(k.document));  // readers are led to this version: it must be there before they are
  const intel::Viewer own{w.organisation, intel::Tlp::red, false};
  // What its organisation knows, whatever else the author may see (the machine's owner: all).
  const intel::Viewer eyes{w.organisation, author.viewer.clearance, false};
  const auto& about = w.publication;
  const store::Provenance provenance{std::string(published_source),
                                     fmt::format("publication {}", w.id),
                                     to_hex(sha256(std::as_bytes(std::span(k.document.json)))),
                                     author.name,
                                     w.organisation,
                                     intel::tlp_in_force(w.organisation, about.tlp),
                                     intel::confidence_unknown,
                                     subjects_of(w.id, about.kind, about)};
  MOZU_LET(const auto first, report(own, id));
  if (const auto was = first ? read_published(*first) : std::nullopt;
      was && !was->withdrawn && was->version < version && !same(was->subjects(), provenance.subjects)) {
    const Edition edition = edition_after(first, was, w);
    MOZU_LET(const auto objects, objects_of(knowledge_, eyes, w, contents, edition));
    MOZU_TRY(take_back_as_before(provenance, k.document, *was, ids_of(objects), edition.modified));
  }
  MOZU_LET(const auto import, knowledge_.begin_import(provenance));  // one at a time: nobody publishes between what is read here and what is written
  MOZU_TRY(unchanged(k.document));
  MOZU_LET(const auto before, report(own, id));
  const auto was = before ? read_published(*before) : std::nullopt;
  if (was && was->version == version && !was->withdrawn) return *was;
  if (was && was->version > version) return fail("conflict", fmt::format("version {} was published meanwhile", was->version), "read it again");
  const Edition edition = edition_after(before, was, w);
  MOZU_LET(auto objects, objects_of(knowledge_, eyes, w, contents, edition));
  const auto ids = ids_of(objects);
  for (auto& object : objects) MOZU_TRY(import->put(std::move(object)));
  if (was) MOZU_TRY(take_back(*import, own, *was, ids, edition.modified));
  MOZU_TRY(import->commit());
  MOZU_LET(auto now, published(own, id));
  if (!now) return absent();
  return std::move(*now);
}

Result<Published> Desk::withdraw(const Author& author, std::string_view id) {
  MOZU_LET(const Kept k, kept(author.viewer, id));
  const intel::Viewer own{k.working.organisation, intel::Tlp::red, false};
  MOZU_LET(const auto first, report(own, id));
  if (!first) return fail("absent", "the publication is not published");
  store::Provenance provenance{
      std::string(published_source), fmt::format("publication {}", id), {}, author.name, first->organisation, first->tlp, intel::confidence_unknown, {}};
  if (const auto p = read_published(*first)) provenance.subjects = p->subjects();
  MOZU_LET(const auto import, knowledge_.begin_import(provenance));
  MOZU_LET(const auto before, report(own, id));
  const auto was = before ? read_published(*before) : std::nullopt;
  if (!was) return fail("absent", "the publication is not published");
  if (was->withdrawn) return *was;
  const Timestamp at{std::max(Timestamp::now().ms, was->updated.ms + 1)};
  formats::StixObjectReader reader;
  intel::StixObject object;
  MOZU_TRY(reader.read(revoked_object(before->json, at), object));
  MOZU_TRY(take_back(*import, own, *was, {}, at));
  MOZU_TRY(import->put(std::move(object)));
  MOZU_TRY(import->commit());
  MOZU_LET(auto now, published(own, id));
  if (!now) return absent();
  return std::move(*now);
}

namespace {

/// Where no plan opens it, nothing is left but what lists show: whoever forgets to ask `locked` has nothing to show.
void lock_for(const intel::Viewer& v, Published& p) {
  p.locked = !intel::is_open(v, p.organisation, p.subjects());
  if (p.locked) p.description.clear(), p.counts.clear(), p.objects.clear();
}

}  // namespace

Result<std::optional<Published>> Desk::published(const intel::Viewer& v, std::string_view id) {
  MOZU_LET(const auto o, report(v.beyond_plans(), id));
  auto p = o ? read_published(*o) : std::nullopt;
  if (p) lock_for(v, *p);
  return p;
}

Result<store::Page<Published>> Desk::published_list(const intel::Viewer& v, const PublishedQuery& q) {
  store::ListQuery query;
  query.types = {"report"};
  query.source = published_source;
  if (!q.kind.empty()) query.labels = {"kind:" + q.kind};
  query.about = q.about;
  query.with_revoked = q.with_withdrawn;
  query.newest_first = true;
  if (q.updated_from) query.modified_from_us = q.updated_from->ms * 1000;
  if (q.updated_until) query.modified_until_us = (q.updated_until->ms + 1) * 1000;  // there it is exclusive
  query.cursor = q.cursor;
  query.limit = q.limit;
  const auto eyes = v.beyond_plans();
  MOZU_LET(const auto page, knowledge_.list(eyes, query));
  store::Page<Published> out;
  out.next = page.next;
  constexpr std::size_t batch = 16;  // each may refer to hundreds of thousands of objects, which lists do not tell
  for (std::size_t i = 0; i < page.items.size();) {
    std::vector<std::string> ids;
    const auto organisation = page.items[i].organisation;
    for (; i < page.items.size() && page.items[i].organisation == organisation && ids.size() < batch; ++i) ids.push_back(page.items[i].id);
    MOZU_LET(const auto objects, as_published(knowledge_, eyes, organisation, ids));
    for (const auto& o : objects) {
      auto p = read_published(o, Refs::leave);
      if (!p || (p->withdrawn && !q.with_withdrawn)) continue;
      lock_for(v, *p);
      out.items.push_back(std::move(*p));
    }
  }
  return out;
}

Result<bool> Desk::each_item(const intel::Viewer& v, std::size_t most, const std::function<void(PublishedItem&&)>& take) {
  store::ListQuery query;
  query.types = {"indicator"};
  query.source = published_source;
  query.with_revoked = false;
  std::size_t given = 0;
  do {
    query.limit = std::min<std::size_t>(1000, most - given);
    MOZU_LET(const auto page, knowledge_.list_objects(v, query));
    given += page.items.size();
    for (const auto& o : page.items)
      if (auto item = read_item(o)) take(std::move(*item));
    query.cursor = page.next;
  } while (!query.cursor.empty() && given < most);
  return query.cursor.empty();
}

Result<Publication> Desk::content(const Published& p) {
  if (p.withdrawn) return fail("absent", "the publication was withdrawn");
  if (p.locked) return fail("locked", "no plan of yours opens this publication", "ask for another plan, or open it with what is left of a trial");
  MOZU_LET(auto w, version_as_kept(p.id, p.version));
  // Whoever may see the report may see the version that was published as it. A report that somebody imported under our name leads neither
  // into another organisation's texts nor into stricter ones.
  if (w.organisation != p.organisation || intel::tlp_in_force(w.organisation, w.publication.tlp) > p.tlp) return absent();
  return std::move(w.publication);
}

Result<std::vector<PublishedItem>> Desk::items(const intel::Viewer& v, const Published& p, std::size_t most) {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < p.objects.size() && ids.size() < most; ++i)
    if (p.objects[i].starts_with("indicator--")) ids.emplace_back(p.objects[i]);
  std::vector<PublishedItem> out;
  constexpr std::size_t batch = 1000;
  for (std::size_t i = 0; i < ids.size(); i += batch) {
    MOZU_LET(const auto objects, as_published(knowledge_, v, p.organisation, std::span(ids).subspan(i, std::min(batch, ids.size() - i))));
    for (const auto& o : objects)
      if (auto item = read_item(o); item && !o.revoked && item->publication == p.id) out.push_back(std::move(*item));
  }
  return out;
}

}  // namespace mozu::publications
