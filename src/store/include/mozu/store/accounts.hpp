// What people are and say, apart from what sources say: organisations, users, tokens, sessions, the audit log, settings, and small
// documents (drafts, saved searches). SQLite: the file people.db beside knowledge.db, so that signing in never waits for an
// import; PostgreSQL: tables of the same database. Thread-safe. Secrets never are here: only hashes of tokens, sessions and passwords;
// what must be read back (TOTP) comes and goes encrypted by the caller.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/store/store.hpp"

namespace mozu::store {

struct Organisation {
  intel::OrganisationId id = 0;  ///< given by add(); 0 (common) is no row
  std::string name;              ///< unique, case counts
  bool disabled = false;
};

using UserId = std::int64_t;
struct User {
  UserId id = 0;
  std::string name;  ///< unique, ASCII case ignored
  std::string email;
  std::string password_hash;   ///< encoded Argon2id; empty = cannot sign in by password
  std::string totp_secret;     ///< encrypted by the caller; empty = no second factor
  std::int64_t totp_step = 0;  ///< the last one used: a code is good once
  std::string role;            ///< "administrator", "analyst", "author", "reader", "feed-client"; the caller's rule
  intel::OrganisationId organisation = intel::common;
  intel::Tlp clearance = intel::Tlp::green;
  bool disabled = false;
  std::string external;        ///< OIDC "issuer subject" or certificate fingerprint; unique unless empty
  std::uint32_t failures = 0;  ///< failed sign-ins in a row
  Timestamp locked_until{};    ///< 0 = not
  Timestamp created{}, last_seen{};
};

struct ApiToken {
  std::int64_t id = 0;
  UserId user = 0;
  std::string name;    ///< for people
  std::string hash;    ///< of the token; unique
  std::string scopes;  ///< blank between
  Timestamp created{}, expires{}, last_used{};
};

struct Session {
  std::string hash;  ///< of the cookie; the key
  UserId user = 0;
  std::string csrf;
  std::string address;  ///< of the client at sign-in, for people
  Timestamp created{}, expires{}, last_seen{};
};

/// One line of the audit log. `chain` = SHA-256 (hex) over the chain of the line before and this line's fields: what was changed or
/// taken out from the middle is seen by verify_audit().
struct AuditLine {
  std::int64_t sequence = 0;
  Timestamp at{};
  std::string who, action, object, detail;
  intel::OrganisationId organisation = intel::common;  ///< of who acted; a sign-in: of whom it is, if there is such a user
  std::string chain;
};
struct AuditQuery {
  std::string who, action, object;               ///< equal; empty = any
  std::optional<intel::OrganisationId> seen_by;  ///< only what people of this organisation did
  std::optional<Timestamp> from, until;
  Cursor cursor;  ///< newest first
  std::size_t limit = 100;
};

/// A small JSON document (≤ 4 MiB) with a version for optimistic locking.
struct Document {
  std::string collection, id;
  std::int64_t version = 0;  ///< rises with each put
  intel::OrganisationId organisation = intel::common;
  UserId owner = 0;
  Timestamp created{}, changed{};
  std::string json;
};
inline constexpr std::size_t document_bytes_max = std::size_t{4} << 20;
/// How many of a collection; 0 = as many as one likes.
struct DocumentsMost {
  std::size_t of_owner = 0, of_organisation = 0;
};

/// What is to be told to somebody, and what became of it: a row a rule and event, whatever happens. Texts are not here: they are made when it is told.
enum class NoticeState : std::uint8_t { waiting, sent, failed, dropped };
inline constexpr std::array<std::string_view, 4> notice_state_names = {"waiting", "sent", "failed", "dropped"};  ///< as all outputs name them
struct Notice {
  std::int64_t id = 0;      ///< given by add_notices()
  std::string rule, event;  ///< one rule is told one event once
  UserId owner = 0;
  std::int64_t channel = 0;    ///< the caller's: each is claimed for itself
  Timestamp created{}, due{};  ///< due: not before
  NoticeState state = NoticeState::waiting;
  std::int64_t tries = 0;  ///< how many times it was claimed
  std::string why;         ///< why it is not sent (yet)
  Timestamp changed{};
};

/// What ends somebody's access (update_user(), update_organisation(), remove_user(), remove_token(), remove_session(), remove_sessions()) works on a full disk too, while there is
/// something left of a reserve of 2 MiB beside the base (SQLite).
/// Codes besides those of Store: "exists" (a unique name, hash or id is taken), "absent" (no such row), "conflict" (the document's
/// version is another), "document-too-large", "cursor-invalid".
class Accounts {
 public:
  /// The same options as Store::open(); the two may be open side by side, also in several processes.
  static Result<std::unique_ptr<Accounts>> open(const StoreOptions& options);
  virtual ~Accounts() = default;

  virtual Result<intel::OrganisationId> add_organisation(const Organisation& o) = 0;
  /// The fields in which `now` differs from `before`, in one step, as update_user().
  virtual Status update_organisation(const Organisation& before, const Organisation& now) = 0;
  virtual Result<std::vector<Organisation>> organisations() = 0;

  virtual Result<UserId> add_user(const User& u) = 0;
  /// The fields in which `now` differs from `before`, in one step: what others changed meanwhile stays. All but id, created, failures,
  /// locked_until, last_seen, totp_step.
  virtual Status update_user(const User& before, const User& now) = 0;
  virtual Status remove_user(UserId id) = 0;  ///< with its tokens and sessions; documents stay
  virtual Result<std::optional<User>> user(UserId id) = 0;
  virtual Result<std::optional<User>> user_named(std::string_view name) = 0;
  virtual Result<std::optional<User>> user_external(std::string_view external) = 0;
  virtual Result<std::vector<User>> users() = 0;
  /// Counts one failure; gives how many in a row. In one step, so that parallel guesses all count.
  virtual Result<std::uint32_t> sign_in_failed(UserId id) = 0;
  virtual Status lock_user(UserId id, Timestamp until) = 0;
  virtual Status sign_in_succeeded(UserId id, Timestamp at) = 0;  ///< failures = 0, not locked, last_seen
  /// True if `step` is greater than any used before, and then marks it used; in one step.
  virtual Result<bool> use_totp_step(UserId id, std::int64_t step) = 0;

  virtual Result<std::int64_t> add_token(const ApiToken& t) = 0;
  virtual Result<std::optional<ApiToken>> token(std::string_view hash) = 0;  ///< also an expired one
  virtual Result<std::vector<ApiToken>> tokens(UserId user) = 0;
  virtual Status token_used(std::int64_t id, Timestamp at) = 0;
  virtual Status remove_token(std::int64_t id) = 0;

  virtual Status add_session(const Session& s) = 0;
  virtual Result<std::optional<Session>> session(std::string_view hash) = 0;  ///< also an expired one
  virtual Result<std::vector<Session>> sessions(UserId user) = 0;
  virtual Status session_used(std::string_view hash, Timestamp at, Timestamp expires) = 0;
  virtual Status remove_session(std::string_view hash) = 0;
  virtual Status remove_sessions(UserId user) = 0;
  virtual Status remove_expired(Timestamp now) = 0;  ///< sessions and tokens

  /// `sequence` and `chain` of the argument are ignored. `shuts_out`: it says that somebody's access was ended, and is written on a full disk too.
  virtual Result<std::int64_t> audit(const AuditLine& line, bool shuts_out = false) = 0;
  virtual Result<Page<AuditLine>> audit_log(const AuditQuery& query) = 0;
  virtual Status verify_audit() = 0;  ///< "audit-broken" names the first line whose chain does not fit

  /// Takes `amount` of what an organisation may spend in a day (days since 1970), at most up to `most` in all, and says how much of it was left to take. In one step: those who
  /// spend at once never spend more. A negative amount gives back. What was spent longer than a week ago is forgotten.
  virtual Result<std::int64_t> spend(intel::OrganisationId organisation, std::int64_t day, std::string_view what, std::int64_t amount, std::int64_t most) = 0;
  virtual Result<std::int64_t> spent(intel::OrganisationId organisation, std::int64_t day, std::string_view what) = 0;

  virtual Result<std::optional<std::string>> setting(std::string_view key) = 0;
  virtual Status set_setting(std::string_view key, std::string_view value) = 0;

  virtual Result<std::optional<Document>> document(std::string_view collection, std::string_view id) = 0;
  /// `version` 0 = must be new, else must be the stored one; gives the new version. `created` and `changed` are set here. A new one above `most` is refused ("too-many-documents"); in one
  /// step, so that those who write at once never have more.
  virtual Result<std::int64_t> put_document(const Document& d, const DocumentsMost& most = {}) = 0;
  /// With a `version` only that one: error "conflict" if another is stored.
  virtual Status remove_document(std::string_view collection, std::string_view id, std::int64_t version = 0) = 0;
  /// Those of a collection that were last changed before `changed_before`; each is looked at.
  virtual Status remove_documents(std::string_view collection, Timestamp changed_before) = 0;
  /// By id, without JSON unless asked for. With `organisation` only its own; with `owner` only theirs.
  struct DocumentQuery {
    std::string collection;
    std::optional<intel::OrganisationId> organisation;
    std::optional<UserId> owner;
    bool with_json = false;
    bool descending = false;  ///< by id; else ascending
    Cursor cursor;            ///< of a question with the same order
    std::size_t limit = 100;
  };
  virtual Result<Page<Document>> documents(const DocumentQuery& query) = 0;

  /// All of them and the setting, or nothing. Who has the rule and event already is passed over; gives how many were new.
  virtual Result<std::uint64_t> add_notices(std::span<const Notice> notices, std::string_view setting, std::string_view value) = 0;
  struct NoticeClaim {
    std::int64_t channel = 0;
    Timestamp now{}, until{};
    std::size_t rules = 1, most = 100;
  };
  /// Waiting ones that are due, of the `rules` that wait longest, all of a rule together (at most `most` of each). Nobody gets them again before `until`: whoever dies
  /// with them loses nothing.
  virtual Result<std::vector<Notice>> claim_notices(const NoticeClaim& claim) = 0;
  /// What became of claimed ones. `waiting` again: not before `due`.
  virtual Status settle_notices(std::span<const std::int64_t> ids, NoticeState state, Timestamp due, std::string_view why) = 0;
  /// Claimed ones that were not tried: as if they had not been claimed.
  virtual Status release_notices(std::span<const Notice> claimed, Timestamp due) = 0;
  struct NoticeQuery {
    std::optional<UserId> owner;
    std::string rule;  ///< empty = all
    Cursor cursor;     ///< newest first
    std::size_t limit = 100;
  };
  virtual Result<Page<Notice>> notices(const NoticeQuery& query) = 0;
  /// In each state, of all.
  virtual Result<std::vector<std::pair<NoticeState, std::uint64_t>>> count_notices() = 0;
  /// Those that wait no more and changed before.
  virtual Status remove_notices(Timestamp changed_before) = 0;
};

}  // namespace mozu::store
