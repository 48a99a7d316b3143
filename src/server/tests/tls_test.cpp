// TLS with the self-made certificate.
#include <arpa/inet.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "certificate.hpp"
#include "house.hpp"
#include "mozu/base/text.hpp"

namespace mozu::server::test {
namespace {

struct Free {
  void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
  void operator()(SSL* s) const { SSL_free(s); }
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
  void operator()(X509* c) const { X509_free(c); }
  void operator()(X509_EXTENSION* e) const { X509_EXTENSION_free(e); }
  void operator()(BIO* b) const { BIO_free_all(b); }
};

using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

/// A certificate of `name`, signed by `issuer` (none: by itself), from a day ago until `seconds` from now.
struct Party {
  Key key;
  Certificate certificate;
};
Party party(const std::string& name, const Party* issuer, long seconds = 3600) {
  Party out{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* c = out.certificate.get();
  X509_set_version(c, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(c), static_cast<long>(std::hash<std::string>{}(name) >> 40) + 1);
  X509_gmtime_adj(X509_getm_notBefore(c), -86400);
  X509_gmtime_adj(X509_getm_notAfter(c), seconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("Example"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(c, X509_get_subject_name(issuer == nullptr ? c : issuer->certificate.get()));
  X509_set_pubkey(c, out.key.get());
  if (issuer == nullptr) {
    const std::unique_ptr<X509_EXTENSION, Free> authority(X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE"));
    X509_add_ext(c, authority.get(), -1);
  }
  X509_sign(c, issuer == nullptr ? out.key.get() : issuer->key.get(), EVP_sha256());
  return out;
}

void write_pem(const std::string& path, X509* certificate) {
  const std::unique_ptr<BIO, Free> file(BIO_new_file(path.c_str(), "w"));
  PEM_write_bio_X509(file.get(), certificate);
}

/// What the server answers; empty if no TLS connection came about.
std::string ask_tls(std::uint16_t port, int version_max, const std::string& trusted, const Party* client = nullptr,
                    std::string_view request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") {
  const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context.get(), version_max);
  SSL_CTX_set_security_level(context.get(), 0);  // so that it is the server that refuses old versions
  if (!trusted.empty()) {
    SSL_CTX_load_verify_locations(context.get(), trusted.c_str(), nullptr);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  }
  if (client != nullptr) {
    SSL_CTX_use_certificate(context.get(), client->certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), client->key.get());
  }
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string out;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    const std::unique_ptr<SSL, Free> ssl(SSL_new(context.get()));
    SSL_set_fd(ssl.get(), fd);
    SSL_set1_host(ssl.get(), "localhost");
    if (SSL_connect(ssl.get()) == 1) {
      SSL_write(ssl.get(), request.data(), static_cast<int>(request.size()));
      char piece[4096];
      for (int n = 0; (n = SSL_read(ssl.get(), piece, sizeof piece)) > 0;) out.append(piece, static_cast<std::size_t>(n));
    }
  }
  ::close(fd);
  return out;
}

TEST(Tls, ServesWithItsOwnCertificateFrom12On) {
  Settings settings;
  settings.tls = true;
  House house(settings);
  const TlsFiles files = *self_made_certificate(house.folder);
  const std::string answer = ask_tls(house.port(), TLS1_3_VERSION, files.certificate);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  EXPECT_NE(answer.find("Strict-Transport-Security"), std::string::npos);
  EXPECT_TRUE(ask_tls(house.port(), TLS1_2_VERSION, files.certificate).starts_with("HTTP/1.1 200"));
  EXPECT_EQ(ask_tls(house.port(), TLS1_1_VERSION, {}), "");
  Wire plain(house.port());
  EXPECT_EQ(plain.ask("GET", "/healthz").status, 0);
}

TEST(Tls, TheCertificateIsKeptAndItsKeyIsPrivate) {
  House house;
  const TlsFiles files = *self_made_certificate(house.folder);
  const std::string first = *certificate_fingerprint(files.certificate);
  EXPECT_EQ(first.size(), 95U);
  EXPECT_EQ(*certificate_fingerprint(self_made_certificate(house.folder)->certificate), first);
  struct stat about{};
  ASSERT_EQ(::stat(files.key.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  ASSERT_EQ(::unlink(files.key.c_str()), 0);
  EXPECT_NE(*certificate_fingerprint(self_made_certificate(house.folder)->certificate), first);
}

/// A server that asks for certificates of one authority, and who comes to it.
struct Certificates : ::testing::Test {
  static Settings settings(const std::string& authority) {
    Settings out;
    out.tls = true;
    out.client_authority = authority;
    return out;
  }
  Party authority = party("Authority", nullptr), other_authority = party("Authority", nullptr);
  Party sensor = party("sensor 7", &authority), stranger = party("sensor 8", &authority), forged = party("sensor 7", &other_authority),
        old = party("sensor 7", &authority, -60);
  std::string path = [this] {
    std::string out = (std::filesystem::temp_directory_path() / fmt::format("mozu-authority-{}.pem", ::getpid())).string();
    write_pem(out, authority.certificate.get());
    return out;
  }();
  House house{settings(path)};
  ~Certificates() override { ::unlink(path.c_str()); }

  void bind(const std::string& name, const std::string& external) {
    const auto before = **house.accounts->user_named(name);
    auto user = before;
    user.external = *canonical_external(external);
    ASSERT_TRUE(house.accounts->update_user(before, user));
    house.identities->forget();
  }
  std::string call(const Party* client, std::string_view what, std::string_view headers = {}) const {
    return ask_tls(house.port(), TLS1_3_VERSION, {}, client, fmt::format("{} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{}\r\n", what, headers));
  }
  int status(const Party* client, std::string_view what, std::string_view headers = {}) const {
    const std::string answer = call(client, what, headers);
    return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3));
  }
};

TEST_F(Certificates, NameWhoTheyAreBoundTo) {
  constexpr std::string_view me = "GET /api/v1/session";
  EXPECT_EQ(status(nullptr, "GET /healthz"), 200) << "a certificate is not a must";
  EXPECT_EQ(status(nullptr, me), 401);
  EXPECT_EQ(status(&sensor, me), 401) << "bound to nobody";
  bind("rea", "certificate " + fold(fingerprint_of(sensor.certificate.get())));
  EXPECT_NE(call(&sensor, me).find(R"("name":"rea")"), std::string::npos);
  EXPECT_EQ(status(&stranger, me), 401);
  EXPECT_EQ(status(&sensor, "GET /api/v1/users"), 403) << "no more than rea may";
  bind("fee", "subject CN=sensor 8,O=Example");
  EXPECT_NE(call(&stranger, me).find(R"("name":"fee")"), std::string::npos);
  EXPECT_NE(call(&stranger, me, house.bearer("ann")).find(R"("name":"ann")"), std::string::npos) << "what a client says itself goes before";
  EXPECT_EQ(house.identities->accounts()
                .update_user(**house.accounts->user_named("fee"),
                             [&] {
                               auto user = **house.accounts->user_named("fee");
                               user.disabled = true;
                               return user;
                             }())
                .has_value(),
            true);
  house.identities->forget();
  EXPECT_EQ(status(&stranger, me), 401);
}

TEST_F(Certificates, OfOthersAndOldOnesEndTheConnection) {
  bind("rea", "subject CN=sensor 7,O=Example");
  EXPECT_EQ(status(&sensor, "GET /api/v1/session"), 200);
  EXPECT_EQ(status(&forged, "GET /api/v1/session"), 0);
  EXPECT_EQ(status(&old, "GET /api/v1/session"), 0);
}

TEST_F(Certificates, AreNoUseToPagesOfOtherPlaces) {
  bind("ann", "certificate " + fingerprint_of(sensor.certificate.get()));
  constexpr std::string_view change = "DELETE /api/v1/tokens/999999";
  EXPECT_EQ(status(&sensor, change), 404);
  EXPECT_EQ(status(&sensor, change, "Origin: https://localhost\r\nSec-Fetch-Site: same-origin\r\n"), 404);
  for (const auto headers : {"Origin: https://evil.example\r\n", "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n", "Sec-Fetch-Site: same-site\r\n"})
    EXPECT_EQ(status(&sensor, change, headers), 403) << headers;
  // What is kept of a certificate in memory must not be had for its name.
  EXPECT_EQ(status(nullptr, "GET /api/v1/session", fmt::format("Cookie: __Host-mozu=certificate {}\r\n", fingerprint_of(sensor.certificate.get()))), 401);
  EXPECT_EQ(status(nullptr, "GET /api/v1/session", fmt::format("Authorization: Bearer certificate {}\r\n", fingerprint_of(sensor.certificate.get()))), 401);
}

TEST(External, NamesAreWrittenInOneWay) {
  const std::string digits(64, 'a');
  EXPECT_EQ(canonical_external("certificate " + digits)->substr(0, 18), "certificate AA:AA:");
  EXPECT_EQ(*canonical_external(*canonical_external("certificate " + digits)), *canonical_external("certificate " + digits));
  EXPECT_EQ(*canonical_external("subject CN=sensor 7,O=Example"), "subject CN=sensor 7,O=Example");
  EXPECT_EQ(*canonical_external("oidc https://idp.example.com 8c2f"), "oidc https://idp.example.com 8c2f");
  for (const auto bad : {"", "certificate", "certificate ", "certificate 00", "subject sensor", "subject  CN=x", "oidc https://idp.example.com", "oidc idp x",
                         "oidc https://a b c", "cert AA", "subject CN=x\n"})
    EXPECT_FALSE(canonical_external(bad)) << bad;
}

TEST(Tls, FilesThatAreNoneAreNamed) {
  House house;
  ListenOptions options;
  options.port = 0;
  options.spool = house.folder;
  options.tls = TlsFiles{house.folder + "/absent.pem", house.folder + "/absent.pem"};
  const auto absent = Server::start(options, *house.application);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, "file-open");
  options.tls = TlsFiles{house.folder + "/secret.key", house.folder + "/secret.key"};
  const auto other = Server::start(options, *house.application);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, "tls-certificate");
  options.tls = *self_made_certificate(house.folder);
  options.tls->client_authority = house.folder + "/secret.key";
  const auto authority = Server::start(options, *house.application);
  ASSERT_FALSE(authority);
  EXPECT_EQ(authority.error().code, "tls-certificate");
}

}  // namespace
}  // namespace mozu::server::test
