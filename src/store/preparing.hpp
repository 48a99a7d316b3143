// What of an import costs the processor and not the base: done by the caller's thread while the batch before is written.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "content.hpp"
#include "facts.hpp"
#include "id_table.hpp"
#include "mozu/base/result.hpp"
#include "mozu/intel/stix_object.hpp"
#include "names.hpp"

namespace mozu::store {

/// An edge: its ends as keys, and, once they were looked up, what is known of them.
struct Edge {
  std::int64_t relation = 0, source_type = 0, target_type = 0;
  IdKey source_key, target_key;
  const Known *source = nullptr, *target = nullptr;
  bool via = false;
};

/// What is known of an object's latest version.
struct Latest {
  std::int64_t modified_us = 0, digest = 0, organisation = 0, type = 0, tlp = 0, source = 0, import = 0;
  bool revoked = false;
  std::vector<std::int64_t> labels;
};
enum class Fate : std::uint8_t { added, updated, older, unchanged };

/// One object of a batch on its way.
struct Item {
  intel::StixObject object;
  std::int64_t type = 0, n = 0, sequence = 0, digest = 0;
  IdKey key;
  std::vector<Edge> edges;
  std::vector<std::int64_t> labels;
  std::string packed, packed_labels;
  WordsRow words;
  bool identified = false;  // `type`, `key` and `edges` are made
  bool labelled = false;    // `labels` and `packed_labels` are
  bool is_packed = false;   // `packed` and `words` are, and the keys of `object` are short
  Known* known = nullptr;
  std::int64_t before = 0;  // sequence of the version that was the latest, or 0
  Latest latest;
  Fate fate = Fate::added;
  std::int64_t tlp = 0, confidence = 0;
  bool writes() const { return fate == Fate::added || fate == Fate::updated || fate == Fate::older; }
  bool is_latest() const { return fate == Fate::added || fate == Fate::updated; }
};

/// The code of a name. An error ends what asked for it.
using CodeOf = std::function<Result<std::int64_t>(NameKind, std::string_view)>;

/// Edges of what the object says; without ends that are no ids.
Status edges_of(const intel::StixObject& o, const CodeOf& code, std::vector<Edge>& out);
Status identify(Item& item, const CodeOf& code);
Status label(Item& item, const CodeOf& code);
/// In vain for what turns out to be unchanged. The object's keys are as the base holds them from now on.
void pack(Item& item, ContentCodec& codec);
/// Keys as the base holds them.
void shorten_keys(intel::StixObject& o);

}  // namespace mozu::store
