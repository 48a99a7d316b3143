#include "knowledge_json.hpp"

#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

class Records final : public JsonSplitHandler {
 public:
  Records(ObjectEmitter& out, std::string_view list, const JsonRecord& record, const std::function<void(std::string_view, std::string_view)>& outer)
      : out_(out),
        list_(list),
        record_(record),
        outer_(outer) {}

  Action on_container(const JsonPath& path, std::string_view ahead) override {
    if (!out_.status()) return Action::skip;
    if (path.empty()) return ahead.front() == '[' || !list_.empty() ? Action::open : Action::take;
    if (path.size() == 1 && path[0].is_key) return path[0].key == list_ && ahead.front() == '[' ? Action::open : outer_ ? Action::take : Action::skip;
    return Action::take;
  }

  void on_value(const JsonPath& path, std::string_view text, std::uint64_t line) override {
    if (!out_.status()) return;
    if (path.size() == 1 && path[0].is_key) {
      if (outer_) outer_(path[0].key, text);
      return;
    }
    Location where{{}, line, json_pointer(path)};
    auto e = parser_.parse(text);
    JsonObject o;
    if (!e) {
      e.error().where = where;
      e.error().hint = "this record is left out, the others are kept";
      return out_.refuse(std::move(e).error());
    }
    if (e->get(o) != simdjson::SUCCESS) return out_.refuse("json-record", "an object should stand here", where);
    record_(o, where);
  }

  void on_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost) override {
    Diagnostic d{Severity::warning,
                 "json-broken",
                 "broken JSON: " + std::move(message),
                 {{}, line, json_pointer(path)},
                 lost ? "what was read before it is kept; an unknown rest is missing" : "what was read before it is kept, and reading goes on after it"};
    lost ? out_.lose(std::move(d)) : out_.refuse(std::move(d));
  }

 private:
  ObjectEmitter& out_;
  std::string_view list_;
  const JsonRecord& record_;
  const std::function<void(std::string_view, std::string_view)>& outer_;
  JsonParser parser_;
};

}  // namespace

Status for_each_record(ByteStream& in, ObjectEmitter& out, std::string_view list, const JsonRecord& record,
                       const std::function<void(std::string_view, std::string_view)>& outer) {
  Records records(out, list, record, outer);
  return split_json(in, records, {.element_bytes_max = knowledge_document_bytes_max, .depth_max = stix_nesting_max});
}

JsonHead json_head(std::string_view text, int depth, std::size_t members) {
  JsonHead head;
  const auto begin = trim(text.substr(0, 512));
  if (!begin.empty() && (begin.front() == '{' || begin.front() == '[')) head.scan(text, depth, members);
  return head;
}

}  // namespace mozu::formats
