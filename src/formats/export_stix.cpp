// STIX 2.1 bundles, object by object: what was stored goes out byte for byte.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "export_values.hpp"
#include "mozu/base/hash.hpp"
#include "object_text.hpp"

namespace mozu::formats {
namespace {

constexpr std::array levels = {intel::Tlp::clear, intel::Tlp::green, intel::Tlp::amber, intel::Tlp::amber_strict, intel::Tlp::red};

/// The definitions of TLP 2.0 in STIX 2.1 (OASIS, October 2022).
std::string tlp_definition(intel::Tlp tlp) {
  constexpr std::string_view words[] = {"", "clear", "green", "amber", "amber+strict", "red"};
  return fmt::format(
      R"({{"type":"marking-definition","spec_version":"2.1","id":"{}","created":"2022-10-01T00:00:00.000Z","name":"{}",)"
      R"("extensions":{{"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d":{{"extension_type":"property-extension","tlp_2_0":"{}"}}}}}})",
      tlp_marking(tlp), intel::name(tlp), words[static_cast<std::size_t>(tlp)]);
}

class StixBundle final : public KnowledgeWriter {
 public:
  StixBundle(const ExportSettings& settings, ExportSink sink) : settings_(settings), out_(std::move(sink)) {}

  Status put(const ExportObject& o) override {
    std::string json(o.json);
    for (const auto level : levels)
      if (json.find(tlp_marking(level)) != std::string::npos) (o.id == tlp_marking(level) ? given_ : used_).insert(level);
    extended_ |= json.find(extension_id) != std::string::npos;
    defined_ |= o.id == extension_id;
    MOZU_TRY(mark(json, o));
    MOZU_TRY(begin());
    ++written_;
    return object(json);
  }

  Status end() override {
    MOZU_TRY(begin());
    for (const auto level : used_)
      if (!given_.contains(level)) MOZU_TRY(object(tlp_definition(level)));
    if (extended_ && !defined_) {
      MOZU_TRY(object(extension_author()));
      MOZU_TRY(object(extension_definition()));
    }
    MOZU_TRY(out_.write("\n]}\n"));
    return out_.flush();
  }

 private:
  Status begin() {
    if (begun_) return {};
    begun_ = true;
    const auto id = uuid_v4_of("6f1b4c1e-0a5d-5b0e-9a53-6d6f7a750001", fmt::format("bundle {} {}", settings_.title, settings_.now.ms));
    return out_.write(fmt::format(R"({{"type":"bundle","id":"bundle--{}","objects":[)", id));
  }
  Status object(std::string_view json) {
    MOZU_TRY(out_.write(first_ ? "\n" : ",\n"));
    first_ = false;
    return out_.write(json);
  }

  /// What the import said is stricter than what the object says: the reader of the bundle must know.
  Status mark(std::string& json, const ExportObject& o) {
    if (o.tlp == intel::Tlp::none || o.type == "marking-definition") return {};
    JsonObject object;
    MOZU_LET(const auto element, parser_.parse(json, false));
    if (element.get(object) != simdjson::SUCCESS) return {};
    const auto refs = string_list(object, "object_marking_refs", 1000);
    intel::Tlp said = intel::Tlp::none;
    for (const auto level : levels)
      for (const auto& ref : refs)
        if (ref == tlp_marking(level) || ref == old_marking(level)) said = std::max(said, level);
    if (said >= o.tlp) return {};
    used_.insert(o.tlp);
    std::string out = "{";
    bool any = false;
    const auto comma = [&] {
      if (any) out += ',';
      any = true;
    };
    for (const auto [key, value] : object) {
      if (key == "object_marking_refs") continue;
      comma();
      append_json_string(out, key);
      out += ':' + simdjson::minify(value);
    }
    comma();
    out += "\"object_marking_refs\":[";
    for (const auto& ref : refs) {
      append_json_string(out, ref);
      out += ',';
    }
    out += fmt::format("\"{}\"]}}", tlp_marking(o.tlp));
    json = std::move(out);
    return {};
  }

  /// TLP 1.0 has definitions of its own in STIX 2.1 §7.2.1.4.
  static std::string_view old_marking(intel::Tlp tlp) {
    switch (tlp) {
      case intel::Tlp::clear: return "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9";
      case intel::Tlp::green: return "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da";
      case intel::Tlp::amber: return "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
      case intel::Tlp::red: return "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
      default: return "-";
    }
  }

  ExportSettings settings_;
  ExportOutput out_;
  JsonParser parser_;
  std::set<intel::Tlp> used_, given_;
  bool extended_ = false, defined_ = false;  // custom properties: used; their definition given
  bool begun_ = false, first_ = true;
};

}  // namespace

std::unique_ptr<KnowledgeWriter> make_stix_bundle(const ExportSettings& settings, ExportSink sink) {
  return std::make_unique<StixBundle>(settings, std::move(sink));
}

}  // namespace mozu::formats
