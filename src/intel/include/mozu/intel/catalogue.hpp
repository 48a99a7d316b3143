// Ids of public catalogues: CVE, CWE, CAPEC and MITRE ATT&CK.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace mozu::intel {

struct CatalogueId {
  std::string_view type;  ///< "vulnerability", "technique", else "catalogue-id"
  std::string id;         ///< "CVE-2021-44228", "T1059.001", "G0016", "TA0001", "CWE-79", "CAPEC-163"
};

/// An id, in whatever case, and nothing else.
std::optional<CatalogueId> read_catalogue_id(std::string_view text);

}  // namespace mozu::intel
