// Private to the room: the exact keys of a STIX object: values of patterns and observables, ids of other catalogues, names.
#pragma once
#include <string>
#include <string_view>

#include "json_access.hpp"
#include "mozu/intel/stix_object.hpp"

namespace mozu::formats {

/// A hostile object cannot make more keys, nor longer ones; what is beyond is found by text only.
inline constexpr std::size_t stix_keys_max = 100'000;
inline constexpr std::size_t stix_key_bytes_max = 1024;

/// Collects; finish() sorts and joins equal ones.
class StixKeys {
 public:
  explicit StixKeys(std::vector<intel::Key>& out) : out_(out) {}
  void name(std::string_view name);
  /// "T1059.001", "CVE-2021-44228": letters, digits, ".-_", at least one digit; others are no ids of a catalogue.
  void external_id(std::string_view id);
  void file_name(std::string_view name);
  void other(std::string_view value);
  /// Canonical if it is of that kind, else other().
  void value(std::string_view text, intel::TypeHint hint);
  void hashes(JsonObject hashes);
  /// All values of a pattern; empty `first` gets the first one as written.
  void pattern(std::string_view pattern, std::string& first);
  /// Of a cyber-observable object; gives its main value for people, empty if it has none.
  std::string observable(std::string_view type, JsonObject o);
  void finish();

 private:
  void add(intel::KeyKind kind, std::string value);
  std::vector<intel::Key>& out_;
};

}  // namespace mozu::formats
