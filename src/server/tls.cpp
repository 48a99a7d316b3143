// What connections speak TLS with: versions, ciphers, the server's certificate, and who signs those of clients.
#include "tls.hpp"

#include <fmt/core.h>

#include <boost/asio/ssl/context.hpp>

#include "mozu/base/file.hpp"

namespace mozu::server {
namespace {

namespace net = boost::asio;

constexpr std::uint64_t pem_bytes_max = std::uint64_t{1} << 20;

/// Clients may show a certificate; one that the authority did not sign, or that is not good now, ends the handshake.
Status ask_for_certificates(SSL_CTX* context, const std::string& authority) {
  STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(authority.c_str());
  if (names == nullptr || SSL_CTX_load_verify_locations(context, authority.c_str(), nullptr) != 1) {
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    return fail("tls-certificate", fmt::format("{} holds no certificate that can be used", authority),
                "it must be the PEM of who signs certificates of clients");
  }
  SSL_CTX_set_client_CA_list(context, names);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // A session taken up again would not look at the certificate again.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  return {};
}

}  // namespace

Status prepare(net::ssl::context& tls, const TlsFiles& files) {
  boost::system::error_code ec;
  tls.set_options(net::ssl::context::default_workarounds | net::ssl::context::no_sslv2 | net::ssl::context::no_sslv3 | net::ssl::context::no_tlsv1 |
                      net::ssl::context::no_tlsv1_1 | net::ssl::context::no_compression,
                  ec);
  SSL_CTX* context = tls.native_handle();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  MOZU_LET(const std::string certificate, read_file(files.certificate, pem_bytes_max));
  tls.use_certificate_chain(net::buffer(certificate), ec);
  if (ec)
    return fail("tls-certificate", fmt::format("{} holds no certificate that can be used", files.certificate),
                "it must be PEM, the server's own certificate first");
  MOZU_LET(const std::string key, read_file(files.key, pem_bytes_max));
  tls.use_private_key(net::buffer(key), net::ssl::context::pem, ec);
  if (ec)
    return fail("tls-certificate", fmt::format("{} holds no key that can be used", files.key),
                "it must be PEM, without a password, and belong to the certificate");
  return files.client_authority.empty() ? Status{} : ask_for_certificates(context, files.client_authority);
}

}  // namespace mozu::server
