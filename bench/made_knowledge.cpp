#include "made_knowledge.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string_view>

#include "mozu/base/json_write.hpp"

namespace mozu::bench {
namespace {

/// splitmix64
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(mixed(seed)) {}
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : (state_ = mixed(state_)) % n; }
  bool chance(unsigned percent) { return below(100) < percent; }
  /// Low numbers far oftener than high ones: rank k about as 1/k.
  std::uint64_t zipf(std::uint64_t n) {
    const double u = static_cast<double>(below(1U << 30)) / static_cast<double>(1U << 30);
    return std::min(n - 1, static_cast<std::uint64_t>(std::pow(static_cast<double>(n), u)) - 1);
  }

 private:
  std::uint64_t state_;
};

// Of each hundred objects these many are of a kind, in this order.
enum Kind : std::uint8_t { indicator, address, domain, url, file, vulnerability, report, observed, note, malware, technique, actor };
struct Share {
  Kind kind;
  unsigned count;
  std::string_view type;
};
constexpr Share shares[] = {
    {indicator, 44, "indicator"},        {address, 12, "ipv4-addr"}, {domain, 14, "domain-name"},    {url, 8, "url"},   {file, 8, "file"},
    {vulnerability, 4, "vulnerability"}, {report, 2, "report"},      {observed, 3, "observed-data"}, {note, 2, "note"}, {malware, 1, "malware"},
    {technique, 1, "attack-pattern"},    {actor, 1, "intrusion-set"}};
constexpr std::uint64_t round_objects = 100;

const Share& share_of(std::uint64_t i) {
  auto at = i % round_objects;
  for (const auto& s : shares) {
    if (at < s.count) return s;
    at -= s.count;
  }
  return shares[0];
}
/// The k-th object of a kind.
std::uint64_t nth(Kind kind, std::uint64_t k) {
  std::uint64_t before = 0;
  for (const auto& s : shares) {
    if (s.kind == kind) return k / s.count * round_objects + before + k % s.count;
    before += s.count;
  }
  return 0;
}
std::uint64_t how_many(Kind kind, std::uint64_t objects) {
  return std::max<std::uint64_t>(1, objects / round_objects * std::ranges::find(shares, kind, &Share::kind)->count);
}

std::string uuid(std::uint64_t n) {
  const auto a = mixed(n * 2 + 1), b = mixed(n * 2);
  return fmt::format("{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", a >> 32, (a >> 16) & 0xFFFF, a & 0xFFF, (b >> 48) & 0xFFF, b & 0xFFFFFFFFFFFF);
}

constexpr std::string_view known_words[] = {"the",       "malware",    "to",       "and",        "used",     "a",       "of",
                                            "in",        "windows",    "has",      "can",        "server",   "command", "via",
                                            "file",      "attack",     "control",  "http",       "phishing", "remote",  "credentials",
                                            "execution", "powershell", "campaign", "ransomware", "backdoor", "network", "target"};
constexpr std::string_view known_japanese[] = {"攻撃",         "標的型",   "不正",   "通信",   "感染",     "検知", "脆弱性",     "情報",
                                               "窃取",         "遠隔操作", "メール", "添付",   "ファイル", "実行", "サーバー",   "認証",
                                               "資格情報",     "組織",     "日本",   "製造業", "政府機関", "金融", "バックドア", "ランサムウェア",
                                               "キャンペーン", "侵入",     "調査",   "報告",   "更新",     "被害"};

void append_prose(std::string& out, Dice& dice, unsigned words) {
  for (unsigned n = 0; n < words; ++n) {
    if (n != 0) out += n % 12 == 0 ? ". " : " ";
    out += MadeKnowledge::word(dice.zipf(MadeKnowledge::words));
  }
}
void append_japanese(std::string& out, Dice& dice, unsigned words) {
  constexpr std::string_view between[] = {"の", "を", "は", "に", "から", "で", "した", "と"};
  for (unsigned n = 0; n < words; ++n) {
    out += MadeKnowledge::japanese_word(dice.zipf(2000));
    out += n % 9 == 8 ? "。" : between[dice.below(std::size(between))];
  }
}
std::string prose(Dice& dice, unsigned words) {
  std::string out;
  if (dice.chance(15)) append_japanese(out, dice, words / 2 + 1);
  else append_prose(out, dice, words);
  return out;
}

std::string_view pattern_path(Kind kind) {
  switch (kind) {
    case address: return "ipv4-addr:value";
    case domain: return "domain-name:value";
    case url: return "url:value";
    default: return "file:hashes.'SHA-256'";
  }
}

/// An indicator speaks of one of these.
std::uint64_t observed_by(std::uint64_t i) {
  constexpr Kind kinds[] = {domain, domain, address, url, file};
  const auto k = i / round_objects * 44 + i % round_objects;
  return nth(kinds[mixed(i) % std::size(kinds)], k / 2);
}

void write_head(JsonWriter& w, std::uint64_t i, std::string_view type, Dice& dice) {
  w.begin_object().field("type", type).field("spec_version", "2.1").field("id", MadeKnowledge::id(i));
  const auto time = fmt::format("20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", 15 + dice.below(11), 1 + dice.below(12), 1 + dice.below(28), dice.below(24),
                                dice.below(60), dice.below(60), dice.below(1000));
  w.field("created", time).field("modified", time);
}
void write_labels(JsonWriter& w, Dice& dice, unsigned most) {
  w.key("labels").begin_array();
  const auto n = 1 + dice.below(most);
  for (std::uint64_t k = 0; k < n; ++k) w.value(fmt::format("tag-{}", dice.zipf(3000)));
  w.end_array();
}
void write_references(JsonWriter& w, Dice& dice, unsigned most) {
  w.key("external_references").begin_array();
  for (std::uint64_t k = 0, n = 1 + dice.below(most); k < n; ++k)
    w.begin_object()
        .field("source_name", MadeKnowledge::word(500 + dice.zipf(5000)))
        .field("url", fmt::format("https://www.example.com/{}/{}", dice.below(1000), MadeKnowledge::word(dice.below(9000))))
        .end_object();
  w.end_array();
}

}  // namespace

std::string MadeKnowledge::id(std::uint64_t i) { return fmt::format("{}--{}", share_of(i).type, uuid(i)); }

std::string MadeKnowledge::word(std::uint64_t n) {
  if (n < std::size(known_words)) return std::string(known_words[n]);
  constexpr std::string_view syllables[] = {"ba",  "co",  "di", "fu",  "ger", "hal", "in", "jo", "ka", "lo", "mer", "no", "or",
                                            "pas", "qui", "ra", "ser", "ta",  "un",  "vo", "wi", "xe", "ya", "zo",  "st", "tion"};
  std::string out;
  for (auto left = n * 7 + 1; left != 0; left /= std::size(syllables)) out += syllables[left % std::size(syllables)];
  return out;
}
std::string MadeKnowledge::japanese_word(std::uint64_t n) {
  if (n < std::size(known_japanese)) return std::string(known_japanese[n]);
  return fmt::format("{}{}", known_japanese[n % std::size(known_japanese)], known_japanese[n / std::size(known_japanese) % std::size(known_japanese)]);
}

std::string MadeKnowledge::observable(std::uint64_t i) {
  const auto h = mixed(i ^ 0x5151);
  switch (share_of(i).kind) {
    case address: return fmt::format("{}.{}.{}.{}", 1 + h % 223, (h >> 8) % 256, (h >> 16) % 256, (h >> 24) % 256);
    case domain: return fmt::format("{}{}.{}.com", word(h % 60'000), i % 100'000, word((h >> 32) % 60'000));
    case url: return fmt::format("http://{}{}.example.net/{}/{}.php", word(h % 60'000), i % 100'000, word((h >> 20) % 60'000), (h >> 40) % 10'000);
    case file: return fmt::format("{:016x}{:016x}{:016x}{:016x}", mixed(h), mixed(h + 1), mixed(h + 2), mixed(h + 3));
    default: return observable(observed_by(i));
  }
}

void MadeKnowledge::object(std::uint64_t i, std::string& out) const {
  Dice dice(i);
  JsonWriter w(out);
  const auto& share = share_of(i);
  const auto kind = share.kind;
  if (kind == address || kind == domain || kind == url || kind == file) {
    w.begin_object().field("type", share.type).field("spec_version", "2.1").field("id", id(i));
    if (kind == file) w.key("hashes").begin_object().field("SHA-256", observable(i)).end_object().field("name", word(dice.below(words)) + ".exe");
    else w.field("value", observable(i));
    w.end_object();
    return;
  }
  write_head(w, i, share.type, dice);
  const auto name = [&](unsigned n) {
    std::string s;
    append_prose(s, dice, n);
    return s;
  };
  switch (kind) {
    case indicator: {
      const auto of = observed_by(i);
      w.field("name", observable(of))
          .field("pattern", fmt::format("[{} = '{}']", pattern_path(share_of(of).kind), observable(of)))
          .field("pattern_type", "stix");
      w.field("valid_from", "2025-01-01T00:00:00Z").field("confidence", static_cast<unsigned>(dice.below(101)));
      w.key("indicator_types").begin_array().value("malicious-activity").end_array();
      write_labels(w, dice, 3);
      if (dice.chance(30)) w.field("description", prose(dice, 10));
      break;
    }
    case vulnerability:
      w.field("name", fmt::format("CVE-20{:02}-{}", 10 + i % 16, 10'000 + i / 16)).field("description", prose(dice, 45));
      w.key("external_references")
          .begin_array()
          .begin_object()
          .field("source_name", "cve")
          .field("external_id", fmt::format("CVE-20{:02}-{}", 10 + i % 16, 10'000 + i / 16))
          .end_object()
          .end_array();
      break;
    case report:
      w.field("name", name(8)).field("description", prose(dice, 80)).field("published", "2025-01-01T00:00:00Z").key("object_refs").begin_array();
      for (std::uint64_t k = 0, n = 5 + dice.below(40); k < n; ++k) w.value(id(dice.below(i + 1)));
      w.end_array();
      write_labels(w, dice, 5);
      write_references(w, dice, 4);
      break;
    case observed: {
      const auto of = nth(domain, dice.below(how_many(domain, i + 1)));
      w.field("first_observed", "2025-01-01T00:00:00Z").field("last_observed", "2025-01-02T00:00:00Z");
      w.field("number_observed", 1U).key("object_refs").begin_array().value(id(of)).end_array();
      break;
    }
    case note:
      w.field("content", prose(dice, 40)).key("object_refs").begin_array();
      w.value(id(nth(vulnerability, dice.below(how_many(vulnerability, i + 1))))).end_array();
      break;
    default:
      w.field("name", name(2)).field("description", prose(dice, 120));
      if (kind == malware) w.field("is_family", true);
      w.key("aliases").begin_array().value(name(2)).value(fmt::format("{}-{}", word(dice.below(words)), i % 10'000)).end_array();
      write_labels(w, dice, 4);
      write_references(w, dice, 8);
  }
  w.end_object();
}

void MadeKnowledge::relation(std::uint64_t r, std::uint64_t known, std::string& out) const {
  Dice dice(r ^ 0x0F0F0F0F0F0F0F0FULL);
  // A bundle mostly speaks of what it brings.
  const auto some = [&](Kind kind) {
    const auto all = how_many(kind, known), fresh = how_many(kind, std::min<std::uint64_t>(known, 50'000));
    return nth(kind, dice.chance(80) ? all - 1 - dice.below(fresh) : dice.below(all));
  };
  const auto hub = [&](Kind kind) { return nth(kind, dice.zipf(how_many(kind, known))); };
  std::string_view verb = "indicates";
  std::uint64_t source = 0, target = 0;
  const auto sort = dice.below(100);
  if (sort < 35) source = some(indicator), target = hub(dice.chance(70) ? malware : actor);
  else if (sort < 55) verb = "based-on", source = some(indicator), target = observed_by(source);
  else if (sort < 70) verb = "resolves-to", source = some(domain), target = some(address);
  else if (sort < 80) verb = "communicates-with", source = some(file), target = some(domain);
  else if (sort < 90) verb = "uses", source = hub(actor), target = dice.chance(50) ? hub(technique) : hub(malware);
  else if (sort < 95) verb = "uses", source = some(malware), target = hub(technique);
  else verb = "exploits", source = some(malware), target = hub(vulnerability);
  JsonWriter w(out);
  w.begin_object().field("type", "relationship").field("spec_version", "2.1").field("id", "relationship--" + uuid(r | (std::uint64_t{1} << 62)));
  w.field("created", "2025-01-01T00:00:00.000Z")
      .field("modified", "2025-01-01T00:00:00.000Z")
      .field("relationship_type", verb)
      .field("source_ref", id(source))
      .field("target_ref", id(target));
  if (verb == "uses" && dice.chance(50)) w.field("description", prose(dice, 25));
  w.end_object();
}

}  // namespace mozu::bench
