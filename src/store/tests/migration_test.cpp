// Bases of every earlier version become ones of this, and lose nothing.
#include <fmt/core.h>

#include <string>
#include <vector>

#include "base.hpp"
#include "connection.hpp"
#include "mozu/base/hash.hpp"
#include "schema.hpp"

namespace mozu::store::test::migration_test {
namespace {

const intel::Viewer owner = intel::Viewer::owner();

/// What takes a base of version i + 2 back to version i + 1: what the later step added holds nothing of its own.
struct WayBack {
  std::string_view sqlite, postgres;
};
constexpr std::string_view without_parts = R"sql(
CREATE UNIQUE INDEX object_key ON object(key); DROP TABLE id;
ALTER TABLE lookup_key RENAME TO new_lookup_key; ALTER TABLE edge RENAME TO new_edge; DROP INDEX edge_in;
CREATE TABLE lookup_key(kind {int} NOT NULL, value {bytes} NOT NULL, sequence {int} NOT NULL, PRIMARY KEY(kind, value, sequence)) {clustered};
INSERT INTO lookup_key SELECT kind, value, sequence FROM new_lookup_key; DROP TABLE new_lookup_key;
CREATE TABLE edge(source {int} NOT NULL, relation {int} NOT NULL, target_type {int} NOT NULL, target {int} NOT NULL, via {int} NOT NULL,
  source_type {int} NOT NULL, PRIMARY KEY(source, relation, target_type, target, via)) {clustered};
INSERT INTO edge SELECT source, relation, target_type, target, via, source_type FROM new_edge; DROP TABLE new_edge;
CREATE INDEX edge_in ON edge(target, relation, source_type, source, via); DROP TABLE part; DROP TABLE part_filter;
)sql";
constexpr WayBack backwards[] = {
    {"DROP TABLE words; DROP TABLE tally;", "DROP TABLE words; DROP TABLE tally;"},
    {"DROP TABLE words; CREATE VIRTUAL TABLE words USING fts5(name, prose, facts, content='', tokenize='ascii');", ""},
    {"DROP INDEX version_said;", "DROP INDEX version_said;"},
    {without_parts, without_parts},
    {"", ""},
    {"DROP TABLE publication; DROP TABLE publication_subject;", "DROP TABLE publication; DROP TABLE publication_subject;"},
    {"DROP TABLE publication_tally;", "DROP TABLE publication_tally;"},
    {"DROP INDEX version_source_type;", "DROP INDEX version_source_type;"},
    {"DROP TABLE own_words; DROP TABLE relation_tally;", "DROP TABLE own_words; DROP TABLE relation_tally;"},
    {"ALTER TABLE tally DROP COLUMN revoked; ALTER TABLE publication_tally DROP COLUMN revoked;",
     "ALTER TABLE tally DROP COLUMN revoked; ALTER TABLE publication_tally DROP COLUMN revoked;"},
};

std::unique_ptr<Db> raw(const Home& home) { return must(connect(place_of(home.options().location, "knowledge.db"), {true, false, 8 << 20})); }

void set_version(Db& db, int version) { must(db.run("UPDATE meta SET value = $1 WHERE key = $2", {std::int64_t{version}, Bytes{"knowledge"}})); }

void go_back(Db& db, int version) {
  for (int v = static_cast<int>(knowledge_schema().steps.size()); v > version; --v)
    must(db.script(in_dialect(db.engine() == Engine::sqlite ? backwards[v - 2].sqlite : backwards[v - 2].postgres, db.engine())));
  set_version(db, version);
}

class Migrations : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engines, Migrations, testing::ValuesIn(engines), engine_name);

TEST_P(Migrations, EveryEarlierVersionBecomesThisOne) {
  const int newest = static_cast<int>(knowledge_schema().steps.size());
  ASSERT_EQ(std::size(backwards), static_cast<std::size_t>(newest) - 1) << "a new step needs its way back here";
  for (int version = newest - 1; version >= 1; --version) {
    Home home(GetParam());
    {
      const auto store = home.open();
      import(*store, {object("malware", 1, R"("name":"Quietfox","is_family":true,"labels":["x"],"description":"steals secrets")"),
                      object("tool", 2, R"("name":"Spade")"), relation(3, "uses", id_of("malware", 1), id_of("tool", 2))});
      import(*store, {object("tool", 2, R"("name":"Shovel","description":"標的型攻撃")", "2025-01-01T00:00:00.000Z")});
      import(*store, {object("tool", 4, R"("revoked":true)")});
      must(store->tag(intel::common, id_of("tool", 2), "mine", 50, "lee"));
    }
    go_back(*raw(home), version);
    const auto store = home.open();
    for (const auto& d : must(store->verify())) ADD_FAILURE() << version << ": " << d.message;
    for (const auto* text : {"secrets", "標的", "shovel"}) {
      SearchQuery q;
      q.text = text;
      EXPECT_EQ(must(store->search(owner, q)).items.size(), 1U) << version << ": " << text;
    }
    EXPECT_EQ(must(store->counts(owner)), (std::vector<std::pair<std::string, std::uint64_t>>{{"malware", 1}, {"relationship", 1}, {"tool", 1}})) << version;
    EXPECT_EQ(must(store->versions(owner, id_of("tool", 2), {}, 10)).items.size(), 2U);
    EXPECT_EQ(must(store->tags(owner, id_of("tool", 2))).size(), 1U);
    EXPECT_EQ(import(*store, {object("tool", 2, R"("name":"Shovel","description":"標的型攻撃")", "2025-01-01T00:00:00.000Z")}).counts.unchanged, 1U);
  }
}

/// Publications of before plans were known are found again: by their origin, what their labels say and what they name.
TEST_P(Migrations, PublicationsOfBeforePlansAreThePlansToo) {
  Home home(GetParam());
  const auto report = id_of("report", 1);
  {
    const auto store = home.open();
    import(*store,
           {object("intrusion-set", 2, R"("name":"Amber Lynx")"),
            object("report", 1,
                   fmt::format(R"("name":"x","published":"2024-01-01T00:00:00Z","labels":["kind:apt","sector:energy"],"object_refs":["{}"])",
                               id_of("intrusion-set", 2)))},
           {"publications", "publication one", "", "ann", 3, intel::Tlp::green, intel::confidence_unknown, {}});
    go_back(*raw(home), 6);
  }
  const auto store = home.open();
  const auto sees = [&](std::string_view what, std::string_view value) {
    return must(store->object({4, intel::Tlp::red, false, std::make_shared<const intel::Opened>(intel::Opened{{{{intel::subject_of(what, value)}}}})}, report))
        .has_value();
  };
  EXPECT_FALSE(sees("kind", "ics"));
  for (const auto& [what, value] : {std::pair{"publication", "one"}, std::pair{"kind", "apt"}, std::pair{"sector", "Energy"}, std::pair{"actor", "amber lynx"}})
    EXPECT_TRUE(sees(what, value)) << what;
  EXPECT_FALSE(must(store->object({4, intel::Tlp::red, false, std::make_shared<const intel::Opened>()}, report)).has_value());
}

/// Relations that led to an organisation's own words lead to the id, and are edges for whoever sees relation and ends.
TEST_P(Migrations, RelationsToWordsOfOnesOwnLeadToTheId) {
  Home home(GetParam());
  constexpr intel::OrganisationId a = 3, b = 4, c = 5;
  const auto bear = id_of("intrusion-set", 2), fox = id_of("malware", 1);
  const auto said_by = [](intel::OrganisationId who, intel::Tlp tlp) { return Provenance{"test", "here", "", "ann", who, tlp, intel::confidence_unknown, {}}; };
  {
    const auto store = home.open();
    import(*store, {object("malware", 1, R"("name":"of A","is_family":true)"), object("intrusion-set", 2, R"("name":"bear")")}, said_by(a, intel::Tlp::green));
    import(*store, {object("malware", 1, R"("name":"of B","is_family":true)")}, said_by(b, intel::Tlp::red));
    import(*store, {relation(9, "uses", bear, fox)}, said_by(b, intel::Tlp::green));
    const auto db = raw(home);
    must(db->run("UPDATE edge SET target = (SELECT n FROM own_words WHERE organisation = $1) WHERE via <> 0", {b}));
    go_back(*db, 9);
  }
  const auto store = home.open();
  for (const auto& [who, name] : {std::pair{a, "of A"}, std::pair{b, "of B"}, std::pair{c, "of A"}}) {
    const auto page = must(store->neighbours({who, intel::Tlp::red, false}, bear, {}));
    ASSERT_EQ(page.items.size(), 1U) << who;
    EXPECT_EQ(page.items[0].object.name, name) << who;
  }
  for (const auto& d : must(store->verify())) ADD_FAILURE() << d.message;
}

std::unique_ptr<Db> raw_people(const Home& home) { return must(connect(place_of(home.options().location, "people.db"), {true, false, 8 << 20})); }

/// What takes a base of people of version i + 2 back to version i + 1.
constexpr std::string_view people_backwards[] = {R"sql(
CREATE TABLE old_tag(object {bytes} NOT NULL, tag {bytes} NOT NULL, weight {int} NOT NULL, who {bytes} NOT NULL, at_ms {int} NOT NULL, PRIMARY KEY(object, tag));
INSERT INTO old_tag SELECT object, tag, weight, who, at_ms FROM tag; DROP TABLE tag; ALTER TABLE old_tag RENAME TO tag;
CREATE TABLE old_decision(id {bytes} NOT NULL, other {bytes} NOT NULL, sameness {int} NOT NULL, who {bytes} NOT NULL, at_ms {int} NOT NULL, PRIMARY KEY(id, other));
INSERT INTO old_decision SELECT id, other, sameness, who, at_ms FROM decision; DROP TABLE decision; ALTER TABLE old_decision RENAME TO decision;
)sql", "DROP TABLE spent;", "DROP TABLE notice;", "DROP TABLE false_positive;", "ALTER TABLE document DROP COLUMN digest;", ""};

void set_people_version(Db& db, int version) { must(db.run("UPDATE meta SET value = $1 WHERE key = $2", {std::int64_t{version}, Bytes{"people"}})); }

TEST_P(Migrations, PeopleOfEveryEarlierVersionBecomeThese) {
  const int newest = static_cast<int>(people_schema().steps.size());
  ASSERT_EQ(std::size(people_backwards), static_cast<std::size_t>(newest) - 1) << "a new step needs its way back here";
  for (int version = newest - 1; version >= 1; --version) {
    Home home(GetParam());
    {
      const auto store = home.open();
      must(store->tag(intel::common, id_of("tool", 2), "mine", 50, "lee"));
      must(store->decide(intel::common, id_of("tool", 2), id_of("tool", 3), Store::Sameness::same, "lee"));
      const auto accounts = must(Accounts::open(home.options()));
      must(accounts->put_document({"publication", "one", 0, 0, 0, {}, {}, "{}"}));
      User lee;
      lee.name = "lee";
      must(accounts->add_user(lee));
    }
    {
      const auto db = raw_people(home);
      for (int v = newest; v > version; --v) must(db->script(in_dialect(people_backwards[v - 2], db->engine())));
      set_people_version(*db, version);
      // No sums yet, and as after a backup of then: it left out what is counted.
      must(db->run("DELETE FROM meta WHERE key NOT IN ($1, $2)", {Bytes{"people"}, Bytes{"knowledge"}}));
    }
    auto options = home.options();
    options.read_only = true;
    const auto opened = Store::open(options);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, "store-older");
    const auto store = home.open();
    for (const auto& d : must(store->verify())) ADD_FAILURE() << version << ": " << d.message;
    const intel::Viewer somebody{7, intel::Tlp::red, false};
    EXPECT_EQ(must(store->tags(somebody, id_of("tool", 2))), (std::vector<std::pair<std::string, int>>{{"mine", 50}}));
    ASSERT_EQ(must(store->decisions(somebody)).size(), 1U);
    EXPECT_EQ(must(store->decisions(somebody))[0].who, "lee");
    EXPECT_EQ(must(store->decisions(somebody))[0].organisation, intel::common);
    User kay;
    kay.name = "kay";
    must(must(Accounts::open(home.options()))->add_user(kay));
    must(store->tag(7, id_of("tool", 2), "mine", 60, "kay"));
    for (const auto& d : must(store->verify())) ADD_FAILURE() << version << ": written since: " << d.message;
    EXPECT_EQ(must(store->tags(somebody, id_of("tool", 2))), (std::vector<std::pair<std::string, int>>{{"mine", 60}}));
  }
}

TEST_P(Migrations, AReaderSaysThatAnOlderBaseMustBeBroughtUpFirst) {
  Home home(GetParam());
  { const auto store = home.open(); }
  set_version(*raw(home), 1);
  auto options = home.options();
  options.read_only = true;
  const auto opened = Store::open(options);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, "store-older");
}

TEST_P(Migrations, ANewerBaseIsLeftAlone) {
  Home home(GetParam());
  { const auto store = home.open(); }
  set_version(*raw(home), 1000);
  for (const bool read_only : {false, true}) {
    auto options = home.options();
    options.read_only = read_only;
    const auto opened = Store::open(options);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, "store-newer");
  }
}

/// Bases hold what a released step made: another text of it would make two kinds of one version. A new step adds its line.
TEST(Schema, ReleasedStepsStayAsTheyAre) {
  const auto digests = [](const Schema& schema) {
    std::vector<std::string> out;
    for (const auto& step : schema.steps)
      out.push_back(fmt::format("{:016x}", xxh3_64(std::string(step.sql) + "|" + std::string(step.sqlite_only) + "|" + std::string(step.postgres_only))));
    return out;
  };
  EXPECT_EQ(digests(knowledge_schema()),
            (std::vector<std::string>{"b1229e39fb4a4269", "da949edd51dfb6dc", "a0d07d5e9400a626", "a9d784865fc57367", "ac459c81d2e85974", "dc56a477474a6fab",
                                      "0df07cb3890bfd83", "91f2162696faf056", "44abc0e08a2faaa6", "55980e1618662d7b", "642053133d06ec20"}));
  EXPECT_EQ(digests(people_schema()), (std::vector<std::string>{"7ad1baa6126d30d2", "4ecff695795dfc81", "2d56ddb84d41252e", "1a63eccbea5bc717",
                                                                "160b75f752682e6b", "126f4a6c45bb3e72", "9773aef8ea574440"}));
}

}  // namespace
}  // namespace mozu::store::test::migration_test
