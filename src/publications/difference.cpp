#include "mozu/publications/difference.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "mozu/base/json_read.hpp"
#include "mozu/base/text.hpp"

namespace mozu::publications {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  if (text.empty()) return {};
  if (text.back() == '\n') text.remove_suffix(1);
  return split(text, '\n');
}

/// Which lines stay, as pairs of their places, ascending: the shortest way from `a` to `b` (Myers 1986). Empty, too, if it has more than difference_edits_max steps.
std::vector<std::pair<std::size_t, std::size_t>> kept_lines(std::span<const std::string_view> a, std::span<const std::string_view> b) {
  const auto n = static_cast<std::int64_t>(a.size()), m = static_cast<std::int64_t>(b.size());
  const std::int64_t most = std::min<std::int64_t>(n + m, difference_edits_max);
  std::vector<std::vector<std::int64_t>> reached;  // after each number of steps: how far in `a`, on each diagonal
  std::vector<std::int64_t> far(static_cast<std::size_t>(2 * most + 3), 0);
  const auto at = [&](std::vector<std::int64_t>& v, std::int64_t k) -> std::int64_t& {
    return v[static_cast<std::size_t>(k + static_cast<std::int64_t>(v.size()) / 2)];
  };
  std::int64_t steps = 0;
  for (bool done = false; !done; ++steps) {
    if (steps > most) return {};
    reached.emplace_back(far.begin() + (most + 1 - steps - 1), far.begin() + (most + 1 + steps + 2));
    for (std::int64_t k = -steps; k <= steps && !done; k += 2) {
      std::int64_t x = k == -steps || (k != steps && at(far, k - 1) < at(far, k + 1)) ? at(far, k + 1) : at(far, k - 1) + 1;
      std::int64_t y = x - k;
      while (x < n && y < m && a[static_cast<std::size_t>(x)] == b[static_cast<std::size_t>(y)]) ++x, ++y;
      at(far, k) = x;
      done = x >= n && y >= m;
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> kept;
  std::int64_t x = n, y = m;
  for (std::int64_t d = steps - 1; d >= 0; --d) {
    auto& before = reached[static_cast<std::size_t>(d)];
    const std::int64_t k = x - y;
    const bool down = k == -d || (k != d && at(before, k - 1) < at(before, k + 1));
    const std::int64_t from_x = d == 0 ? 0 : at(before, down ? k + 1 : k - 1), from_y = d == 0 ? 0 : from_x - (down ? k + 1 : k - 1);
    const std::int64_t begin_x = d == 0 ? 0 : from_x + (down ? 0 : 1), begin_y = d == 0 ? 0 : from_y + (down ? 1 : 0);
    while (x > begin_x && y > begin_y) kept.emplace_back(static_cast<std::size_t>(--x), static_cast<std::size_t>(--y));
    x = from_x, y = from_y;
  }
  std::ranges::reverse(kept);
  return kept;
}

/// Changes with the lines around them; those that are near to one another together.
std::vector<Hunk> hunks_of(std::span<const DifferentLine> all) {
  std::vector<Hunk> out;
  std::size_t from = 1, to = 1, shown = 0;  // numbers of line `shown`, the first that is in no hunk yet
  const auto pass = [&](std::size_t until, Hunk* into) {
    for (; shown < until; ++shown) {
      if (into != nullptr) into->lines.push_back(all[shown]);
      if (all[shown].kind != '+') ++from;
      if (all[shown].kind != '-') ++to;
    }
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].kind == ' ') continue;
    const std::size_t begin = i - std::min(i, difference_context);
    if (out.empty() || begin > shown) {
      pass(std::max(begin, shown), nullptr);
      out.push_back({from, to, {}});
    }
    while (i < all.size() && all[i].kind != ' ') ++i;
    pass(std::min(all.size(), i + difference_context), &out.back());
  }
  return out;
}

std::string member_text(std::string_view json, std::string_view key) {
  simdjson::dom::parser parser;
  JsonObject object;
  JsonElement e;
  if (parser.parse(json).get(object) != simdjson::SUCCESS || object.at_key(key).get(e) != simdjson::SUCCESS) return {};
  return simdjson::minify(e);
}

void compare_texts(const Publication& from, const Publication& to, std::vector<TextDifference>& out) {
  std::vector<std::string_view> languages;
  for (const auto* p : {&to, &from})
    for (const auto& t : p->texts)
      if (std::ranges::find(languages, t.language) == languages.end()) languages.push_back(t.language);
  const auto text_in = [](const Publication& p, std::string_view language) -> const LanguageText* {
    const auto found = std::ranges::find(p.texts, language, &LanguageText::language);
    return found == p.texts.end() ? nullptr : &*found;
  };
  constexpr std::array<std::pair<std::string_view, std::string LanguageText::*>, 3> parts = {
      {{"title", &LanguageText::title}, {"summary", &LanguageText::summary}, {"full", &LanguageText::full}}};
  for (const auto language : languages)
    for (const auto& [part, member] : parts) {
      const LanguageText *a = text_in(from, language), *b = text_in(to, language);
      auto hunks =
          difference(a == nullptr ? std::string_view() : std::string_view(a->*member), b == nullptr ? std::string_view() : std::string_view(b->*member));
      if (!hunks.empty()) out.push_back({std::string(language), std::string(part), std::move(hunks)});
    }
}

void compare_files(const Publication& from, const Publication& to, std::vector<FileDifference>& out) {
  for (const auto& a : to.attachments) {
    const Attachment* was = from.attachment(a.name);
    if (was == nullptr) out.push_back({a.name, "added"});
    else if (was->sha256 != a.sha256 || was->kind != a.kind) out.push_back({a.name, "changed"});
  }
  for (const auto& a : from.attachments)
    if (to.attachment(a.name) == nullptr) out.push_back({a.name, "removed"});
}

}  // namespace

std::vector<Hunk> difference(std::string_view from, std::string_view to) {
  const Lines a = lines_of(from), b = lines_of(to);
  std::size_t head = 0, tail = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  if (head == a.size() && head == b.size()) return {};
  const auto kept = kept_lines(std::span(a).subspan(head, a.size() - head - tail), std::span(b).subspan(head, b.size() - head - tail));
  std::vector<DifferentLine> all;
  std::size_t x = 0, y = 0;
  const auto go_to = [&](std::size_t next_x, std::size_t next_y) {
    for (; x < next_x; ++x) all.push_back({'-', a[x]});
    for (; y < next_y; ++y) all.push_back({'+', b[y]});
  };
  const auto keep = [&] {
    all.push_back({' ', a[x]});
    ++x, ++y;
  };
  while (x < head) keep();
  for (const auto& [i, j] : kept) go_to(head + i, head + j), keep();
  go_to(a.size() - tail, b.size() - tail);
  while (x < a.size()) keep();
  return hunks_of(all);
}

Difference difference(const Publication& from, const Publication& to) {
  Difference out;
  compare_texts(from, to, out.texts);
  compare_files(from, to, out.files);
  const std::string a = json_of(from), b = json_of(to);
  for (const std::string_view key : {"kind", "tlp", "date", "geography", "sectors", "actors", "malware", "campaigns", "techniques", "references"}) {
    auto was = member_text(a, key), is = member_text(b, key);
    if (was != is) out.members.push_back({std::string(key), std::move(was), std::move(is)});
  }
  return out;
}

}  // namespace mozu::publications
