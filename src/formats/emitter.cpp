#include "emitter.hpp"

#include <fmt/core.h>

#include "mozu/base/text.hpp"

namespace mozu::formats {

void RawRecord::clear() {
  value = {};
  hint = intel::TypeHint::any;
  where.file.clear();
  where.line = 0;
  where.path.clear();
  valid_from = valid_until = first_seen = last_seen = std::nullopt;
  exact_only = false;
  confidence = 0;
  labels.clear();
  id.clear();
  context.clear();
}

void FeedStatistics::add(const FeedStatistics& o) {
  if (format.empty()) {
    format = o.format;
  } else if (!o.format.empty() && format != o.format) {
    format = "mixed";
  }
  bytes += o.bytes;
  rows += o.rows;
  indicators += o.indicators;
  for (std::size_t i = 0; i < by_kind.size(); ++i) by_kind[i] += o.by_kind[i];
  refused += o.refused;
  cut_off += o.cut_off;
  passed_over += o.passed_over;
  for (const auto& [code, n] : o.refused_by_code) refused_by_code[code] += n;
  for (const auto& [kind, n] : o.passed_over_by_kind) passed_over_by_kind[kind] += n;
}

FeedEmitter::FeedEmitter(std::string file, const FeedSettings& settings, Timestamp default_time, const IndicatorSink& sink, Diagnostics& diagnostics,
                         FeedStatistics& statistics)
    : file_(std::move(file)),
      settings_(settings),
      default_time_(default_time),
      sink_(sink),
      diagnostics_(diagnostics),
      statistics_(statistics) {
  // Suppression lists are made of what no indicator may be (RFC 1918 ranges, whole clouds), so breadth is no reason there.
  options_.allow_broad = settings.allow_broad || settings.suppression;
}

void FeedEmitter::emit(const RawRecord& r) {
  ++statistics_.rows;
  if (settings_.rows_max > 0 && statistics_.rows > settings_.rows_max) return;
  const intel::TypeHint hint = settings_.type != intel::TypeHint::any ? settings_.type : r.hint;
  std::uint16_t port = 0;
  auto pattern = intel::read_pattern(r.value, hint, options_, &port);
  if (!pattern) {
    Diagnostic d = std::move(pattern).error();
    d.severity = Severity::warning;  // one row of many: the feed as a whole is still good
    if (const std::string shown = printable(r.value, 120); d.message.find(shown) == std::string::npos) {
      d.message += fmt::format(": \"{}\"", shown);
    }
    if (d.code == "indicator-too-broad" && !settings_.broad_hint.empty()) d.hint = settings_.broad_hint;
    if (d.where.line == 0) d.where.line = r.where.line;
    if (d.where.path.empty()) d.where.path = r.where.path;
    count_refusal(std::move(d));
    return;
  }
  indicator_.pattern = std::move(*pattern);
  fill(r, port);
  ++statistics_.indicators;
  ++statistics_.by_kind[static_cast<std::size_t>(indicator_.pattern.kind)];
  if (sink_) sink_(indicator_);
}

void FeedEmitter::fill(const RawRecord& r, std::uint16_t port) {
  intel::Indicator& i = indicator_;
  i.valid_from = r.valid_from;
  i.valid_until = r.valid_until;
  if (settings_.lifetime_ms) {
    const Timestamp seen = r.last_seen ? *r.last_seen : r.first_seen ? *r.first_seen : default_time_;
    std::int64_t end_ms = 0;
    if (__builtin_add_overflow(seen.ms, *settings_.lifetime_ms, &end_ms)) end_ms = Timestamp::max().ms;
    // The feed's own end stands if it comes first: a lifetime may only shorten a word, never prolong it.
    if (!i.valid_until || end_ms < i.valid_until->ms) i.valid_until = Timestamp{end_ms};
  }
  i.exact_only = r.exact_only || settings_.exact_only;
  i.confidence = r.confidence;
  i.labels = r.labels;
  i.id = r.id;
  i.context = r.context;
  if (r.first_seen) i.context.emplace_back("first_seen", format_time(*r.first_seen));
  if (r.last_seen) i.context.emplace_back("last_seen", format_time(*r.last_seen));
  if (port != 0) i.context.emplace_back("port", fmt::format("{}", port));
}

void FeedEmitter::refuse(Diagnostic d) {
  ++statistics_.rows;
  if (d.severity == Severity::error) d.severity = Severity::warning;
  count_refusal(std::move(d));
}

void FeedEmitter::lose(Diagnostic d) {
  ++statistics_.rows;
  ++statistics_.cut_off;
  d.severity = Severity::error;
  count_refusal(std::move(d));
}

void FeedEmitter::count_refusal(Diagnostic d) {
  ++statistics_.refused;
  if (auto it = statistics_.refused_by_code.find(d.code); it != statistics_.refused_by_code.end()) {
    ++it->second;
  } else {
    statistics_.refused_by_code.emplace(d.code, 1);
  }
  if (d.where.file.empty()) d.where.file = file_;
  diagnostics_.add(std::move(d));
}

void FeedEmitter::pass_over(std::string_view kind) {
  // Kinds come from the feed, so their number is bounded: a hostile file could invent one per row.
  constexpr std::size_t kinds_max = 200;
  ++statistics_.passed_over;
  auto& kinds = statistics_.passed_over_by_kind;
  if (auto it = kinds.find(kind); it != kinds.end()) {
    ++it->second;
    return;
  }
  std::string shown = printable(kind, 60);  // what is shown is what is counted: two kinds may look the same
  if (kinds.size() >= kinds_max && !kinds.contains(shown)) shown = "other";
  ++kinds[std::move(shown)];
}

void FeedEmitter::note(Diagnostic d) {
  if (d.where.file.empty()) d.where.file = file_;
  diagnostics_.add(std::move(d));
}

}  // namespace mozu::formats
