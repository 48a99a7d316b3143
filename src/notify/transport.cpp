// The only file of the room that sees libcurl.
#include "mozu/notify/transport.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "mozu/base/text.hpp"

namespace mozu::notify {
namespace {

constexpr std::size_t why_bytes_max = 300;

/// libcurl's own state, made before its first use and never taken away: handles may live as long as the process.
void begin_curl() {
  static const CURLcode begun = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)begun;
}

struct ListDeleter {
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;
/// False: no memory.
bool add(List& list, const std::string& text) {
  curl_slist* longer = ::curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) return false;
  list.release();  // NOLINT: it is the begin of `longer`, or was none
  list.reset(longer);
  return true;
}

std::string address_text(const sockaddr* a) {
  char out[INET6_ADDRSTRLEN] = {};
  if (a->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, a, sizeof v4);
    if (::inet_ntop(AF_INET, &v4.sin_addr, out, sizeof out) == nullptr) return {};
  } else if (a->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, a, sizeof v6);
    if (::inet_ntop(AF_INET6, &v6.sin6_addr, out, sizeof out) == nullptr) return {};
  }
  return out;
}

/// "[::1]" and "::1" alike.
std::string bracketed(const std::string& host) { return host.find(':') != std::string::npos && !host.starts_with('[') ? "[" + host + "]" : host; }

}  // namespace

struct Carrier::State {
  MailServer server;
  Networks allowed;
  std::string authority;
  Patience patience;
  const std::atomic<bool>* stop = nullptr;
  CURL* mail = nullptr;  // keeps the connection
  // Of what is under way:
  std::string_view rest;
  bool begun = false;      // our words were asked for
  bool forbidden = false;  // an address was not connected to
  std::string said;        // line of the other side: the one that refused, else the last
  std::size_t answered = 0;

  void start(std::string_view body) {
    rest = body;
    begun = forbidden = false;
    said.clear();
    answered = 0;
  }
  std::string why(CURLcode code, const char* detail) const {
    const std::string_view what = !said.empty()       ? std::string_view(said)
                                  : detail[0] != '\0' ? std::string_view(detail)
                                                      : std::string_view(::curl_easy_strerror(code));
    return printable(what, why_bytes_max);
  }

  static std::size_t give(char* to, std::size_t size, std::size_t n, void* self) {
    auto& s = *static_cast<State*>(self);
    s.begun = true;
    const std::size_t bytes = std::min(size * n, s.rest.size());
    if (bytes > 0) std::memcpy(to, s.rest.data(), bytes);
    s.rest.remove_prefix(bytes);
    return bytes;
  }
  static std::size_t hear(char* data, std::size_t size, std::size_t n, void* self) {
    auto& s = *static_cast<State*>(self);
    const bool refused = s.said.starts_with('4') || s.said.starts_with('5');  // what follows is the farewell
    if (!refused) s.said = trim(std::string_view(data, std::min(size * n, why_bytes_max)));
    return size * n;
  }
  static std::size_t take(char* /*data*/, std::size_t size, std::size_t n, void* self) {
    auto& s = *static_cast<State*>(self);
    s.answered += size * n;
    return s.answered > webhook_answer_bytes_max ? 0 : size * n;
  }
  static int progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    const auto& s = *static_cast<State*>(self);
    return *s.stop && !s.begun ? 1 : 0;
  }
  /// The address is what the connection will go to: no second resolution can lie between.
  static curl_socket_t open_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* a) {
    auto& s = *static_cast<State*>(self);
    const std::string text = address_text(&a->addr);
    if (text.empty() || !may_connect(text, s.allowed)) {
      s.forbidden = true;
      return CURL_SOCKET_BAD;
    }
    return ::socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
  }

  void common(CURL* c, char* error, std::int64_t whole_ms) {
    ::curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(c, CURLOPT_PROXY, "");  // also none of the environment
    ::curl_easy_setopt(c, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    ::curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    ::curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    ::curl_easy_setopt(c, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    ::curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
    ::curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(patience.connect_ms, whole_ms)));
    ::curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(whole_ms));
    ::curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    ::curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, &State::progress);
    ::curl_easy_setopt(c, CURLOPT_XFERINFODATA, this);
  }
  void mail_options(CURL* c) const {
    const bool tls = server.security == Security::tls;
    ::curl_easy_setopt(c, CURLOPT_URL, fmt::format("{}://{}:{}/{}", tls ? "smtps" : "smtp", bracketed(server.host), server.port, server.hello).c_str());
    ::curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    ::curl_easy_setopt(c, CURLOPT_USE_SSL, static_cast<long>(server.security == Security::none ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!server.authority.empty()) ::curl_easy_setopt(c, CURLOPT_CAINFO, server.authority.c_str());
    if (!server.user.empty()) {
      ::curl_easy_setopt(c, CURLOPT_USERNAME, server.user.c_str());
      ::curl_easy_setopt(c, CURLOPT_PASSWORD, server.password.c_str());
    }
  }
  void webhook_options(CURL* c, const std::string& url, std::string_view body) {
    ::curl_easy_setopt(c, CURLOPT_URL, url.c_str());
    ::curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https");
    ::curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    if (!authority.empty()) ::curl_easy_setopt(c, CURLOPT_CAINFO, authority.c_str());
    ::curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, &State::open_socket);
    ::curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, this);
    ::curl_easy_setopt(c, CURLOPT_POST, 1L);
    ::curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    ::curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.data());
    ::curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, &State::take);
    ::curl_easy_setopt(c, CURLOPT_WRITEDATA, this);
    ::curl_easy_setopt(c, CURLOPT_USERAGENT, "Mozu");
  }
};

Carrier::Carrier(MailServer server, Networks allowed, std::string authority, Patience patience, const std::atomic<bool>& stop)
    : state_(std::make_unique<State>()) {
  begin_curl();
  state_->server = std::move(server);
  state_->allowed = std::move(allowed);
  state_->authority = std::move(authority);
  state_->patience = patience;
  state_->stop = &stop;
}

Carrier::~Carrier() {
  if (state_->mail != nullptr) ::curl_easy_cleanup(state_->mail);
}

namespace {

/// After which nobody else need try: it is the server, not the mail.
bool is_of_server(CURLcode code) {
  static constexpr CURLcode codes[] = {CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT,  CURLE_SSL_CONNECT_ERROR,    CURLE_PEER_FAILED_VERIFICATION,
                                       CURLE_USE_SSL_FAILED,       CURLE_LOGIN_DENIED,     CURLE_SSL_CACERT_BADFILE,   CURLE_SSL_CERTPROBLEM,
                                       CURLE_SSL_CIPHER,           CURLE_SSL_ISSUER_ERROR, CURLE_REMOTE_ACCESS_DENIED, CURLE_AUTH_ERROR};
  return std::ranges::find(codes, code) != std::end(codes);
}

Outcome of_mail(CURLcode code, long answer, bool begun, std::string why) {
  if (code == CURLE_OK) return {Outcome::Kind::done, {}, answer};
  if (is_of_server(code) || answer == 421) return {Outcome::Kind::unreachable, std::move(why), answer};
  // An answer to what we asked about this mail: to MAIL, RCPT, DATA (CURLE_SEND_ERROR), or to its text.
  const bool of_this = begun || code == CURLE_SEND_ERROR;
  if (of_this && answer >= 500 && answer < 600 && code != CURLE_OPERATION_TIMEDOUT && code != CURLE_RECV_ERROR)
    return {Outcome::Kind::refused, std::move(why), answer};
  if (of_this || code == CURLE_ABORTED_BY_CALLBACK) return {Outcome::Kind::later, std::move(why), answer};
  return {Outcome::Kind::unreachable, std::move(why), answer};
}

}  // namespace

Outcome Carrier::mail(std::string_view from, std::string_view to, std::string_view message) {
  State& s = *state_;
  if (s.mail == nullptr) s.mail = ::curl_easy_init();
  List recipients;
  if (s.mail == nullptr || !add(recipients, fmt::format("<{}>", to))) return {Outcome::Kind::later, "no memory", 0};
  char error[CURL_ERROR_SIZE] = {};
  s.start(message);
  CURL* c = s.mail;
  ::curl_easy_reset(c);  // connections stay
  s.common(c, error, s.patience.mail_ms);
  s.mail_options(c);
  ::curl_easy_setopt(c, CURLOPT_MAIL_FROM, fmt::format("<{}>", from).c_str());
  ::curl_easy_setopt(c, CURLOPT_MAIL_RCPT, recipients.get());
  ::curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
  ::curl_easy_setopt(c, CURLOPT_READFUNCTION, &State::give);
  ::curl_easy_setopt(c, CURLOPT_READDATA, &s);
  ::curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, &State::hear);
  ::curl_easy_setopt(c, CURLOPT_HEADERDATA, &s);
  const CURLcode code = ::curl_easy_perform(c);
  long answer = 0;
  ::curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
  ::curl_easy_setopt(c, CURLOPT_MAIL_RCPT, nullptr);
  return of_mail(code, answer, s.begun, s.why(code, error));
}

Outcome Carrier::post(const std::string& url, std::string_view body, const std::vector<std::pair<std::string, std::string>>& headers) {
  State& s = *state_;
  const std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)> handle(::curl_easy_init(),
                                                                     &::curl_easy_cleanup);  // one a request: nothing is shared between receivers
  List lines;
  bool whole = handle != nullptr && add(lines, "Content-Type: application/json") && add(lines, "Expect:");
  for (const auto& [name, value] : headers) whole = whole && add(lines, fmt::format("{}: {}", name, value));
  if (!whole) return {Outcome::Kind::later, "no memory", 0};
  char error[CURL_ERROR_SIZE] = {};
  s.start(body);
  CURL* c = handle.get();
  s.common(c, error, s.patience.webhook_ms);
  s.webhook_options(c, url, body);
  ::curl_easy_setopt(c, CURLOPT_HTTPHEADER, lines.get());
  const CURLcode code = ::curl_easy_perform(c);
  long answer = 0;
  ::curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &answer);
  if (answer >= 200 && answer < 300) return {Outcome::Kind::done, {}, answer};
  if (answer == 410) return {Outcome::Kind::refused, "the receiver said 410 Gone", answer};
  if (answer != 0) return {Outcome::Kind::later, fmt::format("the receiver said {}", answer), answer};
  // One answer for both, or whoever may write a rule could ask for the names of the network inside.
  if ((s.forbidden && code == CURLE_COULDNT_CONNECT) || code == CURLE_COULDNT_RESOLVE_HOST)
    return {Outcome::Kind::later, "the host's name leads nowhere, or to an address inside that the operator does not allow", 0};
  return {Outcome::Kind::later, s.why(code, error), 0};
}

namespace {

std::unexpected<Diagnostic> url_wrong(std::string what, std::string hint = {}) {
  Diagnostic d{Severity::error, "field-invalid", std::move(what), {}, std::move(hint)};
  d.where.path = "/url";
  return fail(std::move(d));
}

struct UrlDeleter {
  void operator()(CURLU* u) const { ::curl_url_cleanup(u); }
};
std::string part_of(CURLU* u, CURLUPart part) {
  char* text = nullptr;
  if (::curl_url_get(u, part, &text, 0) != CURLUE_OK || text == nullptr) return {};
  std::string out = text;
  ::curl_free(text);
  return out;
}

}  // namespace

Status check_webhook_url(std::string_view url, const Networks& allowed) {
  begin_curl();
  if (!is_utf8(url) || std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f; }))
    return url_wrong("the URL holds blanks, controls or letters beyond ASCII", "write the host in its ASCII form");
  const std::unique_ptr<CURLU, UrlDeleter> u(::curl_url());
  if (u == nullptr || ::curl_url_set(u.get(), CURLUPART_URL, std::string(url).c_str(), 0) != CURLUE_OK)
    return url_wrong("this is no URL", "write it like https://hooks.example.com/mozu");
  if (part_of(u.get(), CURLUPART_SCHEME) != "https") return url_wrong("a webhook is https", "write it like https://hooks.example.com/mozu");
  if (!part_of(u.get(), CURLUPART_USER).empty() || !part_of(u.get(), CURLUPART_PASSWORD).empty())
    return url_wrong("the URL holds a user or password", "the receiver knows us by the signature");
  if (!part_of(u.get(), CURLUPART_FRAGMENT).empty()) return url_wrong("the URL holds a fragment");
  std::string host = part_of(u.get(), CURLUPART_HOST);  // numbers in any form are four decimal ones by now
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.pop_back();
  const bool local = iequals(host, "localhost") || (host.size() > 10 && iequals(host.substr(host.size() - 10), ".localhost"));  // RFC 6761 §6.3
  const bool address = intel::parse_ipv4(host) || host.find(':') != std::string::npos;
  if (host.empty() || local || (address && !may_connect(host, allowed)))
    return url_wrong("the URL leads to an internal address", "the operator can allow its network");
  return {};
}

}  // namespace mozu::notify
