// Values that are known to be harmless: warning lists, own false positives.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"

namespace mozu::match {
class Index;
}

namespace mozu::reports {

/// Not thread-safe: one a thread.
class KnownValues {
 public:
  /// MISP warning lists, or any feed format. Files that cannot be read are in `diagnostics`, the others are used.
  static Result<KnownValues> read(const std::vector<std::string>& paths, Diagnostics& diagnostics);
  /// What indexes hold, none of them null.
  static KnownValues of(std::vector<std::shared_ptr<const match::Index>> indexes);
  ~KnownValues();
  KnownValues(KnownValues&&) noexcept;
  KnownValues& operator=(KnownValues&&) noexcept;
  /// Name of the list that holds the observable (canonical) or its host; empty if none.
  std::string find(std::string_view value) const;

 private:
  KnownValues();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mozu::reports
