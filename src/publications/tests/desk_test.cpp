// From draft to readers and back: nothing is lost, nobody sees early or too much, and what is published is there at once or not at all.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "cell.hpp"
#include "mozu/files/yara.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/publications/bundles.hpp"
#include "mozu/publications/desk.hpp"
#include "temp_folder.hpp"

namespace mozu::publications::desk_test {
namespace {

template <class T>
T must(Result<T> r) {
  if (!r) throw std::runtime_error(r.error().code + ": " + r.error().message);
  return *std::move(r);
}
std::string code(const auto& r) { return r ? "" : r.error().code; }

class DeskTest : public ::testing::Test {
 protected:
  TempFolder folder;
  std::unique_ptr<store::Store> knowledge = must(store::Store::open({folder.file("base"), false, std::size_t{8} << 20, 4}));
  std::unique_ptr<store::Accounts> people = must(store::Accounts::open({folder.file("base"), false, std::size_t{8} << 20, 4}));
  Desk desk{*people, *knowledge};
  Author ann{{1, intel::Tlp::red}, 1, "ann"}, ben{{2, intel::Tlp::red}, 2, "ben"};
  intel::Viewer rea{1, intel::Tlp::green}, amy{1, intel::Tlp::amber}, bob{2, intel::Tlp::amber};

  static Publication some(intel::Tlp tlp = intel::Tlp::green) {
    Publication p;
    p.slug = "lynx";
    p.tlp = tlp;
    p.texts = {{"en", "Lynx returns", "They came *back*.", "# All\n\nthe rest"},
               {"ja", "\xE5\x86\x8D\xE6\x9D\xA5", "\xE6\x94\xBB\xE6\x92\x83\xE8\x80\x85\xE3\x81\x8C\xE6\x88\xBB\xE3\x81\xA3\xE3\x81\x9F\xE3\x80\x82", ""}};
    p.sectors = {"energy"};
    p.actors = {"Amber Lynx"};
    return p;
  }
  /// In review, with two indicators and a rule.
  Working ready(Publication p = some()) {
    Working w = must(desk.create(ann, std::move(p)));
    w = must(desk.attach(ann, w.id, w.version, AttachmentKind::indicators, "iocs.txt", "evil.lynx[.]example\n203.0.113.9\n"));
    w = must(desk.attach(ann, w.id, w.version, AttachmentKind::yara, "r.yar", "rule lynx { strings: $a = \"lynx\" condition: $a }"));
    return must(desk.move(ann, w.id, w.version, Stage::review));
  }
  Result<Published> publish(const Working& w, const PublishWord& word = {}) {
    Diagnostics diagnostics;
    return desk.publish(ann, w.id, w.version, word, diagnostics);
  }
  std::size_t found(const intel::Viewer& v, const std::string& text) { return must(knowledge->search(v, {text, {}, false})).items.size(); }
  std::size_t known(const intel::Viewer& v, intel::KeyKind kind, const std::string& value) {
    const intel::Key key{kind, value};
    std::size_t n = 0;
    for (const auto& hit : must(knowledge->find(v, std::span(&key, 1))))
      for (const auto& head : hit.objects) n += !head.revoked;
    return n;
  }
};

TEST_F(DeskTest, ADraftIsItsOrganisationsAlone) {
  const Working w = must(desk.create(ann, some()));
  EXPECT_EQ(w.version, 1);
  EXPECT_EQ(must(desk.working(amy, w.id)).publication.texts.at(0).title, "Lynx returns");
  EXPECT_EQ(code(desk.working(bob, w.id)), "absent");
  EXPECT_EQ(code(desk.save(ben, w.id, 1, some())), "absent");
  EXPECT_TRUE(must(desk.workings(bob, {}, 10)).items.empty());
  EXPECT_EQ(must(desk.workings(amy, {}, 10)).items.size(), 1U);
  EXPECT_EQ(found(ann.viewer, "Lynx"), 0U) << "no search finds it";
  EXPECT_FALSE(must(desk.published(ann.viewer, w.id)));
  EXPECT_EQ(code(desk.create(ann, some())), "exists");
  EXPECT_NE(must(desk.create(ben, some())).id, w.id) << "a slug belongs to an organisation";
  const Working strict = must(desk.save(ann, w.id, 1, some(intel::Tlp::red)));
  EXPECT_EQ(code(desk.working(amy, w.id)), "absent") << "above her clearance";
  EXPECT_EQ(code(desk.save({amy, 3, "amy"}, w.id, strict.version, some())), "absent");
}

TEST_F(DeskTest, NoChangeIsLost) {
  Working w = must(desk.create(ann, some()));
  Publication p = w.publication;
  p.texts[0].title = "Second";
  ASSERT_EQ(must(desk.save(ann, w.id, 1, p)).version, 2);
  EXPECT_EQ(code(desk.save(ann, w.id, 1, p)), "conflict");
  EXPECT_EQ(code(desk.attach(ann, w.id, 1, AttachmentKind::indicators, "a", "x")), "conflict");
  EXPECT_EQ(code(desk.move(ann, w.id, 1, Stage::review)), "conflict");
  EXPECT_EQ(must(desk.working_version(ann.viewer, w.id, 1)).publication.texts.at(0).title, "Lynx returns");
  EXPECT_EQ(must(desk.working_version(ann.viewer, w.id, 2)).publication.texts.at(0).title, "Second");
  EXPECT_EQ(code(desk.working_version(ann.viewer, w.id, 3)), "absent");
  EXPECT_EQ(code(desk.working_version(bob, w.id, 1)), "absent");
  // Of many who change the same version at once, one does; and each version is there afterwards.
  constexpr int writers = 4, rounds = 10;
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < writers; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < rounds;) {
        const Working now = must(desk.working(ann.viewer, w.id));
        Publication mine = now.publication;
        mine.sectors.push_back(std::to_string(t));
        if (desk.save(ann, w.id, now.version, mine)) ++done, ++i;
      }
    });
  for (auto& t : threads) t.join();
  const Working last = must(desk.working(ann.viewer, w.id));
  EXPECT_EQ(done, writers * rounds);
  EXPECT_EQ(last.publication.sectors.size(), 1U + writers * rounds) << "every change is in the last version";
  EXPECT_EQ(last.version, 2 + writers * rounds);
  for (std::int64_t v = 1; v < last.version; ++v) EXPECT_TRUE(desk.working_version(ann.viewer, w.id, v)) << v;
}

TEST_F(DeskTest, PublishingMakesItFoundEverywhereAtOnce) {
  const Working w = ready();
  const Published p = must(publish(w));
  EXPECT_EQ(p.edition, 1);
  EXPECT_EQ(p.version, w.version);
  EXPECT_EQ(p.titles.size(), 2U);
  EXPECT_EQ(found(rea, "Lynx"), 4U) << "report, indicator, rule, actor";
  EXPECT_EQ(found(rea, "\xE6\x94\xBB\xE6\x92\x83"), 1U) << "in Japanese, too";
  EXPECT_EQ(known(bob, intel::KeyKind::domain, "evil.lynx.example"), 1U) << "green is for all";
  EXPECT_EQ(must(desk.published_list(bob, {})).items.size(), 1U);
  EXPECT_EQ(must(desk.content(p)).texts.at(0).full, "# All\n\nthe rest");
  const auto items = must(desk.items(bob, p, 100));
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].kind, "domain");
  EXPECT_EQ(items[2].kind, "yara");
  EXPECT_EQ(must(desk.working(ann.viewer, w.id)).version, w.version) << "publishing changes no text";
  const auto before = must(knowledge->last_sequence());
  EXPECT_EQ(must(publish(w)).edition, 1) << "twice is once";
  EXPECT_EQ(must(knowledge->last_sequence()), before);
}

TEST_F(DeskTest, WhatIsChangedWhileItIsCheckedIsNotPublished) {
  const Working w = ready();
  PublishWord word;
  bool changed = false;
  word.harmless = [&](std::string_view) {
    if (!std::exchange(changed, true)) must(desk.move(ann, w.id, w.version, Stage::draft));
    return std::string();
  };
  EXPECT_EQ(code(publish(w, word)), "conflict");
  EXPECT_TRUE(changed);
  EXPECT_EQ(found(rea, "Lynx"), 0U);
}

TEST_F(DeskTest, AVersionThatADeletedDraftLeftBehindIsNotTheNewOnes) {
  Working w = must(desk.create(ann, some()));
  store::Document left;  // as a save leaves it whose draft is deleted at the same moment
  left.collection = "publication-versions", left.id = w.id + "." + std::to_string(w.version), left.organisation = 1, left.owner = 1;
  left.json = R"({"created":1,"changed":1,"document":{}})";
  must(people->put_document(left));
  Publication p = w.publication;
  p.texts[0].full = "changed";
  ASSERT_TRUE(desk.save(ann, w.id, w.version, p));
  const auto kept = must(people->document(left.collection, left.id));
  ASSERT_TRUE(kept);
  EXPECT_NE(kept->json, left.json);
  EXPECT_NE(kept->json.find("# All"), std::string::npos);
}

TEST_F(DeskTest, WhatIsNotGoodEnoughStaysWhereItWas) {
  Working w = must(desk.create(ann, some()));
  EXPECT_EQ(code(publish(w)), "not-in-review");
  Publication p = w.publication;
  p.texts[1].summary = " ";
  w = must(desk.save(ann, w.id, w.version, p));
  EXPECT_EQ(code(desk.move(ann, w.id, w.version, Stage::review)), "publication-invalid");
  w = must(desk.save(ann, w.id, w.version, some()));
  w = must(desk.attach(ann, w.id, w.version, AttachmentKind::yara, "bad.yar", "rule x {\n condition: $y }"));
  w = must(desk.move(ann, w.id, w.version, Stage::review));
  Diagnostics diagnostics;
  const auto refused = desk.publish(ann, w.id, w.version, {}, diagnostics);
  EXPECT_EQ(code(refused), "publication-refused");
  EXPECT_TRUE(refused.error().message.starts_with("bad.yar:2: ")) << refused.error().message;
  EXPECT_EQ(found(ann.viewer, "Lynx"), 0U);
  w = must(desk.detach(ann, w.id, w.version, "bad.yar"));
  EXPECT_EQ(w.stage, Stage::draft) << "what was changed is looked at again";
  w = must(desk.attach(ann, w.id, w.version, AttachmentKind::indicators, "i.txt", "192.0.2.8\n"));
  w = must(desk.move(ann, w.id, w.version, Stage::review));
  PublishWord word;
  word.harmless = [](std::string_view) { return std::string("resolvers"); };
  EXPECT_EQ(code(publish(w, word)), "publication-refused");
  word.accept_warnings = true;
  EXPECT_EQ(code(publish(w, word)), "");
}

TEST_F(DeskTest, ARevisionReplacesAndTakesBack) {
  Working w = ready();
  ASSERT_TRUE(publish(w));
  Publication p = w.publication;
  p.texts[0].full = "changed";
  w = must(desk.save(ann, w.id, w.version, p));
  EXPECT_EQ(must(desk.content(*must(desk.published(rea, w.id)))).texts.at(0).full, "# All\n\nthe rest") << "readers have the version that was published";
  w = must(desk.attach(ann, w.id, w.version, AttachmentKind::indicators, "iocs.txt", "203.0.113.9\nnew.lynx.example\n"));
  w = must(desk.move(ann, w.id, w.version, Stage::review));
  const Published now = must(publish(w));
  EXPECT_EQ(now.edition, 2);
  EXPECT_EQ(must(desk.content(now)).texts.at(0).full, "changed");
  EXPECT_EQ(known(rea, intel::KeyKind::domain, "evil.lynx.example"), 0U) << "revoked";
  EXPECT_EQ(known(rea, intel::KeyKind::domain, "new.lynx.example"), 1U);
  EXPECT_EQ(known(rea, intel::KeyKind::ipv4, "203.0.113.9"), 1U);
  EXPECT_EQ(must(knowledge->versions(rea, now.report, {}, 10)).items.size(), 2U);
}

TEST_F(DeskTest, WhatIsTakenBackKeepsItsMarkingAndItsSubjects) {
  Publication p = some(intel::Tlp::amber);
  p.kind = "ics";
  Working w = ready(p);
  must(publish(w));
  const intel::Key key{intel::KeyKind::domain, "evil.lynx.example"};
  const auto id = must(knowledge->find(amy, std::span(&key, 1))).at(0).objects.at(0).id;
  p.tlp = intel::Tlp::green, p.kind = "apt";
  w = must(desk.save(ann, w.id, w.version, p));
  w = must(desk.attach(ann, w.id, w.version, AttachmentKind::indicators, "iocs.txt", "203.0.113.9\n"));
  const auto now = must(publish(must(desk.move(ann, w.id, w.version, Stage::review))));
  EXPECT_EQ(now.edition, 2);
  EXPECT_TRUE(must(knowledge->object(bob, now.report)).has_value());
  EXPECT_FALSE(must(knowledge->object(bob, id)).has_value()) << "it was amber";
  const auto taken = must(knowledge->object(amy, id));
  ASSERT_TRUE(taken);
  EXPECT_TRUE(taken->revoked);
  EXPECT_EQ(taken->tlp, intel::Tlp::amber);
}

TEST_F(DeskTest, WhatIsTakenBackIsOpenToThePlansThatItWasOpenTo) {
  Publication p = some();
  p.kind = "ics";
  Working w = ready(p);
  must(publish(w));
  const intel::Key key{intel::KeyKind::domain, "evil.lynx.example"};
  const auto id = must(knowledge->find(bob, std::span(&key, 1))).at(0).objects.at(0).id;
  p.kind = "apt";
  w = must(desk.save(ann, w.id, w.version, p));
  w = must(desk.attach(ann, w.id, w.version, AttachmentKind::indicators, "iocs.txt", "203.0.113.9\n"));
  const auto now = must(publish(must(desk.move(ann, w.id, w.version, Stage::review))));
  const auto with = [&](std::string_view kind) {
    intel::Viewer v = bob;
    v.opened = std::make_shared<const intel::Opened>(intel::Opened{{{{intel::subject_of("kind", kind)}}}});
    return v;
  };
  EXPECT_TRUE(must(knowledge->object(with("apt"), now.report)));
  EXPECT_FALSE(must(knowledge->object(with("apt"), id))) << "no plan of theirs ever opened it";
  const auto taken = must(knowledge->object(with("ics"), id));
  ASSERT_TRUE(taken);
  EXPECT_TRUE(taken->revoked);
  EXPECT_FALSE(must(knowledge->object(with("ics"), now.report)));
}

TEST_F(DeskTest, WhatIsNotPublishedAfterAllTakesNothingBack) {
  Publication p = some();
  p.kind = "ics";
  Working w = ready(p);
  must(publish(w));
  ASSERT_EQ(known(bob, intel::KeyKind::domain, "evil.lynx.example"), 1U);
  p.kind = "apt";
  w = must(desk.save(ann, w.id, w.version, p));
  w = must(desk.attach(ann, w.id, w.version, AttachmentKind::indicators, "iocs.txt", "203.0.113.9\n"));
  w = must(desk.move(ann, w.id, w.version, Stage::review));
  PublishWord word;
  bool changed = false;
  word.harmless = [&](std::string_view) {
    if (!std::exchange(changed, true)) must(desk.move(ann, w.id, w.version, Stage::draft));
    return std::string();
  };
  EXPECT_EQ(code(publish(w, word)), "conflict");
  EXPECT_TRUE(changed);
  EXPECT_EQ(known(bob, intel::KeyKind::domain, "evil.lynx.example"), 1U) << "the edition that stands still holds it";
}

TEST_F(DeskTest, AStricterMarkingHoldsForAllOfIt) {
  Working w = ready();
  ASSERT_TRUE(publish(w));
  ASSERT_TRUE(must(desk.published(bob, w.id)));
  w = must(desk.save(ann, w.id, w.version, [&] {
    Publication p = w.publication;
    p.tlp = intel::Tlp::amber;
    return p;
  }()));
  w = must(desk.move(ann, w.id, w.version, Stage::review));
  ASSERT_TRUE(publish(w));
  EXPECT_FALSE(must(desk.published(bob, w.id))) << "another organisation";
  EXPECT_FALSE(must(desk.published(rea, w.id))) << "cleared for green";
  EXPECT_TRUE(must(desk.published(amy, w.id)));
  EXPECT_EQ(known(bob, intel::KeyKind::domain, "evil.lynx.example"), 0U);
  EXPECT_TRUE(must(desk.items(bob, *must(desk.published(amy, w.id)), 10)).empty());
  EXPECT_TRUE(must(desk.published_list(bob, {})).items.empty());
}

TEST_F(DeskTest, AReportUnderOurNameLeadsNowhere) {
  const Working w = must(desk.create(ann, some(intel::Tlp::red)));
  const auto forge = [&](intel::OrganisationId organisation) {
    const auto import =
        must(knowledge->begin_import({std::string(published_source), "x", "", "amy", organisation, intel::Tlp::green, intel::confidence_unknown}));
    formats::StixObjectReader reader;
    intel::StixObject object;
    ASSERT_TRUE(reader.read(
        R"({"type":"report","spec_version":"2.1","id":"report--)" + w.id +
            R"(","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"x","published":"2026-01-01T00:00:00Z","object_refs":["report--)" +
            w.id + R"("],"x_mozu_publication":{"id":")" + w.id + R"(","slug":"lynx","kind":"apt","version":1,"edition":1}})",
        object));
    ASSERT_TRUE(import->put(std::move(object)));
    ASSERT_TRUE(import->commit());
  };
  forge(1);
  const auto mine = must(desk.published(amy, w.id));
  ASSERT_TRUE(mine);
  EXPECT_EQ(code(desk.content(*mine)), "absent") << "the version is stricter";
  forge(2);
  const auto theirs = must(desk.published(bob, w.id));
  ASSERT_TRUE(theirs);
  EXPECT_EQ(code(desk.content(*theirs)), "absent") << "of another organisation";
}

TEST_F(DeskTest, WordsOfOthersHideNone) {
  const Working w = ready();
  const Published p = must(publish(w));
  std::vector<store::StoredObject> zip;
  ASSERT_TRUE(desk.each_object(bob, p, [&](const store::StoredObject& o) {
    zip.push_back(o);
    return Status{};
  }));
  ASSERT_GE(zip.size(), 4U);
  const auto import = must(knowledge->begin_import({"vendor", "zip", "", "ben", 2, intel::Tlp::green, intel::confidence_unknown}));
  formats::StixObjectReader reader;
  for (const auto& o : zip) {
    intel::StixObject object;
    ASSERT_TRUE(reader.read(o.json, object));
    object.modified_us += 1'000'000;
    ASSERT_TRUE(import->put(std::move(object)));
  }
  ASSERT_TRUE(import->commit());
  ASSERT_EQ(must(knowledge->object(bob, p.report))->source, "vendor");
  for (const auto& v : {rea, bob}) {
    const auto seen = must(desk.published(v, w.id));
    ASSERT_TRUE(seen) << v.organisation;
    EXPECT_TRUE(desk.content(*seen));
    EXPECT_EQ(must(desk.items(v, *seen, 10)).size(), 3U);
    EXPECT_EQ(must(desk.item_page(v, *seen, {})).items.size(), 2U);
    EXPECT_EQ(must(desk.editions(v, w.id)).size(), 1U);
    EXPECT_EQ(must(desk.published_list(v, {})).items.size(), 1U);
  }
}

TEST_F(DeskTest, AnUnmarkedOneIsTheOrganisationsOwn) {
  const Working w = ready(some(intel::Tlp::none));
  ASSERT_TRUE(publish(w));
  EXPECT_FALSE(must(desk.published(bob, w.id)));
  EXPECT_TRUE(must(desk.published(amy, w.id)));
}

TEST_F(DeskTest, WhatIsWithdrawnIsGoneAndSaysSo) {
  const Working w = ready();
  EXPECT_EQ(code(desk.withdraw(ann, w.id)), "absent") << "not published";
  ASSERT_TRUE(publish(w));
  EXPECT_EQ(code(desk.withdraw(ben, w.id)), "absent");
  const Published gone = must(desk.withdraw(ann, w.id));
  EXPECT_TRUE(gone.withdrawn);
  EXPECT_EQ(code(desk.content(gone)), "absent");
  EXPECT_TRUE(must(desk.items(rea, gone, 10)).empty());
  EXPECT_TRUE(must(desk.published_list(rea, {})).items.empty());
  PublishedQuery all;
  all.with_withdrawn = true;
  EXPECT_EQ(must(desk.published_list(rea, all)).items.size(), 1U);
  EXPECT_EQ(known(rea, intel::KeyKind::domain, "evil.lynx.example"), 0U);
  EXPECT_TRUE(must(desk.withdraw(ann, w.id)).withdrawn) << "twice is once";
  EXPECT_EQ(must(publish(w)).edition, 2) << "and it can come back";
  EXPECT_EQ(known(rea, intel::KeyKind::domain, "evil.lynx.example"), 1U);
}

TEST_F(DeskTest, APageOfIndicatorsIsOfTheKindThatIsAskedFor) {
  Working w = ready();
  w = must(desk.attach(ann, w.id, w.version, AttachmentKind::indicators, "iocs.txt",
                       "evil.lynx[.]example\n203.0.113.9\nother.LYNX.example\n203.0.113.10\nthird.example\n"));
  w = must(desk.move(ann, w.id, w.version, Stage::review));
  const Published p = must(publish(w));
  EXPECT_EQ(p.counts, (std::vector<std::pair<std::string, std::uint64_t>>{{"domain", 3}, {"ipv4", 2}, {"yara", 1}}));
  const auto values = [&](const ItemQuery& query) {
    std::vector<std::string> out;
    for (const auto& item : must(desk.item_page(rea, p, query)).items) out.push_back(item.value);
    return out;
  };
  EXPECT_EQ(values({}).size(), 5U) << "rules are no indicators";
  EXPECT_EQ(must(desk.item_page(rea, p, {{}, "", 0, 2})).total, 5U);
  EXPECT_EQ(values({{"ipv4"}, "", 1, 10}), std::vector<std::string>{"203.0.113.10"});
  EXPECT_EQ(values({{}, "", 2, 2}), (std::vector<std::string>{"third.example", "203.0.113.9"})) << "one page over two kinds";
  EXPECT_EQ(values({{}, "LYNX", 1, 10}), std::vector<std::string>{"other.lynx.example"});
  EXPECT_EQ(must(desk.item_page(rea, p, {{}, "lynx", 1, 10})).total, 2U);
  EXPECT_TRUE(values({{"yara"}, "", 0, 10}).at(0).starts_with("rule lynx"));
  EXPECT_TRUE(values({{}, "", 900, 10}).empty());
  EXPECT_TRUE(must(desk.item_page(bob, must(desk.published(ann.viewer, w.id)).value(), {})).items.size() == 5U) << "green is for all here";
}

TEST_F(DeskTest, EditionsAreThoseThatOneMaySee) {
  Working w = ready(some(intel::Tlp::red));
  ASSERT_TRUE(publish(w));
  Publication p = w.publication;
  p.tlp = intel::Tlp::green;
  p.texts[0].full = "second";
  w = must(desk.save(ann, w.id, w.version, p));
  w = must(desk.move(ann, w.id, w.version, Stage::review));
  ASSERT_TRUE(publish(w));
  EXPECT_EQ(must(desk.editions(ann.viewer, w.id)).size(), 2U);
  const auto seen = must(desk.editions(rea, w.id));
  ASSERT_EQ(seen.size(), 1U) << "the first one was red";
  EXPECT_EQ(seen[0].edition, 2);
  EXPECT_EQ(must(desk.content(must(desk.editions(ann.viewer, w.id)).at(1))).texts.at(0).full, "# All\n\nthe rest");
  ASSERT_TRUE(desk.withdraw(ann, w.id));
  EXPECT_TRUE(must(desk.editions(ann.viewer, w.id)).empty());
}

TEST_F(DeskTest, AnExcerptIsInTheLanguageThatIsAskedFor) {
  const Published p = must(publish(ready()));
  EXPECT_EQ(p.excerpt("en", 400), "They came back.");
  EXPECT_EQ(p.excerpt("ja", 400), "\xE6\x94\xBB\xE6\x92\x83\xE8\x80\x85\xE3\x81\x8C\xE6\x88\xBB\xE3\x81\xA3\xE3\x81\x9F\xE3\x80\x82");
  EXPECT_EQ(p.excerpt("de", 400), "They came back.") << "else the original";
  EXPECT_EQ(p.excerpt("en", 11), "They came…");
  EXPECT_EQ(p.excerpt("ja", 7), "\xE6\x94\xBB\xE6\x92\x83…") << "no half letters";
}

/// Both at once, many times.
void together(int times, const auto& begin, const auto& one, const auto& other, const auto& end) {
  for (int i = 0; i < times; ++i) {
    begin();
    std::atomic<int> ready = 0;
    const auto start = [&](const auto& what) {
      ++ready;
      while (ready < 2) {}
      what();
    };
    std::thread beside([&] { start(one); });
    start(other);
    beside.join();
    end();
  }
}

TEST_F(DeskTest, OfASaveAndADeletionAtOnceOneHolds) {
  Working w;
  bool saved = false, removed = false;
  together(
      40, [&] { w = must(desk.create(ann, some())); },
      [&] {
        Publication p = w.publication;
        p.texts[0].full = "changed";
        saved = desk.save(ann, w.id, w.version, p).has_value();
      },
      [&] { removed = desk.remove(ann, w.id, w.version).has_value(); },
      [&] {
        ASSERT_NE(saved, removed);
        if (saved) must(desk.remove(ann, w.id, w.version + 1));
      });
}

TEST_F(DeskTest, ADeletedDraftTakesNoFileOfAnother) {
  Working gone, stays;
  Publication second = some();
  second.slug = "heron";
  together(
      40,
      [&] {
        gone = must(desk.create(ann, some()));
        gone = must(desk.attach(ann, gone.id, gone.version, AttachmentKind::figure, "a.png", "the same bytes"));
        stays = must(desk.create(ann, second));
      },
      [&] { must(desk.remove(ann, gone.id, gone.version)); },
      [&] { stays = must(desk.attach(ann, stays.id, stays.version, AttachmentKind::figure, "b.png", "the same bytes")); },
      [&] {
        EXPECT_EQ(must(desk.file(1, stays.publication.attachments.at(0))), "the same bytes");
        must(desk.remove(ann, stays.id, stays.version));
      });
}

TEST_F(DeskTest, FilesOfAnySizeComeBackAsTheyWere) {
  Working w = must(desk.create(ann, some()));
  std::string big(std::size_t{5} << 20, 'x');
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 7 + i / 251);
  w = must(desk.attach(ann, w.id, w.version, AttachmentKind::figure, "big.png", big));
  EXPECT_EQ(must(desk.file(1, w.publication.attachments.at(0))), big);
  w = must(desk.attach(ann, w.id, w.version, AttachmentKind::figure, "none.png", ""));
  EXPECT_EQ(must(desk.file(1, w.publication.attachments.at(1))), "");
  EXPECT_EQ(code(desk.file(2, w.publication.attachments.at(0))), "publication-broken") << "of another organisation";
  EXPECT_EQ(code(desk.attach(ann, w.id, w.version, AttachmentKind::figure, "huge", std::string(attachment_bytes_max + 1, 'x'))), "attachment-too-large");
  EXPECT_EQ(code(desk.attach(ann, w.id, w.version, AttachmentKind::figure, "../x", "y")), "publication-invalid");
}

TEST(Bundles, NoCellIsAFormulaAndNoTitleIsARule) {
  IndicatorCsv csv;
  csv.add({"indicator--1", "p", "domain", "evil.example", "evil.example", {}}, "=cmd()|'x'!A1");
  csv.add({"indicator--2", "p", "url", "evil.example/a,\"b\"", "", {}}, "plain");
  csv.add({"indicator--3", "p", "yara", "rule x {}", "x", {}}, "plain");
  EXPECT_EQ(std::move(csv).finish(),
            "uuid,indicator,indicator_type,publication,detection_date\r\n1,evil.example,domain,\"'=cmd()|'x'!A1\",1970-01-01T00:00:00Z\r\n2,\"evil.example/"
            "a,\"\"b\"\"\",url,plain,1970-01-01T00:00:00Z\r\n");
  YaraFile yara;
  yara.add({"indicator--1", "p", "yara", "rule a { condition: true }", "a", {}}, "title\nrule evil { condition: true }");
  yara.add({"indicator--2", "p", "yara", "rule a { condition: false }", "a", {}}, "other");
  const std::string rules = std::move(yara).finish();
  Diagnostics diagnostics;
  files::check_yara("master", rules, diagnostics);
  EXPECT_EQ(diagnostics.errors(), 0U) << rules;
  EXPECT_EQ(rules.find("\nrule evil"), rules.npos) << rules;
  EXPECT_EQ(rules.find("condition: false"), rules.npos) << rules;
}

}  // namespace
}  // namespace mozu::publications::desk_test
