// A detection: an indicator found in an event, self-contained, ready to be written in any form (matching.md §5).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mozu/base/time.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/intel/observable.hpp"

namespace mozu::intel {

/// The order is part of the output's sort order: append only.
enum class Relation : std::uint8_t { exact, subdomain, url_host, email_host, range, mask };
std::string_view name(Relation r);  ///< "exact", "subdomain", "url-host", "email-host", "range", "mask"

/// What the line says about itself; empty strings where it does not.
struct EventFields {
  std::string
      format;  ///< "json", "syslog", "cef", "leef", "zeek-tsv", "zeek-json", "suricata-eve", "clf", "w3c", "squid", "key-value", "windows-json", "windows-xml", "plain"
  std::optional<Timestamp> time;
  std::string source, destination;  ///< host or address of the two ends, as written
  std::string user;
  std::string field;  ///< name of the field in which the value stood, e.g. "query", "Event.UserData.Url"
};

struct Detection {
  std::string source;        ///< name of the input, e.g. "proxy.log"
  std::uint64_t line = 0;    ///< 1-based
  std::uint64_t offset = 0;  ///< 0-based byte offset of the raw bytes in the line
  std::uint64_t length = 0;  ///< raw bytes
  EventFields event;
  Observable observable;  ///< canonical, decoded
  Relation relation = Relation::exact;

  // The indicator, joined over the feeds that hold it and are valid at the event's time.
  PatternKind indicator_kind = PatternKind::domain;
  std::string indicator_value;
  std::string indicator_id;
  std::vector<std::string> feeds;   ///< sorted
  std::vector<std::string> labels;  ///< sorted, unique
  std::uint8_t confidence = 0;      ///< highest of the feeds
  Tlp tlp = Tlp::none;              ///< strictest of the feeds and of what their records say
  struct FeedContext {
    std::string feed;
    ContextFields fields;
  };
  std::vector<FeedContext> context;  ///< per feed, where the feed gave any
  std::string suppressed;            ///< reason, when the value is on a suppression list; else empty
};

}  // namespace mozu::intel
