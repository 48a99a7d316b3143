// What the passes over a report hand to one another.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/reports/extract.hpp"
#include "reading.hpp"

namespace mozu::reports {

/// A place in the text where something stands; offsets are those of Reading::text().
struct Mention {
  FindingType type = FindingType::domain;
  std::string value;
  std::size_t begin = 0, end = 0;
  bool defanged = false;
  bool explicit_id = false;  ///< an ATT&CK id written out
  double confidence = 0.9;
  std::string reason;
  Noise noise = Noise::none;
  std::string id, name, written;
};

/// Addresses, hosts, URLs, e-mail addresses, hashes, file names, registry keys, CVE and ATT&CK ids: one pass, in order of place,
/// that ends once there are `places_max` of them.
void scan_indicators(const Reading& reading, std::vector<Mention>& out, std::size_t places_max);
/// Hashes that lines, columns or pages cut: joined, and what was taken for a hash of its own is removed.
void join_split_hashes(const Reading& reading, const std::vector<PageStart>& pages, std::vector<Mention>& mentions);

}  // namespace mozu::reports
