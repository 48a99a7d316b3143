#include "mozu/intel/observable.hpp"

namespace mozu::intel {

std::string_view stix_type(ObservableType t) {
  switch (t) {
    case ObservableType::ipv4_addr: return "ipv4-addr";
    case ObservableType::ipv6_addr: return "ipv6-addr";
    case ObservableType::domain_name: return "domain-name";
    case ObservableType::url: return "url";
    case ObservableType::email_addr: return "email-addr";
    case ObservableType::md5:
    case ObservableType::sha1:
    case ObservableType::sha256:
    case ObservableType::sha512: return "file";
  }
  return {};
}

std::string_view hash_algorithm(ObservableType t) {
  switch (t) {
    case ObservableType::md5: return "MD5";
    case ObservableType::sha1: return "SHA-1";
    case ObservableType::sha256: return "SHA-256";
    case ObservableType::sha512: return "SHA-512";
    default: return {};
  }
}

std::string_view short_name(ObservableType t) {
  switch (t) {
    case ObservableType::ipv4_addr: return "ipv4";
    case ObservableType::ipv6_addr: return "ipv6";
    case ObservableType::domain_name: return "domain";
    case ObservableType::url: return "url";
    case ObservableType::email_addr: return "email";
    case ObservableType::md5: return "md5";
    case ObservableType::sha1: return "sha1";
    case ObservableType::sha256: return "sha256";
    case ObservableType::sha512: return "sha512";
  }
  return {};
}

std::optional<ObservableType> hash_type_of_length(std::size_t hex_digits) {
  switch (hex_digits) {
    case 32: return ObservableType::md5;
    case 40: return ObservableType::sha1;
    case 64: return ObservableType::sha256;
    case 128: return ObservableType::sha512;
    default: return std::nullopt;
  }
}

}  // namespace mozu::intel
