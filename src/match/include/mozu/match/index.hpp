// The indicator index: one immutable, memory-mapped file. docs/index-format.md gives it byte for byte.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::match {

using EntryId = std::uint32_t;  ///< an indicator (kind + value) of one index; dense, 0-based

/// One feed's word about one indicator.
struct Posting {
  std::uint32_t feed = 0;
  std::optional<Timestamp> valid_from, valid_until;  ///< whole days are stored exactly; other times too
  bool exact_only = false;
  std::uint8_t confidence = 0;      ///< the feed's default already applied
  std::string id;                   ///< the feed's STIX id, or empty
  std::vector<std::string> labels;  ///< record labels, without the feed's
  intel::ContextFields context;
};

struct IndexStatistics {
  std::uint64_t indicators = 0;  ///< distinct (kind, value)
  std::array<std::uint64_t, intel::pattern_kind_count> by_kind{};
  std::vector<std::uint64_t> by_feed;       ///< distinct indicators a feed holds
  std::vector<std::uint64_t> overlap;       ///< feeds × feeds, row-major, symmetric; diagonal = by_feed
  std::uint64_t suppressed_indicators = 0;  ///< indicators that a suppression entry covers whole
  std::uint64_t suppressions = 0;
  std::uint64_t file_bytes = 0, context_bytes = 0;  ///< context: free-text records within file_bytes
};

class Index {
 public:
  /// Which checksums to check. Whatever is chosen, header, section table and sizes are checked, and no content of the file,
  /// however wrong, makes a read leave the mapped bytes.
  enum class Verify : std::uint8_t {
    later,   ///< none; the caller runs verify() beside its first work and believes nothing before
    probed,  ///< all that a scan reads: everything but feeds' words, strings and reasons
    all,
  };
  /// Maps and checks the file. Errors: "index-open", "index-foreign", "index-version", "index-truncated", "index-corrupt".
  static Result<std::shared_ptr<const Index>> open(const std::string& path, Verify verify = Verify::probed);
  /// The checksums alone; any thread.
  Status verify(Verify what) const;
  /// open() over bytes that the index then owns; all is checked.
  static Result<std::shared_ptr<const Index>> from_bytes(std::string bytes);
  ~Index();

  const std::vector<intel::FeedInfo>& feeds() const;
  const IndexStatistics& statistics() const;
  const std::string& content_hash() const;  ///< 64 hex digits; same input in any order of feeds' records → same hash
  Timestamp built() const;

  intel::PatternKind kind(EntryId e) const;
  std::string value(EntryId e) const;              ///< canonical text
  std::vector<Posting> postings(EntryId e) const;  ///< sorted by feed
  /// Calls f for every entry in the file's order.
  std::uint64_t size() const { return statistics().indicators; }

  struct Suppression {
    intel::Pattern pattern;
    std::string reason;
    bool exact_only = false;
  };
  std::vector<Suppression> suppressions() const;
  /// Reason → indicators that entries with it cover whole; together statistics().suppressed_indicators. Looks at every indicator.
  std::map<std::string, std::uint64_t, std::less<>> suppressed_by_reason() const;

  struct Data;  ///< private layout, for the scanner
  const Data& data() const { return *data_; }

 private:
  Index();
  std::unique_ptr<Data> data_;
};

}  // namespace mozu::match
