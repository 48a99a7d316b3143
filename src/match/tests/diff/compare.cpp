#include "compare.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <set>

#include "mozu/match/builder.hpp"

namespace mozu::match::diff {

using reference::RefHit;

std::optional<Rule> make_rule(std::string text) {
  auto row = reference::read_row(text);
  if (!row) return std::nullopt;
  return Rule{std::move(text), std::move(*row)};
}

namespace {

constexpr std::string_view reason = reference::table_reason;

LineHit from_detection(const intel::Detection& d) {
  LineHit h;
  h.line = d.line;
  h.hit.offset = d.offset;
  h.hit.length = d.length;
  h.hit.type = d.observable.type;
  h.hit.value = d.observable.value;
  h.hit.relation = d.relation;
  h.hit.kind = d.indicator_kind;
  h.hit.indicator = d.indicator_value;
  h.hit.feeds = d.feeds;
  if (!d.suppressed.empty()) h.hit.reasons.push_back(d.suppressed);
  return h;
}

bool same(const LineHit& expected, const LineHit& got) {
  RefHit a = expected.hit, b = got.hit;
  // The reason may be that of any entry that covers it.
  const bool reasons_fit = b.reasons.empty() ? a.reasons.empty() : std::count(a.reasons.begin(), a.reasons.end(), b.reasons[0]) == 1;
  a.reasons.clear();
  b.reasons.clear();
  return expected.line == got.line && a == b && reasons_fit;
}

std::string text_of_line(const std::vector<LineHit>& hits, std::uint64_t line) {
  std::vector<RefHit> of_line;
  for (const auto& h : hits) {
    if (h.line == line) of_line.push_back(h.hit);
  }
  return reference::to_text(of_line);
}

std::optional<Difference> compare(const std::string& what, const std::vector<LineHit>& expected, const std::vector<LineHit>& got) {
  std::size_t i = 0;
  while (i < expected.size() && i < got.size() && same(expected[i], got[i])) ++i;
  if (i == expected.size() && i == got.size()) return std::nullopt;
  std::uint64_t line = ~0ULL;
  if (i < expected.size()) line = std::min(line, expected[i].line);
  if (i < got.size()) line = std::min(line, got[i].line);
  return Difference{what, line, text_of_line(expected, line), text_of_line(got, line)};
}

struct Totals {
  std::uint64_t bytes = 0, lines = 0, detections = 0, suppressed = 0, lines_matched = 0;
  bool operator==(const Totals&) const = default;
  std::string text() const {
    return fmt::format("  bytes {} lines {} detections {} suppressed {} lines matched {}\n", bytes, lines, detections, suppressed, lines_matched);
  }
};

Totals totals_of(const ScanStatistics& s) { return {s.bytes, s.lines, s.detections, s.suppressed, s.lines_matched}; }

std::vector<std::uint64_t> lines_with_detection(const std::vector<LineHit>& hits) {
  std::set<std::uint64_t> lines;
  for (const auto& h : hits) {
    if (!h.hit.suppressed()) lines.insert(h.line);
  }
  return {lines.begin(), lines.end()};
}

std::uint64_t lines_of(std::string_view batch) {
  const auto lf = static_cast<std::uint64_t>(std::count(batch.begin(), batch.end(), '\n'));
  return lf + (!batch.empty() && batch.back() != '\n' ? 1 : 0);
}

Totals totals_of(std::string_view batch, const std::vector<LineHit>& hits) {
  const auto suppressed = static_cast<std::uint64_t>(std::count_if(hits.begin(), hits.end(), [](const auto& h) { return h.hit.suppressed(); }));
  return {batch.size(), lines_of(batch), hits.size() - suppressed, suppressed, lines_with_detection(hits).size()};
}

}  // namespace

Result<std::unique_ptr<World>> World::make(const std::vector<Rule>& rules, const Settings& settings) {
  auto world = std::make_unique<World>();
  world->settings_ = settings;
  Builder builder;
  for (const Rule& rule : rules) {
    const auto& row = rule.row;
    if (row.suppression) {
      builder.add_suppression(row.indicator.pattern, reason, row.indicator.exact_only);
      world->reference_.add_suppression(row.indicator.pattern, reason, row.indicator.exact_only);
    } else {
      intel::FeedInfo feed;
      feed.name = row.feed;
      builder.add(builder.add_feed(feed), row.indicator);
      world->reference_.add(row.feed, row.indicator);
    }
  }
  MOZU_LET(std::string bytes, builder.build(settings.now));
  MOZU_LET(world->index_, Index::from_bytes(std::move(bytes)));
  for (const Kernel kernel : supported_kernels()) {
    ScanOptions options;
    options.kernel = kernel;
    options.as_of = settings.as_of;
    options.now = settings.now;
    options.show_suppressed = settings.show_suppressed;
    options.event_fields = false;
    world->engines_.push_back({std::string(name(kernel)), Scanner(world->index_, options)});
  }
  return world;
}

std::vector<LineHit> World::expected(std::string_view batch) const {
  std::vector<LineHit> all;
  HeaderState header;
  EventParser parser({}, settings_.now);
  std::uint64_t number = 0;
  while (!batch.empty()) {
    const auto lf = batch.find('\n');
    std::string_view line = batch.substr(0, lf);
    batch.remove_prefix(lf == std::string_view::npos ? batch.size() : lf + 1);
    ++number;
    std::optional<Timestamp> time = settings_.as_of;
    if (!time) {
      std::string_view event = line;
      if (!event.empty() && event.back() == '\r') event.remove_suffix(1);
      if (event.starts_with('#')) update_header(header, event);
      time = parser.parse(event, header).time.value_or(settings_.now);
    }
    for (auto& hit : reference_.match_line(line, time)) all.push_back({number, std::move(hit)});
  }
  return all;
}

std::optional<Difference> World::check_engine(Engine& engine, std::string_view batch, const std::vector<std::size_t>& splits,
                                              const std::vector<LineHit>& expected) {
  std::vector<LineHit> shown = expected;
  if (!settings_.show_suppressed) std::erase_if(shown, [](const auto& h) { return h.hit.suppressed(); });
  const auto scan = [&](const std::vector<std::size_t>& starts, const std::string& what) -> std::optional<Difference> {
    std::vector<LineHit> got;
    ScanStatistics sum;
    HeaderState header;
    std::uint64_t first_line = 1;
    for (std::size_t i = 0; i < starts.size(); ++i) {
      const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : batch.size();
      const Batch part{batch.substr(starts[i], end - starts[i]), "lines", first_line};
      const auto s = engine.scanner.scan(part, header, [&](const intel::Detection& d) { got.push_back(from_detection(d)); });
      sum.add(s);
      first_line += lines_of(part.bytes);
    }
    if (auto difference = compare(engine.name + ": " + what, shown, got)) return difference;
    const Totals want = totals_of(batch, expected), have = totals_of(sum);
    if (want == have) return std::nullopt;
    return Difference{engine.name + ": statistics of " + what, 0, want.text(), have.text()};
  };
  if (auto difference = scan({0}, "scan")) return difference;
  if (splits.empty()) return std::nullopt;
  std::vector<std::size_t> starts{0};
  starts.insert(starts.end(), splits.begin(), splits.end());
  if (auto difference = scan(starts, "scan in parts")) return difference;

  std::vector<std::uint64_t> lines;
  HeaderState header;
  engine.scanner.matching_lines({batch, "lines", 1}, header, [&](std::uint64_t line) { lines.push_back(line + 1); });
  const auto want = lines_with_detection(expected);
  if (lines != want) {
    return Difference{engine.name + ": matching_lines", 0, fmt::format("  lines {}\n", fmt::join(want, " ")),
                      fmt::format("  lines {}\n", fmt::join(lines, " "))};
  }
  std::set<std::uint64_t> hit_lines;
  for (const auto& h : expected) hit_lines.insert(h.line);
  const auto examined = engine.scanner.filter_only(batch);
  if (examined >= hit_lines.size() && examined <= lines_of(batch)) return std::nullopt;
  return Difference{engine.name + ": filter_only", 0, fmt::format("  at least {}, at most {}\n", hit_lines.size(), lines_of(batch)),
                    fmt::format("  {}\n", examined)};
}

std::optional<Difference> World::check(std::string_view batch, const std::vector<std::size_t>& splits, Counts& counts) {
  const auto hits = expected(batch);
  counts.lines += lines_of(batch);
  counts.bytes += batch.size();
  counts.hits += hits.size();
  counts.suppressed += static_cast<std::uint64_t>(std::count_if(hits.begin(), hits.end(), [](const auto& h) { return h.hit.suppressed(); }));
  for (Engine& engine : engines_) {
    counts.scans += splits.empty() ? 1 : 2;
    if (auto difference = check_engine(engine, batch, splits, hits)) return difference;
  }
  return std::nullopt;
}

GuardedBytes::GuardedBytes(std::string_view bytes, bool at_end, std::size_t offset) {
  constexpr std::size_t page = 4096;
  const std::size_t room = (bytes.size() + offset + page - 1) / page * page;
  map_bytes_ = room + 2 * page;
  map_ = mmap(nullptr, map_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map_ == MAP_FAILED) throw std::bad_alloc();
  char* inner = static_cast<char*>(map_) + page;
  if (room > 0 && mprotect(inner, room, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
  char* begin = at_end ? inner + room - bytes.size() : inner + offset;
  std::copy(bytes.begin(), bytes.end(), begin);
  view_ = {begin, bytes.size()};
}

GuardedBytes::~GuardedBytes() { munmap(map_, map_bytes_); }

}  // namespace mozu::match::diff
