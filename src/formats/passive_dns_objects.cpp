// What was seen of names: passive DNS in the common output format (JSON lines of CIRCL, DNSDB and others), and WHOIS records.
#include <fmt/core.h>

#include <algorithm>

#include "knowledge_json.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "object_text.hpp"

namespace mozu::formats {
namespace {

std::string name_of(std::string_view rrname) {
  while (rrname.ends_with('.')) rrname.remove_suffix(1);
  return intel::canonical_host(rrname).value_or(std::string());
}

std::string seen_at(JsonObject o, std::string_view key, std::string_view other) {
  for (const auto k : {key, other})
    if (const auto e = member(o, k))
      if (const auto t = as_time(*e); t && t->ms > 0) return stix_time(*t);
  return {};
}

void emit_observable(ObjectEmitter& out, ObjectText& object, std::string_view type, const std::string& value, const Location& where) {
  object.begin_observable(type, observable_id(type, value)).text("value", value);
  out.emit(object.end(), where);
}

/// Relation for a record type: A and AAAA resolve, CNAME too; others point at a host.
std::string_view relation_of(std::string_view rrtype) {
  if (rrtype == "A" || rrtype == "AAAA" || rrtype == "CNAME") return "resolves-to";
  return rrtype == "NS" || rrtype == "MX" || rrtype == "PTR" || rrtype == "SOA" || rrtype == "SRV" || rrtype == "DNAME" ? "related-to" : "";
}

class PassiveDns final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "passive-dns"; }
  std::string_view description() const override { return "passive DNS, common output format (rrname, rrtype, rdata), one record a line or an array"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 3, 40);
    return head.root != 0 && head.has("rrname") && head.has("rdata") && head.has("rrtype") ? 97 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    ObjectText object;
    return for_each_record(in, out, {}, [&](JsonObject o, const Location& where) { record(o, where, out, object); });
  }

 private:
  static void record(JsonObject o, const Location& where, ObjectEmitter& out, ObjectText& object) {
    JsonObject inner;
    if (const auto wrapped = object_member(o, "obj")) o = *wrapped;  // DNSDB's streaming envelope
    else if (object_member(o, "cond") || member(o, "cond")) return;
    const std::string name = name_of(string_member(o, "rrname"));
    std::string type(string_member(o, "rrtype"));
    std::transform(type.begin(), type.end(), type.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    if (name.empty() || type.empty()) return out.refuse("passive-dns", "a record has rrname, rrtype and rdata", where);
    if (relation_of(type).empty()) return out.pass_over("DNS " + type);
    emit_observable(out, object, "domain-name", name, where);
    const auto rdata = member(o, "rdata");
    JsonArray list;
    if (rdata && rdata->get(list) == simdjson::SUCCESS) {
      for (const JsonElement e : list) answer(o, name, type, as_string(e), where, out, object);
    } else if (rdata) {
      answer(o, name, type, as_string(*rdata), where, out, object);
    }
  }

  static void answer(JsonObject o, const std::string& name, const std::string& type, std::string_view data, const Location& where, ObjectEmitter& out,
                     ObjectText& object) {
    if (type == "MX" || type == "SRV") data = data.substr(data.rfind(' ') + 1);
    if (type == "SOA") data = data.substr(0, data.find(' '));
    std::string_view kind = "domain-name";
    std::string value;
    if (type == "A" || type == "AAAA") {
      const auto address = intel::read_pattern(data, intel::TypeHint::ip, {.allow_broad = true});
      if (address && address->kind == intel::PatternKind::ipv4) kind = "ipv4-addr";
      else if (address && address->kind == intel::PatternKind::ipv6) kind = "ipv6-addr";
      else return out.refuse("passive-dns", fmt::format("\"{}\" is no address", printable(data, 80)), where);
      value = address->value;
    } else {
      value = name_of(data);
      if (value.empty()) return out.refuse("passive-dns", fmt::format("\"{}\" is no host name", printable(data, 80)), where);
    }
    emit_observable(out, object, kind, value, where);
    auto first = seen_at(o, "time_first", "zone_time_first"), last = seen_at(o, "time_last", "zone_time_last");
    if (first.empty()) first = last.empty() ? std::string(undated) : last;
    if (last.empty()) last = first;
    object.begin("relationship", made_id("relationship", {out.source(), "passive-dns", name, type, value}), first, last);
    object.text("relationship_type", relation_of(type)).text("source_ref", observable_id("domain-name", name)).text("target_ref", observable_id(kind, value));
    object.text("start_time", first);
    if (last > first) object.text("stop_time", last);
    object.text("x_mozu_rrtype", type);
    if (const auto count = member(o, "count"))
      if (const auto n = as_uint(*count)) object.json().field("x_mozu_count", *n);
    object.text("x_mozu_last_seen", last).text("x_mozu_sensor", string_member(o, "sensor_id"));
    out.emit(object.end(), where);
  }
};

constexpr std::string_view whois_names[] = {"domainName", "domain_name", "domain", "ldhName"};
constexpr std::string_view whois_created[] = {"createdDate", "creation_date", "created", "created_date", "creationDate"};
constexpr std::string_view whois_updated[] = {"updatedDate", "updated_date", "updated", "changed", "lastUpdated"};

template <std::size_t N>
std::string first_text(JsonObject o, const std::string_view (&keys)[N]) {
  for (const auto key : keys)
    if (const auto e = member(o, key)) {
      JsonArray list;
      std::string s = scalar_text(*e);
      if (e->get(list) == simdjson::SUCCESS)
        for (const JsonElement item : list)
          if (s.empty()) s = scalar_text(item);
      if (!s.empty()) return s;
    }
  return {};
}

class WhoisRecords final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "whois"; }
  std::string_view description() const override { return "WHOIS and RDAP records of domains, JSON: one, an array, or one a line"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 3, 80);
    if (head.root == 0) return 0;
    if (head.has("WhoisRecord", 1)) return 97;
    const auto any = [&](const auto& keys) { return std::any_of(std::begin(keys), std::end(keys), [&](auto k) { return head.has(k, 1) || head.has(k, 2); }); };
    const bool registrar =
        head.has("registrar") || head.has("registrarName") || head.has("registrar_name") || (head.has("objectClassName", 1) && head.has("entities", 1));
    return any(whois_names) && registrar && (any(whois_created) || head.has("events", 1) || head.has("events", 2)) ? 94 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    ObjectText object;
    return for_each_record(in, out, {}, [&](JsonObject o, const Location& where) { record(o, where, out, object); });
  }

 private:
  static void record(JsonObject o, const Location& where, ObjectEmitter& out, ObjectText& object) {
    if (const auto inner = object_member(o, "WhoisRecord")) o = *inner;
    const std::string name = name_of(first_text(o, whois_names));
    if (name.empty()) return out.refuse("whois", "a record names its domain", where, "as domainName, domain_name, domain or ldhName");
    emit_observable(out, object, "domain-name", name, where);
    std::string created = stix_time_of(first_text(o, whois_created)), updated = stix_time_of(first_text(o, whois_updated));
    if (const auto events = array_member(o, "events"))  // RDAP
      for (const JsonElement e : *events)
        if (JsonObject event; e.get(event) == simdjson::SUCCESS) {
          const auto action = string_member(event, "eventAction");
          if (action == "registration") created = stix_time_of(string_member(event, "eventDate"));
          if (action == "last changed") updated = stix_time_of(string_member(event, "eventDate"));
        }
    object.begin("note", made_id("note", {"whois", out.source(), name}), created, updated).text("abstract", fmt::format("WHOIS: {}", name));
    std::string content;
    for (const auto field : o)
      if (const auto s = scalar_text(field.value); !s.empty() && s.size() < 500 && content.size() < 16'000) content += fmt::format("{}: {}\n", field.key, s);
    object.text("content", content.empty() ? std::string_view(name) : content).list("object_refs", {observable_id("domain-name", name)});
    object.raw("x_mozu_whois", raw_json(o));
    out.emit(object.end(), where);
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_passive_dns_objects() { return std::make_unique<PassiveDns>(); }
std::unique_ptr<KnowledgeReader> make_whois_objects() { return std::make_unique<WhoisRecords>(); }

}  // namespace mozu::formats
