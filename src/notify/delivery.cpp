#include "delivery.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu::notify {
namespace {

constexpr std::string_view test_prefix = "test:";
constexpr std::int64_t test_again_ms = 10'000;

std::vector<std::int64_t> ids_of(std::span<const store::Notice> notices) {
  std::vector<std::int64_t> out;
  for (const auto& n : notices) out.push_back(n.id);
  return out;
}

/// The same for every try of the same message: receivers know by it what they have.
std::string message_id(const Rule& rule, std::span<const store::Notice> notices) {
  std::string of = rule.id;
  for (const auto& n : notices) of += " " + n.event;
  return to_hex(sha256(std::as_bytes(std::span(of)))).substr(0, 32);
}

}  // namespace

store::Notice test_notice(const Rule& rule, Timestamp now) {
  store::Notice n;
  n.rule = rule.id, n.event = fmt::format("{}{}", test_prefix, now.ms / test_again_ms), n.owner = rule.owner,
  n.channel = static_cast<std::int64_t>(rule.channel), n.due = now;
  return n;
}

/// Detections of several imports are one event.
void Delivery::join(Message& to, const Event& e) {
  if (to.events.empty()) {
    to.events.push_back(e);
    return;
  }
  Event& all = to.events.front();
  all.detected += e.detected;
  all.tlp = std::min(all.tlp, e.tlp), all.at = std::max(all.at, e.at);
  all.detections.insert(all.detections.end(), e.detections.begin(), e.detections.end());
  std::ranges::stable_sort(all.detections, {}, &Detection::tlp);
  if (all.detections.size() > detections_told_max) all.detections.resize(detections_told_max);
}

Result<Delivery::Ready> Delivery::messages(const Rule& rule, const Recipient& to, std::span<const store::Notice> notices) {
  Ready out;
  Message digest, detected;
  for (const auto& notice : notices) {
    if (notice.event.starts_with(test_prefix)) {
      out.messages.push_back({{}, {notice}, true});
      continue;
    }
    MOZU_LET(const auto event, seen_.get(to.viewer, notice.event));
    if (event == nullptr) {
      out.gone.push_back(notice);
    } else if (event->happened == Happened::detected) {
      join(detected, *event);
      detected.notices.push_back(notice);
    } else if (rule.rhythm == Rhythm::immediate) {
      out.messages.push_back({{*event}, {notice}, false});
    } else {
      std::erase_if(digest.events, [&](const Event& e) { return e.subject == event->subject; });
      digest.events.push_back(*event);
      digest.notices.push_back(notice);
    }
  }
  // In a digest they are one entry more, else a message of their own.
  if (!detected.events.empty() && !digest.events.empty()) {
    digest.events.push_back(std::move(detected.events.front()));
    std::ranges::move(detected.notices, std::back_inserter(digest.notices));
  } else if (!detected.events.empty()) {
    out.messages.push_back(std::move(detected));
  }
  if (!digest.events.empty()) out.messages.push_back(std::move(digest));
  return out;
}

Outcome Delivery::send(const Rule& rule, const Recipient& to, const Message& m, Carrier& carrier) const {
  const Letterhead head{settings_.from.name, settings_.from.address, house_.portal, settings_.tlp_max};
  Letter letter{to.name, to.email, {}, message_id(rule, m.notices), Timestamp::now(), m.test};
  if (rule.channel == Channel::mail) {
    if (settings_.mail.host.empty()) return {Outcome::Kind::refused, "mail is not configured any more", 0};
    if (!is_mail_address(to.email)) return {Outcome::Kind::refused, "the account has no usable mail address", 0};
    letter.unsubscribe = house_.unsubscribe(rule);
    return carrier.mail(head.from_address, to.email, write_mail(head, letter, rule, m.events));
  }
  if (!settings_.webhooks) return {Outcome::Kind::refused, "webhooks are not allowed any more", 0};
  const auto secret = house_.secret(rule);
  if (!secret) return {Outcome::Kind::refused, "the secret of the webhook cannot be read", 0};
  if (const auto ok = check_webhook_url(rule.url, settings_.webhook_allowed); !ok) return {Outcome::Kind::refused, ok.error().message, 0};
  const std::string body = write_webhook(head, letter, rule, m.events);
  return carrier.post(rule.url, body, {{"Mozu-Delivery", letter.id}, {"Mozu-Signature", webhook_signature(*secret, letter.at, body)}});
}

Status Delivery::stop_rule(const Rule& rule, const std::string& why) {
  Rule stopped = rule;
  stopped.enabled = false;
  stopped.stopped = why;
  const auto put = house_.people.put_document(document_of(stopped));
  if (!put && put.error().code != "conflict") return fail(put.error());  // conflict: its owner changes it just now
  return {};
}

Status Delivery::settle(const Rule& rule, const Message& m, const Outcome& outcome) {
  using Kind = Outcome::Kind;
  const auto ids = ids_of(m.notices);
  if (outcome.kind == Kind::done) return house_.people.settle_notices(ids, store::NoticeState::sent, {}, {});
  if (rule.channel == Channel::webhook && outcome.code == 410) MOZU_TRY(stop_rule(rule, outcome.why));
  const Timestamp now = Timestamp::now();
  const store::Notice& first = m.notices.front();
  const std::int64_t since = m.test ? first.created.ms : due(rule, first.created).ms;
  if (outcome.kind == Kind::refused || now.ms - since > settings_.retry_until_ms)
    return house_.people.settle_notices(ids, store::NoticeState::failed, {}, outcome.why);
  std::int64_t wait = settings_.retry_first_ms;
  for (std::int64_t i = 1; i < first.tries && wait < settings_.retry_longest_ms; ++i) wait *= 3;
  wait = std::min(wait, settings_.retry_longest_ms);
  wait += wait / 10 * (first.id % 10) / 10;  // not all at once
  return house_.people.settle_notices(ids, store::NoticeState::waiting, {now.ms + wait}, outcome.why);
}

Result<bool> Delivery::deliver(const Group& group, Carrier& carrier, std::string& why) {
  const auto drop = [&](std::span<const store::Notice> notices, std::string_view reason) {
    return house_.people.settle_notices(ids_of(notices), store::NoticeState::dropped, {}, reason);
  };
  MOZU_LET(const auto document, house_.people.document(rules_collection, group.notices.front().rule));
  const auto rule = document ? read_rule(*document) : Result<Rule>(std::unexpected(Diagnostic{}));
  const bool only_test = std::ranges::all_of(group.notices, [](const auto& n) { return n.event.starts_with(test_prefix); });
  if (!rule || (!rule->enabled && !only_test)) {
    MOZU_TRY(drop(group.notices, rule ? "the rule is switched off" : "the rule is gone"));
    return false;
  }
  MOZU_LET(const auto to, house_.recipient(rule->owner));
  if (!to) {
    MOZU_TRY(drop(group.notices, "the account may not be told anything"));
    return false;
  }
  MOZU_LET(auto ready, messages(*rule, *to, group.notices));
  if (!ready.gone.empty()) MOZU_TRY(drop(ready.gone, "it is not for this reader any more"));
  for (std::size_t i = 0; i < ready.messages.size(); ++i) {
    // Whoever claims it next must not begin while we still send.
    const bool late = Timestamp::now().ms + message_ms(rule->channel) > group.until.ms;
    const Outcome outcome = late ? Outcome{Outcome::Kind::later, {}, 0} : send(*rule, *to, ready.messages[i], carrier);
    const bool unreachable = outcome.kind == Outcome::Kind::unreachable;
    if (!late) MOZU_TRY(settle(*rule, ready.messages[i], outcome));
    if (!late && !unreachable) continue;
    for (std::size_t rest = i + (late ? 0 : 1); rest < ready.messages.size(); ++rest)
      MOZU_TRY(house_.people.release_notices(ready.messages[rest].notices, Timestamp::now()));
    why = outcome.why;
    return unreachable;
  }
  return false;
}

}  // namespace mozu::notify
