// STIX 2.0 and 2.1: bundles, TAXII envelopes, bare objects, arrays of objects, one object a line.
#include <fmt/core.h>

#include "json_head.hpp"
#include "json_reading.hpp"
#include "mozu/base/text.hpp"
#include "stix_context.hpp"
#include "stix_lower.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

bool is_observable_type(std::string_view type) {
  for (const std::string_view t : {"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "file", "artifact", "observed-data"})
    if (type == t) return true;
  return false;
}

/// Cyber-observable objects that Mozu does not match on; they count as passed over only where observables are read at all.
bool is_other_observable(std::string_view type) {
  for (const std::string_view t : {"autonomous-system", "directory", "email-message", "mac-addr", "mutex", "network-traffic", "process", "software",
                                   "user-account", "windows-registry-key", "x509-certificate"})
    if (type == t) return true;
  return false;
}

class StixInput final : public JsonSplitHandler {
 public:
  StixInput(ReaderInput& in, Emitter& out) : reading_(in, out) {}

  Action on_container(const JsonPath& path, std::string_view ahead) override {
    if (path.empty() && ahead.front() == '[') return Action::open;
    if (ahead.front() == '{' && (path.empty() || (path.size() == 1 && !path[0].is_key))) return is_stix_bundle(head_, ahead) ? Action::open : Action::take;
    if (path.back().is_key) return path.back().key == "objects" && ahead.front() == '[' ? Action::open : Action::skip;
    return Action::take;
  }

  void on_value(const JsonPath& path, std::string_view text, std::uint64_t line) override {
    if (text.front() != '{') {
      if (path.empty() || !path.back().is_key) refuse(line, json_pointer(path), "a STIX object should stand here");
      return;
    }
    pointer_ = json_pointer(path);
    const auto element = reading_.parse(text, line, pointer_);
    if (!element) return;
    const JsonObject o = *element;
    const auto type = string_member(o, "type");
    if (type == "bundle") return bundle_members(o, line);
    object(type, o, path, text, line);
  }

  void on_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost) override {
    reading_.refuse_break(path, line, std::move(message), lost);
  }

  void finish() {
    flush();
    if (revoked_ != 0)
      reading_.note(Severity::note, "stix-revoked",
                    fmt::format("{} revoked {} left out", with_commas(revoked_), revoked_ == 1 ? "indicator is" : "indicators are"));
    if (observables_read_)
      reading_.note(Severity::note, "stix-observables", "the input holds observables but no indicators; the observables are taken as indicators",
                    "observables say what was seen, not that it is bad: check that the feed means them so");
    else if (!any_indicator_ && reading_.refusals() == 0)
      reading_.note(Severity::note, "stix-no-indicators", "the input is STIX but holds neither indicators nor observables");
    if (context_.full()) reading_.note(Severity::warning, "stix-context", "too many objects: some indicators lack the names that belong to them");
    reading_.finish();
  }

 private:
  void refuse(std::uint64_t line, std::string path, std::string message, std::string hint = {}, std::string_view code = "stix-object") {
    Diagnostic d{Severity::warning, std::string(code), std::move(message), {}, std::move(hint)};
    d.where.line = line;
    d.where.path = std::move(path);
    reading_.out().refuse(std::move(d));
  }

  /// A bundle that was taken whole because its beginning did not show what it is. Its objects refer to the parser's memory,
  /// so each is printed and put aside as if the splitter had cut it.
  void bundle_members(JsonObject bundle, std::uint64_t line) {
    const auto objects = array_member(bundle, "objects");
    if (!objects) return;
    std::uint64_t index = 0;
    in_bundle_ = true;
    for (const JsonElement e : *objects) {
      JsonObject o;
      JsonPath path(2);
      path[0] = {true, "objects", 0};
      path[1] = {false, {}, index++};
      if (e.get(o) == simdjson::SUCCESS) object(string_member(o, "type"), o, path, simdjson::minify(e), line);
    }
    in_bundle_ = false;
  }

  void object(std::string_view type, JsonObject o, const JsonPath& path, std::string_view text, std::uint64_t line) {
    if (type.empty()) return refuse(line, json_pointer(path), "a STIX object has no type");
    const bool indicator = type == "indicator";
    if (!indicator && !is_observable_type(type) && !is_other_observable(type)) return context_.learn(type, o);
    any_indicator_ = any_indicator_ || indicator;
    backlog_.add(path, text, line, indicator ? 1 : 0);
    if (backlog_.bytes() > json_backlog_bytes_max && !in_bundle_) {  // working it off reuses the parser that the bundle lives in
      reading_.note(Severity::warning, "stix-context", "the bundle is very large: indicators are given with the context known so far", {}, line);
      flush();
    }
  }

  void flush() {
    backlog_.drain([this](std::string_view text, std::uint64_t line, const std::string& pointer, std::uint32_t tag) {
      const auto element = reading_.parse(text, line, pointer);
      if (!element) return;
      const JsonObject o = *element;
      record_.clear();
      record_.where.line = line;
      record_.where.path = pointer;
      if (tag == 1) indicator(o);
      else if (any_indicator_) reading_.out().pass_over("STIX observable");
      else observable(string_member(o, "type"), o, o);
    });
  }

  void indicator(JsonObject o) {
    if (const auto revoked = member(o, "revoked"); revoked && as_bool(*revoked).value_or(false)) {
      ++revoked_;
      return reading_.out().pass_over("revoked");
    }
    const auto language = string_member(o, "pattern_type");
    if (!language.empty() && !iequals(language, "stix")) return reading_.out().pass_over("pattern:" + fold(language));
    const auto text = string_member(o, "pattern");
    auto& where = record_.where;
    if (text.empty()) return refuse(where.line, where.path, "an indicator has no pattern");
    const auto pattern = parse_stix_pattern(text);
    if (!pattern) return refuse(where.line, where.path + "/pattern", pattern.error().message, pattern.error().hint, "stix-pattern");
    const StixLowered lowered = lower_stix_pattern(*pattern);
    for (const auto& why : lowered.inexpressible)
      refuse(where.line, where.path + "/pattern", why, "Mozu matches on values, sets, networks, names with all below them, and URL prefixes",
             "stix-inexpressible");
    for (const auto& kind : lowered.other_kinds) reading_.out().pass_over(kind);
    if (lowered.found.empty()) return;
    fill(o);
    for (const auto& f : lowered.found) {
      record_.value = f.value;
      record_.hint = f.hint;
      if (f.part_of_and) add_context(record_.context, "note", "part of an AND pattern");
      reading_.out().emit(record_);
      if (f.part_of_and) record_.context.pop_back();
    }
  }

  std::optional<Timestamp> time(JsonObject o, std::string_view key) {
    const auto text = string_member(o, key);
    if (text.empty()) return std::nullopt;
    const auto t = parse_time_iso(text);
    if (!t)
      reading_.note(Severity::warning, "stix-time", fmt::format("{} \"{}\" is no time", key, printable(text, 60)), "the indicator is kept without it",
                    record_.where.line, record_.where.path + "/" + std::string(key));
    return t;
  }

  void fill(JsonObject o) {
    record_.id = string_member(o, "id");
    record_.valid_from = time(o, "valid_from");
    record_.valid_until = time(o, "valid_until");
    if (const auto c = member(o, "confidence"))
      if (const auto n = as_uint(*c)) record_.confidence = static_cast<std::uint8_t>(std::min<std::uint64_t>(*n, 100));
    record_.labels = string_list(o, "labels");
    for (auto& label : string_list(o, "indicator_types")) {
      bool known = false;
      for (const auto& l : record_.labels) known = known || l == label;
      if (!known) record_.labels.push_back(std::move(label));
    }
    context_.describe(o, record_.id, record_.context);
  }

  /// `o` is the observable, `owner` the object that says when and by whom (the same, or observed-data in STIX 2.0).
  void observable(std::string_view type, JsonObject o, JsonObject owner) {
    if (type == "observed-data") {
      const auto objects = object_member(o, "objects");
      if (objects)
        for (const auto field : *objects) {
          JsonObject inner;
          if (field.value.get(inner) == simdjson::SUCCESS && string_member(inner, "type") != "observed-data")
            observable(string_member(inner, "type"), inner, owner);
        }
      return;
    }
    TypeHint hint = TypeHint::any;
    if (type == "ipv4-addr" || type == "ipv6-addr") hint = TypeHint::ip;
    else if (type == "domain-name") hint = TypeHint::domain;
    else if (type == "url") hint = TypeHint::url;
    else if (type == "email-addr") hint = TypeHint::email;
    if (hint != TypeHint::any) return observed(string_member(o, "value"), hint, owner);
    const auto hashes = object_member(o, "hashes");
    if (!hashes || (type != "file" && type != "artifact")) return reading_.out().pass_over(type);
    for (const auto field : *hashes) {
      const auto value = as_string(field.value);
      if (intel::hash_type_of_length(value.size()) && !icontains(field.key, "sha3")) observed(value, TypeHint::hash, owner);
      else reading_.out().pass_over("file:hashes." + std::string(field.key));
    }
  }

  void observed(std::string_view value, TypeHint hint, JsonObject owner) {
    observables_read_ = true;
    const Location where = record_.where;
    record_.clear();
    record_.where = where;
    context_.describe(owner, string_member(owner, "id"), record_.context);
    if (const auto t = member(owner, "first_observed")) record_.first_seen = as_time(*t);
    if (const auto t = member(owner, "last_observed")) record_.last_seen = as_time(*t);
    record_.value = value;
    record_.hint = hint;
    reading_.out().emit(record_);
  }

  JsonReading reading_;
  JsonHead head_;
  StixContext context_;
  JsonBacklog backlog_;
  RawRecord record_;
  std::string pointer_;
  std::uint64_t revoked_ = 0;
  bool any_indicator_ = false, observables_read_ = false, in_bundle_ = false;
};

/// A STIX id belongs to its type: "indicator--…".
bool is_stix_object(const JsonHead& head, int depth) {
  const auto* type = head.find("type", depth);
  const auto* id = head.find("id", depth);
  return type != nullptr && id != nullptr && type->kind == '"' && id->kind == '"' && id->text.starts_with(type->text) &&
         id->text.substr(type->text.size()).starts_with("--");
}

class StixReader final : public FeedReader {
 public:
  std::string_view name() const override { return "stix"; }
  std::string_view description() const override { return "STIX 2.0 and 2.1: bundles, TAXII envelopes, objects in an array or one a line"; }

  int sniff(std::string_view text, std::string_view) const override {
    const auto begin = trim(text);
    if (begin.empty() || (begin.front() != '{' && begin.front() != '[')) return 0;
    JsonHead head;
    head.scan(text, 3, 400);
    const auto* type = head.find("type", 1);
    if (head.root == '{' && type != nullptr && type->text == "bundle") return 98;
    if (head.root == '{' && (is_stix_object(head, 1) || (head.has("objects", 1) && is_stix_object(head, 3)))) return 95;
    const auto* inner = head.find("type", 2);
    if (head.root == '[' && (is_stix_object(head, 2) || (inner != nullptr && inner->text == "bundle"))) return 95;
    return 0;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    StixInput input(in, out);
    const Status status = split_json(in.stream, input);
    input.finish();
    return status;
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_stix_reader() { return std::make_unique<StixReader>(); }

}  // namespace mozu::formats
