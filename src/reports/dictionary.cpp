#include <algorithm>
#include <unordered_map>

#include "dictionary_data.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/stix_object.hpp"
#include "places.hpp"
#include "programs.hpp"

namespace mozu::reports {
namespace {

constexpr std::size_t name_bytes_max = 160;

constexpr std::uint64_t hash_step(std::uint64_t h, unsigned char c) { return (h ^ c) * 0x100000001B3ULL; }
constexpr std::uint64_t hash_start = 0xCBF29CE484222325ULL;
constexpr std::uint64_t hash_end(std::uint64_t h) {
  h ^= h >> 32;
  h *= 0xD6E8FEB86659FD93ULL;
  return h ^ h >> 29;
}

std::size_t sequence_bytes(unsigned char lead) { return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

enum class Script : std::uint8_t { none, letter, ideographic };
// By the lead byte and its follower alone: enough to tell words from marks in running text.
Script script_at(std::string_view s, std::size_t i) {
  const auto a = static_cast<unsigned char>(s[i]);
  const unsigned b = i + 1 < s.size() ? static_cast<unsigned char>(s[i + 1]) : 0U;
  if (a >= 0xC3 && a < 0xE0) return a == 0xC3 && i + 1 < s.size() && (b == 0x97 || b == 0xB7) ? Script::none : Script::letter;
  if (a == 0xE1) return Script::letter;
  if (a == 0xE3) return b >= 0x81 && b <= 0x83 ? Script::ideographic : b >= 0x90 ? Script::ideographic : Script::none;
  if (a >= 0xE4 && a <= 0xED) return Script::ideographic;
  if (a == 0xE0) return Script::letter;
  return Script::none;
}

std::uint64_t hash_of(std::string_view folded) {
  std::uint64_t h = hash_start;
  for (const char c : folded) h = hash_step(h, static_cast<unsigned char>(c));
  return hash_end(h);
}

void foreign_word(std::string_view text, Word& out) {
  std::size_t e = out.begin;
  while (e < text.size()) {
    const auto c = static_cast<unsigned char>(text[e]);
    if (is_alpha(c)) ++e;
    else if (c >= 0x80 && script_at(text, e) == Script::letter) e = std::min(text.size(), e + sequence_bytes(c));
    else break;
  }
  out.end = e;
  out.hash = hash_of(intel::fold_name(text.substr(out.begin, std::min(e - out.begin, name_bytes_max))));
}

}  // namespace

bool next_word(std::string_view text, std::size_t at, Word& out) {
  out.ideographic = false;
  for (std::size_t i = at; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    out.begin = i;
    std::uint64_t h = hash_start;
    if (is_alpha(c)) {
      std::size_t e = i;
      while (e < text.size() && is_alpha(static_cast<unsigned char>(text[e]))) h = hash_step(h, static_cast<unsigned char>(text[e++]) | 0x20);
      if (e < text.size() && static_cast<unsigned char>(text[e]) >= 0xC3 && script_at(text, e) == Script::letter) {
        foreign_word(text, out);
        return true;
      }
      out.end = e;
      out.hash = hash_end(h);
      return true;
    }
    if (is_digit(c)) {
      std::size_t e = i;
      while (e < text.size() && is_digit(static_cast<unsigned char>(text[e]))) h = hash_step(h, static_cast<unsigned char>(text[e++]));
      out.end = e;
      out.hash = hash_end(h);
      return true;
    }
    if (c < 0xC3) continue;
    const Script script = script_at(text, i);
    if (script == Script::letter) {
      foreign_word(text, out);
      return true;
    }
    const std::size_t bytes = sequence_bytes(c);
    if (script == Script::ideographic) {
      out.end = std::min(text.size(), i + bytes);
      out.hash = hash_of(text.substr(i, out.end - i));
      out.ideographic = true;
      return true;
    }
    i += bytes - 1;
  }
  return false;
}

namespace {

/// Collects names, then lays the edges out as a table.
class Compiler {
 public:
  explicit Compiler(std::vector<Entity> entities) { data_.entities = std::move(entities); }

  Dictionary::Data compile() {
    data_.node_names.resize(1);
    data_.first_words.assign(1024, 0);
    for (std::uint32_t e = 0; e < data_.entities.size(); ++e) {
      const Entity& entity = data_.entities[e];
      add(entity.name, e, true);
      for (const auto& alias : entity.aliases) add(alias, e, false);
    }
    lay_out();
    return std::move(data_);
  }

 private:
  void add(std::string_view name, std::uint32_t entity, bool canonical) {
    name = trim(name);
    if (name.size() < 2 || name.size() > name_bytes_max) return;
    std::vector<std::uint64_t> words = words_of(name);
    if (words.empty() || words.size() > name_words_max) return;
    put(words, {entity, canonical, std::string(name)});
    // Two written as one, and one whose capitals show that it is two: "CobaltStrike", "Cobalt Strike".
    if (const std::string joined = joined_words(name); !joined.empty()) put(words_of(joined), {entity, canonical, std::string(name)});
    if (const std::string parted = parted_word(name); !parted.empty()) put(words_of(parted), {entity, canonical, std::string(name)});
    ++data_.names;
  }

  static std::vector<std::uint64_t> words_of(std::string_view name) {
    std::vector<std::uint64_t> words;
    Word w;
    for (std::size_t at = 0; next_word(name, at, w); at = w.end) words.push_back(w.hash);
    return words;
  }
  static bool only_letters_and(std::string_view name, std::string_view others) {
    return std::ranges::all_of(name, [&](char c) { return is_alpha(static_cast<unsigned char>(c)) || others.find(c) != others.npos; });
  }
  static std::string joined_words(std::string_view name) {
    if (std::ranges::count_if(name, [](char c) { return c == ' ' || c == '-'; }) != 1 || !only_letters_and(name, " -") || name.size() < 7) return {};
    std::string joined(name);
    std::erase_if(joined, [](char c) { return c == ' ' || c == '-'; });
    return joined;
  }
  static std::string parted_word(std::string_view name) {
    if (!only_letters_and(name, "")) return {};
    std::size_t second = 0;
    for (std::size_t i = 1; i < name.size(); ++i) {
      if (name[i] < 'A' || name[i] > 'Z') continue;
      if (second != 0) return {};
      second = i;
    }
    if (second < 3 || name.size() - second < 3) return {};
    return std::string(name.substr(0, second)) + ' ' + std::string(name.substr(second));
  }

  void put(const std::vector<std::uint64_t>& words, NameEntry entry) {
    std::uint32_t node = 0;
    for (const auto word : words) {
      const auto [at, fresh] = edges_.try_emplace(Dictionary::Data::key_of(node, word), static_cast<std::uint32_t>(data_.node_names.size()));
      if (fresh) data_.node_names.emplace_back();
      node = at->second;
    }
    auto& names = data_.node_names[node];
    const bool known = std::ranges::any_of(names, [&](const NameEntry& n) { return n.entity == entry.entity && n.spelling == entry.spelling; });
    if (!known) names.push_back(std::move(entry));
    data_.first_words[words[0] >> 58 | (words[0] >> 42 & 0x3C0)] |= 1ULL << (words[0] >> 36 & 63);
  }

  void lay_out() {
    std::size_t slots = 16;
    while (slots < edges_.size() * 2) slots *= 2;
    data_.edges.assign(slots, {});
    for (const auto& [key, node] : edges_) {
      std::size_t i = (key * 0xD6E8FEB86659FD93ULL) >> 20 & (slots - 1);
      while (data_.edges[i].key != 0) i = (i + 1) & (slots - 1);
      data_.edges[i] = {key, node};
    }
  }

  Dictionary::Data data_;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;
};

std::vector<Entity> with_built_in(std::vector<Entity> entities) {
  append_programs(entities);
  append_countries(entities);
  append_sectors(entities);
  return entities;
}

}  // namespace

Dictionary::Dictionary() : Dictionary(std::vector<Entity>{}) {}
Dictionary::Dictionary(std::vector<Entity> entities) : data_(std::make_shared<Data>(Compiler(with_built_in(std::move(entities))).compile())) {}
Dictionary::~Dictionary() = default;
Dictionary::Dictionary(Dictionary&&) noexcept = default;
Dictionary& Dictionary::operator=(Dictionary&&) noexcept = default;

const std::vector<Entity>& Dictionary::entities() const { return data_->entities; }
std::uint64_t Dictionary::names() const { return data_->names; }

}  // namespace mozu::reports
