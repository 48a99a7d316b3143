// Private to the room: writing STIX 2.1 objects as JSON text.
#pragma once
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/json_write.hpp"
#include "mozu/base/time.hpp"
#include "mozu/formats/stix_parts.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::formats {

/// Of what the source tells no date: older than anything that does. All of this day means it (intel::is_dated()).
inline constexpr std::string_view undated = "1970-01-01T00:00:00.000Z";

/// Any shape of parse_time_any; `undated` if it is none or before 1970.
std::string stix_time_of(std::string_view text);
/// When a thing was changed whose source gives only a version, as MISP does for galaxies and warning lists. Servers of MISP write the time of the change (seconds since
/// 1970), warning lists the day (20260811): these are dates. Galaxies of the public repository count (349): that is no date, and none is made up. It stays on the day
/// that means `undated`, its seconds the number, so that a later version is newer, the same one equal, and whatever has a date (ATT&CK's own objects, of
/// which galaxies hold copies under the same ids) newer still.
std::string stix_time_of_version(std::uint64_t version);

/// The name space of what is made here and has no id of its own.
inline constexpr std::string_view made_space = "6f1b4c1e-0a5d-5b0e-9a53-6d6f7a750001";
/// type--<uuid_v4_of the parts>: the same thing gets the same id in every import. Parts are joined by NUL, which none holds.
std::string made_id(std::string_view type, std::initializer_list<std::string_view> parts);
/// What stands where a source gives no description of an indicator: who lists it. It is our word, so exports do not give it as the source's.
inline constexpr std::string_view listed_by = "Listed by ";
std::string description_or_source(std::string_view description, std::string_view source);
/// Id of an observable by its `value`, as STIX 2.1 §2.9 makes it.
std::string observable_id(std::string_view type, std::string_view value);

/// One object at a time: begin() … members … end().
class ObjectText {
 public:
  /// Domain objects and relations; times as texts of stix_time().
  ObjectText& begin(std::string_view type, std::string_view id, std::string_view created, std::string_view modified);
  ObjectText& begin_observable(std::string_view type, std::string_view id);
  JsonWriter& json() { return *w_; }
  ObjectText& text(std::string_view key, std::string_view value);                  ///< left out if empty
  ObjectText& list(std::string_view key, const std::vector<std::string>& values);  ///< left out if empty; each value once
  ObjectText& raw(std::string_view key, std::string_view json);
  ObjectText& marking(intel::Tlp tlp);  ///< object_marking_refs
  /// Ends it; custom properties and types are declared (STIX 2.1 §7.3).
  std::string_view end();

 private:
  std::string out_;
  std::optional<JsonWriter> w_;
};

struct ExternalReference {
  std::string source, id, url, description;
};
/// "external_references", each once; left out if empty.
void add_external_references(ObjectText& o, const std::vector<ExternalReference>& list);
/// Source name of a bare address: its host.
std::string reference_source(std::string_view url);

/// Whole relationship object with an id made of its ends and type.
std::string_view relationship(ObjectText& o, std::string_view type, std::string_view source, std::string_view target, std::string_view created = undated,
                              std::string_view modified = undated);

/// Strings of a STIX pattern: quotes and backslashes escaped, with the quotes around.
std::string pattern_string(std::string_view s);
/// The marking that TLP 2.0 has in STIX 2.1; empty for none.
std::string_view tlp_marking(intel::Tlp tlp);

/// "CVE-2021-44228" (any case) at the beginning of `s`, in upper case; empty if there is none.
std::string cve_id(std::string_view s);
/// The one object of a vulnerability, whoever speaks of it: id, and the text to emit. It is older than what a CVE record says, so
/// that it never hides one. What other sources say goes into notes on it.
std::string vulnerability_id(std::string_view cve);
std::string_view vulnerability_stub(ObjectText& o, std::string_view cve);
/// January of the CVE's year: the same from every source.
std::string vulnerability_created(std::string_view cve);

/// ATT&CK ids ("T1059.001", "t1059") in a text, upper case, each once.
std::vector<std::string> attack_techniques(std::string_view text);

}  // namespace mozu::formats
