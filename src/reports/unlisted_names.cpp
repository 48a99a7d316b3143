#include "unlisted_names.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "common_words.hpp"
#include "mozu/base/text.hpp"

namespace mozu::reports {
namespace {

constexpr std::size_t name_bytes_min = 4, name_bytes_max = 32, names_max = 1000;

// Behind a name these say that it is malware. With the first ones a name is taken if it is written like one (capitals inside, digits), with
// the others also if the report never writes it small.
constexpr std::string_view kinds[] = {"malware", "trojan", "backdoor", "downloader", "dropper", "worm", "implant", "miner", "banker", "spyware", "family"};
constexpr std::string_view strong_kinds[] = {"ransomware", "rat", "stealer", "infostealer", "loader", "botnet", "wiper", "crypter", "rootkit", "bootkit", "keylogger"};
// "the threat actor Xyz", "hacking group Xyz"
constexpr std::string_view actor_kinds[] = {"actor", "group", "gang", "collective"};
constexpr std::string_view actor_attributes[] = {"threat", "hacking", "apt", "espionage", "cyberespionage", "cybercrime", "cybercriminal", "hacker", "hacktivist", "extortion", "ransomware"};
constexpr std::string_view naming[] = {"called", "dubbed", "named", "codenamed", "nicknamed"};
// With capitals inside, "ZLoader" or "NewBot" needs no word beside it; these are products.
constexpr std::string_view endings[] = {"Loader", "Stealer", "Bot", "Locker", "RAT", "Crypter", "Miner", "Wiper", "Ransom", "Dropper", "Backdoor", "Keylogger"};
constexpr std::string_view products[] = {"bitlocker", "applocker", "classloader", "bootloader", "googlebot", "chatbot", "bingbot", "urlclassloader", "dllloader", "storelocker", "typeloader"};
// How vendors number actors.
constexpr std::string_view numbered_actors[] = {"APT", "FIN", "TA", "UNC", "UAC", "TAG", "DEV", "STORM", "ITG", "ATK", "TEMP", "UTG"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
  return std::ranges::any_of(words, [&](std::string_view w) { return iequals(w, word); });
}
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

struct Token { std::size_t begin = 0, end = 0; };

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
  Finder(std::string_view text, const std::vector<Mention>& taken, const std::vector<Mention>& names, std::vector<Mention>& out) : text_(text), out_(out) {
    for (const auto* list : {&taken, &names})
      for (const auto& m : *list) covered_.push_back({m.begin, m.end});
    std::ranges::sort(covered_, {}, &Token::begin);
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
      else if (i > 0 && is_one_of(word(i - 1), naming) && kind_before(i)) introduced_[s].may_be_small = false;
      else if (i > 1 && beside(i - 1) && beside(i - 2) && is_one_of(word(i - 1), actor_kinds) && is_one_of(word(i - 2), actor_attributes)) introduced_[s] = {FindingType::actor, !is_written_like_a_name(s), false};
    }
    if (introduced_.empty()) return;
    count();
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const auto at = introduced_.find(word(i));
      if (at == introduced_.end() || !at->second.holds()) continue;
      const bool actor = at->second.type == FindingType::actor;
      put(i, at->second.type, 0.6, actor ? "no list that was given holds it, but the report calls it an actor" : "no list that was given holds it, but the report calls it malware");
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
      while (e < text_.size() && (is_alnum(static_cast<unsigned char>(text_[e])) || (text_[e] == '-' && e + 1 < text_.size() && is_alnum(static_cast<unsigned char>(text_[e + 1]))))) ++e;
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
      if (s.size() < name_bytes_min || s.size() > name_bytes_max) continue;
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
    return std::string_view("./\\_@=#").find(before) == std::string_view::npos && std::string_view("/\\_@=").find(after) == std::string_view::npos && !dot_inside;
  }

  // The next word follows in the same line, one blank between.
  bool beside(std::size_t i) const { return tokens_[i + 1].begin == tokens_[i].end + 1 && (text_[tokens_[i].end] == ' ' || text_[tokens_[i].end] == '\n'); }

  static bool says_it_itself(std::string_view s) {
    if (s.size() > name_bytes_max || s.empty() || !is_upper(s.front()) || !is_written_like_a_name(s) || is_one_of(s, products)) return false;
    return std::ranges::any_of(endings, [&](std::string_view e) { return s.size() > e.size() && s.ends_with(e) && (e != "RAT" || is_lower(s[s.size() - 4])); });
  }

  // "a new loader called X", "ransomware family, dubbed X"
  bool kind_before(std::size_t i) const {
    for (std::size_t k = 2; k <= 5 && k <= i; ++k)
      if (is_one_of(word(i - k), kinds) || is_one_of(word(i - k), strong_kinds)) return tokens_[i].begin - tokens_[i - k].end < 40;
    return false;
  }

  bool may_be_name(std::string_view s) const {
    if (s.size() < name_bytes_min || s.size() > name_bytes_max || !is_upper(s.front())) return false;
    const std::string lower = fold(s);
    if (is_common_word(lower) || is_generic_word(lower) || is_one_of(lower, kinds) || is_one_of(lower, strong_kinds)) return false;
    for (const std::string_view e : {"-based", "ese", "ish", "ian", "ing", "ware", "-like", "-as-a-service", "-style", "tion", "ber", "ary", "tioned", "ated", "cted", "ized", "ised", "ding", "able", "ment"})
      if (lower.ends_with(e) && !is_written_like_a_name(s)) return false;
    return s.find("-based") == s.npos;
  }

  void put(std::size_t i, FindingType type, double confidence, std::string_view reason) {
    const Token& t = tokens_[i];
    // Anything found already that reaches into the word?
    auto at = std::ranges::upper_bound(covered_, t.begin, {}, &Token::begin);
    for (int back = 0; back < 4 && at != covered_.begin(); ++back)
      if ((--at)->end > t.begin) return;
    Mention m;
    m.type = type;
    m.begin = t.begin;
    m.end = t.end;
    m.value = m.written = std::string(word(i));
    m.confidence = confidence;
    m.reason = std::string(reason);
    out_.push_back(std::move(m));
  }

  std::string_view text_;
  std::vector<Mention>& out_;
  std::vector<Token> tokens_, covered_;
  std::unordered_map<std::string_view, Word> introduced_;
};

}  // namespace

void find_unlisted_names(const Document& document, const std::vector<Mention>& taken, const std::vector<Mention>& names, std::vector<Mention>& out) {
  Finder(document.text(), taken, names, out).run();
}

}  // namespace mozu::reports
