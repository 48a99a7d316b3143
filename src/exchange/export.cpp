#include "mozu/exchange/export.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <span>
#include <unordered_set>
#include <utility>

#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/store/false_positives.hpp"

namespace mozu::exchange {
namespace {

constexpr std::size_t page_objects = 1000;
constexpr std::size_t namesakes_max = 100;  // objects that one name of a selection stands for

bool is_of_kind(const intel::Key& key, std::string_view kind) {
  if (static_cast<int>(key.kind) >= intel::pattern_kind_count) return false;
  const auto pattern = static_cast<intel::PatternKind>(key.kind);
  if (kind == "ip") return pattern <= intel::PatternKind::ipv6_range;
  if (kind == "hash") return pattern >= intel::PatternKind::md5;
  return intel::short_name(pattern) == kind;
}

using store::StoredObject;
using ObjectSink = std::function<Status(const StoredObject&)>;

/// Walks a selection; may do so twice, since formats name the strictest TLP before the first object.
class Walk {
 public:
  Walk(store::Store& store, const intel::Viewer& viewer, const Selection& selection) : store_(store), viewer_(viewer), selection_(selection) {}

  Status all(const ObjectSink& sink) {
    seen_.clear();
    selected_.clear();
    withheld_ = 0;
    if (!selection_.ids.empty()) MOZU_TRY(by_ids(sink));
    else if (!selection_.query.empty()) MOZU_TRY(by_search(sink));
    else MOZU_TRY(by_list(sink));
    return selection_.with_neighbours ? neighbours(sink) : Status();
  }
  std::uint64_t withheld() const { return withheld_; }
  /// From here on objects that stand for values, of which every one is a false positive to the viewer's organisation are left out.
  Status leave_out_false_positives() {
    store::FalsePositiveQuery query;
    query.counting_at = Timestamp::now(), query.limit = store::page_items_max;
    if (viewer_.all) query.own = intel::common;  // whose organisation's words would count for the command line?
    do {
      MOZU_LET(auto page, store_.false_positives(viewer_, query));
      for (auto& f : page.items) false_positives_.insert({intel::key_kind(f.kind), std::move(f.value)});
      query.cursor = std::move(page.next);
    } while (!query.cursor.empty());
    return {};
  }

 private:
  store::ListQuery list_query() const {
    store::ListQuery q;
    q.types = selection_.types, q.labels = selection_.labels, q.source = selection_.source, q.with_revoked = selection_.with_revoked, q.limit = page_objects;
    if (selection_.since) q.modified_from_us = selection_.since->ms * 1000;
    return q;
  }

  Status by_list(const ObjectSink& sink) {
    auto q = list_query();
    do {
      MOZU_LET(auto page, store_.list_objects(viewer_, q));
      for (const auto& o : page.items) MOZU_TRY(give(o, sink, true));
      q.cursor = std::move(page.next);
    } while (!q.cursor.empty());
    return {};
  }

  Status by_search(const ObjectSink& sink) {
    store::SearchQuery q;
    q.text = selection_.query, q.filter = list_query();
    do {
      MOZU_LET(auto page, store_.search(viewer_, q));
      std::vector<std::string> ids;
      for (const auto& hit : page.items) ids.push_back(hit.id);
      MOZU_TRY(load(ids, sink, true));
      q.filter.cursor = std::move(page.next);
    } while (!q.filter.cursor.empty());
    return {};
  }

  Status by_ids(const ObjectSink& sink) {
    std::vector<std::string> ids;
    for (const auto& id : selection_.ids) {
      if (id.find("--") != id.npos) ids.push_back(id);
      else MOZU_TRY(by_name(id, ids));
    }
    MOZU_TRY(load(ids, sink, true));
    for (const auto& id : ids)
      if (!seen_.contains(id))
        return fail("export-absent", fmt::format("{} is not there, or not to be seen", id), "`mozu export --format csv` lists the ids of what is there");
    return {};
  }

  Status by_name(const std::string& name, std::vector<std::string>& ids) {
    std::string upper = name;
    std::ranges::transform(upper, upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    const std::array keys = {intel::Key{intel::KeyKind::external_id, std::move(upper)}, intel::Key{intel::KeyKind::name, intel::fold_name(name)}};
    MOZU_LET(const auto hits, store_.find(viewer_, keys, namesakes_max));
    for (const auto& hit : hits) {  // an id of a catalogue before a name
      const bool any_in_force = std::ranges::any_of(hit.objects, [](const auto& head) { return !head.revoked; });
      for (const auto& head : hit.objects)
        if (!head.revoked || !any_in_force) ids.push_back(head.id);
      if (!hit.objects.empty()) return {};
    }
    return fail("export-absent", fmt::format("nothing that may be seen is called '{}'", printable(name, 100)), "`mozu lookup` finds names that are alike");
  }

  /// Does the object stand for a value of a kind that is wanted?
  Result<bool> is_wanted(const StoredObject& o) {
    if (selection_.kinds.empty()) return true;
    MOZU_TRY(reader_.read(o.json, object_));
    return std::ranges::any_of(object_.keys,
                               [&](const auto& key) { return std::ranges::any_of(selection_.kinds, [&](const auto& kind) { return is_of_kind(key, kind); }); });
  }

  Status load(std::span<const std::string> ids, const ObjectSink& sink, bool chosen) {
    for (std::size_t at = 0; at < ids.size(); at += page_objects) {
      MOZU_LET(const auto objects, store_.objects(viewer_, ids.subspan(at, std::min(page_objects, ids.size() - at))));
      for (const auto& o : objects) MOZU_TRY(give(o, sink, chosen));
    }
    return {};
  }

  Status neighbours(const ObjectSink& sink) {
    for (const auto& id : selected_) {
      store::NeighbourQuery q;
      q.limit = page_objects, q.with_revoked = selection_.with_revoked;
      do {
        MOZU_LET(auto page, store_.neighbours(viewer_, id, q));
        std::vector<std::string> ids;
        for (const auto& n : page.items) {
          ids.push_back(n.object.id);
          if (!n.relationship_id.empty()) ids.push_back(n.relationship_id);
        }
        std::erase_if(ids, [&](const std::string& other) { return seen_.contains(other); });
        MOZU_TRY(load(ids, sink, false));
        q.cursor = std::move(page.next);
      } while (!q.cursor.empty());
    }
    return {};
  }

  Status give(const StoredObject& o, const ObjectSink& sink, bool chosen) {
    const bool remember = selection_.with_neighbours || !selection_.ids.empty();
    if (remember && !seen_.insert(o.id).second) return {};
    if (chosen && selection_.ids.empty()) {
      MOZU_LET(const bool wanted, is_wanted(o));
      if (!wanted) return {};
    }
    if (o.tlp > selection_.tlp_max) return ++withheld_, Status();
    if (!false_positives_.empty()) {
      MOZU_LET(const bool harmless, is_false_positive(o));
      if (harmless) return {};
    }
    if (selection_.with_neighbours && chosen) selected_.push_back(o.id);
    if (selection_.indicators_only) {
      MOZU_LET(const bool is_one, is_indicator_of_value(o));
      if (!is_one) return {};
    }
    return sink(o);
  }

  static bool is_value(const intel::Key& key) { return static_cast<int>(key.kind) < intel::pattern_kind_count; }
  Result<bool> is_indicator_of_value(const StoredObject& o) {
    if (o.type != "indicator") return false;
    MOZU_TRY(reader_.read(o.json, object_));
    return std::ranges::any_of(object_.keys, is_value);
  }
  Result<bool> is_false_positive(const StoredObject& o) {
    MOZU_TRY(reader_.read(o.json, object_));
    return std::ranges::any_of(object_.keys, is_value) &&
           std::ranges::all_of(object_.keys, [&](const intel::Key& key) { return !is_value(key) || false_positives_.contains(key); });
  }

  store::Store& store_;
  const intel::Viewer& viewer_;
  const Selection& selection_;
  std::set<intel::Key> false_positives_;
  std::unordered_set<std::string> seen_;
  std::vector<std::string> selected_;
  std::uint64_t withheld_ = 0;
  formats::StixObjectReader reader_;
  intel::StixObject object_;  // reused
};

}  // namespace

std::vector<std::string> selection_kinds() {
  std::vector<std::string> names{"ip", "hash"};
  for (int k = 0; k < intel::pattern_kind_count; ++k) names.emplace_back(intel::short_name(static_cast<intel::PatternKind>(k)));
  return names;
}

Result<ExportReport> export_objects(store::Store& store, const intel::Viewer& viewer, const Selection& selection, const std::string& format,
                                    formats::ExportSettings settings, const formats::ExportSink& sink) {
  const auto& formats = formats::export_formats();
  const auto known = std::ranges::find(formats, format, &formats::ExportFormat::name);
  if (known == formats.end()) return fail("export-format", fmt::format("'{}' is no format of export", format));
  Selection wanted = selection;
  if (wanted.types.empty()) wanted.types = known->types;
  ExportReport report;
  Walk walk(store, viewer, wanted);
  // STIX exchanges knowledge as it is; the other formats feed what blocks and alerts.
  if (format != "stix") MOZU_TRY(walk.leave_out_false_positives());
  // A bundle marks each object itself: it needs no look ahead.
  if (format != "stix")
    MOZU_TRY(walk.all([&](const StoredObject& o) {
      settings.tlp = std::max(settings.tlp, o.tlp);
      return Status();
    }));
  const auto writer = formats::make_knowledge_writer(format, settings, sink);
  MOZU_TRY(walk.all([&](const StoredObject& o) {
    ++report.selected;
    report.tlp = std::max(report.tlp, o.tlp);
    return writer->put({o.id, o.type, o.json, o.tlp, o.source});
  }));
  MOZU_TRY(writer->end());
  report.withheld = walk.withheld();
  report.written = writer->written(), report.left_out = writer->left_out();
  return report;
}

}  // namespace mozu::exchange
