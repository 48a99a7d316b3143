#include "mozu/reports/known_values.hpp"

#include <algorithm>

#include "mozu/formats/feed.hpp"
#include "mozu/match/builder.hpp"
#include "mozu/match/values.hpp"

namespace mozu::reports {

/// An index in memory, one feed a list: so a value is on a list by the same rules as elsewhere in Mozu.
struct KnownValues::State {
  std::vector<match::ValueLookup> lookups;
  std::vector<match::ValueHit> hits;
};

KnownValues::KnownValues() = default;
KnownValues::~KnownValues() = default;
KnownValues::KnownValues(KnownValues&&) noexcept = default;
KnownValues& KnownValues::operator=(KnownValues&&) noexcept = default;

Result<KnownValues> KnownValues::read(const std::vector<std::string>& paths, Diagnostics& diagnostics) {
  match::Builder builder;
  for (const auto& path : formats::expand_feed_paths(paths, diagnostics)) {
    formats::FeedSettings settings;
    settings.info.name = path;
    settings.allow_broad = true;
    const auto feed = builder.add_feed(settings.info);
    formats::FeedStatistics statistics;
    Diagnostics of_rows;
    const auto read = formats::read_feed(path, settings, Timestamp{}, [&](const intel::Indicator& i) { builder.add(feed, i); }, of_rows, statistics);
    if (!read) diagnostics.add(Diagnostic(read.error()).at(path));
  }
  MOZU_LET(std::string bytes, builder.build(Timestamp{}));
  MOZU_LET(auto index, match::Index::from_bytes(std::move(bytes)));
  return of({std::move(index)});
}

KnownValues KnownValues::of(std::vector<std::shared_ptr<const match::Index>> indexes) {
  KnownValues out;
  out.state_ = std::make_unique<State>();
  for (auto& index : indexes) out.state_->lookups.emplace_back(std::move(index));
  return out;
}

std::string KnownValues::find(std::string_view value) const {
  auto& hits = state_->hits;
  for (auto& lookup : state_->lookups) {
    lookup.find(value, hits);
    if (hits.empty()) continue;
    const auto& words = hits.front().words;
    for (const auto& [key, text] : words.front().context)
      if (key == "description") return text;
    return lookup.index().feeds()[words.front().feed].name;
  }
  return {};
}

}  // namespace mozu::reports
