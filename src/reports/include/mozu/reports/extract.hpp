// What a report says: its text → findings, each with its place, its sentence, how sure it is and why.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/intel/observable.hpp"
#include "mozu/reports/dictionary.hpp"
#include "mozu/reports/known_values.hpp"

namespace mozu::reports {

/// The order is that of output. Names are those of STIX 2.1 where it has one, but for hashes, which bear their algorithm's name.
enum class FindingType : std::uint8_t {
  ipv4,
  ipv6,
  domain,
  url,
  email,
  md5,
  sha1,
  sha256,
  sha512,
  file_name,
  registry_key,
  vulnerability,  ///< "CVE-2021-44228"
  actor,
  malware,
  tool,
  technique,
  tactic,
  mitigation,  ///< by name or ATT&CK id
  country,
  sector,
  yara_rule,
  sigma_rule,
  suricata_rule,  ///< value: the rule's whole text
  reference       ///< where the report sends its readers; canonical URL
};
inline constexpr int finding_type_count = 24;
/// "ipv4-addr", "domain-name", "md5", "file-name", "vulnerability", "threat-actor", "attack-pattern", "yara-rule", …
std::string_view name(FindingType t);

/// Why a finding is no indicator although it looks like one. Nothing is dropped for it.
enum class Noise : std::uint8_t {
  none,
  vendor,        ///< of those who wrote the report: their sites, their contacts
  reference,     ///< a source, a link for the reader
  warning_list,  ///< on a list of known harmless values
  example,       ///< documentation, private and reserved addresses, hashes of nothing
  version,       ///< a version number that reads as an address
  file_name,     ///< a file name or a word of a programming language that reads as a host
  guid,          ///< an identifier that reads as an MD5
  common_word,   ///< a name that is an everyday word, without evidence that the name is meant
  rule           ///< part of a detection rule in the report
};
std::string_view name(Noise n);  ///< "none", "vendor", "reference", "warning-list", …

struct PageStart {
  std::size_t offset = 0;
  std::uint32_t page = 1;  ///< 1-based
};
/// A hyperlink: the text that is linked (may be empty) and where it leads.
struct ReportLink {
  std::size_t begin = 0, end = 0;
  std::string target;
};

/// A document as plain text, UTF-8 (invalid bytes bound words). Offsets are bytes of `text`.
struct ReportText {
  std::string title, author;  ///< as the document declares them; may be empty
  std::string address;        ///< the URL at which it is published, if the document says so
  std::string text;
  std::vector<PageStart> pages;   ///< ascending; empty = one page
  std::vector<ReportLink> links;  ///< ascending by begin
};

/// For texts whose format knows no title: the first heading, else the first line that is no TLP marking, at most 200 bytes.
std::string title_of(std::string_view text);

struct Finding {
  FindingType type = FindingType::domain;
  std::string value;               ///< canonical: observables as in intel::Pattern, names as the dictionary has them, ids upper case
  std::size_t begin = 0, end = 0;  ///< bytes of ReportText::text; of a hyperlink's target the text that is linked
  std::uint32_t page = 1;          ///< 1-based
  std::string context;             ///< the sentence or line around, white space joined, ≤ context_bytes_max
  double confidence = 0;           ///< 0–1 that the report means this
  std::string reason;              ///< one sentence for people
  Noise noise = Noise::none;
  std::string id;       ///< STIX or ATT&CK id of a name, if known
  std::string name;     ///< of techniques and other ids: what they are called, if known
  std::string written;  ///< as it stands in the text, defanging undone
};
inline constexpr std::size_t context_bytes_max = 400;

struct ExtractOptions {
  bool every_mention = false;          ///< each place of a value, not only its best
  const KnownValues* known = nullptr;  ///< warning lists
  std::size_t findings_max = 500'000;  ///< more are cut off: the first in the text are kept, and `cut` is set
  std::size_t places_max = 500'000;    ///< of indicators: behind so many the text is not read, and `cut` is set; and of names
};

struct Findings {
  std::vector<Finding> findings;  ///< by type, then place
  bool cut = false;
};
inline constexpr std::size_t report_bytes_max = std::size_t{256} << 20;

/// Never fails, never throws but for memory; time is linear in the text. One value of one type is one finding (the best of its
/// places), unless every_mention. What counts as evidence: src/reports/README.md. A text past report_bytes_max is cut there.
Findings extract(const ReportText& report, const Dictionary& dictionary, const ExtractOptions& options = {});

}  // namespace mozu::reports
