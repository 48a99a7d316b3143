#include "tokens.hpp"

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
  const auto touches_word = [&](std::size_t i) {
    return i < text.size() && (letter(text[i]) || digit(text[i]) || high(text[i]));
  };
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
    if (const auto address = read_address6(text.substr(begin, end - begin)))
      tokens.ipv6.push_back({{begin, end}, *address});
  }
}

void find_hashes(std::string_view text, Tokens& tokens) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t begin = i;
    bool all_hex = true;
    while (i < text.size() && (letter(text[i]) || digit(text[i]))) all_hex = hex(text[i++]) && all_hex;
    const std::size_t n = i - begin;
    if (all_hex && (n == 32 || n == 40 || n == 64 || n == 128))
      tokens.hashes.push_back({{begin, i}, lower(text.substr(begin, n))});
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
    tokens.emails.push_back(
        {{begin, host.range.end}, lower(text.substr(begin, at - begin)) + "@" + lower(host.canonical), h});
  }
}

/// Where a URL that begins at `begin` ends.
std::size_t url_end(std::string_view text, std::size_t begin) {
  const std::string_view before = text.substr(0, begin);
  const bool quote = in('\'', before), round = in('(', before), square = in('[', before);
  std::size_t round_open = 0, square_open = 0;
  std::size_t i = begin;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (white(c) || c == '"' || c == '<' || c == '>' || c == '`') break;
    if (c == '\'' && quote) break;
    if (c == '(') ++round_open;
    if (c == '[') ++square_open;
    if (c == ')') {
      if (round_open > 0)
        --round_open;
      else if (round)
        break;
    }
    if (c == ']') {
      if (square_open > 0)
        --square_open;
      else if (square)
        break;
    }
  }
  return i;
}

void add_url(std::string_view text, Range range, bool has_scheme, Tokens& tokens) {
  UrlToken token{range, has_scheme, intel::canonical_url(text.substr(range.begin, range.end - range.begin)), {}};
  if (token.url) {
    token.url->scheme = {};
    token.host = {range.begin + token.url->host_offset, range.begin + token.url->host_offset + token.url->host_length};
  }
  tokens.urls.push_back(std::move(token));
}

void find_urls_with_scheme(std::string_view text, Tokens& tokens) {
  const auto scheme_byte = [](char c) { return letter(c) || digit(c) || c == '+' || c == '-' || c == '.'; };
  for (std::size_t colon = text.find("://"); colon != std::string_view::npos; colon = text.find("://", colon + 1)) {
    std::size_t begin = colon;
    while (begin > 0 && scheme_byte(text[begin - 1])) --begin;
    while (begin < colon && !letter(text[begin])) ++begin;
    if (begin == colon) continue;
    const std::size_t end = url_end(text, begin);
    if (end > colon + 3) add_url(text, {begin, end}, true, tokens);
  }
}

std::string_view last_label(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

void find_urls_without_scheme(std::string_view text, Tokens& tokens) {
  std::set<std::pair<std::size_t, std::size_t>> hosts_with_scheme;
  for (const UrlToken& url : tokens.urls) {
    if (url.url) hosts_with_scheme.insert({url.host.begin, url.host.end});
  }
  for (const HostToken& host : tokens.hosts) {
    std::size_t i = host.range.end;
    if (i < text.size() && text[i] == ':') {
      std::size_t digits = 0;
      while (i + 1 + digits < text.size() && digit(text[i + 1 + digits])) ++digits;
      if (digits < 1 || digits > 5) continue;
      i += 1 + digits;
    }
    if (i >= text.size() || text[i] != '/') continue;
    if (!host.ipv4 && !intel::is_known_tld(last_label(host.canonical))) continue;
    const bool has_scheme = hosts_with_scheme.contains({host.range.begin, host.range.end});
    if (!has_scheme) add_url(text, {host.range.begin, url_end(text, host.range.begin)}, false, tokens);
  }
}

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
  find_urls_with_scheme(text, tokens);
  find_urls_without_scheme(text, tokens);
  return tokens;
}

}  // namespace mozu::match::reference
