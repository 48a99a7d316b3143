// Words that repeat a million times (types, relations, labels, sources) as small numbers.
#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "db.hpp"

namespace mozu::store {

/// Stored: append only.
enum class NameKind : std::uint8_t { type = 1, relation, label, source };

/// Types that every base knows under fixed codes (1, 2, …), so that a flood of others cannot take the short ones. Append only.
// clang-format off
inline constexpr std::string_view standard_types[] = {
    "relationship", "indicator", "malware", "attack-pattern", "intrusion-set", "threat-actor", "campaign", "tool", "vulnerability", "report",
    "identity", "location", "course-of-action", "infrastructure", "malware-analysis", "note", "opinion", "grouping", "observed-data", "sighting",
    "marking-definition", "extension-definition", "language-content", "incident", "artifact", "autonomous-system", "directory", "domain-name",
    "email-addr", "email-message", "file", "ipv4-addr", "ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url",
    "user-account", "windows-registry-key", "x509-certificate", "x-mitre-tactic", "x-mitre-matrix", "x-mitre-collection", "x-mitre-data-source",
    "x-mitre-data-component", "x-mitre-asset", "x-mitre-analytic", "x-mitre-detection-strategy"};
// clang-format on
/// 0: it has none.
constexpr std::int64_t standard_code(std::string_view type) {
  std::int64_t code = 0;
  for (const auto known : standard_types)
    if (++code, known == type) return code;
  return 0;
}

/// Codes are never given anew nor taken away, so what was read once holds. Safe for several threads, each with its own Db.
/// The numbers of an import that is not committed must not get into a cache that outlives it: an import has its own.
class Names {
 public:
  /// The code, or nothing if no such name is known.
  Result<std::optional<std::int64_t>> find(Db& db, NameKind kind, std::string_view text);
  /// The code if it was read or made before: the base is not asked.
  std::optional<std::int64_t> known(NameKind kind, std::string_view text);
  /// The code, made if need be. For the writer.
  Result<std::int64_t> code(Db& db, NameKind kind, std::string_view text);
  Result<std::string> text(Db& db, NameKind kind, std::int64_t code);

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct Table {
    std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> codes;
    std::unordered_map<std::int64_t, std::string> texts;
    std::int64_t last = -1;  // the greatest code given; -1: not asked yet
  };
  Table& table(NameKind kind) { return tables_[static_cast<std::size_t>(kind)]; }
  void remember(Table& t, std::string_view text, std::int64_t code);
  std::mutex lock_;
  std::array<Table, 5> tables_;
};

}  // namespace mozu::store
