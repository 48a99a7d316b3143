// Collecting and rendering diagnostics. One hostile file can produce millions: the sink counts all and keeps the first of each code.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"

namespace mozu {

/// "error: message\n  --> file:12 (/objects/3)\n  hint: …"; no trailing newline. `colour` adds ANSI codes. Control characters are escaped.
std::string render_text(const Diagnostic& d, bool colour = false);
/// One JSON object on one line: {"severity","code","message","file","line","path","hint"}; empty parts are left out.
std::string render_json(const Diagnostic& d);

/// Not thread-safe; each thread has its own and they are merged.
class Diagnostics {
 public:
  explicit Diagnostics(std::size_t kept_per_code_max = 20) : kept_per_code_max_(kept_per_code_max) {}
  void add(Diagnostic d);
  void merge(Diagnostics&& other);
  const std::vector<Diagnostic>& kept() const& { return kept_; }
  /// code → how many in all (also those not kept)
  const std::map<std::string, std::uint64_t, std::less<>>& counts() const& { return counts_; }
  std::uint64_t errors() const { return errors_; }
  std::uint64_t warnings() const { return warnings_; }
  bool empty() const { return counts_.empty(); }

 private:
  std::size_t kept_per_code_max_;
  std::vector<Diagnostic> kept_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::map<std::string, std::uint64_t, std::less<>> kept_counts_;
  std::uint64_t errors_ = 0, warnings_ = 0;
};

}  // namespace mozu
