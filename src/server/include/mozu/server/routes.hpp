// The routes of the server: REST under /api/v1, /healthz, /metrics. docs/openapi.json describes them; a test holds the two together.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "mozu/notify/service.hpp"
#include "mozu/server/http.hpp"
#include "mozu/server/identity.hpp"
#include "mozu/server/portal.hpp"
#include "mozu/server/server.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server {

class Titles;  // titles.hpp

/// An OpenID provider at which people sign in; the only server that this one ever asks.
struct OidcOptions {
  std::string issuer = {};                         ///< "https://idp.example.com/realms/x"; empty: there is none
  std::string client_id = {}, client_secret = {};  ///< without a secret: a public client, with PKCE as the others
  std::string authority = {};                      ///< PEM file of who signed the provider's certificate; empty: those the system trusts
  std::string public_url = {};                     ///< of this server, as browsers see it: "https://mozu.example.com"
};
/// Error "url-invalid".
Status check(const OidcOptions& options);
inline constexpr std::string_view oidc_callback = "/api/v1/session/oidc/callback";  ///< the redirect URI is public_url and this

/// Files sent in to learn whose code they share. Without a data folder nothing is taken in.
struct AttributionOptions {
  std::string genes = {};                                     ///< folder of the gene index; without one routes say how to make it
  std::uint64_t sample_bytes_max = std::uint64_t{256} << 20;  ///< of one file; it is in memory while it is compared
  std::uint64_t samples_bytes_max = std::uint64_t{20} << 30;  ///< of all, on the disk
  std::uint64_t kept_free_bytes = std::uint64_t{256} << 20;
  std::int64_t kept_days = 90;  ///< 0: until somebody removes them
  unsigned at_once = 1;
  std::uint32_t time_s_max = 300;
  std::size_t open_of_user_max = 20, open_of_organisation_max = 100;  ///< that wait or run
};

/// What the routes stand on; must outlive the router.
struct Services {
  store::Store& knowledge;
  Identities& identities;
  std::string spool;  ///< folder for bodies and exports on their way
  LogSink log;
  std::function<std::string()> metrics;  ///< of the application, once it is there
  std::uint64_t import_bytes_max = std::uint64_t{4} << 30;
  OidcOptions oidc = {};
  std::size_t publications_max = 5000;                              ///< of an organisation, drafts with them; at most store::page_items_max
  std::int64_t acceptance_ms = 60'000;                              ///< a review that is being accepted is nobody else's for so long
  std::size_t reviews_max = 10'000;                                 ///< of an organisation; at most store::page_items_max
  std::span<const PortalFile> portal = {};                          ///< empty: there are no pages, and `/` says so
  std::optional<notify::Settings> notifications = {};               ///< none: nothing is sent to anybody
  std::function<void()> wake_notifier = {};                         ///< something is to be sent now
  std::string data_folder = {};                                     ///< what `mozu serve` was given; empty: nothing is told of disks
  std::uint64_t backup_kept_free_bytes = std::uint64_t{256} << 20;  ///< stay free on the disk when a backup is made
  AttributionOptions attributions = {};
  std::string indicators = {}, warning_lists = {};  ///< index files that lookups ask; absent ones are not asked until they are there
  std::shared_ptr<Titles> titles = {};              ///< make_routes() makes them
  std::size_t master_items_max = 1'000'000;         ///< of a bundle of all publications; more is told
  std::size_t compatible_listed_max = 10'000;       ///< of a compatible list; more is told
};

Router make_routes(Services& services);

/// Sends what `notifications` of the services allows until it is destroyed; links lead to the public URL. The services must outlive it. Errors: "url-invalid", those of the store.
Result<std::unique_ptr<notify::Service>> start_notifier(Services& services);

}  // namespace mozu::server
