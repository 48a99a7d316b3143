#include "mozu/lookup/known_lists.hpp"

#include <simdjson.h>

#include <string>
#include <string_view>
#include <utility>

#include "mozu/base/json_write.hpp"
#include "mozu/formats/feed.hpp"
#include "mozu/match/builder.hpp"

namespace mozu::lookup {
namespace {

constexpr std::string_view list_type = "x-mozu-warning-list";

/// The list as MISP writes it; empty if the object is none.
std::string as_published(simdjson::dom::parser& parser, const std::string& stored) {
  simdjson::dom::object o;
  simdjson::dom::element list, attributes;
  if (parser.parse(stored.data(), stored.size()).get(o) != simdjson::SUCCESS || o.at_key("list").get(list) != simdjson::SUCCESS) return {};
  const auto text = [&](std::string_view key) {
    std::string_view s;
    return o.at_key(key).get(s) == simdjson::SUCCESS ? s : std::string_view{};
  };
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("name", text("name")).field("type", text("list_type"));
  if (o.at_key("matching_attributes").get(attributes) == simdjson::SUCCESS) w.key("matching_attributes").raw(simdjson::minify(attributes));
  w.key("list").raw(simdjson::minify(list)).end_object();
  return out;
}

}  // namespace

Result<std::int64_t> KnownLists::newest(const intel::Viewer& viewer) {
  store::ListQuery query;
  query.types = {std::string(list_type)};
  query.newest_first = true;
  query.limit = 1;
  MOZU_LET(const auto page, knowledge_.list(viewer, query));
  return page.items.empty() ? 0 : page.items.front().sequence;
}

Result<std::shared_ptr<const match::Index>> KnownLists::of(const intel::Viewer& viewer) {
  MOZU_LET(const auto sequence, newest(viewer));
  if (sequence == 0) return nullptr;
  MOZU_LET(const auto built, indexes_.get_as_of(viewer, sequence, 0, [this](const intel::Viewer& v) { return build(v); }));
  return built->index;
}

Result<KnownLists::Built> KnownLists::build(const intel::Viewer& viewer) {
  match::Builder builder;
  simdjson::dom::parser parser;
  Diagnostics ignored;  // values that are no observables (telephone numbers, words) were imported with the others
  store::ListQuery query;
  query.types = {std::string(list_type)};
  query.with_revoked = false;
  query.limit = match::feeds_max;
  MOZU_LET(const auto lists, knowledge_.list(viewer, query));
  std::size_t bytes = 0;
  for (const auto& head : lists.items) {  // one by one: a list may have 64 MiB
    MOZU_LET(const auto stored, knowledge_.object(viewer, head.id));
    if (!stored) continue;
    if ((bytes += stored->json.size()) > bytes_max) break;
    const std::string text = as_published(parser, stored->json);
    if (text.empty()) continue;
    formats::FeedSettings settings;
    settings.info.name = stored->name, settings.info.tlp = stored->tlp;
    settings.format = "warninglist";
    settings.allow_broad = true;  // whole networks are what lists are about
    const auto feed = builder.add_feed(settings.info);
    formats::FeedStatistics statistics;
    // A list of which nothing can be read is not heard; the others are.
    (void)formats::read_feed_memory(stored->name, text, settings, stored->added, [&](const intel::Indicator& i) { builder.add(feed, i); }, ignored, statistics);
  }
  MOZU_LET(auto bytes_of_index, builder.build(Timestamp::now()));
  Built out;
  MOZU_LET(out.index, match::Index::from_bytes(std::move(bytes_of_index)));
  return out;
}

}  // namespace mozu::lookup
