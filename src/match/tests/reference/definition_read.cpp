#include "definition_read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "mozu/base/text.hpp"

namespace mozu::match::reference {
namespace {

std::vector<std::string_view> split_on(std::string_view s, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = s.find(separator);
    parts.push_back(s.substr(0, at));
    if (at == std::string_view::npos) return parts;
    s.remove_prefix(at + separator.size());
  }
}

Result<Timestamp> read_time(std::string_view s) {
  const auto time = parse_time_iso(s);
  if (!time) return fail("table", fmt::format("bad time {}", s));
  return *time;
}

Result<std::size_t> find_nth(std::string_view line, std::string_view raw, int nth) {
  std::size_t at = line.find(raw);
  for (int i = 1; i < nth && at != std::string_view::npos; ++i) at = line.find(raw, at + 1);
  if (at == std::string_view::npos) return fail("table", fmt::format("no {} in the line", raw));
  return at;
}

Result<intel::Relation> read_relation(std::string_view s) {
  for (const auto r : {intel::Relation::exact, intel::Relation::subdomain, intel::Relation::url_host, intel::Relation::email_host, intel::Relation::range,
                       intel::Relation::mask}) {
    if (intel::name(r) == s) return r;
  }
  return fail("table", fmt::format("no relation {}", s));
}

Result<intel::PatternKind> read_kind(std::string_view s) {
  for (int i = 0; i < intel::pattern_kind_count; ++i) {
    if (intel::short_name(static_cast<intel::PatternKind>(i)) == s) return static_cast<intel::PatternKind>(i);
  }
  return fail("table", fmt::format("no kind {}", s));
}

}  // namespace

Result<Row> read_row(std::string_view spec) {
  Row row;
  row.feed = "f";
  row.suppression = spec.starts_with("! ");
  if (row.suppression) spec.remove_prefix(2);
  const auto parts = split_on(spec, " | ");
  MOZU_LET(row.indicator.pattern, intel::read_pattern(parts[0], intel::TypeHint::any, {.allow_broad = true}));
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto part = parts[i];
    if (part == "exact-only") {
      row.indicator.exact_only = true;
    } else if (part.starts_with("feed=")) {
      row.feed = part.substr(5);
    } else if (part.starts_with("from=")) {
      MOZU_LET(row.indicator.valid_from, read_time(part.substr(5)));
    } else if (part.starts_with("until=")) {
      MOZU_LET(row.indicator.valid_until, read_time(part.substr(6)));
    } else {
      return fail("table", fmt::format("unknown setting {}", part));
    }
  }
  return row;
}

Result<std::vector<RefHit>> expected_hits(const DefinitionCase& c) {
  std::vector<RefHit> hits;
  for (const ExpectedHit& e : c.hits) {
    RefHit hit;
    MOZU_LET(hit.offset, find_nth(c.line, e.raw, e.nth));
    MOZU_LET(hit.relation, read_relation(e.relation));
    const auto blank = e.indicator.find(' ');
    MOZU_LET(hit.kind, read_kind(e.indicator.substr(0, blank)));
    hit.length = e.raw.size();
    hit.type = intel::observable_type(hit.kind);
    hit.value = e.observed.empty() ? e.raw : e.observed;
    hit.indicator = e.indicator.substr(blank + 1);
    for (const auto feed : split_on(e.feeds, ",")) hit.feeds.emplace_back(feed);
    if (e.suppressed) hit.reasons.emplace_back(table_reason);
    hits.push_back(std::move(hit));
  }
  std::sort(hits.begin(), hits.end(), [](const RefHit& a, const RefHit& b) {
    return std::tie(a.offset, a.length, a.relation, a.kind, a.indicator) < std::tie(b.offset, b.length, b.relation, b.kind, b.indicator);
  });
  return hits;
}

std::string to_text(const RefHit& hit) {
  std::string feeds, reasons;
  for (const auto& feed : hit.feeds) feeds += (feeds.empty() ? "" : ",") + feed;
  for (const auto& reason : hit.reasons) reasons += (reasons.empty() ? " suppressed: " : ", ") + reason;
  return fmt::format("{}+{} {} {} {} <- {} {} [{}]{}", hit.offset, hit.length, intel::name(hit.relation), intel::short_name(hit.type), printable(hit.value),
                     intel::short_name(hit.kind), printable(hit.indicator), feeds, reasons);
}

std::string to_text(const std::vector<RefHit>& hits) {
  std::string out;
  for (const RefHit& hit : hits) out += "  " + to_text(hit) + "\n";
  return out.empty() ? "  nothing\n" : out;
}

}  // namespace mozu::match::reference
