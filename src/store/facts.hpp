// What is kept beside an object's JSON, derived from it and nothing else, so that it can be taken away or built anew at any time.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "mozu/intel/stix_object.hpp"
#include "names.hpp"

namespace mozu::store {

/// An end of an edge, before numbers are known.
struct Link {
  std::string_view relation, source, target;  ///< views into the object
  bool via = false;                           ///< the object itself is the relation (relationship, sighting)
};
/// Markings are no edges: every object would point at the same few; they are in the JSON and, as TLP, in the head.
std::vector<Link> links_of(const intel::StixObject& o);

/// Is the object found by its words? (Relations are found by their ends.)
bool has_words(const intel::StixObject& o);
/// What people write and read about, not what machines count: shown first.
bool is_curated(std::string_view type);
/// One row of the text index, words parted by blanks; `facts` are "t<type>", "s<source>", "l<label>" and, of what is curated, "curated" and
/// "n<word>" of each word of its name: few have a word in their name of the many that have it somewhere.
struct WordsRow {
  std::int64_t sequence = 0;
  std::string name, prose, facts;
};
WordsRow words_of_object(const intel::StixObject& o);  ///< name and prose
WordsRow words_row(WordsRow row, const intel::StixObject& o, std::int64_t sequence, std::int64_t type, std::int64_t source,
                   const std::vector<std::int64_t>& labels);  ///< with the rest

/// Label codes as the version row holds them: little-endian base 128.
std::string pack_codes(const std::vector<std::int64_t>& codes);
std::vector<std::int64_t> unpack_codes(std::string_view bytes);

/// Hashes are found as keys; as words they would be half of the text index.
bool is_hash_word(std::string_view word);

/// PostgreSQL's form of a row: 'word':1A,7 …
std::string tsvector_of(const WordsRow& row);

}  // namespace mozu::store
