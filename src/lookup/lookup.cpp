#include "mozu/lookup/lookup.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "knowledge.hpp"
#include "mozu/lookup/verdict.hpp"
#include "mozu/match/values.hpp"

namespace mozu::lookup {
namespace {

/// As a log would hold it; of a range its first address.
std::string as_logged(const intel::Pattern& p) {
  switch (p.kind) {
    case intel::PatternKind::url: return "http://" + p.value;
    case intel::PatternKind::ipv4_range: return intel::format_ipv4(p.v4.first);
    case intel::PatternKind::ipv6_range: return intel::format_ipv6(p.v6.first);
    default: return p.value;
  }
}

/// An indicator that covers the first address of a range need not cover all of it.
bool covers(const intel::Pattern& asked, const match::ValueHit& hit) {
  if (asked.kind != intel::PatternKind::ipv4_range && asked.kind != intel::PatternKind::ipv6_range) return true;
  const auto indicator = intel::pattern_from_value(hit.kind, hit.indicator);
  if (!indicator || hit.relation != intel::Relation::range) return false;
  return asked.kind == intel::PatternKind::ipv4_range ? indicator->v4.first <= asked.v4.first && indicator->v4.last >= asked.v4.last
                                                      : indicator->v6.first <= asked.v6.first && indicator->v6.last >= asked.v6.last;
}

intel::Relation relation_of(const intel::Pattern& asked, const match::ValueHit& hit) {
  return asked.value == hit.indicator ? intel::Relation::exact : hit.relation;
}

std::string canonical_time(std::string_view text) {
  const auto t = parse_time_any(text);
  return t ? format_time(*t) : std::string();
}

void see(Answer& a, const Word& w) {
  std::string first, last;
  for (const auto& [field, value] : w.context) {
    if (field == "first_seen") first = canonical_time(value);
    if (field == "last_seen") last = canonical_time(value);
  }
  a.widen_seen(first, first);
  a.widen_seen(last, last);
  // From when on a word holds: the value was known by then, but nobody says that it was seen last.
  if (first.empty() && w.valid_from) a.widen_seen(format_time(*w.valid_from), {});
}

/// The words of one index about one value.
class IndexMemory {
 public:
  explicit IndexMemory(std::shared_ptr<const match::Index> index) : lookup_(std::move(index)) {}

  const std::vector<match::ValueHit>& find(const intel::Pattern& asked) {
    lookup_.find(as_logged(asked), hits_);
    std::erase_if(hits_, [&](const match::ValueHit& h) { return !covers(asked, h); });
    return hits_;
  }
  const intel::FeedInfo& feed(const match::Posting& p) const { return lookup_.index().feeds()[p.feed]; }

 private:
  match::ValueLookup lookup_;
  std::vector<match::ValueHit> hits_;
};

}  // namespace

struct Asker::State {
  AskOptions options;
  std::vector<IndexMemory> indexes;
  std::vector<IndexMemory> warning_lists;
  std::shared_ptr<KnownLists> known_lists;
  std::shared_ptr<OwnFalsePositives> false_positives;
  std::shared_ptr<const FalsePositiveList> marks;
  std::optional<Knowledge> knowledge;
  std::shared_ptr<const Geography> geography;

  bool may_see(intel::Tlp tlp) const { return intel::may_see(options.viewer, intel::common, tlp); }

  void ask_indexes(Answer& a) {
    const auto& asked = *a.question.pattern;
    for (auto& index : indexes)
      for (const auto& hit : index.find(asked)) {
        const auto words = a.words.size();
        for (const auto& posting : hit.words) add_word(index, hit, posting, a);
        if (!hit.suppressed.empty() && a.words.size() > words) a.listings.push_back({hit.suppressed, hit.suppressed, relation_of(asked, hit), hit.indicator});
      }
    for (auto& lists : warning_lists)
      for (const auto& hit : lists.find(asked))
        for (const auto& posting : hit.words) {
          const auto& feed = lists.feed(posting);
          const auto same = [&](const Listing& l) { return l.source == feed.name && l.indicator == hit.indicator; };  // in the file and in the base
          if (may_see(intel::tlp_of_word(feed, posting.context)) && std::ranges::none_of(a.listings, same))
            a.listings.push_back({feed.name, {}, relation_of(asked, hit), hit.indicator});
        }
  }

  /// The lists of the base, once: an asker does not live long.
  Status open_known_lists() {
    if (!known_lists) return {};
    MOZU_LET(auto index, std::exchange(known_lists, nullptr)->of(options.viewer));
    if (index) warning_lists.emplace_back(std::move(index));
    return {};
  }

  Status open_marks() {
    if (!false_positives) return {};
    MOZU_LET(marks, std::exchange(false_positives, nullptr)->of(options.viewer, Timestamp::now()));
    return {};
  }

  /// Of the value itself, and of what it is listed as: whoever marked an indicator spoke of all that it leads to.
  void ask_marks(Answer& a) const {
    if (!marks || marks->empty()) return;
    const auto add = [&](intel::PatternKind kind, std::string_view value, intel::Relation relation) {
      const auto* mark = marks->find(kind, value);
      const auto same = [&](const Listing& l) { return !l.marked_by.empty() && l.indicator == mark->value; };
      if (mark != nullptr && std::ranges::none_of(a.listings, same))
        a.listings.push_back({std::string(FalsePositiveList::feed_name), mark->reason, relation, mark->value, mark->who});
    };
    add(a.question.pattern->kind, a.question.pattern->value, intel::Relation::exact);
    for (const auto& w : a.words) {
      for (const auto& key : a.question.keys)  // the base's words do not name their kind
        if (key.key.value == w.indicator && static_cast<int>(key.key.kind) < intel::pattern_kind_count)
          add(static_cast<intel::PatternKind>(key.key.kind), w.indicator, w.relation);
      for (int k = 0; k < intel::pattern_kind_count; ++k)
        if (const auto kind = static_cast<intel::PatternKind>(k); intel::short_name(kind) == w.kind) add(kind, w.indicator, w.relation);
    }
  }

  void add_word(const IndexMemory& index, const match::ValueHit& hit, const match::Posting& p, Answer& a) const {
    const auto& feed = index.feed(p);
    const auto tlp = intel::tlp_of_word(feed, p.context);
    if (!may_see(tlp)) return;
    Word w;
    w.source = feed.name;
    w.relation = relation_of(*a.question.pattern, hit);
    w.kind = intel::short_name(hit.kind);
    w.indicator = hit.indicator;
    w.tlp = tlp;
    w.confidence = p.confidence;
    w.valid_from = p.valid_from;
    w.valid_until = p.valid_until;
    w.active = (!p.valid_from || *p.valid_from <= options.as_of) && (!p.valid_until || options.as_of < *p.valid_until);
    w.id = p.id;
    w.labels = p.labels;
    w.labels.insert(w.labels.end(), feed.labels.begin(), feed.labels.end());
    std::ranges::sort(w.labels);
    const auto twice = std::ranges::unique(w.labels);
    w.labels.erase(twice.begin(), twice.end());
    w.context = p.context;
    a.words.push_back(std::move(w));
  }
};

Asker::Asker(const Memories& memories, AskOptions options) : state_(std::make_unique<State>()) {
  for (const auto& index : memories.indexes) state_->indexes.emplace_back(index);
  if (memories.warning_lists) state_->warning_lists.emplace_back(memories.warning_lists);
  if (memories.knowledge) state_->knowledge.emplace(*memories.knowledge, memories.actors, options);
  if (memories.knowledge) state_->known_lists = memories.known_lists ? memories.known_lists : std::make_shared<KnownLists>(*memories.knowledge);
  if (memories.knowledge)
    state_->false_positives = memories.false_positives ? memories.false_positives : std::make_shared<OwnFalsePositives>(*memories.knowledge);
  state_->geography = memories.geography;
  state_->options = std::move(options);
}
Asker::~Asker() = default;
Asker::Asker(Asker&&) noexcept = default;

Status Asker::ask(std::span<const std::string_view> values, const AnswerSink& each) {
  std::vector<Answer> answers(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) answers[i].question = read_question(values[i]);
  if (state_->knowledge) MOZU_TRY(state_->knowledge->find(answers));
  if (std::ranges::any_of(answers, [](const Answer& a) { return a.question.pattern.has_value(); })) {
    MOZU_TRY(state_->open_known_lists());
    MOZU_TRY(state_->open_marks());
  }
  for (auto& a : answers) {
    if (a.question.pattern) state_->ask_indexes(a);
    if (a.question.pattern && state_->geography) a.places = state_->geography->find(*a.question.pattern);
    if (!a.known.empty()) MOZU_TRY(state_->knowledge->describe(a));
    if (a.question.pattern) state_->ask_marks(a);
    std::ranges::stable_sort(a.words, [](const Word& x, const Word& y) { return std::pair(x.active, x.confidence) > std::pair(y.active, y.confidence); });
    for (const auto& w : a.words) see(a, w);
    for (const auto& r : a.resolutions) a.widen_seen(r.first, r.last);
    if (state_->options.rename) MOZU_TRY(state_->options.rename(a));
    a.verdict = judge(a);
    each(std::move(a));
  }
  return {};
}

}  // namespace mozu::lookup
