#include "exact.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/scratch.hpp"
#include "suppress.hpp"

namespace mozu::match {

using intel::PatternKind;
using intel::Relation;

ExactStage::ExactStage(std::shared_ptr<const Index> index, const ScanOptions& options)
    : index_(std::move(index)),
      d_(index_->data()),
      options_(options),
      parser_(options.profile, options.now),
      profile_restricts_(!options.profile.only_fields.empty() || !options.profile.ignore_fields.empty()) {}

void ExactStage::collect(std::string_view line) {
  hits_.clear();
  const bool decoded = line.find('\\') != std::string_view::npos && JsonText::is_candidate(line) && json_.decode(line);
  const std::string_view text = decoded ? json_.text() : line;
  tokenizer_.run(text, d_.has(flag_single_label), tokens_);
  Lookup(d_).tokens(text, tokens_, hits_);
  if (!decoded) return;
  for (Hit& h : hits_) {
    const auto r = json_.raw(h.begin, h.end);
    h.begin = r.begin;
    h.end = r.end;
  }
}

/// One hit per (offset, indicator), in the order of the definition.
void ExactStage::join() {
  if (hits_.size() < 2) return;
  // A name found below an exact-only one is no hit, so it must not displace one at the same place.
  std::erase_if(hits_,
                [this](const Hit& h) { return h.below && std::ranges::all_of(d_.decode_postings(h.posting), [](const Posting& p) { return p.exact_only; }); });
  const auto rank = [](Relation r) { return r == Relation::url_host ? 0 : r == Relation::email_host ? 1 : 2; };
  std::ranges::sort(hits_, [&](const Hit& a, const Hit& b) {
    if (a.begin != b.begin) return a.begin < b.begin;
    if (a.kind != b.kind) return a.kind < b.kind;
    if (const int c = a.indicator.compare(b.indicator); c != 0) return c < 0;
    if (rank(a.relation) != rank(b.relation)) return rank(a.relation) < rank(b.relation);
    if (a.end != b.end) return a.end > b.end;
    return a.value < b.value;
  });
  const auto same = [](const Hit& a, const Hit& b) { return a.begin == b.begin && a.kind == b.kind && a.indicator == b.indicator; };
  hits_.erase(std::ranges::unique(hits_, same).begin(), hits_.end());
  std::ranges::sort(hits_, [](const Hit& a, const Hit& b) {
    if (a.begin != b.begin) return a.begin < b.begin;
    if (a.end != b.end) return a.end < b.end;
    if (a.relation != b.relation) return a.relation < b.relation;
    if (a.kind != b.kind) return a.kind < b.kind;
    return a.indicator < b.indicator;
  });
}

const intel::EventFields& ExactStage::event(std::string_view line, const LineContext& context) {
  if (!parsed_) {
    static const HeaderState no_header;
    fields_ = &parser_.parse(line, context.header != nullptr ? *context.header : no_header);
    parsed_ = true;
  }
  return *fields_;
}

Timestamp ExactStage::event_time(std::string_view line, const LineContext& context) {
  if (options_.as_of) return *options_.as_of;
  return event(line, context).time.value_or(options_.now);
}

/// "acme: from 2026-01-01T00:00:00Z until 2026-02-01T00:00:00Z", for the words at hand.
std::string ExactStage::bounds_told() const {
  std::string out;
  for (const Posting& p : words_) {
    out += fmt::format("{}{}:", out.empty() ? "" : "; ", d_.feeds[p.feed].name);
    if (p.valid_from) out += " from " + format_time(*p.valid_from);
    if (p.valid_until) out += " until " + format_time(*p.valid_until);
  }
  return out;
}

/// Fills words_ with what counts at the event's time.
bool ExactStage::keep(const Hit& hit, std::string_view line, const LineContext& context, ScanStatistics& statistics) {
  words_ = d_.decode_postings(hit.posting);
  if (hit.below) std::erase_if(words_, [](const Posting& p) { return p.exact_only; });
  if (words_.empty()) {
    if (dropped_) dropped_(hit, "exact-only: names below it do not count");
    return false;
  }
  const bool bounded = std::ranges::any_of(words_, [](const Posting& p) { return p.valid_from || p.valid_until; });
  if (!bounded) return true;
  const Timestamp t = event_time(line, context);
  const std::string told = dropped_ ? bounds_told() : std::string();
  std::erase_if(words_, [t](const Posting& p) { return (p.valid_from && t < *p.valid_from) || (p.valid_until && t >= *p.valid_until); });
  if (!words_.empty()) return true;
  ++statistics.out_of_validity;
  if (dropped_) dropped_(hit, fmt::format("not valid at {} ({})", format_time(t), told));
  return false;
}

void ExactStage::give(const Hit& hit, const std::string& suppressed, std::string_view line, const LineContext& context, const DetectionHandler& handler) {
  intel::Detection& d = detection_;
  d = {};
  d.source = context.source;
  d.line = context.number;
  d.offset = context.offset_base + hit.begin;
  d.length = hit.end - hit.begin;
  if (options_.event_fields) {
    d.event = event(line, context);
    d.event.field = parser_.field_at(hit.begin, hit.end - hit.begin);
  } else if (options_.as_of) {
    d.event.time = options_.as_of;
  }
  d.observable = {hit.type, hit.value};
  d.relation = hit.relation;
  d.indicator_kind = hit.kind;
  d.indicator_value = hit.indicator;
  d.suppressed = suppressed;
  for (const Posting& p : words_) {
    const intel::FeedInfo& feed = d_.feeds[p.feed];
    d.feeds.push_back(feed.name);
    d.labels.insert(d.labels.end(), feed.labels.begin(), feed.labels.end());
    d.labels.insert(d.labels.end(), p.labels.begin(), p.labels.end());
    d.confidence = std::max(d.confidence, p.confidence);
    d.tlp = std::max(d.tlp, intel::tlp_of_word(feed, p.context));
    if (d.indicator_id.empty()) d.indicator_id = p.id;
    if (!p.context.empty()) d.context.push_back({feed.name, p.context});
  }
  if (d.indicator_id.empty()) {
    intel::Pattern p;
    p.kind = hit.kind;
    p.value = hit.indicator;
    d.indicator_id = intel::indicator_id(p);
  }
  std::ranges::sort(d.labels);
  d.labels.erase(std::ranges::unique(d.labels).begin(), d.labels.end());
  handler(d);
}

bool ExactStage::examine(std::string_view line, const LineContext& context, const DetectionHandler* handler, ScanStatistics& statistics) {
  const bool any = detect(line, context, handler, statistics);
  if (line.size() > usual_line_bytes) give_back_scratch();
  return any;
}

void ExactStage::give_back_scratch() {
  give_back(json_);
  give_back(tokenizer_);
  give_back(tokens_);
  give_back(hits_);
  parser_ = EventParser(options_.profile, options_.now);
}

bool ExactStage::detect(std::string_view line, const LineContext& context, const DetectionHandler* handler, ScanStatistics& statistics) {
  parsed_ = false;
  ++statistics.lines_examined;
  collect(line);
  if (hits_.empty()) return false;
  join();
  bool any = false;
  for (const Hit& hit : hits_) {
    if (!keep(hit, line, context, statistics)) continue;
    if (profile_restricts_) {
      event(line, context);
      const std::string field = parser_.field_at(hit.begin, hit.end - hit.begin);
      if (!parser_.field_allowed(field)) {
        if (dropped_) dropped_(hit, fmt::format("the profile passes over the field '{}'", field));
        continue;
      }
    }
    const std::string suppressed = suppression(d_, hit);
    if (!suppressed.empty()) {
      ++statistics.suppressed;
      if (options_.show_suppressed && handler != nullptr) give(hit, suppressed, line, context, *handler);
      continue;
    }
    any = true;
    ++statistics.detections;
    if (handler == nullptr) break;
    give(hit, suppressed, line, context, *handler);
  }
  if (any) ++statistics.lines_matched;
  return any;
}

}  // namespace mozu::match
