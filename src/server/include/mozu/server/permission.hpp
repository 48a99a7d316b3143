// Who may do what: the one table of roles and permissions.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mozu/base/result.hpp"

namespace mozu::server {

enum class Role : std::uint8_t { administrator, analyst, author, reader, feed_client };
std::string_view name(Role r);  ///< "feed-client", …: as store::User::role
std::optional<Role> role_of(std::string_view name);

/// What a route asks of who calls it. The names are also the scopes of tokens.
enum class Permission : std::uint8_t {
  open,       ///< anybody, also who is not signed in
  signed_in,  ///< one's own account: any role, but no token with narrower scopes
  read,       ///< knowledge, within TLP and organisation
  lookup,
  import,     ///< bring knowledge in
  curate,     ///< tags, decisions, reviews
  attribute,  ///< whose code a file shares: samples in, reports out
  samples,    ///< the samples themselves, which may be live malware
  write,      ///< drafts and documents
  taxii,      ///< TAXII and feeds, reading
  metrics,
  audit,
  administer,  ///< organisations, users, settings
};
inline constexpr std::size_t permission_count = static_cast<std::size_t>(Permission::administer) + 1;
std::string_view name(Permission p);
std::optional<Permission> permission_of(std::string_view name);

bool may(Role role, Permission permission);

/// Scopes of a token: permissions, or "all". A token never may more than its user.
class Scopes {
 public:
  static Scopes all() { return Scopes(~std::uint32_t{0}); }
  /// Names with blanks between; error "scope-unknown" (none at all is one, too).
  static Result<Scopes> parse(std::string_view text);
  bool covers(Permission p) const { return (bits_ >> static_cast<unsigned>(p) & 1U) != 0; }

 private:
  explicit Scopes(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_ = 0;
};

}  // namespace mozu::server
