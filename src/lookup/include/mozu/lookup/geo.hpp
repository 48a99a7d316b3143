// Where an address is said to be: databases in MaxMind's format (.mmdb) that the user brings.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/lookup/answer.hpp"

namespace mozu::lookup {

/// Mapped files; thread-safe.
class Geography {
 public:
  /// Errors: "geography-open" (absent, unreadable, or no such database).
  static Result<std::shared_ptr<const Geography>> open(const std::vector<std::string>& paths);
  ~Geography();
  Geography(const Geography&) = delete;
  Geography& operator=(const Geography&) = delete;
  /// One a database that knows the address; of a range its first address.
  std::vector<Place> find(const intel::Pattern& address) const;

 private:
  Geography();
  struct Database;
  std::vector<std::unique_ptr<Database>> databases_;
};

}  // namespace mozu::lookup
