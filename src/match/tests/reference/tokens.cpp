#include "tokens.hpp"

#include <algorithm>
#include <set>

#include "mozu/intel/host.hpp"

namespace mozu::match::reference {
namespace {

bool in(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool high(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool word(char c) { return letter(c) || digit(c) || c == '_' || c == '-' || high(c); }
bool local_part(char c) { return letter(c) || digit(c) || in(c, ".!#$%&'*+/=?^_{|}~-"); }
bool white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view cut(std::string_view s) {
  while (!s.empty() && in(s.front(), ".-")) s.remove_prefix(1);
  while (!s.empty() && in(s.back(), ".-")) s.remove_suffix(1);
  return s;
}

std::string canonical_of(std::string_view token) {
  bool ascii = true;
  for (const char c : token) ascii = ascii && !high(c);
  if (ascii) return lower(token);
  const auto name = intel::canonical_host(token);
  return std::string(cut(name ? *name : lower(token)));
}

/// W+(\.W+)*, the longest from each place on.
std::vector<Range> host_runs(std::string_view text) {
  std::vector<Range> runs;
  for (std::size_t i = 0; i < text.size();) {
    if (!word(text[i])) {
      ++i;
      continue;
    }
    Range run{i, i};
    while (i < text.size() && (word(text[i]) || (text[i] == '.' && i + 1 < text.size() && word(text[i + 1])))) ++i;
    run.end = i;
    runs.push_back(run);
  }
  return runs;
}

void find_hosts(std::string_view text, Tokens& tokens) {
  for (const Range& run : host_runs(text)) {
    const std::string_view token = cut(text.substr(run.begin, run.end - run.begin));
    if (token.empty()) continue;
    HostToken host;
    host.range.begin = static_cast<std::size_t>(token.data() - text.data());
    host.range.end = host.range.begin + token.size();
    host.canonical = canonical_of(token);
    if (host.canonical.empty()) continue;
    host.ipv4 = read_address4(token);
    const auto hyphen = token.find('-');
    if (hyphen != std::string_view::npos && token.find('-', hyphen + 1) == std::string_view::npos) {
      const auto first = read_address4(token.substr(0, hyphen)), second = read_address4(token.substr(hyphen + 1));
      if (first && second) {
        host.halves.push_back({{host.range.begin, host.range.begin + hyphen}, *first});
        host.halves.push_back({{host.range.begin + hyphen + 1, host.range.end}, *second});
      }
    }
    tokens.hosts.push_back(std::move(host));
  }
}

void find_ipv6(std::string_view text, Tokens& tokens) {
  const auto run_byte = [&](std::size_t i) { return hex(text[i]) || text[i] == ':' || text[i] == '.'; };
  const auto touches_word = [&](std::size_t i) { return i < text.size() && (letter(text[i]) || digit(text[i]) || high(text[i])); };
  for (std::size_t i = 0; i < text.size();) {
    if (!run_byte(i)) {
      ++i;
      continue;
    }
    std::size_t begin = i;
    while (i < text.size() && run_byte(i)) ++i;
    std::size_t end = i;
    while (end > begin && text[end - 1] == '.') --end;
    if (end > begin && text[end - 1] == ':' && !(end - begin >= 2 && text[end - 2] == ':')) --end;
    while (begin < end && text[begin] == '.') ++begin;
    if (begin < end && text[begin] == ':' && !(end - begin >= 2 && text[begin + 1] == ':')) ++begin;
    if (begin == end || touches_word(end) || (begin > 0 && touches_word(begin - 1))) continue;
    if (const auto address = read_address6(text.substr(begin, end - begin))) tokens.ipv6.push_back({{begin, end}, *address});
  }
}

void find_hashes(std::string_view text, Tokens& tokens) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    bool all_hex = true;
    while (i < text.size() && (letter(text[i]) || digit(text[i]))) all_hex = hex(text[i++]) && all_hex;
    const std::size_t n = i - begin;
    if (all_hex && (n == 32 || n == 40 || n == 64 || n == 128)) tokens.hashes.push_back({{begin, i}, lower(text.substr(begin, n))});
    if (n == 0) ++i;
  }
}

void find_emails(std::string_view text, Tokens& tokens) {
  std::size_t h = 0;
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && local_part(text[begin - 1])) --begin;
    while (h < tokens.hosts.size() && tokens.hosts[h].range.begin <= at) ++h;
    if (begin == at || h == tokens.hosts.size() || tokens.hosts[h].range.begin != at + 1) continue;
    const HostToken& host = tokens.hosts[h];
    tokens.emails.push_back({{begin, host.range.end}, lower(text.substr(begin, at - begin)) + "@" + lower(host.canonical), h});
  }
}

/// The URLs of a text, found from left to right.
class UrlFinder {
 public:
  UrlFinder(std::string_view text, Tokens& tokens) : text_(text), tokens_(tokens), quote_(text.find('\'')), round_(text.find('(')), square_(text.find('[')) {}

  void find() {
    std::size_t colon = next_scheme(0);
    for (const HostToken& host : tokens_.hosts) {
      // A URL with scheme begins before its host does, so the host is known when its turn comes.
      for (; colon < host.range.begin; colon = next_scheme(colon + 1)) with_scheme(colon);
      without_scheme(host);
    }
    for (; colon != std::string_view::npos; colon = next_scheme(colon + 1)) with_scheme(colon);
    std::sort(tokens_.urls.begin(), tokens_.urls.end(), [](const auto& a, const auto& b) { return a.range < b.range; });
  }

 private:
  static constexpr std::size_t nested_max = 16, url_bytes_max = 65536;

  std::string_view text_;
  Tokens& tokens_;
  std::size_t quote_, round_, square_;  // the first of each, or npos
  std::set<Range> hosts_with_scheme_;
  std::vector<std::size_t> open_ends_;  // of URLs that may still go on

  std::size_t next_scheme(std::size_t from) const { return text_.find("://", from); }

  /// Where a URL that begins at `begin` ends.
  std::size_t end_of(std::size_t begin) const {
    std::size_t round_open = 0, square_open = 0;
    std::size_t i = begin;
    for (; i < text_.size() && i - begin < url_bytes_max; ++i) {
      const char c = text_[i];
      if (white(c) || c == '"' || c == '<' || c == '>' || c == '`') break;
      if (c == '\'' && quote_ < begin) break;
      if (c == '(') ++round_open;
      if (c == '[') ++square_open;
      if (c == ')') {
        if (round_open > 0) --round_open;
        else if (round_ < begin) break;
      }
      if (c == ']') {
        if (square_open > 0) --square_open;
        else if (square_ < begin) break;
      }
    }
    return i;
  }

  void add(std::size_t begin, std::size_t end, bool has_scheme) {
    std::erase_if(open_ends_, [&](std::size_t open_end) { return open_end <= begin; });
    if (open_ends_.size() >= nested_max) return;
    open_ends_.push_back(end);
    UrlToken token{{begin, end}, has_scheme, intel::canonical_url(text_.substr(begin, end - begin)), {}};
    if (token.url) {
      token.url->scheme = {};
      token.host.begin = begin + token.url->host_offset;
      token.host.end = token.host.begin + token.url->host_length;
      if (has_scheme) hosts_with_scheme_.insert(token.host);
    }
    tokens_.urls.push_back(std::move(token));
  }

  void with_scheme(std::size_t colon) {
    const auto scheme_byte = [](char c) { return letter(c) || digit(c) || c == '+' || c == '-' || c == '.'; };
    std::size_t begin = colon;
    while (begin > 0 && scheme_byte(text_[begin - 1])) --begin;
    while (begin < colon && !letter(text_[begin])) ++begin;
    if (begin == colon) return;
    const std::size_t end = end_of(begin);
    if (end > colon + 3) add(begin, end, true);
  }

  void without_scheme(const HostToken& host) {
    std::size_t i = host.range.end;
    if (i < text_.size() && text_[i] == ':') {
      std::size_t digits = 0;
      while (i + 1 + digits < text_.size() && digit(text_[i + 1 + digits])) ++digits;
      if (digits < 1 || digits > 5) return;
      i += 1 + digits;
    }
    if (i >= text_.size() || text_[i] != '/') return;
    // Of "a-b" the second half is an address before the '/'.
    if (!host.halves.empty()) return add(host.halves[1].first.begin, end_of(host.halves[1].first.begin), false);
    if (!host.ipv4 && !is_name_in_known_tld(host.canonical)) return;
    if (!hosts_with_scheme_.contains(host.range)) add(host.range.begin, end_of(host.range.begin), false);
  }

  static bool is_name_in_known_tld(std::string_view name) {
    const auto dot = name.rfind('.');
    return dot != std::string_view::npos && intel::is_known_tld(name.substr(dot + 1));
  }
};

}  // namespace

std::string lower(std::string_view s) {
  std::string out(s);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Tokens tokens_of(std::string_view text) {
  Tokens tokens;
  find_hosts(text, tokens);
  find_ipv6(text, tokens);
  find_hashes(text, tokens);
  find_emails(text, tokens);
  UrlFinder(text, tokens).find();
  return tokens;
}

}  // namespace mozu::match::reference
