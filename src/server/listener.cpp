// Sockets and HTTP on the wire: the only file that includes Boost.Beast. Each connection runs on its own strand; quick routes run on the
// threads that serve sockets, slow ones on workers.
#include <fmt/core.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <cerrno>
#include <chrono>
#include <limits>
#include <mutex>
#include <thread>
#include <type_traits>

#include "certificate.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/server/server.hpp"
#include "peers.hpp"
#include "request_parser.hpp"
#include "secrets.hpp"
#include "spool.hpp"
#include "tls.hpp"

namespace mozu::server {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = net::ip::tcp;
using ErrorCode = beast::error_code;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using Clock = std::chrono::steady_clock;

constexpr std::size_t read_bytes = std::size_t{64} << 10;

template <class Stream>
class Connection final : public Peer, public std::enable_shared_from_this<Connection<Stream>> {
  static constexpr bool tls = std::is_same_v<Stream, TlsStream>;

 public:
  template <class... Arguments>
  Connection(House& house, std::string address, Arguments&&... arguments)
      : house_(house),
        stream_(std::forward<Arguments>(arguments)...),
        address_(std::move(address)),
        work_(stream_.get_executor()) {}
  ~Connection() override { house_.leave(this); }

  void start() {
    ErrorCode ec;
    const auto local = lowest().socket().local_endpoint(ec);
    if (!ec) here_ = fmt::format(fmt::runtime(local.address().is_v6() ? "[{}]:{}" : "{}:{}"), local.address().to_string(ec), local.port());
    this->await_head();
    house_.enter(this->shared_from_this(), address_);
    net::dispatch(stream_.get_executor(), [self = this->shared_from_this()] { self->shake_hands(); });
  }
  void end_if_idle(bool also_new) override {
    net::post(stream_.get_executor(), [self = this->shared_from_this(), also_new] {
      if (self->idle_ && (also_new || !self->new_)) self->lowest().close();
    });
  }
  void cut() override {
    net::post(stream_.get_executor(), [self = this->shared_from_this()] { self->lowest().close(); });
  }

 private:
  House& house_;
  Stream stream_;
  std::string address_, here_, certificate_, certificate_subject_;
  net::executor_work_guard<typename Stream::executor_type> work_;  // the server must not end while a worker has the request
  beast::flat_buffer buffer_{read_bytes * 2};
  std::optional<RequestParser> parser_;
  std::string chunk_ = std::string(read_bytes, '\0');
  Request request_;
  Spool spool_;
  std::uint64_t body_bytes_ = 0;
  Clock::time_point began_, body_began_;
  bool idle_ = true, new_ = true, keep_ = false;
  std::optional<http::response<http::string_body>> response_;
  std::optional<http::response<http::file_body>> file_response_;
  std::optional<http::response<http::empty_body>> head_response_;

  const Limits& limits() const { return house_.options.limits; }
  beast::tcp_stream& lowest() { return beast::get_lowest_layer(stream_); }
  void expire(std::int64_t ms) { lowest().expires_after(std::chrono::milliseconds(ms)); }
  auto self() { return this->shared_from_this(); }

  void shake_hands() {
    if constexpr (tls) {
      expire(limits().header_ms);
      stream_.async_handshake(net::ssl::stream_base::server, [self = self()](ErrorCode ec) {
        if (ec) return;
        self->know_certificate();
        self->wait_for_request();
      });
    } else {
      wait_for_request();
    }
  }

  void know_certificate() {
    if constexpr (tls) {
      const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(stream_.native_handle()), &X509_free);
      if (certificate == nullptr) return;
      certificate_ = fingerprint_of(certificate.get());
      certificate_subject_ = subject_of(certificate.get());
    }
  }

  void wait_for_request() {
    request_ = {};
    request_.address = address_;
    request_.here = here_;
    request_.certificate = certificate_;
    request_.certificate_subject = certificate_subject_;
    request_.secure = tls;
    spool_.remove();
    body_bytes_ = 0;
    parser_.emplace(buffer_);
    parser_->header_limit(limits().header_bytes_max);
    parser_->body_limit(std::numeric_limits<std::uint64_t>::max());  // the route's limit is counted in take()
    if (buffer_.size() > 0) return read_header();
    if (house_.stopping && !new_) return close();
    idle_ = true;
    if (!new_) this->await_nothing();
    expire(limits().idle_ms);
    stream_.async_read_some(buffer_.prepare(4096), [self = self()](ErrorCode ec, std::size_t n) {
      if (ec) return;
      self->buffer_.commit(n);
      self->read_header();
    });
  }

  void read_header() {
    if (!new_) this->await_head();
    idle_ = new_ = false;
    expire(limits().header_ms);
    http::async_read_header(stream_, buffer_, *parser_, [self = self()](ErrorCode ec, std::size_t) { self->on_header(ec); });
  }

  void on_header(ErrorCode ec) {
    if (!this->head_came()) return lowest().close();
    began_ = Clock::now();
    request_.id = house_.next_id();
    keep_ = false;
    if (ec) return on_broken(ec);
    const auto& message = parser_->get();
    const auto method = method_of({message.method_string().data(), message.method_string().size()});
    request_.raw_target.assign(message.target().data(), message.target().size());
    request_.head = message.method() == http::verb::head;
    for (const auto& field : message) {
      request_.headers.emplace_back(fold(std::string_view(field.name_string().data(), field.name_string().size())),
                                    std::string(field.value().data(), field.value().size()));
    }
    request_.method = method.value_or(Method::get);
    request_.other_method = !method;
    if (const std::string_view fault = fault_of(message); !fault.empty()) return respond(problem(400, "http-malformed", fault));
    if (auto early = house_.application.begin(request_)) {
      keep_ = parser_->is_done() && parser_->keep_alive();
      return respond(std::move(*early));
    }
    begin_body();
  }

  /// What another server before this one could understand otherwise: then a request could be hidden in another's body (RFC 9112 §3.2, §6.1).
  template <class Message>
  static std::string_view fault_of(const Message& message) {
    if (message.count(http::field::host) > 1 || (message.count(http::field::host) == 0 && message.version() >= 11)) return "the header Host must be there once";
    if (message.count(http::field::content_length) > 1 || message[http::field::content_length].find(',') != message[http::field::content_length].npos)
      return "there is more than one length";
    const auto coded = message.count(http::field::transfer_encoding);
    if (coded == 0) return {};
    if (coded > 1 || message.version() < 11 ||
        !iequals(std::string_view(message[http::field::transfer_encoding].data(), message[http::field::transfer_encoding].size()), "chunked"))
      return "the only transfer coding is 'chunked', said once, in HTTP/1.1";
    return {};
  }

  void on_broken(ErrorCode ec) {
    if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
      return respond(problem(431, "header-too-large", fmt::format("the header is longer than {} bytes", limits().header_bytes_max)));
    if (ec == beast::error::timeout) return house_.application.refused(request_, 408, "the header came too slowly");
    if (ec.category() == make_error_code(http::error::bad_method).category() && ec != http::error::end_of_stream && ec != http::error::partial_message)
      return respond(problem(400, "http-malformed", fmt::format("this is no HTTP request: {}", ec.message())));
    house_.application.left(request_);  // nobody is there to be told
  }

  void begin_body() {
    const RouteOptions& options = request_.route->options;
    const auto length = parser_->content_length();
    if (length && *length > options.body_bytes_max) return respond(too_large(options));
    if (parser_->is_done()) return run();
    // Files are unpacked by what they hold; elsewhere a packed body would be read as what it is not.
    if (const auto coding = request_.header("content-encoding"); options.body == Body::memory && !coding.empty() && !iequals(coding, "identity"))
      return respond(problem(415, "content-coding", "a packed body is not taken here", "send it as it is, without Content-Encoding"));
    if (options.body == Body::file && !spool_.open(house_.options.spool)) return respond(problem(507, "spool", "there is no room for the body"));
    if (request_.header("expect").empty()) return start_body();
    if (!iequals(request_.header("expect"), "100-continue")) return respond(problem(417, "expect", "this expectation cannot be met"));
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    expire(limits().header_ms);
    net::async_write(stream_, net::buffer(go_on), [self = self()](ErrorCode ec, std::size_t) {
      if (ec) return self->house_.application.left(self->request_);
      self->start_body();
    });
  }
  static Response too_large(const RouteOptions& options) {
    if (options.body == Body::none) return problem(413, "body-too-large", "no body is wanted here");
    return problem(413, "body-too-large", fmt::format("the body is longer than {} bytes", options.body_bytes_max));
  }

  void start_body() {
    body_began_ = Clock::now();
    read_body();
  }
  /// Reads until the body is there or an answer is due. Bytes of a chunked body are held back until five are there, the least that can be left ("0", CRLF,
  /// CRLF): the parser of Beast 1.74 takes fewer for an error of its own (`BOOST_ASSERT(n >= 5)`) when the last chunk comes byte by byte.
  void read_body() {
    const std::size_t least = parser_->chunked() ? 5 : 1;
    while (buffer_.size() >= least) {
      auto& body = parser_->get().body();
      body.data = chunk_.data();
      body.size = chunk_.size();
      body.more = true;
      ErrorCode ec;
      buffer_.consume(parser_->put(buffer_.data(), ec));
      const bool wants_more = ec == http::error::need_more;
      if (ec && !wants_more && ec != http::error::need_buffer) return on_broken(ec);
      if (!take({chunk_.data(), chunk_.size() - body.size})) return;
      if (parser_->is_done()) return run();
      if (wants_more) break;
    }
    const std::size_t room = beast::read_size(buffer_, read_bytes);
    if (room == 0) return respond(problem(400, "http-malformed", "a chunk of the body has too long a header"));
    lowest().expires_at(body_began_ + slowest(body_bytes_));
    stream_.async_read_some(buffer_.prepare(room), [self = self()](ErrorCode ec, std::size_t n) {
      if (ec == beast::error::timeout) return self->house_.application.refused(self->request_, 408, "the body came too slowly");
      if (ec) return self->house_.application.left(self->request_);  // nobody is there to be told
      self->buffer_.commit(n);
      self->read_body();
    });
  }
  std::chrono::milliseconds slowest(std::uint64_t bytes) const {
    return std::chrono::milliseconds(limits().body_ms + static_cast<std::int64_t>(bytes * 1000 / limits().bytes_per_second_min));
  }

  /// False when the request was answered instead.
  bool take(std::string_view piece) {
    body_bytes_ += piece.size();
    const RouteOptions& options = request_.route->options;
    if (body_bytes_ > options.body_bytes_max) {
      respond(too_large(options));
      return false;
    }
    if (options.body == Body::memory) request_.body += piece;
    if (options.body != Body::file || spool_.write(piece)) return true;
    respond(problem(507, "spool", "there is no room for the body"));
    return false;
  }

  void run() {
    keep_ = parser_->keep_alive();
    if (spool_.fd >= 0) request_.body_file = spool_.path;
    if (!request_.route->options.slow) return respond(house_.application.run(request_));
    const bool taken = house_.workers.run(lane_of(request_.route->options, request_.who, address_), [self = self()] {
      auto response = std::make_shared<Response>(self->house_.application.run(self->request_));
      net::post(self->stream_.get_executor(), [self, response] { self->respond(std::move(*response)); });
    });
    if (taken) return;
    Response busy = problem(503, "busy", "too much is waiting already", "try again in a moment");
    busy.set("Retry-After", "1");
    respond(std::move(busy));
  }

  template <class Message>
  void fill(Message& message, const Response& from) {
    message.result(from.status);
    message.version(parser_->get().version() == 10 ? 10 : 11);
    message.keep_alive(keep_);
    message.set(http::field::server, "mozu");
    message.set("X-Request-Id", request_.id);
    message.set("X-Content-Type-Options", "nosniff");
    message.set(http::field::cache_control, "no-store");
    message.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    message.set("Referrer-Policy", "no-referrer");
    if (tls) message.set("Strict-Transport-Security", "max-age=31536000");
    if (!from.content_type.empty()) message.set(http::field::content_type, from.content_type);
    for (const auto& [key, value] : from.headers) message.insert(key, value);
    // insert() adds beside; what the response itself says of these stands alone.
    for (const std::string_view key : {"Cache-Control", "Content-Security-Policy"})
      if (message.count({key.data(), key.size()}) > 1) message.erase(message.find({key.data(), key.size()}));
  }

  void respond(Response response) {
    if (house_.stopping) keep_ = false;
    house_.application.settle(request_, response);
    std::uint64_t bytes = response.body.size();
    if (!response.file.empty()) {
      auto& message = file_response_.emplace();
      ErrorCode ec;
      message.body().open(response.file.c_str(), beast::file_mode::scan, ec);
      ::unlink(response.file.c_str());
      if (ec) response = problem(500, "internal", "the answer was lost on the way");
      bytes = ec ? response.body.size() : message.body().size();
      if (!ec && !request_.head) {
        fill(message, response);
        message.content_length(bytes);
        return send(message, response.status, bytes);
      }
    }
    if (request_.head || response.status == 204 || response.status == 304) {
      auto& message = head_response_.emplace();
      fill(message, response);
      if (request_.head) message.content_length(bytes);
      return send(message, response.status, 0);
    }
    auto& message = response_.emplace();
    fill(message, response);
    message.body() = std::move(response.body);
    message.content_length(bytes);
    send(message, response.status, bytes);
  }

  template <class Message>
  void send(Message& message, unsigned status, std::uint64_t bytes) {
    send_rest(std::make_shared<http::response_serializer<typename Message::body_type>>(message), status, bytes, Clock::now(), 0);
  }
  /// Who takes nothing of a large answer is not waited for as long as all of it may take.
  template <class Serializer>
  void send_rest(std::shared_ptr<Serializer> rest, unsigned status, std::uint64_t bytes, Clock::time_point began, std::uint64_t taken) {
    lowest().expires_at(began + slowest(taken));
    http::async_write_some(stream_, *rest, [self = self(), rest, status, bytes, began, taken](ErrorCode ec, std::size_t n) {
      if (!ec && !rest->is_done()) return self->send_rest(rest, status, bytes, began, taken + n);
      self->house_.application.finished(self->request_, status, bytes, std::chrono::duration<double>(Clock::now() - self->began_).count());
      self->response_.reset();
      self->file_response_.reset();
      self->head_response_.reset();
      if (ec) return;
      if (self->keep_) return self->wait_for_request();
      self->close();
    });
  }

  void close() {
    idle_ = true;
    if constexpr (tls) {
      expire(2'000);
      stream_.async_shutdown([self = self()](ErrorCode) { self->linger(); });
    } else {
      linger();
    }
  }
  /// A socket closed with bytes unread makes the kernel throw the response away: let the client read it and leave first.
  void linger() {
    ErrorCode ignored;
    lowest().socket().shutdown(tcp::socket::shutdown_send, ignored);
    expire(2'000);
    drain(0);
  }
  void drain(std::size_t so_far) {
    if (so_far > read_bytes * 16) return;
    lowest().async_read_some(net::buffer(chunk_), [self = self(), so_far](ErrorCode ec, std::size_t n) {
      if (!ec) self->drain(so_far + n);
    });
  }
};

class BeastServer final : public Server {
 public:
  BeastServer(const ListenOptions& options, Application& application, unsigned threads, unsigned workers)
      : house_(options, application, workers),
        io_(static_cast<int>(threads)),
        tls_(net::ssl::context::tls_server),
        acceptor_(net::make_strand(io_)),
        threads_wanted_(threads) {}
  ~BeastServer() override {
    stop();
    wait();
  }

  Status listen() {
    ErrorCode ec;
    const ListenOptions& o = house_.options;
    if (o.socket >= 0) {
      sockaddr_storage bound{};
      socklen_t size = sizeof bound;
      if (::getsockname(o.socket, reinterpret_cast<sockaddr*>(&bound), &size) != 0)
        return fail(errno_diagnostic("listen", "the socket that was handed over cannot be used", errno));
      acceptor_.assign(bound.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), o.socket, ec);
      if (ec) return fail("listen", fmt::format("the socket that was handed over cannot be used: {}", ec.message()));
    } else {
      const auto address = net::ip::make_address(o.address, ec);
      if (ec) return fail("listen", fmt::format("'{}' is no address", printable(o.address)), "write it like 127.0.0.1 or ::1");
      const tcp::endpoint endpoint(address, o.port);
      acceptor_.open(endpoint.protocol(), ec);
      if (!ec) acceptor_.set_option(net::socket_base::reuse_address(true), ec);
      if (!ec) acceptor_.bind(endpoint, ec);
      if (!ec) acceptor_.listen(1024, ec);
      if (ec)
        return fail("listen", fmt::format("{} port {} cannot be listened on: {}", o.address, o.port, ec.message()),
                    "is another server there? choose another with --listen");
    }
    port_ = acceptor_.local_endpoint(ec).port();
    return {};
  }

  Status prepare_tls() { return house_.options.tls ? prepare(tls_, *house_.options.tls) : Status{}; }

  void serve() {
    accept();
    for (unsigned i = 0; i < threads_wanted_; ++i) threads_.emplace_back([this] { io_.run(); });
  }

  std::uint16_t port() const override { return port_; }

  void stop() override {
    if (house_.stopping.exchange(true)) return;
    // Clients in the queue of the socket were told that they are connected: they are served.
    net::post(acceptor_.get_executor(), [this] {
      ErrorCode ec;
      acceptor_.non_blocking(true, ec);
      for (;;) {
        tcp::socket socket(net::make_strand(io_));
        acceptor_.accept(socket, ec);
        if (ec) break;
        welcome(std::move(socket));
      }
      acceptor_.close(ec);
      for (const auto& peer : house_.all()) peer->end_if_idle(false);
      grace_.expires_after(std::chrono::milliseconds(house_.options.limits.grace_ms));
      grace_.async_wait([this](ErrorCode) {
        for (const auto& peer : house_.all()) peer->end_if_idle(true);
      });
      const std::scoped_lock lock(house_.mutex);
      closed_ = true;
      house_.changed.notify_all();
    });
  }

  void wait() override {
    {
      std::unique_lock lock(house_.mutex);
      house_.changed.wait(lock, [this] { return closed_ || threads_.empty(); });
      house_.changed.wait_for(lock, std::chrono::milliseconds(house_.options.limits.drain_ms), [this] { return house_.peers.empty(); });
    }
    for (const auto& peer : house_.all()) peer->cut();
    work_.reset();
    house_.workers.join();
    io_.stop();
    for (std::thread& t : threads_) t.join();
    threads_.clear();
  }

 private:
  House house_;
  net::io_context io_;
  net::executor_work_guard<net::io_context::executor_type> work_ = net::make_work_guard(io_);
  net::ssl::context tls_;
  tcp::acceptor acceptor_;
  unsigned threads_wanted_;
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
  bool closed_ = false;  // under house_.mutex

  void accept() {
    acceptor_.async_accept(net::make_strand(io_), [this](ErrorCode ec, tcp::socket socket) {
      if (!ec) welcome(std::move(socket));  // also if stop() came in between: the client is connected
      if (!acceptor_.is_open()) return;
      if (ec == net::error::no_descriptors || ec == net::error::no_memory) return pause();
      accept();
    });
  }
  /// Out of descriptors: trying again at once would only burn a processor.
  void pause() {
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([this](ErrorCode) {
      if (acceptor_.is_open()) accept();
    });
  }
  net::steady_timer pause_{acceptor_.get_executor()}, grace_{acceptor_.get_executor()};

  void welcome(tcp::socket socket) {
    ErrorCode ec;
    const auto remote = socket.remote_endpoint(ec);
    if (ec) return;
    std::string address = remote.address().to_string(ec);
    if (!house_.has_room(address)) return;
    socket.set_option(tcp::no_delay(true), ec);
    if (house_.options.tls) std::make_shared<Connection<TlsStream>>(house_, std::move(address), std::move(socket), tls_)->start();
    else std::make_shared<Connection<PlainStream>>(house_, std::move(address), std::move(socket))->start();
  }
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ListenOptions& options, Application& application) {
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  const unsigned threads = options.threads != 0 ? options.threads : std::max(4U, processors * 2);
  const unsigned workers = options.workers != 0 ? options.workers : std::max(4U, processors * 2);
  auto server = std::make_unique<BeastServer>(options, application, threads, workers);
  MOZU_TRY(server->prepare_tls());
  MOZU_TRY(server->listen());
  server->serve();
  return server;
}

}  // namespace mozu::server
