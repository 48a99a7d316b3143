// mozu user, mozu token: who may use the server.
#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "data_folder.hpp"
#include "mozu/base/text.hpp"
#include "mozu/server/identity.hpp"
#include "mozu/server/server.hpp"
#include "organisation.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

int people_failed(const Diagnostic& d) {
  say(d);
  return d.code == "field-invalid" || d.code == "scope-unknown" ? exit_usage : exit_failed;
}

struct People {
  std::unique_ptr<store::Accounts> accounts;
  std::unique_ptr<server::Identities> identities;
};

/// `makes`: a base is made if there is none.
Result<People> open_people(const std::string& option, bool makes = false) {
  const DataFolder data(option);
  std::error_code ec;
  if (makes) std::filesystem::create_directories(data.path, ec);
  else MOZU_TRY(data.must_have_base());
  People out;
  MOZU_LET(out.accounts, store::Accounts::open({data.knowledge()}));
  MOZU_LET(const auto key, server::Identities::key_of(data.path));
  out.identities = std::make_unique<server::Identities>(*out.accounts, server::IdentityOptions{}, key);
  return out;
}

/// Nothing typed is shown while it lives.
class Unseen {
 public:
  Unseen() : on_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!on_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~Unseen() {
    if (!on_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    write_stderr("\n");
  }

 private:
  termios before_{};
  bool on_;
};

std::string read_line() {
  std::string out;
  char c = 0;
  while (out.size() <= server::password_bytes_max && ::read(STDIN_FILENO, &c, 1) == 1 && c != '\n') out.push_back(c);
  if (out.ends_with('\r')) out.pop_back();
  return out;
}

Result<std::string> ask_password() {
  if (::isatty(STDIN_FILENO) == 0) return read_line();
  const auto ask = [](std::string_view prompt) {
    write_stderr(prompt);
    const Unseen unseen;
    return read_line();
  };
  std::string first = ask("password: ");
  if (ask("once more: ") != first) return fail("password-differs", "the two are not the same");
  return first;
}

Result<intel::OrganisationId> organisation_named(store::Accounts& accounts, const std::string& name) {
  if (name.empty()) return intel::common;
  MOZU_LET(const auto all, accounts.organisations());
  if (const auto found = std::ranges::find(all, name, &store::Organisation::name); found != all.end()) return found->id;
  if (to_uint(name)) return owner_of(accounts, name);  // a number makes none
  return accounts.add_organisation({0, name, false});
}

Status add_user(const UserArguments& a) {
  MOZU_LET(People people, open_people(a.data, true));
  const auto clearance = intel::parse_tlp(a.clearance);
  if (!clearance)
    return fail("field-invalid", fmt::format("--clearance: '{}' is no TLP marking", printable(a.clearance, 40)),
                "write clear, green, amber, amber+strict or red");
  server::NewUser user{a.name, a.email, {}, a.role, intel::common, *clearance};
  if (!server::role_of(a.role))
    return fail("field-invalid", fmt::format("--role: '{}' is no role", printable(a.role, 40)),
                "roles are administrator, analyst, author, reader, feed-client");
  if (!a.no_password) {
    MOZU_LET(user.password, ask_password());
    if (user.password.empty()) return fail("password-weak", "no password came", "type it, send it on standard input, or say --no-password");
  }
  MOZU_LET(user.organisation, organisation_named(*people.accounts, a.organisation));
  MOZU_TRY(people.identities->add_user(user));
  return audit(*people.accounts, "user-add", a.name, a.role);
}

Status change_password(const UserArguments& a) {
  MOZU_LET(People people, open_people(a.data));
  MOZU_LET(const auto user, people.accounts->user_named(a.name));
  if (!user) return fail("absent", fmt::format("there is no user '{}'", printable(a.name, 60)));
  MOZU_LET(const std::string password, ask_password());
  MOZU_TRY(people.identities->set_password(user->id, password));
  MOZU_TRY(people.accounts->lock_user(user->id, Timestamp{}));
  return audit(*people.accounts, "password", a.name, {});
}

Status bind_user(const UserArguments& a) {
  std::string external = a.external;
  if (!a.certificate.empty()) {
    MOZU_LET(const std::string fingerprint, server::certificate_fingerprint(a.certificate));
    external = "certificate " + fingerprint;
  }
  if (!external.empty()) {
    MOZU_LET(external, server::canonical_external(external));
  }
  MOZU_LET(People people, open_people(a.data));
  MOZU_LET(auto user, people.accounts->user_named(a.name));
  if (!user) return fail("absent", fmt::format("there is no user '{}'", printable(a.name, 60)), "`mozu user add` makes one");
  auto bound = *user;
  bound.external = external;
  MOZU_TRY(people.accounts->update_user(*user, bound));
  return audit(*people.accounts, "user-bind", a.name, external);
}

Result<server::MadeToken> add_token(const TokenArguments& a) {
  MOZU_LET(People people, open_people(a.data));
  MOZU_LET(const auto user, people.accounts->user_named(a.user));
  if (!user) return fail("absent", fmt::format("there is no user '{}'", printable(a.user, 60)), "`mozu user add` makes one");
  MOZU_LET(auto made, people.identities->add_token({user->id, a.name, a.scopes, std::int64_t{a.days} * 24 * 3'600'000}));
  MOZU_TRY(audit(*people.accounts, "token-add", fmt::format("{}", made.id), a.scopes));
  return made;
}

}  // namespace

int user_add_verb(const UserArguments& arguments) {
  if (const auto added = add_user(arguments); !added) return people_failed(added.error());
  return finish_stdout(fmt::format("user {} added\n", printable(arguments.name)), exit_done);
}

int user_bind_verb(const UserArguments& arguments) {
  if (const auto bound = bind_user(arguments); !bound) return people_failed(bound.error());
  return finish_stdout(fmt::format("user {} {}\n", printable(arguments.name),
                                   arguments.certificate.empty() && arguments.external.empty() ? "is bound to nothing any more" : "is bound"),
                       exit_done);
}

int user_password_verb(const UserArguments& arguments) {
  if (const auto changed = change_password(arguments); !changed) return people_failed(changed.error());
  return finish_stdout(fmt::format("the password of {} is changed\n", printable(arguments.name)), exit_done);
}

int user_list_verb(const UserArguments& arguments) {
  const auto people = open_people(arguments.data);
  if (!people) return people_failed(people.error());
  const auto users = people->accounts->users();
  if (!users) return people_failed(users.error());
  const auto organisations = people->accounts->organisations();
  if (!organisations) return people_failed(organisations.error());
  Table table("lllll");
  table.header({"name", "role", "organisation", "clearance", "state"});
  for (const auto& u : *users) {
    const auto of = std::ranges::find(*organisations, u.organisation, &store::Organisation::id);
    table.row({printable(u.name, 200), u.role, of == organisations->end() ? "–" : printable(of->name, 200), std::string(intel::name(u.clearance)),
               u.disabled ? "disabled" : "open"});
  }
  return finish_stdout(table.empty() ? std::string("no users\n") : table.text(stdout_colour(), ""), exit_done);
}

int organisation_list_verb(const UserArguments& arguments) {
  const auto people = open_people(arguments.data);
  if (!people) return people_failed(people.error());
  const auto all = people->accounts->organisations();
  if (!all) return people_failed(all.error());
  Table table("rll");
  table.header({"number", "name", "state"});
  for (const auto& o : *all) table.row({fmt::format("{}", o.id), printable(o.name, 200), o.disabled ? "disabled" : "open"});
  return finish_stdout(table.empty() ? std::string("no organisations\n") : table.text(stdout_colour(), ""), exit_done);
}

int token_add_verb(const TokenArguments& arguments) {
  const auto made = add_token(arguments);
  if (!made) return people_failed(made.error());
  return finish_stdout(made->text + "\n", exit_done);
}

}  // namespace mozu::cli
