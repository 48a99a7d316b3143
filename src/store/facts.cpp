#include "facts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "mozu/base/text.hpp"
#include "mozu/intel/words.hpp"

namespace mozu::store {
namespace {

constexpr std::size_t name_words_max = 500, prose_words_max = 12'000;
constexpr std::size_t hash_word_bytes = 32;
/// PostgreSQL: no position beyond 16383, no more than 256 a lexeme, a vector within 1 MB.
constexpr int position_max = 16'383, gap = 2;
constexpr std::size_t positions_max = 255, tsvector_bytes_max = 700'000;

void append_words(std::string& out, std::string_view text, std::size_t words_max) {
  for (const auto& word : intel::words_of(text, words_max)) {
    if (is_hash_word(word)) continue;
    if (!out.empty()) out += ' ';
    out += word;
  }
}

struct Lexemes {
  std::map<std::string, std::string, std::less<>> positions;  // word → "1A,2A"
  std::map<std::string, std::size_t, std::less<>> counts;
  int at = 0;
  void add(std::string_view words, char weight) {
    for (std::size_t begin = 0; begin < words.size();) {
      const auto end = std::min(words.find(' ', begin), words.size());
      const std::string word(words.substr(begin, end - begin));
      begin = end + 1;
      if (at < position_max) ++at;
      if (++counts[word] > positions_max) continue;
      auto& list = positions[word];
      if (!list.empty()) list += ',';
      list += fmt::format("{}{}", at, weight);
    }
    at = std::min(at + gap, position_max);  // no phrase goes from one column to the next
  }
};

}  // namespace

bool is_hash_word(std::string_view word) {
  return word.size() >= hash_word_bytes && std::all_of(word.begin(), word.end(), [](char c) { return is_hex(static_cast<unsigned char>(c)); });
}

std::vector<Link> links_of(const intel::StixObject& o) {
  std::vector<Link> out;
  if (!o.relationship_type.empty() && !o.source_ref.empty() && !o.target_ref.empty())
    out.push_back({o.relationship_type, o.source_ref, o.target_ref, o.source_ref != o.id});
  for (const auto& r : o.references)
    if (r.property != "object_marking_refs" && r.property != "granular_markings" && r.property != "marking_ref")
      out.push_back({r.property, o.id, r.target, false});
  return out;
}

bool has_words(const intel::StixObject& o) { return o.type != "relationship" && o.type != "sighting"; }

bool is_curated(std::string_view type) {
  // clang-format off
  constexpr std::string_view mass[] = {
      "indicator", "observed-data", "artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file", "ipv4-addr",
      "ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url", "user-account", "windows-registry-key", "x509-certificate"};
  // clang-format on
  return std::find(std::begin(mass), std::end(mass), type) == std::end(mass);
}

WordsRow words_of_object(const intel::StixObject& o) {
  WordsRow row;
  append_words(row.name, o.name, name_words_max);
  for (const auto& alias : o.aliases)
    if (alias != o.name) append_words(row.name, alias, name_words_max);
  for (const auto& key : o.keys)
    if (key.kind == intel::KeyKind::external_id) append_words(row.prose, key.value, name_words_max);
  append_words(row.prose, o.text, prose_words_max);
  return row;
}

WordsRow words_row(WordsRow row, const intel::StixObject& o, std::int64_t sequence, std::int64_t type, std::int64_t source,
                   const std::vector<std::int64_t>& labels) {
  row.sequence = sequence;
  row.facts = fmt::format("t{} s{}", type, source);
  for (const auto code : labels) row.facts += fmt::format(" l{}", code);
  if (!is_curated(o.type)) return row;
  row.facts += " curated";
  for (std::size_t begin = 0; begin < row.name.size();) {
    const auto end = std::min(row.name.find(' ', begin), row.name.size());
    row.facts.append(" n").append(row.name, begin, end - begin);
    begin = end + 1;
  }
  return row;
}

std::string pack_codes(const std::vector<std::int64_t>& codes) {
  std::string out;
  for (auto code : codes) {
    for (; code >= 0x80; code >>= 7) out += static_cast<char>((code & 0x7F) | 0x80);
    out += static_cast<char>(code);
  }
  return out;
}

std::vector<std::int64_t> unpack_codes(std::string_view bytes) {
  std::vector<std::int64_t> out;
  std::int64_t code = 0;
  int shift = 0;
  for (const char c : bytes) {
    if (shift < 63) code |= static_cast<std::int64_t>(c & 0x7F) << shift;
    shift += 7;
    if ((c & 0x80) != 0) continue;
    out.push_back(code);
    code = 0, shift = 0;
  }
  return out;
}

std::string tsvector_of(const WordsRow& row) {
  Lexemes lexemes;
  lexemes.add(row.name, 'A');
  lexemes.add(row.facts, 'B');
  lexemes.add(row.prose, 'D');
  std::string out;
  for (const auto& [word, positions] : lexemes.positions) {
    if (out.size() + word.size() + positions.size() > tsvector_bytes_max) break;
    out += fmt::format("{}'{}':{}", out.empty() ? "" : " ", word, positions);  // words hold letters and digits only: no quotes
  }
  return out;
}

}  // namespace mozu::store
