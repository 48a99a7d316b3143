// JSON whose shape nobody fixed: abuse.ch exports, commercial records, lists and whatever a mapping describes; one document
// or one record a line.
#include <fmt/core.h>

#include "json_head.hpp"
#include "json_mapping.hpp"
#include "json_reading.hpp"
#include "json_records.hpp"
#include "mozu/base/text.hpp"
#include "not_a_feed.hpp"

namespace mozu::formats {
namespace {

/// JSON that is something else, by the names it begins with.
std::optional<std::string_view> other_document(const JsonHead& h) {
  const auto has = [&](std::string_view key) { return h.has(key, 1); };
  if (h.root != '{') return std::nullopt;
  if (has("$schema") || has("allOf") || (has("properties") && (has("type") || h.members.front().key == "properties"))) return "a JSON schema";
  if (has("/discovery")) return "the data of a TAXII server";
  if (has("GalaxyCluster") || (has("namespace") && has("icon"))) return "a MISP galaxy";
  if (has("values") && has("authors") && has("uuid")) return "a cluster file of a MISP galaxy";
  if (has("requiredOneOf") || (has("attributes") && has("meta-category"))) return "the template of a MISP object";
  if (has("techniques") && has("domain")) return "an ATT&CK Navigator layer";
  return std::nullopt;
}

class JsonInput final : public JsonSplitHandler {
 public:
  JsonInput(ReaderInput& in, Emitter& out) : reading_(in, out), records_(out) {}

  Action on_container(const JsonPath& path, std::string_view ahead) override {
    if (path.empty()) {
      ++roots_;
      if (ahead.front() == '[') return Action::open;
      return roots_ > 1 || is_record(ahead) || (head_.closed && !head_.after.empty()) ? Action::take : Action::open;
    }
    if (!path.back().is_key) return Action::take;  // elements
    const JsonKey& k = records_.key(path.back().key);
    if (k.known && k.role != ColumnRole::value && path.back().key != "files") return Action::skip;
    if (ahead.front() == '[') return Action::open;
    // A dictionary of records is opened only if it is long: short objects are judged whole.
    head_.scan(ahead, 1, 64);
    return !head_.closed && path.size() < 4 && !has_value_member() ? Action::open : Action::take;
  }

  void on_value(const JsonPath& path, std::string_view text, std::uint64_t line) override {
    const std::string pointer = json_pointer(path);
    const std::string name = name_of(path);
    const bool container = text.front() == '{' || text.front() == '[';
    if (!container && text.front() != '"' && !(path.size() == 1 && path[0].is_key)) return;
    const auto e = reading_.parse(text, line, pointer);
    if (!e) return;
    if (container) return records_.walk(*e, name, line, pointer);
    const bool element = path.empty() || !path.back().is_key;
    if (element) records_.plain_value(as_string(*e), name, line, pointer, path.size() <= 1);
    else if (path.size() == 1) records_.outer_member(name, *e);
  }

  void on_close(const JsonPath& path) override {
    if (path.empty()) records_.forget_outer();
  }

  void on_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost) override {
    reading_.refuse_break(path, line, std::move(message), lost);
  }

  Status finish() {
    reading_.finish();
    if (records_.records() != 0 || reading_.refusals() != 0) return {};
    auto d = not_a_feed_diagnostic("JSON in which no member is known to hold an indicator");
    d.hint = "if it is a feed, say where its values stand: [feed.mapping] value = \"data[].ioc\"";
    return fail(std::move(d));
  }

 private:
  static std::string name_of(const JsonPath& path) {
    for (auto it = path.rbegin(); it != path.rend(); ++it)
      if (it->is_key) return it->key;
    return {};
  }

  bool has_value_member() {
    for (const auto& m : head_.members)
      if (m.depth == 1 && m.kind == '"' && records_.key(m.key).role == ColumnRole::value) return true;
    return false;
  }

  bool is_record(std::string_view ahead) {
    head_.scan(ahead, 1, 64);
    return has_value_member();
  }

  JsonReading reading_;
  JsonRecords records_;
  JsonHead head_;
  std::uint64_t roots_ = 0;
};

class JsonReader final : public FeedReader {
 public:
  explicit JsonReader(bool lines) : lines_(lines) {}
  std::string_view name() const override { return lines_ ? "ndjson" : "json"; }
  std::string_view description() const override {
    return lines_ ? "one JSON record a line, members by well-known names or a mapping" : "JSON records and lists: abuse.ch, commercial feeds, or by a mapping";
  }

  int sniff(std::string_view text, std::string_view) const override {
    const auto begin = trim(text);
    if (begin.empty() || (begin.front() != '{' && begin.front() != '[')) return 0;
    JsonHead head;
    head.scan(text, 1, 20);
    if (head.root == '[' && head.element != '{' && head.element != '"' && head.element != '[' && !head.closed) return 0;
    if (head.root == '[' && head.element != 0 && head.element != '{' && head.element != '"' && head.element != '[') return 0;
    if (head.root == '{' && head.members.empty() && !head.closed) return 0;
    const bool more = head.closed && !head.after.empty() && (head.after.front() == '{' || head.after.front() == '[');
    if (head.closed && !head.after.empty() && !more && head.root == '[') return 0;  // "[Adblock …] …" and kin
    return more == lines_ ? 84 : 60;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    PeekStream stream(in.stream);
    if (!in.settings.mapping.empty()) {
      MOZU_LET(const auto mapping, JsonMapping::create(in, out));
      MOZU_TRY(split_json(stream, *mapping));
      return mapping->finish();
    }
    JsonHead head;
    head.scan(stream.head(), 1, 100);
    if (const auto what = other_document(head)) return fail(not_a_feed_diagnostic(*what));
    JsonInput input(in, out);
    const Status status = split_json(stream, input);
    const Status end = input.finish();
    return status ? end : status;
  }

 private:
  bool lines_;
};

}  // namespace

std::unique_ptr<FeedReader> make_json_reader() { return std::make_unique<JsonReader>(false); }
std::unique_ptr<FeedReader> make_ndjson_reader() { return std::make_unique<JsonReader>(true); }

}  // namespace mozu::formats
