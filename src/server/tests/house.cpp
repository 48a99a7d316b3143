#include "house.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/stix_objects.hpp"

namespace mozu::server::test {

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string text_of(const Answer& answer, const std::string& key) {
  const auto at = answer.body.find("\"" + key + "\":\"");
  if (at == std::string::npos) return {};
  const auto begin = at + key.size() + 4;
  return answer.body.substr(begin, answer.body.find('"', begin) - begin);
}

std::int64_t number_of(const Answer& answer, const std::string& key) {
  const auto at = answer.body.find("\"" + key + "\":");
  return at == std::string::npos ? -1 : std::strtoll(answer.body.c_str() + at + key.size() + 3, nullptr, 10);
}

Wire::Wire(std::uint16_t port, const char* from) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{60, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  ::inet_pton(AF_INET, from, &to.sin_addr);
  // The port is chosen when it connects: else each connection would keep one from all others for a minute, and a suite has more of them than ports.
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  static_cast<void>(::bind(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to));
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
}
Wire::~Wire() {
  if (fd_ >= 0) ::close(fd_);
}

bool Wire::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool Wire::fill() {
  char piece[65536];
  ssize_t n = 0;
  // With a limit of time set, the system ends a wait when the process was stopped and goes on, or the machine was.
  do n = ::recv(fd_, piece, sizeof piece, 0);
  while (n < 0 && errno == EINTR);
  if (n <= 0) return false;
  buffer_.append(piece, static_cast<std::size_t>(n));
  return true;
}

Answer Wire::read(bool head) {
  Answer out;
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return out;
  const auto lines = split(std::string_view(buffer_).substr(0, end), '\n');
  const int status = static_cast<int>(to_uint(lines[0].substr(9, 3)).value_or(0));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    out.headers.emplace(fold(lines[i].substr(0, colon)), std::string(trim(lines[i].substr(colon + 1))));
  }
  buffer_.erase(0, end + 4);
  if (status == 100) return read(head);
  const std::size_t length = head || status == 204 || status == 304 ? 0 : to_uint(out.header("content-length")).value_or(0);
  while (buffer_.size() < length)
    if (!fill()) return out;
  out.body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  out.status = status;
  return out;
}

bool Wire::ended() {
  while (fill()) {}
  // recv() gave 0, or it gave up waiting: only the first is an end.
  char one = 0;
  return ::recv(fd_, &one, 1, MSG_DONTWAIT) == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

bool Wire::ended_while_dribbling(std::string_view bytes) {
  for (const char c : bytes) {
    if (!send({&c, 1})) return true;
    pollfd one{fd_, POLLIN, 0};
    if (::poll(&one, 1, 10) > 0) return ended();
  }
  return false;
}

Answer Wire::ask(std::string_view method, std::string_view target, std::string_view headers, std::string_view body) {
  std::string out = fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n{}", method, target, headers);
  if (!body.empty() || method == "POST" || method == "PUT") out += fmt::format("Content-Length: {}\r\n", body.size());
  out += "\r\n";
  out += body;
  send(out);
  return read(method == "HEAD");
}

House::House(const Settings& settings) {
  static std::atomic<int> count{0};
  folder = (std::filesystem::temp_directory_path() / fmt::format("mozu-server-{}-{}", ::getpid(), ++count)).string();
  std::filesystem::create_directories(folder);
  base = settings.beside != nullptr ? settings.beside->base : settings.base.empty() ? folder : settings.base;
  store::StoreOptions where{base, false, std::size_t{8} << 20, 4};
  where.turn_ms = settings.turn_ms;
  knowledge = *store::Store::open(where);
  if (settings.wrap) knowledge = settings.wrap(std::move(knowledge));
  accounts = *store::Accounts::open(where);
  IdentityOptions options;
  options.argon2_memory_kib = 64;
  options.argon2_passes = 1;
  options.now = [this] { return Timestamp{now.ms.load()}; };
  identities = std::make_unique<Identities>(*accounts, options, *Identities::key_of(folder));
  const LogSink log = [this](std::string_view line) {
    const std::scoped_lock lock(log_mutex_);
    log_ += std::string(line) + "\n";
    log_grew_.notify_all();
  };
  services = std::make_unique<Services>(Services{*knowledge, *identities, folder, log, [this] { return application->metrics(); }, settings.import_bytes_max});
  services->portal = settings.portal;
  services->data_folder = folder;
  services->attributions.genes = folder + "/genes";
  services->attributions.kept_free_bytes = 0;
  services->indicators = folder + "/indicators.mzi";
  services->warning_lists = folder + "/warning-lists.mzi";
  application = std::make_unique<Application>(make_routes(*services), *identities, log);
  populate(settings.beside);
  ListenOptions listen;
  listen.port = 0;
  listen.threads = settings.threads;
  listen.workers = settings.workers;
  listen.spool = folder;
  listen.limits = settings.limits;
  if (settings.tls) {
    listen.tls = *self_made_certificate(folder);
    listen.tls->client_authority = settings.client_authority;
  }
  server = *Server::start(listen, *application);
}

void House::populate(const House* beside) {
  if (beside != nullptr) {
    a = beside->a, b = beside->b, tokens = beside->tokens;
    return;
  }
  a = *accounts->add_organisation({0, "A", false});
  b = *accounts->add_organisation({0, "B", false});
  add("root", Role::administrator, intel::common);
  add("adam", Role::administrator, a);
  add("ann", Role::analyst, a);
  add("aki", Role::author, a);
  add("rea", Role::reader, a);
  add("fee", Role::feed_client, a);
  add("bob", Role::reader, b);
  add("ben", Role::analyst, b);
}

House::~House() {
  server.reset();
  application.reset();
  identities.reset();
  accounts.reset();
  knowledge.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

void House::add(const std::string& name, Role role, intel::OrganisationId organisation) {
  const auto id = identities->add_user({name, "", std::string(password), std::string(server::name(role)), organisation, intel::Tlp::red});
  ASSERT_TRUE(id) << id.error().message;
  tokens[name] = identities->add_token({*id, "test", "all"})->text;
}

std::string House::bearer(std::string_view who) {
  const auto found = tokens.find(who);
  return found == tokens.end() ? "" : fmt::format("Authorization: Bearer {}\r\n", found->second);
}

Answer House::ask(std::string_view who, std::string_view method, std::string_view target, std::string_view body, std::string_view headers) {
  Wire wire(port());
  return wire.ask(method, target, bearer(who) + std::string(body.starts_with('{') ? "Content-Type: application/json\r\n" : "") + std::string(headers), body);
}

bool House::logged(std::string_view text) {
  std::unique_lock lock(log_mutex_);
  return log_grew_.wait_for(lock, std::chrono::seconds(120), [&] { return log_.find(text) != std::string::npos; });
}

std::string House::log() const {
  const std::scoped_lock lock(log_mutex_);
  return log_;
}

void House::import(std::string_view bundle, intel::OrganisationId organisation, intel::Tlp tlp) {
  const auto import = *knowledge->begin_import({"test", "bundle.json", "", "test", organisation, tlp});
  Diagnostics diagnostics;
  formats::StixReadStatistics statistics;
  const auto read =
      formats::read_stix_objects("bundle.json", bundle, [&](intel::StixObject&& o) { return import->put(std::move(o)); }, diagnostics, statistics);
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(statistics.refused, 0U) << (diagnostics.kept().empty() ? "" : diagnostics.kept()[0].message);
  ASSERT_TRUE(import->commit());
}

}  // namespace mozu::server::test
