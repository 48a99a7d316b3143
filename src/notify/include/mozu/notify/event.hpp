// What one may be told of: something that became knowledge, as one reader sees it. Where events come from is the caller's.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/access.hpp"

namespace mozu::notify {

enum class Happened : std::uint8_t { published, revised, withdrawn, detected };
std::string_view name(Happened h);
std::optional<Happened> happened_of(std::string_view name);

struct EventText {
  std::string language, title;
  std::string summary;  ///< plain text, or empty
};

/// A value of an indicator that stood in one's own logs.
struct Detection {
  std::string value, indicator;    ///< indicator: what it fits; the same value, or a domain or range that holds it
  std::string log;                 ///< where it stood
  std::vector<std::string> feeds;  ///< who lists it
  Timestamp last;                  ///< when it was seen last; 0: the log did not say
  intel::Tlp tlp = intel::Tlp::none;
  std::uint64_t count = 0;
};
inline constexpr std::size_t detections_told_max = 20;  ///< of one message; of further ones only the number

/// As one reader may see it.
struct Event {
  std::string key;      ///< this happening; one rule is told each key once
  std::string subject;  ///< id of what it happened to: in a digest only the last word about it stands
  Happened happened = Happened::published;
  std::int64_t edition = 1;
  Timestamp at;
  intel::OrganisationId organisation = intel::common;
  intel::Tlp tlp = intel::Tlp::none;
  bool locked = false;           ///< the reader's plan shows the title only
  std::string kind;              ///< "apt", "crimeware", "ics", …
  std::string path;              ///< of its page in the portal, "/publications/…"
  std::vector<EventText> texts;  ///< the original first
  std::vector<std::string> actors, sectors, countries;
  std::vector<std::string> tags;  ///< malware, campaigns
  /// Of `detected`, which has no kind, texts and names: detections_told_max of them, the least strict first, and how many there are. `tlp` is that of the least strict.
  std::vector<Detection> detections;
  std::uint64_t detected = 0;
  /// In this language, else in the first one.
  const EventText* text(std::string_view language) const;
};

/// A happening before anybody looks at it.
struct EventRef {
  std::string key;
  std::int64_t sequence = 0;  ///< of the knowledge base
};
struct News {
  std::vector<EventRef> events;  ///< oldest first
  std::int64_t sequence = 0;     ///< up to which all was read
  bool more = false;
};

/// Thread-safe.
class Source {
 public:
  virtual ~Source() = default;
  virtual Result<std::int64_t> last_sequence() = 0;
  virtual Result<News> after(std::int64_t sequence) = 0;
  /// As it is now. nullopt: it is not for this reader, or is no longer so that one should be told.
  virtual Result<std::optional<Event>> seen_by(const intel::Viewer& viewer, const std::string& key) = 0;
  /// All names that the reader knows these actors by, themselves among them.
  virtual Result<std::vector<std::string>> names_of(const intel::Viewer& viewer, const std::vector<std::string>& actors) = 0;
};

}  // namespace mozu::notify
