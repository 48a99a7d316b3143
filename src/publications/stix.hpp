// Private to the room: what is published, as STIX objects, and back.
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/intel/stix_object.hpp"
#include "mozu/publications/desk.hpp"

namespace mozu::publications {

/// Of the ids made here.
inline constexpr std::string_view publication_space = "0b6a4df1-6e1e-5a34-9d2c-51c7e2a4b903";

/// The id that the knowledge base has for a name (or an id of ATT&CK) among objects of these types; empty: none.
using KnownId = std::function<std::string(const intel::Key& key, std::span<const std::string_view> types)>;

struct Edition {
  std::int64_t number = 1;
  std::string published;  ///< the date of the one before, which stays unless the publication bears another; empty: none
  Timestamp modified;
};

/// All objects of a publication, each as JSON; the report is the last one.
std::vector<std::string> published_objects(const Working& w, const Contents& contents, const Edition& edition, const KnownId& known);
/// The object with `revoked` and another time.
std::string revoked_object(std::string_view json, Timestamp modified);

/// Objects as the organisation that publishes says them, not as the viewer's own or somebody first said: whoever imports a publication's STIX has words of their own about
/// its ids, which are no publication. What it does not publish is as the viewer knows it. What is absent, or not to be seen, is left out.
Result<std::vector<store::StoredObject>> as_published(store::Store& knowledge, const intel::Viewer& v, intel::OrganisationId organisation,
                                                      std::span<const std::string> ids);

/// Whether the ids that a report refers to are wanted: there may be hundreds of thousands.
enum class Refs { read, leave };
/// nullopt: this object is no publication of ours.
std::optional<Published> read_published(const store::StoredObject& o, Refs refs = Refs::read);
/// nullopt: it is no indicator or rule of a publication.
std::optional<PublishedItem> read_item(const store::StoredObject& o);
/// Its member `published`, as it stands there.
std::string published_of(const store::StoredObject& o);

}  // namespace mozu::publications
