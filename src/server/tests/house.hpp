// A whole server on a free port of the loopback, with people of every role in two organisations, and a client over real sockets.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/server/identity.hpp"
#include "mozu/server/routes.hpp"
#include "mozu/server/server.hpp"
#include "mozu/store/accounts.hpp"
#include "mozu/store/store.hpp"

namespace mozu::server::test {

struct Answer {
  int status = 0;                                   ///< 0: the connection ended without a response
  std::multimap<std::string, std::string> headers;  ///< names in lower case
  std::string body;
  std::string header(const std::string& name) const;
  bool has(std::string_view text) const { return body.find(text) != std::string::npos; }
};

/// One TCP connection. Reads give up after a minute, so that a server that hangs fails a test rather than stops it.
class Wire {
 public:
  explicit Wire(std::uint16_t port, const char* from = "127.0.0.1");
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  bool send(std::string_view bytes);
  Answer read(bool head = false);  ///< one response
  bool ended();                    ///< the server closed (waits for it)
  /// Sends one byte after the other, with a moment between them: did the server close before the last one?
  bool ended_while_dribbling(std::string_view bytes);
  Answer ask(std::string_view method, std::string_view target, std::string_view headers = {}, std::string_view body = {});

 private:
  int fd_ = -1;
  std::string buffer_;
  bool fill();
};

struct Settings {
  Limits limits{};
  bool tls = false;
  std::string client_authority{};
  unsigned threads = 2, workers = 4;
  std::uint64_t import_bytes_max = 1 << 20;
  std::int64_t turn_ms = store::StoreOptions().turn_ms;
  std::span<const PortalFile> portal{};
  std::string base{};              ///< where the base is; empty: a folder of the house's own
  const class House* beside = {};  ///< another server on one base, with the same people
  std::function<std::unique_ptr<store::Store>(std::unique_ptr<store::Store>)> wrap{};
};

class House {
 public:
  explicit House(const Settings& settings = {});
  ~House();
  std::uint16_t port() const { return server->port(); }
  /// With the token of a person: "ann" (analyst of A), "adam" (administrator of A), "root" (administrator of no organisation), "aki" (author of A), "rea" (reader of A), "fee" (feed
  /// client of A), "bob" (reader of B), "ben" (analyst of B); empty: nobody.
  Answer ask(std::string_view who, std::string_view method, std::string_view target, std::string_view body = {}, std::string_view headers = {});
  std::string bearer(std::string_view who);  ///< header line
  std::string log() const;
  bool logged(std::string_view text);  ///< waits for it; a line comes after its response
  void import(std::string_view bundle, intel::OrganisationId organisation, intel::Tlp tlp);

  std::string folder, base;
  std::unique_ptr<store::Store> knowledge;
  std::unique_ptr<store::Accounts> accounts;
  struct {
    std::atomic<std::int64_t> ms{1'793'000'000'000};
  } now;  ///< what the identities take for the time
  std::unique_ptr<Identities> identities;
  std::unique_ptr<Services> services;
  std::unique_ptr<Application> application;
  std::unique_ptr<Server> server;
  intel::OrganisationId a = 0, b = 0;
  std::map<std::string, std::string, std::less<>> tokens;

 private:
  void populate(const House* beside);
  mutable std::mutex log_mutex_;
  std::condition_variable log_grew_;
  std::string log_;
  void add(const std::string& name, Role role, intel::OrganisationId organisation);
};

/// The first text of this name in the body; empty: there is none.
std::string text_of(const Answer& answer, const std::string& key);
std::int64_t number_of(const Answer& answer, const std::string& key);  ///< -1: there is none

inline constexpr std::string_view json_type = "Content-Type: application/json\r\n";
inline constexpr std::string_view password = "correct horse battery";

}  // namespace mozu::server::test
