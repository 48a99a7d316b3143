// Private to the room: reading JSON, above all what clients send. Included by .cpp files only.
#pragma once
#include <algorithm>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/json_read.hpp"
#include "mozu/base/result.hpp"
#include "mozu/base/text.hpp"
#include "mozu/server/http.hpp"

namespace mozu::server {

/// "field-invalid" for a member that is none of these: a slip ("username") must not look like a wrong password. `of`: where the object stands, "/subscriptions/0".
inline Status only_fields(JsonObject object, std::initializer_list<std::string_view> names, std::string_view of = {}) {
  for (const auto member : object) {
    if (std::find(names.begin(), names.end(), member.key) != names.end()) continue;
    std::string list;
    for (const auto name : names) list += (list.empty() ? "" : ", ") + std::string(name);
    Diagnostic d{Severity::error, "field-invalid", "there is no field '" + printable(member.key, 60) + "'", {}, "fields are " + list};
    d.where.path = std::string(of) + "/" + printable(member.key, 60);
    return fail(std::move(d));
  }
  return {};
}

/// application/json, or another type that is written in it (RFC 6839). Nothing that a page of another place may send unasked looks like that.
inline bool is_json(const Request& request) {
  const std::string_view type = request.header("content-type");
  const std::string_view media = trim(type.substr(0, type.find(';')));
  return iequals(media, "application/json") || (istarts_with(media, "application/") && media.size() > 5 && iequals(media.substr(media.size() - 5), "+json"));
}

/// The object that a request's body is. Nothing it gives is valid after it is gone.
class JsonBody {
 public:
  static Result<JsonBody> parse(const Request& request) {
    if (!is_json(request)) return fail("content-type", "the body must be JSON", "send the header Content-Type: application/json");
    JsonBody out;
    if (out.parser_->parse(request.body.data(), request.body.size()).get(out.object_) != simdjson::SUCCESS)
      return fail("json-invalid", "the body is no JSON object");
    return out;
  }
  Status only(std::initializer_list<std::string_view> names) const { return only_fields(object_, names); }
  bool has(std::string_view key) const { return member(object_, key).has_value(); }
  /// Absent: what is given. Of another type: "field-invalid".
  Result<std::string> text(std::string_view key, std::string_view otherwise = {}) const {
    return get<std::string_view, std::string>(key, std::string(otherwise), "a text");
  }
  Result<bool> flag(std::string_view key, bool otherwise) const { return get<bool, bool>(key, otherwise, "true or false"); }
  Result<std::int64_t> number(std::string_view key, std::int64_t otherwise) const {
    // 1.0 is a whole number, too (JSON Schema).
    if (double d = 0; has(key) && object_.at_key(key).is_double() && object_.at_key(key).get(d) == simdjson::SUCCESS && d >= -9e15 && d <= 9e15 &&
                      static_cast<double>(static_cast<std::int64_t>(d)) == d)
      return static_cast<std::int64_t>(d);
    return get<std::int64_t, std::int64_t>(key, otherwise, "a whole number");
  }
  Result<std::vector<std::string>> texts(std::string_view key) const {
    std::vector<std::string> out;
    if (!has(key)) return out;
    const auto list = array_member(object_, key);
    if (!list) return wrong(key, "a list of texts");
    for (const JsonElement e : *list) {
      std::string_view s;
      if (e.get(s) != simdjson::SUCCESS) return wrong(key, "a list of texts");
      out.emplace_back(s);
    }
    return out;
  }
  JsonObject object() const { return object_; }

 private:
  std::unique_ptr<simdjson::dom::parser> parser_ = std::make_unique<simdjson::dom::parser>();  // objects point into it
  JsonObject object_;

  static std::unexpected<Diagnostic> wrong(std::string_view key, std::string_view wanted) {
    Diagnostic d{Severity::error, "field-invalid", std::string(key) + " is not " + std::string(wanted), {}, {}};
    d.where.path = "/" + std::string(key);
    return fail(std::move(d));
  }
  template <class From, class To>
  Result<To> get(std::string_view key, To otherwise, std::string_view wanted) const {
    if (!has(key)) return otherwise;
    From value{};
    if (object_.at_key(key).get(value) != simdjson::SUCCESS) return wrong(key, wanted);
    return To(value);
  }
};

}  // namespace mozu::server
