// What an answer says, also where it is packed: texts within zip, gzip, base64 and PDF, whatever lies in what.
#pragma once
#include <string>
#include <string_view>

namespace mozu::server::test {

/// The body and all that was found in it. What does not unpack is left out.
std::string unpacked(std::string_view body, int depth = 3);

}  // namespace mozu::server::test
