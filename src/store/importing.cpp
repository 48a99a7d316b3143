// An import: objects are gathered to batches; each batch is resolved, compared with what is there, and written column by column, while the
// caller's thread reads and prepares the next.
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "batch.hpp"
#include "content.hpp"
#include "facts.hpp"
#include "id_lookup.hpp"
#include "id_table.hpp"
#include "import_columns.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/utf8.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/store/sources.hpp"
#include "object_key.hpp"
#include "own_words.hpp"
#include "parts.hpp"
#include "preparing.hpp"
#include "store_impl.hpp"
#include "subjects.hpp"
#include "tally.hpp"
#include "text_index.hpp"

namespace mozu::store {
namespace {

constexpr std::size_t replaced_at_once = 1024;
constexpr std::size_t known_max = 3'000'000;  // ids remembered from batch to batch: about 350 MB
constexpr std::size_t shown_bytes_max = 512;  // of a name, in lists

using intel::StixObject;

class Importer final : public Import {
 public:
  Importer(Db& db, Turnstile& door, ImportPlan plan) : door_(door), db_(db), transaction_(db), plan_(std::move(plan)), ids_(plan_.provenance.organisation) {}

  ~Importer() override {
    if (writing_.valid()) writing_.wait();
    transaction_.end();
    if (pass_) static_cast<void>(db_.set_cache(writer_resting_cache_bytes));
  }
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  Status take_turn() override;
  Status put(StixObject&& object) override;
  Result<ImportReceipt> commit() override;
  const ImportCounts& counts() const override { return told_; }

 private:
  Status begin();
  Status hand_over();
  Status written();
  void prepare(Item& item);
  Status flush();
  Status resolve(Batch& batch, Db& db, const Parts& parts);
  Status resolve_ahead();
  void number_ids();
  void number(Known& known);
  Status read_latest();
  void part_from_others();
  Status take_back_ids();
  Status judge();
  Status judge_older(const std::vector<Item*>& old);
  Status judge_repeated(const std::vector<Item*>& changed);
  Fate fate_of(const Item& item) const;
  void note_published(const std::string& id) {
    ++counts_.published;
    published_.push_back(id);
  }
  bool publishes(const Item& item) const { return source_ == publications_ && is_part_of_publication(item.type); }
  bool is_published(const Item& item) const { return item.before != 0 && item.latest.source == publications_ && is_part_of_publication(item.latest.type); }
  std::int64_t source_of(const Item& item) const { return plan_.provenance.keeps_source && item.before != 0 ? item.latest.source : source_; }
  Status number_and_pack();
  Status write_objects();
  Status write_ids(const Integers& numbers);
  Status take_away();
  Status take_away(std::span<Item* const> replaced);
  Result<std::vector<std::vector<Edge>>> edges_of_olds(const std::vector<StixObject>& olds, IdTable& ends);
  Status write_versions();
  Status write_beside();
  /// `change`: 1 for edges to be written, -1 for those to be taken away.
  void add_edges(const std::vector<Edge>& edges, std::int64_t n, int change, EdgeColumns& out);
  void keys_of(const StixObject& o, std::int64_t sequence, KeyColumns& out) const;
  Status write_keys(const KeyColumns& keys, bool remove);

  Turnstile& door_;
  std::optional<Turnstile::Pass> pass_;  // destroyed last: until then nobody else uses the connection
  Db& db_;
  Transaction transaction_;
  ImportPlan plan_;
  Names names_;
  Parts parts_;
  // The caller's thread: what comes next.
  Batch gathered_;
  Repeats repeats_;
  ContentCodec packer_;
  CodeOf known_code_ = [this](NameKind kind, std::string_view text) -> Result<std::int64_t> {
    if (const auto code = names_.known(kind, text)) return *code;
    return fail("store-name", "a name that is new");
  };
  std::atomic<bool> prepares_ahead_ = false;
  bool remembers_all_ = true;   // known_ has every id that the import has met
  std::unique_ptr<Db> before_;  // the base as it was before the import
  Parts parts_before_;
  IdTable
      known_;  // a bundle mostly speaks of what it has just brought. Its entries are the writing's; new ones come from who resolves, and there is one at a time
  IdLookup ids_;
  ImportCounts told_;
  std::optional<Diagnostic> broken_;  // after an error nothing more is taken
  // The writing of a batch, in a thread of its own or, of the last one, in the caller's; everything below is its.
  std::future<Status> writing_;
  ContentCodec codec_;
  formats::StixObjectReader reader_;
  Batch batch_;
  CodeOf code_ = [this](NameKind kind, std::string_view text) { return names_.code(db_, kind, text); };
  std::vector<std::string_view> new_ids_;  // keys of this batch that are new; the last one has the number last_n_
  std::vector<const Known*> parted_;       // those that are the organisation's own from now on
  std::deque<std::string> own_keys_;       // those of new_ids_ that are the organisation's own
  std::vector<Displaced> displaced_;       // words of others that stood where a publication stands from now on
  TallyChanges tally_;
  std::set<std::int64_t> replaced_of_;  // imports
  ImportCounts counts_;
  std::vector<std::string> published_;
  std::int64_t import_ = 0, source_ = 0, publications_ = 0, last_n_ = 0, first_sequence_ = 0, last_sequence_ = 0, now_ms_ = 0;
  std::unordered_set<std::int64_t> own_imports_;  // of this source and origin, with this one
};

Status Importer::take_turn() {
  if (pass_) return {};
  MOZU_LET(auto pass, door_.enter(plan_.turn, plan_.turn_time));
  pass_.emplace(std::move(pass));
  auto begun = begin();
  if (!begun) broken_ = begun.error();
  return begun;
}

Status Importer::begin() {
  MOZU_TRY(transaction_.begin(true));
  MOZU_TRY(db_.set_cache(plan_.cache_bytes));
  MOZU_LET(import_, db_.integer("SELECT coalesce(max(number), 0) + 1 FROM import"));
  MOZU_LET(last_n_, db_.integer("SELECT coalesce(max(n), 0) FROM object"));
  MOZU_LET(last_sequence_, db_.integer("SELECT coalesce(max(sequence), 0) FROM version"));
  first_sequence_ = last_sequence_ + 1;
  MOZU_LET(source_, names_.code(db_, NameKind::source, plan_.provenance.source));
  MOZU_LET(const auto publications, names_.find(db_, NameKind::source, publications_source));
  publications_ = publications.value_or(0);
  MOZU_LET(parts_, Parts::read(db_));
  // Who asks for what was added since they asked last must not miss anything because the clock was set back.
  const Bind last[] = {last_sequence_};
  MOZU_LET(const auto last_ms, db_.integer("SELECT added_ms FROM version WHERE sequence = $1", last));
  now_ms_ = std::max(Timestamp::now().ms, last_ms);
  own_imports_.insert(import_);
  const auto& p = plan_.provenance;
  return db_.run("SELECT number FROM import WHERE source = $1 AND origin = $2", {Bytes{p.source}, Bytes{p.origin}}, [&](const Row& r) {
    own_imports_.insert(r.integer(0));
    return true;
  });
}

Status Importer::put(StixObject&& object) {
  if (broken_) return fail(*broken_);
  if (intel::type_of_id(object.id) != object.type || object.type.empty())
    return fail("stix-id", fmt::format("no id of a STIX object: {}", object.id.substr(0, 100)));
  const auto id = xxh3_64(object.id);
  const auto digest = static_cast<std::int64_t>(xxh3_64(object.json));
  if (repeats_.is_one(id, digest)) return {};
  if (gathered_.full() || gathered_.ids.contains(id)) MOZU_TRY(hand_over());
  gathered_.bytes += object.json.size() + object.text.size();
  gathered_.ids.insert(id);
  auto& item = gathered_.items.emplace_back();
  item.object = std::move(object);
  item.digest = digest;
  prepare(item);
  gathered_.bytes += item.edges.size() * sizeof(Edge);
  return {};
}

/// As far as it can be done without the base: names that are new wait for the writing.
void Importer::prepare(Item& item) {
  static_cast<void>(identify(item, known_code_));
  if (!prepares_ahead_.load(std::memory_order_relaxed)) return;
  static_cast<void>(label(item, known_code_));
  pack(item, packer_);
}

Status Importer::hand_over() {
  MOZU_TRY(take_turn());
  MOZU_TRY(resolve_ahead());
  MOZU_TRY(written());
  auto next = gathered_.next();
  batch_ = std::exchange(gathered_, std::move(next));
  writing_ = std::async(std::launch::async, [this] { return flush(); });
  return {};
}

/// Waits for the batch that is being written.
Status Importer::written() {
  if (!writing_.valid()) return {};
  auto done = writing_.get();
  told_ = counts_;
  if (!done) broken_ = done.error();
  return done;
}

/// Asks the base as it was before the import about what comes next, while the batch before is written: as long as every id that the import has met is remembered.
Status Importer::resolve_ahead() {
  if (remembers_all_ && known_.size() > known_max) {
    MOZU_TRY(written());
    remembers_all_ = false;
    before_.reset();
  }
  if (!remembers_all_) return {};
  if (!before_) {
    MOZU_LET(before_, plan_.open_reader());
    MOZU_TRY(before_->begin(false));
    MOZU_LET(parts_before_, Parts::read(*before_));
  }
  if (!std::ranges::all_of(gathered_.items, &Item::identified)) MOZU_TRY(written());  // a name is given while nothing is written
  return resolve(gathered_, *before_, parts_before_);
}

/// Who is who: with the numbers and versions that the base has of them.
Status Importer::resolve(Batch& batch, Db& db, const Parts& parts) {
  const auto remembered = [&](IdKey& key) {
    const auto [known, is_new] = known_.put(std::move(key));
    if (is_new) batch.asked.push_back(known);
    return known;
  };
  for (auto& item : batch.items) {
    if (!item.identified) MOZU_TRY(identify(item, code_));
    item.known = remembered(item.key);
    for (auto& e : item.edges) e.source = remembered(e.source_key), e.target = remembered(e.target_key);
  }
  batch.resolved = true;
  return ids_.ask(db, parts, batch.asked);
}

Status Importer::flush() {
  if (batch_.items.empty()) return {};
  MOZU_TRY(parts_.grow(db_, last_n_ + 1, last_sequence_ + 1, plan_.part_objects));
  if (!batch_.resolved) {
    if (known_.size() > known_max) known_.clear();
    MOZU_TRY(resolve(batch_, db_, parts_));
  }
  number_ids();
  MOZU_TRY(read_latest());
  part_from_others();
  MOZU_TRY(take_back_ids());
  MOZU_TRY(judge());
  MOZU_TRY(number_and_pack());
  MOZU_TRY(write_objects());
  MOZU_TRY(take_away());
  MOZU_TRY(write_versions());
  MOZU_TRY(write_beside());
  std::size_t writes = 0;
  for (const auto& item : batch_.items) {
    writes += item.writes();
    std::uint64_t* const count[] = {&counts_.added, &counts_.updated, &counts_.older, &counts_.unchanged};
    ++*count[static_cast<std::size_t>(item.fate)];
    if (is_published(item) && source_ != publications_) note_published(item.object.id);
  }
  prepares_ahead_.store(writes > batch_.items.size() / 2, std::memory_order_relaxed);
  return {};  // what the batch holds is freed by the caller's thread, which has the time
}

/// Where an organisation says something else than what is common, or speaks of another one's id, both stand: its own for its people, the other as it was; a publication
/// before what others than all said. So never does one learn from an import that others have an id, nor keep it from them.
void Importer::part_from_others() {
  const auto organisation = plan_.provenance.organisation;
  if (organisation == intel::common) return;
  for (auto& item : batch_.items) {
    if (item.before == 0 || item.latest.organisation == organisation) continue;
    if (item.latest.organisation == intel::common && item.latest.digest == item.digest && !publishes(item)) continue;
    // Ids of publications can be reckoned: who spoke of one first must not stand in its place for all others.
    const bool displaces = publishes(item) && item.latest.organisation != intel::common;
    if (displaces) displaced_.push_back({item.known, item.n, item.latest.organisation});
    else parted_.push_back(item.known);
    item.known->learn(0, 0, !displaces);
    number(*item.known);
    item.before = 0, item.latest = {}, item.n = item.known->n;
  }
}

Status Importer::take_back_ids() {
  std::vector<Known*> own;
  for (auto& item : batch_.items)
    if (publishes(item) && item.known->own) own.push_back(item.known);
  return own_no_more(db_, plan_.provenance.organisation, own, parts_.all().back().number);
}

void Importer::number_ids() {
  new_ids_.clear();
  parted_.clear();
  displaced_.clear();
  own_keys_.clear();
  for (auto* known : batch_.asked)
    if (known->n == 0) number(*known);
  for (auto& item : batch_.items) item.before = item.known->sequence, item.n = item.known->n;
}

void Importer::number(Known& known) {
  known.n = ++last_n_;
  if (!known.own) known.plain = known.n;
  new_ids_.push_back(known.own ? own_keys_.emplace_back(own_key(known.key.view(), plan_.provenance.organisation)) : known.key.view());
}

/// Ids that are new, those only referred to with sequence 0; and which version is now the latest of the others.
Status Importer::write_objects() {
  const std::int64_t first = last_n_ - static_cast<std::int64_t>(new_ids_.size()) + 1;
  Integers numbers, sequences(new_ids_.size(), 0), known_n, known_sequences;
  for (std::size_t i = 0; i < new_ids_.size(); ++i) numbers.push_back(first + static_cast<std::int64_t>(i));
  for (const auto& item : batch_.items) {
    if (!item.is_latest()) continue;
    item.known->sequence = item.sequence;
    if (item.n >= first) sequences[static_cast<std::size_t>(item.n - first)] = item.sequence;
    else known_n.push_back(item.n), known_sequences.push_back(item.sequence);
  }
  MOZU_TRY(displace_words(db_, displaced_, parts_.all().back().number));
  MOZU_TRY(db_.insert_many("object", "n,key,sequence", {numbers, Blobs(new_ids_.begin(), new_ids_.end()), sequences}));
  MOZU_TRY(write_ids(numbers));
  MOZU_TRY(db_.update_many("object", "sequence,n", {known_sequences, known_n}));
  return write_own_words(db_, plan_.provenance.organisation, parted_);
}

Status Importer::write_ids(const Integers& numbers) {
  Blobs keys;
  Integers sorted;
  for (const auto i : sorted_rows(numbers.size(), [&](auto k) { return new_ids_[k]; })) keys.push_back(new_ids_[i]), sorted.push_back(numbers[i]);
  const Integers part(numbers.size(), parts_.all().back().number);
  return db_.insert_many("id", "part,key,n", {part, keys, sorted});
}

Status Importer::read_latest() {
  Integers sequences;
  std::vector<Item*> items;
  for (auto& item : batch_.items)
    if (item.before != 0) sequences.push_back(item.before), items.push_back(&item);
  return db_.select_many("SELECT modified_us, digest, organisation, type, tlp, source, import_number, revoked, labels FROM version WHERE sequence = $1",
                         {sequences}, [&](std::size_t i, const Row& r) {
                           items[i]->latest = {r.integer(0), r.integer(1), r.integer(2),      r.integer(3),           r.integer(4),
                                               r.integer(5), r.integer(6), r.integer(7) != 0, unpack_codes(r.text(8))};
                         });
}

Fate Importer::fate_of(const Item& item) const {
  const auto& o = item.object;
  if (item.before == 0) return Fate::added;
  // What is published changes by publishing alone, and takes the place of copies that were there before it.
  if (is_published(item) && source_ != publications_) return Fate::unchanged;
  if (publishes(item) && !is_published(item)) return Fate::updated;
  // What is common takes the place of an organisation's, or one could keep a known id from everybody by being first; the other way about they were parted.
  if (item.latest.organisation != plan_.provenance.organisation) return plan_.provenance.organisation == intel::common ? Fate::updated : Fate::unchanged;
  if (o.modified_us == item.latest.modified_us) return item.latest.digest == item.digest ? Fate::unchanged : Fate::updated;
  return o.modified_us > item.latest.modified_us ? Fate::updated : Fate::older;
}

Status Importer::judge() {
  std::vector<Item*> old, changed;
  for (auto& item : batch_.items) {
    item.fate = fate_of(item);
    item.tlp = static_cast<std::int64_t>(std::max(item.object.tlp, plan_.provenance.tlp));
    item.confidence = item.object.confidence != intel::confidence_unknown ? item.object.confidence : plan_.provenance.confidence;
    if (item.fate == Fate::older) old.push_back(&item);
    if (item.fate == Fate::updated && item.object.modified_us == item.latest.modified_us && publishes(item) == is_published(item)) changed.push_back(&item);
  }
  MOZU_TRY(judge_older(old));
  return judge_repeated(changed);
}

/// Two inputs that give one version of an object different contents must not take turns in being right: who repeats what they said
/// says nothing new, unless the latest word is their own, from another time.
Status Importer::judge_repeated(const std::vector<Item*>& changed) {
  Integers numbers, modified, digests;
  for (const auto* item : changed) numbers.push_back(item->n), modified.push_back(item->object.modified_us), digests.push_back(item->digest);
  return db_.select_many("SELECT import_number FROM version WHERE n = $1 AND modified_us = $2 AND digest = $3 AND replaced_by <> 0",
                         {numbers, modified, digests}, [&](std::size_t i, const Row& r) {
                           const std::int64_t said_in = r.integer(0), latest_in = changed[i]->latest.import;
                           if (own_imports_.contains(said_in) && (!own_imports_.contains(latest_in) || said_in == latest_in))
                             changed[i]->fate = Fate::unchanged;
                         });
}

Status Importer::judge_older(const std::vector<Item*>& old) {
  Integers numbers, modified, digests;
  for (const auto* item : old) numbers.push_back(item->n), modified.push_back(item->object.modified_us), digests.push_back(item->digest);
  return db_.select_many("SELECT 1 FROM version WHERE n = $1 AND modified_us = $2 AND digest = $3 AND replaced_by <> 0 LIMIT 1", {numbers, modified, digests},
                         [&](std::size_t i, const Row&) { old[i]->fate = Fate::unchanged; });
}

Status Importer::number_and_pack() {
  for (auto& item : batch_.items) {
    if (!item.writes()) continue;
    item.sequence = ++last_sequence_;
    if (!item.labelled) MOZU_TRY(label(item, code_));
    if (!item.is_packed) pack(item, codec_);
  }
  return {};
}

void Importer::add_edges(const std::vector<Edge>& edges, std::int64_t n, int change, EdgeColumns& out) {
  const auto part = parts_.of_number(n);
  for (const auto& e : edges) {
    if (e.source->n == 0 || e.target->n == 0) continue;  // of a version that was written when the base did not know them
    if (e.via) tally_.relations[e.relation] += change;
    out.part.push_back(part);
    out.source.push_back(e.via ? e.source->plain : e.source->n);  // a reference is what these words say, and no others of the id
    out.relation.push_back(e.relation);
    out.target_type.push_back(e.target_type);
    out.target.push_back(e.target->plain);
    out.via.push_back(e.via ? n : 0);
    out.source_type.push_back(e.source_type);
  }
}

void Importer::keys_of(const StixObject& o, std::int64_t sequence, KeyColumns& out) const {
  const auto part = parts_.of_sequence(sequence);
  for (const auto& key : o.keys) {
    out.part.push_back(part);
    out.kind.push_back(static_cast<std::int64_t>(key.kind));
    out.values.push_back(key.value);
    out.sequence.push_back(sequence);
  }
}

Status Importer::write_keys(const KeyColumns& keys, bool remove) {
  Integers part, kind, sequence;
  Blobs values;
  for (const auto i : sorted_rows(keys.kind.size(), [&](auto k) { return std::tie(keys.part[k], keys.kind[k], keys.values[k], keys.sequence[k]); }))
    part.push_back(keys.part[i]), kind.push_back(keys.kind[i]), values.push_back(keys.values[i]), sequence.push_back(keys.sequence[i]);
  if (remove) return db_.delete_many("lookup_key", "part,kind,value,sequence", {part, kind, values, sequence});
  return db_.insert_many("lookup_key", "part,kind,value,sequence", {part, kind, values, sequence}, "ON CONFLICT DO NOTHING");
}

/// What speaks of the versions that are replaced. It is read out of their JSON again.
Status Importer::take_away() {
  std::vector<Item*> replaced;
  Integers sequences, by;
  for (auto& item : batch_.items)
    if (item.fate == Fate::updated && item.before != 0) replaced.push_back(&item), sequences.push_back(item.before), by.push_back(item.sequence);
  if (replaced.empty()) return {};
  MOZU_TRY(db_.update_many("version", "replaced_by,sequence", {by, sequences}));
  for (std::size_t at = 0; at < replaced.size(); at += replaced_at_once)
    MOZU_TRY(take_away(std::span(replaced).subspan(at, std::min(replaced_at_once, replaced.size() - at))));
  return {};
}

/// The edges of versions that are replaced, their ends looked up among `ends`.
Result<std::vector<std::vector<Edge>>> Importer::edges_of_olds(const std::vector<StixObject>& olds, IdTable& ends) {
  std::vector<std::vector<Edge>> edges(olds.size());
  std::vector<Known*> asked;
  const auto met = [&](IdKey& key) {
    const auto [known, is_new] = ends.put(std::move(key));
    if (is_new) asked.push_back(known);
    return known;
  };
  for (std::size_t i = 0; i < olds.size(); ++i) {
    MOZU_TRY(edges_of(olds[i], code_, edges[i]));
    for (auto& e : edges[i]) e.source = met(e.source_key), e.target = met(e.target_key);
  }
  IdLookup ids(plan_.provenance.organisation);
  MOZU_TRY(ids.ask(db_, parts_, asked));
  return edges;
}

Status Importer::take_away(std::span<Item* const> replaced) {
  Integers sequences;
  for (const auto* item : replaced) sequences.push_back(item->before);
  std::vector<StixObject> olds(replaced.size());
  Status read;
  MOZU_TRY(db_.select_many("SELECT json FROM content WHERE sequence = $1", {sequences}, [&](std::size_t i, const Row& r) {
    const auto json = codec_.unpack(r.text(0));
    if (!json) read = fail(json.error());
    else if (auto done = reader_.read(*json, olds[i]); !done) read = done;
  }));
  MOZU_TRY(read);
  IdTable ends;
  MOZU_LET(const auto links, edges_of_olds(olds, ends));
  KeyColumns keys;
  LabelColumns labels;
  EdgeColumns edges;
  std::vector<WordsRow> words;
  for (std::size_t i = 0; i < replaced.size(); ++i) {
    const auto& item = *replaced[i];
    const auto& latest = item.latest;
    for (const auto code : latest.labels) labels.code.push_back(code), labels.sequence.push_back(item.before);
    if (has_words(olds[i])) words.push_back(words_row(words_of_object(olds[i]), olds[i], item.before, latest.type, latest.source, latest.labels));
    shorten_keys(olds[i]);
    keys_of(olds[i], item.before, keys);
    add_edges(links[i], item.n, -1, edges);
    tally_.objects[{latest.type, latest.tlp, latest.organisation}].add(-1, latest.revoked);
    replaced_of_.insert(latest.import);
  }
  MOZU_TRY(write_keys(keys, true));
  MOZU_TRY(db_.delete_many("label", "code,sequence", {labels.code, labels.sequence}));
  MOZU_TRY(remove_words(db_, words));
  return db_.delete_many("edge", "part,source,relation,target_type,target,via",
                         {edges.part, edges.source, edges.relation, edges.target_type, edges.target, edges.via});
}

Status Importer::write_versions() {
  Integers sequence, n, type, import, source, organisation, tlp, confidence, revoked, created, modified, added, digest, replaced_by;
  Blobs name, labels, json;
  for (const auto& item : batch_.items) {
    if (!item.writes()) continue;
    const auto& o = item.object;
    sequence.push_back(item.sequence), n.push_back(item.n), type.push_back(item.type), source.push_back(source_of(item));
    revoked.push_back(o.revoked ? 1 : 0), tlp.push_back(item.tlp), confidence.push_back(item.confidence);
    created.push_back(o.created_us), modified.push_back(o.modified_us), digest.push_back(item.digest);
    replaced_by.push_back(item.is_latest() ? 0 : item.sequence);
    name.push_back(utf8_prefix(o.name, shown_bytes_max)), labels.push_back(item.packed_labels), json.push_back(item.packed);
    if (item.is_latest()) tally_.objects[{item.type, item.tlp, plan_.provenance.organisation}].add(1, o.revoked);
  }
  import.assign(n.size(), import_), added.assign(n.size(), now_ms_);
  organisation.assign(n.size(), plan_.provenance.organisation);
  MOZU_TRY(db_.insert_many(
      "version", "sequence,n,type,import_number,source,organisation,tlp,confidence,revoked,created_us,modified_us,added_ms,digest,replaced_by,name,labels",
      {sequence, n, type, import, source, organisation, tlp, confidence, revoked, created, modified, added, digest, replaced_by, name, labels}));
  return db_.insert_many("content", "sequence,json", {sequence, json});
}

Status Importer::write_beside() {
  KeyColumns keys;
  LabelColumns labels;
  EdgeColumns edges;
  std::vector<WordsRow> words;
  for (auto& item : batch_.items) {
    if (!item.is_latest()) continue;
    keys_of(item.object, item.sequence, keys);
    for (const auto code : item.labels) labels.code.push_back(code), labels.sequence.push_back(item.sequence);
    if (has_words(item.object)) words.push_back(words_row(std::move(item.words), item.object, item.sequence, item.type, source_of(item), item.labels));
    add_edges(item.edges, item.n, 1, edges);
  }
  MOZU_TRY(write_keys(keys, false));
  MOZU_TRY(db_.insert_many("label", "code,sequence", {labels.code, labels.sequence}));
  edges.sort();
  MOZU_TRY(db_.insert_many("edge", EdgeColumns::names, edges.columns(), "ON CONFLICT DO NOTHING"));
  return add_words(db_, words);
}

Result<ImportReceipt> Importer::commit() {
  if (broken_) return fail(*broken_);
  MOZU_TRY(take_turn());
  MOZU_TRY(written());
  broken_ = Diagnostic{Severity::error, "store-import-ended", "the import is over", {}, {}};
  if (before_) MOZU_TRY(resolve_ahead());
  before_.reset();  // the log is not taken over into the base beyond what somebody still reads
  batch_ = std::move(gathered_);
  MOZU_TRY(flush());
  counts_.unchanged += repeats_.counted();
  told_ = counts_;
  MOZU_TRY(tally_.write(db_));
  const auto& p = plan_.provenance;
  const auto integer = [](std::uint64_t v) { return static_cast<std::int64_t>(v); };
  MOZU_TRY(
      db_.run("INSERT INTO import(number, source, origin, sha256, actor, organisation, tlp, confidence, at_ms, added, updated, older, unchanged, refused) "
              "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
              {import_, Bytes{p.source}, Bytes{p.origin}, Bytes{p.sha256}, Bytes{p.actor}, p.organisation, static_cast<std::int64_t>(p.tlp),
               static_cast<std::int64_t>(p.confidence), now_ms_, integer(counts_.added), integer(counts_.updated), integer(counts_.older),
               integer(counts_.unchanged), std::int64_t{0}}));
  MOZU_TRY(write_subjects(db_, import_, first_sequence_, last_sequence_, p.subjects));
  replaced_of_.insert(import_);
  MOZU_TRY(count_publications(db_, replaced_of_));
  if (plan_.dry_run) return ImportReceipt{0, counts_, last_sequence_, published_};  // the destructor rolls back
  MOZU_TRY(transaction_.commit());
  return ImportReceipt{import_, counts_, last_sequence_, published_};
}

}  // namespace

Result<std::unique_ptr<Import>> start_import(Db& db, Turnstile& door, ImportPlan plan) {
  const bool at_once = !plan.turn.patient;
  auto importer = std::make_unique<Importer>(db, door, std::move(plan));
  if (at_once) MOZU_TRY(importer->take_turn());
  return importer;
}

}  // namespace mozu::store
