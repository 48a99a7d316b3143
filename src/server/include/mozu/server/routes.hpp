// The routes of the server: REST under /api/v1, /healthz, /metrics. docs/openapi.json describes them; a test holds the two together.
#pragma once
#include <functional>
#include <string>

#include "mozu/server/http.hpp"
#include "mozu/server/identity.hpp"
#include "mozu/server/server.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server {

/// What the routes stand on; must outlive the router.
struct Services {
  store::Store& knowledge;
  Identities& identities;
  std::string spool;                         ///< folder for bodies and exports on their way
  LogSink log;
  std::function<std::string()> metrics;      ///< of the application, once it is there
  std::uint64_t import_bytes_max = std::uint64_t{4} << 30;
  std::string indicators = {}, warning_lists = {};  ///< index files that lookups ask; absent ones are not asked until they are there
};

Router make_routes(Services& services);

}  // namespace mozu::server
