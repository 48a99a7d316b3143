// rooms: server intel base
// Request targets, cookies and scopes of any bytes: what is taken apart is UTF-8 without control of the path, stays within its
// limits, and comes back the same when it is encoded again. The first line is the target, the rest a Cookie header.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "mozu/base/text.hpp"
#include "mozu/server/http.hpp"
#include "mozu/server/permission.hpp"

namespace {

void check(bool ok) {
  if (!ok) std::abort();
}

std::string encode(const mozu::server::Target& target) {
  using mozu::server::percent_encode;
  std::string out;
  for (const auto& segment : target.segments) out += "/" + percent_encode(segment);
  if (target.trailing_slash || out.empty()) out += "/";
  char separator = '?';
  for (const auto& [key, value] : target.query) {
    out += separator + percent_encode(key) + "=" + percent_encode(value);
    separator = '&';
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const auto end = all.find('\n');
  const std::string_view header = end == all.npos ? std::string_view{} : all.substr(end + 1);
  if (const auto target = mozu::server::parse_target(all.substr(0, end))) {
    check(target->segments.size() <= 64 && target->query.size() <= 256);
    for (const auto& s : target->segments) check(mozu::is_utf8(s) && s.find('\0') == s.npos);
    for (const auto& [key, value] : target->query) check(mozu::is_utf8(key) && mozu::is_utf8(value));
    // Encoding makes at most three bytes of one: what is short enough is read again.
    if (all.size() < 2048) {
      const auto again = mozu::server::parse_target(encode(*target));
      check(again && again->segments == target->segments && again->query == target->query);
    }
  }
  if (const auto value = mozu::server::cookie(header, "__Host-mozu")) check(header.find(*value) != header.npos && value->find(';') == value->npos);
  static_cast<void>(mozu::server::Scopes::parse(header));
  return 0;
}
