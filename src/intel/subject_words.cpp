#include "mozu/intel/subject_words.hpp"

#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "mozu/base/text.hpp"

namespace mozu::intel {
namespace {

/// The portal's (web/src/locales/publications.ja.ts, `sector.…`); a test compares the two.
constexpr std::pair<std::string_view, std::string_view> japanese_sectors[] = {
    {"academia - university", "大学・学術機関"},
    {"activists", "活動家"},
    {"aerospace", "航空宇宙"},
    {"agriculture", "農業"},
    {"automotive", "自動車"},
    {"aviation", "航空"},
    {"bank", "銀行"},
    {"banking", "銀行"},
    {"biomedical", "生物医学"},
    {"business", "企業"},
    {"chemical", "化学"},
    {"civil engineering", "土木"},
    {"civil society", "市民社会"},
    {"construction", "建設"},
    {"country", "国"},
    {"covid-19 research organizations", "新型コロナウイルスの研究機関"},
    {"critical manufacturing", "重要製造業"},
    {"cryptocurrency", "暗号資産"},
    {"defence", "防衛"},
    {"defense", "防衛"},
    {"defense contractor", "防衛関連企業"},
    {"defense industrial base", "防衛産業"},
    {"diplomacy", "外交"},
    {"dissident", "反体制派"},
    {"dissidents", "反体制派"},
    {"education", "教育"},
    {"electric", "電力"},
    {"electronic", "電子機器"},
    {"electronics manufacturers", "電子機器製造"},
    {"energy", "エネルギー"},
    {"energy company", "エネルギー"},
    {"engineering", "エンジニアリング"},
    {"entertainment", "エンターテインメント"},
    {"finance", "金融"},
    {"financial", "金融"},
    {"financial services", "金融"},
    {"food", "食品"},
    {"food and agriculture", "食品・農業"},
    {"gambling companies", "ギャンブル事業者"},
    {"gambling websites", "オンラインカジノ"},
    {"gaming", "ゲーム"},
    {"gas", "ガス"},
    {"government", "政府"},
    {"government administration", "政府・行政"},
    {"government agencies and services", "政府機関・行政サービス"},
    {"government institutions", "政府機関"},
    {"government, administration", "政府・行政"},
    {"health", "医療"},
    {"healthcare", "医療"},
    {"high tech", "ハイテク"},
    {"high-tech", "ハイテク"},
    {"hospitality", "宿泊・飲食"},
    {"individuals", "個人"},
    {"industrial", "産業"},
    {"information technology", "情報技術"},
    {"infrastructure", "インフラ"},
    {"insurance", "保険"},
    {"intelligence", "情報機関"},
    {"intergovernmental", "国際機関"},
    {"investment", "投資"},
    {"journalist", "ジャーナリスト"},
    {"journalists", "ジャーナリスト"},
    {"justice", "司法"},
    {"legal", "法務"},
    {"logistics", "物流"},
    {"manufacturing", "製造"},
    {"maritime", "海運"},
    {"media", "メディア"},
    {"media and entertainment", "メディア・エンターテインメント"},
    {"medical", "医療"},
    {"military", "軍"},
    {"mining", "鉱業"},
    {"news - media", "報道・メディア"},
    {"ngo", "NGO（非政府組織）"},
    {"ngos", "NGO（非政府組織）"},
    {"non-profit organisation", "非営利団体"},
    {"oil", "石油"},
    {"opposition", "野党・反対勢力"},
    {"other", "その他"},
    {"payment", "決済"},
    {"petroleum", "石油"},
    {"pharmaceutical", "製薬"},
    {"pharmaceuticals", "製薬"},
    {"pharmacy", "薬局"},
    {"political party", "政党"},
    {"private sector", "民間企業"},
    {"pro-democracy and human rights political organizations", "民主化・人権の政治団体"},
    {"rail", "鉄道"},
    {"religious organization", "宗教団体"},
    {"religious organizations", "宗教団体"},
    {"research", "研究"},
    {"research - innovation", "研究・イノベーション"},
    {"retail", "小売"},
    {"scientific research", "科学研究"},
    {"security service", "治安機関"},
    {"semiconductor industry", "半導体"},
    {"separatists", "分離独立派"},
    {"services", "サービス"},
    {"space", "宇宙"},
    {"technology", "テクノロジー"},
    {"telecomms", "通信"},
    {"telecommunications", "通信"},
    {"telecoms", "通信"},
    {"think tanks", "シンクタンク"},
    {"tourism", "観光"},
    {"trade", "貿易"},
    {"transport", "運輸"},
    {"transportation", "運輸"},
    {"transportation systems", "運輸"},
    {"travel", "旅行"},
    {"universities", "大学"},
    {"utilities", "公益事業"},
    {"water", "水道"}};

/// Names of countries besides those of CLDR, which ICU has, and their codes of ISO 3166-1; the portal's (web/src/lib/world/countries.ts), compared likewise.
constexpr std::pair<std::string_view, std::string_view> country_aliases[] = {{"usa", "US"},
                                                                             {"u.s.", "US"},
                                                                             {"united states of america", "US"},
                                                                             {"america", "US"},
                                                                             {"uk", "GB"},
                                                                             {"britain", "GB"},
                                                                             {"great britain", "GB"},
                                                                             {"england", "GB"},
                                                                             {"russian federation", "RU"},
                                                                             {"south korea", "KR"},
                                                                             {"republic of korea", "KR"},
                                                                             {"korea", "KR"},
                                                                             {"north korea", "KP"},
                                                                             {"ivory coast", "CI"},
                                                                             {"cote d'ivoire", "CI"},
                                                                             {"czech republic", "CZ"},
                                                                             {"czechia", "CZ"},
                                                                             {"gaza", "PS"},
                                                                             {"palestine", "PS"},
                                                                             {"palestinian territory", "PS"},
                                                                             {"hong kong", "HK"},
                                                                             {"macau", "MO"},
                                                                             {"macao", "MO"},
                                                                             {"turkey", "TR"},
                                                                             {"türkiye", "TR"},
                                                                             {"burma", "MM"},
                                                                             {"myanmar", "MM"},
                                                                             {"viet nam", "VN"},
                                                                             {"uae", "AE"},
                                                                             {"united arab emirates", "AE"},
                                                                             {"macedonia", "MK"},
                                                                             {"dr congo", "CD"},
                                                                             {"democratic republic of the congo", "CD"},
                                                                             {"congo", "CG"},
                                                                             {"cape verde", "CV"},
                                                                             {"swaziland", "SZ"},
                                                                             {"holland", "NL"},
                                                                             {"bosnia", "BA"},
                                                                             {"people's republic of china", "CN"},
                                                                             {"iran (islamic republic of)", "IR"},
                                                                             {"korea (republic of)", "KR"},
                                                                             {"korea (democratic people's republic of)", "KP"},
                                                                             {"republic of china", "TW"},
                                                                             {"islamic republic of iran", "IR"},
                                                                             {"syrian arab republic", "SY"},
                                                                             {"lao pdr", "LA"},
                                                                             {"brunei darussalam", "BN"},
                                                                             {"moldova", "MD"},
                                                                             {"tanzania", "TZ"},
                                                                             {"bolivia", "BO"},
                                                                             {"venezuela", "VE"}};

/// In Unicode's CLDR, in a language; empty: it has none.
std::string country_name(std::string_view code, const char* language) {
  std::array<UChar, 200> wide{};
  std::array<char, 600> utf8{};
  UErrorCode error = U_ZERO_ERROR;
  const std::string locale = "und_" + std::string(code);
  const auto length = uloc_getDisplayCountry(locale.c_str(), language, wide.data(), static_cast<std::int32_t>(wide.size()), &error);
  std::int32_t bytes = 0;
  u_strToUTF8(utf8.data(), static_cast<std::int32_t>(utf8.size()), &bytes, wide.data(), length, &error);
  return U_SUCCESS(error) ? std::string(utf8.data(), static_cast<std::size_t>(bytes)) : std::string();
}

std::string lower(std::string_view s) {
  std::string out;
  for (const char c : s) out += fold(c);
  return out;
}

/// Codes by English names and by themselves, in lower case.
const std::map<std::string, std::string, std::less<>>& country_codes() {
  static const auto codes = [] {
    std::map<std::string, std::string, std::less<>> out;
    for (const char* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
      out.emplace(lower(*code), *code);
      out.emplace(lower(country_name(*code, "en")), *code);
    }
    for (const auto& [name, code] : country_aliases) out.emplace(name, code);
    return out;
  }();
  return codes;
}

template <class Word>
std::vector<std::string> each(std::string_view language, const std::vector<std::string>& words, Word word) {
  if (!is_japanese(language)) return words;
  std::vector<std::string> out;
  for (const auto& written : words) {
    std::string said = word(lower(trim(written)));
    out.push_back(said.empty() ? written : std::move(said));
  }
  return out;
}

}  // namespace

bool is_japanese(std::string_view language) { return language == "ja" || language.starts_with("ja-"); }

std::string kind_word(std::string_view language, std::string_view kind) {
  const bool ja = is_japanese(language);
  if (kind == "apt") return "APT";
  if (kind == "crimeware") return ja ? "クライムウェア" : "Crimeware";
  if (kind == "ics") return ja ? "産業制御システム（ICS）" : "ICS";
  return std::string(kind);
}

std::vector<std::string> sector_words(std::string_view language, const std::vector<std::string>& sectors) {
  return each(language, sectors, [](std::string_view word) {
    const auto known = std::ranges::find(japanese_sectors, word, [](const auto& pair) { return pair.first; });
    return known == std::end(japanese_sectors) ? std::string() : std::string(known->second);
  });
}

std::vector<std::string> geography_words(std::string_view language, const std::vector<std::string>& geography) {
  return each(language, geography, [](std::string_view word) {
    const auto code = country_codes().find(word);
    return code == country_codes().end() ? std::string() : country_name(code->second, "ja");
  });
}

}  // namespace mozu::intel
