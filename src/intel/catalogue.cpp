#include "mozu/intel/catalogue.hpp"

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::intel {
namespace {

constexpr std::size_t kind_id_bytes_max = 24;

bool all_digits(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

std::string upper(std::string_view s) {
  std::string out(s);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

/// "CVE-2021-44228", "T1059.001", "G0016", "TA0001", "CWE-79": the type, or empty.
std::string_view catalogue_type(std::string_view id) {
  if (id.starts_with("CVE-")) return id.size() >= 13 && id[8] == '-' && all_digits(id.substr(4, 4)) && all_digits(id.substr(9)) ? "vulnerability" : "";
  for (const std::string_view prefix : {"CWE-", "CAPEC-"})
    if (id.starts_with(prefix)) return all_digits(id.substr(prefix.size())) ? "catalogue-id" : "";
  if (id.starts_with('T') && (id.size() == 5 || (id.size() == 9 && id[5] == '.')) && all_digits(id.substr(1, 4)) &&
      (id.size() == 5 || all_digits(id.substr(6))))
    return "technique";
  if (id.starts_with("TA") && !id.starts_with("TA0")) return {};  // TA2101: an actor, as Proofpoint names them; tactics begin with 0
  for (const std::string_view prefix : {"TA", "DS", "DC", "DET", "AN", "G", "S", "M", "C", "A", "X"})
    if (id.starts_with(prefix) && id.size() == prefix.size() + 4 && all_digits(id.substr(prefix.size()))) return "catalogue-id";
  return {};
}

}  // namespace

std::optional<CatalogueId> read_catalogue_id(std::string_view text) {
  if (text.size() > kind_id_bytes_max) return std::nullopt;
  auto id = upper(text);
  const auto type = catalogue_type(id);
  if (type.empty()) return std::nullopt;
  return CatalogueId{type, std::move(id)};
}

}  // namespace mozu::intel
