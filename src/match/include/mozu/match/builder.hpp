// Building an index: add feeds and indicators in any order, then write one file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/match/index.hpp"

namespace mozu::match {

/// Feeds of one index. What they have in common is a table of feeds × feeds, kept in memory (128 MiB at the most) and in the file.
inline constexpr std::size_t feeds_max = 4096;

class Builder {
 public:
  Builder();
  ~Builder();
  Builder(Builder&&) noexcept;

  /// Feed names are unique; adding a name again returns the first id, with the stricter TLP and all labels and categories.
  std::uint32_t add_feed(const intel::FeedInfo& feed);
  /// The same (kind, value) of the same feed again is merged: validity widened, contexts appended (equal ones once, at most 64), labels joined.
  void add(std::uint32_t feed, const intel::Indicator& indicator);
  /// Values that are not detections; `reason` is shown, e.g. "warning list: List of known public DNS resolvers".
  /// exact_only: a domain that leaves the names below it alone; of one said both ways the wider word holds.
  void add_suppression(const intel::Pattern& pattern, std::string_view reason, bool exact_only = false);
  /// All feeds, indicators, suppressions of another index.
  Status add_index(const Index& other);
  std::uint64_t added() const;

  /// The whole file in memory; error "index-feeds" past feeds_max, "index-too-large". `built` is stored, not hashed into content_hash.
  Result<std::string> build(Timestamp built);
  /// Writes atomically.
  Status write(const std::string& path, Timestamp built);

 private:
  Status emit(Timestamp built, const std::function<Status(std::string_view)>& sink);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mozu::match
