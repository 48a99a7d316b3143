// Every sentence of the definition (src/match/README.md) as lines and the detections they must give, derived by hand.
#pragma once
#include <string_view>
#include <vector>

namespace mozu::match::reference {

// The indicator of most rows.
inline constexpr std::string_view evil = "evil.example", domain = "domain evil.example";

struct ExpectedHit {
  std::string_view raw;            ///< the bytes that offset and length cover, as they stand in the line
  std::string_view relation;       ///< "exact", "subdomain", …
  std::string_view indicator;      ///< kind and value: "domain evil.example"
  std::string_view observed = {};  ///< canonical value; empty: `raw`
  int nth = 1;                     ///< which occurrence of `raw` in the line
  std::string_view feeds = "f";    ///< "a,b"
  bool suppressed = false;
};

struct DefinitionCase {
  std::string_view sentence;
  std::string_view line;
  /// "VALUE[ | feed=NAME][ | exact-only][ | from=TIME][ | until=TIME]" or "! VALUE" for a suppression
  std::vector<std::string_view> indicators;
  std::vector<ExpectedHit> hits;
  std::string_view time = "2026-11-01T10:00:00Z";
};

std::vector<DefinitionCase> definition_table();

// Its parts.
void add_line_cases(std::vector<DefinitionCase>& table);
void add_json_cases(std::vector<DefinitionCase>& table);
void add_host_cases(std::vector<DefinitionCase>& table);
void add_address_cases(std::vector<DefinitionCase>& table);
void add_hash_and_email_cases(std::vector<DefinitionCase>& table);
void add_url_cases(std::vector<DefinitionCase>& table);
void add_url_host_cases(std::vector<DefinitionCase>& table);
void add_mask_cases(std::vector<DefinitionCase>& table);
void add_order_cases(std::vector<DefinitionCase>& table);
void add_validity_cases(std::vector<DefinitionCase>& table);
void add_suppression_cases(std::vector<DefinitionCase>& table);

}  // namespace mozu::match::reference
