#include "misp_patterns.hpp"

#include <fmt/core.h>

#include <array>
#include <optional>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "object_text.hpp"

namespace mozu::formats {
namespace {

/// What one plain value is: an observable's type and the property that holds it. hashes: the property is the algorithm.
struct Place {
  std::string_view misp, object, property;
};
constexpr std::array places = {Place{"domain", "domain-name", "value"},
                               Place{"hostname", "domain-name", "value"},
                               Place{"url", "url", "value"},
                               Place{"email", "email-addr", "value"},
                               Place{"email-src", "email-addr", "value"},
                               Place{"email-dst", "email-addr", "value"},
                               Place{"email-reply-to", "email-addr", "value"},
                               Place{"target-email", "email-addr", "value"},
                               Place{"whois-registrant-email", "email-addr", "value"},
                               Place{"mac-address", "mac-addr", "value"},
                               Place{"mutex", "mutex", "name"},
                               Place{"regkey", "windows-registry-key", "key"},
                               Place{"filename", "file", "name"},
                               Place{"email-attachment", "file", "name"},
                               Place{"email-subject", "email-message", "subject"},
                               Place{"md5", "hash", "MD5"},
                               Place{"sha1", "hash", "SHA-1"},
                               Place{"sha256", "hash", "SHA-256"},
                               Place{"sha512", "hash", "SHA-512"},
                               Place{"sha3-256", "hash", "SHA3-256"},
                               Place{"sha3-512", "hash", "SHA3-512"},
                               Place{"ssdeep", "hash", "SSDEEP"},
                               Place{"tlsh", "hash", "TLSH"},
                               Place{"imphash", "hash", "IMPHASH"},
                               Place{"authentihash", "hash", "AUTHENTIHASH"},
                               Place{"vhash", "hash", "VHASH"},
                               Place{"pehash", "hash", "PEHASH"},
                               Place{"sha224", "hash", "SHA-224"},
                               Place{"sha384", "hash", "SHA-384"}};

std::optional<Place> place_of(std::string_view type, std::string_view value) {
  if (type == "ip-src" || type == "ip-dst" || type == "ip") return Place{type, value.find(':') != std::string_view::npos ? "ipv6-addr" : "ipv4-addr", "value"};
  for (const auto& p : places)
    if (p.misp == type) return p;
  return std::nullopt;
}

std::string comparison(const Place& p, std::string_view value) {
  if (p.object != "hash") return fmt::format("{}:{} = {}", p.object, p.property, pattern_string(value));
  return p.property == "MD5" ? fmt::format("file:hashes.MD5 = {}", pattern_string(value))
                             : fmt::format("file:hashes.{} = {}", pattern_string(p.property), pattern_string(value));
}

/// "a|b" of the types of two values.
struct Pair {
  std::string_view first, second;
};
std::optional<Pair> pair_of(std::string_view text) {
  const auto bar = text.find('|');
  if (bar == std::string_view::npos || bar == 0 || bar + 1 == text.size()) return std::nullopt;
  return Pair{text.substr(0, bar), text.substr(bar + 1)};
}

std::string pair_pattern(std::string_view type, std::string_view value) {
  const auto types = pair_of(type == "malware-sample" ? "filename|md5" : type);
  const auto bar = type.find("port") != std::string_view::npos ? value.find_last_of("|:") : value.find('|');
  if (!types || bar == std::string_view::npos || bar == 0 || bar + 1 >= value.size()) return {};
  const Pair v{value.substr(0, bar), value.substr(bar + 1)};
  const auto first = place_of(types->first, v.first);
  if (!first) return {};
  if (types->second == "port") {
    if (!to_uint(v.second)) return {};
    return fmt::format("[network-traffic:dst_ref.value = {} AND network-traffic:dst_port = {}]", pattern_string(v.first), *to_uint(v.second));
  }
  if (type == "domain|ip")
    return fmt::format("[domain-name:value = {} AND domain-name:resolves_to_refs[*].value = {}]", pattern_string(v.first), pattern_string(v.second));
  if (type == "regkey|value")
    return fmt::format("[windows-registry-key:key = {} AND windows-registry-key:values[*].data = {}]", pattern_string(v.first), pattern_string(v.second));
  const auto second = place_of(types->second, v.second);
  if (types->first != "filename" || !second) return {};
  return fmt::format("[{} AND {}]", comparison(*first, v.first), comparison(*second, v.second));
}

MispObservable observable(std::string_view type, const std::string& identifying) {
  MispObservable o;
  o.type = type;
  o.id = fmt::format("{}--{}", type, uuid_v5("00abedb4-aa42-466c-9c01-fed23315a9b7", "{" + identifying + "}"));  // STIX 2.1 §2.9
  o.json = fmt::format("{{\"type\":\"{}\",\"spec_version\":\"2.1\",\"id\":\"{}\",{}}}", type, o.id, identifying);
  return o;
}

std::string json_member(std::string_view key, std::string_view value) {
  std::string out;
  append_json_string(out, key);
  out += ':';
  append_json_string(out, value);
  return out;
}

MispObservable observable_of(const Place& p, std::string_view value) {
  if (p.object == "hash") return observable("file", "\"hashes\":{" + json_member(p.property, value) + "}");
  return observable(p.object, json_member(p.property, value));
}

}  // namespace

std::string misp_pattern(std::string_view type, std::string_view value, std::string& language) {
  language = "stix";
  if (type == "yara" || type == "sigma" || type == "snort" || type == "suricata") {
    language = type;
    return std::string(value);
  }
  if (const auto p = place_of(type, value)) return fmt::format("[{}]", comparison(*p, value));
  if (type == "user-agent") return fmt::format("[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = {}]", pattern_string(value));
  if (type == "port" && to_uint(value)) return fmt::format("[network-traffic:dst_port = {}]", *to_uint(value));
  if (type == "AS") {
    const auto number = to_uint(istarts_with(value, "AS") ? value.substr(2) : value);
    return number ? fmt::format("[autonomous-system:number = {}]", *number) : std::string();
  }
  if (type == "x509-fingerprint-sha1") return fmt::format("[x509-certificate:hashes.'SHA-1' = {}]", pattern_string(value));
  if (type == "x509-fingerprint-sha256") return fmt::format("[x509-certificate:hashes.'SHA-256' = {}]", pattern_string(value));
  if (type == "x509-fingerprint-md5") return fmt::format("[x509-certificate:hashes.MD5 = {}]", pattern_string(value));
  return pair_pattern(type, value);
}

std::vector<MispObservable> misp_observables(std::string_view type, std::string_view value) {
  std::vector<MispObservable> out;
  if (const auto p = place_of(type, value)) {
    out.push_back(observable_of(*p, value));
    return out;
  }
  if (type == "AS") {
    if (const auto number = to_uint(istarts_with(value, "AS") ? value.substr(2) : value))
      out.push_back(observable("autonomous-system", fmt::format("\"number\":{}", *number)));
    return out;
  }
  const auto types = pair_of(type);
  const auto values = pair_of(value);
  if (!types || !values) return out;
  if (types->first == "filename")
    if (const auto hash = place_of(types->second, values->second); hash && hash->object == "hash") {
      out.push_back(observable("file", "\"hashes\":{" + json_member(hash->property, values->second) + "}," + json_member("name", values->first)));
      return out;
    }
  for (const auto& [t, v] : {std::pair{types->first, values->first}, std::pair{types->second, values->second}})
    if (const auto p = place_of(t, v)) out.push_back(observable_of(*p, v));
  return out;
}

}  // namespace mozu::formats
