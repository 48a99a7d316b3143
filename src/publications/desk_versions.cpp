// How many working copies there may be, and the end of a draft that nobody ever read.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include "desk_documents.hpp"
#include "mozu/publications/desk.hpp"

namespace mozu::publications {

/// What other working copies and versions of the organisation hold is no longer in `hashes` afterwards.
Status Desk::keep_used(intel::OrganisationId organisation, std::string_view id, std::set<std::string>& hashes) {
  for (const std::string_view collection : {working_copies, old_versions}) {
    store::Accounts::DocumentQuery query;
    query.collection = collection;
    query.organisation = organisation;
    query.with_json = true;
    query.limit = 8;  // each may hold megabytes
    do {
      if (hashes.empty()) return {};
      MOZU_LET(const auto page, people_.documents(query));
      for (const auto& d : page.items)
        if (!std::string_view(d.id).starts_with(id)) std::erase_if(hashes, [&](const std::string& hash) { return d.json.find(hash) != d.json.npos; });
      query.cursor = page.next;
    } while (!query.cursor.empty());
  }
  return {};
}

Result<std::unique_ptr<store::Import>> Desk::alone_at(const Author& author, intel::OrganisationId organisation, std::string_view id) {
  const store::Provenance provenance{
      std::string(published_source), fmt::format("publication {}", id), {}, author.name, organisation, intel::Tlp::none, intel::confidence_unknown, {}};
  return knowledge_.begin_import(provenance, true);
}

Result<Working> Desk::remove(const Author& author, std::string_view id, std::int64_t version) {
  MOZU_LET(const Kept k, kept_at(author, id, version));
  const intel::Viewer own{k.working.organisation, intel::Tlp::red, false};
  MOZU_LET(const auto alone, alone_at(author, k.working.organisation, id));
  MOZU_LET(const auto ever, report(own, id));
  if (ever) return fail("published-once", "what was published stays, with its versions", "withdraw it instead");
  std::set<std::string> hashes;
  std::vector<std::pair<std::string, std::uint64_t>> files_of;
  for (std::int64_t v = 1; v <= version; ++v) {
    const auto one = version_as_kept(id, v);
    if (!one) continue;
    for (const Attachment& a : one->publication.attachments)
      if (hashes.insert(a.sha256).second) files_of.emplace_back(a.sha256, a.bytes);
  }
  MOZU_TRY(keep_used(k.working.organisation, id, hashes));
  // What is not there was taken out by an attempt before, or was never put aside, as the newest version is not.
  const auto removed = [&](std::string_view collection, const std::string& document) -> Status {
    const auto done = people_.remove_document(collection, document);
    return done || done.error().code == "absent" ? Status{} : done;
  };
  // Of a save and a removal at once the first one holds. Who is cut off here leaves files and versions behind that nobody sees; archive() knows of them.
  MOZU_TRY(people_.remove_document(working_copies, id, k.document.version));
  for (const auto& [hash, bytes] : files_of)
    for (std::size_t piece = 0; hashes.contains(hash) && piece * piece_bytes < std::max<std::uint64_t>(bytes, 1); ++piece)
      MOZU_TRY(removed(files, piece_id(k.working.organisation, hash, piece)));
  for (std::int64_t v = 1; v <= version; ++v) MOZU_TRY(removed(old_versions, version_id(id, v)));
  return k.working;
}

}  // namespace mozu::publications
