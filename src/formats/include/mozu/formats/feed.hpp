// Reading feeds: bytes in any known tongue → Indicators, with located diagnostics and counts.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::formats {

/// What a person says about a feed; read from TOML by read_feed_config().
struct FeedSettings {
  intel::FeedInfo info;
  std::vector<std::string> paths;           ///< files, folders, globs; relative to the TOML file
  std::string format;                       ///< reader name ("csv", "stix", …); empty = found by content
  std::optional<std::int64_t> lifetime_ms;  ///< valid_until = (last seen, else first seen, else read time) + lifetime
  bool exact_only = false;
  bool allow_broad = false;
  std::string broad_hint;       ///< said of a value that is too broad, where no --allow-broad is at hand; empty = the usual hint
  bool all_attributes = false;  ///< misp: also attributes whose to_ids is false
  bool suppression = false;     ///< the feed is a suppression list; info.source or a record's description is the reason
  std::uint64_t rows_max = 0;   ///< what comes after so many rows of an input's member is counted, but not read; 0 = all is
  bool whole = false;           ///< a row of a list or table that gives no indicator is refused ("row-without-indicator"), and nothing is taken for prose
  /// Mapping for csv, tsv, json, ndjson, xml: role → column name, 1-based column number, JSON path ("a.b[].c") or XML path.
  /// Roles: value, type, and every ContextFields name, first_seen, last_seen, valid_from, valid_until, confidence, labels, id.
  std::map<std::string, std::string, std::less<>> mapping;
  char delimiter = 0;                           ///< csv; 0 = found by content
  intel::TypeHint type = intel::TypeHint::any;  ///< type of every value, if the feed holds one
};

/// Several [[feed]] tables in one file. Unknown keys and wrong types are errors with line numbers and the list of what is
/// allowed ("feed-config"). Paths are made relative to the file's folder. docs/feed-formats.md describes every key.
Result<std::vector<FeedSettings>> read_feed_config(const std::string& path);
/// The same from text, for tests; `folder` is put before relative paths (empty = as they are).
Result<std::vector<FeedSettings>> parse_feed_config(std::string_view toml, const std::string& name, const std::string& folder);

/// Files, folders and globs (* ? [a-z]) → files, sorted within each path, in the order given, each once. A folder is walked
/// downwards without following links; hidden files and LICENSE are left out; of a MISP feed folder (one with manifest.json)
/// only the event files are taken. "-" is standard input and stays. What does not exist is an error in `diagnostics`
/// ("feed-path") and the rest goes on.
std::vector<std::string> expand_feed_paths(const std::vector<std::string>& paths, Diagnostics& diagnostics);

struct FeedStatistics {
  std::string format;                 ///< the reader that read it
  std::uint64_t bytes = 0, rows = 0;  ///< rows: records seen that could hold an indicator
  std::uint64_t indicators = 0;       ///< given to the sink
  std::array<std::uint64_t, intel::pattern_kind_count> by_kind{};
  std::uint64_t refused = 0;      ///< values that looked like indicators but were refused; reasons in the diagnostics
  std::uint64_t cut_off = 0;      ///< places behind which an unknown rest could not be read; an error in the diagnostics tells of each
  std::uint64_t passed_over = 0;  ///< records of kinds that are no network/file observable (mutex, registry key, YARA …)
  std::map<std::string, std::uint64_t, std::less<>> refused_by_code;      ///< diagnostic code → how many; sums to `refused`
  std::map<std::string, std::uint64_t, std::less<>> passed_over_by_kind;  ///< "mutex" → how many; sums to `passed_over`
  void add(const FeedStatistics& o);
};

/// Receives each indicator; the object is reused after the call returns.
using IndicatorSink = std::function<void(const intel::Indicator&)>;

/// Reads one input file (all members if it is an archive; members of different formats are told apart one by one).
/// The Status is an error only if nothing could be read at all; rows that fail are diagnosed, counted and skipped. An input
/// of which a part is missing (cut off, damaged) is read as far as it goes, and `cut_off` is counted.
/// Error codes of its own: "not-a-feed" (YARA rules, Suricata rules, scripts, prose, binary … : readable, but holds no
/// indicators that Mozu could take; callers that read whole folders may show it as a note), "feed-format" (settings name
/// an unknown format).
/// `default_time` is the time counted as "read time" for lifetimes.
Status read_feed(const std::string& path, const FeedSettings& settings, Timestamp default_time, const IndicatorSink& sink, Diagnostics& diagnostics,
                 FeedStatistics& statistics);
/// The same over bytes in memory.
Status read_feed_memory(std::string name, std::string_view bytes, const FeedSettings& settings, Timestamp default_time, const IndicatorSink& sink,
                        Diagnostics& diagnostics, FeedStatistics& statistics);

/// Names of all readers, for help texts: {"plain", "one value a line; hosts, ipset, …"}.
std::vector<std::pair<std::string_view, std::string_view>> feed_formats();

}  // namespace mozu::formats
