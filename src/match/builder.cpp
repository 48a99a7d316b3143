#include "mozu/match/builder.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "builder_state.hpp"
#include "index_data.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "posting_writer.hpp"
#include "suppress.hpp"
#include "table_writer.hpp"

namespace mozu::match {

using intel::PatternKind;

struct Builder::State {
  std::vector<intel::FeedInfo> feeds;
  std::map<std::string, std::uint32_t, std::less<>> feed_ids;
  ItemSet indicators, suppressions;
  PostingWriter postings;
  Interner reasons;
};

Builder::Builder() : state_(std::make_unique<State>()) {}
Builder::~Builder() = default;
Builder::Builder(Builder&&) noexcept = default;

std::uint32_t Builder::add_feed(const intel::FeedInfo& feed) {
  const auto [it, fresh] = state_->feed_ids.try_emplace(feed.name, static_cast<std::uint32_t>(state_->feeds.size()));
  if (fresh) {
    state_->feeds.push_back(feed);
    return it->second;
  }
  // Two indexes may hold a feed of one name with other settings: the stricter TLP holds, and all labels.
  intel::FeedInfo& known = state_->feeds[it->second];
  known.tlp = std::max(known.tlp, feed.tlp);
  const auto join = [](std::vector<std::string>& into, const std::vector<std::string>& more) {
    into.insert(into.end(), more.begin(), more.end());
    std::ranges::sort(into);
    into.erase(std::ranges::unique(into).begin(), into.end());
  };
  join(known.labels, feed.labels);
  join(known.categories, feed.categories);
  return it->second;
}

void Builder::add(std::uint32_t feed, const intel::Indicator& i) {
  Posting p{feed, i.valid_from, i.valid_until, i.exact_only, i.confidence, i.id, i.labels, i.context};
  if (p.context.size() > context_fields_max) p.context.resize(context_fields_max);
  if (p.confidence == state_->feeds[feed].confidence) p.confidence = 0;  // the feed's own value need not be stored
  state_->indicators.add(i.pattern, state_->postings.add(p));
}

void Builder::add_suppression(const intel::Pattern& pattern, std::string_view reason, bool exact_only) {
  state_->suppressions.add(pattern, state_->reasons.add(reason), exact_only);
}

std::uint64_t Builder::added() const { return state_->indicators.size(); }

Status Builder::add_index(const Index& other) {
  std::vector<std::uint32_t> feed_of;
  for (const auto& f : other.feeds()) feed_of.push_back(add_feed(f));
  const std::uint64_t n = other.size();
  for (EntryId e = 0; e < n; ++e) {
    const auto pattern = intel::pattern_from_value(other.kind(e), other.value(e));
    if (!pattern) return fail("index-corrupt", fmt::format("entry {} of the index cannot be read back", e), "build that index again");
    for (Posting& p : other.postings(e)) {
      p.feed = feed_of[p.feed];
      if (p.confidence == state_->feeds[p.feed].confidence) p.confidence = 0;
      state_->indicators.add(*pattern, state_->postings.add(p));
    }
  }
  for (const auto& s : other.suppressions()) add_suppression(s.pattern, s.reason, s.exact_only);
  return {};
}

namespace {

std::string feed_section(const std::vector<intel::FeedInfo>& feeds) {
  std::string out;
  const auto text = [&out](std::string_view s) {
    put_varint(out, s.size());
    out += s;
  };
  put_varint(out, feeds.size());
  for (const auto& f : feeds) {
    text(f.name);
    text(f.source);
    out.push_back(static_cast<char>(f.confidence));
    out.push_back(static_cast<char>(f.tlp));
    for (const auto* list : {&f.labels, &f.categories}) {
      put_varint(out, list->size());
      for (const auto& s : *list) text(s);
    }
  }
  return out;
}

/// Offsets, checksums and content hash of the sections; the file's first bytes.
std::string file_head(const std::vector<Section>& sections, std::uint32_t flags, Timestamp built) {
  Header h{};
  h.magic = index_magic;
  h.version = index_version;
  h.section_count = static_cast<std::uint32_t>(sections.size());
  h.built_ms = built.ms;
  h.flags = flags;
  std::string table;
  Sha256 content;
  const auto aligned = [](std::uint64_t n) { return (n + section_alignment - 1) / section_alignment * section_alignment; };
  std::uint64_t at = aligned(sizeof(Header) + sections.size() * sizeof(SectionEntry));
  for (const Section& s : sections) {
    const SectionEntry e{s.id, 0, at, s.bytes.size(), xxh3_64(s.bytes)};
    append_bytes(table, e);
    std::string identity;
    append_bytes(identity, e.id);
    append_bytes(identity, e.bytes);
    content.update(std::as_bytes(std::span(identity)));
    content.update(std::as_bytes(std::span(s.bytes)));
    at = aligned(at + s.bytes.size());
  }
  h.file_bytes = at;
  h.content_hash = content.finish();
  h.table_checksum = xxh3_64(table);
  h.header_checksum = xxh3_64(std::as_bytes(std::span(reinterpret_cast<const char*>(&h), sizeof h - 8)));
  std::string head;
  append_bytes(head, h);
  return head + table;
}

}  // namespace

/// The whole file in pieces, given to `sink` in order.
Status Builder::emit(Timestamp built, const std::function<Status(std::string_view)>& sink) {
  State& s = *state_;
  if (s.feeds.size() > feeds_max)
    return fail("index-feeds", fmt::format("an index holds {} feeds at most, and these are {}", with_commas(feeds_max), with_commas(s.feeds.size())),
                "give folders: a folder is one feed; or build several indexes");
  std::vector<std::uint32_t> by_name(s.feeds.size()), order(s.feeds.size());
  std::iota(by_name.begin(), by_name.end(), 0U);
  std::ranges::sort(by_name, [&s](std::uint32_t a, std::uint32_t b) { return s.feeds[a].name < s.feeds[b].name; });
  std::vector<intel::FeedInfo> feeds;
  for (std::uint32_t i = 0; i < by_name.size(); ++i) {
    order[by_name[i]] = i;
    feeds.push_back(s.feeds[by_name[i]]);
  }
  s.postings.begin_file(std::move(order));

  std::vector<Section> sections;
  sections.push_back({sec_feeds, feed_section(feeds)});
  FilterWriter filter(s.indicators.domains.size() + s.indicators.urls.size() + s.indicators.masks.size() + s.indicators.emails.size());
  const std::uint64_t domains = write_tables(s.indicators, 0, [&s](std::span<std::uint32_t> words) { return s.postings.set(words); }, &filter, sections);
  if (s.postings.too_large) return fail("index-too-large", "the contexts of the indicators need more than 16 GiB", "split the feeds over several indexes");

  ReasonWriter reasons(s.reasons.size());
  write_tables(
      s.suppressions, suppression_set_offset,
      [&](std::span<std::uint32_t> words) {
        // The smallest reason, so that the order of adding does not matter.
        const std::uint32_t w = *std::ranges::min_element(words, {}, [&s](std::uint32_t i) { return s.reasons.get(i); });
        return reasons.add(w, s.reasons.get(w));
      },
      nullptr, sections);
  if (reasons.too_large)
    return fail("index-too-large", "the reasons of the suppression entries need more than 4 GiB", "give a list one short reason instead of one for each entry");

  TableSet indicators, suppressions;
  std::vector<std::pair<std::uint32_t, std::string_view>> views;
  for (const Section& section : sections) views.emplace_back(section.id, section.bytes);
  MOZU_TRY(attach_tables(indicators, views, 0));
  MOZU_TRY(attach_tables(suppressions, views, suppression_set_offset));
  std::uint64_t suppressed = 0;
  if (s.suppressions.size() != 0) each_suppressed(indicators, suppressions, [&](std::uint32_t) { ++suppressed; });
  std::string statistics;
  put_varint(statistics, suppressed);
  put_varint(statistics, entry_count(suppressions));
  put_varint(statistics, s.postings.strings.size() + s.postings.postings.size());
  for (const std::uint64_t v : s.postings.overlap(feeds.size())) put_varint(statistics, v);
  put_varint(statistics, domains);
  sections.push_back({sec_statistics, std::move(statistics)});
  filter.finish(sections);
  sections.push_back({sec_postings, std::move(s.postings.postings)});
  sections.push_back({sec_strings, std::move(s.postings.strings)});
  sections.push_back({sec_reasons, std::move(reasons.bytes)});

  const std::string head = file_head(sections, filter.flags, built);
  MOZU_TRY(sink(head));
  std::uint64_t at = head.size();
  const auto pad = [&]() -> Status {
    static constexpr char zeros[section_alignment] = {};
    const std::uint64_t n = (section_alignment - at % section_alignment) % section_alignment;
    at += n;
    return sink(std::string_view(zeros, n));
  };
  MOZU_TRY(pad());
  for (const Section& section : sections) {
    MOZU_TRY(sink(section.bytes));
    at += section.bytes.size();
    MOZU_TRY(pad());
  }
  return {};
}

Result<std::string> Builder::build(Timestamp built) {
  std::string out;
  MOZU_TRY(emit(built, [&out](std::string_view s) -> Status {
    out += s;
    return {};
  }));
  return out;
}

Status Builder::write(const std::string& path, Timestamp built) {
  MOZU_LET(AtomicFile file, AtomicFile::create(path));
  MOZU_TRY(emit(built, [&file](std::string_view s) { return file.write(s); }));
  return file.commit();
}

}  // namespace mozu::match
