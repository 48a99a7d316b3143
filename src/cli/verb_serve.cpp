// mozu serve: opens what the data folder holds, listens, and waits to be told to stop.
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <mutex>

#include "data_folder.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/server/routes.hpp"
#include "mozu/server/server.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

constexpr std::uint64_t secret_bytes_max = 4096;

/// "127.0.0.1:8443", "[::1]:8443"
bool read_listen(const std::string& text, server::ListenOptions& out) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  const auto port = to_uint(std::string_view(text).substr(colon + 1));
  if (!port || *port > 65535) return false;
  out.address = text.substr(0, colon);
  if (out.address.starts_with('[') && out.address.ends_with(']')) out.address = out.address.substr(1, out.address.size() - 2);
  out.port = static_cast<std::uint16_t>(*port);
  return !out.address.empty();
}

bool is_loopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

/// systemd.socket: one socket as descriptor 3.
int handed_over() {
  const char* pid = std::getenv("LISTEN_PID");
  const char* count = std::getenv("LISTEN_FDS");
  if (pid == nullptr || count == nullptr) return -1;
  return to_uint(pid) == static_cast<std::uint64_t>(::getpid()) && std::string_view(count) == "1" ? 3 : -1;
}

Result<server::ListenOptions> listen_options(const ServeArguments& a, const DataFolder& data) {
  server::ListenOptions out;
  if (!read_listen(a.listen, out))
    return fail("usage", fmt::format("--listen: '{}' is no address with a port", printable(a.listen, 60)), "write it like 127.0.0.1:8443 or [::1]:8443");
  out.socket = handed_over();
  out.spool = data.path + "/spool";
  if (a.plain) {
    if (!a.behind_proxy && (out.socket >= 0 || !is_loopback(out.address)))
      return fail("usage", "without TLS, passwords and tokens would cross the network in the clear",
                  "listen on 127.0.0.1, or say --behind-proxy if a proxy before it speaks TLS");
    return out;
  }
  if (!a.certificate.empty()) {
    out.tls = server::TlsFiles{a.certificate, a.key};
  } else {
    MOZU_LET(out.tls, server::self_made_certificate(data.path));
  }
  out.tls->client_authority = a.client_authority;
  return out;
}

Result<server::OidcOptions> oidc_options(const ServeArguments& a) {
  server::OidcOptions out{a.oidc_issuer, a.oidc_client, {}, a.oidc_authority, a.public_url};
  if (out.issuer.empty()) return out;
  MOZU_TRY(server::check(out));
  if (!a.oidc_secret_file.empty()) {
    MOZU_LET(const std::string text, read_file(a.oidc_secret_file, secret_bytes_max));
    out.client_secret = trim(text);
  }
  return out;
}

/// What a run that died left half-received is nobody's after a day; younger files may be of a server that is just being replaced.
void sweep(const std::string& spool) {
  std::error_code ignored;
  const auto yesterday = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24);
  for (const auto& entry : std::filesystem::directory_iterator(spool, ignored))
    if (entry.is_regular_file(ignored) && entry.last_write_time(ignored) < yesterday) std::filesystem::remove(entry.path(), ignored);
}

Status prepare_folder(const DataFolder& data) {
  const std::string spool = data.path + "/spool";
  std::error_code ec;
  std::filesystem::create_directories(spool, ec);
  if (!ec) std::filesystem::permissions(spool, std::filesystem::perms::owner_all, ec);
  if (!ec) sweep(spool);
  if (ec) return fail("data-folder", fmt::format("{} cannot be used: {}", data.path, ec.message()), "name another with --data");
  return {};
}

/// The usual 1024 descriptors would be taken by the connections alone, and none be left for bases and bodies.
void allow_descriptors() {
  constexpr rlim_t wanted = 8192;
  rlimit now{};
  if (::getrlimit(RLIMIT_NOFILE, &now) != 0 || now.rlim_cur >= wanted) return;
  now.rlim_cur = std::min(wanted, now.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &now);
}

std::string address_of(const ServeArguments& a, const server::ListenOptions& listen, std::uint16_t port) {
  const bool v6 = listen.address.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", a.plain ? "http" : "https", v6 ? "[" : "", listen.address, v6 ? "]" : "", port);
}

/// The first administrator's link, where nobody but whom it is printed for can read it on its way: else the command that makes one.
Result<std::string> first_run(const ServeArguments& a, const server::ListenOptions& listen, const std::string& address, server::Identities& identities) {
  const bool safe = listen.tls || (listen.socket < 0 && is_loopback(listen.address));
  if (!safe || server::built_in_portal().empty()) {
    MOZU_LET(const auto users, identities.accounts().users());
    if (!users.empty()) return std::string();
    return fmt::format("nobody can sign in yet; make the first administrator:\n  mozu user add NAME --role administrator{}\n",
                       a.data.empty() ? "" : " --data " + a.data);
  }
  MOZU_LET(const auto secret, identities.make_welcome());
  if (!secret) return std::string();
  // Where it listens on every address, none of them is one to open.
  const std::string port = address.substr(address.rfind(':'));
  const std::string here = listen.address == "0.0.0.0" || listen.address == "::" ? "https://localhost" + port : address;
  return fmt::format("nobody can sign in yet; this link makes the first administrator, once, within an hour:\n  {}/welcome#{}\n",
                     a.public_url.empty() ? here : a.public_url, *secret);
}

void greet(const ServeArguments& a, const server::ListenOptions& listen, const std::string& address, const std::string& first) {
  std::string text = fmt::format("mozu serves {}\n", address);
  if (listen.tls && a.certificate.empty())
    if (const auto fingerprint = server::certificate_fingerprint(listen.tls->certificate))
      text += fmt::format("self-made certificate, SHA-256 {}\n", *fingerprint);
  write_stderr(text + first);  // at once: whoever waits for the first line finds the rest there, too
}

/// Waits for SIGTERM or SIGINT, which every thread made from here on has blocked.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~Signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  void wait() const {
    int signal = 0;
    while (::sigwait(&set_, &signal) != 0) {}
  }

 private:
  sigset_t set_{}, before_{};
};

}  // namespace

int serve_verb(const ServeArguments& arguments) {
  allow_descriptors();
  const DataFolder data(arguments.data);
  if (const auto prepared = prepare_folder(data); !prepared) return failed(prepared.error());
  const auto listen = listen_options(arguments, data);
  if (!listen) {
    say(listen.error());
    return listen.error().code == "usage" ? exit_usage : exit_failed;
  }
  const auto oidc = oidc_options(arguments);
  if (!oidc) return failed(oidc.error());
  const Signals signals;
  auto knowledge = store::Store::open({data.knowledge()});
  if (!knowledge) return failed(knowledge.error());
  auto accounts = store::Accounts::open({data.knowledge()});
  if (!accounts) return failed(accounts.error());
  const auto key = server::Identities::key_of(data.path);
  if (!key) return failed(key.error());
  if (const auto swept = (*accounts)->remove_expired(Timestamp::now()); !swept) return failed(swept.error());
  server::Identities identities(**accounts, {}, *key);
  std::mutex log_mutex;
  const server::LogSink log = [&log_mutex](std::string_view line) {
    const std::scoped_lock lock(log_mutex);
    write_stderr(std::string(line) + "\n");
  };
  server::Application* built = nullptr;
  server::Services services{**knowledge, identities, listen->spool, log, [&built] { return built->metrics(); }};
  services.oidc = *oidc;
  if (!arguments.notifications.empty()) {
    auto settings = notify::read_settings(arguments.notifications);
    if (!settings) return failed(settings.error());
    services.notifications = std::move(*settings);
  }
  services.portal = server::built_in_portal();
  services.data_folder = data.path;
  services.indicators = data.indicators();
  services.warning_lists = data.warning_lists();
  services.attributions.genes = data.genes();
  services.attributions.samples_bytes_max = static_cast<std::uint64_t>(arguments.samples_gib) << 30;
  services.attributions.kept_days = arguments.samples_days, services.attributions.at_once = static_cast<unsigned>(arguments.samples_at_once);
  server::Application application(server::make_routes(services), identities, log);
  built = &application;
  std::unique_ptr<notify::Service> notifier;
  if (services.notifications) {
    auto started = server::start_notifier(services);
    if (!started) return failed(started.error());
    notifier = std::move(*started);
    services.wake_notifier = [&notifier] { notifier->wake(); };
  }
  auto running = server::Server::start(*listen, application);
  if (!running) return failed(running.error());
  const std::string address = address_of(arguments, *listen, (*running)->port());
  const auto first = first_run(arguments, *listen, address, identities);
  greet(arguments, *listen, address, first ? *first : std::string());
  if (!first) say(first.error());
  signals.wait();
  write_stderr("stopping: what runs is finished first\n");
  (*running)->stop();
  (*running)->wait();
  return exit_done;
}

}  // namespace mozu::cli
