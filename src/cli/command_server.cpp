// Verbs of the server: serving, and who may use it.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

CLI::App* group(CommandTree& tree, const std::string& name, const std::string& help) {
  auto* app = tree.root.add_subcommand(name, help);
  app->require_subcommand(1);
  return app;
}

}  // namespace

void add_server_verbs(CommandTree& tree) {
  auto a = std::make_shared<ServeArguments>();
  auto* serve = tree.root.add_subcommand("serve", "the server: REST API and TAXII over what the data folder holds");
  serve->add_option("--data", a->data, "the data folder; else $MOZU_DATA, else ./mozu-data")->type_name("DIR");
  serve->add_option("--listen", a->listen, "where to listen, like 0.0.0.0:8443 or [::1]:8443")->type_name("ADDR:PORT")->capture_default_str();
  auto* certificate = serve->add_option("--tls-certificate", a->certificate, "certificate chain, PEM; without one, a self-made one is kept in the data folder")->type_name("FILE");
  auto* key = serve->add_option("--tls-key", a->key, "its key, PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  auto* plain = serve->add_flag("--plain", a->plain, "HTTP without TLS; only on the loopback")->excludes(certificate);
  serve->add_flag("--behind-proxy", a->behind_proxy, "with --plain: on any address, where a proxy before it speaks TLS")->needs(plain);
  serve->footer("SIGTERM and SIGINT: requests that run are finished first. A socket handed over by systemd is used.\n"
                "Exit: 0 stopped, 1 bad usage, 2 could not start.");
  tree.add(serve, [a] { return serve_verb(*a); });

  auto u = std::make_shared<UserArguments>();
  auto* user = group(tree, "user", "people and programs that use the server");
  auto* add = user->add_subcommand("add", "a new user; the password comes from a prompt or from standard input");
  add->add_option("NAME", u->name, "how they sign in")->required();
  add->add_option("--data", u->data, "the data folder")->type_name("DIR");
  add->add_option("--role", u->role, "administrator, analyst, author, reader or feed-client")->required();
  add->add_option("--organisation", u->organisation, "made if there is none of this name; without, the user belongs to no organisation");
  add->add_option("--clearance", u->clearance, "strictest TLP that is shown")->capture_default_str();
  add->add_option("--email", u->email, "where to reach them");
  add->add_flag("--no-password", u->no_password, "for programs: comes with tokens only");
  tree.add(add, [u] { return user_add_verb(*u); });
  auto* password = user->add_subcommand("password", "a new password, from a prompt or from standard input; ends the user's sessions");
  password->add_option("NAME", u->name, "whose")->required();
  password->add_option("--data", u->data, "the data folder")->type_name("DIR");
  tree.add(password, [u] { return user_password_verb(*u); });

  auto t = std::make_shared<TokenArguments>();
  auto* token = group(tree, "token", "tokens with which programs use the server");
  auto* make = token->add_subcommand("add", "a new token, printed once");
  make->add_option("USER", t->user, "in whose name")->required();
  make->add_option("--data", t->data, "the data folder")->type_name("DIR");
  make->add_option("--scopes", t->scopes, "what it may: all, or some of read, lookup, import, curate, write, taxii, metrics, audit, administer")->required()->type_name("\"WORD …\"");
  make->add_option("--name", t->name, "what it is for");
  make->add_option("--days", t->days, "how long it is good")->capture_default_str()->check(in_range(1, 3650));
  tree.add(make, [t] { return token_add_verb(*t); });
}

}  // namespace mozu::cli
