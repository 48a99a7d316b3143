#include "text_out.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "mozu/base/text.hpp"

namespace mozu::files {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
constexpr std::size_t line_bytes_max = 1000;

/// Length of the valid sequence at i, 0 if there is none.
std::size_t sequence(std::string_view s, std::size_t i) {
  for (std::size_t n = 2; n <= 4 && i + n <= s.size(); ++n)
    if (is_utf8(s.substr(i, n))) return n;
  return 0;
}

}  // namespace

bool TextOut::append(std::string_view s) {
  auto& text = document.text;
  for (std::size_t i = 0; i < s.size() && !cut_;) {
    const unsigned char c = static_cast<unsigned char>(s[i]);
    std::size_t run = i;
    while (run < s.size() && static_cast<unsigned char>(s[run]) >= 0x20 && static_cast<unsigned char>(s[run]) < 0x7F) ++run;
    std::string_view piece;
    if (run > i) {
      piece = s.substr(i, run - i);
      i = run;
    } else if (c >= 0x80) {
      const auto n = sequence(s, i);
      piece = n == 0 ? replacement : s.substr(i, n);
      i += n == 0 ? 1 : n;
    } else {
      ++i;
      if (c == '\n' && after_cr_) {
        after_cr_ = false;
        continue;
      }
      piece = c == '\n' || c == '\r' || c == '\f' || c == '\v' ? "\n" : c == '\t' ? "\t" : "";
      after_cr_ = c == '\r';
      if (!piece.empty() && text.size() + 1 > limits_.text_bytes_max) cut_ = true;
      else text += piece;
      continue;
    }
    after_cr_ = false;
    if (text.size() + piece.size() > limits_.text_bytes_max) {
      if (run > 0 && static_cast<unsigned char>(piece[0]) < 0x80) text += piece.substr(0, limits_.text_bytes_max - text.size());
      cut_ = true;
    } else {
      text += piece;
    }
  }
  return !cut_;
}

bool TextOut::append(char32_t c) {
  std::string s;
  const auto put = [&](char32_t v) { s += static_cast<char>(v); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | ((c >> 18) & 7));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return append(s);
}

void TextOut::break_line(std::size_t lines) {
  auto& text = document.text;
  const auto page = document.pages.empty() ? 0 : document.pages.back().offset;
  while (text.size() > page && (text.back() == ' ' || text.back() == '\t')) text.pop_back();
  if (text.empty()) return;
  std::size_t there = 0;
  while (there < lines && there < text.size() && text[text.size() - 1 - there] == '\n') ++there;
  for (; there < lines; ++there) append("\n");
}

void TextOut::space() {
  if (!document.text.empty() && !is_space(static_cast<unsigned char>(document.text.back()))) append(" ");
}

void TextOut::begin_page(std::uint32_t page) { document.pages.push_back({document.pages.empty() ? 0 : size(), page}); }

void TextOut::add_link(std::size_t begin, std::size_t end, std::string target) {
  target = one_line(target);
  if (target.empty()) return;
  if (document.links.size() >= limits_.links_max) {
    if (!std::exchange(links_cut_, true)) note("links-cut", fmt::format("it has more than {} links; the rest is left out", with_commas(limits_.links_max)));
    return;
  }
  document.links.push_back({begin, end, std::move(target)});
}

void TextOut::note(std::string_view code, std::string message, std::string path) {
  Diagnostic d{Severity::warning, std::string(code), std::move(message), {}, {}};
  d.where.path = std::move(path);
  document.notes.add(std::move(d));
}

DocumentText TextOut::finish() {
  if (cut_) note("text-cut", fmt::format("its text is longer than {}; the rest is left out", human_bytes(static_cast<double>(limits_.text_bytes_max))));
  auto& d = document;
  const auto n = d.text.size();
  for (auto& l : d.links) {
    l.begin = std::min(l.begin, n);
    l.end = std::clamp(l.end, l.begin, n);
  }
  for (auto& p : d.pages) p.offset = std::min(p.offset, n);
  for (auto& a : d.attachments) {
    a.begin = std::min(a.begin, n);
    a.end = std::clamp(a.end, a.begin, n);
  }
  std::ranges::stable_sort(d.links, {}, &Link::begin);
  return std::move(d);
}

std::string one_line(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size() && out.size() < line_bytes_max;) {
    const unsigned char c = static_cast<unsigned char>(s[i]);
    if (c <= 0x20 || c == 0x7F) {
      if (!out.empty() && out.back() != ' ') out += ' ';
      ++i;
    } else if (c < 0x80) {
      out += static_cast<char>(c);
      ++i;
    } else {
      const auto n = sequence(s, i);
      out += n == 0 ? replacement : s.substr(i, n);
      i += n == 0 ? 1 : n;
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace mozu::files
