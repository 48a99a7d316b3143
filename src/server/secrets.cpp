#include "secrets.hpp"

#include <argon2.h>
#include <fmt/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cassert>
#include <memory>
#include <span>

#include "mozu/base/base64.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t nonce_bytes = 12, tag_bytes = 16;

struct ContextFree {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, ContextFree>;

const unsigned char* bytes(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }
unsigned char* bytes(std::string& s) { return reinterpret_cast<unsigned char*>(s.data()); }

}  // namespace

std::string random_bytes(std::size_t n) {
  std::string out(n, '\0');
  // Without randomness no secret may be made: there is no way on.
  const bool random = RAND_bytes(bytes(out), static_cast<int>(n)) == 1;
  assert(random);
  static_cast<void>(random);
  return out;
}

std::string random_text(std::size_t n) { return base64url(random_bytes(n)); }

std::string secret_hash(std::string_view text) { return to_hex(sha256(std::as_bytes(std::span(text.data(), text.size())))); }

bool equal_in_constant_time(std::string_view a, std::string_view b) { return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0; }

std::string seal(const std::array<std::uint8_t, 32>& key, std::string_view text, std::string_view context) {
  const std::string nonce = random_bytes(nonce_bytes);
  std::string body(text.size(), '\0'), tag(tag_bytes, '\0');
  const Context c(EVP_CIPHER_CTX_new());
  int n = 0;
  const bool sealed = c != nullptr && EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes(nonce)) == 1 &&
                      EVP_EncryptUpdate(c.get(), nullptr, &n, bytes(context), static_cast<int>(context.size())) == 1 &&
                      EVP_EncryptUpdate(c.get(), bytes(body), &n, bytes(text), static_cast<int>(text.size())) == 1 &&
                      EVP_EncryptFinal_ex(c.get(), nullptr, &n) == 1 && EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, tag.data()) == 1;
  assert(sealed);
  static_cast<void>(sealed);
  const std::string all = nonce + tag + body;
  return to_hex(std::span(reinterpret_cast<const std::uint8_t*>(all.data()), all.size()));
}

std::optional<std::string> unseal(const std::array<std::uint8_t, 32>& key, std::string_view sealed, std::string_view context) {
  if (sealed.size() % 2 != 0 || sealed.size() / 2 < nonce_bytes + tag_bytes) return std::nullopt;
  std::string raw;
  for (std::size_t i = 0; i < sealed.size(); i += 2) {
    const int high = hex_value(static_cast<unsigned char>(sealed[i])), low = hex_value(static_cast<unsigned char>(sealed[i + 1]));
    if (high < 0 || low < 0) return std::nullopt;
    raw.push_back(static_cast<char>(high * 16 + low));
  }
  std::string tag = raw.substr(nonce_bytes, tag_bytes);
  const std::string body = raw.substr(nonce_bytes + tag_bytes);
  std::string text(body.size(), '\0');
  const Context c(EVP_CIPHER_CTX_new());
  int n = 0;
  if (c == nullptr || EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes(raw)) != 1 ||
      EVP_DecryptUpdate(c.get(), nullptr, &n, bytes(context), static_cast<int>(context.size())) != 1 ||
      EVP_DecryptUpdate(c.get(), bytes(text), &n, bytes(body), static_cast<int>(body.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data()) != 1 || EVP_DecryptFinal_ex(c.get(), nullptr, &n) != 1)
    return std::nullopt;
  return text;
}

std::array<std::uint8_t, 32> derived_key(const std::array<std::uint8_t, 32>& key, std::string_view context) {
  std::array<std::uint8_t, 32> out{};
  unsigned n = 0;
  const bool made = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes(context), context.size(), out.data(), &n) != nullptr;
  assert(made);
  static_cast<void>(made);
  return out;
}

Result<std::string> argon2_hash(std::string_view password, std::uint32_t memory_kib, std::uint32_t passes) {
  const std::string salt = random_bytes(16);
  std::string encoded(argon2_encodedlen(passes, memory_kib, 1, 16, 32, Argon2_id), '\0');
  const int code = argon2id_hash_encoded(passes, memory_kib, 1, password.data(), password.size(), salt.data(), salt.size(), 32, encoded.data(), encoded.size());
  if (code != ARGON2_OK) return fail("password-hash", fmt::format("the password could not be hashed: {}", argon2_error_message(code)), "is there memory left?");
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool argon2_fits(std::string_view encoded, std::string_view password) {
  return argon2id_verify(std::string(encoded).c_str(), password.data(), password.size()) == ARGON2_OK;
}

namespace {
constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
}

std::string base32(std::string_view in) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : in) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 5; held -= 5) out.push_back(base32_alphabet[bits >> (held - 5) & 31]);
  }
  if (held > 0) out.push_back(base32_alphabet[bits << (5 - held) & 31]);
  return out;
}

std::optional<std::string> from_base32(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    if (c == ' ' || c == '=') continue;
    const auto at = base32_alphabet.find(is_alpha(static_cast<unsigned char>(c)) ? static_cast<char>(c & ~0x20) : c);
    if (at == base32_alphabet.npos) return std::nullopt;
    bits = bits << 5 | static_cast<std::uint32_t>(at);
    held += 5;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<char>(bits >> held & 255));
    }
  }
  return out;
}

std::string totp_code(std::string_view secret, std::int64_t step, int digits) {
  std::array<unsigned char, 8> counter{};
  for (int i = 7; i >= 0; --i, step >>= 8) counter[static_cast<std::size_t>(i)] = static_cast<unsigned char>(step & 255);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &size);
  const std::size_t at = mac[19] & 15U;
  std::uint32_t number = (mac[at] & 0x7FU) << 24 | static_cast<std::uint32_t>(mac[at + 1]) << 16 | static_cast<std::uint32_t>(mac[at + 2]) << 8 | mac[at + 3];
  std::uint32_t modulus = 1;
  for (int i = 0; i < digits; ++i) modulus *= 10;
  number %= modulus;
  return fmt::format("{:0{}}", number, digits);
}

}  // namespace mozu::server
