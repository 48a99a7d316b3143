// Zip archives written in memory, the same bytes for the same content. (Reading them is base/stream.hpp's.)
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"

namespace mozu {

/// Names are UTF-8 with '/' between folders; the caller sees to it that they are safe. All entries bear one time, in UTC. Error "zip-too-large": more than
/// `bytes_max` before packing, or 65,535 entries (there is no zip64 here).
class ZipWriter {
 public:
  ZipWriter(Timestamp time, std::uint64_t bytes_max);
  Status add(std::string_view name, std::string_view bytes);
  std::string finish() &&;

 private:
  struct Entry {
    std::string name;
    std::uint32_t crc = 0, packed = 0, bytes = 0, offset = 0;
    std::uint16_t method = 0;
  };
  std::string out_;
  std::vector<Entry> entries_;
  std::uint16_t dos_time_, dos_date_;
  std::uint64_t bytes_ = 0, bytes_max_;
  void put_fields(const Entry& e);
};

}  // namespace mozu
