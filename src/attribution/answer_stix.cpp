// An answer as STIX 2.1: the file, its analysis, and how it is related to each of whom it shares code with.
#include <fmt/core.h>

#include <cmath>

#include "mozu/attribution/answer.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/version.hpp"

namespace mozu::attribution {
namespace {

constexpr std::string_view id_space = "2b7c8f0e-6a5d-5c1f-8d34-94a1b6e07f52";
/// STIX 2.1, section 2.9: of the ids of observables.
constexpr std::string_view observable_space = "00abedb4-aa42-466c-9c01-fed23315a9b7";

std::string_view stix_type(gene::EntityType t) {
  switch (t) {
    case gene::EntityType::campaign: return "campaign";
    case gene::EntityType::malware: return "malware";
    case gene::EntityType::tool: return "tool";
    default: return "intrusion-set";
  }
}

class Bundle {
 public:
  Bundle(const Answer& x, Timestamp at) : x_(x), time_(format_time(at)), w_(objects_) {
    const files::FileObject& whole = x_.opened.objects.front();
    w_.begin_array();
    identity_ = id("identity", "mozu attribute");
    begin("identity", identity_);
    w_.field("name", "Mozu, attribution").field("identity_class", "system").end_object();
    std::string contributing;
    JsonWriter(contributing).begin_object().key("hashes").begin_object().field("SHA-256", whole.sha256).end_object().field("name", x_.file).end_object();
    const std::string file = "file--" + uuid_v5(observable_space, contributing);
    w_.begin_object()
        .field("type", "file")
        .field("spec_version", "2.1")
        .field("id", file)
        .key("hashes")
        .begin_object()
        .field("SHA-256", whole.sha256)
        .end_object();
    w_.field("size", whole.bytes).field("name", x_.file).end_object();
    // The same file sent in again is an analysis of its own.
    analysis_ = id("malware-analysis", whole.sha256 + " " + x_.file + " " + time_);
    begin("malware-analysis", analysis_);
    w_.field("created_by_ref", identity_).field("product", "mozu").field("version", version()).field("analysis_ended", time_);
    w_.field("result", "unknown").field("sample_ref", file).end_object();
  }

  void add(const gene::JoinedVerdict& j) {
    const gene::Verdict& v = j.verdict;
    const std::string_view type = stix_type(v.entity.type);
    const std::string who = id(type, v.entity.name);
    begin(type, who);
    w_.field("created_by_ref", identity_).field("name", v.entity.name);
    if (type == "malware") w_.field("is_family", true);
    w_.end_object();
    // STIX names relationships of analyses to malware alone; to all else there is the common one.
    begin("relationship", id("relationship", analysis_ + " " + who));
    w_.field("created_by_ref", identity_).field("relationship_type", type == "malware" ? "static-analysis-of" : "related-to");
    w_.field("source_ref", analysis_).field("target_ref", who).field("confidence", static_cast<std::int64_t>(std::lround(v.confidence * 100)));
    w_.field("description",
             fmt::format(
                 "{} shares {} genes with it, {} of them exclusive, in {} functions, {} of which are mainly its; similarity {:.1f} %, p {}; nearest sample {}",
                 object_path(x_.file, x_.opened.objects[j.object]), v.shared_genes, v.exclusive_genes, v.functions, v.reused_functions, v.similarity * 100,
                 v.p_value ? fmt::format("{:.2g}", *v.p_value) : "not calibrated", v.nearest));
    w_.end_object();
  }

  std::string finish() {
    begin("note", id("note", analysis_));
    w_.field("created_by_ref", identity_).field("abstract", "Shared code");
    w_.field("content", x_.joined.verdicts.empty()
                            ? "Nobody is named: the file shares nothing above the thresholds with anybody known. That is no proof that it is harmless."
                            : "Shared code is no proof of who acted: code is copied, sold and planted.");
    w_.key("object_refs").begin_array().value(analysis_).end_array().end_object().end_array();
    std::string out;
    JsonWriter(out).begin_object().field("type", "bundle").field("id", id("bundle", analysis_)).key("objects").raw(objects_).end_object();
    return out + "\n";
  }

 private:
  const Answer& x_;
  std::string time_, objects_, identity_, analysis_;
  JsonWriter w_;

  static std::string id(std::string_view type, std::string_view contents) {
    return fmt::format("{}--{}", type, uuid_v4_of(id_space, fmt::format("{} {}", type, contents)));
  }
  void begin(std::string_view type, const std::string& id) {
    w_.begin_object().field("type", type).field("spec_version", "2.1").field("id", id).field("created", time_).field("modified", time_);
  }
};

}  // namespace

std::string stix_of(const Answer& x, Timestamp at) {
  Bundle bundle(x, at);
  for (const gene::JoinedVerdict& j : x.joined.verdicts) bundle.add(j);
  return bundle.finish();
}

}  // namespace mozu::attribution
