#pragma once
// What connections speak TLS with.
#include "mozu/base/diagnostics.hpp"
#include "mozu/server/server.hpp"

namespace boost::asio::ssl {
class context;
}

namespace mozu::server {

/// TLS 1.2 and later with forward secrecy, no renegotiation. Errors: "tls-certificate", those of read_file().
Status prepare(boost::asio::ssl::context& tls, const TlsFiles& files);

}  // namespace mozu::server
