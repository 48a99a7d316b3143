// Names of countries, from ICU, with the variants that catalogues of actors use.
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include <array>
#include <set>
#include <string>

#include "mozu/actors/record.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::actors {
namespace {

constexpr auto variants = std::to_array<std::string_view>({"Russian Federation",
                                                           "USA",
                                                           "United States of America",
                                                           "UK",
                                                           "Great Britain",
                                                           "England",
                                                           "Korea (Republic of)",
                                                           "Republic of Korea",
                                                           "Korea (Democratic People's Republic of)",
                                                           "Democratic People's Republic of Korea",
                                                           "Iran (Islamic Republic of)",
                                                           "Islamic Republic of Iran",
                                                           "Syrian Arab Republic",
                                                           "Viet Nam",
                                                           "Czech Republic",
                                                           "Burma",
                                                           "Macau",
                                                           "Hong Kong",
                                                           "Palestine",
                                                           "Palestinian Territory",
                                                           "Gaza",
                                                           "Turkey",
                                                           "Lao People's Democratic Republic",
                                                           "Brunei Darussalam",
                                                           "Macedonia",
                                                           "Moldova (Republic of)",
                                                           "People's Republic of China",
                                                           "Taiwan, Province of China",
                                                           "Tanzania",
                                                           "Congo",
                                                           "Ivory Coast",
                                                           "Cabo Verde",
                                                           "East Timor",
                                                           "Swaziland",
                                                           "Holland",
                                                           "UAE",
                                                           "Bosnia"});

std::set<std::string> folded_countries() {
  std::set<std::string> out;
  for (const auto v : variants) out.insert(intel::fold_name(v));
  for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
    std::array<UChar, 200> wide{};
    std::array<char, 600> utf8{};
    UErrorCode error = U_ZERO_ERROR;
    const std::string locale = std::string("und_") + *code;
    const auto n = uloc_getDisplayCountry(locale.c_str(), "en", wide.data(), static_cast<std::int32_t>(wide.size()), &error);
    std::int32_t bytes = 0;
    u_strToUTF8(utf8.data(), static_cast<std::int32_t>(utf8.size()), &bytes, wide.data(), n, &error);
    if (U_SUCCESS(error)) out.insert(intel::fold_name(std::string_view(utf8.data(), static_cast<std::size_t>(bytes))));
  }
  return out;
}

bool is_code(std::string_view s) {
  if (s.size() != 2) return false;
  for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code)
    if (iequals(s, *code)) return true;
  return false;
}

}  // namespace

bool is_country(std::string_view name) {
  static const std::set<std::string> known = folded_countries();
  constexpr std::size_t name_bytes_max = 100;
  return name.size() <= name_bytes_max && (is_code(name) || known.contains(intel::fold_name(name)));
}

}  // namespace mozu::actors
