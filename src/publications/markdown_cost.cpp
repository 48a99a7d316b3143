#include "markdown_cost.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "mozu/base/text.hpp"
#include "mozu/publications/markdown.hpp"

namespace mozu::publications {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == '\r' || c == '\n'; }

/// As cmark has them: LF, CR, or both.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0;;) {
    const std::size_t end = text.find_first_of("\r\n", at);
    out.push_back(text.substr(at, end - at));
    if (end == text.npos) return out;
    at = end + (text.substr(end, 2) == "\r\n" ? 2 : 1);
  }
}

/// Quotes, list items and footnotes that a line opens: "> > - 1. [^a]: text".
std::size_t containers_of(std::string_view line) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == ' ' || c == '\t' || is_digit(static_cast<unsigned char>(c))) continue;
    const bool blank_next = i + 1 == line.size() || is_blank(line[i + 1]);
    if (c == '>' || ((c == '-' || c == '+' || c == '*' || c == '.' || c == ')') && blank_next)) {
      ++count;
    } else if (const auto end = line.find(']', i); line.substr(i, 2) == "[^" && end != line.npos && line.substr(end + 1, 1) == ":") {
      ++count;
      i = end + 1;
    } else {
      break;
    }
  }
  return count;
}

/// The row under a table's head, which says how many columns there are; else 0.
std::size_t columns_of(std::string_view line) {
  if (line.find('-') == line.npos || line.find_first_not_of("-:| \t\v\f>+*0123456789.)") != line.npos) return 0;
  return static_cast<std::size_t>(std::ranges::count(line, '|')) + 1;
}

/// What reading tables costs, in about four nanoseconds: the cells of a row are a list that is walked for each, and each line that could stand under a head has the whole
/// paragraph before it read as rows.
class TableCost {
 public:
  /// False: too much.
  bool add(std::string_view line) {
    if (is_end(line)) paragraph_ = lines_ = 0;
    const auto pipes = static_cast<std::uint64_t>(std::ranges::count(line, '|'));
    const bool is_row = line.starts_with('|') && pipes >= 2;
    if (!is_row) in_table_ = false;
    if (columns_of(line) > 0 && !in_table_) {
      spent_ += paragraph_ + lines_ * lines_ / 4;
      lines_ = 0;
      in_table_ = is_row && head_pipes_ == pipes && is_under_head(line);
    }
    const std::uint64_t row = pipes * pipes + 50 * (pipes + 1);
    paragraph_ += row;
    spent_ += pipes * pipes;
    ++lines_;
    const bool plain = is_row && line.ends_with('|') && line.find('\\') == line.npos;
    head_pipes_ = plain ? pipes : 0;
    return spent_ <= 200'000'000;
  }

 private:
  std::uint64_t spent_ = 0, paragraph_ = 0, lines_ = 0, head_pipes_ = 0;
  bool in_table_ = false;  // surely: its rows are read as such, whatever they hold

  /// A paragraph goes on past everything but these, as far as is known here.
  static bool is_end(std::string_view line) {
    const auto at = line.find_first_not_of(" \t");
    if (at == line.npos) return true;
    return line[at] == '>' && at <= 3 && line.find('\t') == line.npos && line.substr(at + 1).find_first_not_of(' ') == line.npos && line.size() - at <= 4;
  }
  /// "|:--|--:|", from edge to edge.
  static bool is_under_head(std::string_view line) {
    if (line.size() < 3 || !line.ends_with('|')) return false;
    for (std::string_view cell : split(line.substr(1, line.size() - 2), '|')) {
      while (cell.starts_with(' ')) cell.remove_prefix(1);
      while (cell.ends_with(' ')) cell.remove_suffix(1);
      if (cell.starts_with(':')) cell.remove_prefix(1);
      if (cell.ends_with(':')) cell.remove_suffix(1);
      if (cell.empty() || cell.find_first_not_of('-') != cell.npos) return false;
    }
    return true;
  }
};

/// Marks of emphasis are searched for as long as there is strikethrough among them.
bool strikes_too_often(std::string_view text) {
  std::uint64_t strikes = 0, marks = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*' || text[i] == '_' || text[i] == '~') ++marks;
    if (text[i] == '~' && (i == 0 || text[i - 1] != '~')) ++strikes;
  }
  return strikes * marks > 50'000'000;
}

/// Each use of a reference is given its address and title anew. What they come to is judged from above: whatever could be a definition or a use is one.
class References {
 public:
  explicit References(std::string_view text) : text_(text) {}

  bool are_too_large() {
    for (const auto& [label, end] : labels())
      if (text_.substr(end + 1, 1) == ":") define(key_of(label), weight_at(end + 2));
    if (largest_ == 0) return false;
    std::uint64_t all = 0;
    for (const auto& [label, end] : labels()) all += weight_of(key_of(label));
    return all > std::max<std::uint64_t>(text_.size(), markdown_references_bytes);
  }

 private:
  std::string_view text_;
  std::unordered_map<std::string, std::uint64_t> weights_;
  std::uint64_t largest_ = 0, largest_any_ = 0;
  std::array<std::size_t, 3> closing_{};  // where the next '"', '\'' and ')' is

  bool is_escaped(std::size_t at) const {
    std::size_t before = at;
    while (before > 0 && text_[before - 1] == '\\') --before;
    return (at - before) % 2 == 1;
  }

  /// What stands between a bracket and the next, and where that is. No label holds a bracket that is not escaped.
  std::vector<std::pair<std::string_view, std::size_t>> labels() const {
    std::vector<std::pair<std::string_view, std::size_t>> out;
    std::size_t open = text_.npos, slashes = 0;
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const char c = text_[i];
      if (c == '\\') {
        ++slashes;
        continue;
      }
      const bool escaped = std::exchange(slashes, 0) % 2 == 1;
      if (escaped) continue;
      if (c == '[') open = i + 1;
      if (c == ']' && open != text_.npos) out.emplace_back(text_.substr(open, i - open), i), open = text_.npos;
    }
    return out;
  }

  /// The same for all that cmark takes for the same; empty: what is the same is not known here (lines may hold marks of quotes between, letters beyond
  /// ASCII have cases), so it may be any. Kana, Han and Hangul have no cases.
  static std::string key_of(std::string_view label) {
    std::string key;
    for (std::size_t i = 0; i < label.size(); ++i) {
      const auto c = static_cast<unsigned char>(label[i]);
      if (c == '\n' || c == '\r' || c == 0) return {};
      if (is_blank(label[i])) {
        if (!key.empty() && key.back() != ' ') key += ' ';
      } else if (c < 0x80) {
        if (c != '\\') key += fold(label[i]);  // in a table the one before '|' is taken away
      } else {
        const std::string_view one = label.substr(i, 3);
        if (c < 0xe3 || c > 0xed || !is_utf8(one) || (c == 0xea && one < "\xea\xb0\x80")) return {};
        key += one;
        i += 2;
      }
    }
    if (key.ends_with(' ')) key.pop_back();
    return key;
  }

  void define(const std::string& key, std::uint64_t weight) {
    largest_ = std::max(largest_, weight);
    if (key.empty()) largest_any_ = std::max(largest_any_, weight);
    else weights_[key] = std::max(weights_[key], weight);
  }
  std::uint64_t weight_of(const std::string& key) const {
    if (key.empty()) return largest_;
    const auto found = weights_.find(key);
    return std::max(largest_any_, found == weights_.end() ? 0 : found->second);
  }

  /// Bytes of the address and title that may stand there, marks of quotes between them included.
  std::uint64_t weight_at(std::size_t begin) {
    const auto skip = [&](std::size_t at) {
      while (at < text_.size() && (is_blank(text_[at]) || text_[at] == '>')) ++at;
      return at;
    };
    std::size_t at = skip(begin);
    if (text_.substr(at, 1) == "<") at = std::min(text_.size(), text_.find_first_of(">\r\n", at));
    else
      while (at < text_.size() && !is_blank(text_[at])) ++at;
    const std::size_t title = skip(at);
    const auto kind = title < text_.size() ? std::string_view("\"'(").find(text_[title]) : std::string_view::npos;
    if (kind == std::string_view::npos) return at - begin;
    return closing(kind, title + 1) - begin;
  }
  std::size_t closing(std::size_t kind, std::size_t from) {
    std::size_t& at = closing_[kind];
    if (at < from) {
      at = from;
      while (at < text_.size() && (text_[at] != "\"')"[kind] || is_escaped(at))) ++at;
    }
    return at;
  }
};

}  // namespace

std::unexpected<Diagnostic> refused_markdown(std::string_view code, std::string what, std::uint64_t line, std::string hint) {
  return fail(Diagnostic{Severity::error, std::string(code), fmt::format("{} (line {})", what, line), {{}, line, {}}, std::move(hint)});
}

Status check_markdown_cost(std::string_view markdown) {
  if (markdown.size() > markdown_bytes_max)
    return refused_markdown("markdown-too-large", fmt::format("the text has {} bytes; at most {} are taken", markdown.size(), markdown_bytes_max), 1,
                            "attach long lists as files");
  std::uint64_t lines = 0, widest_line = 0;
  std::size_t widest = 0, pictures = 0;
  TableCost tables;
  for (const std::string_view line : lines_of(markdown)) {
    ++lines;
    if (containers_of(line) > markdown_depth_max)
      return refused_markdown("markdown-too-deep", fmt::format("more than {} quotes, lists and footnotes stand in one another", markdown_depth_max), lines,
                              "write it flatter, or as code");
    for (std::size_t at = 0; (at = line.find("![", at)) != line.npos; at += 2)
      if (++pictures > markdown_pictures_max)
        return refused_markdown("markdown-pictures", fmt::format("there are more than {} pictures", markdown_pictures_max), lines, "show fewer");
    if (const auto columns = columns_of(line); columns > widest) widest = columns, widest_line = lines;
    if (!tables.add(line))
      return refused_markdown("markdown-table", "tables up to here, or what looks like some, are too large", lines, "attach them as files");
  }
  if (widest * lines > markdown_cells_max)
    return refused_markdown("markdown-table", fmt::format("a table of {} columns in a text of {} lines is too large", widest, lines), widest_line,
                            "attach it as a file");
  if (strikes_too_often(markdown))
    return refused_markdown("markdown-marks", "there are too many '~' among '*' and '_'", 1, "write code as code, in a file of its own");
  if (References(markdown).are_too_large())
    return refused_markdown("markdown-references", "addresses and titles of references, each as often as it is used, are too large", 1,
                            "write shorter ones, or use them less often");
  return {};
}

}  // namespace mozu::publications
