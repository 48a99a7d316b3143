#include "question.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "facts.hpp"
#include "mozu/base/text.hpp"

namespace mozu::store {
namespace {

/// Fewer letters begin too many words to be looked up one by one.
constexpr std::size_t prefix_letters_min = 3;

void take(Question& q, std::string_view text, bool without, bool open) {
  if (q.all.size() + q.without.size() >= question_rows_max) return;
  auto row = intel::word_row(text, open, row_words_max);
  if (row.words.empty()) return;
  const auto& last = row.words.back();
  if (open && row.prefix && last.size() < prefix_letters_min && !intel::is_unspaced(last)) row.prefix = false;
  const auto hash = std::find_if(row.words.begin(), row.words.end(), is_hash_word);
  if (hash != row.words.end()) {
    if (!without) q.hashes.push_back(*hash);
    return;
  }
  q.open = open && row.prefix && !intel::is_unspaced(row.words.back());
  (without ? q.without : q.all).push_back(std::move(row));
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string out;
  for (const auto& part : parts) out += fmt::format("{}{}", out.empty() ? "" : between, part);
  return out;
}

// Words hold folded letters, digits and marks only (intel::words_of), so quotes need no escape.
std::string sqlite_row(const intel::WordRow& row, std::string_view before) {
  return fmt::format("\"{}{}\"{}", before, joined(row.words, fmt::format(" {}", before)), row.prefix ? " *" : "");
}

std::string postgres_row(const intel::WordRow& row, std::string_view before, std::string_view weights) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < row.words.size(); ++i)
    words.push_back(fmt::format("'{}{}':{}{}", before, row.words[i], row.prefix && i + 1 == row.words.size() ? "*" : "", weights));
  return fmt::format("({})", joined(words, " <-> "));
}

std::string sqlite_expression(const Question& q, const Terms& terms) {
  std::vector<std::string> all, without, parts;
  for (const auto& row : q.all) all.push_back(sqlite_row(row, terms.name_only ? "n" : ""));
  for (const auto& row : q.without) without.push_back(fmt::format("{{name prose}} : ({})", sqlite_row(row, "")));
  if (terms.mass_only) without.push_back("{facts} : (\"curated\")");
  parts.push_back(fmt::format("({} : ({}))", terms.name_only ? "{facts}" : "{name prose}", joined(all, " AND ")));
  for (const auto& group : terms.facts) {
    std::vector<std::string> any;
    for (const auto& fact : group) any.push_back(fmt::format("\"{}\"", fact));
    parts.push_back(fmt::format("({{facts}} : ({}))", joined(any, " OR ")));
  }
  std::string out = joined(parts, " AND ");
  if (!without.empty()) out = fmt::format("({}) NOT ({})", out, joined(without, " OR "));
  return out;
}

std::string postgres_expression(const Question& q, const Terms& terms) {
  std::vector<std::string> parts;
  for (const auto& row : q.all) parts.push_back(postgres_row(row, terms.name_only ? "n" : "", terms.name_only ? "B" : "AD"));
  for (const auto& row : q.without) parts.push_back("!" + postgres_row(row, "", "AD"));
  if (terms.mass_only) parts.push_back("!'curated':B");
  for (const auto& group : terms.facts) {
    std::vector<std::string> any;
    for (const auto& fact : group) any.push_back(fmt::format("'{}':B", fact));
    parts.push_back(fmt::format("({})", joined(any, " | ")));
  }
  return joined(parts, " & ");
}

std::size_t first_found(std::string_view text, const Question& q) {
  for (const auto& row : q.all)
    for (const auto& word : row.words) {
      const auto at = std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) { return fold(a) == b; });
      if (at != text.end()) return static_cast<std::size_t>(at - text.begin());
    }
  return 0;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

Question read_question(std::string_view text) {
  Question q;
  text = trim(text.substr(0, question_bytes_max));
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(static_cast<unsigned char>(text[at]))) {
      ++at;
      continue;
    }
    const bool without = text[at] == '-' && at + 1 < text.size() && !is_space(static_cast<unsigned char>(text[at + 1]));
    if (without) ++at;
    if (text[at] == '"') {
      const auto end = std::min(text.find('"', at + 1), text.size());
      take(q, text.substr(at + 1, end - at - 1), without, false);
      at = end + 1;
      continue;
    }
    auto end = at;
    while (end < text.size() && !is_space(static_cast<unsigned char>(text[end])) && text[end] != '"') ++end;
    take(q, text.substr(at, end - at), without, !without && end == text.size());
    at = end;
  }
  return q;
}

Question ending(const Question& q, Ending ending) {
  Question out = q;
  if (!q.open) return out;
  auto whole = q.all.back();
  whole.prefix = false;
  // The other rows hold anyhow where the words are found: that the last does not stand there as it is, is all there is to ask.
  if (ending == Ending::begun) out.without.push_back(std::move(whole));
  else out.all.back() = std::move(whole);
  return out;
}

std::string match_expression(Engine engine, const Question& q, const Terms& terms) {
  return engine == Engine::sqlite ? sqlite_expression(q, terms) : postgres_expression(q, terms);
}

std::string snippet_of(std::string_view text, const Question& q, std::size_t bytes_max) {
  const auto found = first_found(text, q);
  std::size_t begin = found > bytes_max / 3 ? found - bytes_max / 3 : 0;
  if (begin > 0) {
    const auto blank = text.find(' ', begin);
    if (blank < found) begin = blank + 1;
    while (begin < text.size() && is_continuation(text[begin])) ++begin;
  }
  std::size_t end = std::min(text.size(), begin + bytes_max);
  if (end < text.size()) {
    const auto blank = text.rfind(' ', end);
    if (blank != std::string_view::npos && blank > found + bytes_max / 3) end = blank;
    while (end > begin && is_continuation(text[end])) --end;
  }
  std::string out = begin > 0 ? "…" : "";
  for (const char c : text.substr(begin, end - begin)) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  if (end < text.size()) out += "…";
  return out;
}

}  // namespace mozu::store
