#include "mozu/notify/message.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "mozu/base/base64.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/json_list.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"
#include "mozu/intel/defang.hpp"
#include "mozu/intel/subject_words.hpp"
#include "words.hpp"

namespace mozu::notify {
namespace {

constexpr std::size_t list_shown_max = 20;  // names of a list in a mail
constexpr std::size_t title_bytes_max = 300;

/// One event as it may leave.
struct Told {
  bool hidden = false;  ///< nothing but that there is something
  std::string_view happened;
  std::string title, summary;
  const Event* event = nullptr;
};

std::string filled(std::string_view sentence, std::string_view value) {
  const auto at = sentence.find("{}");
  return at == sentence.npos ? std::string(sentence) : fmt::format("{}{}{}", sentence.substr(0, at), value, sentence.substr(at + 2));
}

/// A line each.
std::string detections_text(const Words& w, const Event& e) {
  std::string out;
  for (const Detection& d : e.detections) {
    out += intel::defanged(d.value);
    if (d.indicator != d.value && !d.indicator.empty()) out += ", " + filled(w.listed_as, intel::defanged(d.indicator));
    if (!d.log.empty()) out += ", " + filled(w.in_log, d.log);
    if (d.count > 1) out += ", " + filled(w.times, fmt::format("{}", d.count));
    if (d.last.ms > 0) out += ", " + format_time(d.last);
    for (const auto& feed : d.feeds) out += (&feed == d.feeds.data() ? " – " : ", ") + feed;
    out += '\n';
  }
  if (e.detected > e.detections.size()) out += filled(w.more, fmt::format("{}", e.detected - e.detections.size())) + "\n";
  return out;
}

std::string_view happened_text(const Words& w, Happened h) {
  switch (h) {
    case Happened::published: return w.published;
    case Happened::revised: return w.revised;
    case Happened::withdrawn: return w.withdrawn;
    case Happened::detected: return w.detected;
  }
  return {};
}

Told told(const Letterhead& head, const Rule& rule, const Event& e) {
  const Words& w = words(rule.language);
  Told out;
  out.event = &e;
  out.hidden = e.tlp > head.tlp_max || e.tlp == intel::Tlp::red;
  if (out.hidden) return out;
  out.happened = happened_text(w, e.happened);
  if (e.happened == Happened::detected) {
    out.title = filled(w.detections, fmt::format("{}", e.detected));
    out.summary = detections_text(w, e);
  } else if (const auto* text = e.text(rule.language); text != nullptr) {
    out.title = text->title;
    if (!e.locked && e.happened != Happened::withdrawn) out.summary = text->summary;
  }
  return out;
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (std::size_t i = 0; i < std::min(list.size(), list_shown_max); ++i) out += (i == 0 ? "" : ", ") + list[i];
  return list.size() > list_shown_max ? out + ", …" : out;
}
/// Name and value of what an event is about.
std::vector<std::pair<std::string_view, std::string>> facts(const Rule& rule, const Event& e) {
  const Words& w = words(rule.language);
  std::vector<std::pair<std::string_view, std::string>> out{{w.kind, intel::kind_word(rule.language, e.kind)},
                                                            {w.actors, joined(e.actors)},
                                                            {w.sectors, joined(intel::sector_words(rule.language, e.sectors))},
                                                            {w.countries, joined(intel::geography_words(rule.language, e.countries))},
                                                            {w.tags, joined(e.tags)},
                                                            {w.tlp, std::string(intel::name(e.tlp))}};
  std::erase_if(out, [](const auto& f) { return f.second.empty(); });
  return out;
}

std::string subject(const Letterhead& head, const Letter& letter, const Rule& rule, std::span<const Event> events) {
  const Words& w = words(rule.language);
  if (letter.test) return fmt::format("[Mozu] {}", w.test_subject);
  const bool detects = std::ranges::any_of(events, [](const Event& e) { return e.happened == Happened::detected; });
  if (rule.rhythm != Rhythm::immediate)
    return fmt::format("[Mozu] {}: {}", utf8_shortened(rule.name, 80), filled(detects ? w.mixed_subject : w.digest_subject, fmt::format("{}", events.size())));
  const Told t = told(head, rule, events.front());
  if (t.hidden) return fmt::format("[Mozu] {}", w.hidden_subject);
  return fmt::format("[Mozu] {}: {}", t.happened, utf8_shortened(t.title, title_bytes_max));
}

std::string plain_part(const Letterhead& head, const Letter& letter, const Rule& rule, std::span<const Event> events) {
  const Words& w = words(rule.language);
  std::string out;
  if (letter.test) out += fmt::format("{}\n\n", w.test_body);
  for (const Event& e : events.first(std::min(events.size(), told_max))) {
    const Told t = told(head, rule, e);
    if (t.hidden) {
      out += fmt::format("{}\n{}: {}/\n\n", w.hidden, w.sign_in, head.portal);
      continue;
    }
    out += fmt::format("{}: {}\n", t.happened, utf8_shortened(t.title, title_bytes_max));
    for (const auto& [name, value] : facts(rule, e)) out += fmt::format("{}: {}\n", name, value);
    if (!t.summary.empty()) out += fmt::format("\n{}\n", utf8_shortened(t.summary, summary_bytes_max));
    if (e.locked) out += fmt::format("\n{}\n", w.locked);
    out += fmt::format("\n{}: {}{}\n\n", w.read, head.portal, e.path);
  }
  if (events.size() > told_max) out += filled(w.more, fmt::format("{}", events.size() - told_max)) + "\n\n";
  out += fmt::format("-- \n{}\n{}: {}/account/notifications\n", filled(w.why, rule.name), w.manage, head.portal);
  if (!letter.unsubscribe.empty()) out += fmt::format("{}: {}\n", w.unsubscribe, letter.unsubscribe);
  return out;
}

std::string paragraphs(std::string_view text) {
  std::string out;
  for (const auto line : split(text, '\n'))
    if (!trim(line).empty()) out += fmt::format("<p style=\"margin:0 0 8px\">{}</p>\n", escape_xml(line));
  return out;
}
std::string link(std::string_view to, std::string_view text) {
  return fmt::format("<a href=\"{}\" style=\"color:#1a4f8b\">{}</a>", escape_xml(to), escape_xml(text));
}

std::string html_event(const Letterhead& head, const Rule& rule, const Event& e) {
  const Words& w = words(rule.language);
  const Told t = told(head, rule, e);
  std::string out = "<div style=\"border-top:3px solid #b3541e;padding:12px 0 16px\">\n";
  if (t.hidden) return out + fmt::format("<p>{}</p>\n<p>{}</p>\n</div>\n", escape_xml(w.hidden), link(head.portal + "/", w.sign_in));
  out += fmt::format("<p style=\"margin:0;color:#5b6470;font-size:13px\">{}</p>\n<h2 style=\"margin:2px 0 10px;font-size:19px\">{}</h2>\n",
                     escape_xml(t.happened), escape_xml(utf8_shortened(t.title, title_bytes_max)));
  out += "<table style=\"border-collapse:collapse;font-size:13px;margin:0 0 10px\">\n";
  for (const auto& [name, value] : facts(rule, e))
    out += fmt::format("<tr><td style=\"padding:1px 14px 1px 0;color:#5b6470\">{}</td><td>{}</td></tr>\n", escape_xml(name), escape_xml(value));
  out += "</table>\n";
  if (!t.summary.empty()) out += paragraphs(utf8_shortened(t.summary, summary_bytes_max));
  if (e.locked) out += fmt::format("<p>{}</p>\n", escape_xml(w.locked));
  return out + fmt::format("<p>{}</p>\n</div>\n", link(head.portal + e.path, w.read));
}

std::string html_part(const Letterhead& head, const Letter& letter, const Rule& rule, std::span<const Event> events) {
  const Words& w = words(rule.language);
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>Mozu</title></head>\n"
      "<body style=\"margin:0;padding:16px;background:#ffffff;color:#1b2026;font:15px/1.5 sans-serif\">\n<div style=\"max-width:640px;margin:0 auto\">\n",
      rule.language == "ja" ? "ja" : "en");
  if (letter.test) out += fmt::format("<p>{}</p>\n", escape_xml(w.test_body));
  for (const Event& e : events.first(std::min(events.size(), told_max))) out += html_event(head, rule, e);
  if (events.size() > told_max) out += fmt::format("<p>{}</p>\n", escape_xml(filled(w.more, fmt::format("{}", events.size() - told_max))));
  out += fmt::format("<p style=\"border-top:1px solid #cfd5db;padding-top:10px;color:#5b6470;font-size:12px\">{}<br>{}", escape_xml(filled(w.why, rule.name)),
                     link(head.portal + "/account/notifications", w.manage));
  if (!letter.unsubscribe.empty()) out += " · " + link(letter.unsubscribe, w.unsubscribe);
  return out + "</p>\n</div></body></html>\n";
}

std::string part(std::string_view boundary, std::string_view type, std::string_view language, const std::string& text) {
  constexpr std::size_t line = 76;
  const std::string encoded = base64(text);
  std::string out = fmt::format("--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nContent-Language: {}\r\n\r\n", boundary, type,
                                language == "ja" ? "ja" : "en");
  for (std::size_t i = 0; i < encoded.size(); i += line) out += encoded.substr(i, line) + "\r\n";
  return out;
}

std::string mailbox(std::string_view name, std::string_view address, std::size_t column) {
  const std::string shown = header_text(name, column);
  if (shown.empty()) return std::string(address);
  if (shown.find("=?") != std::string::npos) return fmt::format("{}\r\n <{}>", shown, address);
  std::string quoted;
  for (const char c : shown) quoted += (c == '"' || c == '\\') ? std::string{'\\', c} : std::string{c};
  return fmt::format("\"{}\"\r\n <{}>", quoted, address);
}

std::string host_of(std::string_view address) { return std::string(address.substr(address.rfind('@') + 1)); }

}  // namespace

namespace {

/// Detections by their own marking: those that are too strict are only counted.
std::vector<Event> leaving(const Letterhead& head, std::span<const Event> events) {
  std::vector<Event> out(events.begin(), events.end());
  for (Event& e : out) {
    std::erase_if(e.detections, [&](const Detection& d) { return d.tlp > head.tlp_max || d.tlp == intel::Tlp::red; });
    if (!e.detections.empty()) e.tlp = std::ranges::max_element(e.detections, {}, &Detection::tlp)->tlp;
  }
  return out;
}

}  // namespace

std::string write_mail(const Letterhead& head, const Letter& letter, const Rule& rule, std::span<const Event> all) {
  const auto events = leaving(head, all);
  const std::string boundary = fmt::format("mozu-{}", letter.id), host = host_of(head.from_address);
  std::string out = fmt::format("Date: {}\r\nFrom: {}\r\nTo: {}\r\n", mail_date(letter.at), mailbox(head.from_name, head.from_address, 7),
                                mailbox(letter.to_name, letter.to_address, 5));
  out += fmt::format("Subject: {}\r\nMessage-ID: <{}@{}>\r\n", header_text(subject(head, letter, rule, events), 9), letter.id, host);
  out += fmt::format("MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\nList-Id: <notifications.{}>\r\n", host);
  if (!letter.unsubscribe.empty()) out += fmt::format("List-Unsubscribe: <{}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", letter.unsubscribe);
  out += fmt::format("Content-Type: multipart/alternative;\r\n boundary=\"{}\"\r\n\r\n", boundary);
  out += part(boundary, "text/plain", rule.language, plain_part(head, letter, rule, events));
  out += part(boundary, "text/html", rule.language, html_part(head, letter, rule, events));
  return out + fmt::format("--{}--\r\n", boundary);
}

namespace {

void write_detections(JsonWriter& w, const Event& e) {
  w.field("event", name(e.happened)).field("at", format_time(e.at)).field("count", e.detected);
  if (e.tlp != intel::Tlp::none) w.field("tlp", intel::name(e.tlp));
  w.key("detections").begin_array();
  for (const Detection& d : e.detections) {
    w.begin_object().field("value", d.value).field("indicator", d.indicator).field("log", d.log).field("count", d.count);
    if (d.last.ms > 0) w.field("last", format_time(d.last));
    write_list(w, "feeds", d.feeds);
    w.end_object();
  }
  w.end_array();
}

void write_event(JsonWriter& w, const Letterhead& head, const Rule& rule, const Event& e) {
  const Told t = told(head, rule, e);
  w.begin_object();
  if (t.hidden) {
    w.field("hidden", true).field("url", head.portal + "/").end_object();
    return;
  }
  if (e.happened == Happened::detected) {
    write_detections(w, e);
    w.field("url", head.portal + e.path).end_object();
    return;
  }
  w.field("event", name(e.happened))
      .field("id", e.subject)
      .field("edition", e.edition)
      .field("at", format_time(e.at))
      .field("kind", e.kind)
      .field("title", utf8_shortened(t.title, title_bytes_max));
  if (e.tlp != intel::Tlp::none) w.field("tlp", intel::name(e.tlp));
  if (e.locked) w.field("locked", true);
  if (!t.summary.empty()) w.field("summary", utf8_shortened(t.summary, summary_bytes_max));
  write_list(w, "actors", e.actors);
  write_list(w, "sectors", e.sectors);
  write_list(w, "countries", e.countries);
  write_list(w, "tags", e.tags);
  w.field("url", head.portal + e.path).end_object();
}

}  // namespace

std::string write_webhook(const Letterhead& head, const Letter& letter, const Rule& rule, std::span<const Event> all) {
  const auto kept = leaving(head, all);
  const std::span<const Event> events = kept;
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("id", letter.id).field("sent", format_time(letter.at)).field("rule", rule.id);
  if (letter.test) w.field("test", true);
  w.key("events").begin_array();
  for (const Event& e : events.first(std::min(events.size(), told_max))) write_event(w, head, rule, e);
  w.end_array();
  if (events.size() > told_max) w.field("more", static_cast<std::uint64_t>(events.size() - told_max));
  w.end_object();
  return out;
}

std::string webhook_signature(std::string_view secret, Timestamp at, std::string_view body) {
  const std::string text = fmt::format("{}.{}", at.ms / 1000, body);
  std::array<std::uint8_t, 32> mac{};
  unsigned size = mac.size();
  ::HMAC(::EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &size);
  return fmt::format("t={},v1={}", at.ms / 1000, to_hex(mac));
}

}  // namespace mozu::notify
