#include <fmt/core.h>

#include <utility>

#include "people.hpp"
#include "row_sums.hpp"
#include "schema.hpp"

namespace mozu::store {
namespace {

constexpr std::string_view people_tables_1 = R"sql(
CREATE TABLE organisation(id {int} PRIMARY KEY, name {bytes} NOT NULL UNIQUE, disabled {int} NOT NULL);
CREATE TABLE account(id {int} PRIMARY KEY, name {bytes} NOT NULL, folded {bytes} NOT NULL UNIQUE, email {bytes} NOT NULL, password_hash {bytes} NOT NULL,
  totp_secret {bytes} NOT NULL, totp_step {int} NOT NULL, role {bytes} NOT NULL, organisation {int} NOT NULL, clearance {int} NOT NULL,
  disabled {int} NOT NULL, external {bytes} NOT NULL, failures {int} NOT NULL, locked_until_ms {int} NOT NULL, created_ms {int} NOT NULL,
  last_seen_ms {int} NOT NULL);
CREATE UNIQUE INDEX account_external ON account(external) WHERE length(external) > 0;
CREATE TABLE api_token(id {int} PRIMARY KEY, account {int} NOT NULL, name {bytes} NOT NULL, hash {bytes} NOT NULL UNIQUE, scopes {bytes} NOT NULL,
  created_ms {int} NOT NULL, expires_ms {int} NOT NULL, last_used_ms {int} NOT NULL);
CREATE INDEX api_token_account ON api_token(account);
CREATE TABLE login_session(hash {bytes} PRIMARY KEY, account {int} NOT NULL, csrf {bytes} NOT NULL, address {bytes} NOT NULL, created_ms {int} NOT NULL,
  expires_ms {int} NOT NULL, last_seen_ms {int} NOT NULL) {clustered};
CREATE INDEX login_session_account ON login_session(account);
CREATE TABLE audit(sequence {int} PRIMARY KEY, at_ms {int} NOT NULL, who {bytes} NOT NULL, action {bytes} NOT NULL, object {bytes} NOT NULL,
  detail {bytes} NOT NULL, organisation {int} NOT NULL, chain {bytes} NOT NULL);
CREATE TABLE setting(key {bytes} PRIMARY KEY, value {bytes} NOT NULL) {clustered};
CREATE TABLE document(collection {bytes} NOT NULL, id {bytes} NOT NULL, version {int} NOT NULL, organisation {int} NOT NULL, owner {int} NOT NULL,
  created_ms {int} NOT NULL, changed_ms {int} NOT NULL, json {bytes} NOT NULL, PRIMARY KEY(collection, id));
CREATE TABLE tag(object {bytes} NOT NULL, tag {bytes} NOT NULL, weight {int} NOT NULL, who {bytes} NOT NULL, at_ms {int} NOT NULL, PRIMARY KEY(object, tag)) {clustered};
CREATE TABLE decision(id {bytes} NOT NULL, other {bytes} NOT NULL, sameness {int} NOT NULL, who {bytes} NOT NULL, at_ms {int} NOT NULL, PRIMARY KEY(id, other)) {clustered};
)sql";

// What people say belongs to their organisation. What was said before this was said to all: it stays common (0).
constexpr std::string_view people_tables_2 = R"sql(
CREATE TABLE said_tag(object {bytes} NOT NULL, organisation {int} NOT NULL, tag {bytes} NOT NULL, weight {int} NOT NULL, who {bytes} NOT NULL, at_ms {int} NOT NULL,
  PRIMARY KEY(object, organisation, tag)) {clustered};
INSERT INTO said_tag SELECT object, 0, tag, weight, who, at_ms FROM tag;
DROP TABLE tag;
ALTER TABLE said_tag RENAME TO tag;
CREATE TABLE said_decision(organisation {int} NOT NULL, id {bytes} NOT NULL, other {bytes} NOT NULL, sameness {int} NOT NULL, who {bytes} NOT NULL,
  at_ms {int} NOT NULL, PRIMARY KEY(organisation, id, other)) {clustered};
INSERT INTO said_decision SELECT 0, id, other, sameness, who, at_ms FROM decision;
DROP TABLE decision;
ALTER TABLE said_decision RENAME TO decision;
)sql";

// What an organisation has spent of its plan's quotas, a day.
constexpr std::string_view people_tables_3 = R"sql(
CREATE TABLE spent(organisation {int} NOT NULL, day {int} NOT NULL, what {bytes} NOT NULL, amount {int} NOT NULL, PRIMARY KEY(organisation, day, what)) {clustered};
)sql";

// What is to be told to somebody (notices.cpp).
constexpr std::string_view people_tables_4 = R"sql(
CREATE TABLE notice(id {int} PRIMARY KEY, rule {bytes} NOT NULL, event {bytes} NOT NULL, owner {int} NOT NULL, channel {int} NOT NULL, created_ms {int} NOT NULL,
  due_ms {int} NOT NULL, state {int} NOT NULL, tries {int} NOT NULL, why {bytes} NOT NULL, changed_ms {int} NOT NULL, UNIQUE(rule, event));
CREATE INDEX notice_waiting ON notice(channel, due_ms, id) WHERE state = 0;
CREATE INDEX notice_owner ON notice(owner, id);
)sql";

// What people know to be harmless (false_positives.cpp). until_ms 0: without end.
constexpr std::string_view people_tables_5 = R"sql(
CREATE TABLE false_positive(organisation {int} NOT NULL, kind {int} NOT NULL, value {bytes} NOT NULL, reason {bytes} NOT NULL, who {bytes} NOT NULL,
  at_ms {int} NOT NULL, until_ms {int} NOT NULL, PRIMARY KEY(organisation, kind, value)) {clustered};
)sql";

// What `mozu doctor` compares documents with (people.hpp).
constexpr std::string_view people_tables_6 = "ALTER TABLE document ADD COLUMN digest {int} NOT NULL DEFAULT 0;";

// What `mozu doctor` compares the other rows with (row_sums.hpp). Backups of before this came without what is counted in `meta`: numbers of
// users, tokens and notices go on behind those that are there.
Status begin_people_sums(Db& db) {
  for (const auto& [name, table] : {std::pair{"last user", "account"}, {"last token", "api_token"}, {"notices", "notice"}}) {
    MOZU_LET(const auto last, db.integer(fmt::format("SELECT coalesce(max(id), 0) FROM {}", table)));
    MOZU_TRY(db.run("INSERT INTO meta(key, value) VALUES($1, $2) ON CONFLICT(key) DO NOTHING", {Bytes{name}, last}));
  }
  return write_sums(db);
}

constexpr Migration people_steps[] = {{people_tables_1, {}, {}, nullptr}, {people_tables_2, {}, {}, nullptr}, {people_tables_3, {}, {}, nullptr},
                                      {people_tables_4, {}, {}, nullptr}, {people_tables_5, {}, {}, nullptr}, {people_tables_6, {}, {}, write_document_digests},
                                      {{}, {}, {}, begin_people_sums}};

}  // namespace

const Schema& people_schema() {
  static constexpr Schema schema{"people", people_steps};
  return schema;
}

}  // namespace mozu::store
