// What a person wants to be told of: rules, what became of each message, and the link that ends a rule.
#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "json.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/notify/service.hpp"
#include "notifier.hpp"
#include "publication_news.hpp"
#include "routes.hpp"
#include "secrets.hpp"

namespace mozu::server {
namespace {

using notify::Channel;
using notify::Rule;

constexpr std::size_t secret_bytes = 32;
constexpr RouteOptions rule_body{Body::memory, std::uint64_t{128} << 10};
constexpr RouteOptions unsubscribe_body{Body::memory, std::uint64_t{16} << 10};
constexpr std::string_view page_policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

void write_rule(JsonWriter& w, const Rule& r) {
  w.begin_object().field("id", r.id).field("version", r.version).field("created", format_time(r.created)).field("changed", format_time(r.changed));
  notify::write_fields(w, r);
  if (!r.stopped.empty()) w.field("stopped", r.stopped);
  w.end_object();
}

Response rule_response(const Request& request, const Rule& r, unsigned status = 200, std::string_view secret = {}) {
  std::string body;
  JsonWriter w(body);
  write_rule(w, r);
  if (!secret.empty()) {  // shown once
    body.pop_back();
    body += ",\"secret\":";
    append_json_string(body, secret);
    body += '}';
  }
  Response response = json_response(std::move(body), status);
  if (!secret.empty()) response.compress = false;
  if (status == 200 && secret.empty()) return with_etag(request, fmt::format("\"{}\"", r.version), std::move(response));
  response.set("Cache-Control", "no-store");
  return response;
}

Result<std::vector<Rule>> own_rules(Services& services, const Request& request) {
  store::Accounts::DocumentQuery query;
  query.collection = notify::rules_collection, query.owner = request.who->user, query.with_json = true, query.limit = store::page_items_max;
  MOZU_LET(const auto page, services.identities.accounts().documents(query));
  std::vector<Rule> out;
  for (const auto& d : page.items) {
    MOZU_LET(out.emplace_back(), notify::read_rule(d));
  }
  std::ranges::sort(out, {}, [](const Rule& r) { return std::pair(r.created, r.id); });
  return out;
}

Result<Rule> stored_rule(Services& services, std::string_view id) {
  MOZU_LET(const auto document, services.identities.accounts().document(notify::rules_collection, id));
  if (!document) return fail("absent", "no such rule");
  return notify::read_rule(*document);
}
/// Of others there is none.
Result<Rule> own_rule(Services& services, const Request& request) {
  MOZU_LET(auto rule, stored_rule(services, request.parameters[0]));
  if (rule.owner != request.who->user) return fail("absent", "no such rule");
  return rule;
}

/// What a rule needs from the operator and from the account.
Status deliverable(Services& services, const Request& request, const Rule& rule) {
  const auto& settings = services.notifications;
  if (rule.channel == Channel::webhook) {
    if (!settings || !settings->webhooks) return fail("notify-off", "webhooks are not configured here", "the operator can allow them");
    return notify::check_webhook_url(rule.url, settings->webhook_allowed);
  }
  if (!settings || settings->mail.host.empty()) return fail("notify-off", "mail is not configured here", "the operator can name a mail server");
  MOZU_LET(const auto user, services.identities.accounts().user(request.who->user));
  if (!user || !notify::is_mail_address(user->email)) return fail("notify-off", "your account has no usable mail address", "an administrator can set one");
  return {};
}

Result<Rule> changed(Services& services, const Request& request, Rule rule) {
  if (!is_json(request)) return fail("content-type", "the body must be JSON", "send the header Content-Type: application/json");
  MOZU_TRY(notify::read_fields(request.body, rule));
  if (!rule.enabled && rule.version != 0) return rule;  // one that is there is switched off, whatever stands in its way by now
  MOZU_TRY(deliverable(services, request, rule));
  rule.stopped.clear();
  return rule;
}

Result<Rule> keep_rule(Services& services, const Rule& rule) {
  const auto put = services.identities.accounts().put_document(notify::document_of(rule), {notify::rules_max, 0});
  if (!put && put.error().code == "too-many-documents")
    return fail("too-many-rules", fmt::format("you have {} rules already", notify::rules_max), "take one away that you no longer need");
  MOZU_TRY(put);
  return stored_rule(services, rule.id);
}

Status may_change(const Request& request, const Rule& rule) {
  const auto match = request.header("if-match");
  if (match.empty() || match == "*" || match == fmt::format("\"{}\"", rule.version)) return {};
  return fail("conflict", "the rule was changed meanwhile", "read it again and repeat the change");
}

Response about(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto user, services.identities.accounts().user(request.who->user));
  const auto& settings = services.notifications;
  const std::string address = user && notify::is_mail_address(user->email) ? user->email : std::string();
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("mail", settings && !settings->mail.host.empty()).field("webhook", settings && settings->webhooks).field("address", address);
  w.field("tlp_max", tlp_text(settings ? settings->tlp_max : intel::Tlp::green)).end_object();
  return with_etag(request, json_response(std::move(body)));
}

Response list_rules(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER_LET(const auto rules, own_rules(services, request));
  return with_etag(request, page_response(rules, {}, std::nullopt, write_rule));
}

Response add(Services& services, const Request& request) {
  Rule rule;
  rule.id = uuid_v4_of("f3a1c1de-5f0c-5d0e-9a68-6d6f7a750003", random_text(16));
  rule.owner = request.who->user, rule.organisation = request.who->viewer.organisation;
  MOZU_ANSWER_LET(rule.since, services.knowledge.last_sequence());
  MOZU_ANSWER_LET(rule, changed(services, request, rule));
  std::string secret;
  if (rule.channel == Channel::webhook) {
    secret = "whsec_" + random_text(secret_bytes);
    rule.secret = sealed_webhook_secret(services.identities, rule, secret);
  }
  MOZU_ANSWER_LET(const auto kept, keep_rule(services, rule));
  MOZU_ANSWER(audit(services, request, "notification-rule-add", kept.id, notify::name(kept.channel)));
  Response response = rule_response(request, kept, 201, secret);
  response.set("Location", "/api/v1/notifications/rules/" + kept.id);
  return response;
}

Response one_rule(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto rule, own_rule(services, request));
  return rule_response(request, rule);
}

Response change_rule(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto before, own_rule(services, request));
  MOZU_ANSWER_LET(auto rule, changed(services, request, before));
  MOZU_ANSWER(may_change(request, before));
  std::string secret;
  // Who learns a new place must not learn what was signed for the old one.
  if (rule.channel == Channel::webhook && (before.channel != Channel::webhook || before.url != rule.url)) {
    secret = "whsec_" + random_text(secret_bytes);
    rule.secret = sealed_webhook_secret(services.identities, rule, secret);
  }
  MOZU_ANSWER_LET(const auto kept, keep_rule(services, rule));
  MOZU_ANSWER(audit(services, request, "notification-rule-change", kept.id, kept.enabled ? "on" : "off"));
  return rule_response(request, kept, 200, secret);
}

Response remove_rule(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto rule, own_rule(services, request));
  MOZU_ANSWER(may_change(request, rule));
  MOZU_ANSWER(services.identities.accounts().remove_document(notify::rules_collection, rule.id));
  MOZU_ANSWER(audit(services, request, "notification-rule-remove", rule.id));
  return no_content();
}

Response test(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto rule, own_rule(services, request));
  MOZU_ANSWER(deliverable(services, request, rule));
  const store::Notice notice = notify::test_notice(rule, Timestamp::now());
  MOZU_ANSWER(services.identities.accounts().add_notices(std::span(&notice, 1), "notifications-tested", "1"));
  if (services.wake_notifier) services.wake_notifier();
  MOZU_ANSWER(audit(services, request, "notification-test", rule.id));
  Response response = json_response("{\"queued\":true}", 202);
  return response;
}

Response outbox(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"rule", "cursor", "limit"}));
  store::Accounts::NoticeQuery query;
  query.owner = request.who->user;
  query.rule = request.query("rule");
  query.cursor = request.query("cursor");
  MOZU_ANSWER_LET(query.limit, limit_of(request));
  MOZU_ANSWER_LET(const auto page, services.identities.accounts().notices(query));
  PublicationNews news(services.identities.accounts(), services.knowledge);
  std::map<std::string, std::optional<notify::Event>, std::less<>> events;  // of several rules, and read once: a publication may be large
  const auto event_of = [&](const std::string& key) -> const std::optional<notify::Event>& {
    const auto [at, is_new] = events.try_emplace(key);
    if (is_new) at->second = news.seen_by(request.who->viewer, key).value_or(std::nullopt);
    return at->second;
  };
  return page_response(page.items, page.next, std::nullopt, [&](JsonWriter& w, const store::Notice& n) {
    w.begin_object()
        .field("id", n.id)
        .field("rule", n.rule)
        .field("created", format_time(n.created))
        .field("state", store::notice_state_names[static_cast<std::size_t>(n.state)])
        .field("tries", n.tries);
    if (n.state == store::NoticeState::waiting) w.field("due", format_time(n.due));
    else w.field("ended", format_time(n.changed));
    if (!n.why.empty()) w.field("why", n.why);
    if (n.event.starts_with("test:")) {
      w.field("event", "test");
    } else if (const auto& event = event_of(n.event)) {
      const auto* text = event->text(request.header("accept-language").substr(0, 2));
      w.field("event", notify::name(event->happened));
      if (event->happened == notify::Happened::detected) w.field("count", event->detected);
      else w.field("publication", event->subject);
      if (text != nullptr) w.field("title", text->title);
    }
    w.end_object();
  });
}

/// A page without script or style: whoever comes here is signed in nowhere.
Response page(bool japanese, std::string_view heading, std::string_view text, bool button) {
  Response r;
  r.content_type = "text/html; charset=utf-8";
  r.body = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" "
      "content=\"light dark\"><title>{} – Mozu</title></head>\n"
      "<body><main><h1>{}</h1>\n<p>{}</p>\n",
      japanese ? "ja" : "en", heading, heading, text);
  if (button)
    r.body += fmt::format("<form method=\"post\"><button name=\"List-Unsubscribe\" value=\"One-Click\">{}</button></form>\n",
                          japanese ? "配信を停止する" : "Unsubscribe");
  r.body += "</main></body></html>\n";
  r.set("Content-Security-Policy", std::string(page_policy));
  r.set("Cache-Control", "no-store");
  r.set("Referrer-Policy", "no-referrer");
  return r;
}

Result<Rule> unsubscribed(Services& services, const Request& request) {
  MOZU_TRY(only_these(request, {"token"}));
  const auto id = unsubscribed_rule(services.identities, request.query("token"));
  if (!id) return fail("absent", "this link is not one of ours", "change your rules in the portal");
  return stored_rule(services, *id);
}

/// Programs that look at links of mails must not end anything: GET only asks.
Response ask_unsubscribe(Services& services, const Request& request) {
  MOZU_ANSWER_LET(const auto rule, unsubscribed(services, request));
  const bool ja = rule.language == "ja";
  return page(ja, ja ? "配信の停止" : "Unsubscribe", ja ? "この通知ルールによる配信を停止しますか。" : "End the messages of this notification rule?", true);
}

/// RFC 8058. Twice is as good as once.
Response unsubscribe(Services& services, const Request& request) {
  MOZU_ANSWER_LET(auto rule, unsubscribed(services, request));
  const bool ja = rule.language == "ja";
  if (rule.enabled) {
    rule.enabled = false;
    rule.stopped = "unsubscribed by mail";
    MOZU_ANSWER(keep_rule(services, rule));
    MOZU_ANSWER(audit(services, request, "notification-unsubscribe", rule.id));
  }
  return page(ja, ja ? "配信を停止しました" : "Unsubscribed",
              ja ? "この通知ルールからの配信は停止されました。ポータルで再開できます。"
                 : "This notification rule sends nothing any more. You can switch it on again in the portal.",
              false);
}

}  // namespace

void add_notification_routes(Router& router, Services& services) {
  const auto with = handlers(services);
  router.add(Method::get, "/api/v1/notifications", Permission::signed_in, no_body, with(about));
  router.add(Method::get, "/api/v1/notifications/rules", Permission::signed_in, no_body, with(list_rules));
  router.add(Method::post, "/api/v1/notifications/rules", Permission::signed_in, rule_body, with(add));
  router.add(Method::get, "/api/v1/notifications/rules/{id}", Permission::signed_in, no_body, with(one_rule));
  router.add(Method::patch, "/api/v1/notifications/rules/{id}", Permission::signed_in, rule_body, with(change_rule));
  router.add(Method::remove, "/api/v1/notifications/rules/{id}", Permission::signed_in, no_body, with(remove_rule));
  router.add(Method::post, "/api/v1/notifications/rules/{id}/test", Permission::signed_in, no_body, with(test));
  router.add(Method::get, "/api/v1/notifications/outbox", Permission::signed_in, slow, with(outbox));
  router.add(Method::get, unsubscribe_path, Permission::open, no_body, with(ask_unsubscribe));
  router.add(Method::post, unsubscribe_path, Permission::open, unsubscribe_body, with(unsubscribe));
}

}  // namespace mozu::server
