#include "content.hpp"

#include <fmt/core.h>
#include <zstd.h>

#include <algorithm>

#include "mozu/formats/stix_objects.hpp"

namespace mozu::store {
namespace {

/// Form of the bytes that follow. Never give a number or a dictionary another meaning: bases hold them.
enum Form : char { plain = 0, zstd_1 = 1 };
constexpr int level = 1;
constexpr std::size_t buffer_bytes_kept = std::size_t{1} << 20;
constexpr std::size_t json_bytes_max = formats::stix_object_bytes_max + 4096;

/// Dictionary of Form::zstd_1: the most common at the end, where it is cheapest to refer to.
constexpr std::string_view dictionary_1 =
    R"("number_observed":1,"sighting_of_ref":"where_sighted_refs":["first_seen":"last_seen":"abstract":"content":"authors":["object_refs":[)"
    R"("opinion":"explanation":"context":"suspicious-activity","sample_refs":["analysis_engine":"result":"malicious","product":"sectors":["roles":[)"
    R"("identity_class":"organization","contact_information":"country":"region":"latitude":"longitude":"infrastructure_types":["command-and-control"],)"
    R"("resource_level":"primary_motivation":"secondary_motivations":["goals":["sophistication":"threat_actor_types":["crime-syndicate"],"tool_types":["remote-access"],"tool_version":)"
    R"("x_mitre_modified_by_ref":"identity--c78cb6e5-0c4b-4611-8297-d1b8b55e40b5","x_mitre_domains":["enterprise-attack","mobile-attack","ics-attack"],"x_mitre_attack_spec_version":"3.3.0","x_mitre_version":"1.0",)"
    R"("x_mitre_deprecated":false,"x_mitre_is_subtechnique":true,"x_mitre_platforms":["Windows","Linux","macOS","ESXi","IaaS","SaaS","Network Devices","Containers"],"x_mitre_detection":"x_mitre_data_sources":["x_mitre_contributors":["x_mitre_aliases":[)"
    R"("kill_chain_phases":[{"kill_chain_name":"mitre-attack","phase_name":"defense-evasion"},{"kill_chain_name":"lockheed-martin-cyber-kill-chain","phase_name":"delivery"}],)"
    R"("external_references":[{"source_name":"mitre-attack","external_id":"T1059","url":"https://attack.mitre.org/techniques/T","description":"Retrieved "},{"source_name":"cve","external_id":"CVE-2021-},{"source_name":"capec","external_id":"CAPEC-)"
    R"("object_marking_refs":["marking-definition--fa42a846-8d90-4e51-bc29-71d5b4802168"],"marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487","marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb","marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421","marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003","marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",)"
    R"("definition_type":"statement","definition":{"statement":"extensions":{"extension-definition--","extension_type":"property-extension"}},"granular_markings":[{"marking_ref":"selectors":["description"]}])"
    R"({"type":"file","spec_version":"2.1","id":"file--","hashes":{"MD5":"SHA-1":"SHA-256":"SHA-512":"SSDEEP":"},"size":"name":"mime_type":"application/)"
    R"({"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--","value":"},{"type":"domain-name","spec_version":"2.1","id":"domain-name--","value":"resolves_to_refs":[{"type":"url","spec_version":"2.1","id":"url--","value":"http://https://)"
    R"({"type":"email-addr","spec_version":"2.1","id":"email-addr--","value":"{"type":"ipv6-addr","spec_version":"2.1","id":"ipv6-addr--","value":")"
    R"({"type":"vulnerability","spec_version":"2.1","id":"vulnerability--","name":"CVE-2024-{"type":"report","spec_version":"2.1","id":"report--","report_types":["threat-report"],"published":"2024-)"
    R"({"type":"malware","spec_version":"2.1","id":"malware--","is_family":true,"malware_types":["trojan","ransomware","backdoor"],"aliases":[{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--{"type":"campaign","spec_version":"2.1","id":"campaign--)"
    R"({"type":"attack-pattern","spec_version":"2.1","id":"attack-pattern--{"type":"tool","spec_version":"2.1","id":"tool--{"type":"course-of-action","spec_version":"2.1","id":"course-of-action--{"type":"threat-actor","spec_version":"2.1","id":"threat-actor--)"
    R"("labels":["malicious-activity","phishing","botnet","c2"],"lang":"en","confidence":80,"revoked":false,"description":"name":")"
    R"({"type":"indicator","spec_version":"2.1","id":"indicator--","created_by_ref":"identity--","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","indicator_types":["malicious-activity"],"valid_from":"2024-01-01T00:00:00Z","valid_until":"2025-01-01T00:00:00Z",)"
    R"("pattern":"[ipv4-addr:value = '[domain-name:value = '[url:value = 'http://[file:hashes.MD5 = '[file:hashes.'SHA-1' = '[file:hashes.'SHA-256' = '"]","pattern_type":"stix","pattern_version":"2.1"})"
    R"({"type":"relationship","spec_version":"2.1","id":"relationship--","created_by_ref":"identity--","created":"2025-01-01T00:00:00.000Z","modified":"2025-01-01T00:00:00.000Z","relationship_type":"uses","relationship_type":"based-on","relationship_type":"communicates-with","relationship_type":"mitigates","relationship_type":"targets","relationship_type":"attributed-to","relationship_type":"detects","relationship_type":"indicates","source_ref":"indicator--","target_ref":"malware--"})";

}  // namespace

struct ContentCodec::State {
  ZSTD_CCtx* packer = ZSTD_createCCtx();
  ZSTD_DCtx* unpacker = ZSTD_createDCtx();
  ZSTD_CDict* pack_dictionary = nullptr;
  ZSTD_DDict* unpack_dictionary = nullptr;
  std::string packed;
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    ZSTD_freeCCtx(packer);
    ZSTD_freeDCtx(unpacker);
    ZSTD_freeCDict(pack_dictionary);
    ZSTD_freeDDict(unpack_dictionary);
  }
};

ContentCodec::ContentCodec() : state_(std::make_unique<State>()) {}
ContentCodec::~ContentCodec() = default;

std::string ContentCodec::pack(std::string_view json) {
  auto& s = *state_;
  if (s.pack_dictionary == nullptr) s.pack_dictionary = ZSTD_createCDict(dictionary_1.data(), dictionary_1.size(), level);
  if (const auto most = ZSTD_compressBound(json.size()); s.packed.size() < most) s.packed.resize(most);
  const auto n = ZSTD_compress_usingCDict(s.packer, s.packed.data(), s.packed.size(), json.data(), json.size(), s.pack_dictionary);
  const bool smaller = ZSTD_isError(n) == 0 && n < json.size();
  auto out = std::string(1, smaller ? zstd_1 : plain).append(smaller ? std::string_view(s.packed).substr(0, n) : json);
  if (s.packed.size() > buffer_bytes_kept) s.packed = {};
  return out;
}

Result<std::string> ContentCodec::unpack(std::string_view bytes) {
  const auto corrupt = [](std::string_view what) {
    return fail("store-corrupt", fmt::format("stored JSON cannot be read: {}", what), "run 'mozu doctor', which says how the last backup is brought back");
  };
  if (bytes.empty()) return corrupt("it is empty");
  if (bytes[0] == plain) return std::string(bytes.substr(1));
  if (bytes[0] != zstd_1) return corrupt("unknown form");
  bytes.remove_prefix(1);
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size > json_bytes_max) return corrupt("no size");
  auto& s = *state_;
  if (s.unpack_dictionary == nullptr) s.unpack_dictionary = ZSTD_createDDict(dictionary_1.data(), dictionary_1.size());
  std::string out(size, '\0');
  const auto n = ZSTD_decompress_usingDDict(s.unpacker, out.data(), out.size(), bytes.data(), bytes.size(), s.unpack_dictionary);
  if (ZSTD_isError(n) != 0 || n != size) return corrupt(ZSTD_isError(n) != 0 ? ZSTD_getErrorName(n) : "wrong size");
  return out;
}

}  // namespace mozu::store
