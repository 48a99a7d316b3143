// Files: read whole with a limit, map read-only, write atomically.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu {

/// errno as "message (ENAME)" with a hint for the common ones (permissions, no space, too many files).
Diagnostic errno_diagnostic(std::string_view code, std::string message, int err);

/// Whole file; error "file-too-large" past bytes_max.
Result<std::string> read_file(const std::string& path, std::uint64_t bytes_max = 1ULL << 30);

/// Which file a path leads to, and whether it was written since.
struct FileIdentity {
  std::uint64_t device = 0, inode = 0, size = 0;
  std::int64_t modified_ns = 0;
  bool operator==(const FileIdentity&) const = default;
  bool same_file(const FileIdentity& o) const { return device == o.device && inode == o.inode; }
};
/// nullopt: there is nothing.
std::optional<FileIdentity> file_identity(const std::string& path);

/// A file mapped read-only. Stays valid if the path is replaced or unlinked afterwards. Truncating the very same inode
/// while it is mapped raises SIGBUS: writers must replace by rename (AtomicFile does).
class MappedFile {
 public:
  MappedFile() = default;
  ~MappedFile();
  MappedFile(MappedFile&& o) noexcept;
  MappedFile& operator=(MappedFile&& o) noexcept;
  static Result<MappedFile> open(const std::string& path);
  std::span<const std::byte> bytes() const { return {data_, size_}; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }
  void advise_sequential() const;

 private:
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Writes to a temporary file in the target's folder; commit() fsyncs and renames, so readers see the old or the new file,
/// never half of one. Without commit() nothing is left, even if the process is killed: the temporary file has no name until then (where
/// the file system cannot do that, it has one, and is removed by the destructor).
class AtomicFile {
 public:
  AtomicFile() = default;
  ~AtomicFile();
  AtomicFile(AtomicFile&& o) noexcept;
  AtomicFile& operator=(AtomicFile&& o) noexcept;
  static Result<AtomicFile> create(const std::string& path);
  Status write(std::span<const std::byte> bytes);
  Status write(std::string_view s) { return write(std::as_bytes(std::span(s.data(), s.size()))); }
  /// Overwrites bytes written before, e.g. a header that holds checksums of what follows.
  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  std::uint64_t size() const { return size_; }
  Status commit();

 private:
  std::string path_, temp_path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::string buffer_;
  Status flush();
  std::string temp_name() const;
  Status give_name();
};

}  // namespace mozu
