#include "detection_news.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/json_read.hpp"
#include "mozu/base/text.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr std::string_view prefix = "detections:";
constexpr std::size_t counted_max = 10'000;  // of one import; a mail that says so many says enough
constexpr std::size_t feeds_max = 5;

/// "detections:ORGANISATION:IMPORT:SEQUENCE", the sequence being that of its first.
struct DetectionKey {
  intel::OrganisationId organisation = intel::common;
  std::int64_t import = 0, sequence = 0;
};
std::optional<DetectionKey> detection_key_of(std::string_view text) {
  const auto parts = split(text, ':');
  if (parts.size() != 4 || !text.starts_with(prefix)) return std::nullopt;
  const auto organisation = to_uint(parts[1]), import = to_uint(parts[2]), sequence = to_uint(parts[3]);
  if (!organisation || !import || !sequence) return std::nullopt;
  return DetectionKey{static_cast<intel::OrganisationId>(*organisation), static_cast<std::int64_t>(*import), static_cast<std::int64_t>(*sequence)};
}

store::ListQuery observed_after(std::int64_t sequence, std::size_t limit) {
  store::ListQuery query;
  query.types = {"observed-data"};
  query.after_sequence = sequence;
  query.limit = limit;
  return query;
}

/// The first that was observed after a sequence, by whomever.
Result<std::optional<store::StoredObject>> next_observed(store::Store& knowledge, std::int64_t sequence) {
  auto query = observed_after(sequence, 1);
  query.all_versions = true;
  MOZU_LET(auto page, knowledge.list_objects(intel::Viewer::owner(), query));
  if (page.items.empty()) return std::nullopt;
  return std::move(page.items.front());
}

/// A sequence within or at the end of the import behind which it has no more: versions of one import stand in a row, so it is sought in steps that double.
Result<std::int64_t> end_of_import(store::Store& knowledge, const store::StoredObject& first) {
  std::int64_t within = first.sequence, step = 1;
  const auto goes_on = [&](std::int64_t sequence) -> Result<bool> {
    MOZU_LET(const auto next, next_observed(knowledge, sequence));
    return next && next->import == first.import;
  };
  for (;; step *= 2) {
    MOZU_LET(const bool more, goes_on(within + step));
    if (!more) break;
    within += step;
  }
  for (; step > 0; step /= 2) {
    MOZU_LET(const bool more, goes_on(within + step - 1));
    if (more) within += step;
  }
  return within;
}

std::optional<notify::Detection> detection_of(const store::StoredObject& o) {
  simdjson::dom::parser parser;
  JsonObject object;
  if (parser.parse(o.json).get(object) != simdjson::SUCCESS) return std::nullopt;
  const auto told = object_member(object, "x_mozu_detection");
  if (!told) return std::nullopt;
  notify::Detection d;
  d.value = string_member(*told, "value"), d.indicator = string_member(*told, "indicator"), d.log = string_member(*told, "log");
  d.feeds = string_list(*told, "feeds", feeds_max);
  d.count = std::max<std::uint64_t>(1, member_as<std::uint64_t>(object, "number_observed").value_or(1));
  if (const auto last = parse_time_iso(string_member(object, "last_observed"))) d.last = *last;
  return d;
}

}  // namespace

bool is_detection_key(std::string_view key) { return key.starts_with(prefix); }

Status add_detection_events(store::Store& knowledge, std::int64_t after, std::int64_t until, std::vector<notify::EventRef>& out) {
  for (std::int64_t at = after; at < until;) {
    MOZU_LET(const auto first, next_observed(knowledge, at));
    if (!first || first->sequence > until) return {};
    out.push_back({fmt::format("{}{}:{}:{}", prefix, first->organisation, first->import, first->sequence), first->sequence});
    MOZU_LET(at, end_of_import(knowledge, *first));
  }
  return {};
}

Result<std::optional<notify::Event>> detections_seen_by(store::Store& knowledge, const intel::Viewer& viewer, std::string_view text) {
  const auto key = detection_key_of(text);
  if (!key || key->organisation != viewer.organisation) return std::nullopt;
  notify::Event e;
  e.key = e.subject = text;
  e.happened = notify::Happened::detected;
  e.organisation = key->organisation;
  e.path = "/search?type=observed-data";
  auto query = observed_after(key->sequence - 1, 1000);
  query.with_revoked = false;
  do {
    MOZU_LET(const auto page, knowledge.list_objects(viewer, query));
    query.cursor = page.next;
    for (const auto& o : page.items) {
      if (o.import != key->import) {
        query.cursor.clear();
        break;
      }
      auto d = detection_of(o);
      if (!d || o.organisation != key->organisation) continue;
      ++e.detected;
      d->tlp = intel::tlp_in_force(o.organisation, o.tlp);
      e.at = std::max(e.at, o.added);
      e.detections.push_back(std::move(*d));
    }
  } while (!query.cursor.empty() && e.detected < counted_max);
  if (e.detected == 0) return std::nullopt;
  std::ranges::stable_sort(e.detections, {}, &notify::Detection::tlp);
  if (e.detections.size() > notify::detections_told_max) e.detections.resize(notify::detections_told_max);
  e.tlp = e.detections.front().tlp;
  return e;
}

}  // namespace mozu::server
