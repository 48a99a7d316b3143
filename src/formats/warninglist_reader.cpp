// MISP warning lists: values that are known to be harmless or too common to be indicators. Meant as suppression lists.
#include <fmt/core.h>

#include "json_head.hpp"
#include "json_reading.hpp"
#include "mozu/base/text.hpp"
#include "shape.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

/// What the attribute types that the list is for say about its values.
TypeHint hint_of_list(JsonObject list) {
  bool network = false, hash = false, mail = false, address = false;
  for (const auto& type : string_list(list, "matching_attributes")) {
    if (type.find("ip-") != std::string::npos) address = true;
    if (type == "domain" || type == "hostname" || type == "url" || type == "uri") network = true;
    if (type == "md5" || type == "sha1" || type == "sha256") hash = true;
    if (type.find("email") != std::string::npos) mail = true;
  }
  if (hash && !network && !mail && !address) return TypeHint::hash;
  if (address && !network && !hash && !mail) return TypeHint::ip;
  return TypeHint::any;
}

class WarninglistReader final : public FeedReader {
 public:
  std::string_view name() const override { return "warninglist"; }
  std::string_view description() const override { return "MISP warning lists (cidr, hostname, string), to be used as suppression lists"; }

  int sniff(std::string_view text, std::string_view) const override {
    if (trim(text.substr(0, 256)).starts_with('{') == false) return 0;
    JsonHead head;
    head.scan(text, 1, 20);
    const auto* list = head.find("list", 1);
    if (list == nullptr || list->kind != '[') return 0;
    if (head.has("matching_attributes", 1)) return 97;
    // Long lists push the other members out of sight; the description stands before the list.
    return head.has("description", 1) && !head.closed ? 85 : 0;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    MOZU_LET(const std::string text, read_all(in.stream, std::min<std::size_t>(in.document_bytes_max, std::size_t{64} << 20)));
    JsonParser parser;
    MOZU_LET(const JsonElement root, parser.parse(text, false));
    JsonObject list;
    const auto values = root.get(list) == simdjson::SUCCESS ? array_member(list, "list") : std::nullopt;
    if (!values) return fail("warninglist", "a warning list is an object with a member \"list\"");
    const auto type = string_member(list, "type");
    RawRecord record;
    record.hint = hint_of_list(list);
    record.context.emplace_back("description", fmt::format("warning list: {}", string_member(list, "name")));
    std::uint64_t index = 0;
    for (const JsonElement e : *values) one(as_string(e), type, index++, record, out);
    return {};
  }

 private:
  /// hostname: the name and all below it. string: the value alone, except that a leading dot means "below", as the lists use it.
  static void one(std::string_view value, std::string_view type, std::uint64_t index, RawRecord& record, Emitter& out) {
    record.where.path = fmt::format("/list/{}", index);
    value = trim(value);
    if (type != "string" && type != "hostname" && type != "cidr") return out.pass_over(fmt::format("{} entry", type.empty() ? "untyped" : type));
    if (value.empty()) {
      Diagnostic d{Severity::warning, "warninglist", "an entry is no text, or empty", {}, {}};
      d.where.path = record.where.path;
      return out.refuse(std::move(d));
    }
    if (record.hint == TypeHint::hash && !intel::hash_type_of_length(value.size())) return out.pass_over("other kind of hash");
    const bool below = value.front() == '.';
    if (below) value.remove_prefix(1);
    record.value = value;
    record.exact_only = type == "string" && !below;
    const Shape shape = shape_of(value);
    if (type != "cidr" && record.hint == TypeHint::any && (shape == Shape::none || shape == Shape::domain)) {
      if (value.find('.') == std::string_view::npos) return out.pass_over("top-level domain or word");
      if (value.find_first_of(" /@?=&") == std::string_view::npos) {
        record.hint = TypeHint::domain;
        out.emit(record);
        record.hint = TypeHint::any;
        return;
      }
    }
    out.emit(record);
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_warninglist_reader() { return std::make_unique<WarninglistReader>(); }

}  // namespace mozu::formats
