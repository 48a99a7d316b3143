#include "mozu/exchange/fetch.hpp"

#include <curl/curl.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"

namespace mozu::exchange {
namespace {

constexpr long redirects_max = 5;
constexpr std::size_t name_bytes_max = 120;

struct HandleDeleter {
  void operator()(CURL* c) const { ::curl_easy_cleanup(c); }
};

/// "https://host/a/b%20c.json" → "b_20c.json"
std::string name_of(std::string_view url) {
  const auto path = url.find('/', url.find("://") + 3);
  std::string name(path == url.npos ? std::string_view() : url.substr(url.rfind('/') + 1));
  std::ranges::replace_if(name, [](char c) { return !is_alnum(static_cast<unsigned char>(c)) && c != '.' && c != '-'; }, '_');
  name.resize(std::min(name.size(), name_bytes_max));
  return name.empty() || name.front() == '.' ? "download" + name : name;
}

/// What arrives, on its way to the disk.
struct Arriving {
  AtomicFile& file;
  std::uint64_t bytes_max, bytes = 0;
  Status written{};

  static std::size_t take(const char* data, std::size_t /*one*/, std::size_t n, void* self) {
    auto& a = *static_cast<Arriving*>(self);
    a.bytes += n;
    if (a.bytes > a.bytes_max)
      a.written =
          fail("fetch-failed", fmt::format("it is larger than {}", human_bytes(static_cast<double>(a.bytes_max))), "fetch it by hand, and give the file");
    else a.written = a.file.write({data, n});
    return a.written ? n : CURL_WRITEFUNC_ERROR;
  }
};

void set_up(CURL* c, const std::string& url, const FetchOptions& options, Arriving& arriving, char* error) {
  const bool tls = istarts_with(url, "https:");
  ::curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  ::curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
  ::curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, tls ? "https" : "https,http");
  ::curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
  ::curl_easy_setopt(c, CURLOPT_MAXREDIRS, redirects_max);
  ::curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
  ::curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  ::curl_easy_setopt(c, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  ::curl_easy_setopt(c, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (const char* trusted = std::getenv("SSL_CERT_FILE"); trusted != nullptr && *trusted != '\0') ::curl_easy_setopt(c, CURLOPT_CAINFO, trusted);
  ::curl_easy_setopt(c, CURLOPT_USERAGENT, "mozu");
  ::curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_s));
  ::curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1024L);
  ::curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.idle_s));
  ::curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
  ::curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, &Arriving::take);
  ::curl_easy_setopt(c, CURLOPT_WRITEDATA, &arriving);
}

}  // namespace

bool is_url(std::string_view path) { return istarts_with(path, "https://") || istarts_with(path, "http://"); }

std::string told_url(std::string_view url) { return std::string(url.substr(0, url.find_first_of("?#"))); }

Result<std::string> fetch_file(const std::string& url, const std::string& folder, const FetchOptions& options) {
  if (!is_url(url) || std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; }))
    return fail("url-invalid", fmt::format("'{}' is no URL to fetch", printable(url)), "write it as https://host/path, with blanks as %20");
  const std::string told = told_url(url);
  const auto host = told.find("://") + 3;
  if (std::string_view(told).substr(host, told.find('/', host) - host).find('@') != std::string_view::npos)
    return fail("url-invalid", "a URL with a name and a password in it is not fetched: it would be kept, and told",
                "fetch the file by other means, and give its path");
  static const CURLcode begun = ::curl_global_init(CURL_GLOBAL_DEFAULT);  // once, and never taken away
  const std::unique_ptr<CURL, HandleDeleter> handle(begun == CURLE_OK ? ::curl_easy_init() : nullptr);
  if (!handle) return fail("fetch-failed", "libcurl does not start");
  std::string path = fmt::format("{}/{}", folder, name_of(told));
  std::error_code ignored;
  for (int n = 2; std::filesystem::exists(path, ignored); ++n) path = fmt::format("{}/{}-{}", folder, n, name_of(told));
  MOZU_LET(auto file, AtomicFile::create(path));
  Arriving arriving{file, options.bytes_max};
  std::array<char, CURL_ERROR_SIZE> error{};
  set_up(handle.get(), url, options, arriving, error.data());
  const CURLcode done = ::curl_easy_perform(handle.get());
  if (!arriving.written) return std::unexpected(std::move(arriving.written.error()));
  if (done != CURLE_OK)
    return fail("fetch-failed", fmt::format("{} was not fetched: {}", printable(told), error[0] != '\0' ? printable(error.data()) : ::curl_easy_strerror(done)),
                "is the address right, and does this machine reach it? Where it does not, fetch the file elsewhere and give it by its path");
  MOZU_TRY(file.commit());
  return path;
}

}  // namespace mozu::exchange
