// What `mozu sample load` brought, taken away again: publications withdrawn, objects revoked, as the knowledge base forgets nothing that was given to anybody.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "mozu/base/json_read.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/publications/desk.hpp"
#include "mozu/server/samples.hpp"
#include "sample_folder.hpp"
#include "sample_versions.hpp"

namespace mozu::server {
namespace {

const intel::Viewer owner = intel::Viewer::owner();

template <class Take>
Status each_import(store::Store& knowledge, const Take& take) {
  store::Cursor cursor;
  do {
    MOZU_LET(const auto page, knowledge.imports(owner, cursor, 1000));
    for (const auto& i : page.items) take(i);
    cursor = page.next;
  } while (!cursor.empty());
  return {};
}

bool is_of_a_part(const store::Provenance& p, intel::OrganisationId sample) {
  return std::ranges::any_of(sample_parts, [&](const SamplePart& part) {
    return p.source == part.source && p.origin == fmt::format("{}{}", sample_origin, part.file) && p.organisation == (part.common ? intel::common : sample);
  });
}

}  // namespace

Result<SampleVersions> read_sample_versions(store::Accounts& people) {
  SampleVersions out;
  MOZU_LET(const auto kept, people.setting(sample_versions_setting));
  if (!kept) return out;
  for (const auto line : split(*kept, '\n')) {
    const auto words = split(line, ' ');
    const auto version = words.size() == 2 ? to_uint(words[1]) : std::nullopt;
    if (version) out.emplace(words[0], static_cast<std::int64_t>(*version));
  }
  return out;
}

Status write_sample_versions(store::Accounts& people, const SampleVersions& versions) {
  std::string text;
  for (const auto& [id, version] : versions) text += fmt::format("{} {}\n", id, version);
  return people.set_setting(sample_versions_setting, text);
}

Result<SampleImports> read_sample_imports(store::Store& knowledge, store::Accounts& people, intel::OrganisationId sample) {
  SampleImports out;
  MOZU_LET(const auto kept, people.setting(sample_imports_setting));
  for (const std::string noted = kept.value_or(""); const auto line : split(noted, '\n')) {
    if (line == "loading") out.loading = true;
    if (const auto number = to_uint(line)) out.numbers.insert(static_cast<std::int64_t>(*number));
  }
  MOZU_LET(const auto state, people.setting(samples_setting));
  if (kept ? !out.loading : !state) return out;
  MOZU_TRY(each_import(knowledge, [&](const store::ImportRecord& i) {
    if (is_of_a_part(i.provenance, sample)) out.numbers.insert(i.number);
  }));
  return out;
}

Status write_sample_imports(store::Accounts& people, const SampleImports& imports) {
  std::string text = imports.loading ? "loading\n" : "";
  for (const auto number : imports.numbers) text += fmt::format("{}\n", number);
  return people.set_setting(sample_imports_setting, text);
}

namespace {

using Provenances = std::map<std::int64_t, store::Provenance>;  // by import

/// Imports of the samples, and of publications of their organisation: nobody else imports as that source.
Result<Provenances> sample_imports(store::Store& knowledge, store::Accounts& people, intel::OrganisationId sample) {
  MOZU_LET(const auto noted, read_sample_imports(knowledge, people, sample));
  Provenances out;
  MOZU_TRY(each_import(knowledge, [&](const store::ImportRecord& i) {
    const auto& p = i.provenance;
    const bool published = p.source == publications::published_source && p.organisation == sample;
    if (published || noted.numbers.contains(i.number)) out.emplace(i.number, p);
  }));
  return out;
}

/// The same version, revoked: whoever brings the real one of the same date takes its place again.
std::string revoked(std::string_view json) {
  simdjson::dom::parser parser;
  JsonObject o;
  std::string out;
  if (parser.parse(json.data(), json.size()).get(o) != simdjson::SUCCESS) return out;
  JsonWriter w(out);
  w.begin_object();
  for (const auto [key, value] : o)
    if (key != "revoked") w.key(key).raw(simdjson::minify(value));
  w.field("revoked", true).end_object();
  return out;
}

class Removal {
 public:
  Removal(store::Store& knowledge, store::Accounts& people, intel::OrganisationId sample, const std::string& by)
      : knowledge_(knowledge),
        people_(people),
        desk_(people, knowledge),
        author_{{sample, intel::Tlp::red, true}, 0, by},
        by_(by) {}

  Result<SampleRemoval> run() {
    MOZU_LET(const auto versions, read_sample_versions(people_));
    for (const auto& [id, version] : versions) MOZU_TRY(withdraw(id, version));
    MOZU_LET(imports_, sample_imports(knowledge_, people_, author_.viewer.organisation));
    std::set<std::string> sources;
    for (const auto& [number, p] : imports_)
      if (p.source != publications::published_source) sources.insert(p.source);
    for (const auto& source : sources) MOZU_TRY(revoke(source));
    // What publications bring beside themselves, such as malware that nobody knew, if none is left.
    MOZU_LET(const bool used, publishes());
    if (!used) MOZU_TRY(revoke(std::string(publications::published_source)));
    MOZU_TRY(write());
    MOZU_TRY(people_.set_setting(samples_setting, "removed"));
    return std::move(out_);
  }

 private:
  store::Store& knowledge_;
  store::Accounts& people_;
  publications::Desk desk_;
  publications::Author author_;
  std::string by_;
  Provenances imports_;
  std::set<std::string> seen_;
  std::map<std::int64_t, std::vector<std::string>> going_;  // by import
  SampleRemoval out_;

  void keep(std::string id, std::string name) {
    ++out_.kept;
    if (out_.kept_names.size() < kept_named_max) out_.kept_names.emplace_back(std::move(id), std::move(name));
  }

  Status withdraw(const std::string& id, std::int64_t version) {
    MOZU_LET(const auto p, desk_.published(author_.viewer, id));
    const auto working = desk_.working(author_.viewer, id);
    if (!working && working.error().code != "absent") return fail(working.error());
    if (working && working->version != version) {
      keep(id, working->publication.texts.empty() ? working->publication.slug : working->publication.texts.front().title);
      return {};
    }
    if (!p || p->withdrawn) return {};
    MOZU_TRY(desk_.withdraw(author_, id));
    ++out_.publications;
    return {};
  }

  Result<bool> publishes() {
    publications::PublishedQuery query;
    query.limit = 1000;
    do {
      MOZU_LET(const auto page, desk_.published_list(author_.viewer, query));
      if (std::ranges::find(page.items, author_.viewer.organisation, &publications::Published::organisation) != page.items.end()) return true;
      query.cursor = page.next;
    } while (!query.cursor.empty());
    return false;
  }

  /// Of a source what the samples said last; what others have said since is theirs.
  Status revoke(const std::string& source) {
    store::ListQuery query;
    query.source = source;
    query.all_versions = true;
    query.limit = 1000;
    do {
      MOZU_LET(const auto page, knowledge_.list_objects(owner, query));
      std::vector<std::string> ids;
      for (const auto& o : page.items)
        if (imports_.contains(o.import) && seen_.insert(o.id).second) ids.push_back(o.id);
      MOZU_LET(const auto latest, knowledge_.objects(owner, ids));
      for (const auto& o : latest) {
        if (o.revoked) continue;
        if (imports_.contains(o.import)) going_[o.import].push_back(revoked(o.json));
        else if (o.organisation != intel::common) keep(o.id, o.name);
      }
      query.cursor = page.next;
    } while (!query.cursor.empty());
    return {};
  }

  /// By who said it, as they take back their own words: so the same samples are taken in again later.
  Status write() {
    formats::StixObjectReader reader;
    for (const auto& [number, objects] : going_) {
      store::Provenance provenance = imports_.at(number);
      provenance.actor = by_, provenance.sha256.clear();
      MOZU_LET(const auto import, knowledge_.begin_import(provenance));
      for (const auto& json : objects) {
        intel::StixObject object;
        MOZU_TRY(reader.read(json, object));
        MOZU_TRY(import->put(std::move(object)));
      }
      MOZU_LET(const auto receipt, import->commit());
      out_.objects += receipt.counts.added + receipt.counts.updated;
    }
    return {};
  }
};

}  // namespace

Result<SampleRemoval> remove_samples(store::Store& knowledge, store::Accounts& people, const std::string& by) {
  MOZU_LET(const auto all, people.organisations());
  const auto sample = std::ranges::find(all, sample_organisation, &store::Organisation::name);
  if (sample == all.end()) return SampleRemoval();
  return Removal(knowledge, people, sample->id, by).run();
}

}  // namespace mozu::server
