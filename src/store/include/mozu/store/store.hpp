// The knowledge base: STIX objects in all versions, what they say of one another, and the ways to find them. One interface, two
// memories: SQLite (a file in the data folder) and PostgreSQL; both pass the same conformance suite. Thread-safe: any number of readers
// beside one writer; a reader never waits for the writer. Every read takes a Viewer and gives nothing that may_see() denies, nor what plans do not open (is_open()).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::store {

/// Errors of every call: "store-busy" (another process or a long import writes; after 10 s), "store-full", "store-read-only", "store-corrupt",
/// "store-connection", "store-newer" (made by a newer Mozu), "store-memory"; each says what was kept and what to do.
struct StoreOptions {
  /// A data folder (created if absent; the base is its file knowledge.db), or "postgresql://…" / "host=… dbname=…".
  std::string location;
  bool read_only = false;
  std::size_t cache_bytes = std::size_t{1} << 30;     ///< at most, of SQLite's pages, while an import goes on; readers share the system's
  unsigned readers_max = 16;                          ///< connections for reading
  std::int64_t part_objects = std::int64_t{1} << 22;  ///< of a base written from now on, in each part of its indexes (see src/store/parts.hpp)
  std::int64_t turn_ms = 10'000;                      ///< how long a Turn that is no patient one waits
};

/// Where objects come from. One import is one provenance.
struct Provenance {
  std::string source;  ///< "mitre-attack", "misp-galaxy", name of a feed, …; grouping name for people and filters
  std::string origin;  ///< file or address
  std::string sha256;  ///< of the input, hex; may be empty
  std::string actor;   ///< who imported: user name or "cli"
  intel::OrganisationId organisation = intel::common;
  intel::Tlp tlp = intel::Tlp::none;                    ///< lower bound: objects without a stricter marking get it
  std::uint8_t confidence = intel::confidence_unknown;  ///< of objects that say none
  /// Of a publication: what it is about. Whose viewer a plan limits sees nothing of it unless the plan opens one of these (intel::is_open()), but for what it names
  /// (actors, malware, campaigns, its author). None: plans do not limit it.
  std::vector<intel::Subject> subjects = {};
  bool keeps_source = false;  ///< what is known already keeps the source that said it: people edit it, and it does not become theirs
};

/// An organisation that speaks of an id that belongs to another one, or says something else than what is common, has words of its own about it: its people see
/// those, and never learn from an import that others know the id.
struct ImportCounts {
  std::uint64_t added = 0;      ///< ids not known before
  std::uint64_t updated = 0;    ///< a newer version, or the same version with other content
  std::uint64_t older = 0;      ///< versions older than the latest known, kept as history
  std::uint64_t unchanged = 0;  ///< known byte for byte; also what this source and origin said before and another has overridden since
  std::uint64_t published = 0;  ///< of the unchanged: what a publication says, which changes by publishing alone
  void add(const ImportCounts& o);
};
struct ImportReceipt {
  std::int64_t import = 0;  ///< number of the import; 0 for a dry run
  ImportCounts counts;
  std::int64_t last_sequence = 0;      ///< of the newest version written
  std::vector<std::string> published;  ///< ids of ImportCounts::published
};

/// One atomic writing: after commit() returned, all of it is durable; before, nothing is visible, and a crash leaves nothing.
/// A later put() of one id in the same import is a later writing of it. Destroying it uncommitted rolls back. At most one at a time a
/// store: the others wait for their turn.
class Import {
 public:
  virtual ~Import() = default;
  /// From here on nobody else writes (see Turn). Does nothing the second time.
  virtual Status take_turn() = 0;
  virtual Status put(intel::StixObject&& object) = 0;
  virtual Result<ImportReceipt> commit() = 0;
  virtual const ImportCounts& counts() const = 0;  ///< so far; exact only after commit()
};

/// When an import waits for the one that writes.
struct Turn {
  /// Empty: in begin_import(), so that what the caller then reads of the base stays as it is until commit(); after StoreOptions::turn_ms "store-busy".
  /// Else an import that may take long and may wait long: it takes its turn when it has a batch to write, at the latest in commit(), and meanwhile others write. This is asked with
  /// true before the wait and each second of it, with false when it is over; its error ends the import.
  std::function<Status(bool waits)> patient;
};

/// What lists show of an object, without its JSON.
struct Head {
  std::int64_t number = 0;  ///< within this base; stable
  std::string id, type, name;
  std::int64_t created_us = 0, modified_us = 0;
  std::int64_t sequence = 0;  ///< of the latest version: strictly rising with each write
  Timestamp added;            ///< when that version was written
  bool revoked = false;
  std::uint8_t confidence = intel::confidence_unknown;
  intel::Tlp tlp = intel::Tlp::none;
  intel::OrganisationId organisation = intel::common;
  std::string source;  ///< Provenance::source of the latest version
};
struct StoredObject : Head {
  std::string json;
  std::int64_t import = 0;
};

/// Opaque to callers; empty = from the start. A page's `next` is empty at the end. Cursors stay valid while others write: what was there
/// before is given once, what comes meanwhile at most once.
using Cursor = std::string;
template <class T>
struct Page {
  std::vector<T> items;
  Cursor next;
  std::optional<std::uint64_t> total;  ///< where counting is cheap
};
inline constexpr std::size_t page_items_max = 10'000;  ///< a greater limit is taken as this, 0 as 1; a cursor of another list is "cursor-invalid"
inline constexpr std::size_t decisions_max = 100'000;  ///< of one organisation
inline constexpr std::size_t tags_max = 200;           ///< of one object, by one organisation: whoever reads the object gets them all

struct ListQuery {
  std::vector<std::string> types{};   ///< empty = all
  std::vector<std::string> labels{};  ///< all of them
  std::string source{};
  std::vector<std::vector<intel::Subject>> about{};  ///< only what came as a publication whose Provenance::subjects hold one of each list
  std::optional<intel::Tlp> tlp{};                   ///< exactly
  bool own = false;                                  ///< only what the viewer's organisation owns; who belongs to none has no less than all
  std::int64_t after_sequence = 0;                   ///< only what was written after; for TAXII and followers
  std::optional<std::int64_t> modified_from_us{}, modified_until_us{};
  bool with_revoked = true;
  bool all_versions = false;  ///< one item a version, else the latest only
  bool newest_first = false;  ///< else in order of sequence
  Cursor cursor{};
  std::size_t limit = 100;  ///< 1 to page_items_max
};

struct SearchQuery {
  std::string text{};  ///< words (all must occur, the last as a prefix), "phrases", -without; any script; no operators else
  ListQuery filter{};  ///< cursor and limit count; order is by rank
  bool facets = false;
};
struct Hit : Head {
  double rank = 0;      ///< greater is better; comparable within one answer only
  std::string snippet;  ///< text around the first word found, plain
};
struct Facet {
  std::string field;                                          ///< "type", "label", "source", "tlp"
  std::vector<std::pair<std::string, std::uint64_t>> values;  ///< most frequent first, at most 50
};
struct SearchPage : Page<Hit> {
  std::vector<Facet> facets;
  bool more_than_counted = false;  ///< `total` and facets speak of the newest 5,000 finds among the newest 2,000,000 versions only
};

enum class Direction : std::uint8_t { out, in, both };
struct NeighbourQuery {
  Direction direction = Direction::both;
  std::vector<std::string> relations{};  ///< relationship types, or reference properties such as "object_refs"; empty = all
  std::vector<std::string> types{};      ///< of the neighbour
  bool references = true;                ///< also embedded references, not only relationship objects
  bool with_revoked = false;
  Cursor cursor{};
  std::size_t limit = 100;  ///< a call reads some 20,000 edges at most, so a page may hold fewer, even none, and have a next
};
struct Neighbour {
  Head object;
  std::string relation;
  bool outgoing = true;         ///< the object asked about is the source
  std::string relationship_id;  ///< empty for an embedded reference
};
struct NeighbourCount {
  std::string relation, type;
  bool outgoing = true;
  std::uint64_t count = 0;  ///< of the first 20,000 edges of the relation; `more` if there are others
  bool more = false;
};

/// Objects found for one key of find(), in order of the keys asked.
struct KeyHits {
  std::size_t key = 0;
  std::vector<Head> objects;
};

struct ImportRecord {
  std::int64_t number = 0;
  Provenance provenance;
  Timestamp at;
  ImportCounts counts;
};

/// What a source said in all its imports.
struct SourceRecord {
  std::uint64_t imports = 0;
  ImportCounts counts;
  ImportRecord last;  ///< its `provenance.source` is the source's name
};

/// What came in on a day (UTC), edits left out.
struct ImportDay {
  std::int64_t day = 0;  ///< since 1970-01-01
  std::uint64_t imports = 0, added = 0, updated = 0;
};

/// What the base is, for who runs it.
struct StoreState {
  std::string engine, engine_version;  ///< "SQLite" or "PostgreSQL", and what it calls its version
  int knowledge_schema = 0, people_schema = 0;
  std::uint64_t bytes = 0;  ///< on the disk, of both bases, their logs with them
  std::vector<std::pair<std::string, std::uint64_t>>
      relations{};  ///< relationship_type → latest versions of relationships, whoever may see them; the most first
};

struct BackupProgress {
  enum class Step : std::uint8_t { copying, people, checking, naming } step = Step::copying;
  std::uint64_t done = 0, total = 0;  ///< of the step: pages, bytes; total 0: not known
};
/// Called now and then from the thread that makes the backup. An error ends it, and nothing of it stays.
using BackupWatch = std::function<Status(const BackupProgress&)>;

struct SourceValues;        // source_values.hpp
struct FalsePositive;       // false_positives.hpp
struct FalsePositiveQuery;  // false_positives.hpp

class Store {
 public:
  /// Opens, creates, or brings an older base up to date (in one transaction).
  static Result<std::unique_ptr<Store>> open(const StoreOptions& options);
  virtual ~Store() = default;

  /// With `dry_run` everything is done and rolled back at commit(); the receipt tells what would change.
  virtual Result<std::unique_ptr<Import>> begin_import(const Provenance& provenance, bool dry_run = false, const Turn& turn = {}) = 0;

  virtual Result<std::optional<StoredObject>> object(const intel::Viewer& v, std::string_view id) = 0;
  /// In the order asked; what is absent or not to be seen is left out. All of them are held in memory: the caller bounds how many it asks for.
  virtual Result<std::vector<StoredObject>> objects(const intel::Viewer& v, std::span<const std::string> ids) = 0;
  virtual Result<std::vector<Head>> heads(const intel::Viewer& v, std::span<const std::string> ids) = 0;
  /// Was anything that the viewer might see put out of their sight, or revoked, by a write after `sequence`? For copies that outlive a request.
  virtual Result<bool> hidden_since(const intel::Viewer& v, std::int64_t sequence) = 0;
  /// Newest first.
  virtual Result<Page<StoredObject>> versions(const intel::Viewer& v, std::string_view id, const Cursor& cursor, std::size_t limit) = 0;
  virtual Result<Page<Head>> list(const intel::Viewer& v, const ListQuery& query) = 0;
  virtual Result<Page<StoredObject>> list_objects(const intel::Viewer& v, const ListQuery& query) = 0;
  virtual Result<SearchPage> search(const intel::Viewer& v, const SearchQuery& query) = 0;
  /// Exact keys, many at once; at most `per_key_max` objects each. Domains are asked as they are: parents are the caller's.
  virtual Result<std::vector<KeyHits>> find(const intel::Viewer& v, std::span<const intel::Key> keys, std::size_t per_key_max = 100) = 0;
  virtual Result<Page<Neighbour>> neighbours(const intel::Viewer& v, std::string_view id, const NeighbourQuery& query) = 0;
  virtual Result<std::vector<NeighbourCount>> neighbour_counts(const intel::Viewer& v, std::string_view id) = 0;
  /// type → objects (latest versions, not counting what is revoked, nor ids only referred to); 0 of a type all of which is revoked
  virtual Result<std::vector<std::pair<std::string, std::uint64_t>>> counts(const intel::Viewer& v) = 0;
  /// Newest first; those whose provenance the viewer may see.
  virtual Result<Page<ImportRecord>> imports(const intel::Viewer& v, const Cursor& cursor, std::size_t limit) = 0;
  /// By name, of the imports whose provenance the viewer may see. Takes one walk over what is known of the imports: 50 ms for 100,000 of them.
  virtual Result<std::vector<SourceRecord>> sources(const intel::Viewer& v) = 0;
  /// Of days that had imports whose provenance the viewer may see, the oldest first. One walk over the imports, as of sources().
  virtual Result<std::vector<ImportDay>> import_days(const intel::Viewer& v, Timestamp from, Timestamp until) = 0;
  /// What sources have in common, for overlaps_of() (source_values.hpp). Reads every indicator and its values: about a second a million. `go_on` is asked now and then; its
  /// error ends it.
  virtual Result<SourceValues> source_values(const std::function<Status()>& go_on) = 0;
  virtual Result<std::int64_t> last_sequence() = 0;
  /// Asks the engine, the file system and what is counted: as quick for ten million objects as for none.
  virtual Result<StoreState> state() = 0;

  /// Free tags beside what sources say: weight 1–100, 0 takes the tag away. Kept over re-imports. What people say is their organisation's
  /// (common: everybody's): a viewer gets what is common and what is their own organisation's, whose word counts where both say something.
  /// Errors: "tag-weight", "tag-text" (not 1 to 1024 bytes), "stix-id", "too-many-tags" (an organisation has given the object tags_max of them).
  virtual Status tag(intel::OrganisationId organisation, std::string_view id, std::string_view tag, int weight, std::string_view who) = 0;
  /// The heaviest first.
  virtual Result<std::vector<std::pair<std::string, int>>> tags(const intel::Viewer& v, std::string_view id) = 0;

  /// A person's word on whether two objects are the same (actors above all); an organisation's last word counts, and imports do not change it.
  /// Errors: "stix-id", "too-many-decisions" (an organisation has decisions_max of them).
  enum class Sameness : std::uint8_t { same, different, undecided };
  virtual Status decide(intel::OrganisationId organisation, std::string_view id, std::string_view other, Sameness sameness, std::string_view who) = 0;
  struct Decision {
    std::string id, other;
    Sameness sameness = Sameness::undecided;
    std::string who;
    Timestamp at;
    intel::OrganisationId organisation = intel::common;
  };
  /// One a pair, by id; for the owner of the machine one a pair and organisation.
  virtual Result<std::vector<Decision>> decisions(const intel::Viewer& v) = 0;
  /// Rises with every decide(), whoever decides: as long as it stays, all of decisions() does.
  virtual Result<std::int64_t> decisions_made() = 0;

  /// All or nothing; all of one organisation; the last word about a value counts. Errors: "false-positive-reason", "too-many-false-positives".
  virtual Status mark_false_positives(std::span<const FalsePositive> marks) = 0;
  /// False: the organisation has not marked it.
  virtual Result<bool> remove_false_positive(intel::OrganisationId organisation, intel::PatternKind kind, std::string_view value) = 0;
  /// What is common and what the viewer's organisation marked (the owner of the machine: all), by organisation, kind and value.
  virtual Result<Page<FalsePositive>> false_positives(const intel::Viewer& v, const FalsePositiveQuery& query) = 0;
  /// Changes with every mark and removal, whoever makes it: as long as it stays, the lists do.
  virtual Result<std::int64_t> false_positives_changed() = 0;

  /// A consistent copy of knowledge and people while others read and write, verified before it bears its name. `target`: a file.
  /// "backup-engine": PostgreSQL has its own tools.
  virtual Status backup(const std::string& target, const BackupWatch& watch = {}) = 0;
  /// Everything that can be checked: the engine's own integrity of both bases, then sequence, edges, keys, text and stored JSON against one another, and every stored text, of
  /// knowledge and of documents, against its digest, and the people's tables against their sums.
  virtual Result<std::vector<Diagnostic>> verify() = 0;
};

struct Restored {
  std::vector<Diagnostic> notes;  ///< "backup-unsealed": made by an earlier Mozu, without a checksum over all its bytes
};
/// Puts a verified backup in place of an absent base; refuses where one stands ("restore-exists"). Reads all its bytes before it writes any: "backup-damaged" where their SHA-256
/// is not the one at its end, or not the one in FILE.sha256 if that is there. "backup-invalid": it is none.
Result<Restored> restore(const std::string& backup_file, const StoreOptions& options);

}  // namespace mozu::store
