#include "mozu/base/signature.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"

namespace mozu {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

constexpr std::uint64_t key_file_bytes_max = 1 << 16;

/// OpenSSL fails here only without memory or with a broken installation; what is not signed must never look as if it were.
void must_sign(bool ok) {
  if (!ok) std::abort();
}

std::string text_of(const Bio& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Key key_of(const std::string& pem, bool is_private) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (bio == nullptr) return nullptr;
  // A key with a password is none: nobody is asked for one here.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  Key key(is_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr) : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr));
  return key != nullptr && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519 ? std::move(key) : nullptr;
}

PublicKey public_part(const EVP_PKEY* key) {
  PublicKey out{};
  std::size_t size = out.size();
  must_sign(EVP_PKEY_get_raw_public_key(key, out.data(), &size) == 1 && size == out.size());
  return out;
}

Status write_new(const std::string& path, std::string_view text, mode_t mode) {
  Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file.is_open() && errno == EEXIST)
    return fail("key", fmt::format("{} is there already", path), "no key is written over: name another file, or move it away");
  if (!file.is_open()) return fail(errno_diagnostic("file-open", fmt::format("{} could not be made", path), errno));
  const bool written = ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file.get()) == 0;
  if (written) return {};
  const int error = errno;
  ::unlink(path.c_str());
  return fail(errno_diagnostic("file-write", fmt::format("{} could not be written", path), error));
}

}  // namespace

struct SigningKey::State {
  Key key;
};

SigningKey::SigningKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;
SigningKey::~SigningKey() = default;

Result<SigningKey> SigningKey::read(const std::string& path) {
  MOZU_LET(const std::string pem, read_file(path, key_file_bytes_max));
  Key key = key_of(pem, true);
  if (key == nullptr) return fail("key", fmt::format("{} holds no private key of Ed25519", path), "give the private file of a pair");
  return SigningKey(std::make_unique<State>(State{std::move(key)}));
}

PublicKey SigningKey::public_key() const { return public_part(state_->key.get()); }

Signature SigningKey::sign(std::string_view message) const {
  Signature out{};
  std::size_t size = out.size();
  const Context context(EVP_MD_CTX_new());
  must_sign(context != nullptr && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, state_->key.get()) == 1 &&
            EVP_DigestSign(context.get(), out.data(), &size, reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1 &&
            size == out.size());
  return out;
}

Result<PublicKey> make_key_files(const std::string& path) {
  const std::string shown = path + ".pub";
  // Whoever has the public file of another pair would be told that everything is forged.
  if (file_identity(shown)) return fail("key", fmt::format("{} is there already", shown), "no key is written over: name another file, or move it away");
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const Bio hidden(BIO_new(BIO_s_mem())), open(BIO_new(BIO_s_mem()));
  must_sign(key != nullptr && hidden != nullptr && open != nullptr &&
            PEM_write_bio_PKCS8PrivateKey(hidden.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
            PEM_write_bio_PUBKEY(open.get(), key.get()) == 1);
  MOZU_TRY(write_new(path, text_of(hidden), S_IRUSR | S_IWUSR));
  MOZU_TRY(write_new(shown, text_of(open), S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH));
  return public_part(key.get());
}

Result<PublicKey> read_public_key(const std::string& path) {
  MOZU_LET(const std::string pem, read_file(path, key_file_bytes_max));
  const Key key = key_of(pem, false);
  if (key == nullptr) return fail("key", fmt::format("{} holds no public key of Ed25519", path), "give the file that ends in .pub of who signed");
  return public_part(key.get());
}

bool is_signed_by(const PublicKey& key, std::string_view message, const Signature& signature) {
  const Key own(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.data(), key.size()));
  const Context context(EVP_MD_CTX_new());
  return own != nullptr && context != nullptr && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, own.get()) == 1 &&
         EVP_DigestVerify(context.get(), signature.data(), signature.size(), reinterpret_cast<const unsigned char*>(message.data()), message.size()) == 1;
}

std::string fingerprint(const PublicKey& key) { return to_hex(sha256(std::as_bytes(std::span(key)))); }

}  // namespace mozu
