#include "mozu/base/file.hpp"

#include <fmt/core.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "mozu/base/fd.hpp"

namespace mozu {
namespace {

constexpr std::size_t write_buffer_bytes = 1 << 18;

std::string_view errno_name(int err) {
  const char* name = ::strerrorname_np(err);
  return name != nullptr ? std::string_view(name) : std::string_view("unknown");
}

std::string errno_hint(int err) {
  switch (err) {
    case ENOENT: return "check the spelling of the path";
    case EACCES:
    case EPERM: return "check the permissions of the file and of its folders";
    case ENOSPC:
    case EDQUOT: return "free space on the disk, or write to another one";
    case EROFS: return "the file system is read-only: write to another one";
    case EMFILE:
    case ENFILE: return "raise the limit of open files (ulimit -n)";
    case EISDIR: return "give a file, not a folder";
    case EFBIG: return "raise the limit of file sizes (ulimit -f)";
    case ENOMEM: return "free memory, or work on smaller inputs";
    case ENAMETOOLONG: return "use a shorter path";
    case EIO: return "the disk reports an error: check its health";
    default: return {};
  }
}

std::unexpected<Diagnostic> fail_errno(std::string_view code, std::string message, const std::string& path, int err) {
  return fail(errno_diagnostic(code, std::move(message), err).at(path));
}

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Diagnostic errno_diagnostic(std::string_view code, std::string message, int err) {
  // strerror_r may use the buffer or a static text; the GNU form returns the one it used.
  char buffer[128];
  const char* text = ::strerror_r(err, buffer, sizeof buffer);
  return {Severity::error, std::string(code), fmt::format("{}: {} ({})", message, text, errno_name(err)), {}, errno_hint(err)};
}

Result<std::string> read_file(const std::string& path, std::uint64_t bytes_max) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail_errno("file-open", "cannot open the file", path, errno);
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return fail_errno("file-read", "cannot examine the file", path, errno);
  if (S_ISDIR(info.st_mode)) return fail_errno("file-open", "cannot read a folder as a file", path, EISDIR);
  const auto too_large = [&] {
    return fail(Diagnostic{Severity::error,
                           "file-too-large",
                           fmt::format("the file is larger than the limit of {} bytes", bytes_max),
                           {path, 0, {}},
                           "split the file, or raise the limit"});
  };
  if (S_ISREG(info.st_mode) && static_cast<std::uint64_t>(info.st_size) > bytes_max) return too_large();
  std::string out;
  // The size is a hint only: files of /proc say 0, growing files lie.
  std::size_t filled = 0;
  out.resize(static_cast<std::size_t>(info.st_size) + 1);
  for (;;) {
    if (filled == out.size()) out.resize(out.size() + std::max<std::size_t>(out.size() / 2, 65536));
    const ssize_t n = ::read(file.get(), out.data() + filled, out.size() - filled);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno("file-read", "cannot read the file", path, errno);
    if (n == 0) break;
    filled += static_cast<std::size_t>(n);
    if (filled > bytes_max) return too_large();
  }
  out.resize(filled);
  return out;
}

std::optional<FileIdentity> file_identity(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return FileIdentity{info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size), info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec};
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}
MappedFile::MappedFile(MappedFile&& o) noexcept : data_(std::exchange(o.data_, nullptr)), size_(std::exchange(o.size_, 0)) {}
MappedFile& MappedFile::operator=(MappedFile&& o) noexcept {
  std::swap(data_, o.data_);
  std::swap(size_, o.size_);
  return *this;
}

Result<MappedFile> MappedFile::open(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail_errno("file-open", "cannot open the file", path, errno);
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return fail_errno("file-map", "cannot examine the file", path, errno);
  if (!S_ISREG(info.st_mode)) {
    return fail(Diagnostic{Severity::error, "file-map", "only a regular file can be mapped", {path, 0, {}}, "give the path of a file"});
  }
  MappedFile mapped;
  if (info.st_size == 0) return mapped;
  void* at = ::mmap(nullptr, static_cast<std::size_t>(info.st_size), PROT_READ, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) return fail_errno("file-map", "cannot map the file", path, errno);
  mapped.data_ = static_cast<const std::byte*>(at);
  mapped.size_ = static_cast<std::size_t>(info.st_size);
  return mapped;
}

void MappedFile::advise_sequential() const {
  if (data_ != nullptr) ::madvise(const_cast<std::byte*>(data_), size_, MADV_SEQUENTIAL);
}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temp_path_.empty()) ::unlink(temp_path_.c_str());
}
AtomicFile::AtomicFile(AtomicFile&& o) noexcept { *this = std::move(o); }
AtomicFile& AtomicFile::operator=(AtomicFile&& o) noexcept {
  std::swap(path_, o.path_);
  std::swap(temp_path_, o.temp_path_);
  std::swap(fd_, o.fd_);
  std::swap(size_, o.size_);
  std::swap(buffer_, o.buffer_);
  return *this;
}

namespace {

/// The regular file, there already or not, that a rename may replace. A link stays a link: what it leads to is replaced.
Result<std::string> replaceable(const std::string& path) {
  const auto refuse = [&path](std::string what, std::string hint) {
    return fail(Diagnostic{Severity::error, "file-write", std::move(what), {path, 0, {}}, std::move(hint)});
  };
  if (path.empty()) return refuse("the name of the file to write is empty", "give the path of a file");
  // /dev/stdout and its like lead to whatever is open there; replacing that would pull it away from its owner.
  if (path.starts_with("/dev/") || path.starts_with("/proc/")) return refuse("only a regular file can be replaced", "give the path of a file");
  std::string target = path;
  struct stat info{};
  if (::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    if (!real) return fail_errno("file-write", "the link leads nowhere", path, errno);
    target = real.get();
    if (target.starts_with("/dev/") || target.starts_with("/proc/")) return refuse("only a regular file can be replaced", "give the path of a file");
  }
  if (::stat(target.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return fail_errno("file-write", "cannot write a file where a folder is", path, EISDIR);
    if (!S_ISREG(info.st_mode)) return refuse("only a regular file can be replaced", "give the path of a file");
  }
  return target;
}

}  // namespace

std::string AtomicFile::temp_name() const {
  static std::atomic<std::uint64_t> serial{0};
  return fmt::format("{}.tmp{}-{}", path_, ::getpid(), serial++);
}

Result<AtomicFile> AtomicFile::create(const std::string& path) {
  AtomicFile file;
  MOZU_LET(file.path_, replaceable(path));
  // A file without a name is gone with the process, whatever ends it; it gets a name at commit(), by way of /proc. Some file systems have none.
  if (::access("/proc/self/fd", X_OK) == 0) file.fd_ = ::open(folder_of(file.path_).c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  for (int attempt = 0; file.fd_ < 0 && attempt < 100; ++attempt) {
    std::string temp = file.temp_name();
    file.fd_ = ::open(temp.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file.fd_ >= 0) file.temp_path_ = std::move(temp);
    else if (errno != EEXIST) break;
  }
  if (file.fd_ < 0) return fail_errno("file-write", "cannot create a temporary file beside the target", path, errno);
  // The new file keeps the old one's owner and mode, as far as this process may.
  struct stat old{};
  if (::stat(file.path_.c_str(), &old) == 0) {
    [[maybe_unused]] const int owned = ::fchown(file.fd_, old.st_uid, old.st_gid);
    [[maybe_unused]] const int moded = ::fchmod(file.fd_, old.st_mode & 07777U);
  }
  return file;
}

Status AtomicFile::give_name() {
  const std::string self = fmt::format("/proc/self/fd/{}", fd_);
  for (int attempt = 0; temp_path_.empty() && attempt < 100; ++attempt) {
    std::string temp = temp_name();
    if (::linkat(AT_FDCWD, self.c_str(), AT_FDCWD, temp.c_str(), AT_SYMLINK_FOLLOW) == 0) temp_path_ = std::move(temp);
    else if (errno != EEXIST) break;
  }
  return temp_path_.empty() ? fail_errno("file-write", "cannot name the temporary file beside the target", path_, errno) : Status{};
}

Status AtomicFile::write(std::span<const std::byte> bytes) {
  if (fd_ < 0) return fail("file-write", "the file is not open");
  size_ += bytes.size();
  if (buffer_.size() + bytes.size() >= write_buffer_bytes) MOZU_TRY(flush());
  if (bytes.size() < write_buffer_bytes) {
    buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return {};
  }
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno("file-write", "cannot write the file", path_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Status AtomicFile::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t n = ::write(fd_, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno("file-write", "cannot write the file", path_, errno);
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  buffer_.clear();
  return {};
}

Status AtomicFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (fd_ < 0 || offset > size_ || bytes.size() > size_ - offset) return fail("file-write", "only bytes written before can be overwritten");
  MOZU_TRY(flush());
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno("file-write", "cannot write the file", path_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

Status AtomicFile::commit() {
  if (fd_ < 0) return fail("file-write", "the file is not open");
  MOZU_TRY(flush());
  if (::fsync(fd_) != 0) return fail_errno("file-write", "cannot bring the file to the disk", path_, errno);
  MOZU_TRY(give_name());
  if (::close(std::exchange(fd_, -1)) != 0) return fail_errno("file-write", "cannot close the file", path_, errno);
  if (::rename(temp_path_.c_str(), path_.c_str()) != 0) return fail_errno("file-write", "cannot rename the temporary file to the target", path_, errno);
  temp_path_.clear();
  // The rename itself must survive a power cut too. Some file systems cannot sync a folder; the file is whole there all the same.
  const Fd folder(::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open() && ::fsync(folder.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
    return fail_errno("file-write", "cannot bring the folder to the disk", path_, errno);
  return {};
}

}  // namespace mozu
