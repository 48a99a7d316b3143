// The server: sockets, TLS, limits and shutdown around an Application that knows routes and identities.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/server/http.hpp"
#include "mozu/server/identity.hpp"

namespace mozu::server {

/// One line of JSON without its end; called from many threads, one at a time.
using LogSink = std::function<void(std::string_view line)>;

struct Metrics;

/// Routes with what stands before and after them: authentication, permission, CSRF, compression, metrics, log.
class Application {
 public:
  Application(Router router, Identities& identities, LogSink log);
  ~Application();
  /// What can be said once the header is there; else route, parameters and who of the request are set, and its body may be read.
  std::optional<Response> begin(Request& request);
  /// Once its body is there and a worker has it.
  Response run(Request& request);
  /// Before a response is sent: what a request took that is refused or failed is given back, and what is left of quotas is told.
  void settle(const Request& request, Response& response);
  /// Once a response was sent, or could not be.
  void finished(const Request& request, unsigned status, std::uint64_t bytes, double seconds);
  /// Of requests that never became one (malformed, too slow).
  void refused(const Request& request, unsigned status, std::string_view why);
  /// Of who went away before their request was whole: what it took is given back.
  void left(const Request& request);
  const Router& router() const { return router_; }
  std::string metrics() const;            ///< Prometheus text
  void connections(std::int64_t change);  ///< opened (1), closed (-1)

 private:
  Router router_;
  Identities& identities_;
  LogSink log_;
  std::unique_ptr<Metrics> metrics_;
  Result<Who> authenticate(const Request& request);
  Response not_let_in(const Diagnostic& d);
  /// A body may come, and a worker be waited for, for as long as it takes: the refusal of who was let in and is no more.
  std::optional<Response> refused_by_now(Request& request);
  /// Against the quotas of who asks; the refusal, if they are spent.
  std::optional<Response> count(Request& request);
  /// What it took; not `all`: the request itself stays counted.
  void give_back(const Request& request, bool all);
};

struct Limits {
  std::uint32_t header_bytes_max = 16 << 10;
  std::int64_t header_ms = 10'000;                ///< from its first byte to its end; also the TLS handshake
  std::int64_t idle_ms = 60'000;                  ///< between two requests of a connection
  std::int64_t body_ms = 20'000;                  ///< in which a body need not come, nor a response be taken; then
  std::uint64_t bytes_per_second_min = 16 << 10;  ///< this fast
  std::uint32_t connections_max = 1024;           ///< half of them from one address
  std::uint32_t waiting_max = 64;                 ///< slow requests that run or wait for a worker, half of them of one person; then 503
  std::int64_t grace_ms = 1'000;                  ///< for the first request of who had just connected when the server is told to stop
  std::int64_t drain_ms = 30'000;                 ///< for what runs when the server is told to stop
};

struct TlsFiles {
  std::string certificate, key;       ///< PEM; the certificate with its chain
  std::string client_authority = {};  ///< PEM: who signs certificates of clients; empty: none is asked for
};
/// certificate.pem and key.pem in `folder`/tls, made if absent or about to end: EC P-256, for localhost and this host's name.
Result<TlsFiles> self_made_certificate(const std::string& folder);
/// SHA-256 of the first certificate of a file, "AB:CD:…", as browsers show it.
Result<std::string> certificate_fingerprint(const std::string& path);

struct ListenOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8443;    ///< 0: any free one
  int socket = -1;              ///< a socket that listens already (systemd); then address and port do not count
  std::optional<TlsFiles> tls;  ///< none: plain HTTP
  unsigned threads = 0;         ///< that serve sockets and quick routes; 0: twice the processors, at least 4
  unsigned workers = 0;         ///< for slow routes, of which one person gets at most half; 0: twice the processors, at least 4
  std::string spool;            ///< folder of bodies on their way
  Limits limits;
};

class Server {
 public:
  /// Listens when it returns. Errors: "listen", "tls-certificate", "spool".
  static Result<std::unique_ptr<Server>> start(const ListenOptions& options, Application& application);
  virtual ~Server() = default;  ///< stops and waits
  virtual std::uint16_t port() const = 0;
  /// Accepts nothing more, ends idle connections, lets requests that run finish. Thread-safe.
  virtual void stop() = 0;
  virtual void wait() = 0;  ///< until stop() was called and all is done
};

}  // namespace mozu::server
