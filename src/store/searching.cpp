// Search. The hits come in streams, each in an order that a cursor can take up again:
//   exact  what a key says is just this (name, alias, id, value)
//   named  curated objects with the words in their name, the closest names first
//   told   curated objects with the words anywhere, newest first
//   mass   indicators and observables with the words anywhere, newest first
// The last word may be the begin of one, unless it is a common one itself: the last three are then asked once more, for what holds it as
// a begin only. (The engines gather all places of all words that begin so before they give the first; of common words that takes long.)
// Nothing but the named ones is weighed, so a question costs what its page costs, not what it finds.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_set>

#include "cursor.hpp"
#include "facts.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/intel/indicator.hpp"
#include "object_key.hpp"
#include "question.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

enum Stream : std::int64_t { exact, named, told, mass, named_begun, told_begun, mass_begun, streams };
constexpr std::int64_t begun_after = named_begun - named;
constexpr std::int64_t exact_max = 200, named_max = 1000, found_counted_max = 5'000;
constexpr std::int64_t counted_versions = 2'000'000;  // the newest, where not all finds are on the page
constexpr std::int64_t common_word = 1000;            // objects that hold it
constexpr std::size_t facet_values_max = 50;

/// Where a page ended: stream, then rank and sequence within it; the newest sequence when the first page was made, and whether the last word
/// was then taken as the begin of one.
struct Spot {
  std::int64_t stream = 0, rank = std::numeric_limits<std::int64_t>::max(), sequence = std::numeric_limits<std::int64_t>::max(), top = 0, open = 0;
};
struct Ranked {
  std::int64_t stream = 0, rank = 0;
  RawHead raw;
};
bool comes_before(const Ranked& a, const Ranked& b) { return std::pair(a.rank, a.raw.head.sequence) > std::pair(b.rank, b.raw.head.sequence); }

std::int64_t type_bonus(std::string_view type) {
  if (type == "intrusion-set" || type == "threat-actor") return 90;
  if (type == "malware" || type == "tool" || type == "campaign") return 80;
  if (type == "attack-pattern" || type == "vulnerability") return 70;
  if (type == "report") return 60;
  return is_curated(type) ? 30 : 0;
}

std::string_view standard_type(std::int64_t code) {
  return code >= 1 && code <= static_cast<std::int64_t>(std::size(standard_types)) ? standard_types[code - 1] : "custom";
}

/// 0–1000: the words of the question over the words of the name; the same words, or words at its begin, count most.
std::int64_t closeness(std::string_view name, const Question& q) {
  const auto words = intel::words_of(name, 64);
  std::vector<std::string> asked;
  for (const auto& row : q.all) asked.insert(asked.end(), row.words.begin(), row.words.end());
  if (words == asked) return 1000;
  const bool begins = words.size() >= asked.size() && std::equal(asked.begin(), asked.end(), words.begin());
  const auto share = static_cast<std::int64_t>(200 * std::min(asked.size(), words.size()) / std::max<std::size_t>(words.size(), 1));
  return (begins ? 500 : 0) + share;
}

std::vector<intel::Key> keys_asked(std::string_view text, const Question& q) {
  using intel::KeyKind;
  text = trim(text);
  if (text.size() > 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::vector<intel::Key> keys;
  if (!q.without.empty()) return keys;
  const auto add = [&](KeyKind kind, std::string value) {
    if (!value.empty()) keys.push_back({kind, std::move(value)});
  };
  add(KeyKind::name, intel::fold_name(text));
  std::string upper(text);
  for (char& c : upper)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  add(KeyKind::external_id, std::move(upper));
  add(KeyKind::file_name, fold(text));
  add(KeyKind::other_value, std::string(text));
  const auto value = [&](std::string_view v) {
    if (auto pattern = intel::read_pattern(v, intel::TypeHint::any, {.allow_broad = true})) add(intel::key_kind(pattern->kind), std::move(pattern->value));
  };
  value(text);
  for (const auto& hash : q.hashes)
    if (hash != text) value(hash);
  return keys;
}

/// Finds w ($1: the match expression) that came after a sequence, with their versions v. The text index must lead: CROSS JOIN keeps SQLite from turning the order
/// of the tables, OFFSET 0 keeps PostgreSQL from walking down the sequences instead.
std::string found_versions(Engine engine, std::int64_t after) {
  if (engine == Engine::sqlite)
    return fmt::format("(SELECT rowid AS sequence FROM words WHERE words MATCH $1 AND rowid > {}) w CROSS JOIN version v ON v.sequence = w.sequence", after);
  return fmt::format("(SELECT sequence FROM words WHERE lexemes @@ CAST($1 AS tsquery) AND sequence > {} OFFSET 0) w JOIN version v ON v.sequence = w.sequence",
                     after);
}

class Search {
 public:
  Search(Db& db, const intel::Viewer& viewer, const SearchQuery& query, std::string where, Terms terms)
      : db_(db),
        query_(query),
        question_(read_question(query.text)),
        where_(std::move(where)),
        visible_(visible(viewer, "v")),
        all_visible_(viewer.all),
        terms_(std::move(terms)),
        limit_(page_size(query.filter.limit)) {}

  Result<std::int64_t> is_open();
  void close() {
    if (question_.open) question_.open = question_.all.back().prefix = false;
  }
  Status find(const Spot& from);
  Status count(SearchPage& page, bool rows, std::int64_t top);
  const Question& question() const { return question_; }
  std::vector<Ranked> hits;                                     ///< one more than the page, if there is more
  std::array<std::map<std::int64_t, std::uint64_t>, 4> facets;  ///< type, label, source, TLP; by count()

 private:
  bool full() const { return hits.size() > limit_; }
  Status find_exact(const Spot& from);
  Status find_named(Ending as, const Spot& from);
  Status find_newest(Ending as, Stream stream, const Spot& from);
  Status rows(const std::string& match, std::int64_t below, std::int64_t limit, const RowSink& each);
  void take(Stream stream, std::vector<Ranked>&& found, const Spot& from);
  enum class Kind : std::uint8_t { any, named, curated, mass };
  std::string match(Ending as, Kind kind) const;
  std::string counted(std::int64_t after, std::int64_t most) const;
  std::vector<Ending> endings() const { return question_.open ? std::vector{Ending::whole, Ending::begun} : std::vector{Ending::whole}; }

  Db& db_;
  const SearchQuery& query_;
  Question question_;
  std::string where_, visible_;
  bool all_visible_;
  Terms terms_;
  std::size_t limit_;
  std::unordered_set<std::int64_t> seen_;  // sequences that an earlier stream has
};

/// A stream of these endings.
Stream with(Ending as, Stream stream) { return static_cast<Stream>(stream + (as == Ending::begun ? begun_after : 0)); }

/// "Not curated" for mass: a word that most objects bear would cost more than the question itself.
std::string Search::match(Ending as, Kind kind) const {
  Terms terms = terms_;
  terms.name_only = kind == Kind::named;
  terms.mass_only = kind == Kind::mass;
  if (kind == Kind::curated) terms.facts.push_back({"curated"});
  return match_expression(db_.engine(), ending(question_, as), terms);
}

Result<std::int64_t> Search::is_open() {
  if (!question_.open) return 0;
  Question last;
  last.all = {{{question_.all.back().words.back()}, false}};
  const auto match = match_expression(db_.engine(), last, {});
  const Bind binds[] = {std::string_view(match)};
  // Only what may be seen counts: how common a word is among others' objects is theirs to know. The look is bounded all the same.
  const auto looked_at =
      db_.engine() == Engine::sqlite
          ? fmt::format("(SELECT rowid AS sequence FROM words WHERE words MATCH $1 ORDER BY rowid DESC LIMIT {}) w CROSS JOIN", found_counted_max)
          : fmt::format("(SELECT sequence FROM words WHERE lexemes @@ CAST($1 AS tsquery) LIMIT {}) w JOIN", found_counted_max);
  const auto sql = all_visible_ ? counted(0, common_word)
                                : fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} version v ON v.sequence = w.sequence WHERE {} LIMIT {}) AS found",
                                              looked_at, visible_, common_word);
  MOZU_LET(const auto n, db_.integer(sql, binds));
  return n < common_word ? 1 : 0;
}

/// How many objects that came after a sequence match $1, up to `most`.
std::string Search::counted(std::int64_t after, std::int64_t most) const {
  if (db_.engine() == Engine::sqlite)
    return fmt::format("SELECT count(*) FROM (SELECT rowid FROM words WHERE words MATCH $1 AND rowid > {} ORDER BY rowid DESC LIMIT {})", after, most);
  return fmt::format("SELECT count(*) FROM (SELECT 1 FROM words WHERE lexemes @@ CAST($1 AS tsquery) AND sequence > {} LIMIT {}) AS found", after, most);
}

Status Search::rows(const std::string& match, std::int64_t below, std::int64_t limit, const RowSink& each) {
  const auto sql =
      fmt::format("SELECT {} FROM {} JOIN object o ON o.n = v.n WHERE v.sequence < $2 AND v.replaced_by = 0 AND {} ORDER BY w.sequence DESC LIMIT {}",
                  head_columns, found_versions(db_.engine(), 0), where_, limit);
  return db_.run(sql, {std::string_view(match), below}, each);
}

void Search::take(Stream stream, std::vector<Ranked>&& found, const Spot& from) {
  std::sort(found.begin(), found.end(), comes_before);
  for (auto& f : found) {
    if (!seen_.insert(f.raw.head.sequence).second) continue;
    const bool given = from.stream > stream || (from.stream == stream && std::pair(f.rank, f.raw.head.sequence) >= std::pair(from.rank, from.sequence));
    if (!given && !full()) hits.push_back(std::move(f));
  }
}

Status Search::find_exact(const Spot& from) {
  const auto keys = keys_asked(query_.text, question_);
  Integers kinds;
  std::vector<std::string> values;
  for (const auto& key : keys) kinds.push_back(static_cast<std::int64_t>(key.kind)), values.push_back(key_value(key));
  const Blobs asked(values.begin(), values.end());
  std::string labels;
  for (const auto& group : terms_.facts)
    if (group.size() == 1 && group[0].starts_with('l'))
      labels += fmt::format(" AND EXISTS (SELECT 1 FROM label l WHERE l.code = {} AND l.sequence = v.sequence)", group[0].substr(1));
  std::vector<Ranked> found;
  MOZU_LET(const auto parts, Parts::read(db_));
  for (const auto& part : parts.all())
    MOZU_TRY(db_.select_many(
        fmt::format("SELECT {} FROM {} AND v.sequence <= {} AND {}{} ORDER BY k.sequence DESC LIMIT {}", head_columns, versions_of_value(part, db_.engine()),
                    from.top, where_, labels, exact_max),
        {kinds, asked}, [&](std::size_t i, const Row& r) { found.push_back({exact, (keys[i].kind == intel::KeyKind::name ? 1000 : 500), read_head(r)}); }));
  for (auto& f : found) f.rank += type_bonus(standard_type(f.raw.type));
  take(exact, std::move(found), from);
  return {};
}

Status Search::find_named(Ending as, const Spot& from) {
  std::vector<Ranked> found;
  MOZU_TRY(rows(match(as, Kind::named), from.top + 1, named_max, [&](const Row& r) {
    found.push_back({with(as, named), 0, read_head(r)});
    return true;
  }));
  for (auto& f : found) f.rank = closeness(f.raw.head.name, question_) + type_bonus(standard_type(f.raw.type));
  take(with(as, named), std::move(found), from);
  return {};
}

Status Search::find_newest(Ending as, Stream kind, const Spot& from) {
  const auto stream = with(as, kind);
  const auto below = from.stream == stream ? std::min(from.sequence, from.top + 1) : from.top + 1;
  const auto limit = static_cast<std::int64_t>(limit_ + 1 - hits.size() + seen_.size());
  return rows(match(as, kind == told ? Kind::curated : Kind::mass), below, limit, [&](const Row& r) {
    auto raw = read_head(r);
    if (seen_.insert(raw.head.sequence).second) hits.push_back({stream, 0, std::move(raw)});
    return !full();
  });
}

Status Search::find(const Spot& from) {
  MOZU_TRY(find_exact(from));
  if (question_.all.empty() || !question_.hashes.empty()) return {};
  for (const auto as : endings()) {
    if (full()) break;
    MOZU_TRY(find_named(as, from));  // also behind them: what an earlier page gave as named must not come again
    for (const auto stream : {told, mass})
      if (!full() && from.stream <= with(as, stream)) MOZU_TRY(find_newest(as, stream, from));
  }
  return {};
}

/// `rows`: each find must be looked at, because of facets or of what the text index does not know.
Status Search::count(SearchPage& page, bool rows, std::int64_t top) {
  if (question_.all.empty() || !question_.hashes.empty() || (!full() && !query_.facets)) {
    page.total = hits.size();
    return {};
  }
  const std::int64_t after = full() ? std::max<std::int64_t>(0, top - counted_versions) : 0;
  std::int64_t n = 0;
  for (const auto as : endings()) {
    const auto left = found_counted_max + 1 - n;
    if (left <= 0) break;
    const auto all = match(as, Kind::any);
    if (!rows) {
      const Bind binds[] = {std::string_view(all)};
      MOZU_LET(const auto found, db_.integer(counted(after, left), binds));
      n += found;
      continue;
    }
    MOZU_TRY(db_.run(fmt::format("SELECT v.type, v.labels, v.source, v.tlp FROM {} WHERE v.replaced_by = 0 AND {} ORDER BY w.sequence DESC LIMIT {}",
                                 found_versions(db_.engine(), after), where_, left),
                     {std::string_view(all)}, [&](const Row& r) {
                       if (++n > found_counted_max) return false;
                       ++facets[0][r.integer(0)], ++facets[2][r.integer(2)], ++facets[3][r.integer(3)];
                       for (const auto code : unpack_codes(r.text(1))) ++facets[1][code];
                       return true;
                     }));
  }
  page.more_than_counted = n > found_counted_max || after > 0;
  page.total = static_cast<std::uint64_t>(std::min(n, found_counted_max));
  return {};
}

/// What the text index itself can tell: type, source, labels.
Result<Terms> terms_of(Db& db, Names& names, const ListQuery& filter) {
  Terms terms;
  const auto fact = [&](NameKind kind, char letter, const std::string& name) -> Result<std::string> {
    MOZU_LET(const auto code, names.find(db, kind, name));
    return fmt::format("{}{}", letter, code.value_or(0));
  };
  std::vector<std::string> types;
  for (const auto& type : filter.types) {
    MOZU_LET(auto t, fact(NameKind::type, 't', type));
    types.push_back(std::move(t));
  }
  if (!types.empty()) terms.facts.push_back(std::move(types));
  for (const auto& label : filter.labels) {
    MOZU_LET(auto l, fact(NameKind::label, 'l', label));
    terms.facts.push_back({std::move(l)});
  }
  if (!filter.source.empty()) {
    MOZU_LET(auto s, fact(NameKind::source, 's', filter.source));
    terms.facts.push_back({std::move(s)});
  }
  return terms;
}

constexpr std::string_view facet_fields[] = {"type", "label", "source", "tlp"};

/// Names that nobody has used are answered as those that stand only where the viewer may not look.
SearchPage nothing(const SearchQuery& query, bool goes_on) {
  SearchPage page;
  if (!goes_on) page.total = 0;
  if (query.facets)
    for (const auto field : facet_fields) page.facets.push_back({std::string(field), {}});
  return page;
}

Result<Facet> facet_of(Db& db, Names& names, std::size_t which, const std::map<std::int64_t, std::uint64_t>& counts) {
  constexpr NameKind kinds[] = {NameKind::type, NameKind::label, NameKind::source};
  std::vector<std::pair<std::uint64_t, std::int64_t>> order;
  for (const auto& [code, n] : counts) order.emplace_back(n, code);
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return std::pair(b.first, a.second) < std::pair(a.first, b.second); });
  if (order.size() > facet_values_max) order.resize(facet_values_max);
  Facet facet{std::string(facet_fields[which]), {}};
  for (const auto& [n, code] : order) {
    std::string name;
    if (which == 3) name = intel::name(static_cast<intel::Tlp>(code));
    else {
      MOZU_LET(name, names.text(db, kinds[which], code));
    }
    facet.values.emplace_back(std::move(name), n);
  }
  return facet;
}

/// Snippets are read out of the objects' own prose.
Status add_snippets(Connection& c, const Question& q, std::vector<Hit>& hits) {
  Integers sequences;
  for (const auto& hit : hits) sequences.push_back(hit.sequence);
  formats::StixObjectReader reader;
  intel::StixObject object;
  Status read;
  MOZU_TRY(c.db->select_many("SELECT json FROM content WHERE sequence = $1", {sequences}, [&](std::size_t i, const Row& r) {
    const auto json = c.codec.unpack(r.text(0));
    if (!json) read = fail(json.error());
    else if (auto done = reader.read(*json, object); !done) read = done;
    else hits[i].snippet = snippet_of(object.text, q);
  }));
  return read;
}

}  // namespace

Result<SearchPage> StoreImpl::search(const intel::Viewer& v, const SearchQuery& query) {
  MOZU_LET(const auto cursor, read_cursor('s', 5, query.filter.cursor));
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  Transaction t(db);
  MOZU_TRY(t.begin(false));
  SearchPage page;
  MOZU_LET(const auto filter, filter_of(db, v, query.filter));
  if (filter.none) return nothing(query, cursor.has_value());
  Spot from;
  if (cursor) from = {(*cursor)[0], (*cursor)[1], (*cursor)[2], (*cursor)[3], (*cursor)[4]};
  else {
    MOZU_LET(from.top, db.integer("SELECT coalesce(max(sequence), 0) FROM version"));
  }
  MOZU_LET(auto terms, terms_of(db, names_, query.filter));
  Search search(db, v, query, filter.where, std::move(terms));
  if (search.question().empty()) return page;
  if (!cursor) {
    MOZU_LET(from.open, search.is_open());
  }
  if (from.open == 0) search.close();
  MOZU_TRY(search.find(from));
  const auto limit = page_size(query.filter.limit);
  if (!cursor) {
    const auto& f = query.filter;
    const bool rows = query.facets || !v.all || f.tlp || f.after_sequence > 0 || f.modified_from_us || f.modified_until_us || !f.with_revoked;
    MOZU_TRY(search.count(page, rows, from.top));
  }
  if (search.hits.size() > limit) {
    search.hits.resize(limit);
    const auto& last = search.hits.back();
    page.next = make_cursor('s', std::array{last.stream, last.rank, last.raw.head.sequence, from.top, from.open});
  }
  for (auto& hit : search.hits) {
    MOZU_TRY(name_head(db, hit.raw));
    Hit& out = page.items.emplace_back();
    static_cast<Head&>(out) = std::move(hit.raw.head);
    out.rank = static_cast<double>((streams - hit.stream) * 2000 + hit.rank);
  }
  MOZU_TRY(add_snippets(*reader.operator->(), search.question(), page.items));
  for (std::size_t i = 0; query.facets && i < search.facets.size(); ++i) {
    MOZU_LET(auto facet, facet_of(db, names_, i, search.facets[i]));
    page.facets.push_back(std::move(facet));
  }
  return page;
}

}  // namespace mozu::store
