// Private to the room: what is read from certificates of clients.
#pragma once
#include <string>

struct x509_st;

namespace mozu::server {

std::string fingerprint_of(const x509_st* certificate);  ///< SHA-256, "AB:CD:…"
std::string subject_of(const x509_st* certificate);      ///< RFC 2253: "CN=sensor 7,O=Example"

}  // namespace mozu::server
