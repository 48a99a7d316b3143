// HTTP as the rest of the server sees it: requests, responses, and routes that say who may use them. No sockets, no Beast.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/server/permission.hpp"

namespace mozu::server {

enum class Method : std::uint8_t { get, post, put, patch, remove };
std::string_view name(Method m);                         ///< "GET", …, "DELETE"
std::optional<Method> method_of(std::string_view name);  ///< HEAD is asked as GET; nullopt for all others
constexpr bool is_safe(Method m) { return m == Method::get; }

/// Path and query of a request line, taken apart. Segments are decoded one by one, so an encoded '/' stays inside its segment; "." and
/// ".." mean nothing. Limits: 8 KiB, 64 segments, 256 query fields.
struct Target {
  std::vector<std::string> segments;                       ///< of "/a/b" and "/a/b/": {"a", "b"}
  std::vector<std::pair<std::string, std::string>> query;  ///< '+' is a blank
  bool trailing_slash = false;
};
/// Error "target-invalid": no origin form, a broken or NUL percent-encoding, no UTF-8, beyond the limits.
Result<Target> parse_target(std::string_view target);
/// Value of one cookie of a Cookie header; nullopt if absent or given twice with different values.
std::optional<std::string> cookie(std::string_view header, std::string_view name);
std::string percent_encode(std::string_view s);  ///< all but unreserved characters (RFC 3986)

struct Identity;  // identity.hpp
using Who = std::shared_ptr<const Identity>;
struct Route;

/// How much is left of what the request counts for.
struct QuotaLeft {
  std::int64_t quota = 0, left = 0, reset_s = 0;
  std::int64_t taken = 0;  ///< of it, by this request
  bool other = false;      ///< of what the route spends, not of requests
};
/// What a request took of the quotas before it was answered.
struct QuotaTaken {
  Timestamp at;
  bool request = false;
  std::int64_t other = 0;  ///< of what the route spends
};

struct Request {
  Method method = Method::get;
  bool head = false;          ///< answered as GET, without the body
  bool other_method = false;  ///< one that is not known here, whatever `method` says
  Target target;
  std::string raw_target;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;                                          ///< of routes that take a body in memory
  std::string body_file;                                     ///< of routes that take one as a file; removed after the response
  std::string address;                                       ///< of the client
  std::string here;                                          ///< address and port of this end of the connection: "127.0.0.1:8443", "[::1]:8443"
  std::string id;                                            ///< told to the client and written in the log
  bool secure = false;                                       ///< came through TLS
  std::string certificate, certificate_subject;              ///< fingerprint and subject of the client's, signed by the client authority
  const Route* route = nullptr;
  std::vector<std::string> parameters;  ///< of the route's pattern, in its order
  Who who;                              ///< never null in the handler of a route that is not Permission::open
  std::optional<QuotaLeft> quota;       ///< none: not limited
  QuotaTaken taken;

  std::string_view header(std::string_view lower_name) const;     ///< the first one; empty if absent
  std::string_view query(std::string_view name) const;            ///< the first one; empty if absent
  std::vector<std::string> queries(std::string_view name) const;  ///< all of them, each also cut at commas
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string file;      ///< sent instead of `body`, then removed
  bool compress = true;  ///< false: the body holds secrets beside what the client wrote
  std::vector<std::pair<std::string, std::string>> headers;
  bool without_files = false;  ///< holds none of the files asked for: no download is spent
  void set(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
};

/// RFC 9457. `code` is stable, as a diagnostic's is.
Response problem(unsigned status, std::string_view code, std::string_view detail, std::string_view hint = {});
/// The status that fits the diagnostic's code. What tells of the machine's inside (500) is kept from the client.
Response problem(const Diagnostic& d);
unsigned status_of(const Diagnostic& d);
Response json_response(std::string body, unsigned status = 200);
Response no_content();

using Handler = std::function<Response(const Request&)>;

enum class Body : std::uint8_t { none, memory, file };
/// What a request counts for against the quotas of a plan. All requests of programs count as requests, too.
enum class Spends : std::uint8_t {
  request,
  lookup,  ///< one here; what a body asks beyond it, the route counts
  download,
  attribution,
  csv_download,  ///< with format=csv a download, else a request as any
  parts,         ///< a download for each part asked for (`include`, `include_info`) that is a file by itself
};

struct RouteOptions {
  Body body = Body::none;
  std::uint64_t body_bytes_max = 0;
  bool slow = false;              ///< takes more than some milliseconds: runs on the workers, not on the threads that serve sockets
  bool writes_knowledge = false;  ///< may wait for an import of somebody else; of slow routes. Those with a file wait for as long as it takes
  Spends spends = Spends::request;
  bool checks = false;  ///< may reckon for seconds over what somebody wrote; of slow routes. All people together leave workers to those who read
};
inline constexpr RouteOptions no_body{};
inline constexpr RouteOptions small_json{Body::memory, std::uint64_t{1} << 20, false};

struct Route {
  Method method;
  std::string pattern;  ///< "/api/v1/objects/{id}"
  Permission permission;
  RouteOptions options;
  Handler handler;
  std::vector<std::string> parts;  ///< of the pattern
};

class Router {
 public:
  /// There is no route without a permission. The same method and pattern twice is a mistake of ours (assert).
  void add(Method method, std::string_view pattern, Permission permission, const RouteOptions& options, Handler handler);

  struct Found {
    const Route* route = nullptr;  ///< null: nothing there
    std::vector<std::string> parameters;
    std::vector<Method> allowed;  ///< methods of the path, if it exists but not with this one
  };
  /// A constant part wins over a parameter.
  Found find(Method method, const Target& target) const;
  const std::vector<Route>& routes() const { return routes_; }

  /// Answers what no pattern fits, whoever asks; where it gives nothing, and where there is none, that is a problem like others.
  using Absent = std::function<std::optional<Response>(const Request&)>;
  void set_absent(Absent absent) { absent_ = std::move(absent); }
  std::optional<Response> absent(const Request& request) const { return absent_ ? absent_(request) : std::nullopt; }

 private:
  std::vector<Route> routes_;
  Absent absent_;
};

}  // namespace mozu::server
