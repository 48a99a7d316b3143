// The fallback: any text document (report, README in Markdown or AsciiDoc, notes) → the indicators that it surely means.
//
// Sure is what is defanged; hashes and addresses that are no part of a sentence, or below a heading that promises indicators; and bare
// names and URLs only where the document lists values: in the cells of tables, and in blocks of lines most of which are single
// values. Links in prose are never taken. A text that neither speaks of threats nor defangs anything is no feed.
#include <fmt/core.h>
#include <algorithm>

#include "cells.hpp"
#include "csv_columns.hpp"
#include "extract.hpp"
#include "lines.hpp"
#include "mozu/base/text.hpp"
#include "not_a_feed.hpp"
#include "reader.hpp"
#include "shape.hpp"

namespace mozu::formats {
namespace {

constexpr std::size_t block_lines_max = 4096;
constexpr std::size_t block_bytes_max = std::size_t{4} << 20;

/// Markup (`code`, *strong*, ++pass-through++), quotation marks and white space off both ends.
std::string_view unmark(std::string_view s) {
  constexpr std::string_view marks = "`*+\"'";
  for (;;) {
    const std::string_view before = s;
    s = trim(s);
    while (!s.empty() && marks.find(s.front()) != std::string_view::npos) s.remove_prefix(1);
    while (!s.empty() && (marks.find(s.back()) != std::string_view::npos || s.back() == ',')) s.remove_suffix(1);
    if (s == before) return s;
  }
}

std::string_view strip_bullet(std::string_view s) {
  s = trim(s);
  while (s.starts_with("> ")) s = trim(s.substr(2));
  for (const std::string_view bullet : {"- ", "* ", "+ ", "\xe2\x80\xa2 ", "** ", "*** "}) {
    if (s.starts_with(bullet)) return trim(s.substr(bullet.size()));
  }
  std::size_t digits = 0;
  while (digits < s.size() && is_digit(static_cast<unsigned char>(s[digits]))) ++digits;
  if (digits > 0 && digits < 4 && digits + 1 < s.size() && (s[digits] == '.' || s[digits] == ')') && s[digits + 1] == ' ') return trim(s.substr(digits + 2));
  return s;
}

/// A line made of one drawing character: a fence, a ruler, a table border.
bool is_ruler(std::string_view s) { return s.size() >= 3 && s.find_first_not_of("-=~.`+_*#|: ") == std::string_view::npos; }

bool is_heading(std::string_view s) { return s.starts_with('#') || (s.starts_with('=') && s.find_first_not_of('=') != std::string_view::npos); }

/// Below such headings stand links to reports, not indicators.
bool heads_references(std::string_view heading) {
  for (const std::string_view word : {"reference", "link", "read", "blog", "report", "source", "article", "publication", "licen", "contact", "acknowledg"}) {
    if (icontains(heading, word)) return true;
  }
  return false;
}

class Document {
 public:
  explicit Document(Emitter& out) : out_(out) {}

  void line(std::string_view raw, std::uint64_t number) {
    const std::string_view s = trim(raw);
    if (s.starts_with("//") || s.starts_with("<!--")) return;
    const bool row = s.starts_with('|') && !is_ruler(s);
    if (s.empty() || is_heading(s) || (is_ruler(s) && !s.starts_with('|')) || s.starts_with("```") || (row != in_table_ && !lines_.empty() && !is_ruler(s)))
      flush();
    if (is_heading(s)) {
      const std::size_t from = s.find_first_not_of("#= ");
      heading_.assign(from == std::string_view::npos ? std::string_view() : trim(s.substr(from, 300)));
      header_.clear();
      return;
    }
    if (s.empty() || is_ruler(s) || s.starts_with("```")) {
      if (s.starts_with("|=")) header_.clear();
      return;
    }
    in_table_ = row;
    lines_.push_back({buffer_.size(), s.size(), number});
    buffer_ += s;
    if (lines_.size() >= block_lines_max || buffer_.size() >= block_bytes_max) flush();
  }

  void flush() {
    if (!lines_.empty()) in_table_ ? table() : block();
    lines_.clear();
    buffer_.clear();
  }

  std::size_t emitted() const { return emitted_; }

 private:
  struct Piece {
    std::size_t offset, length;
    std::uint64_t number;
  };

  std::string_view text(const Piece& p) const { return std::string_view(buffer_).substr(p.offset, p.length); }

  void emit(std::string_view value) {
    record_.value = value;
    record_.hint = intel::TypeHint::any;
    out_.emit(record_);
    ++emitted_;
  }

  void start_record(std::uint64_t number) {
    record_.where.line = number;
    record_.context.clear();
    if (!heading_.empty()) record_.context.emplace_back("description", heading_);
  }

  /// The value that a line of a list begins with, or empty: a single word, or a word and " - what it is".
  static std::string_view listed_value(std::string_view line) {
    line = strip_bullet(line);
    const std::string_view first = unmark(line.substr(0, line.find_first_of(" \t")));
    const std::string_view rest = trim(line.substr(std::min(line.size(), line.find_first_of(" \t"))));
    const bool noted =
        rest.empty() || rest.starts_with("- ") || rest.starts_with("\xe2\x80\x93") || rest.starts_with('(') || rest.starts_with('#') || rest.starts_with("//");
    return noted && shape_of(first) != Shape::none ? first : std::string_view();
  }

  void block() {
    const bool references = heads_references(heading_), indicators = speaks_of_threats(heading_);
    const auto listed = std::count_if(lines_.begin(), lines_.end(), [&](const Piece& p) { return !listed_value(text(p)).empty(); });
    const bool is_list = static_cast<std::size_t>(listed) * 10 >= lines_.size() * 6;
    for (const Piece& p : lines_) {
      start_record(p.number);
      const std::string_view value = listed_value(text(p));
      if (is_list && !value.empty() && (shape_of(value) != Shape::url || is_defanged(value) || !references)) {
        emit(value);
      } else {
        extract_clear(text(p), [&](std::string_view piece) { emit(piece); }, indicators);
      }
    }
  }

  static std::vector<std::string_view> cells_of(std::string_view row) {
    if (row.starts_with('|')) row.remove_prefix(1);
    if (row.ends_with('|')) row.remove_suffix(1);
    auto cells = split(row, '|');
    for (auto& c : cells) c = unmark(c);
    return cells;
  }

  void table() {
    for (const Piece& p : lines_) {
      const auto cells = cells_of(text(p));
      if (header_.empty() && std::none_of(cells.begin(), cells.end(), [](std::string_view c) { return shape_of(c) != Shape::none; })) {
        header_text_.clear();
        for (const auto c : cells) header_text_ += fmt::format("{}\x1f", c.substr(0, 100));
        header_ = split(header_text_, '\x1f');
        header_.pop_back();
        columns_ = columns_of_header(header_);
        continue;
      }
      if (header_.empty()) {  // the first row was no header: neither is a later one
        header_.push_back({});
        columns_.list.clear();
      }
      row(cells, p.number);
    }
  }

  void row(const std::vector<std::string_view>& cells, std::uint64_t number) {
    start_record(number);
    const bool named = columns_.list.size() == cells.size();
    for (std::size_t i = 0; named && i < cells.size(); ++i) {
      const Column& c = columns_.list[i];
      if (c.role == ColumnRole::context && !cells[i].empty() && shape_of(cells[i]) == Shape::none)
        record_.context.emplace_back(c.context_name, cells[i].substr(0, 1000));
    }
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool known = named && known_column(header_[i]).has_value();
      if (known && columns_.list[i].role != ColumnRole::value && !is_defanged(cells[i])) continue;
      const Shape shape = shape_of(cells[i]);
      const bool link = shape == Shape::url && !is_defanged(cells[i]) && !(known && columns_.list[i].role == ColumnRole::value);
      if (shape != Shape::none && !link) {
        emit(cells[i]);
      } else if (!link) {
        extract_clear(cells[i], [&](std::string_view piece) { emit(piece); });
      }
    }
  }

  Emitter& out_;
  RawRecord record_;
  std::string heading_, buffer_, header_text_;
  std::vector<Piece> lines_;
  std::vector<std::string_view> header_;
  Columns columns_;
  bool in_table_ = false;
  std::size_t emitted_ = 0;
};

class TextReader final : public FeedReader {
 public:
  std::string_view name() const override { return "text"; }
  std::string_view description() const override {
    return "any text document (Markdown, AsciiDoc, reports): only what is surely meant as an indicator; the last resort";
  }

  int sniff(std::string_view head, std::string_view) const override {
    const std::string_view text = trim(head);
    if (text.empty() || text.starts_with('{') || text.starts_with("[{") || text.starts_with("<?xml")) return 0;
    if (!speaks_of_threats(head) && !is_defanged(head)) return 0;  // a README, notes, settings: addresses in it are of no threat
    return is_marked_up(head) ? 72 : 5;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    Lines lines(in.stream, std::size_t{1} << 20, true);
    Document document(out);
    Status status = each_line(lines, out, [&](std::string_view line, std::uint64_t number) { document.line(line, number); });
    document.flush();
    MOZU_TRY(status);
    if (document.emitted() == 0) return fail(not_a_feed_diagnostic("a text that holds no clear indicator"));
    return {};
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_text_reader() { return std::make_unique<TextReader>(); }

}  // namespace mozu::formats
