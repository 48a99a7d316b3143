#include "mozu/formats/stix_edit.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/json_read.hpp"
#include "mozu/base/json_write.hpp"
#include "object_text.hpp"
#include "stix_context.hpp"

namespace mozu::formats {
namespace {

constexpr std::size_t markings_max = 1000;
constexpr std::string_view replaced[] = {"modified", "confidence", "valid_until", "revoked", "labels", "object_marking_refs"};

Result<std::vector<std::string>> labels_of(const JsonObject& o, const StixEdit& edit) {
  auto labels = string_list(o, "labels", edited_labels_max + 1);  // one more shows that there are too many
  std::erase_if(labels, [&](const std::string& label) { return std::ranges::find(edit.remove_labels, label) != edit.remove_labels.end(); });
  for (const auto& label : edit.add_labels)
    if (std::ranges::find(labels, label) == labels.end()) labels.push_back(label);
  if (labels.size() > edited_labels_max) return fail("edit-labels", fmt::format("an object keeps at most {} labels", edited_labels_max));
  return labels;
}

/// Markings that are no TLP stay; of TLP markings one is left.
Result<std::vector<std::string>> markings_of(const JsonObject& o, intel::Tlp tlp) {
  auto refs = string_list(o, "object_marking_refs", markings_max + 1);
  if (refs.size() > markings_max) return fail("edit-markings", fmt::format("an object that is edited has at most {} markings", markings_max));
  intel::Tlp borne = intel::Tlp::none;
  for (const auto& ref : refs)
    if (const auto said = intel::parse_tlp(well_known_tlp(ref))) borne = std::max(borne, *said);
  if (tlp <= borne) return refs;
  std::erase_if(refs, [](const std::string& ref) { return !well_known_tlp(ref).empty(); });
  refs.emplace_back(tlp_marking(tlp));
  return refs;
}

void write_list(JsonWriter& w, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;  // STIX 2.1: no empty lists
  w.key(key).begin_array();
  for (const auto& text : texts) w.value(text);
  w.end_array();
}

}  // namespace

Result<std::string> edit_stix_object(std::string_view json, const StixEdit& edit, Timestamp now) {
  simdjson::dom::parser parser;
  JsonObject o;
  if (parser.parse(json.data(), json.size()).get(o) != simdjson::SUCCESS) return fail("json-invalid", "what is stored is no JSON object");
  if (const auto from = parse_time_iso(string_member(o, "valid_from")); edit.valid_until && from && *edit.valid_until <= *from)
    return fail("edit-valid-until", fmt::format("{} would end before it begins to be valid, {}", string_member(o, "id"), format_time(*from)));
  MOZU_LET(const auto labels, labels_of(o, edit));
  MOZU_LET(const auto markings, markings_of(o, edit.tlp));
  if (const auto before = parse_time_iso(string_member(o, "modified"))) now = std::max(now, Timestamp{before->ms + 1});
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  for (const auto [key, value] : o)
    if (std::ranges::find(replaced, key) == std::end(replaced)) w.key(key).raw(simdjson::minify(value));
  w.field("modified", format_time(now));
  if (edit.confidence) w.field("confidence", static_cast<unsigned>(*edit.confidence));
  else if (const auto kept = member(o, "confidence")) w.key("confidence").raw(simdjson::minify(*kept));
  if (edit.valid_until) w.field("valid_until", format_time(*edit.valid_until));
  else if (const auto kept = member(o, "valid_until")) w.key("valid_until").raw(simdjson::minify(*kept));
  if (edit.revoke || flag_member(o, "revoked")) w.field("revoked", true);
  write_list(w, "labels", labels);
  write_list(w, "object_marking_refs", markings);
  w.end_object();
  return out;
}

}  // namespace mozu::formats
