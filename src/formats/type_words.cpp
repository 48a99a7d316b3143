#include "type_words.hpp"

#include <algorithm>
#include <array>

#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

using enum intel::TypeHint;

struct Known {
  std::string_view word;
  intel::TypeHint hint;
};

constexpr Known known[] = {{"ip", ip},
                           {"ips", ip},
                           {"ipaddress", ip},
                           {"ipaddresses", ip},
                           {"ipaddr", ip},
                           {"ipv4", ip},
                           {"ipv6", ip},
                           {"ipv4addr", ip},
                           {"ipv6addr", ip},
                           {"ipv4address", ip},
                           {"ipv6address", ip},
                           {"ipdst", ip},
                           {"ipsrc", ip},
                           {"ipport", ip},
                           {"ipv4port", ip},
                           {"ipdstport", ip},
                           {"ipsrcport", ip},
                           {"addr", ip},
                           {"address", ip},
                           {"cidr", ip},
                           {"subnet", ip},
                           {"netblock", ip},
                           {"iprange", ip},
                           {"inteladdr", ip},
                           {"intelsubnet", ip},
                           {"c2ip", ip},
                           {"ipv4addrport", ip},
                           {"domain", domain},
                           {"domains", domain},
                           {"hostname", domain},
                           {"hostnames", domain},
                           {"host", domain},
                           {"fqdn", domain},
                           {"domainname", domain},
                           {"inteldomain", domain},
                           {"c2domain", domain},
                           {"subdomain", domain},
                           {"domainport", domain},
                           {"hostnameport", domain},
                           {"dns", domain},
                           {"url", url},
                           {"urls", url},
                           {"uri", url},
                           {"intelurl", url},
                           {"c2url", url},
                           {"urlpattern", url_mask},
                           {"urlmask", url_mask},
                           {"email", email},
                           {"emails", email},
                           {"emailaddr", email},
                           {"emailaddress", email},
                           {"emailsrc", email},
                           {"emaildst", email},
                           {"emailsender", email},
                           {"emailreplyto", email},
                           {"intelemail", email},
                           {"sender", email},
                           {"mail", email},
                           {"md5", hash},
                           {"sha1", hash},
                           {"sha256", hash},
                           {"sha512", hash},
                           {"md5hash", hash},
                           {"sha1hash", hash},
                           {"sha256hash", hash},
                           {"sha512hash", hash},
                           {"sha256sum", hash},
                           {"hash", hash},
                           {"hashes", hash},
                           {"filehash", hash},
                           {"filehashmd5", hash},
                           {"filehashsha1", hash},
                           {"filehashsha256", hash},
                           {"filehashsha512", hash},
                           {"filemd5", hash},
                           {"filesha1", hash},
                           {"filesha256", hash},
                           {"file", hash},
                           {"files", hash},
                           {"sample", hash},
                           {"malwarehash", hash},
                           {"intelfilehash", hash}};

struct Other {
  std::string_view word, kind;
};

// Kinds whose values may look like a hash or a name and yet are none: taking them would be wrong, not only useless.
constexpr Other others[] = {{"publickey", "public-key"},
                            {"certificate", "certificate"},
                            {"codesigningcertificate", "certificate"},
                            {"serial", "certificate"},
                            {"serialnumber", "certificate"},
                            {"sslcertificate", "certificate"},
                            {"x509fingerprintsha1", "certificate"},
                            {"intelcerthash", "certificate"},
                            {"intelpubkeyhash", "public-key"},
                            {"mutex", "mutex"},
                            {"mutant", "mutex"},
                            {"registry", "registry-key"},
                            {"registrykey", "registry-key"},
                            {"regkey", "registry-key"},
                            {"filename", "file-name"},
                            {"filenames", "file-name"},
                            {"intelfilename", "file-name"},
                            {"filepath", "file-path"},
                            {"path", "file-path"},
                            {"directory", "file-path"},
                            {"useragent", "user-agent"},
                            {"pdb", "pdb-path"},
                            {"pdbpath", "pdb-path"},
                            {"wallet", "wallet"},
                            {"btc", "wallet"},
                            {"bitcoin", "wallet"},
                            {"cryptocurrencywallet", "wallet"},
                            {"phone", "phone-number"},
                            {"phonenumber", "phone-number"},
                            {"asn", "asn"},
                            {"as", "asn"},
                            {"cve", "cve"},
                            {"vulnerability", "cve"},
                            {"yara", "yara"},
                            {"snort", "snort"},
                            {"ja3", "ja3"},
                            {"ja3md5", "ja3"},
                            {"ja3s", "ja3"},
                            {"ja4", "ja4"},
                            {"jarm", "jarm"},
                            {"imphash", "imphash"},
                            {"ssdeep", "ssdeep"},
                            {"tlsh", "tlsh"},
                            {"vhash", "vhash"},
                            {"authentihash", "authentihash"},
                            {"pehash", "pehash"},
                            {"process", "process"},
                            {"processname", "process"},
                            {"service", "service"},
                            {"commandline", "command"},
                            {"command", "command"},
                            {"namedpipe", "named-pipe"},
                            {"pipe", "named-pipe"},
                            {"emailsubject", "email-subject"},
                            {"subject", "email-subject"},
                            {"intelsoftware", "software"},
                            {"intelusername", "user-name"},
                            {"username", "user-name"},
                            {"password", "password"},
                            {"telegram", "account"},
                            {"account", "account"},
                            {"port", "port"},
                            {"scheduledtask", "scheduled-task"},
                            {"taskname", "scheduled-task"},
                            {"string", "string"},
                            {"text", "string"},
                            {"uripath", "url-path"},
                            {"urlpath", "url-path"},
                            {"chromeextension", "browser-extension"},
                            {"extension", "browser-extension"},
                            {"extensionid", "browser-extension"}};

}  // namespace

std::string word_key(std::string_view s) {
  std::string key;
  for (const char c : s) {
    if (is_alnum(static_cast<unsigned char>(c))) key += fold(c);
    if (key.size() == 64) break;
  }
  return key;
}

std::optional<TypeWord> type_word(std::string_view word) {
  const std::string key = word_key(word);
  for (const auto& k : known) {
    if (k.word == key) return TypeWord{k.hint, {}};
  }
  for (const auto& o : others) {
    if (o.word == key) return TypeWord{std::nullopt, o.kind};
  }
  return std::nullopt;
}

intel::TypeHint reconcile(intel::TypeHint hint, Shape shape) {
  switch (hint) {
    case domain: return shape == Shape::url || shape == Shape::ip || shape == Shape::ip_range || shape == Shape::email ? any : hint;
    case ip: return shape == Shape::domain || shape == Shape::url ? any : hint;
    case email: return shape == Shape::url || shape == Shape::domain ? any : hint;
    case url: return shape == Shape::email || shape == Shape::hash ? any : hint;
    default: return hint;
  }
}

}  // namespace mozu::formats
