// Ed25519 (RFC 8032): who made a file. Keys are PEM files, as `openssl genpkey -algorithm ed25519` makes them, too.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

class SigningKey {
 public:
  /// Error "key": no private key of Ed25519; those of files.
  static Result<SigningKey> read(const std::string& path);
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  PublicKey public_key() const;
  Signature sign(std::string_view message) const;

 private:
  struct State;
  explicit SigningKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// A new pair: the private key in `path`, for its owner's eyes alone (0600), the public one in `path`.pub. What is there is never written over: error "key".
Result<PublicKey> make_key_files(const std::string& path);
/// Error "key": no public key of Ed25519; those of files.
Result<PublicKey> read_public_key(const std::string& path);
bool is_signed_by(const PublicKey& key, std::string_view message, const Signature& signature);
/// SHA-256 of the key, in hex: what people compare.
std::string fingerprint(const PublicKey& key);

}  // namespace mozu
