#include "object_key.hpp"

#include <span>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu::store {
namespace {

constexpr std::size_t uuid_bytes = 16, uuid_text = 36;
constexpr char long_key = static_cast<char>(0xFF), owned_key = static_cast<char>(0xFE);
constexpr std::size_t owner_bytes = 8;
/// Longer values would make pages of the index hold few; PostgreSQL refuses more than 2.7 KB.
constexpr std::size_t value_bytes_max = 96, value_prefix_bytes = 24, value_digest_bytes = 24;

bool is_lower_hex(char c) { return is_digit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f'); }

/// Appends the bytes; at each '-' of `shape` the text must have one too. False: not of lower-case hex digits.
bool append_hex(std::string_view text, std::string_view shape, std::string& out) {
  char high = 0;
  bool half = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i < shape.size() && shape[i] == '-') {
      if (text[i] != '-') return false;
      continue;
    }
    if (!is_lower_hex(text[i])) return false;
    const auto value = static_cast<char>(hex_value(static_cast<unsigned char>(text[i])));
    if (half) out += static_cast<char>(high << 4 | value);
    high = value;
    half = !half;
  }
  return !half;
}

/// Without its owner.
std::string_view plain_key(std::string_view key) {
  if (key.size() > owner_bytes && key[0] == owned_key) key.remove_prefix(1 + owner_bytes);
  return key;
}

constexpr std::string_view uuid_shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

}  // namespace

void object_key(std::int64_t type_code, std::string_view id, std::string& out) {
  const auto type = intel::type_of_id(id);
  out.clear();
  if (type_code > 0 && type_code <= short_type_max && id.size() == type.size() + 2 + uuid_text) {
    out += static_cast<char>(type_code);
    if (append_hex(id.substr(type.size() + 2), uuid_shape, out)) return;
  }
  out.assign(1, long_key).append(id);
}

std::string object_key(std::int64_t type_code, std::string_view id) {
  std::string out;
  object_key(type_code, id, out);
  return out;
}

std::string own_key(std::string_view key, intel::OrganisationId organisation) {
  std::string out(1, owned_key);
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(static_cast<std::uint64_t>(organisation) >> shift & 0xFF);
  return out.append(key);
}

std::optional<std::pair<intel::OrganisationId, std::string_view>> read_own_key(std::string_view key) {
  const auto rest = plain_key(key);
  if (rest.size() == key.size()) return std::nullopt;
  std::uint64_t organisation = 0;
  for (const char c : key.substr(1, owner_bytes)) organisation = organisation << 8 | static_cast<unsigned char>(c);
  return std::pair(static_cast<intel::OrganisationId>(organisation), rest);
}

std::pair<std::string_view, std::string_view> owned_keys() {
  static constexpr char first[] = {owned_key}, behind[] = {long_key};
  return {{first, 1}, {behind, 1}};
}

std::int64_t type_code_of(std::string_view key) {
  key = plain_key(key);
  if (key.size() != uuid_bytes + 1 || key[0] == long_key) return 0;
  return static_cast<unsigned char>(key[0]);
}

std::string object_id(std::string_view key, std::string_view type_name) {
  key = plain_key(key);
  if (type_code_of(key) == 0) return std::string(key.substr(key.empty() ? 0 : 1));
  std::string out(type_name);
  out += "--";
  const auto hex = to_hex(std::span(reinterpret_cast<const std::uint8_t*>(key.data()) + 1, uuid_bytes));
  for (std::size_t i = 0, h = 0; i < uuid_shape.size(); ++i) out += uuid_shape[i] == '-' ? '-' : hex[h++];
  return out;
}

std::string key_value(const intel::Key& key) {
  using intel::KeyKind;
  if (key.kind >= KeyKind::md5 && key.kind <= KeyKind::sha512)
    if (std::string bytes; append_hex(key.value, {}, bytes)) return bytes;
  if (key.value.size() <= value_bytes_max) return key.value;
  const auto digest = sha256(std::as_bytes(std::span(key.value)));
  return long_key + key.value.substr(0, value_prefix_bytes) + std::string(reinterpret_cast<const char*>(digest.data()), value_digest_bytes);
}

}  // namespace mozu::store
