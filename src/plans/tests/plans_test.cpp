// Plans, who holds them, and what that opens; on both engines, and beside other processes.
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include "mozu/plans/plans.hpp"
#include "mozu/plans/spending.hpp"
#include "postgres_schema.hpp"

namespace mozu::plans {
namespace {

template <class T>
T must(Result<T> r) {
  if (!r) {
    ADD_FAILURE() << r.error().code << ": " << r.error().message;
    std::abort();
  }
  return *std::move(r);
}
void must(const Status& s) { EXPECT_TRUE(s.has_value()) << s.error().message; }
template <class T>
std::string code(const Result<T>& r) {
  return r ? "" : r.error().code;
}

constexpr std::int64_t day = std::int64_t{24} * 3'600'000;
constexpr Timestamp now{1'793'000'000'000};
constexpr intel::OrganisationId reader = 7;

std::string id(int i) { return fmt::format("00000000-0000-4000-8000-{:012}", i); }
std::vector<intel::Subject> about(int i) {
  return {intel::subject_of("publication", id(i)), intel::subject_of("kind", i % 2 == 0 ? "apt" : "ics"),
          intel::subject_of("geography", i < 10 ? "Japan" : "Norway")};
}

class Held : public testing::TestWithParam<const char*> {
 protected:
  std::string folder = (std::filesystem::temp_directory_path() / fmt::format("mozu-plans-{}-{}", ::getpid(), ++count())).string();
  std::string location = GetParam() == std::string_view("postgres") ? mozu::test::new_postgres_schema() : folder;
  std::unique_ptr<store::Accounts> people = open();
  Plans plans{*people};

  ~Held() override {
    people.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  static int& count() {
    static int n = 0;
    return n;
  }
  std::unique_ptr<store::Accounts> open() const {
    store::StoreOptions options;
    options.location = location;
    return must(store::Accounts::open(options));
  }
  void holds(const Plan& plan, Timestamp start, Timestamp end) {
    const auto there = must(plans.plan(plan.name));
    must(plans.put(plan, there ? there->version : 0));
    auto held = must(plans.subscriptions(reader));
    held.value.push_back({plan.name, start, end, {}});
    must(plans.subscribe(reader, held.value, held.version, now));
  }
  bool sees(int i, Timestamp at = now) { return intel::is_open({reader, intel::Tlp::red, false, must(plans.standing(reader, at)).opened}, 1, about(i)); }
  static Plan named(std::string name) {
    Plan p;
    p.name = std::move(name);
    return p;
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, Held, testing::Values("sqlite", "postgres"), [](const auto& one) { return std::string(one.param); });

TEST_P(Held, WithoutASubscriptionEverythingIsOpen) {
  EXPECT_TRUE(sees(1));
  EXPECT_EQ(must(plans.standing(reader, now)).opened, nullptr);
  EXPECT_EQ(code(plans.subscribe(intel::common, {{"x", now, {}, {}}}, 0, now)), "plan-invalid");
}

TEST_P(Held, APlanOpensWhatFitsAllItsLists) {
  Plan p = named("apt-japan");
  p.kinds = {"APT", "crimeware"};
  p.geography = {"japan"};
  holds(p, now, {now.ms + day});
  EXPECT_TRUE(sees(2)) << "case does not count";
  EXPECT_FALSE(sees(1)) << "another kind";
  EXPECT_FALSE(sees(12)) << "another place";
  EXPECT_TRUE(intel::is_open({reader, intel::Tlp::red, false, must(plans.standing(reader, now)).opened}, reader, about(1))) << "the own is never closed";
  Plan ics = named("ics");
  ics.kinds = {"ics"};
  holds(ics, now, {});
  EXPECT_TRUE(sees(1)) << "one of two plans is enough";
  EXPECT_FALSE(sees(12));
  Plan all = named("all");
  all.all = true;
  holds(all, now, {});
  EXPECT_TRUE(sees(12));
}

TEST_P(Held, NothingIsOpenBeforeTheBeginAndAfterTheEnd) {
  Plan p = named("all");
  p.all = true;
  p.quotas.lookups = 5;
  holds(p, {now.ms + day}, {now.ms + 2 * day});
  EXPECT_FALSE(sees(1));
  EXPECT_EQ(must(plans.standing(reader, now)).state, State::not_begun);
  const auto early = plans.open(reader, id(1), "rea", now);
  EXPECT_EQ(code(early), "locked");
  EXPECT_NE(early.error().message.find("not begun"), std::string::npos);
  EXPECT_TRUE(sees(1, {now.ms + day}));
  EXPECT_FALSE(sees(1, {now.ms + 2 * day})) << "the end is no part of it";
  const auto after = must(plans.standing(reader, {now.ms + 3 * day}));
  EXPECT_EQ(after.state, State::expired);
  EXPECT_EQ(after.quotas.lookups, 5) << "who has not renewed gets no more than before";
  EXPECT_EQ(code(plans.open(reader, id(1), "rea", {now.ms + 3 * day})), "plan-expired");
}

TEST_P(Held, WhatHasEndedIsNotGivenButMayStay) {
  Plan p = named("month");
  p.all = true;
  p.days = 30;
  must(plans.put(p, 0));
  const auto refused = [&](Timestamp start, Timestamp end, std::string_view why) {
    const auto done = plans.subscribe(reader, {{"month", start, end, {}}}, 0, now);
    ASSERT_EQ(code(done), "plan-invalid") << why;
    EXPECT_EQ(done.error().where.path, "/subscriptions/0/end") << why;
    EXPECT_NE(done.error().message.find(why), std::string::npos) << done.error().message;
  };
  refused({now.ms - 9 * day}, {now.ms - 2 * day}, "would have ended already, on ");
  refused({now.ms - 9 * day}, now, "would have ended already, on ");
  refused({now.ms - 31 * day}, {}, "would have ended already, on ");  // by the plan's days
  refused({now.ms + 2 * day}, {now.ms + day}, "before it begins on ");
  const auto version = must(plans.subscribe(reader, {{"month", {now.ms - 9 * day + 7}, {}, "x"}}, 0, now));
  // Another is given when this one is over: as clients know it, by the second.
  const Timestamp later{now.ms + 40 * day}, end{(now.ms + 21 * day + 7) / 1000 * 1000};
  const Subscription ended{"month", {now.ms - 9 * day}, end, "x"};
  EXPECT_FALSE(must(plans.subscriptions(reader)).value.at(0).holds(later));
  must(plans.subscribe(reader, {ended, {"month", later, {}, {}}}, version, later));
  EXPECT_EQ(code(plans.subscribe(reader, {{"month", ended.start, {end.ms - day}, "x"}}, version + 1, later)), "plan-invalid") << "changed";
}

TEST_P(Held, ATrialOpensItsNumberAndNoMore) {
  Plan p = named("trial");
  p.trial = 2;
  p.days = 30;
  holds(p, now, {});
  EXPECT_EQ(must(plans.subscriptions(reader)).value.at(0).end.ms, now.ms + 30 * day);
  EXPECT_FALSE(sees(1));
  EXPECT_EQ(must(plans.open(reader, id(1), "rea", now)).left(), 1);
  EXPECT_EQ(must(plans.open(reader, id(1), "rea", now)).left(), 1) << "not counted twice";
  EXPECT_EQ(must(plans.open(reader, id(2), "rea", now)).left(), 0);
  EXPECT_EQ(code(plans.open(reader, id(3), "rea", now)), "trial-spent");
  EXPECT_TRUE(sees(1) && sees(2));
  EXPECT_FALSE(sees(3));
  EXPECT_FALSE(sees(1, {now.ms + 30 * day})) << "it ends with the trial";
  // Taken away and given again with the same begin: no second trial.
  const auto held = must(plans.subscriptions(reader));
  const auto version = must(plans.subscribe(reader, {}, held.version, now));
  EXPECT_TRUE(sees(3)) << "no subscription at all";
  must(plans.subscribe(reader, held.value, version, now));
  EXPECT_EQ(code(plans.open(reader, id(3), "rea", now)), "trial-spent");
  EXPECT_EQ(code(plans.open(8, id(3), "bob", now)), "no-trial") << "who is not limited opens nothing";
}

TEST_P(Held, ThoseWhoOpenAtOnceOpenTenInAll) {
  Plan p = named("trial");
  p.trial = 10;
  holds(p, now, {});
  const auto others = open();  // as another process would
  Plans elsewhere(*others);
  std::atomic<int> opened{0}, refused{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 30; ++i)
    readers.emplace_back([&, i] {
      const auto done = (i % 2 == 0 ? plans : elsewhere).open(reader, id(i), "rea", now);
      if (done) ++opened;
      else if (done.error().code == "trial-spent") ++refused;
    });
  for (auto& r : readers) r.join();
  EXPECT_EQ(opened, 10);
  EXPECT_EQ(refused, 20);
  int seen = 0;
  for (int i = 0; i < 30; ++i) seen += sees(i);
  EXPECT_EQ(seen, 10);
  EXPECT_EQ(must(plans.standing(reader, now)).chosen, 10);
}

TEST_P(Held, NoChangeIsLostAndNoHeldPlanIsRemoved) {
  must(plans.put(named("one"), 0));
  EXPECT_EQ(code(plans.put(named("one"), 0)), "conflict");
  EXPECT_EQ(must(plans.put(named("one"), 1)), 2);
  EXPECT_EQ(code(plans.put(named("one"), 1)), "conflict");
  EXPECT_EQ(code(plans.subscribe(reader, {{"two", now, {}, {}}}, 0, now)), "plan-invalid") << "there is no such plan";
  EXPECT_EQ(code(plans.subscribe(reader, {{"one", now, {now.ms - 1}, {}}}, 0, now)), "plan-invalid");
  EXPECT_EQ(code(plans.subscribe(reader, {{"one", now, {}, "x"}, {"one", now, {}, "x"}}, 0, now)), "plan-invalid");
  must(plans.subscribe(reader, {{"one", now, {}, {}}}, 0, now));
  EXPECT_EQ(code(plans.subscribe(reader, {}, 0, now)), "conflict");
  const auto removed = plans.remove("one");
  ASSERT_FALSE(removed.has_value());
  EXPECT_EQ(removed.error().code, "plan-held");
  must(plans.subscribe(reader, {}, 1, now));
  must(plans.remove("one"));
  EXPECT_TRUE(must(plans.all()).empty());
}

TEST_P(Held, QuotasAreExactForAllProcesses) {
  const auto others = open();
  constexpr std::int64_t quota = 1000;
  std::atomic<std::int64_t> granted{0};
  {
    Spending here(*people), there(*others);
    std::vector<std::thread> askers;
    for (int i = 0; i < 4; ++i)
      askers.emplace_back([&, i] {
        for (int n = 0; n < 400; ++n) granted += must((i % 2 == 0 ? here : there).spend(reader, What::lookups, 1, quota, now)).granted;
      });
    for (auto& a : askers) a.join();
    EXPECT_LE(granted, quota);
    EXPECT_GE(granted, quota - quota / 100) << "all but what the other has ahead";
    const auto refused = must(here.spend(reader, What::lookups, quota, quota, now));
    EXPECT_FALSE(refused.granted);
    EXPECT_EQ(refused.reset_s, (day - now.ms % day + 999) / 1000);
    EXPECT_TRUE(must(here.spend(8, What::lookups, 1, quota, now)).granted) << "of another organisation";
    EXPECT_TRUE(must(here.spend(reader, What::lookups, 1, quota, {now.ms + day})).granted) << "the next day";
  }
  EXPECT_EQ(must(people->spent(reader, now.ms / day, "lookups")), granted) << "what was ahead is given back";
  Spending again(*people);
  EXPECT_EQ(must(again.look(reader, What::lookups, quota, now)).left, quota - granted) << "it outlives the process";
}

TEST_P(Held, ManyAtOnceAreGrantedWhollyOrNotAtAll) {
  Spending s(*people);
  EXPECT_TRUE(must(s.spend(reader, What::lookups, 60, 100, now)).granted);
  const auto no = must(s.spend(reader, What::lookups, 41, 100, now));
  EXPECT_FALSE(no.granted);
  EXPECT_EQ(no.left, 40);
  const auto yes = must(s.spend(reader, What::lookups, 40, 100, now));
  EXPECT_TRUE(yes.granted);
  EXPECT_EQ(yes.left, 0);
}

TEST_P(Held, WhatIsGivenBackIsThereForOthersAndOnlyOnItsDay) {
  Spending s(*people), other(*people);
  EXPECT_TRUE(must(s.spend(reader, What::lookups, 90, 100, now)).granted);
  must(s.give_back(reader, What::lookups, 80, 100, now));
  EXPECT_EQ(must(s.look(reader, What::lookups, 100, now)).left, 90);
  EXPECT_TRUE(must(other.spend(reader, What::lookups, 85, 100, now)).granted) << "another process has it, too";
  const Timestamp next{now.ms + day};
  EXPECT_TRUE(must(s.spend(reader, What::lookups, 100, 100, next)).granted);
  must(s.give_back(reader, What::lookups, 5, 100, now));
  EXPECT_FALSE(must(s.spend(reader, What::lookups, 1, 100, next)).granted) << "yesterday's is nothing today";
}

TEST_P(Held, OneThatEndsGivesBackWhatItHadAheadAndNoMore) {
  {
    Spending s(*people);
    EXPECT_TRUE(must(s.spend(reader, What::lookups, 7, 1000, now)).granted);
  }
  EXPECT_EQ(must(people->spent(reader, now.ms / day, "lookups")), 7);
}

TEST(PlanDocuments, AreReadAndWrittenTheSame) {
  const auto plan = must(read_plan(
      R"({"name":"apt","title":"APT reports","opens":{"kinds":["apt"],"sectors":["energy","Water"]},"trial":3,"days":365,"quotas":{"requests":1000,"lookups":null}})"));
  EXPECT_EQ(plan.sectors, (std::vector<std::string>{"energy", "Water"}));
  EXPECT_EQ(plan.quotas.requests, 1000);
  EXPECT_FALSE(plan.quotas.lookups.has_value());
  std::string json;
  JsonWriter w(json);
  w.begin_object();
  write_plan(w, plan);
  w.end_object();
  EXPECT_EQ(must(read_plan(json)), plan);
  const auto file =
      must(read_plan_toml("name = \"apt\"\ntitle = \"APT reports\"\ntrial = 3\ndays = 365\n[opens]\nkinds = [\"apt\"]\nsectors = [\"energy\", "
                          "\"Water\"]\n[quotas]\nrequests = 1000\n",
                          "apt.toml"));
  EXPECT_EQ(file, plan);
}

TEST(PlanDocuments, WhatIsWrongIsNamed) {
  const std::pair<std::string_view, std::string_view> wrongs[] = {{R"({"name":"A"})", "/name"},
                                                                  {R"({"name":"a","trial":-1})", "/trial"},
                                                                  {R"({"name":"a","trial":"ten"})", "/trial"},
                                                                  {R"({"name":"a","quotas":{"lookup":1}})", "/quotas/lookup"},
                                                                  {R"({"name":"a","opens":{"kinds":"apt"}})", "/opens/kinds"},
                                                                  {R"({"name":"a","opens":{"all":true,"kinds":["apt"]}})", "/opens"},
                                                                  {R"({"name":"a","opens":{"kinds":[" "]}})", "/opens/kinds"},
                                                                  {R"({"name":"a","open":{}})", "/open"},
                                                                  {R"({"name":"a","quotas":{"requests":1.5}})", "/quotas/requests"},
                                                                  {R"({"name":"a","days":1000000})", "/days"},
                                                                  {R"([])", "()"}};
  for (const auto& [json, path] : wrongs) {
    const auto plan = read_plan(json);
    ASSERT_FALSE(plan.has_value()) << json;
    EXPECT_EQ(plan.error().code, "plan-invalid") << json;
    EXPECT_NE(plan.error().message.find(path), std::string::npos) << json << plan.error().message;
  }
  const auto file = read_plan_toml("name = \"a\"\n[opens]\nkinds = 7\n", "a.toml");
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().where.line, 3U);
  const auto unknown = read_plan_toml("name = \"a\"\n[opens]\nsector = [\"energy\"]\n", "a.toml");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_NE(unknown.error().hint.find("all, kinds, geography, sectors"), std::string::npos) << unknown.error().hint;
  EXPECT_EQ(code(read_plan_toml("name = ", "a.toml")), "plan-invalid");
  EXPECT_EQ(code(read_plan_toml("name = \"a\"\ntrial = 2026-01-01\n", "a.toml")), "plan-invalid");
}

}  // namespace
}  // namespace mozu::plans
