// Accounts over the base of people.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mozu/store/accounts.hpp"
#include "people.hpp"
#include "reserve.hpp"

namespace mozu::store {

/// "absent" if the last statement changed nothing.
Status changed_one(Db& db, std::string_view what);
/// A number never given before, kept in `meta` under this name.
Result<std::int64_t> next_number(Db& db, std::string_view name);

Status put_setting(Db& db, std::string_view key, std::string_view value);

class AccountsImpl final : public Accounts {
 public:
  AccountsImpl(std::unique_ptr<People> people, Reserve reserve) : people_(std::move(people)), reserve_(std::move(reserve)) {}

  Result<intel::OrganisationId> add_organisation(const Organisation& o) override;
  Status update_organisation(const Organisation& before, const Organisation& now) override;
  Result<std::vector<Organisation>> organisations() override;
  Result<UserId> add_user(const User& u) override;
  Status update_user(const User& before, const User& now) override;
  Status remove_user(UserId id) override;
  Result<std::optional<User>> user(UserId id) override;
  Result<std::optional<User>> user_named(std::string_view name) override;
  Result<std::optional<User>> user_external(std::string_view external) override;
  Result<std::vector<User>> users() override;
  Result<std::uint32_t> sign_in_failed(UserId id) override;
  Status lock_user(UserId id, Timestamp until) override;
  Status sign_in_succeeded(UserId id, Timestamp at) override;
  Result<bool> use_totp_step(UserId id, std::int64_t step) override;
  Result<std::int64_t> add_token(const ApiToken& t) override;
  Result<std::optional<ApiToken>> token(std::string_view hash) override;
  Result<std::vector<ApiToken>> tokens(UserId user) override;
  Status token_used(std::int64_t id, Timestamp at) override;
  Status remove_token(std::int64_t id) override;
  Status add_session(const Session& s) override;
  Result<std::optional<Session>> session(std::string_view hash) override;
  Result<std::vector<Session>> sessions(UserId user) override;
  Status session_used(std::string_view hash, Timestamp at, Timestamp expires) override;
  Status remove_session(std::string_view hash) override;
  Status remove_sessions(UserId user) override;
  Status remove_expired(Timestamp now) override;
  Result<std::int64_t> audit(const AuditLine& line, bool shuts_out) override;
  Result<Page<AuditLine>> audit_log(const AuditQuery& query) override;
  Status verify_audit() override;
  Result<std::int64_t> spend(intel::OrganisationId organisation, std::int64_t day, std::string_view what, std::int64_t amount, std::int64_t most) override;
  Result<std::int64_t> spent(intel::OrganisationId organisation, std::int64_t day, std::string_view what) override;
  Result<std::optional<std::string>> setting(std::string_view key) override;
  Status set_setting(std::string_view key, std::string_view value) override;
  Result<std::optional<Document>> document(std::string_view collection, std::string_view id) override;
  Result<std::int64_t> put_document(const Document& d, const DocumentsMost& most) override;
  Status remove_document(std::string_view collection, std::string_view id, std::int64_t version) override;
  Status remove_documents(std::string_view collection, Timestamp changed_before) override;
  Result<Page<Document>> documents(const DocumentQuery& query) override;
  Result<std::uint64_t> add_notices(std::span<const Notice> notices, std::string_view setting, std::string_view value) override;
  Result<std::vector<Notice>> claim_notices(const NoticeClaim& claim) override;
  Status settle_notices(std::span<const std::int64_t> ids, NoticeState state, Timestamp due, std::string_view why) override;
  Status release_notices(std::span<const Notice> claimed, Timestamp due) override;
  Result<Page<Notice>> notices(const NoticeQuery& query) override;
  Result<std::vector<std::pair<NoticeState, std::uint64_t>>> count_notices() override;
  Status remove_notices(Timestamp changed_before) override;

 private:
  template <class T, class Read>
  Result<std::vector<T>> all(std::string_view sql, std::initializer_list<Bind> binds, const Read& read) {
    MOZU_LET(const auto reader, people_->reader());
    std::vector<T> out;
    MOZU_TRY(reader.db().run(sql, binds, [&](const Row& r) {
      out.push_back(read(r));
      return true;
    }));
    return out;
  }
  template <class T, class Read>
  Result<std::optional<T>> one(std::string_view sql, std::initializer_list<Bind> binds, const Read& read) {
    MOZU_LET(auto found, all<T>(sql, binds, read));
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  }
  Status change(std::string_view what, std::string_view sql, std::initializer_list<Bind> binds) {
    return people_->write([&](Db& db) -> Status {
      MOZU_TRY(db.run(sql, binds));
      return changed_one(db, what);
    });
  }
  /// Writes what ends somebody's access: that needs no room on the disk.
  template <class Work>
  auto shut_out(const Work& work) {
    return reserve_.spend_on([&] { return people_->write(work); });
  }
  std::unique_ptr<People> people_;
  Reserve reserve_;
};

/// Checks every line of the audit log against the one before. "audit-broken"
Status verify_audit(Db& db);

}  // namespace mozu::store
