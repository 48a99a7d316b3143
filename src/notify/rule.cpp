#include "mozu/notify/rule.hpp"
#include "mozu/base/json_list.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "mozu/base/json_read.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::notify {
namespace {

constexpr std::array<std::string_view, 4> happened_names = {"published", "revised", "withdrawn", "detected"};
constexpr std::array<std::string_view, 2> channel_names = {"mail", "webhook"};
constexpr std::array<std::string_view, 3> rhythm_names = {"immediate", "daily", "weekly"};
constexpr int offset_most = 14 * 60;  // UTC+14 is the most there is
constexpr std::int64_t minute_ms = 60'000, day_ms = 24 * 60 * minute_ms;

std::unexpected<Diagnostic> wrong(std::string_view path, std::string what, std::string hint = {}) {
  Diagnostic d{Severity::error, "field-invalid", std::move(what), {}, std::move(hint)};
  d.where.path = path;
  return fail(std::move(d));
}

template <class List>
std::optional<std::size_t> place(const List& list, std::string_view s) {
  const auto found = std::ranges::find(list, s);
  if (found == list.end()) return std::nullopt;
  return static_cast<std::size_t>(found - list.begin());
}

bool any_name(const std::vector<std::string>& wanted, const std::vector<std::string>& there) {
  if (wanted.empty()) return true;
  return std::ranges::any_of(wanted, [&](const std::string& w) {
    const auto folded = intel::fold_name(w);
    return std::ranges::any_of(there, [&](const std::string& t) { return intel::fold_name(t) == folded; });
  });
}

/// Plain, since a control character could end a line somewhere.
Status check_list(const std::vector<std::string>& list, std::string_view name) {
  if (list.size() > filter_items_max) return wrong(fmt::format("/filter/{}", name), fmt::format("more than {} entries", filter_items_max));
  for (const auto& s : list)
    if (s.empty() || s.size() > filter_bytes_max || !is_plain_text(s))
      return wrong(fmt::format("/filter/{}", name), fmt::format("an entry is empty, longer than {} bytes, or holds control characters", filter_bytes_max));
  return {};
}

}  // namespace

std::string_view name(Happened h) { return happened_names[static_cast<std::size_t>(h)]; }
std::optional<Happened> happened_of(std::string_view s) {
  const auto at = place(happened_names, s);
  return at ? std::optional(static_cast<Happened>(*at)) : std::nullopt;
}
std::string_view name(Channel c) { return channel_names[static_cast<std::size_t>(c)]; }
std::string_view name(Rhythm r) { return rhythm_names[static_cast<std::size_t>(r)]; }

const EventText* Event::text(std::string_view language) const {
  for (const auto& t : texts)
    if (t.language == language) return &t;
  return texts.empty() ? nullptr : &texts.front();
}

Result<bool> fits(const Filter& f, const Event& e, const ActorNames& names) {
  const bool detected = e.happened == Happened::detected;
  if ((detected || !f.events.empty()) && std::ranges::find(f.events, name(e.happened)) == f.events.end()) return false;
  if (detected) return f.tlp.empty() || std::ranges::find(f.tlp, e.tlp) != f.tlp.end();
  if (!f.kinds.empty() && std::ranges::find(f.kinds, e.kind) == f.kinds.end()) return false;
  if (!f.tlp.empty() && std::ranges::find(f.tlp, e.tlp) == f.tlp.end()) return false;
  if (!any_name(f.sectors, e.sectors) || !any_name(f.countries, e.countries) || !any_name(f.tags, e.tags)) return false;
  if (any_name(f.actors, e.actors)) return true;
  if (!names || e.actors.empty()) return false;
  MOZU_LET(const auto known, names(e.actors));
  return any_name(f.actors, known);
}

Status check(const Rule& r) {
  if (r.name.empty() || r.name.size() > rule_name_bytes_max || !is_plain_text(r.name))
    return wrong("/name", fmt::format("the name is empty, longer than {} bytes, or holds control characters", rule_name_bytes_max));
  if (r.language != "en" && r.language != "ja") return wrong("/language", "the language is neither en nor ja");
  if (r.hour < 0 || r.hour > 23) return wrong("/hour", "the hour is not from 0 to 23");
  if (r.weekday < 0 || r.weekday > 6) return wrong("/weekday", "the day of the week is not from 0 (Sunday) to 6");
  if (r.utc_offset < -offset_most || r.utc_offset > offset_most) return wrong("/utc_offset", "the offset is not from -840 to 840 minutes");
  if (r.channel == Channel::webhook && r.url.empty()) return wrong("/url", "a webhook needs its URL");
  if (r.channel == Channel::mail && !r.url.empty()) return wrong("/url", "mail goes to the address of your account", "leave the URL out");
  if (r.url.size() > url_bytes_max) return wrong("/url", fmt::format("the URL is longer than {} bytes", url_bytes_max));
  for (const auto& e : r.filter.events)
    if (!happened_of(e)) return wrong("/filter/events", fmt::format("'{}' is none of published, revised, withdrawn, detected", printable(e, 40)));
  const std::pair<const std::vector<std::string>*, std::string_view> lists[] = {{&r.filter.events, "events"},       {&r.filter.kinds, "kinds"},
                                                                                {&r.filter.actors, "actors"},       {&r.filter.sectors, "sectors"},
                                                                                {&r.filter.countries, "countries"}, {&r.filter.tags, "tags"}};
  for (const auto& [list, of] : lists) MOZU_TRY(check_list(*list, of));
  if (r.filter.tlp.size() > filter_items_max) return wrong("/filter/tlp", "too many entries");
  return {};
}

/// The next full hour that is wished for; one that is just now counts as gone.
Timestamp due(const Rule& r, Timestamp now) {
  if (r.rhythm == Rhythm::immediate) return now;
  const std::int64_t local = now.ms + r.utc_offset * minute_ms;
  const std::int64_t day = local >= 0 ? local / day_ms : -1 - (-1 - local) / day_ms;
  for (std::int64_t d = day;; ++d) {
    const std::int64_t at = d * day_ms + r.hour * 60 * minute_ms;
    const auto weekday = static_cast<int>(((d + 4) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
    if (at > local && (r.rhythm == Rhythm::daily || weekday == r.weekday)) return {at - r.utc_offset * minute_ms};
  }
}

namespace {

Result<std::string> text_of(std::string_view key, JsonElement e) {
  std::string_view s;
  if (e.get(s) != simdjson::SUCCESS) return wrong(fmt::format("/{}", key), fmt::format("{} is not a text", key));
  return std::string(s);
}
Result<int> number_of(std::string_view key, JsonElement e) {
  std::int64_t n = 0;
  if (double d = 0; e.is_double() && e.get(d) == simdjson::SUCCESS && d >= -1e6 && d <= 1e6 && static_cast<double>(static_cast<std::int64_t>(d)) == d)
    return static_cast<int>(d);
  if (e.get(n) != simdjson::SUCCESS || n < -1'000'000 || n > 1'000'000) return wrong(fmt::format("/{}", key), fmt::format("{} is not a whole number", key));
  return static_cast<int>(n);
}
Result<std::vector<std::string>> texts_of(const std::string& key, JsonElement e) {
  std::vector<std::string> out;
  JsonArray list;
  if (e.get(list) != simdjson::SUCCESS) return wrong("/" + key, key + " is not a list of texts");
  for (const JsonElement item : list) {
    MOZU_LET(out.emplace_back(), text_of(key, item));
    if (out.size() > filter_items_max) return wrong("/" + key, fmt::format("more than {} entries", filter_items_max));
  }
  return out;
}

Status read_filter(JsonElement e, Filter& f) {
  JsonObject o;
  if (e.get(o) != simdjson::SUCCESS) return wrong("/filter", "filter is not an object");
  const std::pair<std::string_view, std::vector<std::string>*> lists[] = {{"events", &f.events},   {"kinds", &f.kinds},         {"actors", &f.actors},
                                                                          {"sectors", &f.sectors}, {"countries", &f.countries}, {"tags", &f.tags}};
  for (const auto [key, value] : o) {
    const std::string path = "filter/" + printable(key, 60);
    MOZU_LET(const auto texts, texts_of(path, value));
    if (key == "tlp") {
      f.tlp.clear();
      for (const auto& t : texts) {
        const auto tlp = t == "none" ? std::optional(intel::Tlp::none) : intel::parse_tlp(t);
        if (!tlp) return wrong("/filter/tlp", fmt::format("'{}' is no TLP marking", printable(t, 40)), "write none, clear, green, amber, amber+strict or red");
        f.tlp.push_back(*tlp);
      }
      continue;
    }
    const auto list = std::ranges::find(lists, key, &std::pair<std::string_view, std::vector<std::string>*>::first);
    if (list == std::end(lists))
      return wrong("/" + path, fmt::format("there is no field '{}' in filter", printable(key, 60)),
                   "fields are events, kinds, actors, sectors, countries, tags, tlp");
    *list->second = texts;
  }
  return {};
}

template <class Enum, class Names>
Status read_word(std::string_view key, JsonElement e, const Names& names, Enum& out) {
  MOZU_LET(const auto word, text_of(key, e));
  const auto at = place(names, word);
  if (!at) return wrong(fmt::format("/{}", key), fmt::format("'{}' is no {}", printable(word, 40), key));
  out = static_cast<Enum>(*at);
  return {};
}

Status read_member(std::string_view key, JsonElement e, Rule& r) {
  const std::pair<std::string_view, std::string*> texts[] = {{"name", &r.name}, {"language", &r.language}, {"url", &r.url}};
  const std::pair<std::string_view, int*> numbers[] = {{"hour", &r.hour}, {"weekday", &r.weekday}, {"utc_offset", &r.utc_offset}};
  for (const auto& [of, out] : texts)
    if (key == of) {
      MOZU_LET(*out, text_of(key, e));
      return {};
    }
  for (const auto& [of, out] : numbers)
    if (key == of) {
      MOZU_LET(*out, number_of(key, e));
      return {};
    }
  if (key == "channel") return read_word(key, e, channel_names, r.channel);
  if (key == "rhythm") return read_word(key, e, rhythm_names, r.rhythm);
  if (key == "filter") return read_filter(e, r.filter);
  if (key == "enabled") return e.get(r.enabled) == simdjson::SUCCESS ? Status{} : wrong("/enabled", "enabled is not true or false");
  return wrong(fmt::format("/{}", printable(key, 60)), fmt::format("there is no field '{}'", printable(key, 60)),
               "fields are name, enabled, channel, url, language, rhythm, hour, weekday, utc_offset, filter");
}

}  // namespace

void write_fields(JsonWriter& w, const Rule& r) {
  w.field("name", r.name).field("enabled", r.enabled).field("channel", name(r.channel));
  if (!r.url.empty()) w.field("url", r.url);
  w.field("language", r.language).field("rhythm", name(r.rhythm)).field("hour", r.hour).field("weekday", r.weekday).field("utc_offset", r.utc_offset);
  w.key("filter").begin_object();
  write_list(w, "events", r.filter.events);
  write_list(w, "kinds", r.filter.kinds);
  write_list(w, "actors", r.filter.actors);
  write_list(w, "sectors", r.filter.sectors);
  write_list(w, "countries", r.filter.countries);
  write_list(w, "tags", r.filter.tags);
  w.key("tlp").begin_array();
  for (const auto tlp : r.filter.tlp) w.value(tlp == intel::Tlp::none ? std::string_view("none") : intel::name(tlp));
  w.end_array().end_object();
}

Status read_fields(std::string_view json, Rule& rule) {
  simdjson::dom::parser parser;
  JsonObject o;
  if (parser.parse(json.data(), json.size()).get(o) != simdjson::SUCCESS) return fail("json-invalid", "the body is no JSON object");
  Rule read = rule;
  for (const auto [key, value] : o) MOZU_TRY(read_member(key, value, read));
  MOZU_TRY(check(read));
  rule = std::move(read);
  return {};
}

store::Document document_of(const Rule& r) {
  store::Document d;
  d.collection = rules_collection, d.id = r.id, d.version = r.version, d.organisation = r.organisation, d.owner = r.owner;
  JsonWriter w(d.json);
  w.begin_object().field("since", r.since).field("secret", r.secret).field("stopped", r.stopped).key("rule").begin_object();
  write_fields(w, r);
  w.end_object().end_object();
  return d;
}

Result<Rule> read_rule(const store::Document& d) {
  const auto broken = [&] { return fail("rule-broken", fmt::format("the notification rule {} cannot be read", d.id)); };
  simdjson::dom::parser parser;
  JsonElement e;
  if (parser.parse(d.json).get(e) != simdjson::SUCCESS) return broken();
  Rule r;
  r.id = d.id, r.version = d.version, r.owner = d.owner, r.organisation = d.organisation, r.created = d.created, r.changed = d.changed;
  r.since = member_as<std::int64_t>(e, "since").value_or(0);
  r.secret = string_member(e, "secret");
  r.stopped = string_member(e, "stopped");
  const auto members = object_member(e, "rule");
  if (!members) return broken();
  for (const auto [key, value] : *members)
    if (!read_member(key, value, r)) return broken();
  return r;
}

}  // namespace mozu::notify
