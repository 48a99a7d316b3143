// Hashes that a narrow column, a line end or the end of a page cut into pieces.
#include <algorithm>
#include <unordered_set>

#include "mention.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/observable.hpp"

namespace mozu::reports {
namespace {

constexpr std::size_t piece_digits_min = 4, first_digits_min = 12, pieces_max = 8, looked_at_max = 64;
constexpr std::size_t head_and_foot_lines_max = 8, next_page_digits_min = 8;  // between the last line of a page and the first of the next

struct Piece {
  std::size_t begin = 0, end = 0, line = 0, column = 0, page = 0;
  bool ends_line = false, begins_line = false;
  bool later_cell = false;  ///< another cell of the row stands before it
  std::size_t size() const { return end - begin; }
};

/// Runs of hex digits, with the line and column in which they stand.
std::vector<Piece> find_pieces(const Reading& reading, const std::vector<PageStart>& pages) {
  const std::string_view text = reading.text();
  std::vector<Piece> out;
  std::size_t line = 0, line_begin = 0, page = 0;
  bool line_empty = true;  // but for blanks and marks of tables and lists
  bool tab_seen = false;   // in the line
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '\n') {
      ++line;
      line_begin = ++i;
      line_empty = true;
      tab_seen = false;
      continue;
    }
    if (!is_identifier(c)) {
      tab_seen = tab_seen || c == '\t';
      line_empty = line_empty && std::string_view(" \t|`-*\"'\f\r").find(c) != std::string_view::npos;
      ++i;
      continue;
    }
    std::size_t e = i;
    bool hex = true;
    while (e < text.size() && is_identifier(text[e])) hex = is_hex(static_cast<unsigned char>(text[e++])) && hex;
    if (hex && e - i >= piece_digits_min && e - i <= 128) {
      std::size_t rest = e;
      while (rest < text.size() && std::string_view(" \t|`\"'\r").find(text[rest]) != std::string_view::npos) ++rest;
      while (page < pages.size() && pages[page].offset <= reading.original(i)) ++page;
      out.push_back({i, e, line, i - line_begin, page, rest >= text.size() || text[rest] == '\n', line_empty, !line_empty && tab_seen});
    }
    line_empty = false;
    i = e;
  }
  return out;
}

/// Are there few enough lines between them that the second may go on where the first breaks off?
bool is_near(const Piece& a, const Piece& b) { return b.line <= a.line + (b.page == a.page + 1 ? head_and_foot_lines_max + 1 : 1); }

bool follows(const Piece& a, const Piece& b) {
  if (b.line != a.line + 1) return b.line > a.line && is_near(a, b) && a.ends_line && b.begins_line && b.size() >= next_page_digits_min;
  if (a.ends_line && b.begins_line) return true;
  return a.column > 0 && (a.column > b.column ? a.column - b.column : b.column - a.column) <= 1;
}

/// Is it said nearby, the last word counting, that hashes of this many digits stand here?
bool announced(std::string_view text, std::size_t at, std::size_t digits) {
  const std::size_t from = at > 100 ? at - 100 : 0;
  const std::string before = fold(text.substr(from, at - from));
  std::size_t best = std::string::npos, best_digits = 0;
  for (const auto& [word, n] : {std::pair<std::string_view, std::size_t>{"md5", 32},
                                {"sha1", 40},
                                {"sha-1", 40},
                                {"sha256", 64},
                                {"sha-256", 64},
                                {"sha 256", 64},
                                {"sha512", 128},
                                {"sha-512", 128}})
    if (const std::size_t p = before.rfind(word); p != std::string::npos && (best == std::string::npos || p > best)) best = p, best_digits = n;
  return best_digits == digits;
}

bool joins(std::string_view text, const std::vector<Piece>& chain) {
  std::size_t digits = 0;
  bool all_hashes = true, whole_lines = true;
  for (const auto& p : chain) {
    digits += p.size();
    all_hashes = all_hashes && intel::hash_type_of_length(p.size()).has_value();
    whole_lines = whole_lines && p.begins_line && p.ends_line;
    if (&p != &chain.back() && p.size() + 2 < chain.front().size()) return false;  // only the last piece is short
  }
  if (!intel::hash_type_of_length(digits) || chain.back().size() > chain.front().size()) return false;
  // Equal lines of 32 digits may as well be a list of MD5.
  // In a table the second line of a cell stands alone at the line's begin, where the first had another cell before it.
  if (all_hashes && chain.size() == 2 && chain[0].later_cell && chain[0].ends_line && chain[1].begins_line) return true;
  if (all_hashes) return whole_lines && chain.size() == 2 && announced(text, chain.front().begin, digits);
  if (intel::hash_type_of_length(chain.front().size()) && chain.back().size() < 8) return false;
  bool letter = false, digit = false;
  for (const char c : text.substr(chain.front().begin, chain.front().size())) (is_digit(static_cast<unsigned char>(c)) ? digit : letter) = true;
  return letter && digit;
}

}  // namespace

void join_split_hashes(const Reading& reading, const std::vector<PageStart>& pages, std::vector<Mention>& mentions) {
  const std::string_view text = reading.text();
  const auto pieces = find_pieces(reading, pages);
  std::vector<std::vector<Piece>> joined;
  std::vector<char> used(pieces.size(), 0);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (used[i] != 0 || pieces[i].size() < first_digits_min || pieces[i].size() >= 128) continue;
    std::vector<Piece> chain{pieces[i]}, best;
    std::vector<std::size_t> indexes{i}, best_indexes;
    for (std::size_t k = i + 1; k < std::min(pieces.size(), i + looked_at_max) && chain.size() < pieces_max && is_near(chain.back(), pieces[k]); ++k) {
      if (used[k] != 0 || !follows(chain.back(), pieces[k])) continue;
      chain.push_back(pieces[k]);
      indexes.push_back(k);
      if (joins(text, chain)) best = chain, best_indexes = indexes;
    }
    if (best.empty()) continue;
    for (const auto k : best_indexes) used[k] = 1;
    joined.push_back(std::move(best));
  }
  if (joined.empty()) return;
  std::unordered_set<std::size_t> parts;
  for (const auto& chain : joined)
    for (const auto& p : chain) parts.insert(p.begin);
  std::erase_if(mentions, [&](const Mention& m) { return m.type >= FindingType::md5 && m.type <= FindingType::sha512 && parts.contains(m.begin); });
  for (const auto& chain : joined) {
    Mention m;
    for (const auto& p : chain) m.value += fold(text.substr(p.begin, p.size()));
    const auto type = intel::hash_type_of_length(m.value.size());
    m.type = static_cast<FindingType>(static_cast<int>(FindingType::md5) + static_cast<int>(*type) - static_cast<int>(intel::ObservableType::md5));
    m.begin = chain.front().begin;
    m.end = chain.back().end;
    m.written = m.value;
    m.reason = "joined from pieces in several lines";
    mentions.push_back(std::move(m));
  }
  std::ranges::stable_sort(mentions, {}, &Mention::begin);
}

}  // namespace mozu::reports
