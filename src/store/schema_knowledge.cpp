#include <fmt/core.h>

#include <cstdint>

#include "names.hpp"
#include "own_words.hpp"
#include "part_filter.hpp"
#include "parts.hpp"
#include "rebuild.hpp"
#include "schema.hpp"
#include "subjects.hpp"

namespace mozu::store {
namespace {

// Everything that sources say is bytes: their text may hold NUL, which PostgreSQL's text cannot.
// `sequence` numbers versions in the order of writing; `replaced_by` is the sequence of the version that came instead, 0 for the latest,
// its own for one that was already old when it came. lookup_key, label and words speak of latest versions only; edges too.
constexpr std::string_view tables_1 = R"sql(
CREATE TABLE name(kind {int} NOT NULL, code {int} NOT NULL, text {bytes} NOT NULL, PRIMARY KEY(kind, code)) {clustered};
CREATE UNIQUE INDEX name_text ON name(kind, text);
CREATE TABLE import(number {int} PRIMARY KEY, source {bytes}, origin {bytes}, sha256 {bytes}, actor {bytes}, organisation {int}, tlp {int},
  confidence {int}, at_ms {int}, added {int}, updated {int}, older {int}, unchanged {int}, refused {int});
CREATE TABLE object(n {int} PRIMARY KEY, key {bytes} NOT NULL, sequence {int} NOT NULL);
CREATE UNIQUE INDEX object_key ON object(key);
CREATE TABLE version(sequence {int} PRIMARY KEY, n {int} NOT NULL, type {int} NOT NULL, import_number {int} NOT NULL, source {int} NOT NULL,
  organisation {int} NOT NULL, tlp {int} NOT NULL, confidence {int} NOT NULL, revoked {int} NOT NULL, created_us {int} NOT NULL,
  modified_us {int} NOT NULL, added_ms {int} NOT NULL, digest {int} NOT NULL, replaced_by {int} NOT NULL, name {bytes} NOT NULL, labels {bytes} NOT NULL);
CREATE INDEX version_type ON version(type, sequence);
CREATE INDEX version_source ON version(source, sequence);
CREATE INDEX version_tlp ON version(tlp, sequence) WHERE tlp <> 0;
CREATE INDEX version_history ON version(n, modified_us, sequence) WHERE replaced_by <> 0;
CREATE TABLE content(sequence {int} PRIMARY KEY, json {bytes} NOT NULL);
CREATE TABLE lookup_key(kind {int} NOT NULL, value {bytes} NOT NULL, sequence {int} NOT NULL, PRIMARY KEY(kind, value, sequence)) {clustered};
CREATE TABLE label(code {int} NOT NULL, sequence {int} NOT NULL, PRIMARY KEY(code, sequence)) {clustered};
CREATE TABLE edge(source {int} NOT NULL, relation {int} NOT NULL, target_type {int} NOT NULL, target {int} NOT NULL, via {int} NOT NULL,
  source_type {int} NOT NULL, PRIMARY KEY(source, relation, target_type, target, via)) {clustered};
CREATE INDEX edge_in ON edge(target, relation, source_type, source, via);
)sql";

Status seed_types(Db& db) {
  std::int64_t code = 0;
  for (const auto type : standard_types)
    MOZU_TRY(db.run("INSERT INTO name(kind, code, text) VALUES($1, $2, $3)", {static_cast<std::int64_t>(NameKind::type), ++code, Bytes{type}}));
  return {};
}

// How many objects there are of a type, by what decides who may see them.
constexpr std::string_view tables_2 = R"sql(
CREATE TABLE tally(type {int} NOT NULL, tlp {int} NOT NULL, organisation {int} NOT NULL, objects {int} NOT NULL, PRIMARY KEY(type, tlp, organisation)) {clustered};
INSERT INTO tally SELECT type, tlp, organisation, count(*) FROM version WHERE replaced_by = 0 GROUP BY type, tlp, organisation;
)sql";
// The words are cut by intel::words_of(): the tokeniser has nothing left to do but to part them at blanks.
constexpr std::string_view words_sqlite = "CREATE VIRTUAL TABLE words USING fts5(name, prose, facts, content='', tokenize='ascii');";
constexpr std::string_view words_postgres = R"sql(
CREATE TABLE words(sequence {int} PRIMARY KEY, lexemes tsvector NOT NULL);
CREATE INDEX words_lexemes ON words USING gin(lexemes);
ALTER TABLE content ALTER COLUMN json SET STORAGE EXTERNAL;
)sql";

// All words that begin with the same three or four letters as one list: else each question for such a begin gathers it from those of the words.
// hashsize: what an import brings is gathered to runs of 64 MB instead of 1 MB, which are merged that much less often.
constexpr std::string_view words_sqlite_3 = R"sql(DROP TABLE words;
CREATE VIRTUAL TABLE words USING fts5(name, prose, facts, content='', tokenize='ascii', prefix='3 4');
INSERT INTO words(words, rank) VALUES('hashsize', 67108864);)sql";

Status rebuild_words_sqlite(Db& db) { return db.engine() == Engine::sqlite ? rebuild_words(db) : Status(); }

// "Was this said before?" of an id that was given thousands of contents with one time, as by rules of one name.
constexpr std::string_view tables_4 = "CREATE INDEX version_said ON version(n, modified_us, digest) WHERE replaced_by <> 0;";

// See parts.hpp. What a base holds already is parted as if it had come so. PostgreSQL has one part, and `part` last in its indexes, where
// it costs nothing (is_in()).
constexpr std::string_view tables_5 = R"sql(
CREATE TABLE part(number {int} PRIMARY KEY, first_n {int} NOT NULL, first_sequence {int} NOT NULL);
INSERT INTO part(number, first_n, first_sequence)
  WITH RECURSIVE p(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM p WHERE (number + 1) * {part_objects} < (SELECT coalesce(max(sequence), 0) FROM version) OR (number + 1) * {part_objects} < (SELECT coalesce(max(n), 0) FROM object))
  SELECT number, number * {part_objects} + 1, number * {part_objects} + 1 FROM p;
CREATE TABLE part_filter(part {int} NOT NULL, place {int} NOT NULL, bits {bytes} NOT NULL, PRIMARY KEY(part, place));
CREATE TABLE id(part {int} NOT NULL, key {bytes} NOT NULL, n {int} NOT NULL, PRIMARY KEY({part_first}key{part_last})) {clustered};
INSERT INTO id(part, key, n) SELECT (n - 1) / {part_objects}, key, n FROM object ORDER BY 1, key;
DROP INDEX object_key;
ALTER TABLE lookup_key RENAME TO old_lookup_key;
CREATE TABLE lookup_key(part {int} NOT NULL, kind {int} NOT NULL, value {bytes} NOT NULL, sequence {int} NOT NULL, PRIMARY KEY({part_first}kind, value, sequence{part_last})) {clustered};
INSERT INTO lookup_key(part, kind, value, sequence) SELECT (sequence - 1) / {part_objects}, kind, value, sequence FROM old_lookup_key ORDER BY 1, kind, value, sequence;
DROP TABLE old_lookup_key;
DROP INDEX edge_in;
ALTER TABLE edge RENAME TO old_edge;
CREATE TABLE edge(part {int} NOT NULL, source {int} NOT NULL, relation {int} NOT NULL, target_type {int} NOT NULL, target {int} NOT NULL, via {int} NOT NULL,
  source_type {int} NOT NULL, PRIMARY KEY({part_first}source, relation, target_type, target, via{part_last})) {clustered};
INSERT INTO edge(part, source, relation, target_type, target, via, source_type)
  SELECT ((CASE WHEN via = 0 THEN source ELSE via END) - 1) / {part_objects}, source, relation, target_type, target, via, source_type
  FROM old_edge ORDER BY 1, source, relation, target_type, target, via;
DROP TABLE old_edge;
CREATE INDEX edge_in ON edge({part_first}target, relation, source_type, source, via{part_last});
)sql";

Status build_filters(Db& db) {
  MOZU_LET(const auto parts, Parts::read(db));
  for (std::size_t i = 0; i + 1 < parts.all().size(); ++i) MOZU_TRY(PartFilter::build(db, parts.all()[i].number));
  return {};
}

// Words of names as words of their own (facts.hpp).
constexpr std::string_view words_sqlite_6 = R"sql(DROP TABLE words;
CREATE VIRTUAL TABLE words USING fts5(name, prose, facts, content='', tokenize='ascii', prefix='3 4');
INSERT INTO words(words, rank) VALUES('hashsize', 67108864);)sql";

// Imports that are publications, and what those are about: by it plans open them.
constexpr std::string_view tables_7 = R"sql(
CREATE TABLE publication(import_number {int} PRIMARY KEY, first_sequence {int} NOT NULL, last_sequence {int} NOT NULL);
CREATE TABLE publication_subject(import_number {int} NOT NULL, subject {int} NOT NULL, PRIMARY KEY(import_number, subject)) {clustered};
)sql";

// Of each publication, how many latest versions it holds: so that what plans keep closed can be counted out (subjects.hpp).
constexpr std::string_view tables_8 = R"sql(
CREATE TABLE publication_tally(import_number {int} NOT NULL, type {int} NOT NULL, tlp {int} NOT NULL, organisation {int} NOT NULL, objects {int} NOT NULL,
  PRIMARY KEY(import_number, type, tlp, organisation)) {clustered};
INSERT INTO publication_tally SELECT v.import_number, v.type, v.tlp, v.organisation, count(*) FROM publication p CROSS JOIN version v
  WHERE v.sequence BETWEEN p.first_sequence AND p.last_sequence AND +v.replaced_by = 0 GROUP BY v.import_number, v.type, v.tlp, v.organisation;
)sql";

// Objects of one type from one source: either alone may be nearly all of the base.
constexpr std::string_view tables_9 = "CREATE INDEX version_source_type ON version(source, type, sequence);";

// Edges lead to ids; what organisations say themselves about an id is found from there (own_words.hpp). And how many relationships there are of a kind.
constexpr std::string_view tables_10 = R"sql(
CREATE TABLE own_words(plain {int} NOT NULL, organisation {int} NOT NULL, n {int} NOT NULL, PRIMARY KEY(plain, organisation)) {clustered};
CREATE TABLE relation_tally(relation {int} PRIMARY KEY, objects {int} NOT NULL);
INSERT INTO relation_tally SELECT relation, count(*) FROM edge WHERE via <> 0 GROUP BY relation;
)sql";

// Of what is counted, how much is revoked: it is there, but counts as nothing that holds.
constexpr std::string_view tables_11 = R"sql(
DELETE FROM tally;
ALTER TABLE tally ADD COLUMN revoked {int} NOT NULL DEFAULT 0;
INSERT INTO tally(type, tlp, organisation, objects, revoked) SELECT type, tlp, organisation, count(*), sum(revoked) FROM version WHERE replaced_by = 0
  GROUP BY type, tlp, organisation;
DELETE FROM publication_tally;
ALTER TABLE publication_tally ADD COLUMN revoked {int} NOT NULL DEFAULT 0;
INSERT INTO publication_tally(import_number, type, tlp, organisation, objects, revoked) SELECT v.import_number, v.type, v.tlp, v.organisation, count(*), sum(v.revoked)
  FROM publication p CROSS JOIN version v WHERE v.sequence BETWEEN p.first_sequence AND p.last_sequence AND +v.replaced_by = 0
  GROUP BY v.import_number, v.type, v.tlp, v.organisation;
)sql";

constexpr Migration steps[] = {
    {tables_1, {}, {}, seed_types},
    {tables_2, words_sqlite, words_postgres, rebuild_words},
    {{}, words_sqlite_3, {}, rebuild_words_sqlite},
    {tables_4, {}, {}, nullptr},
    {tables_5, {}, {}, build_filters},
    {{}, words_sqlite_6, "DELETE FROM words;", rebuild_words},
    {tables_7, {}, {}, find_subjects},
    {tables_8, {}, {}, nullptr},
    {tables_9, {}, {}, nullptr},
    {tables_10, {}, {}, find_own_words},
    {tables_11, {}, {}, nullptr},
};

}  // namespace

const Schema& knowledge_schema() {
  static constexpr Schema schema{"knowledge", steps};
  return schema;
}

}  // namespace mozu::store
