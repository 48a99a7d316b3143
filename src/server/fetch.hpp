// Private to the room: one request to a server that the operator named (an OpenID provider). No redirects are followed, nothing is kept.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu::server {

struct Fetch {
  std::string url;                 ///< https, or http to a loopback address
  std::string form = {};           ///< application/x-www-form-urlencoded; empty: GET, else POST
  std::string authorization = {};  ///< value of the header; empty: none
  std::string authority = {};      ///< PEM file of who signs the server's certificate; empty: those the system trusts
};
struct Fetched {
  unsigned status = 0;
  std::string body;
};
using Fetcher = std::function<Result<Fetched>(const Fetch&)>;

inline constexpr std::int64_t fetch_ms_max = 10'000;
inline constexpr std::size_t fetch_bytes_max = std::size_t{1} << 20;

/// "https://idp.example.com:8443/realms/x" taken apart; error "url-invalid".
struct Address {
  bool tls = true;
  std::string host, port, target;  ///< host without brackets
};
Result<Address> parse_address(std::string_view url);

/// Waits for the answer, at most fetch_ms_max. Errors: "url-invalid", "fetch-failed".
Result<Fetched> fetch(const Fetch& what);

}  // namespace mozu::server
