// TLS with the self-made certificate.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "house.hpp"

namespace mozu::server::test {
namespace {

struct Free {
  void operator()(SSL_CTX* c) const { SSL_CTX_free(c); }
  void operator()(SSL* s) const { SSL_free(s); }
};

/// What the server answers; empty if no TLS connection came about.
std::string ask(std::uint16_t port, int version_max, const std::string& trusted) {
  const std::unique_ptr<SSL_CTX, Free> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context.get(), version_max);
  SSL_CTX_set_security_level(context.get(), 0);  // so that it is the server that refuses old versions
  if (!trusted.empty()) {
    SSL_CTX_load_verify_locations(context.get(), trusted.c_str(), nullptr);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
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
      static constexpr std::string_view request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
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
  const std::string answer = ask(house.port(), TLS1_3_VERSION, files.certificate);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  EXPECT_NE(answer.find("Strict-Transport-Security"), std::string::npos);
  EXPECT_TRUE(ask(house.port(), TLS1_2_VERSION, files.certificate).starts_with("HTTP/1.1 200"));
  EXPECT_EQ(ask(house.port(), TLS1_1_VERSION, {}), "");
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
}

}  // namespace
}  // namespace mozu::server::test
