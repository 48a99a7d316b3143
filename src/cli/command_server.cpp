// Verbs of the server: serving, and who may use it.
#include <CLI/CLI.hpp>
#include <memory>

#include "command_tree.hpp"
#include "verb_sample.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

CLI::App* group(CommandTree& tree, const std::string& name, const std::string& help) {
  auto* app = tree.root.add_subcommand(name, help);
  app->require_subcommand(1);
  return app;
}

void add_serve_verb(CommandTree& tree) {
  auto a = std::make_shared<ServeArguments>();
  auto* serve = tree.root.add_subcommand("serve", "the server: portal for browsers, REST API and TAXII over what the data folder holds");
  serve->add_option("--data", a->data, "the data folder; else $MOZU_DATA, else ./mozu-data")->type_name("DIR");
  serve->add_option("--listen", a->listen, "where to listen, like 0.0.0.0:8443 or [::1]:8443")->type_name("ADDR:PORT")->capture_default_str();
  auto* certificate = serve->add_option("--tls-certificate", a->certificate, "certificate chain, PEM; without one, a self-made one is kept in the data folder")
                          ->type_name("FILE");
  auto* key = serve->add_option("--tls-key", a->key, "its key, PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  auto* authority =
      serve->add_option("--client-authority", a->client_authority, "PEM of who signs certificates of clients; `mozu user bind` says whose they are")
          ->type_name("FILE");
  auto* plain = serve->add_flag("--plain", a->plain, "HTTP without TLS; only on the loopback")->excludes(certificate)->excludes(authority);
  serve->add_flag("--behind-proxy", a->behind_proxy, "with --plain: on any address, where a proxy before it speaks TLS")->needs(plain);
  auto* issuer = serve->add_option("--oidc-issuer", a->oidc_issuer, "OpenID provider at which people may sign in")->type_name("URL");
  auto* client = serve->add_option("--oidc-client", a->oidc_client, "what the provider calls this server")->type_name("ID");
  auto* url = serve->add_option("--public-url", a->public_url, "this server as browsers see it, like https://mozu.example.com:8443")->type_name("URL");
  issuer->needs(client)->needs(url);
  client->needs(issuer);
  serve->add_option("--oidc-secret", a->oidc_secret_file, "file that holds the client's secret; without one it is a public client")
      ->type_name("FILE")
      ->needs(issuer);
  serve->add_option("--oidc-authority", a->oidc_authority, "PEM of who signed the provider's certificate; else those the system trusts")
      ->type_name("FILE")
      ->needs(issuer);
  serve->add_option("--notifications", a->notifications, "settings of mail and webhooks, TOML; without them nothing is sent")->type_name("FILE")->needs(url);
  serve->add_option("--samples-size", a->samples_gib, "GiB that samples sent in for attribution may take in all")
      ->capture_default_str()
      ->check(in_range(1, 1'000'000))
      ->type_name("GIB");
  serve->add_option("--samples-days", a->samples_days, "days that they are kept, with their reports; 0: until somebody removes them")
      ->capture_default_str()
      ->check(in_range(0, 36'500))
      ->type_name("DAYS");
  serve->add_option("--samples-at-once", a->samples_at_once, "how many are compared at once, up to 2 GiB of memory each")
      ->capture_default_str()
      ->check(in_range(1, 64))
      ->type_name("N");
  serve->footer(
      "The portal is at the address that is printed. While the data folder has no user, a link is printed with which the first administrator is made, once.\n"
      "SIGTERM and SIGINT: requests that run are finished first. A socket handed over by systemd is used.\n"
      "Exit: 0 stopped, 1 bad usage, 2 could not start.");
  tree.add(serve, [a] { return serve_verb(*a); });
}

void add_sample_verbs(CommandTree& tree) {
  auto s = std::make_shared<SampleArguments>();
  auto* sample = group(tree, "sample", "content of made-up actors, to look around with");
  auto* load = sample->add_subcommand("load", "feeds, detections, actors and publications into the organisation \"Sample\"; again: what is missing");
  load->footer("`mozu sample remove` takes it away again.");
  tree.add(load, [s] { return sample_load_verb(*s); });
  auto* remove = sample->add_subcommand("remove", "take away what `mozu sample load` brought, and nothing else");
  remove->footer(
      "Publications are withdrawn and objects revoked: their history stays, as of everything. What somebody changed is kept, and named.\n"
      "The organisation \"Sample\" stays, and whoever belongs to it. Again: what is left.");
  tree.add(remove, [s] { return sample_remove_verb(*s); });
  for (auto* verb : {load, remove}) verb->add_option("--data", s->data, "the data folder; else $MOZU_DATA, else ./mozu-data")->type_name("DIR");
}

void add_user_verbs(CommandTree& tree) {
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
  auto* bind =
      user->add_subcommand("bind", "who shows this certificate, or comes from this account of the OpenID provider, is the user; one of them at a time");
  bind->add_option("NAME", u->name, "who it is")->required();
  bind->add_option("--data", u->data, "the data folder")->type_name("DIR");
  auto* shown = bind->add_option("--certificate", u->certificate, "PEM file: this very certificate")->type_name("FILE");
  bind->add_option("--external", u->external, "`certificate FINGERPRINT`, `subject CN=…,O=…`, `oidc ISSUER SUBJECT`; empty: nobody any more")
      ->type_name("TEXT")
      ->excludes(shown);
  tree.add(bind, [u] { return user_bind_verb(*u); });
  auto* users = user->add_subcommand("list", "all users: role, organisation, clearance");
  users->add_option("--data", u->data, "the data folder")->type_name("DIR");
  tree.add(users, [u] { return user_list_verb(*u); });
  auto* password = user->add_subcommand("password", "a new password, from a prompt or from standard input; ends the user's sessions");
  password->add_option("NAME", u->name, "whose")->required();
  password->add_option("--data", u->data, "the data folder")->type_name("DIR");
  tree.add(password, [u] { return user_password_verb(*u); });
  auto* list = group(tree, "organisation", "organisations of the people who use the server")->add_subcommand("list", "all of them, with their numbers");
  list->add_option("--data", u->data, "the data folder")->type_name("DIR");
  tree.add(list, [u] { return organisation_list_verb(*u); });
}

void add_token_verbs(CommandTree& tree) {
  auto t = std::make_shared<TokenArguments>();
  auto* token = group(tree, "token", "tokens with which programs use the server");
  auto* make = token->add_subcommand("add", "a new token, printed once");
  make->add_option("USER", t->user, "in whose name")->required();
  make->add_option("--data", t->data, "the data folder")->type_name("DIR");
  make->add_option("--scopes", t->scopes,
                   "what it may: all, or some of read, lookup, import, curate, attribute, samples, write, taxii, metrics, audit, administer")
      ->required()
      ->type_name("\"WORD …\"");
  make->add_option("--name", t->name, "what it is for");
  make->add_option("--days", t->days, "how long it is good")->capture_default_str()->check(in_range(1, 3650));
  tree.add(make, [t] { return token_add_verb(*t); });
}

}  // namespace

void add_server_verbs(CommandTree& tree) {
  add_serve_verb(tree);
  add_sample_verbs(tree);
  add_user_verbs(tree);
  add_token_verbs(tree);
}

}  // namespace mozu::cli
