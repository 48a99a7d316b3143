// Genes of a family → a YARA rule.
#include "mozu/gene/rule.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include "hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu::gene {
namespace {

constexpr std::size_t code_instructions = 8;  // of one pattern: two windows of four and what joins them
constexpr std::size_t fixed_least = 12, text_most = 96;
constexpr std::size_t candidates_max = 40'000;  // of one sample and kind; more are thinned out evenly
constexpr std::size_t patterns_least = 4;
constexpr std::size_t spares = 4;  // times as many patterns as are wanted: clean files take some
/// Of the patterns that the poorest sample has, so many are asked for: versions to come have fewer.
std::size_t asked_of(std::size_t hits) { return std::max<std::size_t>(2, (hits + 3) / 4); }

bool says_enough(const Pattern& p) {
  std::set<std::uint8_t> kinds;
  std::size_t fixed = 0;
  for (std::size_t i = 0; i < p.bytes.size(); ++i)
    if (!p.any[i]) ++fixed, kinds.insert(p.bytes[i]);
  return fixed >= fixed_least && kinds.size() >= 6 && fixed * 4 >= p.bytes.size() * 3;
}

/// Bytes of an instruction that its token leaves out because a linker sets them.
void mark(const Instruction& i, std::span<const std::uint8_t> code, Pattern& p) {
  const std::size_t at = p.any.size();
  p.any.resize(at + i.length);
  p.bytes.insert(p.bytes.end(), code.begin(), code.begin() + i.length);
  const auto wild = [&](std::size_t from, std::size_t count) { std::fill_n(p.any.begin() + static_cast<std::ptrdiff_t>(at + from), count, true); };
  if (i.flow == Flow::branch || i.flow == Flow::call || i.flow == Flow::jump) wild(i.length - (i.length >= 5 ? 4U : 1U), i.length >= 5 ? 4 : 1);
  const std::size_t value = i.far_value && i.length > 4 ? 4 : 0;
  if (value != 0) wild(i.length - 4U, 4);
  if (!i.has_memory) return;
  for (const std::size_t behind : {value, std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
    if (std::size_t{i.length} < 4 + behind + 1) continue;
    std::int32_t v = 0;
    std::memcpy(&v, code.data() + i.length - 4 - behind, 4);
    if (v == i.target - i.length || v == i.target) return wild(i.length - 4 - behind, 4);
  }
}

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/// For the quotes of YARA: printable, on one line.
std::string escaped(std::string_view s) {
  std::string out;
  for (const char c : printable(s, 200)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

/// The gene's key → whether somebody else has it.
std::vector<bool> others_have(const Genome& genome, const Index& index, const Entity& own) {
  std::vector<std::uint64_t> keys;
  for (const Gene& g : genome.genes) keys.push_back(g.key);
  std::vector<bool> out = index.clean(keys);
  for (const Segment& s : index.segments()) {
    if (s.is_clean()) continue;
    s.find(keys, [&](const Segment::Hit& hit) {
      for (const std::uint32_t sample : hit.samples) {
        const auto& entities = s.samples()[sample].entities;
        if (std::ranges::find(entities, own) == entities.end()) out[hit.query] = true;
      }
    });
  }
  return out;
}

struct Candidate {
  Pattern pattern;
  std::vector<std::uint32_t> samples;  // of the family, ascending
};
using Candidates = std::map<std::string, Candidate>;  // by what the rule will say

std::string source_of(const Pattern& p) {
  std::string out;
  if (p.is_text) {
    out = "\"";
    const std::size_t step = p.is_wide ? 2 : 1;
    for (std::size_t i = 0; i < p.bytes.size(); i += step) {
      const char c = static_cast<char>(p.bytes[i]);
      if (c == '"' || c == '\\') out += '\\', out += c;
      else if (c == '\t') out += "\\t";
      else out += c;
    }
    return out + (p.is_wide ? "\" wide" : "\" ascii");
  }
  out = "{";
  for (std::size_t i = 0; i < p.bytes.size(); ++i) out += p.any[i] ? std::string(" ??") : fmt::format(" {:02X}", p.bytes[i]);
  return out + " }";
}

class Maker {
 public:
  Maker(std::span<const RuleFile> family, const Index& index, const RuleOptions& options) : family_(family), index_(index), options_(options) {}

  Rule make() {
    for (std::uint32_t n = 0; n < family_.size(); ++n) collect(n);
    Rule rule;
    choose(rule);
    for (const RuleFile& f : family_) rule.bytes_most = std::max<std::uint64_t>(rule.bytes_most, f.bytes.size() * 4);
    std::set<std::string> heads;
    for (const RuleFile& f : family_) heads.insert(head_of(f.bytes));
    if (!heads.contains("")) rule.heads.assign(heads.begin(), heads.end());
    return rule;
  }

 private:
  std::span<const RuleFile> family_;
  const Index& index_;
  const RuleOptions& options_;
  Candidates candidates_;

  static std::string head_of(std::span<const std::uint8_t> bytes) {
    const std::string_view s(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 4));
    if (s ==
        "\x7F"
        "ELF")
      return "uint32(0) == 0x464C457F";
    if (s.starts_with("MZ")) return "uint16(0) == 0x5A4D";
    return "";
  }

  void add(std::uint32_t sample, Pattern pattern) {
    if (!says_enough(pattern)) return;
    Candidate& c = candidates_[source_of(pattern)];
    if (c.samples.empty()) c.pattern = std::move(pattern);
    if (c.samples.empty() || c.samples.back() != sample) c.samples.push_back(sample);
  }

  void collect(std::uint32_t sample) {
    const RuleFile& f = family_[sample];
    const auto taken = others_have(f.genome, index_, options_.entity);
    std::vector<const Gene*> code, text;
    std::set<std::uint32_t> common;  // where a window begins that others have
    for (std::size_t i = 0; i < f.genome.genes.size(); ++i) {
      const Gene& g = f.genome.genes[i];
      if (class_of(g.key) == GeneClass::code) {
        if (taken[i]) common.insert(g.offset);
        else code.push_back(&g);
      } else if (class_of(g.key) == GeneClass::text && !taken[i]) {
        text.push_back(&g);
      }
    }
    // By hash, so that all samples are thinned out alike.
    const auto thin = [](std::vector<const Gene*>& genes) {
      const std::uint64_t keep = genes.size() / candidates_max + 1;
      std::erase_if(genes, [&](const Gene* g) { return (g->key & 0xFFFFFFU) % keep != 0; });
    };
    thin(code), thin(text);
    for (const Gene* g : text) add(sample, text_pattern(f, *g));
    if (f.architecture == Architecture::x86 || f.architecture == Architecture::x64)
      for (const Gene* g : code)
        if (auto p = code_pattern(f, *g, common)) add(sample, std::move(*p));
  }

  static Pattern text_pattern(const RuleFile& f, const Gene& g) {
    Pattern p;
    p.is_text = true;
    p.is_wide = g.length > 2 && f.bytes[g.offset + 1] == 0;
    const std::size_t most = p.is_wide ? text_most * 2 : text_most;
    const auto bytes = f.bytes.subspan(g.offset, std::min<std::size_t>(g.length, most));
    p.bytes.assign(bytes.begin(), bytes.end());
    p.any.resize(p.bytes.size());
    return p;
  }

  /// Eight instructions from where a gene begins, if no window in them is somebody else's.
  static std::optional<Pattern> code_pattern(const RuleFile& f, const Gene& g, const std::set<std::uint32_t>& common) {
    Pattern p;
    std::size_t at = g.offset;
    for (std::size_t n = 0; n < code_instructions && at + 15 <= f.bytes.size(); ++n) {
      const auto code = f.bytes.subspan(at, 15);
      const Instruction i = decode_x86(code, f.architecture == Architecture::x64);
      if (i.flow == Flow::bad || i.flow == Flow::trap) return {};
      if (n + 4 <= code_instructions && common.contains(static_cast<std::uint32_t>(at))) return {};
      mark(i, code, p);
      at += i.length;
      if (n + 1 < code_instructions && (i.flow == Flow::ret || i.flow == Flow::jump || i.flow == Flow::jump_indirect)) return {};
    }
    return p;
  }

  /// Each next one is what the samples that have fewest yet gain most by; code and strings take turns while both are there.
  void choose(Rule& rule) {
    std::vector<std::size_t> have(family_.size());
    std::vector<const Candidate*> left;
    std::vector<std::pair<std::uint64_t, const Candidate*>> drawn;  // by hash: neighbours in the file, or in the alphabet, say the same
    for (const auto& [source, c] : candidates_) drawn.emplace_back(hash_of(source), &c);
    std::ranges::sort(drawn, {}, &std::pair<std::uint64_t, const Candidate*>::first);
    for (const auto& d : drawn) left.push_back(d.second);
    std::size_t texts = 0;
    while (rule.patterns.size() < options_.patterns_max * spares && !left.empty()) {
      const bool want_text = texts * 2 <= rule.patterns.size();
      const auto gain = [&](const Candidate* c) {
        double g = 0;
        for (const std::uint32_t s : c->samples) g += 1.0 / static_cast<double>(1 + have[s]);
        return g * (c->pattern.is_text == want_text ? 1.25 : 1.0);
      };
      const auto best = std::ranges::max_element(left, {}, gain);
      for (const std::uint32_t s : (*best)->samples) ++have[s];
      texts += (*best)->pattern.is_text;
      rule.patterns.push_back((*best)->pattern);
      left.erase(best);
    }
  }
};

bool found(const Pattern& p, std::span<const std::uint8_t> file) {
  // The longest run without a byte that may be anything is searched for, the rest compared.
  std::size_t from = 0, length = 0;
  for (std::size_t i = 0; i < p.bytes.size();) {
    std::size_t end = i;
    while (end < p.bytes.size() && !p.any[end]) ++end;
    if (end - i > length) from = i, length = end - i;
    i = end + 1;
  }
  if (length == 0 || file.size() < p.bytes.size()) return false;
  const std::uint8_t* const begin = file.data();
  for (const std::uint8_t* rest = begin;;) {
    const auto* hit = static_cast<const std::uint8_t*>(::memmem(rest, file.size() - static_cast<std::size_t>(rest - begin), p.bytes.data() + from, length));
    if (hit == nullptr) return false;
    rest = hit + 1;
    const auto at = static_cast<std::size_t>(hit - begin);
    if (at < from || at - from + p.bytes.size() > file.size()) continue;
    const auto there = file.subspan(at - from, p.bytes.size());
    bool same = true;
    for (std::size_t i = 0; i < p.bytes.size() && same; ++i) same = p.any[i] || there[i] == p.bytes[i];
    if (same) return true;
  }
}

bool begins_right(const Rule& rule, std::span<const std::uint8_t> file) {
  if (rule.heads.empty()) return true;
  const std::string_view s(reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), 4));
  return std::ranges::any_of(rule.heads, [&](const std::string& h) {
    return h.starts_with("uint32") ? s == "\x7F"
                                          "ELF"
                                   : s.starts_with("MZ");
  });
}

}  // namespace

Rule make_rule(std::span<const RuleFile> family, const Index& index, const RuleOptions& options) { return Maker(family, index, options).make(); }

bool hits(const Rule& rule, std::span<const std::uint8_t> file) {
  if (file.size() >= rule.bytes_most || !begins_right(rule, file)) return false;
  std::size_t n = 0;
  for (const Pattern& p : rule.patterns)
    if (found(p, file) && ++n >= rule.least) return true;
  return false;
}

Status settle(Rule& rule, std::span<const RuleFile> family, const RuleOptions& options) {
  if (rule.patterns.size() < patterns_least)
    return fail("gene-rule",
                fmt::format("{} of these files {} theirs alone: too little for a rule",
                            rule.patterns.size() == 1 ? "one piece" : fmt::format("{} pieces", rule.patterns.size()), rule.patterns.size() == 1 ? "is" : "are"),
                "give more samples, or fewer that have nothing in common");
  if (rule.patterns.size() > options.patterns_max) rule.patterns.resize(options.patterns_max);
  rule.family = family.size(), rule.family_hits = 0;
  std::vector<std::size_t> have;
  for (const RuleFile& f : family)
    have.push_back(static_cast<std::size_t>(std::ranges::count_if(rule.patterns, [&](const Pattern& p) { return found(p, f.bytes); })));
  rule.least = asked_of(have.empty() ? 0 : std::ranges::min(have));
  for (const RuleFile& f : family) rule.family_hits += hits(rule, f.bytes);
  return {};
}

bool spare(Rule& rule, std::span<const std::uint8_t> clean) {
  ++rule.clean;
  return std::erase_if(rule.patterns, [&](const Pattern& p) { return found(p, clean); }) > 0;
}

std::string text_of(const Rule& rule, const RuleOptions& options) {
  std::string name;
  for (const char c : options.name) name += is_word(c) ? c : '_';
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) name = "_" + name;
  std::string out = fmt::format(
      "rule {}\n{{\n  meta:\n    entity = \"{}\"\n    entity_type = \"{}\"\n    family_files = {}\n    family_hits = {}\n    clean_files = {}\n  strings:\n",
      name.substr(0, 120), escaped(options.entity.name), gene::name(options.entity.type), rule.family, rule.family_hits, rule.clean);
  for (std::size_t i = 0; i < rule.patterns.size(); ++i)
    out += fmt::format("    ${} = {}\n", fmt::format("{}{}", rule.patterns[i].is_text ? 's' : 'c', i), source_of(rule.patterns[i]));
  std::string heads;
  for (const std::string& h : rule.heads) heads += (heads.empty() ? "" : " or ") + h;
  out +=
      fmt::format("  condition:\n    {}filesize < {} and {} of them\n}}\n", heads.empty() ? "" : fmt::format("({}) and ", heads), rule.bytes_most, rule.least);
  return out;
}

}  // namespace mozu::gene
