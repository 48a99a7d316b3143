#include "unlisted_names.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "common_words.hpp"
#include "mozu/base/text.hpp"

namespace mozu::reports {
namespace {

constexpr std::size_t name_bytes_min = 4, unlisted_name_bytes_max = 32, names_max = 1000, list_items_max = 30;

// Behind a name these say that it is malware. With the first ones a name is taken if it is written like one (capitals inside, digits), with
// the others also if the report never writes it small.
constexpr std::string_view kinds[] = {"malware", "trojan", "backdoor", "downloader", "dropper", "worm", "implant", "miner", "banker", "spyware", "family"};
constexpr std::string_view strong_kinds[] = {"ransomware", "rat",     "stealer", "infostealer", "loader",   "botnet",
                                             "wiper",      "crypter", "rootkit", "bootkit",     "keylogger"};
// "the threat actor Xyz", "hacking group Xyz"
constexpr std::string_view actor_kinds[] = {"actor", "group", "gang", "collective"};
constexpr std::string_view actor_attributes[] = {"threat",        "hacking", "apt",        "espionage", "cyberespionage", "cybercrime",
                                                 "cybercriminal", "hacker",  "hacktivist", "extortion", "ransomware"};
constexpr std::string_view naming[] = {"called", "dubbed", "named", "codenamed", "nicknamed"};
constexpr std::string_view naming_as[] = {"dubbed", "known", "tracked", "to", "named", "codenamed"};
constexpr std::string_view aliases[] = {"alias", "aliases", "moniker", "monikers", "nickname", "nicknames"};
constexpr std::string_view actor_nouns[] = {"actor", "actors", "gang", "collective", "hacker", "hackers"};
// What may stand between a kind and the word that names it, and leaves the kind what is named: "a loader family that we dubbed X", but not "a malware shop called X".
constexpr std::string_view fillers[] = {"family",  "variant", "strain", "version", "tool",      "program",  "framework",  "that",       "which",  "who",
                                        "whom",    "is",      "was",    "are",     "were",      "we",       "they",       "it",         "has",    "have",
                                        "had",     "been",    "also",   "now",     "sometimes", "commonly", "publicly",   "internally", "widely", "researchers",
                                        "by",      "the",     "under",  "and",     "its",       "authors",  "developers", "referred",   "group",  "bot",
                                        "payload", "sample",  "code",   "threat",  "module",    "modules"};
constexpr std::string_view naming_this[] = {"dubbed", "named", "called", "calling", "naming", "codenamed", "nicknamed"};
constexpr std::string_view these[] = {"this", "the", "that", "its"};
constexpr std::string_view variants[] = {"variant", "version", "strain"};
constexpr std::string_view listing[] = {"as", "like", "including", "eg"};
constexpr std::string_view listed_kinds[] = {"malware",   "ransomware", "families", "trojans", "loaders", "stealers", "infostealers",
                                             "backdoors", "botnets",    "rats",     "wipers",  "bankers", "strains"};
// With capitals inside, "ZLoader" or "NewBot" needs no word beside it; these are products.
constexpr std::string_view endings[] = {"Loader", "Stealer", "Bot", "Locker", "RAT", "Crypter", "Miner", "Wiper", "Ransom", "Dropper", "Backdoor", "Keylogger"};
constexpr std::string_view products[] = {"bitlocker", "applocker",      "classloader", "bootloader",  "googlebot", "chatbot",
                                         "bingbot",   "urlclassloader", "dllloader",   "storelocker", "typeloader"};
// How vendors number actors.
constexpr std::string_view numbered_actors[] = {"APT", "FIN", "TA", "UNC", "UAC", "TAG", "DEV", "STORM", "ITG", "ATK", "TEMP", "UTG"};

struct Token {
  std::size_t begin = 0, end = 0;
};

/// Inside capitals or digits: "NewThing", "SUNBURST2", "IcedID".
bool is_written_like_a_name(std::string_view s) {
  std::size_t inner = 0, lower = 0;
  for (std::size_t i = 1; i < s.size(); ++i) {
    inner += is_upper(s[i]) || is_digit(static_cast<unsigned char>(s[i]));
    lower += is_lower(s[i]);
  }
  return inner > 0 && lower > 0 && s.find('-') == s.npos;
}

bool is_numbered_actor(std::string_view s) {
  std::size_t letters = 0;
  while (letters < s.size() && is_alpha(static_cast<unsigned char>(s[letters]))) ++letters;
  if (!is_one_of(s.substr(0, letters), numbered_actors)) return false;
  const bool storm = iequals(s.substr(0, letters), "storm");
  if (!storm && std::ranges::any_of(s.substr(0, letters), is_lower)) return false;
  std::size_t i = letters;
  if (i < s.size() && s[i] == '-') ++i;
  else if (storm) return false;
  const std::size_t digits = s.size() - i;
  if (digits < 1 || digits > 4 || (digits == 4 && iequals(s.substr(0, letters), "ta"))) return false;  // TA0001 is a tactic
  if (digits == 1 && iequals(s.substr(0, letters), "ta")) return false;
  return std::ranges::all_of(s.substr(i), [](char c) { return is_digit(static_cast<unsigned char>(c)); });
}

class Finder {
 public:
  Finder(const Document& document, const std::vector<Mention>& taken, const std::vector<Mention>& names, std::size_t places_max, std::vector<Mention>& out)
      : document_(document),
        text_(document.text()),
        places_max_(places_max),
        out_(out) {
    for (const auto* list : {&taken, &names})
      for (const auto& m : *list) covered_.push_back({m.begin, m.end});
    std::ranges::sort(covered_, {}, &Token::begin);
    for (const auto& m : names)
      if (m.noise == Noise::none && (m.type == FindingType::malware || m.type == FindingType::tool)) software_.push_back({m.begin, m.end});
    std::ranges::sort(software_, {}, &Token::end);
  }

  void run() {
    tokenise();
    for (std::size_t i = 0; i < tokens_.size() && introduced_.size() < names_max; ++i) {
      const std::string_view s = word(i);
      if (!is_upper(s.front())) continue;
      if (is_digit(static_cast<unsigned char>(s.back())) && is_numbered_actor(s)) put(i, FindingType::actor, 0.8, "numbered as vendors number actors");
      if (!may_be_name(s)) continue;
      if (says_it_itself(s)) introduced_[s];
      else if (i + 1 < tokens_.size() && beside(i) && is_one_of(word(i + 1), strong_kinds)) introduced_[s].must_repeat = !is_written_like_a_name(s);
      else if (i + 1 < tokens_.size() && beside(i) && is_written_like_a_name(s) && is_one_of(word(i + 1), kinds)) introduced_[s];
      else if (is_named_here(i)) introduced_[s].may_be_small = false;
      else if (is_actor_named_here(i)) introduced_[s] = {FindingType::actor, false, false};
      else if (i > 1 && beside(i - 1) && beside(i - 2) && is_one_of(word(i - 1), actor_kinds) && is_one_of(word(i - 2), actor_attributes))
        introduced_[s] = {FindingType::actor, !is_written_like_a_name(s), false};
    }
    introduce_lists();
    if (introduced_.empty()) return;
    count();
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const auto at = introduced_.find(word(i));
      if (at == introduced_.end() || !at->second.holds()) continue;
      const bool actor = at->second.type == FindingType::actor;
      put(i, at->second.type, 0.6,
          actor ? "no list that was given holds it, but the report calls it an actor" : "no list that was given holds it, but the report calls it malware");
    }
  }

 private:
  struct Word {
    FindingType type = FindingType::malware;
    bool must_repeat = false, may_be_small = true;
    std::size_t written = 0, small = 0;
    bool holds() const { return !(must_repeat && (written < 2 || small > 0)) && (may_be_small || small == 0); }
  };
  std::string_view word(std::size_t i) const { return text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin); }

  void tokenise() {
    for (std::size_t i = 0; i < text_.size();) {
      if (!is_alnum(static_cast<unsigned char>(text_[i]))) {
        ++i;
        continue;
      }
      std::size_t e = i;
      while (e < text_.size() && (is_alnum(static_cast<unsigned char>(text_[e])) ||
                                  (text_[e] == '-' && e + 1 < text_.size() && is_alnum(static_cast<unsigned char>(text_[e + 1])))))
        ++e;
      tokens_.push_back({i, e});
      i = e;
    }
  }

  // How often each introduced word stands there, as it is and in small letters.
  void count() {
    std::unordered_map<std::string, std::vector<Word*>> by_small;
    for (auto& [s, w] : introduced_) by_small[fold(s)].push_back(&w);
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const std::string_view s = word(i);
      if (s.size() < name_bytes_min || s.size() > unlisted_name_bytes_max) continue;
      if (const auto at = introduced_.find(s); at != introduced_.end()) ++at->second.written;
      if (!is_lower(s.front()) || !stands_apart(i)) continue;
      if (const auto at = by_small.find(std::string(s)); at != by_small.end())
        for (auto* w : at->second) ++w->small;
    }
  }

  // Not in a host, path or file name: these are small whatever they name.
  bool stands_apart(std::size_t i) const {
    const auto& t = tokens_[i];
    const char before = t.begin > 0 ? text_[t.begin - 1] : ' ', after = t.end < text_.size() ? text_[t.end] : ' ';
    const bool dot_inside = after == '.' && t.end + 1 < text_.size() && is_alnum(static_cast<unsigned char>(text_[t.end + 1]));
    return std::string_view("./\\_@=#").find(before) == std::string_view::npos && std::string_view("/\\_@=").find(after) == std::string_view::npos &&
           !dot_inside;
  }

  // The next word follows in the same line, one blank between.
  bool beside(std::size_t i) const { return tokens_[i + 1].begin == tokens_[i].end + 1 && (text_[tokens_[i].end] == ' ' || text_[tokens_[i].end] == '\n'); }

  static bool says_it_itself(std::string_view s) {
    if (s.size() > unlisted_name_bytes_max || s.empty() || !is_upper(s.front()) || !is_written_like_a_name(s) || is_one_of(s, products)) return false;
    return std::ranges::any_of(endings, [&](std::string_view e) { return s.size() > e.size() && s.ends_with(e) && (e != "RAT" || is_lower(s[s.size() - 4])); });
  }

  // "a new loader called X", "ransomware family, dubbed by us as X", "we are calling this new variant X"
  bool is_named_here(std::size_t i) const {
    if (const std::size_t verb = naming_verb(i); verb < i)
      return noun_before(verb, [](std::string_view w) { return is_one_of(w, kinds) || is_one_of(w, strong_kinds); });
    if (i < 3 || !(is_one_of(word(i - 1), kinds) || is_one_of(word(i - 1), strong_kinds) || is_one_of(word(i - 1), variants))) return false;
    for (std::size_t k = 2; k <= 3 && k < i; ++k)
      if (is_one_of(word(i - k), these)) return is_one_of(word(i - k - 1), naming_this) && is_one_line(i - k - 1, i);
    return false;
  }
  // "a threat actor tracked as X", "an actor known by the aliases X and Y"
  bool is_actor_named_here(std::size_t i) const {
    const auto is_actor = [](std::string_view w) { return is_one_of(w, actor_nouns); };
    if (const std::size_t verb = naming_verb(i); verb < i) return noun_before(verb, is_actor);
    if (i > 0 && is_one_of(word(i - 1), aliases)) return noun_before(i - 1, [&](std::string_view w) { return is_actor(w) || iequals(w, "known"); });
    return i > 1 && iequals(word(i - 1), "and") && introduced_.contains(word(i - 2)) && i > 2 && is_one_of(word(i - 3), aliases);
  }

  /// The word that says how something is called, right before a name: "dubbed X", "tracked as X", "dubbed by Acme as X". `i` if there is none.
  std::size_t naming_verb(std::size_t i) const {
    if (i < 2) return i;
    if (is_one_of(word(i - 1), naming)) return i - 1;
    if (!iequals(word(i - 1), "as")) return i;
    if (is_one_of(word(i - 2), naming_as)) return i - 2;
    return i > 4 && iequals(word(i - 3), "by") && is_one_of(word(i - 4), naming_as) ? i - 4 : i;
  }
  /// Is what is named by the verb at `i` such a thing? Names of those who name it may stand between.
  bool noun_before(std::size_t i, const auto& is_noun) const {
    for (std::size_t k = 1; k <= 5 && k <= i; ++k) {
      const std::string_view w = word(i - k);
      if (is_noun(w)) return is_one_line(i - k, i) && tokens_[i].begin - tokens_[i - k].end < 60;
      if (!is_one_of(w, fillers) && !is_upper(w.front())) return false;
    }
    return false;
  }
  bool is_one_line(std::size_t from, std::size_t to) const {
    const std::string_view between = text_.substr(tokens_[from].end, tokens_[to].begin - tokens_[from].end);
    return between.find("\n\n") == between.npos && between.find(". ") == between.npos && between.find('|') == between.npos;
  }

  // "malware families such as A, B and C": every word alone in the list is a name, if one of them is known or written like a name.
  void introduce_lists() {
    for (std::size_t i = 2; i < tokens_.size() && introduced_.size() < names_max; ++i) {
      if (!is_one_of(word(i - 1), listing)) continue;
      const std::size_t back = iequals(word(i - 1), "as") && iequals(word(i - 2), "such") ? 3 : 2;
      if (back > i || !is_one_of(word(i - back), listed_kinds) || !is_one_line(i - back, i)) continue;
      std::vector<std::size_t> items;
      if (!read_list(i, items)) continue;
      for (const auto at : items) introduced_.try_emplace(word(at), Word{FindingType::malware, false, false});
    }
  }
  bool read_list(std::size_t at, std::vector<std::size_t>& items) const {
    bool evident = false;
    while (at < tokens_.size() && items.size() < list_items_max) {
      std::size_t end = at + 1;
      const auto known = std::ranges::lower_bound(software_, tokens_[at].end, {}, &Token::end);
      const bool is_known = known != software_.end() && known->begin <= tokens_[at].begin;
      if (is_known) {
        while (end < tokens_.size() && tokens_[end].end <= known->end) ++end;
      } else if (may_be_name(word(at))) {
        evident = evident || is_written_like_a_name(word(at));
        items.push_back(at);
      } else {
        break;
      }
      evident = evident || is_known;
      if (end >= tokens_.size()) break;
      const std::string_view gap = text_.substr(tokens_[end - 1].end, tokens_[end].begin - tokens_[end - 1].end);
      const bool comma = gap == ", " || gap == ",\n", joined = iequals(word(end), "and") || iequals(word(end), "or");
      if (!comma && !joined) {
        if (gap == " " && !is_known) items.pop_back();  // the first word of several
        break;
      }
      at = end + (joined ? 1 : 0);
    }
    return evident;
  }

  bool may_be_name(std::string_view s) const {
    if (s.size() < name_bytes_min || s.size() > unlisted_name_bytes_max || !is_upper(s.front())) return false;
    const std::string lower = fold(s);
    if (is_common_word(lower) || is_generic_word(lower) || is_one_of(lower, kinds) || is_one_of(lower, strong_kinds)) return false;
    for (const std::string_view e : {"-based", "ese", "ish",    "ian",  "ing",  "ware", "-like", "-as-a-service", "-style", "tion",
                                     "ber",    "ary", "tioned", "ated", "cted", "ized", "ised",  "ding",          "able",   "ment"})
      if (lower.ends_with(e) && !is_written_like_a_name(s)) return false;
    return s.find("-based") == s.npos;
  }

  void put(std::size_t i, FindingType type, double confidence, std::string_view reason) {
    const Token& t = tokens_[i];
    // Anything found already that reaches into the word?
    auto at = std::ranges::upper_bound(covered_, t.begin, {}, &Token::begin);
    for (int back = 0; back < 4 && at != covered_.begin(); ++back)
      if ((--at)->end > t.begin) return;
    if (out_.size() >= places_max_ || document_.in_link(t.begin)) return;
    Mention m;
    m.type = type;
    m.begin = t.begin;
    m.end = t.end;
    m.value = m.written = std::string(word(i));
    m.confidence = confidence;
    m.reason = std::string(reason);
    out_.push_back(std::move(m));
  }

  const Document& document_;
  std::string_view text_;
  std::size_t places_max_;
  std::vector<Mention>& out_;
  std::vector<Token> tokens_, covered_, software_;
  std::unordered_map<std::string_view, Word> introduced_;
};

}  // namespace

void find_unlisted_names(const Document& document, const std::vector<Mention>& taken, const std::vector<Mention>& names, std::size_t places_max,
                         std::vector<Mention>& out) {
  Finder(document, taken, names, places_max, out).run();
}

}  // namespace mozu::reports
