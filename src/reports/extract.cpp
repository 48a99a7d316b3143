#include "mozu/reports/extract.hpp"
#include "mozu/base/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numeric>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "document.hpp"
#include "judge.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/stix_object.hpp"
#include "mozu/intel/url.hpp"
#include "name_matching.hpp"
#include "rule_blocks.hpp"
#include "unlisted_names.hpp"

namespace mozu::reports {
namespace {

constexpr std::string_view type_names[] = {"ipv4-addr",
                                           "ipv6-addr",
                                           "domain-name",
                                           "url",
                                           "email-addr",
                                           "md5",
                                           "sha1",
                                           "sha256",
                                           "sha512",
                                           "file-name",
                                           "windows-registry-key",
                                           "vulnerability",
                                           "threat-actor",
                                           "malware",
                                           "tool",
                                           "attack-pattern",
                                           "tactic",
                                           "course-of-action",
                                           "country",
                                           "sector",
                                           "yara-rule",
                                           "sigma-rule",
                                           "suricata-rule",
                                           "reference"};
static_assert(std::size(type_names) == finding_type_count);
constexpr std::string_view noise_names[] = {"none", "vendor", "reference", "warning-list", "example", "version", "file-name", "guid", "common-word", "rule"};

constexpr std::size_t link_target_bytes_max = 4096, link_text_bytes_max = 100, links_max = 20'000;

bool is_rule(FindingType t) { return t == FindingType::yara_rule || t == FindingType::sigma_rule || t == FindingType::suricata_rule; }

/// What a rule says to look for is in the rule; addresses in its comments are its sources.
void mark_parts_of_rules(const std::vector<Mention>& rules, std::vector<Mention>& mentions) {
  std::size_t r = 0;
  for (auto& m : mentions) {
    while (r < rules.size() && rules[r].end <= m.begin) ++r;
    if (r == rules.size()) return;
    if (m.begin < rules[r].begin || m.noise != Noise::none) continue;
    const bool hash = m.type >= FindingType::md5 && m.type <= FindingType::sha512;
    if (hash || (m.type > FindingType::registry_key)) continue;
    m.noise = Noise::rule;
    m.confidence = 0.3;
    m.reason = "part of a detection rule";
  }
}

/// Ids that stand in an address: "attack.mitre.org/techniques/T1059/001", "nvd.nist.gov/vuln/detail/CVE-2020-0601".
void add_cited_ids(const Mention& url, std::vector<Mention>& out) {
  const bool attack = url.value.starts_with("attack.mitre.org/");
  if (!attack && !icontains(url.value, "cve-")) return;
  const Reading path(std::string_view(url.value).substr(url.value.find('/')));
  std::vector<Mention> ids;
  scan_indicators(path, ids, url.value.size());
  for (auto& id : ids) {
    if (id.type != FindingType::vulnerability && !(attack && id.explicit_id)) continue;
    id.begin = url.begin;
    id.end = url.end;
    if (!id.explicit_id) id.reason = "a CVE id in the address of a source";
    out.push_back(std::move(id));
  }
}

/// A live URL that is a source is also a finding of its own kind.
void add_references(std::vector<Mention>& mentions) {
  std::vector<Mention> more;
  for (const auto& m : mentions) {
    if (m.type != FindingType::url) continue;
    add_cited_ids(m, more);
    if (m.noise != Noise::reference && m.noise != Noise::vendor) continue;
    Mention& r = more.emplace_back(m);
    r.type = FindingType::reference;
    r.noise = Noise::none;
    r.confidence = 0.8;
  }
  mentions.insert(mentions.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::uint32_t page_at(const ReportText& report, std::size_t offset) {
  const auto next = std::ranges::upper_bound(report.pages, offset, {}, &PageStart::offset);
  return next == report.pages.begin() ? 1 : (next - 1)->page;
}

class Finisher {
 public:
  Finisher(const ReportText& report, const Reading& reading, const Document& document) : report_(report), reading_(reading), document_(document) {}

  Finding finish(Mention& m) const {
    Finding f;
    f.type = m.type;
    f.value = std::move(m.value);
    f.confidence = m.confidence;
    f.reason = std::move(m.reason);
    f.noise = m.noise;
    f.id = std::move(m.id);
    f.name = std::move(m.name);
    f.written = std::move(m.written);
    f.begin = reading_.original(m.begin);
    f.end = std::max(reading_.original_end(m.end), f.begin);
    f.page = page_at(report_, f.begin);
    if (!is_rule(m.type)) f.context = context(m);
    return f;
  }

 private:
  std::string context(const Mention& m) const {
    const auto [b, e] = document_.sentence(m.begin, m.end, context_bytes_max - 20);
    const std::size_t from = reading_.original(b), to = std::max(from, reading_.original_end(e));
    std::string out;
    out.reserve(to - from);
    for (const char c : std::string_view(report_.text).substr(from, to - from)) {
      const bool blank = static_cast<unsigned char>(c) <= ' ';
      if (blank && (out.empty() || out.back() == ' ')) continue;
      out.push_back(blank ? ' ' : c);
    }
    if (!out.empty() && out.back() == ' ') out.pop_back();
    out.resize(utf8_prefix(out, context_bytes_max).size());
    return out;
  }

  const ReportText& report_;
  const Reading& reading_;
  const Document& document_;
};

/// "Grunf" and "GRUNF" are one name: of the spellings that no list settles the first counts, but one that a list has before all.
void unite_spellings(std::vector<Mention>& mentions) {
  const auto is_name = [](const Mention& m) { return m.type == FindingType::actor || m.type == FindingType::malware || m.type == FindingType::tool; };
  std::unordered_map<std::string, std::size_t> first;
  const auto key = [](const Mention& m) { return std::string(1, static_cast<char>(m.type)) + intel::fold_name(m.value); };
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    if (!is_name(mentions[i])) continue;
    const auto [at, fresh] = first.try_emplace(key(mentions[i]), i);
    const auto rank = [](const Mention& m) { return std::pair(m.id.empty(), m.begin); };
    if (!fresh && rank(mentions[i]) < rank(mentions[at->second])) at->second = i;
  }
  for (auto& m : mentions) {
    if (!is_name(m)) continue;
    const Mention& best = mentions[first.at(key(m))];
    if (m.value == best.value) continue;
    m.value = best.value, m.id = best.id, m.name = best.name;
  }
}

/// Of a value's places the one that says most: no noise, then the surest, then the first.
std::vector<std::size_t> best_places(const std::vector<Mention>& mentions) {
  struct Key {
    FindingType type;
    std::string_view value;
    bool operator==(const Key&) const = default;
  };
  const auto hash = [](const Key& k) { return std::hash<std::string_view>{}(k.value) * 31 + static_cast<std::size_t>(k.type); };
  std::unordered_map<Key, std::size_t, decltype(hash)> best(mentions.size(), hash);
  const auto rank = [](const Mention& m) { return std::tuple(m.noise != Noise::none, -m.confidence, m.begin); };
  for (std::size_t i = 0; i < mentions.size(); ++i) {
    const auto [at, fresh] = best.try_emplace({mentions[i].type, mentions[i].value}, i);
    if (!fresh && rank(mentions[i]) < rank(mentions[at->second])) at->second = i;
  }
  std::vector<std::size_t> kept;
  kept.reserve(best.size());
  for (const auto& [key, i] : best) kept.push_back(i);
  return kept;
}

/// What becomes findings, by type and place; of too many the first in the text.
std::vector<std::size_t> choose(const std::vector<Mention>& mentions, const ExtractOptions& options, bool& cut) {
  std::vector<std::size_t> chosen;
  if (options.every_mention) {
    chosen.resize(mentions.size());
    std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  } else {
    chosen = best_places(mentions);
  }
  if (chosen.size() > options.findings_max) {
    cut = true;
    std::ranges::nth_element(chosen, chosen.begin() + static_cast<std::ptrdiff_t>(options.findings_max), {},
                             [&](std::size_t i) { return std::pair(mentions[i].begin, i); });
    chosen.resize(options.findings_max);
  }
  std::ranges::sort(chosen, {}, [&](std::size_t i) { return std::tuple(mentions[i].type, mentions[i].begin, i); });
  return chosen;
}

// What a hyperlink leads to, if the text does not say it itself.
void add_link_targets(const ReportText& report, std::vector<Finding>& out) {
  std::set<std::string, std::less<>> known;
  for (const auto& f : out)
    if (f.type == FindingType::reference || f.type == FindingType::url) known.insert(f.value);
  for (const auto& link : report.links) {
    if (!istarts_with(link.target, "http") || link.target.size() > link_target_bytes_max) continue;
    const auto url = intel::canonical_url(link.target);
    if (!url || !is_utf8(link.target)) continue;
    std::string key = url->key();
    if (!known.insert(key).second) continue;
    Finding f;
    f.type = FindingType::reference;
    f.value = std::move(key);
    f.begin = std::min(link.begin, report.text.size());
    f.end = std::clamp(link.end, f.begin, report.text.size());
    f.page = page_at(report, f.begin);
    f.context = report.text.substr(f.begin, std::min(f.end - f.begin, link_text_bytes_max));
    while (!f.context.empty() && !is_utf8(f.context)) f.context.pop_back();
    f.written = link.target;
    f.confidence = 0.7;
    f.reason = "the target of a link";
    out.push_back(std::move(f));
    if (known.size() > links_max) return;
  }
}

}  // namespace

std::string_view name(FindingType t) { return type_names[static_cast<std::size_t>(t)]; }
std::string_view name(Noise n) { return noise_names[static_cast<std::size_t>(n)]; }

namespace {

/// What mails and pages begin with that is about how they are read, not what they say.
bool leads_elsewhere(std::string_view line) {
  constexpr std::size_t line_bytes_max = 100;
  if (line.size() > line_bytes_max) return false;
  for (const std::string_view words :
       {"in your browser", "in a browser", "in your web browser", "view online", "read online", "web version", "webversion", "online version", "unsubscribe",
        "skip to ", "jump to ", "toggle navigation", "cookie", "javascript", "having trouble viewing", "trouble reading"})
    if (icontains(line, words)) return true;
  return false;
}

std::size_t letters_in(std::string_view line) {
  return static_cast<std::size_t>(
      std::ranges::count_if(line, [](char c) { return is_alpha(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80; }));
}

/// Its first line is no title.
bool is_json(std::string_view text) {
  text = trim(text.substr(0, 4096));
  const auto inside = trim(text.substr(std::min<std::size_t>(text.size(), 1)));
  return text.starts_with('{') || (text.starts_with('[') && (inside.starts_with('{') || inside.starts_with('"')));
}

}  // namespace

std::string title_of(std::string_view text) {
  if (is_json(text)) return {};
  std::string_view first;
  for (std::size_t b = 0; b < std::min<std::size_t>(text.size(), 4096);) {
    std::size_t e = text.find('\n', b);
    if (e == text.npos) e = text.size();
    const std::string_view line = trim(text.substr(b, e - b));
    const std::size_t marks = istarts_with(line, "TLP:") ? line.npos : line.find_first_not_of("#=* ");
    const bool heading = marks != line.npos && marks > 0 && (line.front() == '#' || line.front() == '=') && line[marks - 1] == ' ';
    if (!heading && (leads_elsewhere(line) || letters_in(line) < 3)) {  // a dot, a date
      b = e + 1;
      continue;
    }
    if (heading || (first.empty() && marks != line.npos)) first = trim(line.substr(marks));
    if (heading) break;
    b = e + 1;
  }
  return std::string(utf8_prefix(first, 200));
}

Findings extract(const ReportText& report, const Dictionary& dictionary, const ExtractOptions& options) {
  Reading reading(std::string_view(report.text).substr(0, report_bytes_max));
  std::vector<Mention> mentions, rules, names, unlisted;
  Findings out;
  scan_indicators(reading, mentions, options.places_max);
  if (mentions.size() >= options.places_max) {
    out.cut = true;
    reading.cut(mentions.empty() ? 0 : mentions.back().end);
  }
  const Document document(reading);
  join_split_hashes(reading, report.pages, mentions);
  find_rules(reading.text(), rules);
  if (!std::ranges::is_sorted(mentions, {}, &Mention::begin)) std::ranges::stable_sort(mentions, {}, &Mention::begin);
  match_names(document, dictionary.data(), mentions, options.places_max, names);
  find_unlisted_names(document, mentions, names, options.places_max, unlisted);
  out.cut = out.cut || names.size() >= options.places_max || unlisted.size() >= options.places_max;
  const Judge judge(report, reading, document, mentions, options.known);
  for (auto& m : mentions) judge.judge(m);
  mark_parts_of_rules(rules, mentions);
  add_references(mentions);
  name_explicit_ids(dictionary.data(), mentions);
  for (auto* more : {&names, &unlisted, &rules}) mentions.insert(mentions.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
  unite_spellings(mentions);
  const auto chosen = choose(mentions, options, out.cut);
  const Finisher finisher(report, reading, document);
  out.findings.reserve(chosen.size());
  for (const auto i : chosen) out.findings.push_back(finisher.finish(mentions[i]));
  // A rule is quoted as it stands.
  for (auto& f : out.findings)
    if (is_rule(f.type)) f.value = report.text.substr(f.begin, f.end - f.begin);
  add_link_targets(report, out.findings);
  return out;
}

}  // namespace mozu::reports
