// The exact tokeniser: every token of a text as the definition in README.md gives it. Without an index, without I/O.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "mozu/intel/ip.hpp"
#include "mozu/intel/observable.hpp"
#include "mozu/intel/url.hpp"

namespace mozu::match {

inline constexpr int url_nesting_max = 16;

struct HostToken {
  std::size_t begin = 0, end = 0;  ///< in the text
  bool is_ipv4 = false;
  intel::Ipv4 ipv4 = 0;
  bool is_ipv6 = false;  ///< an ipv6-addr, or a URL's IPv6 host
  intel::Ipv6 ipv6;
  std::size_t name_at = 0, name_size = 0;  ///< canonical name in Tokens::chars, for names
  bool url_host = false, email_host = false;
  std::size_t pair_end = 0;  ///< a half of an address pair "a-b": end of the pair, which is the host token
  bool of_url = false;       ///< added for a URL whose raw host is no such token
};
struct UrlToken {
  std::size_t begin = 0, end = 0;
  bool with_scheme = false;
  intel::CanonicalUrl url;
};
struct EmailToken {
  std::size_t begin = 0, end = 0;
  std::size_t value_at = 0, value_size = 0;
};
struct HashToken {
  std::size_t begin = 0, end = 0;
  intel::ObservableType type{};
};

struct Tokens {
  std::vector<HostToken> hosts;  ///< names, IPv4 and IPv6 addresses
  std::vector<UrlToken> urls;    ///< those that canonicalise
  std::vector<EmailToken> emails;
  std::vector<HashToken> hashes;
  std::string chars;  ///< canonical names and e-mails
  std::string_view name(const HostToken& h) const { return std::string_view(chars).substr(h.name_at, h.name_size); }
  std::string_view value(const EmailToken& e) const { return std::string_view(chars).substr(e.value_at, e.value_size); }
  void clear();
};

class Tokenizer {
 public:
  /// dotless_names: also host tokens of one label (only an index with such indicators needs them).
  void run(std::string_view text, bool dotless_names, Tokens& out);

 private:
  void host_runs(bool dotless_names);
  void dotted_runs();
  /// End of the host run that begins at i (i itself if none does).
  std::size_t run_end(std::size_t i) const;
  void host_token(std::size_t begin, std::size_t end, bool dotless_names);
  void ipv6_runs();
  void hash_runs();
  void email_at(std::size_t at);
  void find_urls();
  void accept_url(std::size_t begin, bool with_scheme);
  void attach_url_hosts();
  std::size_t url_end(std::size_t begin) const;

  struct UrlStart {
    std::size_t begin;
    bool with_scheme;
  };
  struct OpenUrl {
    std::size_t end, host_begin;
    bool with_scheme;
  };
  std::string_view text_;
  Tokens* out_ = nullptr;
  std::vector<UrlStart> starts_;
  std::vector<OpenUrl> open_;
  std::size_t first_quote_ = 0, first_paren_ = 0, first_bracket_ = 0;
};

using intel::is_word;
/// Bounds of the host run around or right behind a position, see README.md: [begin, end) not trimmed.
struct Span {
  std::size_t begin = 0, end = 0;
};
Span trim_token(std::string_view text, Span run);

}  // namespace mozu::match
