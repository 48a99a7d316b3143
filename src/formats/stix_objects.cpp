// From bundles, envelopes, arrays and lines to STIX objects.
#include "mozu/formats/stix_objects.hpp"

#include <algorithm>

#include "json_access.hpp"
#include "json_head.hpp"
#include "json_split.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

class ObjectInput final : public JsonSplitHandler {
 public:
  ObjectInput(const std::string& name, const StixObjectSink& sink, Diagnostics& diagnostics, StixReadStatistics& statistics)
      : name_(name),
        sink_(sink),
        diagnostics_(diagnostics),
        statistics_(statistics) {}

  Action on_container(const JsonPath& path, std::string_view ahead) override {
    if (!status_) return Action::skip;
    if (path.empty() && ahead.front() == '[') return Action::open;
    if (ahead.front() == '{' && (path.empty() || (path.size() == 1 && !path[0].is_key))) return is_stix_bundle(head_, ahead) ? Action::open : Action::take;
    if (path.back().is_key) return path.back().key == "objects" && ahead.front() == '[' ? Action::open : Action::skip;
    return Action::take;
  }

  void on_value(const JsonPath& path, std::string_view text, std::uint64_t line) override {
    if (!status_) return;
    if (text.front() != '{') {
      if (path.empty() || !path.back().is_key) refuse({Severity::warning, "stix-type", "a STIX object should stand here", {}, {}}, path, line);
      return;
    }
    // Its beginning did not show that it is a bundle: "objects" came late. Bundles are never kept as objects.
    if (path.size() < 2 && text.size() > 1 && late_bundle(text)) return members(path, line);
    object(text, path, line);
  }

  void on_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost) override {
    Diagnostic d{lost ? Severity::error : Severity::warning,
                 "json-broken",
                 "broken JSON: " + std::move(message),
                 {},
                 lost ? "what was read before it is kept; an unknown rest is missing" : "what was read before it is kept, and reading goes on after it"};
    statistics_.cut_off += lost;
    refuse(std::move(d), path, line);
  }

  const Status& status() const { return status_; }

 private:
  bool late_bundle(std::string_view text) {
    if (text.find("\"bundle\"") == std::string_view::npos) return false;
    const auto root = parser_.parse(text);
    JsonObject o;
    if (!root || root->get(o) != simdjson::SUCCESS || string_member(o, "type") != "bundle") return false;
    late_.clear();
    if (const auto objects = array_member(o, "objects"))
      for (const JsonElement e : *objects) late_.push_back(simdjson::minify(e));
    return true;
  }

  void members(JsonPath path, std::uint64_t line) {
    path.push_back({true, "objects", 0});
    path.push_back({});
    for (const auto& text : late_) {
      if (!status_) return;
      object(text, path, line);
      ++path.back().index;
    }
  }

  void object(std::string_view text, const JsonPath& path, std::uint64_t line) {
    statistics_.bytes += text.size();
    if (auto read = reader_.read(text, object_); !read) {
      read.error().severity = Severity::warning;  // one object of many
      return refuse(std::move(read).error(), path, line);
    }
    ++statistics_.objects;
    status_ = sink_(std::move(object_));
  }

  void refuse(Diagnostic d, const JsonPath& path, std::uint64_t line) {
    ++statistics_.refused;
    d.where.file = name_;
    d.where.line = line;
    d.where.path = json_pointer(path) + d.where.path;
    if (d.hint.empty()) d.hint = "this object is left out, the others are kept";
    diagnostics_.add(std::move(d));
  }

  const std::string& name_;
  const StixObjectSink& sink_;
  Diagnostics& diagnostics_;
  StixReadStatistics& statistics_;
  StixObjectReader reader_;
  JsonParser parser_;
  JsonHead head_;
  intel::StixObject object_;
  std::vector<std::string> late_;
  Status status_;
};

class ViewStream final : public ByteStream {
 public:
  explicit ViewStream(std::string_view bytes) : rest_(bytes) {}
  Result<std::size_t> read(std::span<char> out) override {
    const auto n = std::min(out.size(), rest_.size());
    std::copy_n(rest_.data(), n, out.data());
    rest_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view rest_;
};

}  // namespace

Status read_stix_objects(const std::string& name, ByteStream& in, const StixObjectSink& sink, Diagnostics& diagnostics, StixReadStatistics& statistics) {
  ObjectInput input(name, sink, diagnostics, statistics);
  const JsonSplitLimits limits{.element_bytes_max = stix_object_bytes_max, .depth_max = stix_nesting_max};
  Status status = split_json(in, input, limits);
  if (!input.status()) return input.status();
  return status;
}

Status read_stix_objects(const std::string& name, std::string_view bytes, const StixObjectSink& sink, Diagnostics& diagnostics,
                         StixReadStatistics& statistics) {
  ViewStream stream(bytes);
  return read_stix_objects(name, stream, sink, diagnostics, statistics);
}

}  // namespace mozu::formats
