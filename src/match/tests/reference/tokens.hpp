// Where tokens lie in a text: src/match/README.md, "The definition, made precise", one function a paragraph.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "addresses.hpp"
#include "mozu/intel/url.hpp"

namespace mozu::match::reference {

/// A half-open range of text bytes.
struct Range {
  std::size_t begin = 0, end = 0;
  auto operator<=>(const Range&) const = default;
};

struct HostToken {
  Range range;
  std::string canonical;
  std::optional<std::uint32_t> ipv4;                    ///< the token is an address
  std::vector<std::pair<Range, std::uint32_t>> halves;  ///< of "a-b": both addresses
};
struct Ipv6Token {
  Range range;
  Address6 address{};
};
struct HashToken {
  Range range;
  std::string hex;  ///< lower case
};
struct EmailToken {
  Range range;
  std::string value;     ///< canonical
  std::size_t host = 0;  ///< index into Tokens::hosts
};
struct UrlToken {
  Range range;
  bool has_scheme = false;
  std::optional<intel::CanonicalUrl> url;  ///< empty if it does not canonicalise; `scheme` views are not kept
  Range host;                              ///< raw host, if it does
};

struct Tokens {
  std::vector<HostToken> hosts;
  std::vector<Ipv6Token> ipv6;
  std::vector<HashToken> hashes;
  std::vector<EmailToken> emails;
  std::vector<UrlToken> urls;
};

/// Lower case of ASCII letters; other bytes as they are.
std::string lower(std::string_view s);
Tokens tokens_of(std::string_view text);

}  // namespace mozu::match::reference
