#include "fetch.hpp"

#include <fmt/core.h>
#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>

#include "mozu/base/text.hpp"

namespace mozu::server {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;
using ErrorCode = beast::error_code;

std::unexpected<Diagnostic> failed(const Address& to, std::string_view why) {
  return fail("fetch-failed", fmt::format("{}:{} gave no answer: {}", to.host, to.port, why), "is it running, and can it be reached from here?");
}

/// One request over one connection: each step begins the next one.
template <class Stream>
class Exchange {
 public:
  template <class... Arguments>
  Exchange(net::io_context& io, const Address& to, http::request<http::string_body> request, Arguments&... arguments)
      : to_(to),
        request_(std::move(request)),
        resolver_(io),
        stream_(io, arguments...) {
    parser_.body_limit(fetch_bytes_max);
    parser_.header_limit(16 << 10);
  }
  Stream& stream() { return stream_; }
  void start() {
    resolver_.async_resolve(to_.host, to_.port, [this](ErrorCode ec, const tcp::resolver::results_type& found) {
      if (ec) return end(ec);
      beast::get_lowest_layer(stream_).async_connect(found, [this](ErrorCode e, const tcp::endpoint&) { e ? end(e) : connected(); });
    });
  }
  Result<Fetched> result() {
    if (!ended_) return failed(to_, "it took too long");
    if (error_) return failed(to_, error_.message());
    return Fetched{parser_.get().result_int(), std::move(parser_.get().body())};
  }

 private:
  const Address& to_;
  http::request<http::string_body> request_;
  tcp::resolver resolver_;
  Stream stream_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
  ErrorCode error_;
  bool ended_ = false;

  void end(ErrorCode ec) {
    error_ = ec;
    ended_ = true;
  }
  void connected() {
    if constexpr (std::is_same_v<Stream, beast::ssl_stream<beast::tcp_stream>>)
      stream_.async_handshake(net::ssl::stream_base::client, [this](ErrorCode ec) { ec ? end(ec) : ask(); });
    else ask();
  }
  void ask() {
    http::async_write(stream_, request_, [this](ErrorCode ec, std::size_t) {
      if (ec) return end(ec);
      http::async_read(stream_, buffer_, parser_, [this](ErrorCode e, std::size_t) { end(e); });
    });
  }
};

http::request<http::string_body> request_of(const Fetch& what, const Address& to) {
  http::request<http::string_body> request(what.form.empty() ? http::verb::get : http::verb::post, to.target, 11);
  const bool usual = to.port == (to.tls ? "443" : "80");
  const bool v6 = to.host.find(':') != std::string::npos;
  request.set(http::field::host, fmt::format("{}{}{}{}", v6 ? "[" : "", to.host, v6 ? "]" : "", usual ? "" : ":" + to.port));
  request.set(http::field::user_agent, "mozu");
  request.set(http::field::accept, "application/json");
  if (!what.authorization.empty()) request.set(http::field::authorization, what.authorization);
  if (!what.form.empty()) {
    request.set(http::field::content_type, "application/x-www-form-urlencoded");
    request.body() = what.form;
  }
  request.prepare_payload();
  return request;
}

template <class Stream>
Result<Fetched> run(net::io_context& io, Exchange<Stream>& exchange) {
  exchange.start();
  io.run_for(std::chrono::milliseconds(fetch_ms_max));
  return exchange.result();
}

Result<Fetched> over_tls(const Fetch& what, const Address& to) {
  net::ssl::context tls(net::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  tls.set_verify_mode(net::ssl::verify_peer);
  ErrorCode ec;
  if (what.authority.empty()) tls.set_default_verify_paths(ec);
  else tls.load_verify_file(what.authority, ec);
  if (ec) return failed(to, fmt::format("the authority's certificate cannot be used: {}", ec.message()));
  net::io_context io;
  Exchange<beast::ssl_stream<beast::tcp_stream>> exchange(io, to, request_of(what, to), tls);
  SSL* ssl = exchange.stream().native_handle();
  exchange.stream().set_verify_callback(net::ssl::host_name_verification(to.host));
  SSL_set_tlsext_host_name(ssl, to.host.c_str());
  return run(io, exchange);
}

}  // namespace

Result<Address> parse_address(std::string_view url) {
  const auto no = [&] {
    return fail("url-invalid", fmt::format("'{}' is no address that may be asked", printable(url, 100)),
                "write https://…; http only for this machine's own loopback");
  };
  Address out;
  if (url.starts_with("http://")) out.tls = false;
  else if (!url.starts_with("https://")) return no();
  std::string_view rest = url.substr(out.tls ? 8 : 7);
  for (const char c : rest)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7F) return no();
  const auto slash = rest.find_first_of("/?#");
  std::string_view host = rest.substr(0, slash);
  out.target = slash == rest.npos ? "/" : std::string(rest.substr(slash, rest.find('#') - slash));
  if (!out.target.starts_with('/')) out.target.insert(0, "/");
  if (host.find('@') != host.npos) return no();
  out.port = out.tls ? "443" : "80";
  const auto bracket = host.rfind(']');
  if (const auto colon = host.rfind(':'); colon != host.npos && (bracket == host.npos || colon > bracket)) {
    const auto port = to_uint(host.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) return no();
    out.port = fmt::format("{}", *port);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out.host = host;
  if (out.host.empty()) return no();
  const bool loopback =
      out.host == "localhost" || out.host == "::1" || (out.host.starts_with("127.") && out.host.find_first_not_of("0123456789.") == out.host.npos);
  if (!out.tls && !loopback) return no();
  return out;
}

Result<Fetched> fetch(const Fetch& what) {
  MOZU_LET(const Address to, parse_address(what.url));
  try {
    if (to.tls) return over_tls(what, to);
    net::io_context io;
    Exchange<beast::tcp_stream> exchange(io, to, request_of(what, to));
    return run(io, exchange);
  } catch (const std::exception& e) {
    return failed(to, e.what());
  }
}

}  // namespace mozu::server
