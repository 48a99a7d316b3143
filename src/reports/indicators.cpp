// One pass over the text that finds everything with a shape of its own.
#include <algorithm>
#include <array>

#include "file_names.hpp"
#include "mention.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::reports {
namespace {

constexpr std::size_t run_bytes_max = 4096, key_bytes_max = 300, query_bytes_max = 200;
/// A longer text that turned out to be no URL is passed over whole: looked at from each of its words it would cost the square of its length.
constexpr std::size_t refused_bytes_max = 512;

constexpr std::string_view url_schemes[] = {"http", "https", "ftp", "ftps", "sftp", "ws", "wss", "tcp", "udp", "ldap", "ldaps", "ssh", "socks5"};

// Bytes that end a URL wherever they stand.
constexpr auto url_stops = [] {
  std::array<bool, 256> t{};
  for (unsigned c = 0; c <= ' '; ++c) t[c] = true;
  for (const char c : std::string_view("\"<>`|^\x7F")) t[static_cast<unsigned char>(c)] = true;
  for (unsigned c = 0xE0; c < 256; ++c) t[c] = true;  // kana, kanji, general punctuation
  t[0xC2] = true;
  return t;
}();

FindingType type_of(intel::PatternKind kind) {
  switch (intel::observable_type(kind)) {
    case intel::ObservableType::ipv4_addr: return FindingType::ipv4;
    case intel::ObservableType::ipv6_addr: return FindingType::ipv6;
    case intel::ObservableType::domain_name: return FindingType::domain;
    case intel::ObservableType::url: return FindingType::url;
    case intel::ObservableType::email_addr: return FindingType::email;
    case intel::ObservableType::md5: return FindingType::md5;
    case intel::ObservableType::sha1: return FindingType::sha1;
    case intel::ObservableType::sha256: return FindingType::sha256;
    case intel::ObservableType::sha512: return FindingType::sha512;
  }
  return FindingType::domain;
}

bool digit_at(std::string_view s, std::size_t i) { return i < s.size() && is_digit(static_cast<unsigned char>(s[i])); }
bool alnum_at(std::string_view s, std::size_t i) { return i < s.size() && is_alnum(static_cast<unsigned char>(s[i])); }

class IndicatorScanner {
 public:
  IndicatorScanner(const Reading& reading, std::vector<Mention>& out, std::size_t places_max)
      : reading_(reading),
        text_(reading.text()),
        out_(out),
        places_max_(places_max) {}

  void run() {
    while (at_ < text_.size() && out_.size() < places_max_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      if (c >= 0xE0) at_ += c < 0xF0 ? 3 : 4;
      else if (c == 0xC2) at_ += 2;
      else if (!is_host_byte(c)) ++at_;
      else take_run();
    }
  }

 private:
  // The longest run of host bytes and dots, and what it says about itself.
  void take_run() {
    begin_ = end_ = at_;
    dots_ = 0;
    while (end_ < text_.size()) {
      const char c = text_[end_];
      if (c == '.') ++dots_;
      else if (!is_host_byte(static_cast<unsigned char>(c))) break;
      ++end_;
    }
    at_ = end_;
    if (end_ - begin_ > run_bytes_max) return;
    if (end_ < text_.size()) {
      const char next = text_[end_];
      if ((next == ':' || next == '/') && url()) return;
      if (next == '@' && email()) return;
      if (next == '\\' && registry_key()) return;
      if (next == ':' && ipv6()) return;
    }
    if (begin_ > 0 && text_[begin_ - 1] == ':' && ipv6()) return;
    named_id();
    if (dots_ != 0) dotted();
    if (end_ - begin_ >= 32) hashes();
  }

  std::string_view slice(std::size_t begin, std::size_t end) const { return text_.substr(begin, end - begin); }

  Mention& put(FindingType type, std::string value, std::size_t begin, std::size_t end) {
    Mention m;
    m.type = type;
    m.value = std::move(value);
    m.begin = begin;
    m.end = end;
    m.defanged = reading_.defanged(begin, end);
    m.written = std::string(slice(begin, end));
    return out_.emplace_back(std::move(m));
  }

  bool put_pattern(std::string_view value, intel::TypeHint hint, std::size_t begin, std::size_t end, bool defanged) {
    const auto pattern = intel::read_pattern(value, hint, {.allow_broad = true});
    if (!pattern) return false;
    Mention& m = put(type_of(pattern->kind), pattern->value, begin, end);
    m.written = std::string(value);
    m.defanged = m.defanged || defanged;
    return true;
  }

  // ---- URLs

  // "http://…", "hxxp:\\…", "hxxp//…" when the run ends in a scheme.
  bool url() {
    std::size_t scheme = end_;
    while (scheme > begin_ && (is_alpha(static_cast<unsigned char>(text_[scheme - 1])) || (text_[scheme - 1] == '5' && scheme == end_))) --scheme;
    if (scheme == end_) {
      // "h**p://", "h__p": the letters between are masked
      if (!(end_ > 1 && text_[end_ - 1] == '*')) return false;
    }
    std::size_t rest = end_;
    if (text_[rest] == ':') ++rest;
    const std::size_t slashes = rest;
    while (rest < text_.size() && (text_[rest] == '/' || text_[rest] == '\\') && rest - slashes < 3) ++rest;
    if (rest - slashes == 0 || rest >= text_.size()) return false;
    std::string word = fold(slice(scheme, end_));
    bool defanged = false;
    if (!true_scheme(word, scheme, defanged)) return false;
    if (rest - slashes == 1 && !defanged) return false;
    if (!(text_[slashes] == '/' || (rest - slashes == 2 && text_[slashes + 1] == '\\'))) return false;
    return url_from(scheme, rest, word, defanged);
  }

  bool true_scheme(std::string& word, std::size_t& begin, bool& defanged) const {
    for (const auto known : url_schemes)
      if (word == known) return true;
    defanged = true;
    const bool secure = word.size() > 3 && word.back() == 's';
    const std::string stem = secure ? word.substr(0, word.size() - 1) : word;
    if (stem == "fxp" || stem == "hxp" || stem == "meow" || stem == "htxp" || stem == "hxtp" || stem == "hxxp" || stem == "hxxxp" || stem == "hzzp" ||
        stem == "hppt" || stem == "xxxx") {
      word = std::string(stem == "fxp" ? "ftp" : "http") + (secure ? "s" : "");
      return true;
    }
    // h**p
    const std::string_view before = text_.substr(0, begin);
    if ((stem == "p") && before.ends_with("h**")) {
      begin -= 3;
      word = secure ? "https" : "http";
      return true;
    }
    return false;
  }

  bool url_from(std::size_t begin, std::size_t host, const std::string& scheme, bool defanged) {
    std::string body;
    const std::size_t end = url_end(begin, host, body);
    if (body.size() < 4) return false;
    refang_nested(body);
    const bool good = put_pattern(scheme + "://" + body, intel::TypeHint::url, begin, end, defanged);
    if (good || body.size() > refused_bytes_max) at_ = std::max(at_, end);
    return good;
  }

  // "…?q=hxxps://evil.example/"
  static void refang_nested(std::string& body) {
    for (std::size_t nested = body.find("hxxp"); nested != body.npos; nested = body.find("hxxp", nested + 4)) body.replace(nested, 4, "http");
  }

  // Where the URL whose host begins at `host` ends; `body` is what stands there, wrapped lines joined.
  std::size_t url_end(std::size_t begin, std::size_t host, std::string& body) const {
    std::size_t end = piece_end(begin, host);
    body.assign(text_, host, end - host);
    for (int lines = 0; lines < 4 && end < text_.size(); ++lines) {
      const std::size_t next = continuation(begin, end);
      if (next == text_.npos) break;
      const std::size_t stop = piece_end(begin, next);
      body.append(text_, next, stop - next);
      end = stop;
    }
    const std::size_t kept = trimmed(body);
    end -= body.size() - kept;
    body.resize(kept);
    return end;
  }

  std::size_t piece_end(std::size_t begin, std::size_t at) const {
    const char before = begin > 0 ? text_[begin - 1] : ' ';
    int round = 0, square = 0, curly = 0;
    std::size_t e = at;
    for (; e < text_.size() && e - at < intel::indicator_bytes_max; ++e) {
      const char c = text_[e];
      if (url_stops[static_cast<unsigned char>(c)]) break;
      if (c == '(') ++round;
      if (c == ')' && --round < 0) break;
      if (c == '[' && e != at && ++square > 0 && !goes_on_behind_bracket(e)) break;
      if (c == ']' && --square < 0 && text_[at] != '[') break;
      if (c == '{') ++curly;
      if (c == '}' && --curly < 0) break;
      if (c == '\'' && before == '\'') break;
      if (c == ',' && e + 1 < text_.size() && istarts_with(text_.substr(e + 1, 8), "http")) break;
      if (c == '\\') break;
    }
    return e;
  }

  // "/a[1].php" does, "https://site.example/page[Title of the page]" (AsciiDoc) does not.
  bool goes_on_behind_bracket(std::size_t bracket) const {
    std::size_t e = bracket + 1;
    while (e < text_.size() && !url_stops[static_cast<unsigned char>(text_[e])] && text_[e] != ']' && e - bracket < 200) ++e;
    if (e >= text_.size() || text_[e] != ']' || e + 1 >= text_.size()) return false;
    const char next = text_[e + 1];
    return is_alnum(static_cast<unsigned char>(next)) || std::string_view("=&/?-_%").find(next) != std::string_view::npos ||
           (next == '.' && alnum_at(text_, e + 2));
  }

  static std::size_t trimmed(std::string_view body) {
    while (!body.empty() && std::string_view(".,;:!?*'~+").find(body.back()) != std::string_view::npos) {
      if (body.back() == '*' && body.ends_with("/*")) break;
      body.remove_suffix(1);
    }
    return body.size();
  }

  // A URL that reached the end of its line: where it goes on, or npos.
  std::size_t continuation(std::size_t begin, std::size_t end) const {
    std::size_t line_end = end;
    while (line_end < text_.size() && (text_[line_end] == ' ' || text_[line_end] == '\r')) ++line_end;
    const bool in_first_cell = begins_line(begin) && text_.substr(line_end, 1) == "\t";  // of a row whose other cells stand on the same lines
    if (in_first_cell) line_end = std::min(text_.find('\n', line_end), text_.size());
    if (line_end >= text_.size() || text_[line_end] != '\n' || (line_end - end > 2 && !in_first_cell) || end == begin) return text_.npos;
    std::size_t next = line_end + 1;
    while (next < text_.size() && text_[next] == ' ') ++next;
    const std::size_t stop = piece_end(begin, next);
    const std::string_view piece = slice(next, stop);
    if (piece.size() < 2 || piece.find("://") != piece.npos || reading_.defanged(next, stop)) return text_.npos;
    const bool open_end = std::string_view("-/_=&?%").find(text_[end - 1]) != std::string_view::npos;
    const bool open_begin = std::string_view("/?&=%_#").find(piece.front()) != std::string_view::npos;
    const bool alone = stop >= text_.size() || text_[stop] == '\n' || text_[stop] == '\r' || text_[stop] == '\t';
    if (in_first_cell && !alone) return text_.npos;
    const bool like_a_url = piece.find_first_of("/=&?%_0123456789") != piece.npos || (piece.find('-') != piece.npos && piece.size() > 8);
    if (piece.front() == '-' || piece.front() == '*' || piece.front() == '#') return text_.npos;  // a list goes on
    if ((open_end || open_begin) && like_a_url && !looks_like_value(piece)) return next;
    if (alone && begins_line(begin) && piece.size() >= 8 &&
        std::ranges::count_if(piece, [](char c) { return std::string_view("/?&=%").find(c) != std::string_view::npos; }) >= 2)
      return looks_like_value(piece) ? text_.npos : next;  // broken within a word
    return open_end && alone && piece.size() > 3 && long_line(begin, end) && !looks_like_value(piece) ? next : text_.npos;
  }

  // A line of a list that begins with a value of its own is no continuation.
  static bool looks_like_value(std::string_view piece) {
    const std::string_view host = piece.substr(0, piece.find_first_of("/:?"));
    if (intel::parse_ipv4(host)) return true;
    const std::size_t dot = host.rfind('.');
    if (dot != host.npos && dot > 0 && intel::is_known_tld(fold(host.substr(dot + 1))) && (host != piece || !is_file_extension(fold(host.substr(dot + 1)))))
      return true;
    return piece.size() >= 32 && std::ranges::all_of(piece, [](char c) { return is_hex(static_cast<unsigned char>(c)); });
  }

  bool begins_line(std::size_t at) const {
    while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '|')) --at;
    return at == 0 || text_[at - 1] == '\n';
  }

  bool long_line(std::size_t begin, std::size_t end) const {
    const std::size_t start = text_.rfind('\n', begin);
    return end - (start == text_.npos ? 0 : start + 1) >= 50;
  }

  // ---- e-mail addresses

  bool email() {
    std::size_t begin = begin_;
    while (begin > 0 &&
           (is_host_byte(static_cast<unsigned char>(text_[begin - 1])) || std::string_view("+%=.").find(text_[begin - 1]) != std::string_view::npos) &&
           end_ - begin < 64)
      --begin;
    while (begin < end_ && (text_[begin] == '.' || text_[begin] == '=' || text_[begin] == '-')) ++begin;
    std::size_t end = end_ + 1;
    while (end < text_.size() && (is_host_byte(static_cast<unsigned char>(text_[end])) || text_[end] == '.')) ++end;
    while (end > end_ + 1 && !is_alnum(static_cast<unsigned char>(text_[end - 1])) && static_cast<unsigned char>(text_[end - 1]) < 0x80) --end;
    const std::string_view host = slice(end_ + 1, end);
    const std::size_t dot = host.rfind('.');
    if (dot == host.npos || begin == end_) return false;
    const auto canonical = intel::canonical_host(host);
    if (!canonical || !intel::is_known_tld(canonical->substr(canonical->rfind('.') + 1))) return false;
    if (!put_pattern(slice(begin, end), intel::TypeHint::email, begin, end, false)) return false;
    at_ = end;
    return true;
  }

  // ---- addresses and hosts

  bool ipv6() {
    std::size_t begin = begin_, end = end_;
    const auto belongs = [](char c) { return is_hex(static_cast<unsigned char>(c)) || c == ':' || c == '.'; };
    while (begin > 0 && belongs(text_[begin - 1]) && end - begin < 46) --begin;
    while (end < text_.size() && belongs(text_[end]) && end - begin < 46) ++end;
    while (end > begin && (text_[end - 1] == '.' || (text_[end - 1] == ':' && !slice(begin, end).ends_with("::")))) --end;
    if ((begin > 0 && is_host_byte(static_cast<unsigned char>(text_[begin - 1]))) || alnum_at(text_, end)) return false;
    const std::string_view token = slice(begin, end);
    const auto address = intel::parse_ipv6(token);
    if (!address) return false;
    std::size_t groups = 0;
    for (const auto part : split(token, ':')) groups += !part.empty();
    if (groups < 3 || std::ranges::none_of(token, [](char c) { return is_digit(static_cast<unsigned char>(c)); })) return false;
    if (text_.substr(end, 1) == "/" && digit_at(text_, end + 1)) {
      std::size_t bits = end + 1;
      while (digit_at(text_, bits)) ++bits;
      if (bits - end <= 4 && put_pattern(slice(begin, bits), intel::TypeHint::ip, begin, bits, false)) return at_ = bits, true;
    }
    put(FindingType::ipv6, intel::format_ipv6(*address), begin, end);
    at_ = std::max(at_, end);
    return true;
  }

  // The run, cut at ".." and freed of dots and hyphens at its ends.
  void dotted() {
    std::size_t begin = begin_;
    while (begin < end_) {
      std::size_t end = text_.substr(0, end_).find("..", begin);
      if (end == text_.npos) end = end_;
      const std::size_t next = end + 1;
      std::size_t b = begin, e = end;
      while (b < e && (text_[b] == '.' || text_[b] == '-')) ++b;
      if (b > 0 && text_[b - 1] == '%' && e - b > 2 && is_hex(static_cast<unsigned char>(text_[b])) && is_hex(static_cast<unsigned char>(text_[b + 1])))
        b += 2;  // "%2Fevil.example"
      while (e > b && (text_[e - 1] == '.' || text_[e - 1] == '-')) --e;
      if (e > b && slice(b, e).find('.') != std::string_view::npos) host(b, e, e == end_ || text_.substr(e, end_ - e) == ".");
      if (next >= end_) return;
      begin = next;
    }
  }

  void host(std::size_t begin, std::size_t end, bool whole) {
    const std::string_view token = slice(begin, end);
    if (technique_id(begin, end)) return;
    if (token.size() <= 15 && intel::parse_ipv4(token)) return address(begin, end, whole);
    const std::size_t dot = token.rfind('.');
    const std::string last = fold(token.substr(dot + 1));
    const char before = begin > 0 ? text_[begin - 1] : ' ';
    const bool in_path = before == '\\' || (before == '/' && !(begin > 1 && text_[begin - 2] == ' '));
    const bool defanged = reading_.defanged(begin, end);
    if (is_file_extension(last) && (!defanged || !intel::is_known_tld(last))) put_file_name(begin, end);
    if (token.size() > 253 || (in_path && !defanged)) return;
    if (last.empty() || is_digit(static_cast<unsigned char>(last.front())) || token.front() == '_') return;
    const auto canonical = intel::canonical_host(token);
    if (!canonical || !intel::is_domain_name(*canonical) || !intel::is_known_tld(std::string_view(*canonical).substr(canonical->rfind('.') + 1))) return;
    if (whole && end < text_.size() && text_[end] == '/' && bare_url(begin, end)) return;
    if (whole && end < text_.size() && text_[end] == ':' && bare_url(begin, end)) return;
    if (intel::is_icann_suffix(*canonical)) return;
    put(FindingType::domain, *canonical, begin, end);
  }

  void address(std::size_t begin, std::size_t end, bool whole) {
    if (whole && end < text_.size() && text_[end] == '/') {
      std::size_t bits = end + 1;
      while (digit_at(text_, bits)) ++bits;
      if (bits > end + 1 && bits - end <= 3 && !(bits < text_.size() && (text_[bits] == '/' || text_[bits] == '.' || alnum_at(text_, bits)))) {
        if (put_pattern(slice(begin, bits), intel::TypeHint::ip, begin, bits, false)) at_ = std::max(at_, bits);
        return;
      }
    }
    if (whole && bare_url(begin, end)) return;
    // Decimal, leading zeros or not.
    if (const auto a = intel::parse_ipv4(slice(begin, end))) put(FindingType::ipv4, intel::format_ipv4(*a), begin, end);
  }

  // A host with a path but no scheme: "evil.example/a", "192.0.2.1:8080/gate.php".
  bool bare_url(std::size_t begin, std::size_t end) {
    std::size_t path = end;
    if (path < text_.size() && text_[path] == ':') {
      ++path;
      while (digit_at(text_, path) && path - end < 7) ++path;
      if (path == end + 1) return false;
    }
    if (path + 1 >= text_.size() || text_[path] != '/') return false;
    const auto next = static_cast<unsigned char>(text_[path + 1]);
    if (url_stops[next] || !(is_host_byte(next) || std::string_view("?%.~$+&=#*/").find(static_cast<char>(next)) != std::string_view::npos)) return false;
    std::string body;
    const std::size_t stop = url_end(begin, begin, body);
    refang_nested(body);
    // "and/or" of two hosts: "evil.example/other.example"
    const std::string_view tail = std::string_view(body).substr(std::min(body.size(), path + 1 - begin));
    if (tail.find('/') == tail.npos && other_host(tail)) return false;
    const bool good = put_pattern(body, intel::TypeHint::url, begin, stop, false);
    if (good || body.size() > refused_bytes_max) at_ = std::max(at_, stop);
    return good;
  }
  static bool other_host(std::string_view s) {
    const std::size_t dot = s.rfind('.');
    if (intel::parse_ipv4(s)) return true;
    return dot != s.npos && s.find_first_of("?&=%") == s.npos && intel::is_known_tld(fold(s.substr(dot + 1))) && !is_file_extension(fold(s.substr(dot + 1)));
  }

  void put_file_name(std::size_t begin, std::size_t end) {
    // "%RAND%.dll" and "*.exe" are no names
    if (begin > 0 && (text_[begin - 1] == '%' || text_[begin - 1] == '*')) return;
    put(FindingType::file_name, fold(slice(begin, end)), begin, end);
  }

  /// Pages and cells cut keys at their edge: the key goes on in the next line if this one ends with a backslash, or if the next begins with a word that
  /// has one inside and begins no path of its own ("…\CurrentVers" / "ion\Run"). Only there may a line end stand in a key.
  bool key_goes_on(std::size_t end) const {
    if (text_[end] != '\n' || end + 1 >= text_.size() || text_[end - 1] == ' ') return false;
    const std::string_view next = text_.substr(end + 1, key_bytes_max);
    const std::string_view word = next.substr(0, next.find_first_of(" \t\r\n"));
    if (word.empty() || !(is_alnum(static_cast<unsigned char>(word.front())) || word.front() == '\\' || word.front() == '_')) return false;
    if (istarts_with(word, "HK") || word.find(':') != word.npos || word.starts_with("\\\\")) return false;
    return text_[end - 1] == '\\' || word.find('\\') != word.npos;
  }

  bool registry_key() {
    const std::string root = fold(slice(begin_, end_));
    if (!(root.starts_with("hkey_") || root == "hklm" || root == "hkcu" || root == "hkcr" || root == "hku")) return false;
    std::size_t e = end_;
    while (e < text_.size() && e - begin_ < key_bytes_max && (static_cast<unsigned char>(text_[e]) >= ' ' || key_goes_on(e)) &&
           std::string_view("\"`|<>,;").find(text_[e]) == std::string_view::npos && text_.substr(e, 2) != "  ")
      ++e;
    // The name goes on to the last backslash and one word behind it; prose may follow.
    const std::size_t last = text_.substr(0, e).rfind('\\');
    std::size_t word = last + 1;
    while (word < e && text_[word] != ' ' && text_[word] != ')' && text_[word] != '\n') ++word;
    while (word > last + 1 && (text_[word - 1] == '.' || text_[word - 1] == ':' || text_[word - 1] == '\'' || text_[word - 1] == '*')) --word;
    static constexpr std::pair<std::string_view, std::string_view> roots[] = {
        {"hklm", "HKEY_LOCAL_MACHINE"}, {"hkcu", "HKEY_CURRENT_USER"}, {"hkcr", "HKEY_CLASSES_ROOT"}, {"hku", "HKEY_USERS"}};
    std::string value(slice(begin_, word));
    std::erase(value, '\n');
    for (const auto& [shorter, longer] : roots)
      if (root == shorter) value.replace(0, shorter.size(), longer);
    put(FindingType::registry_key, std::move(value), begin_, word);
    at_ = std::max(at_, word);
    return true;
  }

  // ---- ids and hashes

  void named_id() {
    const std::string_view run = slice(begin_, end_);
    if (run.size() >= 3 && cve()) return;
    if (dots_ != 0) return;                     // dotted() asks for "T1059.001"
    for (std::size_t b = 0; b < run.size();) {  // "T1059-T1060", "mitre_T1059"
      std::size_t e = b;
      while (e < run.size() && is_alnum(static_cast<unsigned char>(run[e]))) ++e;
      if (e - b >= 5 && e - b <= 6) technique_id(begin_ + b, begin_ + e);
      b = e + 1;
    }
  }

  bool technique_id(std::size_t begin, std::size_t end) {
    const std::string_view s = slice(begin, end);
    const auto digits = [&](std::size_t from, std::size_t n) {
      for (std::size_t i = from; i < from + n; ++i)
        if (!digit_at(s, i)) return false;
      return true;
    };
    if (s.size() < 5) return false;
    FindingType type = FindingType::technique;
    if (s[0] == 'T' && (s[1] == '0' || s[1] == '1') && digits(1, 4) && (s.size() == 5 || (s.size() == 9 && s[5] == '.' && digits(6, 3)))) {
    } else if (s.size() == 6 && s.starts_with("TA") && s[2] == '0' && digits(2, 4)) type = FindingType::tactic;
    else if (s.size() == 5 && (s[1] == '0' || s[1] == '1') && digits(1, 4) && s[0] == 'G') type = FindingType::actor;
    else if (s.size() == 5 && (s[1] == '0' || s[1] == '1') && digits(1, 4) && s[0] == 'S') type = FindingType::malware;
    else if (s.size() == 5 && (s[1] == '0' || s[1] == '1') && digits(1, 4) && s[0] == 'M') type = FindingType::mitigation;
    else return false;
    std::size_t stop = end;
    std::string value(s);
    // "T1059/001" and "T1059 (.001)" are other spellings of a sub-technique.
    if (type == FindingType::technique && s.size() == 5 && text_.substr(end, 1) == "/" && digit_at(text_, end + 1) && digit_at(text_, end + 2) &&
        digit_at(text_, end + 3) && !alnum_at(text_, end + 4)) {
      value += "." + std::string(slice(end + 1, end + 4));
      stop = end + 4;
    }
    Mention& m = put(type, std::move(value), begin, stop);
    m.explicit_id = true;
    m.id = m.value;
    at_ = std::max(at_, stop);
    return true;
  }

  // "CVE-2021-44228", any case, with blanks or line ends where people and line breaks put them.
  bool cve() {
    const std::string_view run = slice(begin_, end_);
    std::size_t start = 0;
    bool found = false;
    for (; start + 3 <= run.size(); ++start)
      if ((run[start] | 0x20) == 'c' && iequals(run.substr(start, 3), "cve") && (start == 0 || !alnum_at(run, start - 1))) {
        std::size_t end = cve_at(begin_ + start);
        if (end == 0) continue;
        found = true;
        start = std::min(run.size(), end - begin_) - 1;
      }
    return found;
  }
  std::size_t cve_at(std::size_t begin) {
    std::size_t i = begin + 3;
    const auto gap = [&] {
      const std::size_t from = i;
      while (i < text_.size() && std::string_view("-_ :\r\n").find(text_[i]) != std::string_view::npos && i - from < 4) ++i;
      return i > from;
    };
    if (!gap()) return 0;
    const std::size_t year = i;
    while (digit_at(text_, i)) ++i;
    if (i - year != 4 || !(text_.substr(year, 2) == "19" || text_.substr(year, 2) == "20") || !gap()) return 0;
    const std::size_t number = i;
    while (digit_at(text_, i)) ++i;
    if (i - number < 4 || i - number > 7 || (alnum_at(text_, i))) return 0;
    std::string value = "CVE-" + std::string(slice(year, year + 4)) + "-" + std::string(slice(number, i));
    put(FindingType::vulnerability, std::move(value), begin, i);
    at_ = std::max(at_, i);
    return i;
  }

  // "?key=0123…"
  bool in_query(std::size_t at) const {
    bool value = false;
    for (std::size_t from = at > query_bytes_max ? at - query_bytes_max : 0; at > from && static_cast<unsigned char>(text_[at - 1]) > ' '; --at) {
      if (std::string_view("|`\"'<>").find(text_[at - 1]) != std::string_view::npos) return false;
      if (value && (text_[at - 1] == '?' || text_[at - 1] == '&')) return true;
      value = value || text_[at - 1] == '=';
    }
    return false;
  }
  // "0123….cdn.example"
  bool in_host(std::size_t begin, std::size_t end) const {
    return !out_.empty() && out_.back().type == FindingType::domain && out_.back().begin <= begin && out_.back().end >= end;
  }

  void hashes() {
    for (std::size_t b = begin_; b < end_;) {
      std::size_t e = b;
      bool hex = true;
      while (e < end_ && is_alnum(static_cast<unsigned char>(text_[e]))) hex = is_hex(static_cast<unsigned char>(text_[e++])) && hex;
      const auto type = hex ? intel::hash_type_of_length(e - b) : std::nullopt;
      if (type && !in_query(b) && !in_host(b, e)) {
        const FindingType found[] = {FindingType::md5, FindingType::sha1, FindingType::sha256, FindingType::sha512};
        put(found[static_cast<int>(*type) - static_cast<int>(intel::ObservableType::md5)], fold(slice(b, e)), b, e);
      }
      b = e + 1;
    }
  }

  const Reading& reading_;
  std::string_view text_;
  std::vector<Mention>& out_;
  std::size_t places_max_;
  std::size_t at_ = 0, begin_ = 0, end_ = 0;
  std::size_t dots_ = 0;
};

}  // namespace

void scan_indicators(const Reading& reading, std::vector<Mention>& out, std::size_t places_max) { IndicatorScanner(reading, out, places_max).run(); }

}  // namespace mozu::reports
