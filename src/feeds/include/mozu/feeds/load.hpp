// Feeds in: files and settings → indicators in a Builder, with a report per feed.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/formats/feed.hpp"
#include "mozu/match/builder.hpp"

namespace mozu::feeds {

struct LoadRequest {
  std::vector<std::string> feeds;     ///< feed files, folders, globs; a name that ends with ".toml" is a file of feed settings
  std::vector<std::string> configs;   ///< files of feed settings, whatever they are called
  std::vector<std::string> suppress;  ///< suppression lists: any feed format; the values in them are no detections
  bool allow_broad = false;
  std::string format;  ///< reader for `feeds`; empty = found by content
  Timestamp read_time = Timestamp::now();
};

/// What became of one feed or, without settings, of one path given.
struct FeedReport {
  std::string name;
  bool suppression = false;
  std::uint64_t files = 0, files_failed = 0;  ///< failed: could not be read, or not to the end (what was read before is used)
  std::uint64_t files_passed_over = 0;        ///< readable, but no feeds (a README in a folder)
  formats::FeedStatistics statistics;
  Diagnostics diagnostics{5};
};

/// Settings of all feeds of a request, in the order given; what cannot be read is in `diagnostics` and the rest goes on.
/// A path without settings, also a folder, becomes one feed named after its file ("ipsum" of "lists/ipsum.txt"). Equal names get
/// folders in front ("turla-samples" of "eset/turla/samples.md5"), equal ones of one folder their ending; what is equal still, "-2".
std::vector<formats::FeedSettings> feed_list(const LoadRequest& request, Diagnostics& diagnostics);

/// Reads one feed; indicators go to `sink`. A feed's file that cannot be read is counted and diagnosed; the others go on.
FeedReport read_one_feed(const formats::FeedSettings& settings, Timestamp read_time, const formats::IndicatorSink& sink);

/// Reads everything of the request into the builder; `each` (may be empty) is called after each feed.
std::vector<FeedReport> load_feeds(const LoadRequest& request, match::Builder& builder, Diagnostics& diagnostics,
                                   const std::function<void(const FeedReport&)>& each = {});

}  // namespace mozu::feeds
