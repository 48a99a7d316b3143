#include "name_matching.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "common_words.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::reports {
namespace {

constexpr std::size_t name_window_bytes = 48;

FindingType type_of(EntityKind kind) {
  switch (kind) {
    case EntityKind::actor: return FindingType::actor;
    case EntityKind::malware: return FindingType::malware;
    case EntityKind::tool: return FindingType::tool;
    case EntityKind::technique: return FindingType::technique;
    case EntityKind::tactic: return FindingType::tactic;
    case EntityKind::mitigation: return FindingType::mitigation;
    case EntityKind::vulnerability: return FindingType::vulnerability;
    case EntityKind::country: return FindingType::country;
    case EntityKind::sector: return FindingType::sector;
  }
  return FindingType::actor;
}

bool has_upper(std::string_view s) { return std::ranges::any_of(s, is_upper); }
bool has_lower(std::string_view s) { return std::ranges::any_of(s, is_lower); }
bool has_digit(std::string_view s) {
  return std::ranges::any_of(s, [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}
bool is_ascii(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
bool one_word(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return is_alpha(static_cast<unsigned char>(c)); });
}

// Words beside a name that say what it is a name of.
constexpr std::string_view malware_words[] = {
    "ransomware", "malware", "trojan",    "trojans",     "backdoor", "stealer",  "infostealer", "loader",    "downloader", "dropper", "rat",
    "botnet",     "bot",     "bots",      "worm",        "wiper",    "rootkit",  "bootkit",     "keylogger", "spyware",    "variant", "variants",
    "sample",     "samples", "payload",   "payloads",    "implant",  "implants", "beacon",      "infection", "infections", "builder", "encryptor",
    "decryptor",  "locker",  "miner",     "cryptominer", "webshell", "family",   "families",    "raas",      "maas",       "plugin",  "module",
    "banker",     "adware",  "framework", "toolkit",     "exploit",  "kit",      "injector",    "clipper",   "crypter"};
constexpr std::string_view actor_words[] = {"group",      "groups",     "gang",        "actor",      "actors",        "apt",       "hackers",
                                            "hacker",     "hacking",    "operators",   "operator",   "team",          "attackers", "threat",
                                            "collective", "crew",       "cluster",     "affiliates", "affiliate",     "adversary", "adversaries",
                                            "syndicate",  "hacktivist", "hacktivists", "espionage",  "cybercriminals"};
constexpr std::string_view tool_words[] = {"tool", "tools", "utility", "utilities", "command", "commands", "framework", "software", "post-exploitation",
                                           "c2",   "agent", "binary",  "script",    "scanner", "listener"};
constexpr std::string_view naming_words[] = {"called", "dubbed",     "named",     "as",        "aka",   "a.k.a",
                                             "alias",  "attributed", "codenamed", "nicknamed", "known", "tracked"};
constexpr std::string_view sector_words[] = {"sector",       "sectors", "industry", "industries",   "companies", "company",  "organizations", "organisations",
                                             "organization", "firms",   "firm",     "institutions", "entities",  "vertical", "verticals",     "providers",
                                             "agencies",     "targets", "targeted", "targeting",    "target",    "victims",  "customers"};
constexpr std::string_view japanese_malware[] = {"ランサムウェア", "マルウェア", "トロイ", "バックドア",   "ローダー",
                                                 "ボット",         "ウイルス",   "ワーム", "スティーラー", "ワイパー"};
constexpr std::string_view japanese_actor[] = {"グループ", "攻撃者", "攻撃グループ", "アクター", "集団", "ハッカー", "犯罪組織"};

/// The words just before and behind a place, within its sentence.
struct Neighbours {
  std::vector<std::string_view> before, behind;
  std::string_view window;  ///< raw text around
};

Neighbours neighbours(std::string_view text, std::size_t begin, std::size_t end, std::size_t words) {
  Neighbours n;
  const auto in_word = [&](std::size_t i) { return is_alnum(static_cast<unsigned char>(text[i])) || text[i] == '-'; };
  std::size_t b = begin;
  while (b > 0 && n.before.size() < words && begin - b < 120) {
    std::size_t e = b;
    while (e > 0 && !in_word(e - 1) && text[e - 1] != '\n' && !(text[e - 1] == '.' && e < text.size() && text[e] == ' ') && begin - e < 120) --e;
    if (e == 0 || !in_word(e - 1)) break;
    b = e;
    while (b > 0 && in_word(b - 1)) --b;
    n.before.push_back(text.substr(b, e - b));
  }
  std::size_t e = end;
  while (e < text.size() && n.behind.size() < words && e - end < 120) {
    std::size_t s = e;
    while (s < text.size() && !in_word(s) && text[s] != '.' && s - end < 120) ++s;
    if (s >= text.size() || !in_word(s)) break;
    e = s;
    while (e < text.size() && in_word(e)) ++e;
    n.behind.push_back(text.substr(s, e - s));
  }
  const std::size_t from = begin > name_window_bytes ? begin - name_window_bytes : 0;
  n.window = text.substr(from, std::min(text.size(), end + name_window_bytes) - from);
  return n;
}

template <std::size_t N>
bool beside(const Neighbours& n, const std::string_view (&words)[N], std::size_t before, std::size_t behind) {
  for (std::size_t i = 0; i < std::min(before, n.before.size()); ++i)
    if (is_one_of(n.before[i], words)) return true;
  for (std::size_t i = 0; i < std::min(behind, n.behind.size()); ++i)
    if (is_one_of(n.behind[i], words)) return true;
  return false;
}
template <std::size_t N>
bool near(std::string_view window, const std::string_view (&words)[N]) {
  return std::ranges::any_of(words, [&](std::string_view w) { return window.find(w) != window.npos; });
}

bool katakana(std::string_view text, std::size_t i) {
  if (i + 2 >= text.size()) return false;
  const auto a = static_cast<unsigned char>(text[i]), b = static_cast<unsigned char>(text[i + 1]), c = static_cast<unsigned char>(text[i + 2]);
  if (a != 0xE3) return false;
  return (b == 0x82 && c >= 0xA1) || (b == 0x83 && c != 0xBB);
}

class NameMatcher {
 public:
  NameMatcher(const Document& document, const Dictionary::Data& d, const std::vector<Mention>& taken, std::size_t places_max, std::vector<Mention>& out)
      : document_(document),
        text_(document.text()),
        d_(d),
        taken_(taken),
        places_max_(places_max),
        out_(out) {}

  void run() {
    find();
    count_lower_case();
    for (auto& c : candidates_) judge(c);
    vouch_in_lists();
    for (auto& c : candidates_) emit(c);
  }

 private:
  struct Candidate {
    std::size_t begin = 0, end = 0;
    std::uint32_t node = 0;
    const NameEntry* name = nullptr;
    EntityKind kind = EntityKind::actor;
    std::vector<const NameEntry*> rivals;  ///< other entities of the kind that the name may mean
    bool common = false, evident = false, wrong_case = false, drop = false, contained = false;
    double confidence = 0;
    std::string reason;
  };

  // Longest names first come, first served.
  void find() {
    Word w;
    for (std::size_t at = 0; candidates_.size() < places_max_ && next_word(text_, at, w);) {
      at = w.end;
      if (!d_.may_begin(w.hash)) continue;
      Candidate best;
      Word last = w;
      std::uint32_t node = 0;
      for (std::size_t words = 0; words < name_words_max; ++words) {
        node = d_.step(node, last.hash);
        if (node == 0) break;
        if (!d_.node_names[node].empty() && bounded(w, last)) best.begin = w.begin, best.end = last.end, best.node = node;
        Word next;
        if (!next_word(text_, last.end, next) || !joined(last.end, next.begin)) break;
        last = next;
      }
      if (best.node == 0) continue;
      at = best.end;
      candidates_.push_back(std::move(best));
    }
    drop_names_in_indicators();
  }

  bool bounded(const Word& first, const Word& last) const {
    const auto foreign = [&](std::size_t i) {
      return i < text_.size() && static_cast<unsigned char>(text_[i]) >= 0xC3 && static_cast<unsigned char>(text_[i]) < 0xE0;
    };
    if (first.ideographic) {
      if (katakana(text_, first.begin) && first.begin >= 3 && katakana(text_, first.begin - 3)) return false;
    } else if (first.begin > 0) {
      const auto c = static_cast<unsigned char>(text_[first.begin - 1]);
      if (is_alnum(c) || c == '_' || (c >= 0x80 && first.begin >= 2 && foreign(first.begin - 2))) return false;
    }
    if (last.ideographic) return !(katakana(text_, last.begin) && katakana(text_, last.end));
    return last.end >= text_.size() || (!is_alnum(static_cast<unsigned char>(text_[last.end])) && !foreign(last.end) && text_[last.end] != '_');
  }

  // Between two words of a name: nothing, a blank, a hyphen, a line end, "&".
  bool joined(std::size_t end, std::size_t begin) const {
    const std::string_view gap = text_.substr(end, begin - end);
    if (gap.size() > 3) return gap.size() < 40 && gap.find_first_not_of(" \r\n") == gap.npos && std::ranges::count(gap, '\n') == 1;
    return gap.find_first_not_of(" -_.'&/\r\n+") == gap.npos && gap != ". " && gap != "\n\n" && gap != ".\n" && gap != " - ";
  }

  void drop_names_in_indicators() {
    std::size_t t = 0;
    std::size_t reach = 0;
    std::erase_if(candidates_, [&](Candidate& c) {
      for (; t < taken_.size() && taken_[t].begin <= c.begin; ++t)
        if (covers(taken_[t])) reach = std::max(reach, taken_[t].end), last_ = &taken_[t];
      if (c.begin >= reach) return document_.in_link(c.begin);
      // "psexec.exe" is the tool; other names in file names say little.
      const std::string_view rest = text_.substr(c.end, 4);
      c.contained = true;
      return !(last_ != nullptr && last_->type == FindingType::file_name && last_->begin == c.begin && iequals(rest, ".exe"));
    });
  }
  static bool covers(const Mention& m) { return m.type <= FindingType::registry_key && m.type != FindingType::vulnerability; }

  // Words that the report itself writes small are everyday words in it.
  void count_lower_case() {
    for (const auto& c : candidates_) {
      const std::string_view s = text_.substr(c.begin, c.end - c.begin);
      auto& [lower, other] = cases_[c.node];
      (has_upper(s) ? other : lower) += 1;
    }
  }

  // ---- which entity, and does the place speak for it?

  void judge(Candidate& c) {
    const auto& names = d_.node_names[c.node];
    const std::string_view written = text_.substr(c.begin, c.end - c.begin);
    const Neighbours n = neighbours(text_, c.begin, c.end, 6);
    const bool says_malware = beside(n, malware_words, 1, 2) || near(n.window, japanese_malware);
    const bool says_actor = beside(n, actor_words, 2, 2) || near(n.window, japanese_actor);
    const bool says_tool = beside(n, tool_words, 1, 2) || iequals(text_.substr(c.end, 4), ".exe");
    c.kind = choose_kind(names, n, says_malware, says_actor);
    choose_entity(c, names);
    if (c.contained && c.kind >= EntityKind::country) return void(c.drop = true);  // "uk.exe"
    if (c.kind == EntityKind::country) return judge_country(c, written);
    if (c.kind == EntityKind::sector) return judge_sector(c, written, n);
    if (c.kind == EntityKind::technique) return judge_technique(c, written, n);
    if (c.kind == EntityKind::tactic) return judge_tactic(c, written, n);
    if (c.kind == EntityKind::mitigation) return void(c.drop = true);
    if ((c.contained && c.kind != EntityKind::tool) || is_part_of_another_word(c) || is_spelt_apart(c, written) || owns_network(c)) return void(c.drop = true);
    judge_name(c, written, n,
               c.kind == EntityKind::actor  ? says_actor
               : c.kind == EntityKind::tool ? says_tool || says_malware
                                            : says_malware || says_tool,
               says_malware || says_actor);
  }

  // "COPY/PASTE" names two things, unless the name itself has the stroke; "lab host" in small letters is no "LabHost", as both spelling and case differ.
  static bool is_spelt_apart(const Candidate& c, std::string_view written) {
    const std::string_view spelling = c.name->spelling;
    for (const char mark : {'/', '&', '+'})
      if (written.find(mark) != written.npos && spelling.find(mark) == spelling.npos) return true;
    return written.find(' ') != written.npos && spelling.find_first_of(" -_.") == spelling.npos && has_upper(spelling) && is_ascii(written) &&
           !has_upper(written) && !has_digit(written);
  }

  // "AS45102 (Alibaba)": whose network it is.
  bool owns_network(const Candidate& c) const {
    constexpr std::size_t before_max = 48;
    const std::size_t from = c.begin > before_max ? c.begin - before_max : 0;
    std::string_view before = text_.substr(from, c.begin - from);
    if (const auto line = before.find_last_of("\n.;"); line != before.npos) before.remove_prefix(line + 1);
    for (std::size_t at = before.find("AS"); at != before.npos; at = before.find("AS", at + 2)) {
      if (at > 0 && is_alnum(static_cast<unsigned char>(before[at - 1]))) continue;
      std::size_t digits = at + 2;
      if (digits < before.size() && before[digits] == 'N') ++digits;
      while (digits < before.size() && (before[digits] == ' ' || before[digits] == ':')) ++digits;
      if (digits < before.size() && is_digit(static_cast<unsigned char>(before[digits]))) return true;
    }
    return false;
  }

  // "W32/Agent.gen!Eldorado" (an engine's own mark), ".Net"
  bool is_part_of_another_word(const Candidate& c) const {
    if (c.begin < 2) return c.begin == 1 && text_[0] == '.';
    const bool behind_word = is_alnum(static_cast<unsigned char>(text_[c.begin - 2]));
    return behind_word ? text_[c.begin - 1] == '!' : text_[c.begin - 1] == '.';
  }

  EntityKind kind_of(const NameEntry& n) const { return d_.entities[n.entity].kind; }

  // The word right behind decides ("LockBit gang", "LockBit ransomware"), then the order of the dictionary's sources.
  EntityKind choose_kind(const std::vector<NameEntry>& names, const Neighbours& n, bool says_malware, bool says_actor) const {
    const auto holds = [&](EntityKind k) { return std::ranges::any_of(names, [&](const NameEntry& e) { return kind_of(e) == k; }); };
    const bool actor = holds(EntityKind::actor), malware = holds(EntityKind::malware);
    if (actor && malware && !n.behind.empty()) {
      if (is_one_of(n.behind[0], actor_words)) return EntityKind::actor;
      if (is_one_of(n.behind[0], malware_words)) return EntityKind::malware;
      if (says_actor != says_malware) return says_actor ? EntityKind::actor : EntityKind::malware;
    }
    if (!actor && malware && holds(EntityKind::tool) && !says_malware) return EntityKind::tool;  // lists of malware hold programs of administrators
    const auto best = std::ranges::min_element(names, {}, &NameEntry::entity);
    return kind_of(*best);
  }

  // The entity whose own name it is, else the only one that has it as an alias; else it is open which one is meant.
  void choose_entity(Candidate& c, const std::vector<NameEntry>& names) const {
    for (const auto& n : names) {
      if (kind_of(n) != c.kind) continue;
      if (c.name == nullptr || (n.canonical && !c.name->canonical)) c.name = &n;
    }
    if (c.name->canonical && c.kind != EntityKind::technique) return;
    const std::string chosen = intel::fold_name(d_.entities[c.name->entity].name);
    for (const auto& n : names) {
      if (kind_of(n) != c.kind || n.entity == c.name->entity) continue;
      const Entity& e = d_.entities[n.entity];
      if (c.kind == EntityKind::technique ? e.id != d_.entities[c.name->entity].id : intel::fold_name(e.name) != chosen) c.rivals.push_back(&n);
    }
  }

  void judge_country(Candidate& c, std::string_view written) const {
    if (is_ascii(written)) {
      const bool short_form = c.name->spelling.size() <= 5 && !has_lower(c.name->spelling);
      c.drop = short_form ? has_lower(written) || (written == "US" && !has_lower_near(c)) : !is_upper(written.front());
    }
    c.confidence = 0.8;
    c.reason = "the name of a country";
  }
  // In a line of capitals "US" may be the pronoun.
  bool has_lower_near(const Candidate& c) const {
    const std::size_t from = c.begin > 20 ? c.begin - 20 : 0;
    return has_lower(text_.substr(from, c.end + 20 - from));
  }

  void judge_sector(Candidate& c, std::string_view written, const Neighbours& n) const {
    const bool speaks = !one_word(written) || !is_ascii(written);
    const bool sector = beside(n, sector_words, 2, 5);
    c.drop = !speaks && !sector;
    c.confidence = speaks && sector ? 0.85 : 0.6;
    c.reason = sector ? "words of an industry beside it" : "the name of an industry";
  }

  void judge_technique(Candidate& c, std::string_view written, const Neighbours& n) const {
    static constexpr std::string_view words[] = {"technique", "techniques", "sub-technique", "subtechnique", "ttp", "ttps", "procedure"};
    // "Social Media", "WHOIS", "IP Addresses": what attackers gather or acquire bears the name of a thing that every report speaks of.
    if (d_.entities[c.name->entity].is_thing && !beside(n, words, 2, 2) && !has_id_beside(c)) return void(c.drop = true);
    if (one_word(written)) {
      if (is_common_word(fold(written)) || written.size() < 5 || !(is_upper(written.front()) || written.size() >= 8)) return void(c.drop = true);
      c.confidence = 0.55;
    } else {
      c.confidence = has_upper(written) ? 0.8 : 0.65;
    }
    if (!c.rivals.empty()) c.confidence *= 0.6;
    c.reason = "the name of a technique";
  }

  // "T1596.002", "[T1596]" in the same line
  bool has_id_beside(const Candidate& c) const {
    constexpr std::size_t reach = 40;
    const std::size_t from = c.begin > reach ? c.begin - reach : 0;
    std::string_view window = text_.substr(from, c.end + reach - from);
    for (std::size_t at = window.find('T'); at != window.npos; at = window.find('T', at + 1))
      if (at + 4 < window.size() && window[at + 1] == '1' &&
          std::ranges::all_of(window.substr(at + 1, 4), [](char ch) { return is_digit(static_cast<unsigned char>(ch)); }))
        return true;
    return false;
  }

  static void judge_tactic(Candidate& c, std::string_view written, const Neighbours& n) {
    static constexpr std::string_view words[] = {"tactic", "tactics", "phase", "stage"};
    const bool evident = beside(n, words, 2, 2);
    c.drop = !evident && one_word(written);
    c.confidence = evident ? 0.7 : 0.5;
    c.reason = "the name of a tactic";
  }

  static bool all_words_generic(std::string_view written) {
    Word w;
    for (std::size_t at = 0; next_word(written, at, w); at = w.end) {
      const std::string_view word = written.substr(w.begin, w.end - w.begin);
      if (!is_digit(static_cast<unsigned char>(word.front())) && !is_generic_word(fold(word))) return false;
    }
    return has_lower(written) || has_upper(written);
  }
  bool all_words_common(std::string_view written) const {
    Word w;
    for (std::size_t at = 0; next_word(written, at, w); at = w.end) {
      const std::string word = fold(written.substr(w.begin, w.end - w.begin));
      if (!is_common_word(word) && !is_generic_word(word)) return false;
    }
    return true;
  }

  void judge_name(Candidate& c, std::string_view written, const Neighbours& n, bool says_kind, bool says_any) {
    if (c.kind != EntityKind::tool && all_words_generic(written)) return void(c.drop = true);
    const std::string lower = fold(written);
    const auto& counts = cases_[c.node];
    const bool single = one_word(written);
    const bool number_only = std::ranges::none_of(written, [](char ch) { return is_alpha(static_cast<unsigned char>(ch)); }) && is_ascii(written);
    const bool spelt_small = c.kind == EntityKind::tool && !has_upper(c.name->spelling);  // "curl"
    const bool small = written.size() <= 3 || number_only || (written.size() == 4 && !has_upper(written) && !spelt_small);
    c.common = small || (single && (is_common_word(lower) || (lower.size() < 6 && counts.lower > counts.other && !spelt_small))) ||
               (!single && !has_digit(written) && is_ascii(written) && all_words_common(written));
    const bool named = !n.before.empty() && is_one_of(n.before[0], naming_words);
    const std::string_view behind = text_.substr(c.end, 10);
    const bool id_behind = behind.size() > 5 && behind[1] == '(' && (behind[2] == 'G' || behind[2] == 'S') && is_digit(static_cast<unsigned char>(behind[3]));
    c.evident = says_kind || id_behind || (says_any && !c.common) || (named && written.size() > 3);
    if (c.common) {
      // "LEAD", "Royal": the spelling of the name, or of a title.
      const bool program = iequals(text_.substr(c.end, 4), ".exe");
      c.wrong_case = !program && is_ascii(written) && !number_only && (!has_upper(written) || (small && written != c.name->spelling));
      c.confidence = 0.7;
      c.reason = "an everyday word, but the words beside it tell that the name is meant";
      if (c.evident && !c.wrong_case) confirmed_.insert(c.node);
      return;
    }
    const bool lower_case = is_ascii(written) && !has_upper(written);
    c.confidence = lower_case ? 0.7 : c.evident ? 0.95 : 0.9;
    c.reason = c.evident ? "a known name, and the words beside it agree" : "a known name";
  }

  // "Emotet, Maze and Conti": what stands in one list with a name that needs no evidence is a name of its kind.
  void vouch_in_lists() {
    const auto vouches = [&](const Candidate& a, const Candidate& b) {
      const bool named = !a.drop && a.name != nullptr && a.kind <= EntityKind::tool && (!a.common || (a.evident && !a.wrong_case));
      return named && (a.kind == EntityKind::actor) == (b.kind == EntityKind::actor);
    };
    const auto vouch = [&](const Candidate& a, Candidate& b) {
      if (b.drop || b.name == nullptr || b.kind > EntityKind::tool || !b.common || b.evident || b.wrong_case || !vouches(a, b)) return;
      b.evident = true;
      b.reason = "an everyday word, but it stands in a list with other names";
      confirmed_.insert(b.node);
    };
    for (std::size_t i = 1; i < candidates_.size(); ++i)
      if (are_listed(candidates_[i - 1], candidates_[i])) vouch(candidates_[i - 1], candidates_[i]);
    for (std::size_t i = candidates_.size(); i-- > 1;)
      if (are_listed(candidates_[i - 1], candidates_[i])) vouch(candidates_[i], candidates_[i - 1]);
  }
  bool are_listed(const Candidate& a, const Candidate& b) const {
    static constexpr std::string_view between[] = {",", ", and", ", or", "and", "or"};
    if (b.begin < a.end || b.begin - a.end > 8) return false;
    const std::string_view gap = text_.substr(a.end, b.begin - a.end);
    return is_one_of(trim(gap), between) && (gap.back() == ' ' || gap.back() == '\n');
  }

  void emit(Candidate& c) {
    if (c.drop || c.name == nullptr) return;
    const Entity& e = d_.entities[c.name->entity];
    Mention m;
    m.type = type_of(c.kind);
    m.begin = c.begin;
    m.end = c.end;
    m.written = std::string(text_.substr(c.begin, c.end - c.begin));
    m.confidence = c.confidence;
    m.reason = std::move(c.reason);
    if (c.common && !(c.evident && !c.wrong_case)) {
      if (confirmed_.contains(c.node) && !c.wrong_case) {
        m.confidence = 0.6;
        m.reason = "an everyday word, but the report uses it as a name elsewhere";
      } else {
        if (c.wrong_case || begins_sentence(c.begin)) return;  // plainly the word
        m.confidence = 0.1;
        m.reason = "an everyday word, and nothing beside it tells that the name is meant";
        m.noise = Noise::common_word;
      }
    }
    set_entity(c, e, m);
    out_.push_back(std::move(m));
  }

  void set_entity(const Candidate& c, const Entity& e, Mention& m) const {
    const bool by_id = c.kind == EntityKind::technique || c.kind == EntityKind::tactic || c.kind == EntityKind::country;
    m.value = by_id ? e.id : e.name;
    m.id = e.id;
    m.name = e.name;
    if (c.kind == EntityKind::country) m.value = e.name;
    if (!c.name->canonical && !by_id && c.kind != EntityKind::sector) m.reason += fmt::format("; '{}' is another name of {}", m.written, e.name);
    if (c.rivals.empty()) return;
    std::string others = by_id ? fmt::format("{} ({})", e.name, e.id) : e.name;
    for (std::size_t i = 0; i < std::min<std::size_t>(c.rivals.size(), 4); ++i) {
      const Entity& r = d_.entities[c.rivals[i]->entity];
      others += by_id ? fmt::format(", {} ({})", r.name, r.id) : ", " + r.name;
    }
    m.reason += fmt::format("; it may mean any of: {}", others);
    if (by_id) return;
    m.value = c.name->spelling;
    m.id.clear();
    m.name.clear();
    m.confidence *= 0.8;
  }

  // Every word is written large there.
  bool begins_sentence(std::size_t at) const {
    while (at > 0 && std::string_view(" *_`\"'(-#=").find(text_[at - 1]) != std::string_view::npos) --at;
    return at == 0 || std::string_view(".!?:\n|").find(text_[at - 1]) != std::string_view::npos;
  }

  struct Counts {
    std::size_t lower = 0, other = 0;
  };
  const Document& document_;
  std::string_view text_;
  const Dictionary::Data& d_;
  const std::vector<Mention>& taken_;
  std::size_t places_max_;
  std::vector<Mention>& out_;
  const Mention* last_ = nullptr;
  std::vector<Candidate> candidates_;
  std::unordered_map<std::uint32_t, Counts> cases_;
  std::unordered_set<std::uint32_t> confirmed_;
};

}  // namespace

void match_names(const Document& document, const Dictionary::Data& dictionary, const std::vector<Mention>& taken, std::size_t places_max,
                 std::vector<Mention>& out) {
  NameMatcher(document, dictionary, taken, places_max, out).run();
}

void name_explicit_ids(const Dictionary::Data& dictionary, std::vector<Mention>& mentions) {
  std::unordered_map<std::string_view, const Entity*> by_id;
  for (const auto& e : dictionary.entities)
    if (e.kind <= EntityKind::mitigation && !e.id.empty()) by_id.try_emplace(e.id, &e);
  for (auto& m : mentions) {
    if (!m.explicit_id) continue;
    m.confidence = 0.99;
    m.reason = "an ATT&CK id, written out";
    const auto at = by_id.find(m.value);
    if (at == by_id.end()) {
      const bool letters_of_many = m.type != FindingType::technique && m.type != FindingType::tactic;
      m.confidence = by_id.empty() ? 0.95 : letters_of_many ? 0.5 : 0.8;
      if (!by_id.empty()) m.reason += "; the names that were given do not hold it";
      continue;
    }
    const Entity& e = *at->second;
    m.type = type_of(e.kind);
    m.id = e.id;
    m.name = e.name;
  }
}

}  // namespace mozu::reports
