// Files that the operator names by URL: fetched into a folder, then read like any other. Nothing is fetched that nobody named.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu::exchange {

/// "https://…" or "http://…"
bool is_url(std::string_view path);
/// As it may stand in the store and be shown: without its query, which may hold a key.
std::string told_url(std::string_view url);

struct FetchOptions {
  std::uint64_t bytes_max = std::uint64_t{4} << 30;
  std::int64_t connect_s = 15, idle_s = 60;  ///< without an answer; without a kilobyte a second
};

/// Into `folder`, under the last name of the URL's path; the whole path of the file. Up to five redirects are followed, never from https to http; proxies are those of
/// the environment (https_proxy …). Certificates are verified with those that the system trusts, or the file that SSL_CERT_FILE names.
/// Errors: "url-invalid" (also with a name and password in it, which would be told), "fetch-failed" (nothing of it is left), those of files.
Result<std::string> fetch_file(const std::string& url, const std::string& folder, const FetchOptions& options = {});

}  // namespace mozu::exchange
