// The desk where publications are written, reviewed and given to readers. Two facts, each kept once: the working copy, which only its
// organisation sees, is a document of the store's people; what is published is a STIX report with its indicators and rules in the knowledge base, put there in one
// import, so that search, TAXII, feeds and lookups have it at once or not at all, and may_see() decides who sees it. The report says
// which version of the working copy it is; the texts and files of that version never change. README.md says why.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/publications/attachments.hpp"
#include "mozu/publications/id_list.hpp"
#include "mozu/publications/publication.hpp"
#include "mozu/store/accounts.hpp"
#include "mozu/store/store.hpp"

namespace mozu::publications {

/// `source` of everything published, in the knowledge base.
inline constexpr std::string_view published_source = "publications";
/// Which edition of which publication a report is; not what it refers to, which may be much.
struct ReportHead {
  std::string id;
  std::int64_t edition = 1;
};
/// nullopt: it is no report of ours.
std::optional<ReportHead> report_head(const store::StoredObject& report);

using TitleList = std::vector<std::pair<std::string, std::string>>;  ///< language, title; the original first
/// Of a publication's report; empty: it is no report of ours.
TitleList titles_of(const store::StoredObject& report);
/// nullptr: there is none in this language.
const std::string* title_in(const TitleList& titles, std::string_view language);

struct Author {
  intel::Viewer viewer;
  store::UserId user = 0;
  std::string name;  ///< for the history
};

enum class Stage : std::uint8_t { draft, review };
std::string_view name(Stage s);

/// One version of a working copy.
struct Working {
  std::string id;            ///< UUID, made of organisation and slug: a slug is never given away twice
  std::int64_t version = 0;  ///< 1, 2, …: each change is one more
  intel::OrganisationId organisation = intel::common;
  Timestamp created, changed;
  Stage stage = Stage::draft;
  std::string by;  ///< who made this version
  Publication publication;
};

/// What readers see of a publication without asking for its parts.
struct Published : About {
  std::string id, report;    ///< report: id of the STIX object
  std::int64_t version = 0;  ///< of the working copy
  std::int64_t edition = 1;  ///< how many times it was published; more than 1: revised
  bool withdrawn = false;
  bool locked = false;           ///< no plan of the viewer's organisation opens it: description, objects and texts are kept back
  Timestamp published, updated;  ///< published: the date that it bears
  intel::OrganisationId organisation = intel::common;
  intel::Tlp tlp = intel::Tlp::none;
  std::string slug, kind;
  std::string description;  ///< the summaries as plain text, the original first
  TitleList titles;
  std::vector<std::pair<std::string, std::uint64_t>> counts;  ///< kind of PublishedItem, how many; in the order in which `objects` begins with them
  IdList objects;                                             ///< ids that the report refers to; empty in lists
  std::string_view title(std::string_view language) const;
  /// The beginning of the summary in this language, else of the original: whole words, one paragraph after the other in one line.
  std::string excerpt(std::string_view language, std::size_t bytes_max) const;
  std::vector<intel::Subject> subjects() const;  ///< by which plans open it
};

struct PublishedQuery {
  std::string kind;                                      ///< empty: all
  std::optional<Timestamp> updated_from, updated_until;  ///< until is inclusive
  std::vector<std::vector<intel::Subject>> about;        ///< as AboutFilter::subjects() gives it
  bool with_withdrawn = false;
  store::Cursor cursor;  ///< newest first
  std::size_t limit = 100;
};

/// An indicator or rule of what is published.
struct PublishedItem {
  std::string id, publication;  ///< publication: its id
  std::string kind;             ///< "sha256", "url-mask", … as intel::short_name(); of rules "yara", "sigma", "suricata", "snort"
  std::string value;            ///< canonical value, or the rule's text
  std::string name;
  Timestamp since;
};

/// Kinds of PublishedItem that are rules.
bool is_rule_kind(std::string_view kind);

struct ItemQuery {
  std::vector<std::string> kinds;  ///< empty: all that are no rules
  std::string text;                ///< in the value, whatever its case; empty: all
  std::size_t offset = 0, limit = 100;
};
struct ItemPage {
  std::vector<PublishedItem> items;
  std::size_t total = 0;  ///< that fit the query
};

struct PublishWord {
  bool accept_warnings = false;  ///< a person has seen them
  KnownHarmless harmless = {};
};

/// Errors: "absent" (not there, or not to be seen), "conflict" (another version is there by now: nothing was changed), "exists" (the organisation
/// has a publication of that slug), "too-many-publications", "published-once" (it cannot be deleted), "publication-invalid", "not-in-review", "publication-refused" (its attachments; the first error is in the
/// message, all are in the diagnostics), "attachment-too-large", those of the store. Thread-safe.
class Desk {
 public:
  /// `working_copies_max`: of an organisation; at most store::page_items_max.
  Desk(store::Accounts& people, store::Store& knowledge, std::size_t working_copies_max = 5000)
      : people_(people),
        knowledge_(knowledge),
        working_copies_max_(working_copies_max) {}

  /// The id that a slug has, or will have.
  static std::string id_of(intel::OrganisationId organisation, std::string_view slug);

  Result<Working> create(const Author& author, Publication p);
  /// `version`: the one that was read. The slug stays. What was in review is a draft again.
  Result<Working> save(const Author& author, std::string_view id, std::int64_t version, Publication p);
  /// Adds a file, or replaces the one of that name. "absent" for detach() of what is not there.
  Result<Working> attach(const Author& author, std::string_view id, std::int64_t version, AttachmentKind kind, std::string name, std::string_view bytes);
  Result<Working> detach(const Author& author, std::string_view id, std::int64_t version, std::string_view name);
  /// Draft → review and back. What is incomplete is not taken.
  Result<Working> move(const Author& author, std::string_view id, std::int64_t version, Stage stage);
  /// Everything that publishing would look at.
  Result<Contents> check(const Working& w, const KnownHarmless& harmless, Diagnostics& diagnostics);
  /// Gives a version in review to readers. Twice the same version changes nothing.
  Result<Published> publish(const Author& author, std::string_view id, std::int64_t version, const PublishWord& word, Diagnostics& diagnostics);
  /// Takes it back: report, indicators and rules are revoked, so that who has them hears of it.
  Result<Published> withdraw(const Author& author, std::string_view id);

  /// A draft that was never published, with all its versions and the files that no other one has. What it was.
  Result<Working> remove(const Author& author, std::string_view id, std::int64_t version);

  Result<Working> working(const intel::Viewer& v, std::string_view id);
  Result<Working> working_version(const intel::Viewer& v, std::string_view id, std::int64_t version);
  Result<store::Page<Working>> workings(const intel::Viewer& v, const store::Cursor& cursor, std::size_t limit);

  /// What plans do not open to the viewer is there, too: `locked`.
  Result<std::optional<Published>> published(const intel::Viewer& v, std::string_view id);
  Result<store::Page<Published>> published_list(const intel::Viewer& v, const PublishedQuery& query);
  /// The version that readers have. Of what is withdrawn: "absent"; of what is locked for who asked for `p`: "locked".
  Result<Publication> content(const Published& p);
  Result<std::string> file(intel::OrganisationId organisation, const Attachment& a);
  /// Indicators and rules; at most `most`, by order of ids in the report.
  Result<std::vector<PublishedItem>> items(const intel::Viewer& v, const Published& p, std::size_t most);
  /// A page of them. Costs as much as the page has, however many there are; with a text, as all of the kinds.
  Result<ItemPage> item_page(const intel::Viewer& v, const Published& p, const ItemQuery& query);
  /// Editions that the viewer may see, the newest first; without `objects`. Empty for what is withdrawn.
  Result<std::vector<Published>> editions(const intel::Viewer& v, std::string_view id);
  /// The report and what it refers to, as far as the viewer may see.
  Status each_object(const intel::Viewer& v, const Published& p, const std::function<Status(const store::StoredObject&)>& take);
  /// Names that the knowledge base has for its techniques, by their ids.
  Result<std::map<std::string, std::string, std::less<>>> technique_names(const intel::Viewer& v, const Publication& p);

  /// A part in one language as PDF (print.hpp), kept for the edition that readers have: that of an edition before is replaced. nullopt: none is kept.
  Result<std::optional<std::string>> kept_print(const Published& p, std::string_view part, std::string_view language);
  Status keep_print(const Published& p, std::string_view part, std::string_view language, std::string_view pdf);

  /// Of all publications that the viewer may see, in the order they were published; at most `most`. False: there are more.
  Result<bool> each_item(const intel::Viewer& v, std::size_t most, const std::function<void(PublishedItem&&)>& take);

 private:
  store::Accounts& people_;
  store::Store& knowledge_;
  std::size_t working_copies_max_;

  /// A working copy with the document that it stands in.
  struct Kept {
    store::Document document;
    Working working;
  };
  Result<Kept> kept(const intel::Viewer& v, std::string_view id);
  Result<Kept> kept_at(const Author& author, std::string_view id, std::int64_t version);  ///< "conflict" unless it has this version
  Result<Working> version_as_kept(std::string_view id, std::int64_t version);
  Result<Working> put(const Author& author, Kept&& k, Stage stage);
  Status keep_file(intel::OrganisationId organisation, const Attachment& a, std::string_view bytes);
  Status archive(const store::Document& d);
  /// As long as it lives nobody publishes, attaches or deletes.
  Result<std::unique_ptr<store::Import>> alone_at(const Author& author, intel::OrganisationId organisation, std::string_view id);
  Status keep_used(intel::OrganisationId organisation, std::string_view id, std::set<std::string>& hashes);
  Result<std::optional<store::StoredObject>> report(const intel::Viewer& v, std::string_view id);
  /// The indicators that are not kept, revoked, under their own marking; how many.
  Result<std::size_t> take_back(store::Import& import, const intel::Viewer& v, const Published& before, const std::set<std::string>& kept, Timestamp at);
  /// Is the working copy what was read? For whoever has their turn in the knowledge base.
  Status unchanged(const store::Document& copy);
  Status take_back_as_before(store::Provenance provenance, const store::Document& copy, const Published& was, const std::set<std::string>& kept, Timestamp at);
};

}  // namespace mozu::publications
