#include "mozu/base/stream.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <limits>

#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "stream_source.hpp"

namespace mozu {
namespace stream_detail {
namespace {

constexpr std::size_t chunk_bytes = 1 << 18;

class FileSource final : public Source {
 public:
  FileSource(int fd, bool owned, std::string name, std::shared_ptr<Budget> budget, std::uint64_t* consumed)
      : fd_(fd),
        owned_(owned),
        name_(std::move(name)),
        budget_(std::move(budget)),
        consumed_(consumed) {
    struct stat info{};
    if (::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode) && ::lseek(fd_, 0, SEEK_CUR) == 0) size_ = info.st_size;
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;
  ~FileSource() override {
    if (owned_) ::close(fd_);
  }

  Result<std::string_view> chunk() override {
    if (taken_ == filled_) {
      if (buffer_.empty()) buffer_.resize(chunk_bytes);
      taken_ = filled_ = 0;
      MOZU_LET(filled_, read_fd(buffer_));
    }
    const std::string_view out(buffer_.data() + taken_, filled_ - taken_);
    taken_ = filled_;
    position_ += static_cast<std::int64_t>(out.size());
    return out;
  }

  Result<std::size_t> read(std::span<char> out) override {
    std::size_t n = 0;
    if (taken_ != filled_) {
      n = std::min(out.size(), filled_ - taken_);
      std::memcpy(out.data(), buffer_.data() + taken_, n);
      taken_ += n;
    } else {
      MOZU_LET(n, read_fd(out));
    }
    position_ += static_cast<std::int64_t>(n);
    return n;
  }

  Result<std::string_view> peek() override {
    if (buffer_.empty()) buffer_.resize(4096);
    while (filled_ < magic_bytes_max) {
      MOZU_LET(const std::size_t n, read_fd(std::span(buffer_).subspan(filled_)));
      filled_ += n;
      // A person typing into a pipe must not wait for ten bytes: go on only if this can become a magic number.
      if (n == 0 || std::memchr("\x1f"
                                "B\xfd(PQRSTUVWXYZ[\\]^_",
                                buffer_[0], 20) == nullptr)
        break;
    }
    return std::string_view(buffer_.data(), filled_);
  }

  std::int64_t seek(std::int64_t offset) override {
    if (size_ < 0 || ::lseek(fd_, offset, SEEK_SET) < 0) return -1;
    taken_ = filled_ = 0;
    return position_ = offset;
  }
  std::int64_t size() const override { return size_; }
  std::int64_t position() const override { return position_; }

 private:
  Result<std::size_t> read_fd(std::span<char> out) {
    for (;;) {
      const ssize_t n = ::read(fd_, out.data(), out.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return fail(errno_diagnostic("file-read", "cannot read the input", errno).at(name_));
      budget_->packed_bytes += static_cast<std::uint64_t>(n);
      if (consumed_ != nullptr) std::atomic_ref(*consumed_).fetch_add(static_cast<std::uint64_t>(n), std::memory_order_relaxed);
      return static_cast<std::size_t>(n);
    }
  }

  int fd_;
  bool owned_;
  std::string name_;
  std::shared_ptr<Budget> budget_;
  std::uint64_t* consumed_;
  std::int64_t size_ = -1, position_ = 0;
  std::string buffer_;
  std::size_t taken_ = 0, filled_ = 0;
};

class MemorySource final : public Source {
 public:
  MemorySource(std::string_view bytes, std::shared_ptr<Budget> budget) : bytes_(bytes), budget_(std::move(budget)) {}
  Result<std::string_view> chunk() override {
    const auto out = bytes_.substr(at_, chunk_bytes);
    take(out.size());
    return out;
  }
  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t n = bytes_.substr(at_).copy(out.data(), out.size());
    take(n);
    return n;
  }
  Result<std::string_view> peek() override { return bytes_.substr(at_); }
  std::int64_t seek(std::int64_t offset) override {
    at_ = std::min(static_cast<std::size_t>(std::max<std::int64_t>(offset, 0)), bytes_.size());
    return static_cast<std::int64_t>(at_);
  }
  std::int64_t size() const override { return static_cast<std::int64_t>(bytes_.size()); }
  std::int64_t position() const override { return static_cast<std::int64_t>(at_); }

 private:
  void take(std::size_t n) {
    at_ += n;
    budget_->packed_bytes += n;
  }
  std::string_view bytes_;
  std::shared_ptr<Budget> budget_;
  std::size_t at_ = 0;
};

/// A plain file: one member.
class PlainInput final : public InputFile {
 public:
  PlainInput(std::unique_ptr<Source> source, std::string name, std::shared_ptr<Budget> budget)
      : source_(std::move(source)),
        name_(std::move(name)),
        budget_(std::move(budget)) {}
  Result<std::unique_ptr<ByteStream>> next() override {
    if (given_) return nullptr;
    given_ = true;
    return unpack(*source_, Packing::none, name_, budget_);
  }
  const std::string& name() const override { return name_; }

 private:
  std::unique_ptr<Source> source_;
  std::string name_;
  std::shared_ptr<Budget> budget_;
  bool given_ = false;
};

Result<std::unique_ptr<InputFile>> open_source(std::unique_ptr<Source> source, std::string name, std::shared_ptr<Budget> budget) {
  MOZU_LET(const auto first, source->peek());
  const Packing packing = sniff(first);
  if (packing != Packing::none && !is_archive(packing)) return open_packed(std::move(source), packing, std::move(name), std::move(budget));
  // Nothing is unpacked: a log piped in for months is no bomb.
  if (packing != Packing::zip) budget->limits.unpacked_bytes_max = std::numeric_limits<std::uint64_t>::max();
  if (is_archive(packing)) return open_archive(std::move(source), packing, std::move(name), std::move(budget));
  return std::make_unique<PlainInput>(std::move(source), std::move(name), std::move(budget));
}

}  // namespace

std::unique_ptr<Source> file_source(int fd, bool owned, std::string name, std::shared_ptr<Budget> budget, std::uint64_t* consumed) {
  return std::make_unique<FileSource>(fd, owned, std::move(name), std::move(budget), consumed);
}
std::unique_ptr<Source> memory_source(std::string_view bytes, std::shared_ptr<Budget> budget) {
  return std::make_unique<MemorySource>(bytes, std::move(budget));
}

Packing sniff(std::string_view s) {
  using namespace std::string_view_literals;
  if (s.starts_with("\x1f\x8b\x08"sv)) return Packing::gzip;
  if (s.starts_with("\xfd"
                    "7zXZ\0"sv))
    return Packing::xz;
  if (s.starts_with("\x28\xb5\x2f\xfd"sv)) return Packing::zstd;
  // a skippable frame (RFC 8878 §3.1.2), as pzstd and seekable zstd write first
  if (s.size() >= 4 && (static_cast<unsigned char>(s[0]) & 0xF0) == 0x50 && s.substr(1, 3) == "\x2a\x4d\x18"sv) return Packing::zstd;
  // "BZh" and a digit may begin a text; the block or end magic behind it does not
  if (s.size() >= 10 && s.starts_with("BZh") && s[3] >= '1' && s[3] <= '9' && (s.substr(4, 6) == "1AY&SY"sv || s.substr(4, 6) == "\x17\x72\x45\x38\x50\x90"sv))
    return Packing::bzip2;
  // a whole input that is the beginning of that header: cut off, like one of the other kinds
  if (s.size() > 4 && s.size() < 10 && s.starts_with("BZh") && s[3] >= '1' && s[3] <= '9' &&
      ("1AY&SY"sv.starts_with(s.substr(4)) || "\x17\x72\x45\x38\x50\x90"sv.starts_with(s.substr(4))))
    return Packing::bzip2;
  if (s.starts_with("PK\x03\x04"sv) || s.starts_with("PK\x05\x06"sv) || s.starts_with("PK\x07\x08"sv)) return Packing::zip;
  return is_tar(s) ? Packing::tar : Packing::none;
}

/// The magic word (POSIX and GNU) stands late, so the sum over the header is asked too.
bool is_tar(std::string_view s) {
  constexpr std::size_t magic_at = 257, sum_at = 148, sum_bytes = 8;
  if (s.size() < tar_head_bytes || s.substr(magic_at, 5) != "ustar") return false;
  unsigned sum = 0, told = 0;
  for (std::size_t i = 0; i < tar_head_bytes; ++i) sum += i >= sum_at && i < sum_at + sum_bytes ? ' ' : static_cast<unsigned char>(s[i]);
  for (const char c : s.substr(sum_at, sum_bytes))
    if (c >= '0' && c <= '7') told = told * 8 + static_cast<unsigned>(c - '0');
  return sum == told;
}

std::optional<Diagnostic> charge(Budget& budget, std::size_t bytes, const std::string& name) {
  constexpr std::uint64_t judged_from_bytes = 64ULL << 20;
  budget.unpacked_bytes += bytes;
  if (budget.unpacked_bytes > budget.limits.unpacked_bytes_max) {
    return Diagnostic{Severity::error,
                      "stream-too-large",
                      fmt::format("the input unpacks to more than the limit of {}", human_bytes(static_cast<double>(budget.limits.unpacked_bytes_max))),
                      {name, 0, {}},
                      "what was read up to here is kept; split the input"};
  }
  if (budget.unpacked_bytes > judged_from_bytes &&
      static_cast<double>(budget.unpacked_bytes) > budget.limits.ratio_max * static_cast<double>(std::max<std::uint64_t>(budget.packed_bytes, 1))) {
    return Diagnostic{Severity::error,
                      "stream-bomb",
                      fmt::format("the input unpacks to more than {:.0f} times its size: it looks like a decompression bomb", budget.limits.ratio_max),
                      {name, 0, {}},
                      "what was read up to here is kept; if you trust the file, unpack it first and give the unpacked file"};
  }
  return std::nullopt;
}

Diagnostic corrupt(const std::string& name, std::string_view what, std::uint64_t unpacked_bytes) {
  // xz and zstd --long; fetching the file again would not help.
  if (what == window_too_large) {
    return {Severity::error,
            "stream-window",
            "the compressed data needs more memory to unpack than is allowed (a long window)",
            {name, 0, {}},
            "unpack it first, for instance with zstd -d --long=31 or xz -d, and give the unpacked file"};
  }
  return {Severity::error,
          "stream-corrupt",
          fmt::format("the compressed data ends or breaks off: {}", printable(what)),
          {name, 0, {}},
          fmt::format("the {} before it were read; fetch the file again for the rest", human_bytes(static_cast<double>(unpacked_bytes)))};
}

Result<std::size_t> CheckedStream::read(std::span<char> out) {
  if (out.empty()) return 0;
  if (!error_ && !ended_) {
    const std::size_t n = produce(out);
    given_bytes_ += n;
    if (auto over = charge(*budget_, n, name_)) set_error(std::move(*over));
    if (n != 0) return n;
    ended_ = true;
  }
  if (error_) return fail(*error_);
  return 0;
}

}  // namespace stream_detail

using namespace stream_detail;

Result<std::unique_ptr<InputFile>> open_input(const std::string& path, const StreamLimits& limits, std::uint64_t* consumed_bytes) {
  auto budget = std::make_shared<Budget>(Budget{limits});
  if (path == "-") {
    std::string name = "(stdin)";
    auto source = file_source(STDIN_FILENO, false, name, budget, consumed_bytes);
    return open_source(std::move(source), std::move(name), std::move(budget));
  }
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(errno_diagnostic("file-open", "cannot open the file", errno).at(path));
  auto source = file_source(fd, true, path, budget, consumed_bytes);
  struct stat info{};
  if (::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) return fail(errno_diagnostic("file-open", "cannot read a folder as a file", EISDIR).at(path));
  // The whole file will be read once, from front to back: let the kernel read ahead.
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return open_source(std::move(source), path, std::move(budget));
}

std::unique_ptr<InputFile> open_input_memory(std::string name, std::string_view bytes, const StreamLimits& limits) {
  auto budget = std::make_shared<Budget>(Budget{limits});
  auto source = memory_source(bytes, budget);
  return std::move(*open_source(std::move(source), std::move(name), std::move(budget)));  // memory cannot fail to be read
}

namespace {

/// Owns what a decoder reads from.
class MemoryStream final : public ByteStream {
 public:
  MemoryStream(std::string_view bytes, Packing packing, std::string name, std::shared_ptr<Budget> budget)
      : source_(memory_source(bytes, budget)),
        stream_(unpack(*source_, packing, std::move(name), std::move(budget))) {}
  Result<std::size_t> read(std::span<char> out) override { return stream_->read(out); }

 private:
  std::unique_ptr<Source> source_;
  std::unique_ptr<ByteStream> stream_;
};

}  // namespace

std::unique_ptr<ByteStream> unpack_memory(std::string name, std::string_view bytes, const StreamLimits& limits) {
  const Packing packing = sniff(bytes);
  return std::make_unique<MemoryStream>(bytes, is_archive(packing) ? Packing::none : packing, std::move(name), std::make_shared<Budget>(Budget{limits}));
}

}  // namespace mozu
