#include "backup_seal.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string_view>
#include <vector>

#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu::store {
namespace {

constexpr std::string_view seal_begin = "\nmozu-backup sha256 ";
constexpr std::size_t sha256_hex = 64, seal_bytes = seal_begin.size() + sha256_hex + 1, read_at_once = std::size_t{4} << 20;
constexpr std::uint64_t sum_bytes_max = 4096;

// Of SQLite's file format: the begin of page 1.
constexpr std::string_view sqlite_begin("SQLite format 3\0", 16);
constexpr std::size_t header_bytes = 100, page_size_at = 16, pages_at = 28, application_at = 68, page_bytes_largest = 65536;

std::uint64_t big_endian(std::string_view bytes, std::size_t at, std::size_t n) {
  std::uint64_t out = 0;
  for (const char c : bytes.substr(at, n)) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

std::unexpected<Diagnostic> damaged(const std::string& path, std::string what) {
  return fail(
      Diagnostic{Severity::error, "backup-damaged", "the backup is damaged: " + std::move(what), {path, 0, {}}, "use another backup; nothing was restored"});
}

/// A file that is read from its begin.
class Reading {
 public:
  static Result<Reading> open(const std::string& path) {
    Reading out;
    out.path_ = path;
    out.fd_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info{};
    if (!out.fd_.is_open() || ::fstat(out.fd_.get(), &info) != 0) return fail(errno_diagnostic("file-open", "cannot open the file", errno).at(path));
    out.size_ = static_cast<std::uint64_t>(info.st_size);
    return out;
  }
  std::uint64_t size() const { return size_; }
  /// Short where the file ends.
  Result<std::string> part(std::uint64_t at, std::size_t bytes) const {
    std::string out(bytes, '\0');
    MOZU_LET(const std::size_t n, read(at, out.data(), bytes));
    out.resize(n);
    return out;
  }
  /// All before `end` into each of the hashes.
  Status hash(std::uint64_t end, Sha256& first, Sha256* second, const ReadWatch& watch) const {
    std::vector<char> buffer(read_at_once);
    for (std::uint64_t at = 0; at < end;) {
      if (watch) MOZU_TRY(watch(at, end));
      MOZU_LET(const std::size_t n, read(at, buffer.data(), static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - at))));
      if (n == 0) return damaged(path_, "it became shorter while it was read");
      const auto bytes = std::as_bytes(std::span(buffer.data(), n));
      first.update(bytes);
      if (second != nullptr) second->update(bytes);
      at += n;
    }
    return {};
  }

 private:
  std::string path_;
  Fd fd_;
  std::uint64_t size_ = 0;

  Result<std::size_t> read(std::uint64_t at, char* to, std::size_t bytes) const {
    std::size_t done = 0;
    while (done < bytes) {
      const auto n = ::pread(fd_.get(), to + done, bytes - done, static_cast<off_t>(at + done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return fail(errno_diagnostic("file-read", "cannot read the file", errno).at(path_));
      if (n == 0) break;
      done += static_cast<std::size_t>(n);
    }
    return done;
  }
};

/// What the seal says; nothing where there is none.
std::optional<std::string> sealed_sum(std::string_view end) {
  if (end.size() != seal_bytes || !end.starts_with(seal_begin) || !end.ends_with('\n')) return std::nullopt;
  return std::string(end.substr(seal_begin.size(), sha256_hex));
}

/// Of files without a seal: what their first bytes tell of the rest.
Status check_unsealed(const std::string& path, const std::string& header, std::uint64_t size) {
  if (header.size() < header_bytes || !header.starts_with(sqlite_begin)) return {};  // no backup at all: told elsewhere
  if (big_endian(header, application_at, 4) == sealed_application)
    return damaged(path, "the SHA-256 that it must end with is not there: it is cut off or changed");
  auto page = big_endian(header, page_size_at, 2);
  if (page == 1) page = page_bytes_largest;
  if (const auto expected = page * big_endian(header, pages_at, 4); expected != size)
    return damaged(path, fmt::format("it has {} bytes and must have {}", with_commas(size), with_commas(expected)));
  return {};
}

}  // namespace

std::string read_sum(const std::string& path) {
  auto text = read_file(path, sum_bytes_max);
  if (!text || text->size() < sha256_hex) return {};
  text->resize(sha256_hex);
  return std::ranges::all_of(*text, [](char c) { return is_hex(static_cast<unsigned char>(c)); }) ? fold(*text) : std::string();
}

Result<std::string> sha256_of_file(const std::string& path, const ReadWatch& watch) {
  MOZU_LET(const auto file, Reading::open(path));
  Sha256 hash;
  MOZU_TRY(file.hash(file.size(), hash, nullptr, watch));
  return to_hex(hash.finish());
}

Status seal_backup(const std::string& path, const ReadWatch& watch) {
  MOZU_LET(const std::string sum, sha256_of_file(path, watch));
  const std::string seal = fmt::format("{}{}\n", seal_begin, sum);
  const Fd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!file.is_open() || ::write(file.get(), seal.data(), seal.size()) != static_cast<ssize_t>(seal.size()))
    return fail(errno_diagnostic("store-full", "cannot write the checksum of the backup", errno).at(path));
  return {};
}

Result<Seal> check_seal(const std::string& path, const ReadWatch& watch) {
  MOZU_LET(const auto file, Reading::open(path));
  const std::string beside = path + ".sha256";
  const bool has_sum = file_identity(beside).has_value();
  const std::string sum = has_sum ? read_sum(beside) : std::string();
  if (has_sum && sum.empty())
    return fail(Diagnostic{Severity::error,
                           "backup-damaged",
                           "the file beside the backup holds no SHA-256",
                           {beside, 0, {}},
                           "put the file of its sum there again, or move it away: then only what the backup says of itself is compared"});
  MOZU_LET(const auto header, file.part(0, header_bytes));
  const bool room = file.size() > seal_bytes;
  MOZU_LET(const auto end, file.part(room ? file.size() - seal_bytes : 0, seal_bytes));
  const auto sealed = room ? sealed_sum(end) : std::nullopt;
  if (!sealed) MOZU_TRY(check_unsealed(path, header, file.size()));
  if (!sealed && !has_sum) return Seal::none;
  Sha256 body, all;
  MOZU_TRY(file.hash(sealed ? file.size() - seal_bytes : file.size(), body, &all, watch));
  if (sealed) all.update(std::as_bytes(std::span(end)));
  if (sealed && to_hex(body.finish()) != *sealed) return damaged(path, "its bytes are not those of which it ends with the SHA-256");
  if (has_sum && to_hex(all.finish()) != sum) return damaged(path, fmt::format("its SHA-256 is not the one in {}", beside));
  return Seal::whole;
}

}  // namespace mozu::store
