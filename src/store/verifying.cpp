// Verification: the engine's own, then what the tables say of one another, then every stored text.
#include <fmt/core.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "part_filter.hpp"
#include "people.hpp"
#include "row_sums.hpp"
#include "store_impl.hpp"

namespace mozu::store {
namespace {

/// Counts of what must not be.
struct Rule {
  std::string_view finding, sql;
};
constexpr std::array rules = {
    Rule{"versions without their text", "SELECT count(*) FROM version v WHERE NOT EXISTS (SELECT 1 FROM content c WHERE c.sequence = v.sequence)"},
    Rule{"texts without their version", "SELECT count(*) FROM content c WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.sequence = c.sequence)"},
    Rule{"objects whose latest version is none",
         "SELECT count(*) FROM object o WHERE o.sequence <> 0 AND NOT EXISTS "
         "(SELECT 1 FROM version v WHERE v.sequence = o.sequence AND v.n = o.n AND v.replaced_by = 0)"},
    Rule{"latest versions that no object knows",
         "SELECT count(*) FROM version v WHERE v.replaced_by = 0 AND NOT EXISTS (SELECT 1 FROM object o WHERE o.n = v.n AND o.sequence = v.sequence)"},
    Rule{"versions of an import that is not there",
         "SELECT count(*) FROM version v WHERE NOT EXISTS (SELECT 1 FROM import i WHERE i.number = v.import_number)"},
    Rule{"look-up keys of versions that are not the latest",
         "SELECT count(*) FROM lookup_key k WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.sequence = k.sequence AND v.replaced_by = 0)"},
    Rule{"labels of versions that are not the latest",
         "SELECT count(*) FROM label l WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.sequence = l.sequence AND v.replaced_by = 0)"},
    Rule{"objects more than ids, or ids more than objects", "SELECT abs((SELECT count(*) FROM object) - (SELECT count(*) FROM id))"},
    Rule{"ids that lead to nothing", "SELECT count(*) FROM id k WHERE NOT EXISTS (SELECT 1 FROM object o WHERE o.n = k.n AND o.key = k.key)"},
    Rule{"relations from or to nothing",
         "SELECT count(*) FROM edge e WHERE NOT EXISTS (SELECT 1 FROM object o WHERE o.n = e.source) OR NOT EXISTS (SELECT 1 FROM object o WHERE o.n = "
         "e.target)"},
    Rule{"counts that differ from what is there",
         "SELECT count(*) FROM (SELECT type, tlp, organisation, count(*) AS objects, sum(revoked) AS revoked FROM version WHERE replaced_by = 0 GROUP BY type, "
         "tlp, "
         "organisation) v LEFT JOIN tally t ON t.type = v.type AND t.tlp = v.tlp AND t.organisation = v.organisation WHERE t.objects IS NULL OR t.objects <> "
         "v.objects OR t.revoked <> v.revoked"},
    Rule{"organisations' own words that lead to nothing",
         "SELECT count(*) FROM own_words w WHERE NOT EXISTS (SELECT 1 FROM object o WHERE o.n = w.n) OR NOT EXISTS (SELECT 1 FROM object o WHERE o.n = "
         "w.plain)"},
    Rule{"counts of relations that differ from what is there",
         "SELECT count(*) FROM (SELECT relation, count(*) AS objects FROM edge WHERE via <> 0 GROUP BY relation) e LEFT JOIN relation_tally t ON t.relation = "
         "e.relation WHERE t.objects IS NULL OR t.objects <> e.objects"},
    Rule{"counts of publications that differ from what they hold",
         "SELECT count(*) FROM (SELECT v.import_number, v.type, v.tlp, v.organisation, count(*) AS objects, sum(v.revoked) AS revoked FROM publication p CROSS "
         "JOIN version v "
         "WHERE v.sequence BETWEEN p.first_sequence AND p.last_sequence AND +v.replaced_by = 0 GROUP BY v.import_number, v.type, v.tlp, v.organisation) c "
         "LEFT JOIN publication_tally t ON t.import_number = c.import_number AND t.type = c.type AND t.tlp = c.tlp AND t.organisation = c.organisation "
         "WHERE t.objects IS NULL OR t.objects <> c.objects OR t.revoked <> c.revoked"}};

constexpr std::size_t told_max = 20;  // damaged texts that are named one by one

}  // namespace

namespace {

using Tell = std::function<void(std::string)>;

/// Texts that are not what was written, named one by one up to some.
class DamagedTexts {
 public:
  explicit DamagedTexts(const Tell& tell) : tell_(tell) {}
  void add(std::string what) {
    if (++n_ <= told_max) tell_(fmt::format("{} is damaged", what));
  }
  void end() const {
    if (n_ > told_max) tell_(fmt::format("… and {} more", with_commas(n_ - told_max)));
  }

 private:
  const Tell& tell_;
  std::uint64_t n_ = 0;
};

Status verify_people(Db& db, const Tell& tell) {
  bool whole = true;
  MOZU_TRY(db.check([&](std::string finding) {
    whole = false;
    tell("the engine finds: " + finding);
  }));
  if (!whole) return {};
  Transaction one_state(db);
  MOZU_TRY(one_state.begin(false));
  MOZU_LET(const auto differing, differing_sums(db));
  for (const auto& finding : differing) tell(finding);
  DamagedTexts damaged(tell);
  MOZU_TRY(db.run("SELECT collection, id, digest, json FROM document", {}, [&](const Row& r) {
    if (document_digest(r.text(0), r.text(1), r.text(3)) != r.integer(2))
      damaged.add(fmt::format("the document {} {}", printable(r.text(0), 60), printable(r.text(1), 80)));
    return true;
  }));
  damaged.end();
  return {};
}

}  // namespace

Result<std::vector<Diagnostic>> StoreImpl::verify() {
  MOZU_LET(const auto reader, readers_.borrow());
  auto& db = reader.db();
  std::vector<Diagnostic> out;
  const bool file = place_.engine == Engine::sqlite;
  // Of a server, no place: what libpq connects with may hold a password.
  const Location place = file ? Location{place_.path, 0, {}} : Location{};
  const std::string hint = file ? "restore the last backup with 'mozu restore'" : "bring the last dump of the database back with 'pg_restore'";
  const Tell tell = [&](std::string finding) { out.push_back({Severity::error, "store-corrupt", std::move(finding), place, hint}); };
  MOZU_TRY(db.check([&](std::string finding) { tell("the engine finds: " + finding); }));
  if (!out.empty()) return out;  // of damaged pages the rest tells nothing more
  Transaction one_state(db);
  MOZU_TRY(one_state.begin(false));
  for (const auto& [finding, sql] : rules) {
    MOZU_LET(const auto n, db.integer(sql));
    if (n != 0) tell(fmt::format("{} {}", with_commas(static_cast<std::uint64_t>(n)), finding));
  }
  MOZU_LET(const auto parts, Parts::read(db));
  for (const auto& part : parts.all()) {
    MOZU_LET(const auto denied, PartFilter::denied(db, part.number));
    if (denied != 0) tell(fmt::format("{} ids that an import would take for new", with_commas(denied)));
  }
  DamagedTexts damaged(tell);
  MOZU_TRY(db.run("SELECT v.sequence, v.digest, c.json FROM version v JOIN content c ON c.sequence = v.sequence", {}, [&](const Row& r) {
    const auto json = reader->codec.unpack(r.text(2));
    if (json && static_cast<std::int64_t>(xxh3_64(*json)) == r.integer(1)) return true;
    damaged.add(fmt::format("the text of version {}", r.integer(0)));
    return true;
  }));
  damaged.end();
  MOZU_LET(const auto people, people_->reader());
  MOZU_TRY(verify_people(people.db(), tell));
  return out;
}

}  // namespace mozu::store
