// Files of Zeek's Intelligence Framework: "#fields\tindicator\tindicator_type\tmeta.source…", tab-separated.
// Source of the rules: docs.zeek.org, "Intelligence Framework": types Intel::ADDR … ; URLs are written without scheme.
#include <fmt/core.h>
#include <algorithm>

#include "lines.hpp"
#include "mozu/base/text.hpp"
#include "reader.hpp"
#include "row_watch.hpp"
#include "type_words.hpp"

namespace mozu::formats {
namespace {

using intel::TypeHint;

/// Zeek writes "-" for a field that is not set.
bool is_unset(std::string_view s) { return s.empty() || s == "-"; }

class Rows {
 public:
  explicit Rows(Emitter& out) : out_(out) {}

  void header(std::string_view line) {
    names_.clear();
    value_ = type_ = -1;
    const auto parts = split(line, '\t');
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const std::string_view name = trim(parts[i]);
      if (name == "indicator") value_ = static_cast<int>(i) - 1;
      if (name == "indicator_type") type_ = static_cast<int>(i) - 1;
      names_.emplace_back(context_name(name));
    }
  }

  void row(std::string_view line, std::uint64_t number) {
    const auto parts = split(line, '\t');
    record_.where.line = number;
    if (value_ < 0) return refuse("zeek-no-header", "a row stands before any #fields line that names \"indicator\"", number);
    const auto value = static_cast<std::size_t>(value_);
    if (parts.size() <= value || trim(parts[value]).empty())
      return refuse("zeek-columns", fmt::format("the row has {} columns and no indicator", parts.size()), number);
    TypeHint hint = TypeHint::any;
    if (type_ >= 0 && parts.size() > static_cast<std::size_t>(type_)) {
      const std::string_view word = trim(parts[static_cast<std::size_t>(type_)]);
      const auto known = type_word(word);
      if (known && !known->hint) return out_.pass_over(known->kind);
      if (!known) return refuse("zeek-type", fmt::format("\"{}\" is no indicator type of Zeek", printable(word, 60)), number);
      hint = *known->hint;
    }
    record_.context.clear();
    for (std::size_t i = 0; i < parts.size() && i < names_.size(); ++i) {
      if (names_[i].empty() || is_unset(trim(parts[i]))) continue;
      record_.context.emplace_back(names_[i], trim(parts[i]).substr(0, 2000));
    }
    record_.value = trim(parts[value]);
    record_.hint = hint == TypeHint::url || hint == TypeHint::domain ? hint : reconcile(hint, shape_of(record_.value));
    out_.emit(record_);
  }

 private:
  /// meta.desc → description …; empty: not kept (how Zeek shall react is nothing about the indicator).
  static std::string context_name(std::string_view name) {
    if (name == "indicator" || name == "indicator_type" || name == "meta.do_notice" || name == "meta.if_in") return {};
    if (name == "meta.desc") return "description";
    if (name == "meta.url") return "reference";
    if (name.starts_with("meta.")) name.remove_prefix(5);
    return std::string(name.substr(0, 60));
  }

  void refuse(std::string_view code, std::string message, std::uint64_t line) {
    out_.refuse(Diagnostic{Severity::warning, std::string(code), std::move(message), {{}, line, {}}, "fields are separated by one tab each"});
  }

  Emitter& out_;
  RawRecord record_;
  std::vector<std::string> names_;
  int value_ = -1, type_ = -1;
};

class ZeekIntelReader final : public FeedReader {
 public:
  std::string_view name() const override { return "zeek-intel"; }
  std::string_view description() const override { return "Zeek Intelligence Framework files (#fields indicator indicator_type meta.…)"; }

  int sniff(std::string_view head, std::string_view) const override {
    const std::size_t at = head.starts_with("#fields") ? 0 : head.find("\n#fields");
    if (at == std::string_view::npos) return 0;
    std::string_view line = head.substr(at);
    line = line.substr(0, line.find('\n', 1));
    return line.find("\tindicator") != std::string_view::npos ? 95 : 0;
  }

  Status read(ReaderInput& in, Emitter& out) const override {
    Lines lines(in.stream);
    RowWatch watch(out, in.settings);
    Rows rows(watch.emitter());
    return each_line(lines, out, [&](std::string_view line, std::uint64_t number) {
      if (line.starts_with("#fields")) rows.header(line);
      else if (!line.starts_with('#') && !trim(line).empty()) watch.row(line, number, [&] { rows.row(line, number); });
    });
  }
};

}  // namespace

std::unique_ptr<FeedReader> make_zeek_intel_reader() { return std::make_unique<ZeekIntelReader>(); }

}  // namespace mozu::formats
