// Knowledge in any known tongue → STIX 2.1 objects: what `mozu import` reads. docs/exchange.md says what becomes of each format.
//
// Every object goes through StixObjectReader. Equal input gives equal objects, to the byte: ids are those of the source or version 5
// UUIDs of what identifies a thing, dates are the source's own. A thing of which the source tells no date is dated 1970-01-01 (its version, if
// it counts them, as seconds of that day), so that whatever tells more about it is newer. Custom properties begin with x_mozu_, x_misp_ … and hold what STIX has no place for.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/formats/stix_objects.hpp"

namespace mozu::formats {

struct KnowledgeSettings {
  std::string format = {};  ///< name of knowledge_formats(); empty = found by content
  /// Whose words these are; part of the ids of indicators and rules that bring none, so that two sources do not overwrite each
  /// other. Empty: the file's name without its endings.
  std::string source = {};
  /// Ids of objects elsewhere: by the UUID of a MISP cluster, and by the id of a technique ("T1059.001"). May be empty, and give an empty
  /// text for what is unknown: then no relation is made, and the object keeps the reference as text.
  std::function<std::string(std::string_view uuid)> id_of_uuid = {};
  std::function<std::string(std::string_view technique)> id_of_technique = {};
};

struct KnowledgeStatistics {
  std::string format;  ///< "mixed" if the members of an archive differ
  std::uint64_t bytes = 0, objects = 0;
  std::uint64_t refused = 0;      ///< records that cannot be read; each is diagnosed
  std::uint64_t cut_off = 0;      ///< places behind which an unknown rest is missing
  std::uint64_t passed_over = 0;  ///< well-formed records that say nothing to keep
  std::map<std::string, std::uint64_t, std::less<>> by_type, passed_over_by_kind;
  void add(const KnowledgeStatistics& o);
};

/// One file, all members of an archive. Error only if nothing could be read ("not-knowledge": readable, but no known format; the
/// opening's errors), or if the sink fails: its error, at once. What cannot be read is diagnosed, counted and skipped.
Status read_knowledge(const std::string& path, const KnowledgeSettings& settings, const StixObjectSink& sink, Diagnostics& diagnostics,
                      KnowledgeStatistics& statistics);
Status read_knowledge_memory(std::string name, std::string_view bytes, const KnowledgeSettings& settings, const StixObjectSink& sink, Diagnostics& diagnostics,
                             KnowledgeStatistics& statistics);

/// The format of a file (of its first member) by its content; empty if it is none.
Result<std::string> knowledge_format(const std::string& path);

/// {"kev", "CISA Known Exploited Vulnerabilities, JSON and CSV"}, …; those of feeds come last.
std::vector<std::pair<std::string_view, std::string_view>> knowledge_formats();

}  // namespace mozu::formats
