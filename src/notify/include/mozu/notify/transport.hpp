// The way out: one mail to the SMTP server that the operator named, one POST to a webhook. The only place of the house that includes libcurl. Proxies, .netrc
// and redirects are not used; certificates are always checked.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/notify/network.hpp"

namespace mozu::notify {

enum class Security : std::uint8_t { none, starttls, tls };

struct MailServer {
  std::string host;  ///< empty: no mail is sent
  std::uint16_t port = 587;
  Security security = Security::starttls;
  std::string user, password;  ///< without a user: no sign-in
  std::string authority;       ///< PEM of who signed its certificate; empty: those the system trusts
  std::string hello;           ///< how we call ourselves (EHLO)
};

/// What became of it.
struct Outcome {
  enum class Kind : std::uint8_t {
    done,
    refused,      ///< and would be again: an unknown mailbox, a forbidden address
    later,        ///< this one, not now
    unreachable,  ///< the server itself: the others need not try
  };
  Kind kind = Kind::done;
  std::string why;  ///< what the other side said, printable and short
  long code = 0;    ///< of SMTP or HTTP; 0: none came
};

struct Patience {
  std::int64_t connect_ms = 10'000;
  std::int64_t mail_ms = 60'000;  ///< for one mail altogether
  std::int64_t webhook_ms = 10'000;
};
inline constexpr std::size_t webhook_answer_bytes_max = 64 << 10;

/// Holds its connection open between mails. One thread at a time.
class Carrier {
 public:
  /// `stop`: when it becomes true, what has not yet been handed over is given up (Outcome::later).
  Carrier(MailServer server, Networks allowed, std::string authority, Patience patience, const std::atomic<bool>& stop);
  ~Carrier();
  Outcome mail(std::string_view from, std::string_view to, std::string_view message);
  /// POST of JSON; the address is judged after its name was resolved.
  Outcome post(const std::string& url, std::string_view body, const std::vector<std::pair<std::string, std::string>>& headers);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// "https://hooks.example.com/x": https, a host, no user, no fragment, no address that `allowed` does not hold in whatever form it is written. Error "field-invalid".
Status check_webhook_url(std::string_view url, const Networks& allowed);

}  // namespace mozu::notify
