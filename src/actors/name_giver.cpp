// Forms of names and who gives them, as the vendors publish their naming: Microsoft (weather by country, Storm-, DEV-), CrowdStrike
// (animal by country or motive), Mandiant (APT, FIN, UNC, TEMP.), Secureworks (metal and word), Palo Alto Networks Unit 42 (constellations),
// Proofpoint (TA), Recorded Future (TAG, Red/Blue…), Trend Micro (Earth, Void, Water), Cisco Talos (UAT), Volexity (UTA), IBM X-Force (ITG, Hive).
#include <algorithm>
#include <array>

#include "mozu/actors/resolve.hpp"
#include "mozu/base/text.hpp"

namespace mozu::actors {
namespace {

/// Last words of two-word names.
struct LastWord {
  std::string_view word, by;
};
constexpr auto last_words = std::to_array<LastWord>(
    {{"blizzard", "Microsoft"},  {"typhoon", "Microsoft"},    {"sandstorm", "Microsoft"}, {"sleet", "Microsoft"},    {"tempest", "Microsoft"},
     {"tsunami", "Microsoft"},   {"flood", "Microsoft"},      {"dust", "Microsoft"},      {"cyclone", "Microsoft"},  {"hail", "Microsoft"},
     {"rain", "Microsoft"},      {"squall", "Microsoft"},     {"lightning", "Microsoft"}, {"bear", "CrowdStrike"},   {"panda", "CrowdStrike"},
     {"kitten", "CrowdStrike"},  {"chollima", "CrowdStrike"}, {"spider", "CrowdStrike"},  {"jackal", "CrowdStrike"}, {"tiger", "CrowdStrike"},
     {"leopard", "CrowdStrike"}, {"buffalo", "CrowdStrike"},  {"crane", "CrowdStrike"},   {"wolf", "CrowdStrike"},   {"hawk", "CrowdStrike"},
     {"lynx", "CrowdStrike"},    {"saiga", "CrowdStrike"},    {"sphinx", "CrowdStrike"},  {"ocelot", "CrowdStrike"}, {"taurus", "Unit 42"},
     {"ursa", "Unit 42"},        {"pisces", "Unit 42"},       {"serpens", "Unit 42"},     {"libra", "Unit 42"},      {"scorpius", "Unit 42"},
     {"orion", "Unit 42"},       {"lyra", "Unit 42"}});
/// Secureworks: first words of two-word names.
constexpr auto metals =
    std::to_array<std::string_view>({"bronze", "iron", "gold", "cobalt", "nickel", "aluminum", "tin", "copper", "zinc", "platinum", "tungsten"});
/// What stands before a number (or, where `dash` says so, a dash and a number).
struct Prefix {
  std::string_view text, by;
};
constexpr auto prefixes = std::to_array<Prefix>(
    {{"apt-c-", "360"},      {"apt-q-", "QiAnXin"},       {"apt-k-", "KnownSec 404"}, {"apt", "Mandiant"},     {"fin", "Mandiant"},     {"unc", "Mandiant"},
     {"ta", "Proofpoint"},   {"tag-", "Recorded Future"}, {"tg-", "Secureworks"},     {"ctg-", "Secureworks"}, {"storm-", "Microsoft"}, {"dev-", "Microsoft"},
     {"uac-", "CERT-UA"},    {"uat-", "Cisco Talos"},     {"uta", "Volexity"},        {"itg", "IBM X-Force"},  {"hive", "IBM X-Force"}, {"cl-sta-", "Unit 42"},
     {"cl-cri-", "Unit 42"}, {"ref", "Elastic"},          {"atk", "Thales"},          {"g", "MITRE"},          {"sector", "NSHC"}});

bool all_digits(std::string_view s) {
  return !s.empty() && std::ranges::all_of(s, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

}  // namespace

std::string_view name_giver(std::string_view name) {
  constexpr std::size_t name_bytes_max = 64;
  if (name.size() > name_bytes_max) return {};
  const std::string s = fold(trim(name));
  for (const auto& p : prefixes) {
    if (!s.starts_with(p.text)) continue;
    std::string_view rest = std::string_view(s).substr(p.text.size());
    if (p.text == "sector" && rest.size() == 3) rest.remove_prefix(1);  // SectorC08
    if (p.text == "g" && rest.size() != 4) continue;
    if (p.text == "apt" && (rest.starts_with('-') || rest.starts_with(' '))) rest.remove_prefix(1);
    if (all_digits(rest)) return p.by;
  }
  if (s.starts_with("temp.")) return "Mandiant";
  const auto space = s.find(' ');
  if (space == std::string::npos || s.find(' ', space + 1) != std::string::npos) return {};
  const std::string_view first = std::string_view(s).substr(0, space), last = std::string_view(s).substr(space + 1);
  for (const auto& w : last_words)
    if (last == w.word) return w.by;
  const bool upper = std::ranges::none_of(name, [](char c) { return c >= 'a' && c <= 'z'; });
  if (upper && std::ranges::find(metals, first) != metals.end()) return "Secureworks";
  if (first == "earth" || first == "void" || first == "water") return "Trend Micro";
  return {};
}

}  // namespace mozu::actors
