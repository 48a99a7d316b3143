// What somebody asks about: any text → what kind of value it is, its canonical form, and the keys under which memories hold it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/intel/detection.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::lookup {

/// A key, and how an object under it reaches the value: exact, url_host, email_host, or subdomain for a domain above it.
struct AskedKey {
  intel::Key key;
  intel::Relation relation = intel::Relation::exact;
};

struct Question {
  std::string asked;  ///< as given, without white space around it, cut at indicator_bytes_max
  std::string value;  ///< canonical; of a name the text itself; empty if unreadable
  /// short_name() of a pattern kind ("domain", "sha256", "ipv4-range", …), "vulnerability" (CVE), "technique" (ATT&CK T…), "catalogue-id" (other
  /// ATT&CK, CWE and CAPEC ids), "file-name", "name" (of an actor, malware, tool, campaign, technique, or anything else), "unreadable".
  std::string_view type = "unreadable";
  std::optional<intel::Pattern> pattern;  ///< of observables
  std::vector<AskedKey> keys;             ///< exact ones first; empty if unreadable
};

/// Refangs, recognises, canonicalises. Never throws; linear time. Unreadable: empty, longer than indicator_bytes_max, or not UTF-8.
/// Domains are also asked by the domains above them, down to the registrable one. A text that may be a host as well as a file
/// ("setup.py") is taken as the host and asked as both; a single word is a name. A registrable domain and a catalogue id are asked as names, too.
Question read_question(std::string_view text);
/// A value that indicators are about, in canonical form. Error "value-unknown".
Result<intel::Pattern> pattern_of(std::string_view text);

}  // namespace mozu::lookup
