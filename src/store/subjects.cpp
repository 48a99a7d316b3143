#include "subjects.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "facts.hpp"
#include "mozu/store/sources.hpp"
#include "names.hpp"

namespace mozu::store {

bool is_part_of_publication(std::int64_t type_code) {
  return std::ranges::none_of(named_types, [&](auto type) { return standard_code(type) == type_code; });
}

Status write_subjects(Db& db, std::int64_t import, std::int64_t first, std::int64_t last, std::span<const intel::Subject> subjects) {
  if (subjects.empty()) return {};
  MOZU_TRY(db.run("INSERT INTO publication(import_number, first_sequence, last_sequence) VALUES($1, $2, $3)", {import, first, last}));
  const Integers of(subjects.begin(), subjects.end());
  return db.insert_many("publication_subject", "import_number,subject", {Integers(of.size(), import), of}, "ON CONFLICT DO NOTHING");
}

Status count_publications(Db& db, const std::set<std::int64_t>& imports) {
  struct Range {
    std::int64_t import, first, last;
  };
  std::vector<Range> ranges;
  const Integers asked(imports.begin(), imports.end());
  MOZU_TRY(db.select_many("SELECT first_sequence, last_sequence FROM publication WHERE import_number = $1", {asked},
                          [&](std::size_t i, const Row& r) { ranges.push_back({asked[i], r.integer(0), r.integer(1)}); }));
  for (const auto& [import, first, last] : ranges) {
    MOZU_TRY(db.run("DELETE FROM publication_tally WHERE import_number = $1", {import}));
    MOZU_TRY(
        db.run("INSERT INTO publication_tally(import_number, type, tlp, organisation, objects, revoked) "
               "SELECT import_number, type, tlp, organisation, count(*), sum(revoked) FROM version WHERE sequence BETWEEN $1 AND $2 AND "
               "+replaced_by = 0 GROUP BY import_number, type, tlp, organisation",
               {first, last}));
  }
  return {};
}

namespace {

constexpr std::string_view origin_of_publication = "publication ";

struct Old {
  std::int64_t first = 0, last = 0;
  std::string origin;
  std::vector<intel::Subject> subjects;
};

/// "kind:apt" of its report's labels.
Status add_labels(Db& db, Names& names, std::string_view packed, std::vector<intel::Subject>& out) {
  for (const auto code : unpack_codes(packed)) {
    MOZU_LET(const std::string label, names.text(db, NameKind::label, code));
    if (const auto colon = label.find(':'); colon != label.npos)
      out.push_back(intel::subject_of(std::string_view(label).substr(0, colon), std::string_view(label).substr(colon + 1)));
  }
  return {};
}

/// Actors, malware and campaigns that its report refers to.
Status add_named(Db& db, Names& names, std::int64_t report, std::vector<intel::Subject>& out) {
  std::vector<std::pair<std::int64_t, std::string>> found;
  MOZU_TRY(
      db.run("SELECT v.type, v.name FROM edge e JOIN object o ON o.n = e.target JOIN version v ON v.sequence = o.sequence WHERE e.part IN (SELECT number FROM "
             "part) AND e.source = $1",
             {report}, [&](const Row& r) {
               found.emplace_back(r.integer(0), r.text(1));
               return true;
             }));
  constexpr std::pair<std::string_view, std::string_view> kinds[] = {
      {"intrusion-set", "actor"}, {"threat-actor", "actor"}, {"malware", "malware"}, {"tool", "malware"}, {"campaign", "campaign"}};
  for (const auto& [code, name] : found) {
    MOZU_LET(const std::string type, names.text(db, NameKind::type, code));
    if (const auto kind = std::ranges::find(kinds, std::string_view(type), &std::pair<std::string_view, std::string_view>::first); kind != std::end(kinds))
      out.push_back(intel::subject_of(kind->second, name));
  }
  return {};
}

}  // namespace

Status find_subjects(Db& db) {
  Names names;
  MOZU_LET(const auto source, names.find(db, NameKind::source, publications_source));
  if (!source) return {};
  std::map<std::int64_t, Old> imports;
  std::vector<std::tuple<std::int64_t, std::int64_t, std::string>> reports;
  MOZU_LET(const auto report_type, names.find(db, NameKind::type, "report"));
  MOZU_TRY(
      db.run("SELECT v.import_number, v.sequence, v.type, v.n, v.labels, i.origin FROM version v JOIN import i ON i.number = v.import_number WHERE v.source = "
             "$1 ORDER BY v.sequence",
             {*source}, [&](const Row& r) {
               if (!r.text(5).starts_with(origin_of_publication)) return true;  // somebody's import under that name
               Old& old = imports[r.integer(0)];
               if (old.origin.empty()) old.first = r.integer(1), old.origin = r.text(5);
               old.last = r.integer(1);
               if (report_type && r.integer(2) == *report_type) reports.emplace_back(r.integer(0), r.integer(3), r.text(4));
               return true;
             }));
  for (auto& [number, old] : imports)
    old.subjects.push_back(intel::subject_of("publication", std::string_view(old.origin).substr(origin_of_publication.size())));
  for (const auto& [import, n, labels] : reports) {
    MOZU_TRY(add_labels(db, names, labels, imports[import].subjects));
    MOZU_TRY(add_named(db, names, n, imports[import].subjects));
  }
  for (const auto& [number, old] : imports) MOZU_TRY(write_subjects(db, number, old.first, old.last, old.subjects));
  return {};
}

}  // namespace mozu::store
