// What people say, on every engine.
#include <fmt/core.h>

#include <atomic>
#include <limits>
#include <thread>

#include "base.hpp"

namespace mozu::store::test {
namespace {

class AccountsConformance : public testing::TestWithParam<const char*> {
 protected:
  Home home{GetParam()};
  std::unique_ptr<Accounts> accounts = must(Accounts::open(home.options()));
};
INSTANTIATE_TEST_SUITE_P(Engines, AccountsConformance, testing::ValuesIn(engines), engine_name);

User person(std::string name) {
  User u;
  u.name = std::move(name);
  u.email = "kay@mail.example";
  u.password_hash = "$argon2id$…";
  u.role = "analyst";
  u.organisation = 3;
  u.clearance = intel::Tlp::amber;
  return u;
}

TEST_P(AccountsConformance, KeepsUsers) {
  auto u = person("Kay");
  u.external = "https://id.example sub-1";
  u.id = must(accounts->add_user(u));
  const auto got = must(accounts->user_named("kAY"));
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->name, "Kay");
  EXPECT_EQ(got->clearance, intel::Tlp::amber);
  EXPECT_EQ(must(accounts->user_external(u.external))->id, u.id);
  EXPECT_FALSE(must(accounts->user_external("")).has_value());
  EXPECT_EQ(accounts->add_user(person("KAY")).error().code, "exists");
  must(accounts->add_user(person("Lee")));
  must(accounts->add_user(person("Mo")));  // several without external
  const User before = u;
  u.name = "Lee";
  EXPECT_EQ(accounts->update_user(before, u).error().code, "exists");
  u.name = "Kay K";
  u.disabled = true;
  must(accounts->update_user(before, u));
  EXPECT_TRUE(must(accounts->user(u.id))->disabled);
  must(accounts->remove_user(u.id));
  EXPECT_FALSE(must(accounts->user(u.id)).has_value());
  EXPECT_EQ(accounts->remove_user(u.id).error().code, "absent");
  EXPECT_GT(must(accounts->add_user(person("New"))), u.id + 2) << "no id is given twice";
}

TEST_P(AccountsConformance, CountsFailuresAndUsesACodeOnce) {
  const auto id = must(accounts->add_user(person("Kay")));
  EXPECT_EQ(must(accounts->sign_in_failed(id)), 1U);
  EXPECT_EQ(must(accounts->sign_in_failed(id)), 2U);
  must(accounts->lock_user(id, {5000}));
  EXPECT_EQ(must(accounts->user(id))->locked_until.ms, 5000);
  must(accounts->sign_in_succeeded(id, {7000}));
  EXPECT_EQ(must(accounts->user(id))->failures, 0U);
  EXPECT_EQ(must(accounts->user(id))->locked_until.ms, 0);
  EXPECT_TRUE(must(accounts->use_totp_step(id, 100)));
  EXPECT_FALSE(must(accounts->use_totp_step(id, 100)));
  EXPECT_FALSE(must(accounts->use_totp_step(id, 99)));
  EXPECT_TRUE(must(accounts->use_totp_step(id, 101)));
}

TEST_P(AccountsConformance, ChangesOfAUserLeaveWhatOthersChangedMeanwhile) {
  const auto id = must(accounts->add_user(person("Kay")));
  const User before = *must(accounts->user(id));
  User enrolled = before, moved = before;
  enrolled.totp_secret = "sealed";
  moved.clearance = intel::Tlp::red;
  must(accounts->update_user(before, enrolled));
  must(accounts->update_user(before, moved));
  EXPECT_EQ(must(accounts->user(id))->totp_secret, "sealed");
  EXPECT_EQ(must(accounts->user(id))->clearance, intel::Tlp::red);
  User lowered = before;
  lowered.clearance = intel::Tlp::clear;
  EXPECT_EQ(accounts->update_user(before, lowered).error().code, "conflict") << "it is red by now, which whoever lowers it has not seen";
  EXPECT_EQ(must(accounts->user(id))->clearance, intel::Tlp::red);
  User gone = before;
  gone.id = id + 1;
  EXPECT_EQ(accounts->update_user(gone, gone).error().code, "absent");
}

TEST_P(AccountsConformance, KeepsTokensAndSessions) {
  const auto id = must(accounts->add_user(person("Kay")));
  const auto token = must(accounts->add_token({0, id, "script", "hash-1", "read search", {1}, {1000}, {}}));
  EXPECT_EQ(accounts->add_token({0, id, "script", "hash-1", "", {1}, {1000}, {}}).error().code, "exists");
  must(accounts->token_used(token, {77}));
  EXPECT_EQ(must(accounts->token("hash-1"))->last_used.ms, 77);
  EXPECT_FALSE(must(accounts->token("hash-2")).has_value());
  must(accounts->add_session({"s-1", id, "csrf", "192.0.2.1", {1}, {2000}, {1}}));
  must(accounts->add_session({"s-2", id, "csrf", "192.0.2.1", {2}, {3000}, {2}}));
  must(accounts->session_used("s-1", {10}, {2500}));
  EXPECT_EQ(must(accounts->session("s-1"))->expires.ms, 2500);
  EXPECT_EQ(must(accounts->sessions(id)).size(), 2U);
  must(accounts->remove_expired({2500}));
  EXPECT_FALSE(must(accounts->session("s-1")).has_value());
  EXPECT_TRUE(must(accounts->session("s-2")).has_value());
  EXPECT_TRUE(must(accounts->tokens(id)).empty());
  must(accounts->remove_user(id));
  EXPECT_FALSE(must(accounts->session("s-2")).has_value());
}

TEST_P(AccountsConformance, ChainsTheAuditLog) {
  for (int i = 0; i < 25; ++i) {
    AuditLine line;
    line.at = {1000 + i};
    line.who = i % 2 == 0 ? "kay" : "lee";
    line.action = "user.change";
    line.object = fmt::format("user/{}", i);
    line.organisation = i % 5;
    line.detail = std::string("{\"a\0\"}", 6);
    EXPECT_EQ(must(accounts->audit(line)), i + 1);
  }
  must(accounts->verify_audit());
  AuditQuery q;
  q.who = "kay";
  q.limit = 5;
  std::vector<std::int64_t> seen;
  for (;;) {
    const auto page = must(accounts->audit_log(q));
    for (const auto& line : page.items) seen.push_back(line.sequence);
    if (page.next.empty()) break;
    q.cursor = page.next;
  }
  EXPECT_EQ(seen, (std::vector<std::int64_t>{25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1}));
  AuditQuery between;
  between.from = Timestamp{1003};
  between.until = Timestamp{1005};
  EXPECT_EQ(must(accounts->audit_log(between)).items.size(), 2U);
  AuditQuery own;
  own.seen_by = 3;
  std::vector<std::int64_t> by_own;
  for (const auto& line : must(accounts->audit_log(own)).items) by_own.push_back(line.sequence);
  EXPECT_EQ(by_own, (std::vector<std::int64_t>{24, 19, 14, 9, 4}));
}

TEST_P(AccountsConformance, DocumentsAreLockedByVersion) {
  Document d;
  d.collection = "draft", d.id = "r1", d.organisation = 3, d.owner = 7, d.json = R"({"a":1})";
  EXPECT_EQ(must(accounts->put_document(d)), 1);
  EXPECT_EQ(accounts->put_document(d).error().code, "conflict");
  d.version = 1;
  d.json = R"({"a":2})";
  EXPECT_EQ(must(accounts->put_document(d)), 2);
  EXPECT_EQ(accounts->put_document(d).error().code, "conflict");
  EXPECT_EQ(must(accounts->document("draft", "r1"))->json, R"({"a":2})");
  Document big = d;
  big.json.assign(document_bytes_max + 1, ' ');
  EXPECT_EQ(accounts->put_document(big).error().code, "document-too-large");
  for (int i = 2; i < 9; ++i) {
    Document more = d;
    more.id = fmt::format("r{}", i), more.version = 0, more.owner = i;
    must(accounts->put_document(more));
  }
  Accounts::DocumentQuery q;
  q.collection = "draft", q.limit = 3;
  std::vector<std::string> seen;
  for (;;) {
    const auto page = must(accounts->documents(q));
    for (const auto& item : page.items) {
      seen.push_back(item.id);
      EXPECT_TRUE(item.json.empty());
    }
    if (page.next.empty()) break;
    q.cursor = page.next;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"}));
  q.cursor.clear();
  q.owner = 7;
  q.with_json = true;
  const auto own = must(accounts->documents(q)).items;
  ASSERT_EQ(own.size(), 2U);
  EXPECT_EQ(own[0].json, R"({"a":2})");
  must(accounts->remove_documents("other", {std::numeric_limits<std::int64_t>::max()}));
  must(accounts->remove_documents("draft", {must(accounts->document("draft", "r1"))->changed.ms}));
  EXPECT_TRUE(must(accounts->document("draft", "r1")).has_value()) << "only what was changed before";
  const auto version = must(accounts->document("draft", "r1"))->version;
  EXPECT_EQ(accounts->remove_document("draft", "r1", version + 1).error().code, "conflict");
  EXPECT_TRUE(must(accounts->document("draft", "r1")).has_value());
  must(accounts->remove_document("draft", "r1", version));
  EXPECT_EQ(accounts->remove_document("draft", "r1").error().code, "absent");
  EXPECT_TRUE(must(accounts->document("draft", "r2")).has_value());
  must(accounts->remove_documents("draft", {std::numeric_limits<std::int64_t>::max()}));
  EXPECT_FALSE(must(accounts->document("draft", "r2")).has_value());
}

TEST_P(AccountsConformance, KeepsSettingsAndOrganisations) {
  must(accounts->set_setting("mail.host", "mail.example"));
  must(accounts->set_setting("mail.port", "25"));
  must(accounts->set_setting("mail.port", "587"));
  EXPECT_EQ(must(accounts->setting("mail.port")), "587");
  EXPECT_EQ(must(accounts->setting("mail.host")), "mail.example");
  EXPECT_FALSE(must(accounts->setting("mail")).has_value());
  const auto id = must(accounts->add_organisation({0, "Blue", false}));
  EXPECT_GT(id, 0);
  EXPECT_EQ(accounts->add_organisation({0, "Blue", false}).error().code, "exists");
  const Organisation before{id, "Blue", false};
  must(accounts->update_organisation(before, {id, "Blue", true}));
  must(accounts->update_organisation(before, {id, "Blue Team", false}));  // read before the other was written
  EXPECT_EQ(must(accounts->organisations()).at(0).name, "Blue Team");
  EXPECT_TRUE(must(accounts->organisations()).at(0).disabled) << "what others changed meanwhile stays";
  EXPECT_EQ(accounts->update_organisation({id + 1, "x", false}, {id + 1, "y", false}).error().code, "absent");
}

TEST_P(AccountsConformance, ParallelGuessesAllCount) {
  const auto id = must(accounts->add_user(person("Kay")));
  std::vector<std::thread> threads;
  std::atomic<int> used = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        must(accounts->sign_in_failed(id));
        if (must(accounts->use_totp_step(id, 50 + i))) ++used;
      }
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(must(accounts->user(id))->failures, 40U);
  EXPECT_LE(used, 10) << "no code is good twice";
  EXPECT_GE(used, 1);
}

}  // namespace
}  // namespace mozu::store::test
