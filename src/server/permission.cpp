#include "mozu/server/permission.hpp"

#include <fmt/core.h>

#include "mozu/base/text.hpp"

namespace mozu::server {
namespace {

constexpr std::array<std::string_view, 5> role_names = {"administrator", "analyst", "author", "reader", "feed-client"};
constexpr std::array<std::string_view, permission_count> permission_names = {"open",    "signed-in", "read",  "lookup",  "import", "curate",    "attribute",
                                                                             "samples", "write",     "taxii", "metrics", "audit",  "administer"};

// Rows: permissions in their order; columns: roles in theirs.
constexpr bool table[permission_count][role_names.size()] = {
    // administrator, analyst, author, reader, feed-client
    {true, true, true, true, true},      // open
    {true, true, true, true, true},      // signed-in
    {true, true, true, true, false},     // read
    {true, true, true, true, false},     // lookup
    {true, true, false, false, false},   // import
    {true, true, false, false, false},   // curate
    {true, true, true, false, false},    // attribute
    {true, true, false, false, false},   // samples
    {true, true, true, false, false},    // write
    {true, true, true, true, true},      // taxii
    {true, false, false, false, false},  // metrics
    {true, false, false, false, false},  // audit
    {true, false, false, false, false},  // administer
};

}  // namespace

std::string_view name(Role r) { return role_names[static_cast<std::size_t>(r)]; }
std::optional<Role> role_of(std::string_view name) {
  for (std::size_t i = 0; i < role_names.size(); ++i)
    if (role_names[i] == name) return static_cast<Role>(i);
  return std::nullopt;
}

std::string_view name(Permission p) { return permission_names[static_cast<std::size_t>(p)]; }
std::optional<Permission> permission_of(std::string_view name) {
  for (std::size_t i = 0; i < permission_names.size(); ++i)
    if (permission_names[i] == name) return static_cast<Permission>(i);
  return std::nullopt;
}

bool may(Role role, Permission permission) { return table[static_cast<std::size_t>(permission)][static_cast<std::size_t>(role)]; }

Result<Scopes> Scopes::parse(std::string_view text) {
  std::uint32_t bits = 1U << static_cast<unsigned>(Permission::open);
  bool any = false, every = false;
  for (const std::string_view word : split(text, ' ')) {
    if (word.empty()) continue;
    any = true;
    if (word == "all") {
      every = true;
      continue;
    }
    const auto permission = permission_of(word);
    if (!permission || *permission <= Permission::signed_in)
      return fail("scope-unknown", fmt::format("'{}' is no scope", printable(word, 40)),
                  "scopes are all, read, lookup, import, curate, attribute, samples, write, taxii, metrics, audit, administer");
    bits |= 1U << static_cast<unsigned>(*permission);
  }
  if (!any)
    return fail("scope-unknown", "a token needs at least one scope",
                "scopes are all, read, lookup, import, curate, attribute, samples, write, taxii, metrics, audit, administer");
  return every ? all() : Scopes(bits);
}

}  // namespace mozu::server
