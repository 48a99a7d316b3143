#include "document.hpp"

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::reports {
namespace {

constexpr std::size_t heading_bytes_max = 100, window_bytes = 2000, link_bytes_max = 500;

constexpr std::string_view reference_words[] = {"reference",        "bibliography",  "sources", "source:",  "further reading", "read more",
                                                "related articles", "related posts", "links",   "see also", "endnotes",        "footnotes",
                                                "works cited",      "resources",     "参考",    "出典",     "関連記事",        "リンク"};
constexpr std::string_view indicator_words[] = {"indicators of compromise",
                                                "indicator of compromise",
                                                "ioc",
                                                "indicators",
                                                "c2",
                                                "c&c",
                                                "command and control",
                                                "command-and-control",
                                                "domains",
                                                "ip address",
                                                "ip addresses",
                                                "ips",
                                                "hashes",
                                                "sha256",
                                                "sha-256",
                                                "sha1",
                                                "sha-1",
                                                "md5",
                                                "urls",
                                                "infrastructure",
                                                "servers",
                                                "file hashes",
                                                "network",
                                                "samples",
                                                "emails",
                                                "e-mail",
                                                "侵害指標",
                                                "通信先",
                                                "インジケータ",
                                                "ハッシュ",
                                                "ドメイン"};

bool contains_word(std::string_view lower, std::string_view word) {
  for (std::size_t p = lower.find(word); p != lower.npos; p = lower.find(word, p + 1)) {
    const bool begins = p == 0 || !is_alnum(static_cast<unsigned char>(lower[p - 1]));
    const std::size_t e = p + word.size();
    const bool ends = e >= lower.size() || !is_alnum(static_cast<unsigned char>(lower[e])) || lower[e] == 's';
    if (begins && ends) return true;
  }
  return false;
}

std::string_view strip_marks(std::string_view line) {
  while (!line.empty() && std::string_view("#=*-_ \t>|•.0123456789").find(line.front()) != std::string_view::npos) line.remove_prefix(1);
  while (!line.empty() && std::string_view("#=*_ \t:|\r").find(line.back()) != std::string_view::npos) line.remove_suffix(1);
  return line;
}

bool looks_like_heading(std::string_view line) {
  line = trim(line);
  if (line.size() < 3 || line.size() > heading_bytes_max || line.find("://") != line.npos) return false;
  if (line.front() == '#' || line.starts_with("==") || line.ends_with("：")) return true;
  if (line.back() == ':' || line.ends_with(":**") || (line.starts_with("**") && line.ends_with("**"))) return true;
  if (line.back() == '.' || line.back() == ',' || line.back() == ';' || line.find('|') != line.npos) return false;
  std::size_t words = 1, lower = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    words += line[i] == ' ';
    lower += i == 0 || line[i - 1] == ' ' ? line[i] >= 'a' && line[i] <= 'z' : 0;
  }
  return words <= 6 && lower <= words / 2;
}

bool is_cell_mark(char c) { return std::string_view(" \t|`*-\"'\r,;[]()<>~").find(c) != std::string_view::npos; }

bool may_end_sentence(char c) { return c == '\n' || c == '.' || c == '!' || c == '?' || c == '\x82'; }

}  // namespace

Document::Document(const Reading& reading) : text_(reading.text()) { find_headings(); }

void Document::find_headings() {
  for (std::size_t b = 0; b < text_.size();) {
    std::size_t e = text_.find('\n', b);
    if (e == text_.npos) e = text_.size();
    const std::string_view line = text_.substr(b, e - b);
    if (line.size() <= heading_bytes_max + 20 && looks_like_heading(line)) {
      const std::string lower = fold(strip_marks(line));
      Section section = Section::plain;
      for (const auto w : reference_words)
        if (contains_word(lower, w)) section = Section::references;
      for (const auto w : indicator_words)
        if (section == Section::plain && contains_word(lower, w)) section = Section::indicators;
      headings_.push_back({b, section});
    }
    b = e + 1;
  }
}

Section Document::section(std::size_t offset) const {
  const auto next = std::upper_bound(headings_.begin(), headings_.end(), offset, [](std::size_t o, const Heading& h) { return o < h.at; });
  return next == headings_.begin() ? Section::plain : (next - 1)->section;
}

std::size_t Document::line_begin(std::size_t offset) const {
  std::size_t b = offset;
  while (b > 0 && text_[b - 1] != '\n' && offset - b < window_bytes) --b;
  return b;
}
std::size_t Document::line_end(std::size_t offset) const {
  std::size_t e = offset;
  while (e < text_.size() && text_[e] != '\n' && e - offset < window_bytes) ++e;
  return e;
}

std::string_view Document::line(std::size_t offset) const {
  const std::size_t b = line_begin(offset);
  return text_.substr(b, line_end(offset) - b);
}

bool Document::fills_its_cell(std::size_t begin, std::size_t end) const {
  // To the left: marks of lists and tables up to the line's or the cell's begin.
  std::size_t b = begin;
  while (b > 0 && is_cell_mark(text_[b - 1]) && text_[b - 1] != '|' && text_[b - 1] != '\t' && begin - b < 40) --b;
  const bool left = b == 0 || text_[b - 1] == '\n' || text_[b - 1] == '|' || text_[b - 1] == '\t' ||
                    (begin - b >= 3 && text_.substr(b, begin - b).find("   ") != std::string_view::npos) || text_.substr(b - 1, 1) == "\xA2" ||
                    (text_[b - 1] == ':' || text_[b - 1] == '=');
  if (!left || (b == begin && wrapped_prose(b))) return false;
  std::size_t e = end;
  while (e < text_.size() && is_cell_mark(text_[e]) && text_[e] != '|' && text_[e] != '\t' && e - end < 40) ++e;
  // Behind the value a port, a date or a remark may stand; a sentence goes on with a small letter.
  if (e >= text_.size() || text_[e] == '\n' || text_[e] == '|' || text_[e] == '\t' || e - end >= 3) return true;
  if (text_[end] == ':' || text_[end] == ',') return true;
  return text_.substr(end, 3) == " - " || text_.substr(end, 2) == " (" || text_.substr(end, 2) == " #" || is_digit(static_cast<unsigned char>(text_[e]));
}

// A line that begins with the value because the words before it filled theirs.
bool Document::wrapped_prose(std::size_t begin) const {
  if (begin < 2 || text_[begin - 1] != '\n') return false;
  std::string_view before = line(begin - 1);
  while (!before.empty() && std::string_view(" \r`*").find(before.back()) != std::string_view::npos) before.remove_suffix(1);
  if (before.empty() || before.back() == ':' || before.back() == '.' || before.find('|') != before.npos) return false;
  return before.size() >= 30 && std::ranges::count(before, ' ') >= 4;
}

bool Document::is_link_target(std::size_t begin, std::size_t end) const {
  const char before = begin > 0 ? text_[begin - 1] : ' ';
  const char after = end < text_.size() ? text_[end] : ' ';
  if (before == '(' && begin > 1 && text_[begin - 2] == ']') return true;
  if (after == '[' && before != '`') return true;
  return text_.substr(begin > 6 ? begin - 6 : 0, std::min<std::size_t>(begin, 6)).ends_with("href=\"");
}

bool Document::in_link(std::size_t offset) const {
  const std::size_t from = offset > link_bytes_max ? offset - link_bytes_max : 0;
  const std::string_view before = text_.substr(from, offset - from);
  const std::size_t stop = before.find_last_of(")\n");
  return before.substr(stop == before.npos ? 0 : stop).find("](") != before.npos;
}

bool Document::in_code(std::size_t begin, std::size_t end) const { return begin > 0 && text_[begin - 1] == '`' && end < text_.size() && text_[end] == '`'; }

std::pair<std::size_t, std::size_t> Document::sentence(std::size_t begin, std::size_t end, std::size_t bytes_max) const {
  const auto ends_here = [this](std::size_t i) {  // a sentence or a paragraph ends before i
    const char c = text_[i - 1];
    if (c == '\n')
      return i >= 2 && (text_[i - 2] == '\n' || text_[i - 2] == '.' || text_[i - 2] == ':' || text_[i - 2] == '|' ||
                        (i < text_.size() && std::string_view("-*|#=").find(text_[i]) != std::string_view::npos));
    if ((c == '.' || c == '!' || c == '?') && i < text_.size() && text_[i] == ' ')
      return i + 1 >= text_.size() || !(text_[i + 1] >= 'a' && text_[i + 1] <= 'z');
    return c == '\x82' && i >= 3 && text_.compare(i - 3, 3, "\xE3\x80\x82") == 0;
  };
  const std::size_t room = bytes_max > end - begin ? (bytes_max - (end - begin)) / 2 : 0;
  std::size_t b = begin, e = end;
  while (b > 0 && begin - b < room && !(may_end_sentence(text_[b - 1]) && ends_here(b))) --b;
  while (e < text_.size() && e - end < room && !(e > end && may_end_sentence(text_[e - 1]) && ends_here(e))) ++e;
  // Whole characters, whole words.
  while (b < begin && (static_cast<unsigned char>(text_[b]) & 0xC0) == 0x80) ++b;
  while (e > end && e < text_.size() && (static_cast<unsigned char>(text_[e]) & 0xC0) == 0x80) --e;
  if (begin - b >= room)
    if (const std::size_t space = text_.substr(b, begin - b).find(' '); space != std::string_view::npos && space < 30) b += space + 1;
  return {b, e};
}

}  // namespace mozu::reports
