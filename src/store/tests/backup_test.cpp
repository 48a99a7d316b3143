// Backup and restoring, places and times that are wrong, and what inputs that disagree do to one another.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base.hpp"
#include "connection.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/store/false_positives.hpp"
#include "people.hpp"
#include "sqlite_db.hpp"

namespace mozu::store::test {
namespace {

const intel::Viewer owner = intel::Viewer::owner();

StoreOptions at(const std::string& folder) {
  StoreOptions o;
  o.location = folder;
  return o;
}

Provenance from(std::string source, std::string origin) {
  Provenance p;
  p.source = std::move(source), p.origin = std::move(origin), p.actor = "cli";
  return p;
}

TEST(Backup, BringsBackKnowledgeAndPeople) {
  Home home("sqlite");
  Folder elsewhere;
  const auto file = elsewhere / "base.backup", restored = elsewhere / "restored";
  const auto id = id_of("malware", 1);
  {
    const auto store = home.open();
    import(*store, {object("malware", 1, R"("name":"Quietfox","is_family":true)")});
    must(store->tag(intel::common, id, "vip", 80, "kay"));
    const auto accounts = must(Accounts::open(home.options()));
    User kay;
    kay.name = "kay";
    must(accounts->add_user(kay));
    must(accounts->audit({0, {}, "kay", "sign-in", "", "", 0, ""}));
    OK(store->backup(file));
    import(*store, {object("malware", 2, R"("name":"later","is_family":true)")});
    OK(store->backup(file));  // takes the place of the first
  }
  EXPECT_FALSE(std::filesystem::exists(file + ".part"));
  namespace fs = std::filesystem;
  for (const auto& path : {home.folder / "knowledge.db", home.folder / "people.db", file})
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write) << path << " is its owner's alone";
  OK(restore(file, at(restored)));
  const auto store = must(Store::open(at(restored)));
  EXPECT_EQ(must(store->object(owner, id))->name, "Quietfox");
  EXPECT_TRUE(must(store->object(owner, id_of("malware", 2))).has_value());
  EXPECT_EQ(must(store->tags(owner, id)).size(), 1U);
  EXPECT_TRUE(must(store->verify()).empty());
  const auto accounts = must(Accounts::open(at(restored)));
  EXPECT_TRUE(must(accounts->user_named("KAY")).has_value());
  User lee;
  lee.name = "lee";
  EXPECT_EQ(must(accounts->add_user(lee)), 2) << "numbers go on where they were";
  OK(accounts->verify_audit());
  EXPECT_EQ(import(*store, {object("malware", 3, R"("name":"goes on","is_family":true)")}).counts.added, 1U);
}

TEST(Removal, OfTheFileUnderAnOpenBaseIsNotAcknowledged) {
  Home home("sqlite");
  const auto store = home.open();
  import(*store, {object("malware", 1)});
  const auto pending = must(store->begin_import(from("test", "here")));
  must(pending->put(object("malware", 2)));
  ASSERT_TRUE(std::filesystem::remove(home.options().location + "/knowledge.db"));
  const auto done = pending->commit();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "store-open");
}

TEST(Backup, RefusesWhatWouldDoHarm) {
  Home home("sqlite");
  Folder elsewhere;
  const auto file = elsewhere / "base.backup", other = elsewhere / "other";
  const auto store = home.open();
  OK(store->backup(file));
  const auto over = restore(file, home.options());
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code, "restore-exists");
  std::ofstream(other) << "no base at all";
  const auto none = restore(other, at(elsewhere / "x"));
  ASSERT_FALSE(none.has_value());
  EXPECT_TRUE(none.error().code == "store-corrupt" || none.error().code == "backup-invalid") << none.error().code;
  EXPECT_FALSE(restore(elsewhere / "absent", at(elsewhere / "x")).has_value());
  EXPECT_FALSE(std::filesystem::exists(elsewhere / "x/knowledge.db"));
  EXPECT_FALSE(store->backup(elsewhere / "no/such/folder/base.backup").has_value());
}

TEST(Backup, FindsADamagedOne) {
  Home home("sqlite");
  Folder elsewhere;
  const auto file = elsewhere / "base.backup";
  {
    const auto store = home.open();
    std::vector<intel::StixObject> many;
    for (unsigned i = 1; i < 500; ++i) many.push_back(object("malware", i, R"("name":"Quietfox","is_family":true)"));
    import(*store, std::move(many));
    OK(store->backup(file));
  }
  std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
  for (int page = 3; page < 30; page += 3) {
    f.seekp(page * 4096);
    f << std::string(512, '\xA5');
  }
  f.close();
  const auto done = restore(file, at(elsewhere / "x"));
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, "backup-damaged");
  EXPECT_FALSE(std::filesystem::exists(elsewhere / "x/knowledge.db"));
}

/// A base with some of everything, and a backup of it.
void make_backup(const Home& home, const std::string& file) {
  const auto store = home.open();
  std::vector<intel::StixObject> many;
  for (unsigned i = 1; i < 100; ++i) many.push_back(object("malware", i, R"("name":"Quietfox","is_family":true,"description":"steals what it finds")"));
  import(*store, std::move(many));
  must(must(Accounts::open(home.options()))->put_document({"publication", "one", 0, 0, 0, {}, {}, R"({"text":"What was seen on the wire."})"}));
  OK(store->backup(file));
}

std::string bytes_of(const std::string& path) { return must(read_file(path)); }
void write(const std::string& path, std::string_view bytes) { std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes; }

TEST(Backup, OneChangedByteAnywhereIsRefused) {
  Home home("sqlite");
  Folder elsewhere;
  const auto file = elsewhere / "base.backup", broken = elsewhere / "broken.backup";
  make_backup(home, file);
  const std::string whole = bytes_of(file);
  constexpr std::size_t places = 60;
  for (std::size_t i = 0; i <= places; ++i) {
    const std::size_t place = std::min(whole.size() * i / places, whole.size() - 1);
    std::string bytes = whole;
    bytes[place] = static_cast<char>(bytes[place] ^ 0x55);
    write(broken, bytes);
    const auto done = restore(broken, at(elsewhere / "x"));
    ASSERT_FALSE(done.has_value()) << "byte " << place;
    EXPECT_TRUE(done.error().code == "backup-damaged" || done.error().code == "backup-invalid") << done.error().code;
    EXPECT_FALSE(std::filesystem::exists(elsewhere / "x")) << "nothing is written before";
  }
  for (const std::size_t kept : {whole.size() - 1, whole.size() - 40, whole.size() - whole.size() % 4096, whole.size() / 2, std::size_t{100}, std::size_t{0}}) {
    write(broken, std::string_view(whole).substr(0, kept));
    EXPECT_FALSE(restore(broken, at(elsewhere / "x")).has_value()) << kept;
  }
  write(broken, whole + "x");
  EXPECT_FALSE(restore(broken, at(elsewhere / "x")).has_value());
}

TEST(Backup, IsComparedWithTheSumBesideIt) {
  Home home("sqlite");
  Folder elsewhere;
  const auto file = elsewhere / "base.backup", sum = file + ".sha256";
  make_backup(home, file);
  for (const auto& bytes : {std::string("no sum"), std::string(64, '0') + "  base.backup\n"}) {
    write(sum, bytes);
    const auto done = restore(file, at(elsewhere / "x"));
    ASSERT_FALSE(done.has_value()) << bytes;
    EXPECT_EQ(done.error().code, "backup-damaged");
    EXPECT_FALSE(std::filesystem::exists(elsewhere / "x"));
  }
  const std::string whole = bytes_of(file);
  write(sum, to_hex(sha256(std::as_bytes(std::span(whole)))) + "  base.backup\n");
  const auto done = must(restore(file, at(elsewhere / "x")));
  EXPECT_TRUE(done.notes.empty());
}

// As those were that had no checksum.
TEST(Backup, OfAnEarlierMozuIsRestoredWithANote) {
  Home home("sqlite");
  Folder elsewhere;
  const auto file = elsewhere / "base.backup";
  make_backup(home, file);
  {
    const std::string whole = bytes_of(file);
    write(file, std::string_view(whole).substr(0, whole.size() / 4096 * 4096));
    SqliteOptions o;
    o.path = file, o.write = true;
    const auto db = must(open_sqlite(o));
    must(db->script("PRAGMA application_id=0; PRAGMA journal_mode=DELETE"));
  }
  const auto done = must(restore(file, at(elsewhere / "x")));
  ASSERT_EQ(done.notes.size(), 1U);
  EXPECT_EQ(done.notes[0].code, "backup-unsealed");
  EXPECT_TRUE(must(must(Store::open(at(elsewhere / "x")))->verify()).empty());
  write(elsewhere / "cut", std::string_view(bytes_of(file)).substr(0, 8192));
  EXPECT_EQ(restore(elsewhere / "cut", at(elsewhere / "y")).error().code, "backup-damaged");
}

// Who polls for what was added since would miss what comes with an earlier time.
TEST(Times, OfWritingDoNotGoBackWithTheClock) {
  Home home("sqlite");
  import(*home.open(), {object("tool", 1, R"("name":"n1")")});
  {
    SqliteOptions o;
    o.path = home.folder / "knowledge.db", o.write = true;
    must(must(open_sqlite(o))->script("UPDATE version SET added_ms = added_ms + 86400000"));
  }
  const auto store = home.open();
  import(*store, {object("tool", 2, R"("name":"n2")")});
  const auto heads = must(store->heads(owner, std::vector{id_of("tool", 1), id_of("tool", 2)}));
  ASSERT_EQ(heads.size(), 2U);
  EXPECT_GE(heads[1].added.ms, heads[0].added.ms);
}

// As when the server is started anew: all connections end, and nobody was told.
TEST(Places, LostConnectionsToPostgresAreMadeAnew) {
  Home home("postgres");
  auto options = home.options();
  options.location += " application_name=lost";
  const auto store = must(Store::open(options));
  const auto accounts = must(Accounts::open(options));
  const auto end_all = [&] {
    const auto other = must(connect(place_of(home.options().location, "knowledge.db"), {}));
    while (must(other->integer("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'lost'")) != 0) {}
  };
  import(*store, {object("tool", 1, R"("name":"n1")")});
  for (unsigned i = 2; i < 5; ++i) {
    end_all();
    EXPECT_EQ(must(store->counts(owner)).at(0).second, i - 1);
    end_all();
    EXPECT_TRUE(accounts->setting("x").has_value());
    EXPECT_TRUE(accounts->set_setting("x", "y").has_value());
    end_all();
    import(*store, {object("tool", i, R"("name":"n")")});
    // What was cut in its midst is told as what it is.
    const auto cut = must(store->begin_import(from("test", "cut"), false));
    must(cut->put(object("tool", 9, R"("name":"n9")")));
    end_all();
    EXPECT_EQ(cut->commit().error().code, "store-connection");
  }
}

TEST(Places, OfPipesAreRefused) {
  for (const auto* file : {"knowledge.db", "people.db"}) {
    Folder folder;
    ASSERT_EQ(::mkfifo((folder / file).c_str(), 0600), 0);
    const auto opened = Store::open(at(folder.path()));
    ASSERT_FALSE(opened.has_value()) << file;
    EXPECT_EQ(opened.error().code, "store-open");
    EXPECT_EQ(opened.error().where.file, folder / file);
  }
}

/// `sql` behind the store's back; then what doctor says.
std::size_t findings_after(const std::string& sql) {
  Home home("sqlite");
  {
    const auto store = home.open();
    import(*store, {object("malware", 1, R"("name":"Quietfox","is_family":true,"labels":["x"])"), object("tool", 2, R"("name":"Spade")"),
                    relation(3, "uses", id_of("malware", 1), id_of("tool", 2))});
    import(*store, {object("tool", 2, R"("name":"Spade 2")", "2025-01-01T00:00:00.000Z")});
    EXPECT_TRUE(must(store->verify()).empty());
  }
  {
    SqliteOptions o;
    o.path = home.folder / "knowledge.db", o.write = true;
    must(must(open_sqlite(o))->script(sql));
  }
  return must(home.open()->verify()).size();
}

TEST(Verification, FindsWhatTheEngineCannot) {
  EXPECT_EQ(findings_after("SELECT 1"), 0U);
  EXPECT_GE(findings_after("DELETE FROM content WHERE sequence = 1"), 1U);
  EXPECT_GE(findings_after("UPDATE content SET json = x'00112233' WHERE sequence = 1"), 1U);
  EXPECT_GE(findings_after("UPDATE version SET digest = digest + 1 WHERE sequence = 1"), 1U);
  EXPECT_GE(findings_after("UPDATE object SET sequence = 2 WHERE n = 1"), 1U);
  EXPECT_GE(findings_after("UPDATE version SET import_number = 99 WHERE sequence = 1"), 1U);
  EXPECT_GE(findings_after("UPDATE version SET replaced_by = 1 WHERE sequence = 1"), 1U);
  EXPECT_GE(findings_after("UPDATE edge SET target = 9999"), 1U);
  EXPECT_GE(findings_after("UPDATE tally SET objects = objects + 1"), 1U);
}

TEST(Verification, ReadsEveryDocument) {
  Home home("sqlite");
  const auto store = home.open();
  const auto accounts = must(Accounts::open(home.options()));
  must(accounts->put_document({"publication", "one", 0, 0, 0, {}, {}, R"({"text":"seen"})"}));
  must(accounts->put_document({"publication", "one", 1, 0, 0, {}, {}, R"({"text":"seen on the wire"})"}));
  EXPECT_TRUE(must(store->verify()).empty());
  SqliteOptions o;
  o.path = home.folder / "people.db", o.write = true;
  must(must(open_sqlite(o))->script("UPDATE document SET json = CAST(replace(CAST(json AS TEXT), 'wire', 'fire') AS BLOB)"));
  const auto found = must(store->verify());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].message.find("publication one"), std::string::npos) << found[0].message;
}

/// What people said, in every table that has a sum.
void speak(const Home& home) {
  const auto store = home.open();
  const auto accounts = must(Accounts::open(home.options()));
  User lee, kay;
  lee.name = "lee", lee.role = "reader", lee.organisation = must(accounts->add_organisation({0, "Observers", false}));
  lee.id = must(accounts->add_user(lee));
  auto changed = lee;
  changed.email = "lee@example.org";
  must(accounts->update_user(lee, changed));
  kay.name = "kay";
  kay.id = must(accounts->add_user(kay));
  for (const auto* hash : {"h1", "h2", "h3", "h4"})
    must(accounts->add_token({0, hash == std::string_view("h4") ? kay.id : lee.id, "t", hash, "read", {}, {9}, {}}));
  must(accounts->remove_token(1));
  must(accounts->remove_user(kay.id));
  must(accounts->update_organisation({lee.organisation, "", false}, {lee.organisation, "Watchers", false}));
  must(accounts->set_setting("a", "1"));
  must(accounts->set_setting("a", "2"));
  must(accounts->add_notices({}, "b", "3"));
  must(accounts->put_document({"publication", "one", 0, 0, 0, {}, {}, "{}"}));
  must(accounts->put_document({"publication", "two", 0, 0, 0, {}, {}, "{}"}));
  must(accounts->put_document({"publication", "one", 1, 0, 0, {}, {}, R"({"a":1})"}));
  must(accounts->remove_document("publication", "two"));
  for (const auto weight : {50, 60}) must(store->tag(intel::common, id_of("tool", 2), "mine", weight, "lee"));
  for (const auto weight : {50, 0}) must(store->tag(7, id_of("tool", 2), "gone", weight, "lee"));
  for (const auto same : {Store::Sameness::same, Store::Sameness::different}) must(store->decide(7, id_of("tool", 2), id_of("tool", 3), same, "lee"));
  const FalsePositive marks[] = {{7, intel::PatternKind::ipv4, "192.0.2.1", "ours", "lee", {1}, {}},
                                 {7, intel::PatternKind::ipv4, "192.0.2.2", "ours", "lee", {1}, {}}};
  must(store->mark_false_positives(marks));
  EXPECT_TRUE(must(store->remove_false_positive(7, intel::PatternKind::ipv4, "192.0.2.2")));
  // What signing in changes is not covered.
  must(accounts->sign_in_failed(lee.id));
  must(accounts->sign_in_succeeded(lee.id, {5}));
  EXPECT_TRUE(must(accounts->use_totp_step(lee.id, 4)));
  must(accounts->token_used(2, {6}));
}

class PeoplesTables : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engines, PeoplesTables, testing::ValuesIn(engines), engine_name);

/// Each table on its own: a row changed, taken out, or one that nobody wrote.
TEST_P(PeoplesTables, AreComparedWithTheirSums) {
  struct Case {
    const char *sql, *table;
  };
  constexpr Case cases[] = {{"UPDATE account SET role = 'administrator'", "account"},
                            {"DELETE FROM account", "account"},
                            {"UPDATE organisation SET disabled = 1", "organisation"},
                            {"UPDATE api_token SET expires_ms = 0 WHERE id = 2", "api_token"},
                            {"DELETE FROM api_token WHERE id = 3", "api_token"},
                            {"UPDATE tag SET weight = 1", "tag"},
                            {"INSERT INTO tag(object, organisation, tag, weight, who, at_ms) SELECT object, 9, tag, weight, who, at_ms FROM tag", "tag"},
                            {"UPDATE decision SET sameness = 1 - sameness", "decision"},
                            {"DELETE FROM false_positive", "false_positive"},
                            {"UPDATE setting SET value = 'x'", "setting"},
                            {"UPDATE document SET organisation = 9", "document"},
                            {"DELETE FROM document", "document"}};
  for (const auto& c : cases) {
    Home home(GetParam());
    speak(home);
    const auto store = home.open();
    for (const auto& d : must(store->verify())) ADD_FAILURE() << c.sql << ": before: " << d.message;
    must(must(connect(place_of(home.options().location, people_file), {true, false, 8 << 20}))->script(c.sql));
    const auto found = must(store->verify());
    ASSERT_EQ(found.size(), 1U) << c.sql;
    EXPECT_NE(found[0].message.find(c.table), std::string::npos) << found[0].message;
    EXPECT_NE(found[0].hint.find(home.postgres ? "pg_restore" : "mozu restore"), std::string::npos) << found[0].hint;
    EXPECT_EQ(found[0].where.file.empty(), home.postgres) << found[0].where.file << ": of a server it may hold a password";
  }
}

TEST(Backup, CarriesTheSumsOfThePeoplesTables) {
  Home home("sqlite");
  Folder elsewhere;
  const auto file = elsewhere / "base.backup", restored = elsewhere / "restored";
  speak(home);
  OK(home.open()->backup(file));
  OK(restore(file, at(restored)));
  for (const auto& d : must(must(Store::open(at(restored)))->verify())) ADD_FAILURE() << d.message;
}

TEST(Disagreement, InputsThatRepeatThemselvesDoNotTakeTurns) {
  Home home("sqlite");
  const auto store = home.open();
  const auto a = object("tool", 1, R"("name":"by a")"), b = object("tool", 1, R"("name":"by b")");
  import(*store, {a}, from("s", "a.json"));
  EXPECT_EQ(import(*store, {b}, from("s", "b.json")).counts.updated, 1U);
  EXPECT_EQ(import(*store, {a}, from("s", "a.json")).counts.unchanged, 1U);
  EXPECT_EQ(must(store->object(owner, a.id))->name, "by b");
  EXPECT_EQ(import(*store, {object("tool", 1, R"("name":"a anew")")}, from("s", "a.json")).counts.updated, 1U) << "something new counts";
  EXPECT_EQ(import(*store, {a}, from("s", "a.json")).counts.updated, 1U) << "taking one's own last word back counts";
  EXPECT_EQ(must(store->object(owner, a.id))->name, "by a");
}

TEST(Disagreement, AnInputThatContradictsItselfIsStableToo) {
  Home home("sqlite");
  const auto store = home.open();
  const auto a = object("tool", 1, R"("name":"first")"), b = object("tool", 1, R"("name":"second")");
  import(*store, {a, b}, from("s", "a.json"));
  const auto again = import(*store, {a, b}, from("s", "a.json"));
  EXPECT_EQ(again.counts.unchanged, 2U);
  EXPECT_EQ(must(store->object(owner, a.id))->name, "second");
}

}  // namespace
}  // namespace mozu::store::test
