// Private to the room: Beast's parser of requests, which refuses header lines that are folded.
#pragma once
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <functional>

namespace mozu::server {

/// RFC 9112 §5.2: a server refuses folded lines with 400. What unfolds them and what does not, before or behind this server, would read two
/// requests in one ("Transfer-Encoding:" and its value in the next line). Beast unfolds them in silence: into memory of its own, or, where
/// the first line was empty, by beginning in the next one. So a value must lie in the buffer that was read, in the line of its name.
class RequestParser final : public boost::beast::http::request_parser<boost::beast::http::buffer_body> {
 public:
  explicit RequestParser(const boost::beast::flat_buffer& read) : read_(read) {}

 private:
  void on_field_impl(boost::beast::http::field name, boost::beast::string_view text, boost::beast::string_view value,
                     boost::beast::error_code& error) override {
    const auto bytes = read_.data();
    const auto* const begin = static_cast<const char*>(bytes.data());
    const std::less_equal<> before;
    const bool inside =
        before(begin, value.data()) && before(value.data() + value.size(), begin + bytes.size()) && before(text.data() + text.size(), value.data());
    if (!inside || std::find(text.data() + text.size(), value.data(), '\n') != value.data()) error = boost::beast::http::error::bad_value;
    else get().base().insert(name, text, value);
  }

  const boost::beast::flat_buffer& read_;
};

}  // namespace mozu::server
