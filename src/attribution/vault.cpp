#include "mozu/attribution/vault.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <utility>

#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"

namespace mozu::attribution {
namespace {

namespace fs = std::filesystem;

// A file: mark, salt, then pieces of 64 KiB, each with its tag behind it. The nonce of a piece is its number and whether it is the last (STREAM, Hoang and others 2015).
constexpr std::string_view mark = "mozu-sealed-1\n";
constexpr std::size_t salt_bytes = 32, piece_bytes = 65'536, tag_bytes = 16, nonce_bytes = 12;

using FileKey = std::array<std::uint8_t, 32>;

const unsigned char* raw(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

struct ContextFree {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};

FileKey key_of(const FileKey& key, std::string_view salt, std::string_view name) {
  const std::string text = fmt::format("{}{}{}", mark, salt, name);
  FileKey out;
  unsigned n = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), raw(text), text.size(), out.data(), &n);
  return out;
}

/// Pieces of one file, in their order.
class Pieces {
 public:
  explicit Pieces(FileKey key) : key_(key), context_(EVP_CIPHER_CTX_new()) {}
  ~Pieces() { OPENSSL_cleanse(key_.data(), key_.size()); }
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  bool seal(std::string_view piece, bool last, std::string& out) {
    const auto nonce = next(last);
    out.resize(piece.size() + tag_bytes);
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    int n = 0;
    return context_ != nullptr && EVP_EncryptInit_ex(context_.get(), EVP_aes_256_gcm(), nullptr, key_.data(), nonce.data()) == 1 &&
           EVP_EncryptUpdate(context_.get(), to, &n, raw(piece), static_cast<int>(piece.size())) == 1 && EVP_EncryptFinal_ex(context_.get(), to + n, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, to + piece.size()) == 1;
  }
  bool open(std::string& sealed, bool last, std::string& out) {
    if (sealed.size() < tag_bytes) return false;
    const auto nonce = next(last);
    out.resize(sealed.size() - tag_bytes);
    auto* to = reinterpret_cast<unsigned char*>(out.data());
    int n = 0;
    return context_ != nullptr && EVP_DecryptInit_ex(context_.get(), EVP_aes_256_gcm(), nullptr, key_.data(), nonce.data()) == 1 &&
           EVP_DecryptUpdate(context_.get(), to, &n, raw(sealed), static_cast<int>(out.size())) == 1 &&
           EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, sealed.data() + out.size()) == 1 &&
           EVP_DecryptFinal_ex(context_.get(), to + n, &n) == 1;
  }

 private:
  FileKey key_;
  std::unique_ptr<EVP_CIPHER_CTX, ContextFree> context_;
  std::uint64_t number_ = 0;
  std::array<std::uint8_t, nonce_bytes> next(bool last) {
    std::array<std::uint8_t, nonce_bytes> out{};
    for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<std::uint8_t>(number_ >> (56 - 8 * i));
    out[nonce_bytes - 1] = last ? 1 : 0;
    ++number_;
    return out;
  }
};

/// Up to `wanted` bytes, fewer only at the end.
Result<std::string> read_piece(const Fd& fd, std::size_t wanted) {
  std::string out(wanted, '\0');
  std::size_t have = 0;
  while (have < wanted) {
    const auto n = ::read(fd.get(), out.data() + have, wanted - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(errno_diagnostic("file-read", "cannot read the file", errno));
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  out.resize(have);
  return out;
}

std::uint64_t sealed_size(std::uint64_t bytes) { return mark.size() + salt_bytes + bytes + (bytes / piece_bytes + 1) * tag_bytes; }

std::unexpected<Diagnostic> damaged(std::string_view name) {
  return fail("vault-damaged", fmt::format("the kept file {} is damaged, or was sealed with another secret.key", name),
              "restore the folder of samples together with secret.key from one backup");
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' &&
         std::ranges::all_of(name, [](char c) { return is_alnum(static_cast<unsigned char>(c)) || c == '-' || c == '.'; });
}

}  // namespace

Result<std::unique_ptr<Vault>> Vault::open(const VaultOptions& options) {
  std::error_code ec;
  fs::create_directories(options.folder, ec);
  if (!ec) fs::permissions(options.folder, fs::perms::owner_all, ec);
  if (ec) return fail("vault-folder", fmt::format("{} cannot be used: {}", options.folder, ec.message()));
  std::unique_ptr<Vault> out(new Vault(options));
  MOZU_LET(const auto there, out->list());
  for (const KeptFile& f : there) out->bytes_ += f.bytes;
  return out;
}

std::string Vault::path_of(std::string_view name) const { return fmt::format("{}/{}", options_.folder, name); }

Status Vault::reserve(std::uint64_t bytes) {
  struct statvfs disk{};
  const bool known = ::statvfs(options_.folder.c_str(), &disk) == 0;
  const std::scoped_lock lock(mutex_);
  if (bytes_ + bytes > options_.bytes_max)
    return fail("vault-full",
                fmt::format("samples may take {} in all, and there is no room for {} more", human_bytes(static_cast<double>(options_.bytes_max)),
                            human_bytes(static_cast<double>(bytes))),
                "remove attributions that nobody needs, or give `mozu serve` a larger --samples-size");
  const std::uint64_t free = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  if (known && free < bytes + options_.kept_free_bytes)
    return fail("disk-short", fmt::format("the disk of the samples has {} left, which is too little", human_bytes(static_cast<double>(free))),
                "make room on it, or remove attributions that nobody needs");
  bytes_ += bytes;
  return {};
}

void Vault::give_back(std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  bytes_ -= std::min(bytes, bytes_);
}

Status Vault::write(std::string_view name, std::uint64_t size, const std::function<Status(const Take&)>& give) {
  if (!is_name(name)) return fail("vault-name", fmt::format("'{}' is no name of a kept file", printable(name, 100)));
  const std::uint64_t on_disk = sealed_size(size);
  const auto before = file_identity(path_of(name));
  MOZU_TRY(reserve(on_disk));
  const auto written = [&]() -> Status {
    MOZU_LET(auto file, AtomicFile::create(path_of(name)));
    std::string salt(salt_bytes, '\0'), sealed;
    if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), salt_bytes) != 1) return fail("vault-random", "the system gives no random numbers");
    Pieces pieces(key_of(options_.key, salt, name));
    MOZU_TRY(file.write(mark));
    MOZU_TRY(file.write(salt));
    std::string held;  // the last piece is known by nothing coming after it
    const auto put = [&](std::string_view piece, bool last) -> Status {
      if (!pieces.seal(piece, last, sealed)) return fail("vault-seal", "a piece could not be encrypted");
      return file.write(sealed);
    };
    const auto given = give([&](std::span<const std::byte> bytes) -> Status {
      held.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      std::size_t at = 0;
      for (; held.size() - at >= piece_bytes; at += piece_bytes) MOZU_TRY(put(std::string_view(held).substr(at, piece_bytes), false));
      held.erase(0, at);
      return {};
    });
    if (!given) return given;
    MOZU_TRY(put(held, true));
    if (file.size() != on_disk) return fail("vault-size", "the file changed while it was read");
    return file.commit();
  }();
  if (!written) give_back(on_disk);
  else if (before) give_back(before->size);
  return written;
}

Status Vault::put(std::string_view name, std::string_view bytes) {
  return write(name, bytes.size(), [&](const Take& take) { return take(std::as_bytes(std::span(bytes.data(), bytes.size()))); });
}

Status Vault::put_file(std::string_view name, const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info{};
  if (!fd.is_open() || ::fstat(fd.get(), &info) != 0) return fail(errno_diagnostic("file-open", "cannot open the file", errno));
  return write(name, static_cast<std::uint64_t>(info.st_size), [&](const Take& take) -> Status {
    for (;;) {
      MOZU_LET(const std::string piece, read_piece(fd, piece_bytes * 16));
      if (piece.empty()) return {};
      MOZU_TRY(take(std::as_bytes(std::span(piece.data(), piece.size()))));
    }
  });
}

bool Vault::has(std::string_view name) const { return is_name(name) && file_identity(path_of(name)).has_value(); }

Status Vault::read(std::string_view name, const Take& take) const {
  if (!is_name(name)) return fail("absent", "there is no such file");
  const Fd fd(::open(path_of(name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.is_open() && errno == ENOENT) return fail("absent", "there is no such file");
  if (!fd.is_open()) return fail(errno_diagnostic("file-open", "cannot open the file", errno));
  MOZU_LET(const std::string head, read_piece(fd, mark.size() + salt_bytes));
  if (head.size() != mark.size() + salt_bytes || !head.starts_with(mark)) return damaged(name);
  Pieces pieces(key_of(options_.key, std::string_view(head).substr(mark.size()), name));
  std::string plain;
  MOZU_LET(std::string sealed, read_piece(fd, piece_bytes + tag_bytes));
  for (;;) {
    std::string next;
    if (sealed.size() == piece_bytes + tag_bytes) {
      MOZU_LET(next, read_piece(fd, piece_bytes + tag_bytes));
    }
    const bool last = next.empty();
    if (!pieces.open(sealed, last, plain)) return damaged(name);
    if (!plain.empty()) MOZU_TRY(take(std::as_bytes(std::span(plain.data(), plain.size()))));
    if (last) return {};
    sealed = std::move(next);
  }
}

Result<std::string> Vault::read_all(std::string_view name, std::uint64_t bytes_max) const {
  std::string out;
  MOZU_TRY(read(name, [&](std::span<const std::byte> piece) -> Status {
    if (out.size() + piece.size() > bytes_max) return fail("file-too-large", "the kept file is larger than what may be read of it");
    out.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return {};
  }));
  return out;
}

Status Vault::remove(std::string_view name) {
  if (!is_name(name)) return {};
  const std::string path = path_of(name);
  const auto there = file_identity(path);
  if (!there) return {};
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail(errno_diagnostic("file-remove", fmt::format("cannot remove {}", path), errno));
  give_back(there->size);
  return {};
}

Result<std::vector<KeptFile>> Vault::list() const {
  std::vector<KeptFile> out;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator(options_.folder, ec)) {
    const std::string name = entry.path().filename().string();
    const auto there = entry.is_regular_file(ec) && is_name(name) ? file_identity(entry.path().string()) : std::nullopt;
    if (there) out.push_back({name, there->size, Timestamp{there->modified_ns / 1'000'000}});
  }
  if (ec) return fail("vault-folder", fmt::format("{} cannot be listed: {}", options_.folder, ec.message()));
  std::ranges::sort(out, {}, &KeptFile::name);
  return out;
}

std::uint64_t Vault::bytes() const {
  const std::scoped_lock lock(mutex_);
  return bytes_;
}

}  // namespace mozu::attribution
