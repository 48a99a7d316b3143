#include "places.hpp"

#include <unicode/uloc.h>
#include <unicode/unistr.h>

#include <string>
#include <string_view>

#include "mozu/base/text.hpp"

namespace mozu::reports {
namespace {

struct MoreNames {
  std::string_view id, names;
};

// What CLDR does not call them, but reports do; parted by '|'.
constexpr MoreNames other_country_names[] = {{"US", "USA|U.S.|U.S.A.|US|United States of America|America|米国|アメリカ"},
                                             {"GB", "UK|U.K.|Britain|Great Britain|England|英国"},
                                             {"KR", "Republic of Korea|ROK|大韓民国"},
                                             {"KP", "DPRK|Democratic People's Republic of Korea|朝鮮民主主義人民共和国"},
                                             {"CN", "PRC|People's Republic of China|中華人民共和国"},
                                             {"RU", "Russian Federation|ロシア連邦"},
                                             {"TR", "Türkiye|Turkiye"},
                                             {"CZ", "Czech Republic"},
                                             {"HK", "Hong Kong"},
                                             {"MO", "Macau|Macao"},
                                             {"MM", "Myanmar|Burma"},
                                             {"CI", "Ivory Coast|Cote d'Ivoire"},
                                             {"BA", "Bosnia and Herzegovina|Bosnia"},
                                             {"PS", "Palestine"},
                                             {"MK", "Macedonia"},
                                             {"AE", "UAE|U.A.E."},
                                             {"CD", "DRC|Democratic Republic of the Congo"},
                                             {"NL", "The Netherlands|Holland"},
                                             {"TW", "中華民国"},
                                             {"VN", "Viet Nam"},
                                             {"TT", "Trinidad and Tobago"},
                                             {"AG", "Antigua and Barbuda"},
                                             {"SZ", "Swaziland"},
                                             {"DE", "独国"},
                                             {"PH", "the Philippines"}};

// STIX 2.1, industry-sector-ov; the words are ours.
constexpr MoreNames sector_names[] = {
    {"aerospace", "aerospace|aviation|space industry|航空宇宙|航空業界"},
    {"agriculture", "agriculture|agricultural|food and agriculture|農業"},
    {"automotive", "automotive|car manufacturers|自動車業界|自動車産業"},
    {"chemical", "chemical|chemicals|petrochemical|化学業界|化学産業"},
    {"communications", "media organizations|news media|journalism|media and entertainment|報道機関|メディア業界"},
    {"construction", "construction|engineering and construction|建設業"},
    {"defense", "defense|defence|defense contractors|defense industrial base|military|防衛産業|防衛|軍事"},
    {"education", "education|higher education|universities|academia|academic institutions|schools|教育機関|教育分野|大学"},
    {"energy", "energy|oil and gas|oil & gas|electricity|power grid|エネルギー業界|エネルギー分野|電力会社"},
    {"entertainment", "entertainment|gaming industry|video game industry|gaming companies|エンターテインメント業界|ゲーム業界"},
    {"financial-services",
     "financial services|financial institutions|financial|finance|banking|banks|fintech|cryptocurrency exchanges|金融機関|金融業界|金融サービス|銀行"},
    {"government",
     "government agencies|government entities|government organizations|governmental organizations|governmental|government|governments|public sector|public "
     "administration|ministries of foreign affairs|diplomatic missions|diplomatic entities|embassies|政府機関|官公庁|省庁|政府"},
    {"government-local", "local government|municipalities|local governments|地方自治体|自治体"},
    {"healthcare", "healthcare|health care|hospitals|healthcare and public health|public health|medical institutions|医療機関|医療業界|病院"},
    {"hospitality-leisure", "hospitality|hotels|travel industry|tourism|leisure|ホテル業界|観光業"},
    {"infrastructure", "critical infrastructure|重要インフラ"},
    {"insurance", "insurance|insurers|保険業界|保険会社"},
    {"legal", "law firms|legal services|法律事務所"},
    {"manufacturing", "manufacturing|industrial companies|製造業"},
    {"mining", "mining industry|mining sector|鉱業"},
    {"non-profit", "non-profit|nonprofit|non-governmental organizations|NGOs|NGO|think tanks|human rights organizations|civil society|シンクタンク|非営利団体"},
    {"nuclear", "nuclear power|nuclear sector|原子力"},
    {"pharmaceuticals", "pharmaceutical|pharmaceuticals|pharmaceutical companies|biotechnology|製薬会社|製薬業界"},
    {"retail", "retail|retailers|e-commerce|小売業|小売"},
    {"technology",
     "technology companies|technology|information technology|high-tech|IT companies|managed service providers|software "
     "companies|semiconductor|IT企業|情報通信業|半導体"},
    {"telecommunications", "telecommunications|telecommunication|telecom|telecoms|telcos|internet service providers|通信事業者|電気通信事業|通信業界"},
    {"transportation", "transportation|maritime|shipping industry|logistics|railways|airlines|airports|運輸業|物流業|航空会社"},
    {"utilities", "utilities|water and wastewater|公共事業|電気・ガス"}};

void append_names(std::string_view names, std::vector<std::string>& out) {
  for (const auto n : split(names, '|')) out.emplace_back(n);
}

std::string display_name(const char* country, const char* language) {
  const std::string locale = std::string("und-") + country;
  UErrorCode error = U_ZERO_ERROR;
  char16_t buffer[160];
  const auto n = uloc_getDisplayCountry(locale.c_str(), language, buffer, 160, &error);
  if (U_FAILURE(error) || error == U_USING_DEFAULT_WARNING || n <= 0 || n >= 160) return {};
  std::string out;
  icu::UnicodeString(buffer, n).toUTF8String(out);
  return out;
}

}  // namespace

// ICU carries the names of ISO 3166 countries in every language (CLDR), so there is no table of them here.
void append_countries(std::vector<Entity>& out) {
  for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
    Entity e{EntityKind::country, *code, display_name(*code, "en"), {}};
    if (e.name.size() < 3) continue;
    if (auto japanese = display_name(*code, "ja"); !japanese.empty()) e.aliases.push_back(std::move(japanese));
    if (const auto bracket = e.name.find(" ("); bracket != std::string::npos) e.name.resize(bracket);
    if (const auto suffix = e.name.find(" SAR China"); suffix != std::string::npos) e.name.resize(suffix);
    for (const auto& [id, names] : other_country_names)
      if (id == *code) append_names(names, e.aliases);
    out.push_back(std::move(e));
  }
}

void append_sectors(std::vector<Entity>& out) {
  for (const auto& [id, names] : sector_names) {
    Entity e{EntityKind::sector, std::string(id), std::string(id), {}};
    append_names(names, e.aliases);
    out.push_back(std::move(e));
  }
}

}  // namespace mozu::reports
