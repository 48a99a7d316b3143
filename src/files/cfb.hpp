// Private to the room: OLE compound files (MS-CFB), which old Office documents, Outlook messages and Windows Installer packages are. Used in the cell alone.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mozu::files {

struct CfbEntry {
  std::string name;  ///< UTF-8; names of Windows Installer decoded
  std::uint32_t parent = 0;
  bool is_storage = false;
  std::uint32_t start = 0;
  std::uint64_t size = 0;
};

/// Believes nothing: chains that turn in circles or leave the file end there.
class Cfb {
 public:
  /// None: it is no compound file.
  static std::optional<Cfb> open(std::span<const std::uint8_t> file);
  /// The root first, parents before what is in them; at most 65,536. Streams that no storage leads to hang at the root.
  const std::vector<CfbEntry>& entries() const { return entries_; }
  /// What is there of a stream, at most bytes_max.
  std::string read(const CfbEntry& entry, std::uint64_t bytes_max) const;
  /// "Storage/Stream", without the root's name.
  std::string path(std::size_t index) const;

 private:
  std::span<const std::uint8_t> file_;
  unsigned shift_ = 9, mini_shift_ = 6;
  std::uint32_t mini_cutoff_ = 4096;
  std::vector<std::uint32_t> fat_, mini_fat_;
  std::string mini_;
  std::vector<CfbEntry> entries_;

  std::span<const std::uint8_t> sector(std::uint32_t number) const;
  std::string chain(std::uint32_t start, std::uint64_t bytes_max) const;
  void read_tables();
  void read_directory();
};

}  // namespace mozu::files
