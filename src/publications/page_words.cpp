#include "page_words.hpp"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "mozu/base/text.hpp"
#include "mozu/intel/subject_words.hpp"

namespace mozu::publications {
namespace {

constexpr Words english{"Executive summary",
                        "Full report",
                        "Published",
                        "Updated",
                        "Edition",
                        "Sharing",
                        "Contents",
                        "At a glance",
                        "Executive summary",
                        "Report",
                        "Threat actors",
                        "Malware and tools",
                        "Campaigns",
                        "Sectors",
                        "Regions",
                        "ATT&CK techniques",
                        "Technique",
                        "Evidence",
                        "Indicators of compromise",
                        "Indicators by type",
                        "Type",
                        "Indicator",
                        "Since",
                        "Detection rules",
                        "References",
                        "About this document",
                        "All {} indicators are in the full report and in the files that come with it (CSV, JSON, STIX, MISP, OpenIOC).",
                        "{} more indicators are in the files that come with this report (CSV, JSON, STIX, MISP, OpenIOC).",
                        "{} more rules are in the files that come with this report.",
                        "Addresses are written so that nobody follows them by mistake: hxxp for http, [.] for the dot.",
                        "(the figure is too large for this document)",
                        "Made with Mozu from version {} of the publication {}."};

constexpr Words japanese{"要約",
                         "本文",
                         "公開日",
                         "更新日",
                         "版",
                         "共有範囲",
                         "目次",
                         "概要",
                         "要約",
                         "本文",
                         "アクター",
                         "マルウェア・ツール",
                         "キャンペーン",
                         "業種",
                         "地域",
                         "ATT&CK テクニック",
                         "テクニック",
                         "根拠",
                         "インジケーター",
                         "種類別の件数",
                         "種類",
                         "インジケーター",
                         "初出",
                         "検知ルール",
                         "参考資料",
                         "本書について",
                         "全 {} 件のインジケーターは、本文と付属のファイル（CSV、JSON、STIX、MISP、OpenIOC）に収録しています。",
                         "ほか {} 件のインジケーターは、本レポートに付属するファイル（CSV、JSON、STIX、MISP、OpenIOC）に収録しています。",
                         "ほか {} 件のルールは、本レポートに付属するファイルに収録しています。",
                         "誤ってアクセスしないよう、アドレスは無害化して表記しています（http は hxxp、ドットは [.]）。",
                         "（図が大きすぎるため、本書には収録していません）",
                         "Mozu により、公開文書 {1} の第 {0} 版から作成。"};

struct Pair {
  std::string_view word, en, ja;
};
constexpr std::array<Pair, 16> types = {{{"md5", "MD5", "MD5"},
                                         {"sha1", "SHA-1", "SHA-1"},
                                         {"sha256", "SHA-256", "SHA-256"},
                                         {"sha512", "SHA-512", "SHA-512"},
                                         {"ipv4", "IPv4 address", "IPv4 アドレス"},
                                         {"ipv6", "IPv6 address", "IPv6 アドレス"},
                                         {"ipv4-range", "IPv4 range", "IPv4 範囲"},
                                         {"ipv6-range", "IPv6 range", "IPv6 範囲"},
                                         {"domain", "Domain", "ドメイン"},
                                         {"url", "URL", "URL"},
                                         {"url-mask", "URL mask", "URL マスク"},
                                         {"email", "E-mail address", "メールアドレス"},
                                         {"yara", "YARA", "YARA"},
                                         {"sigma", "Sigma", "Sigma"},
                                         {"suricata", "Suricata", "Suricata"},
                                         {"snort", "Snort", "Snort"}}};

template <class List>
std::string word_in(const List& list, Language l, std::string_view word) {
  for (const Pair& p : list)
    if (p.word == word) return std::string(l == Language::ja ? p.ja : p.en);
  return std::string(word);
}

}  // namespace

Language language_of(std::string_view tag) { return intel::is_japanese(tag) ? Language::ja : Language::en; }
const Words& words(Language l) { return l == Language::ja ? japanese : english; }
std::string type_word(Language l, std::string_view kind) { return word_in(types, l, kind); }

std::string date_word(Language l, Timestamp t) {
  constexpr std::string_view months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
  const CivilTime c = to_civil(t);
  if (l == Language::ja) return fmt::format("{}年{}月{}日", c.year, c.month, c.day);
  return fmt::format("{} {} {}", c.day, months[c.month - 1], c.year);
}

std::string_view sharing_word(Language l, intel::Tlp tlp) {
  const bool ja = l == Language::ja;
  switch (tlp) {
    case intel::Tlp::red:
      return ja ? "受領した個人に限り利用できます。ほかの誰とも共有できません。"
                : "For the eyes and ears of individual recipients only, no further disclosure.";
    case intel::Tlp::amber_strict:
      return ja ? "受領した組織の内部で、知る必要のある人に限り共有できます。"
                : "Limited disclosure, on a need-to-know basis within the recipient's organisation only.";
    case intel::Tlp::amber:
      return ja ? "受領した組織とその顧客の内部で、知る必要のある人に限り共有できます。"
                : "Limited disclosure, on a need-to-know basis within the recipient's organisation and its clients.";
    case intel::Tlp::green:
      return ja ? "コミュニティの内部で共有できます。一般に公開することはできません。"
                : "Limited disclosure, within the recipient's community; not by publicly accessible channels.";
    case intel::Tlp::clear: return ja ? "制限なく共有できます。" : "Disclosure is not limited.";
    default: return {};
  }
}

}  // namespace mozu::publications
