// Indicators of any feed format → indicator objects.
#include <fmt/core.h>

#include <algorithm>

#include "knowledge_reader.hpp"
#include "mozu/base/text.hpp"
#include "not_a_feed.hpp"
#include "object_text.hpp"
#include "replay_stream.hpp"

namespace mozu::formats {
namespace {

/// Context of an indicator, sorted into what STIX has a place for; the rest is x_mozu_context.
struct SortedContext {
  std::string description, first_seen, last_seen;
  intel::Tlp tlp = intel::Tlp::none;
  std::vector<std::string> labels;
  std::vector<ExternalReference> references;
  std::vector<std::pair<std::string, std::string>> phases, rest;

  void add(const std::string& name, const std::string& value) {
    if (name == "description" && description.empty()) description = value;
    else if (name == "first_seen") first_seen = value;
    else if (name == "last_seen") last_seen = value;
    else if (name == "reference") references.push_back({reference_source(value), {}, value, {}});
    else if (name == "attack") references.push_back({"mitre-attack", value, {}, {}});
    else if (name == "tags" || name == "category") labels.push_back(value);
    else if (const auto colon = value.find(':'); name == "killchain" && colon != std::string::npos && colon > 0 && colon + 1 < value.size())
      phases.emplace_back(value.substr(0, colon), value.substr(colon + 1));
    else if (const auto t = name == "tlp" ? intel::parse_tlp(value) : std::nullopt) tlp = std::max(tlp, *t);
    else rest.emplace_back(name, value);
  }
};

class IndicatorObjects {
 public:
  explicit IndicatorObjects(ObjectEmitter& out) : out_(out) {}

  void add(const intel::Indicator& i) {
    SortedContext c;
    for (const auto& [name, value] : i.context) c.add(name, value);
    const auto seen = [](const std::string& s) { return s.empty() ? std::string() : stix_time_of(s); };
    const std::string first = seen(c.first_seen), last = seen(c.last_seen);
    const std::string from = i.valid_from && i.valid_from->ms > 0 ? stix_time(*i.valid_from) : first.empty() ? std::string(undated) : first;
    const std::string created = first.empty() ? from : std::min(first, from);
    object_.begin("indicator", id_of(i), created, last.empty() ? created : std::max(created, last));
    object_.text("name", i.pattern.value)
        .text("description", description_or_source(c.description, out_.source()))
        .text("pattern", stix_pattern_of(i.pattern))
        .text("pattern_type", "stix")
        .text("valid_from", from);
    if (i.valid_until && stix_time(*i.valid_until) > from) object_.text("valid_until", stix_time(*i.valid_until));
    if (i.confidence != 0) object_.json().field("confidence", static_cast<unsigned>(i.confidence));
    auto labels = i.labels;
    labels.insert(labels.end(), c.labels.begin(), c.labels.end());
    object_.list("labels", labels).marking(c.tlp);
    if (!c.phases.empty()) {
      auto& w = object_.json();
      w.key("kill_chain_phases").begin_array();
      for (const auto& [chain, phase] : c.phases)
        w.begin_object().field("kill_chain_name", std::string_view(chain)).field("phase_name", std::string_view(phase)).end_object();
      w.end_array();
    }
    add_external_references(object_, c.references);
    if (i.exact_only) object_.json().field("x_mozu_exact_only", true);
    if (!last.empty()) object_.text("x_mozu_last_seen", last);
    context(c.rest);
    out_.emit(object_.end());
  }

 private:
  std::string id_of(const intel::Indicator& i) const {
    if (intel::type_of_id(i.id) == "indicator") {
      // A pattern of several values gives several indicators of one id; none of them may hide another.
      if (i.id != last_id_) return last_id_ = i.id;
      return made_id("indicator", {i.id, intel::short_name(i.pattern.kind), i.pattern.value});
    }
    return made_id("indicator", {out_.source(), intel::short_name(i.pattern.kind), i.pattern.value});
  }

  /// {"actor":["A","B"],…}: names in order of first appearance.
  void context(const std::vector<std::pair<std::string, std::string>>& rest) {
    if (rest.empty()) return;
    auto& w = object_.json();
    w.key("x_mozu_context").begin_object();
    for (auto it = rest.begin(); it != rest.end(); ++it) {
      if (std::any_of(rest.begin(), it, [&](const auto& r) { return r.first == it->first; })) continue;
      w.key(it->first).begin_array();
      for (auto same = it; same != rest.end(); ++same)
        if (same->first == it->first) w.value(std::string_view(same->second));
      w.end_array();
    }
    w.end_object();
  }

  ObjectEmitter& out_;
  ObjectText object_;
  mutable std::string last_id_;
};

/// Ends when nobody takes objects any more (the import was stopped, the disk is full): the rest need not be read.
class WhileTaken final : public ByteStream {
 public:
  WhileTaken(ByteStream& in, const ObjectEmitter& out) : in_(in), out_(out) {}
  Result<std::size_t> read(std::span<char> to) override {
    if (!out_.status()) return fail(out_.status().error());
    return in_.read(to);
  }

 private:
  ByteStream& in_;
  const ObjectEmitter& out_;
};

constexpr const char* empty_hint = "there is nothing in it to keep; ask its sender for the whole file, or leave it out";

}  // namespace

Status read_feed_objects(ByteStream& in, std::string_view head, ObjectEmitter& out, const std::string& format) {
  if (const auto what = format.empty() ? foreign_json(head) : std::nullopt) {
    auto d = not_a_feed_diagnostic(*what);
    d.code = "not-knowledge",
    d.hint = what->starts_with("an empty") ? empty_hint : "if it is a feed all the same, --format json (or ndjson: one record a line) reads it as one";
    return fail(std::move(d));
  }
  FeedSettings settings;
  settings.format = format;
  settings.info.name = out.source();
  settings.broad_hint = "it is left out; in a list of false positives it belongs: [[feed]] suppression = true of `mozu index build`";
  FeedStatistics feed;
  IndicatorObjects objects(out);
  WhileTaken taken(in, out);
  Status status = read_feed_member(
      taken, out.file(), settings, Timestamp{},
      [&](const intel::Indicator& i) {
        if (out.status()) objects.add(i);
      },
      out.diagnostics(), feed);
  auto& statistics = out.statistics();
  statistics.format = feed.format;
  statistics.refused += feed.refused;
  statistics.cut_off += feed.cut_off;
  statistics.passed_over += feed.passed_over;
  for (const auto& [kind, n] : feed.passed_over_by_kind) statistics.passed_over_by_kind[kind] += n;
  if (!status && status.error().code == "not-a-feed") {
    status.error().code = "not-knowledge";
    const bool empty = trim(head).empty();
    status.error().hint =
        empty ? empty_hint
              : "reports in PDF, HTML or text are read by `mozu extract`; if it is a feed all the same, --format names its format (plain, text, csv, json …)";
  }
  return status;
}

}  // namespace mozu::formats
