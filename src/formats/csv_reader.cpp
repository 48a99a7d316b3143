// CSV and TSV in every delimiter, with a header, with a header in a comment (abuse.ch), with mapped columns or without any.
#include <fmt/core.h>
#include <algorithm>

#include "cells.hpp"
#include "csv_columns.hpp"
#include "csv_rows.hpp"
#include "mozu/base/text.hpp"
#include "reader.hpp"
#include "row_watch.hpp"
#include "shape.hpp"
#include "sniff.hpp"
#include "type_words.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

constexpr std::size_t sample_rows_max = 200;
constexpr std::size_t context_bytes_max = 2000;
constexpr std::size_t head_bytes = 64 * 1024;

/// "# id,dateadded,url" → the header without the mark.
std::string_view uncomment(std::string_view s) {
  while (!s.empty() && (s.front() == '#' || s.front() == ' ')) s.remove_prefix(1);
  return s;
}

struct Head {
  char delimiter = ',';
  std::string header_text;               ///< owns what `header` points into
  std::vector<std::string_view> header;  ///< empty: none
  bool header_is_first_row = false;
  bool header_in_comment = false;
  std::vector<std::vector<std::string_view>> rows;  ///< sample, points into the head
  Columns columns;
};

std::size_t known_names(const std::vector<std::string_view>& cells) {
  return static_cast<std::size_t>(std::count_if(cells.begin(), cells.end(), [](std::string_view c) { return known_column(c).has_value(); }));
}

bool names_a_value(const std::vector<std::string_view>& cells) {
  return std::any_of(cells.begin(), cells.end(), [](std::string_view c) {
    const auto column = known_column(c);
    return column && column->role == ColumnRole::value;
  });
}

bool any_shape(const std::vector<std::string_view>& cells) {
  return std::any_of(cells.begin(), cells.end(), [](std::string_view c) { return shape_of(c) != Shape::none; });
}

/// Sample rows of the head as one delimiter parts them; of the comments only the last ones before the first row.
struct Sample {
  std::vector<std::string_view> comments;
  std::vector<std::vector<std::string_view>> rows;
};

Sample sample_of(std::string_view head, char delimiter) {
  const bool cut = head.size() >= head_bytes;
  Sample s;
  std::size_t unclosed = 0;
  for (head = whole_lines(head); !head.empty() && s.rows.size() < sample_rows_max;) {
    const std::size_t unclosed_before = unclosed;
    const std::string_view row = take_csv_row(head, delimiter, unclosed);
    // A quotation that the end of the head cuts off says nothing about the table; what came before it does.
    if (cut && unclosed != unclosed_before && s.rows.size() > 1) break;
    const std::string_view text = trim(row);
    if (text.empty()) continue;
    if (text.starts_with('#') || text.starts_with("\"#")) {
      if (s.rows.empty()) s.comments.push_back(text);
    } else {
      s.rows.push_back(split_csv_row(row, delimiter));
    }
  }
  return s;
}

/// How equal are the rows in their number of columns (0–1)? Several columns count more than few. 0 for one column.
struct Evenness {
  double same = 0, score = 0;
};

Evenness evenness_of(const Sample& sample) {
  if (sample.rows.empty()) return {};
  std::vector<std::size_t> counts;
  for (const auto& row : sample.rows) counts.push_back(row.size());
  std::sort(counts.begin(), counts.end());
  const std::size_t middle = counts[counts.size() / 2];
  if (middle < 2) return {};
  const double same = static_cast<double>(std::count(counts.begin(), counts.end(), middle)) / static_cast<double>(counts.size());
  return {same, same + 0.02 * static_cast<double>(std::min<std::size_t>(middle, 10))};
}

/// Parted by `delimiter`; if that is 0, by the one that parts the rows most evenly.
Sample find_sample(std::string_view head, char& delimiter, double& consistency) {
  if (delimiter != 0) {
    Sample sample = sample_of(head, delimiter);
    consistency = evenness_of(sample).same;
    return sample;
  }
  Sample best;
  Evenness most;
  for (const char d : {',', ';', '\t', '|'}) {
    Sample sample = sample_of(head, d);
    const Evenness evenness = evenness_of(sample);
    if (delimiter != 0 && evenness.score <= most.score) continue;
    best = std::move(sample);
    most = evenness;
    delimiter = d;
  }
  consistency = most.same;
  return best;
}

/// Settings that map columns by name say that the first row has the names.
bool is_mapped_header(const std::vector<std::string_view>& cells, const FeedSettings& settings) {
  return std::any_of(settings.mapping.begin(), settings.mapping.end(), [&](const auto& m) {
    return std::any_of(cells.begin(), cells.end(), [&](std::string_view c) { return iequals(trim(c), trim(m.second)) && !to_uint(m.second); });
  });
}

bool looks_like_header(const std::vector<std::string_view>& cells) {
  return !any_shape(cells) && known_names(cells) > 0 && (names_a_value(cells) || cells.size() > 1);
}

void find_header(Head& h, const std::vector<std::string_view>& comments, const FeedSettings& settings) {
  if (!h.rows.empty() && (is_mapped_header(h.rows.front(), settings) || looks_like_header(h.rows.front()))) {
    h.header_is_first_row = true;
    for (const auto cell : h.rows.front()) h.header_text += fmt::format("{}{}", h.header_text.empty() ? "" : "\x1f", trim(cell));
    h.rows.erase(h.rows.begin());
  } else if (h.rows.empty() || std::ranges::any_of(h.rows, [](const auto& row) { return row.size() > 1; })) {  // else a comment with a comma heads a list
    for (auto it = comments.rbegin(); it != comments.rend(); ++it) {
      std::string text(*it);
      std::erase(text, '"');
      const auto cells = split_csv_row(uncomment(text), h.delimiter);
      if (cells.size() < 2 || known_names(cells) * 2 < cells.size() || !names_a_value(cells)) continue;
      for (const auto cell : cells) h.header_text += fmt::format("{}{}", h.header_text.empty() ? "" : "\x1f", trim(cell));
      h.header_in_comment = true;
      break;
    }
  }
  if (!h.header_text.empty()) h.header = split(h.header_text, '\x1f');
}

Head judge(std::string_view head_text, const FeedSettings& settings, double& consistency) {
  Head h;
  if (head_text.starts_with("\xef\xbb\xbf")) head_text.remove_prefix(3);
  h.delimiter = settings.delimiter;
  Sample sample = find_sample(head_text, h.delimiter, consistency);
  h.rows = std::move(sample.rows);
  find_header(h, sample.comments, settings);
  if (!h.header.empty()) {
    h.columns = columns_of_header(h.header);
    if (!h.columns.has_values()) judge_by_content(h.columns, h.rows);
  } else {
    std::size_t width = 0;
    for (const auto& row : h.rows) width = std::max(width, row.size());
    for (std::size_t i = 0; i < width; ++i) h.columns.list.push_back(Column{ColumnRole::context, TypeHint::any, false, fmt::format("column{}", i + 1)});
    judge_by_content(h.columns, h.rows);
  }
  return h;
}

/// Turns rows into records. Context strings are overwritten in place: no allocation a row once they have grown.
class RowEmitter {
 public:
  RowEmitter(const Columns& columns, Emitter& out) : columns_(columns), out_(out) {}

  void row(const std::vector<std::string_view>& fields, std::uint64_t line) {
    contexts_ = 0;
    record_.valid_from = record_.valid_until = record_.first_seen = record_.last_seen = std::nullopt;
    record_.confidence = 0;
    record_.labels.clear();
    record_.id.clear();
    record_.where.line = line;
    if (harmless(fields)) return out_.pass_over("harmless");
    for (std::size_t i = 0; i < fields.size() && i < columns_.list.size(); ++i) attribute(columns_.list[i], trim(fields[i]));
    record_.context.resize(contexts_);
    values(fields, line);
  }

 private:
  /// Some tables list what was looked at and found harmless beside what was found bad.
  bool harmless(const std::vector<std::string_view>& fields) const {
    for (std::size_t i = 0; i < fields.size() && i < columns_.list.size(); ++i) {
      if (columns_.list[i].role != ColumnRole::verdict) continue;
      for (const std::string_view word : {"legitimate", "benign", "clean", "harmless", "whitelisted", "allowlisted"}) {
        if (iequals(trim(fields[i]), word)) return true;
      }
    }
    return false;
  }

  void add_context(std::string_view name, std::string_view text) {
    if (text.size() > context_bytes_max) text = text.substr(0, context_bytes_max);
    if (contexts_ < record_.context.size()) {
      record_.context[contexts_].first.assign(name);
      record_.context[contexts_].second.assign(text);
    } else {
      record_.context.emplace_back(name, text);
    }
    ++contexts_;
  }

  void attribute(const Column& c, std::string_view cell) {
    if (cell.empty()) return;
    switch (c.role) {
      case ColumnRole::context: return add_context(c.context_name, cell);
      case ColumnRole::port: return add_context("port", cell);
      case ColumnRole::verdict: return add_context("category", cell);
      case ColumnRole::first_seen: return time(record_.first_seen, "first_seen", cell);
      case ColumnRole::last_seen: return time(record_.last_seen, "last_seen", cell);
      case ColumnRole::valid_from: return time(record_.valid_from, "valid_from", cell);
      case ColumnRole::valid_until: return time(record_.valid_until, "valid_until", cell);
      case ColumnRole::id: record_.id.assign(cell.substr(0, 200)); return;
      case ColumnRole::confidence: return confidence(cell);
      case ColumnRole::labels: return labels(cell);
      case ColumnRole::value:
      case ColumnRole::type:
      case ColumnRole::ignore: return;
    }
  }

  /// A time that cannot be read is still something that the feed says.
  void time(std::optional<Timestamp>& target, std::string_view name, std::string_view cell) {
    target = parse_time_any(cell);
    if (!target) target = parse_time_us(cell);
    if (!target && !iequals(cell, "none") && !iequals(cell, "n/a")) add_context(name, cell);
  }

  /// "5/28/2021": month first, as American tables have it; only where the day cannot be the month.
  static std::optional<Timestamp> parse_time_us(std::string_view cell) {
    const auto parts = split(cell.substr(0, cell.find(' ')), '/');
    if (parts.size() != 3) return std::nullopt;
    const auto month = to_uint(parts[0]), day = to_uint(parts[1]), year = to_uint(parts[2]);
    if (!month || !day || !year || *year < 1990 || *year > 9999 || *month > 12 || *day > 31) return std::nullopt;
    const CivilTime t{static_cast<int>(*year), static_cast<int>(*month), static_cast<int>(*day)};
    return is_valid(t) ? std::optional(from_civil(t)) : std::nullopt;
  }

  void confidence(std::string_view cell) {
    if (cell.ends_with('%')) cell.remove_suffix(1);
    if (const auto n = intel::parse_confidence(cell); n && *n != 0) {  // 0 is how a feed says that it does not know
      record_.confidence = *n;
    } else {
      add_context("confidence", cell);
    }
  }

  void labels(std::string_view cell) {
    constexpr std::size_t labels_max = 64;
    while (!cell.empty() && record_.labels.size() < labels_max) {
      const std::size_t stop = std::min(cell.find_first_of(",;|"), cell.size());
      const std::string_view label = trim(cell.substr(0, stop));
      cell.remove_prefix(std::min(stop + 1, cell.size()));
      if (!label.empty() && !iequals(label, "none")) record_.labels.emplace_back(label.substr(0, 200));
    }
  }

  void values(const std::vector<std::string_view>& fields, std::uint64_t line) {
    std::optional<TypeWord> word;
    std::string_view word_text;
    if (columns_.type_column >= 0 && static_cast<std::size_t>(columns_.type_column) < fields.size()) {
      word_text = trim(fields[static_cast<std::size_t>(columns_.type_column)]);
      if (word_text != last_word_text_) {
        last_word_text_ = word_text;
        last_word_ = type_word(word_text);
      }
      word = last_word_;
    }
    bool any = false, blank = true;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const std::string_view cell = trim(fields[i]);
      blank = blank && cell.empty();
      if (i >= columns_.list.size() || columns_.list[i].role != ColumnRole::value || is_nothing(cell)) continue;
      any = true;
      value(columns_.list[i], cell, word, word_text);
    }
    if (any || blank) return;
    if (columns_.type_column >= 0 && word && !word->hint) return out_.pass_over(word->kind);
    out_.refuse(Diagnostic{Severity::warning,
                           "csv-no-value",
                           fmt::format("the row has no value ({} of {} columns)", fields.size(), columns_.list.size()),
                           {{}, line, {}},
                           "check the delimiter and the columns of this row"});
  }

  static bool is_nothing(std::string_view cell) {
    return cell.empty() || cell == "-" || iequals(cell, "n/a") || iequals(cell, "none") || iequals(cell, "null") || iequals(cell, "unknown");
  }

  void value(const Column& c, std::string_view cell, const std::optional<TypeWord>& word, std::string_view word_text) {
    if (c.typed) return emit_cell(cell, c.hint, record_, out_);
    if (!word) {
      // An unknown type word: the value may speak for itself, but a text that does not is of a kind we do not know.
      if (!word_text.empty() && shape_of(cell) == Shape::none && cell.find_first_of(";,\n[") == std::string_view::npos) return out_.pass_over(word_text);
      return emit_cell(cell, TypeHint::any, record_, out_);
    }
    if (!word->hint) return out_.pass_over(word->kind);
    emit_cell(cell, *word->hint, record_, out_);
  }

  const Columns& columns_;
  Emitter& out_;
  RawRecord record_;
  std::size_t contexts_ = 0;
  std::string last_word_text_;
  std::optional<TypeWord> last_word_;
};

/// Takes the head off a stream and gives it back with the rest.
class HeadThenRest final : public ByteStream {
 public:
  explicit HeadThenRest(ByteStream& in) : in_(in) {}

  Status fill() {
    head_.resize(head_bytes);
    std::size_t n = 0;
    while (n < head_.size()) {
      auto got = in_.read(std::span(head_).subspan(n));
      if (!got && n == 0) return fail(std::move(got).error());
      if (!got || *got == 0) break;
      n += *got;
    }
    head_.resize(n);
    return {};
  }
  std::string_view head() const { return head_; }
  Result<std::size_t> read(std::span<char> out) override {
    if (at_ == head_.size()) return in_.read(out);
    const std::size_t n = std::min(out.size(), head_.size() - at_);
    std::copy_n(head_.data() + at_, n, out.data());
    at_ += n;
    return n;
  }

 private:
  ByteStream& in_;
  std::string head_;
  std::size_t at_ = 0;
};

class CsvReader final : public FeedReader {
 public:
  explicit CsvReader(bool abuse_ch) : abuse_ch_(abuse_ch) {}

  std::string_view name() const override { return abuse_ch_ ? "abusech-csv" : "csv"; }
  std::string_view description() const override {
    return abuse_ch_ ? "CSV exports of abuse.ch (URLhaus, ThreatFox, MalwareBazaar, Feodo Tracker, SSLBL): header in a comment"
                     : "CSV or TSV (, ; tab |) with a header, with mapped columns, or with columns judged by content";
  }

  int sniff(std::string_view head, std::string_view) const override {
    const std::string_view text = trim(head);
    if (text.starts_with('{') || text.starts_with('[') || text.starts_with('<') || text.starts_with("#fields")) return 0;
    double consistency = 0;
    const FeedSettings settings;
    const Head h = judge(head, settings, consistency);
    if (!h.columns.has_values() || h.header_in_comment != abuse_ch_) return 0;
    // Rows that begin with the delimiter are a table of Markdown or AsciiDoc; `text` reads those.
    if (h.delimiter == '|' && head.find("\n|") != std::string_view::npos) return 0;
    if (abuse_ch_) return 88;
    const bool one_column = h.columns.list.size() < 2;
    if (one_column && h.header.empty()) return 0;
    if (!one_column && consistency < (h.header.empty() ? 0.8 : 0.5)) return 0;
    std::size_t good = 0, filled = 0;
    for (std::size_t i = 0; i < h.columns.list.size(); ++i) {
      if (h.columns.list[i].role != ColumnRole::value) continue;
      for (const auto& row : h.rows) {
        if (i >= row.size() || trim(row[i]).empty()) continue;
        ++filled;
        good += shape_of(row[i]) != Shape::none || row[i].find_first_of(";,[\"") != std::string_view::npos;
      }
    }
    // One column under a heading is a list like any other; only if nearly all of it is values, the heading is a column's name.
    if (good == 0 || good * 5 < filled || (one_column && good * 10 < filled * 9)) return 0;
    return (h.header.empty() ? 55 : 65) + static_cast<int>(25 * good / filled);
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    HeadThenRest stream(in.stream);
    MOZU_TRY(stream.fill());
    double consistency = 0;
    Head h = judge(stream.head(), in.settings, consistency);
    MOZU_TRY(apply_mapping(h.columns, h.header, in.settings));
    if (!h.columns.has_values()) {
      return fail("csv-no-columns", "no column of the table holds indicators", "name the columns in [feed.mapping], at least value");
    }
    CsvRows rows(stream, h.delimiter);
    RowWatch watch(out, in.settings);
    RowEmitter emitter(h.columns, watch.emitter());
    bool header_to_come = h.header_is_first_row;
    for (;;) {
      switch (rows.next()) {
        case CsvRows::Row::end: return rows.status();
        case CsvRows::Row::comment: break;
        case CsvRows::Row::bad: out.refuse(rows.take_problem()); break;
        case CsvRows::Row::fields:
          if (!header_to_come && !is_blank(rows.fields())) watch.row(shown(rows.fields()), rows.line(), [&] { emitter.row(rows.fields(), rows.line()); });
          header_to_come = false;
          break;
      }
    }
  }

 private:
  static bool is_blank(const std::vector<std::string_view>& fields) {
    return std::ranges::all_of(fields, [](std::string_view f) { return trim(f).empty(); });
  }
  /// The first field that says something.
  static std::string_view shown(const std::vector<std::string_view>& fields) {
    const auto found = std::ranges::find_if(fields, [](std::string_view f) { return !trim(f).empty(); });
    return found == fields.end() ? std::string_view() : *found;
  }

  bool abuse_ch_;
};

}  // namespace

std::unique_ptr<FeedReader> make_csv_reader() { return std::make_unique<CsvReader>(false); }
std::unique_ptr<FeedReader> make_abusech_csv_reader() { return std::make_unique<CsvReader>(true); }

}  // namespace mozu::formats
