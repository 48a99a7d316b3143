#include "rule_blocks.hpp"

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::reports {
namespace {

constexpr std::size_t rule_bytes_max = 256 * 1024;
/// So many beginnings of rules may have no end; a report with more is made to waste time.
constexpr int open_ends_max = 200;

std::size_t skip_blanks(std::string_view s, std::size_t i) {
  while (i < s.size() && is_space(static_cast<unsigned char>(s[i]))) ++i;
  return i;
}

std::size_t line_begin(std::string_view s, std::size_t i) {
  const std::size_t nl = i == 0 ? s.npos : s.rfind('\n', i - 1);
  return nl == s.npos ? 0 : nl + 1;
}

void put(std::string_view text, FindingType type, std::size_t begin, std::size_t end, std::string_view reason, std::vector<Mention>& out) {
  Mention m;
  m.type = type;
  m.begin = begin;
  m.end = end;
  m.value = std::string(text.substr(begin, end - begin));
  m.confidence = 0.95;
  m.reason = std::string(reason);
  out.push_back(std::move(m));
}

/// The closing brace of a rule body that opens at `open`; strings, hex blocks, regular expressions and comments do not count.
std::size_t closing_brace(std::string_view s, std::size_t open) {
  std::size_t depth = 0;
  char before = '{';  // the last byte that is no blank: tells a regular expression from a division
  for (std::size_t i = open; i < s.size() && i - open < rule_bytes_max; ++i) {
    const char c = s[i];
    if (is_space(static_cast<unsigned char>(c))) continue;
    if (c == '"') {
      for (++i; i < s.size() && s[i] != '"' && s[i] != '\n'; ++i) i += s[i] == '\\';
    } else if (c == '/' && s.substr(i, 2) == "//") {
      while (i + 1 < s.size() && s[i + 1] != '\n') ++i;
    } else if (c == '/' && s.substr(i, 2) == "/*") {
      const std::size_t end = s.find("*/", i + 2);
      if (end == s.npos) return s.npos;
      i = end + 1;
    } else if (c == '/' && (before == '=' || before == 's')) {
      for (++i; i < s.size() && s[i] != '/' && s[i] != '\n'; ++i) i += s[i] == '\\';
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i;
    }
    before = c;
  }
  return s.npos;
}

// rule NAME [: TAGS] { … condition: … }
std::size_t yara_at(std::string_view text, std::size_t word, std::vector<Mention>& out, int& open_ends) {
  std::size_t i = skip_blanks(text, word + 4);
  const std::size_t name = i;
  while (i < text.size() && is_identifier(text[i])) ++i;
  if (i == name || i - name > 128) return 0;
  i = skip_blanks(text, i);
  if (i < text.size() && text[i] == ':')
    while (i < text.size() && text[i] != '{' && i - name < 600) ++i;
  if (i >= text.size() || text[i] != '{' || open_ends > open_ends_max) return 0;
  const std::size_t end = closing_brace(text, i);
  open_ends += end == text.npos;
  if (end == text.npos || text.substr(i, end - i).find("condition") == std::string_view::npos) return 0;
  std::size_t begin = word;
  for (const std::string_view modifier : {"private", "global", "private"}) {  // in either order
    const std::string_view before = text.substr(0, begin);
    const std::size_t last = before.find_last_not_of(" \t\r\n");
    if (last != before.npos && before.substr(0, last + 1).ends_with(modifier)) begin = last + 1 - modifier.size();
  }
  put(text, FindingType::yara_rule, begin, end + 1, "a YARA rule: name, braces and a condition", out);
  return end + 1;
}

constexpr std::string_view suricata_actions[] = {"alert", "drop", "reject", "pass", "rejectsrc", "rejectdst", "rejectboth", "log", "sdrop"};
constexpr std::string_view suricata_protocols[] = {
    "tcp",  "udp", "icmp", "ip",   "http",  "http1", "http2", "dns", "tls", "ssl", "ftp",  "ftp-data", "smb",  "ssh",  "smtp",   "imap",    "pop3",      "quic",
    "dhcp", "nfs", "tftp", "krb5", "ikev2", "ike",   "snmp",  "sip", "rdp", "rfb", "mqtt", "modbus",   "dnp3", "enip", "pkthdr", "tcp-pkt", "tcp-stream"};

// ACTION PROTOCOL … -> … ( … sid: … )
std::size_t suricata_at(std::string_view text, std::size_t begin, std::size_t word_end, std::vector<Mention>& out, int& open_ends) {
  std::size_t p = word_end;
  while (p < text.size() && text[p] == ' ') ++p;
  std::size_t e = p;
  while (e < text.size() && (is_identifier(text[e]) || text[e] == '-')) ++e;
  if (std::ranges::find(suricata_protocols, text.substr(p, e - p)) == std::end(suricata_protocols)) return 0;
  const std::string_view head = text.substr(e, 1200);
  const std::size_t open = head.find('(');
  if (open == head.npos || (head.substr(0, open).find("->") == head.npos && head.substr(0, open).find("<>") == head.npos)) return 0;
  if (open_ends > open_ends_max) return 0;
  bool quoted = false;
  for (std::size_t i = e + open + 1; i < text.size() && i - e < rule_bytes_max; ++i) {
    if (text[i] == '\\') ++i;
    else if (text[i] == '"') quoted = !quoted;
    else if (text[i] == ')' && !quoted) {
      if (text.substr(begin, i - begin).find("sid:") == std::string_view::npos && text.substr(begin, i - begin).find("sid :") == std::string_view::npos)
        return 0;
      put(text, FindingType::suricata_rule, begin, i + 1, "a Suricata or Snort rule: head and options with a sid", out);
      return i + 1;
    }
    if (text.substr(i, 2) == "\n\n") break;
  }
  ++open_ends;
  return 0;
}

// A YAML block with title:, logsource: and detection: at one indent.
std::size_t sigma_at(std::string_view text, std::size_t begin, std::vector<Mention>& out) {
  const std::size_t indent = begin - line_begin(text, begin);
  bool logsource = false, detection = false, condition = false;
  std::size_t end = begin;
  for (std::size_t b = begin - indent; b < text.size() && b - begin < rule_bytes_max;) {
    std::size_t e = text.find('\n', b);
    if (e == text.npos) e = text.size();
    const std::string_view line = text.substr(b, e - b);
    const std::string_view content = trim(line);
    const std::size_t column = content.empty() ? 0 : static_cast<std::size_t>(content.data() - line.data());
    if (!content.empty()) {
      const std::size_t colon = content.find(':');
      const bool list_item = content.front() == '-' || content.front() == '#';
      if (column < indent || content.starts_with("```") || content == "---" || content == "----") break;
      if (column == indent && !list_item) {
        if (colon == content.npos || content.substr(0, colon).find(' ') != content.npos) break;  // prose goes on
        if (b != begin - indent && content.starts_with("title:")) break;
        logsource = logsource || content.starts_with("logsource:");
        detection = detection || content.starts_with("detection:");
      }
      condition = condition || content.starts_with("condition:");
      end = b + column + content.size();
    }
    b = e + 1;
  }
  if (!logsource || !detection || !condition) return 0;
  put(text, FindingType::sigma_rule, begin, end, "a Sigma rule: title, logsource and detection", out);
  return end;
}

}  // namespace

void find_rules(std::string_view text, std::vector<Mention>& out) {
  int open_ends = 0;
  for (std::size_t b = 0; b < text.size();) {
    std::size_t e = text.find('\n', b);
    if (e == text.npos) e = text.size();
    const std::string_view line = text.substr(b, e - b);
    const std::size_t first = line.find_first_not_of(" \t`");
    std::size_t done = 0;
    if (first != line.npos) {
      const std::size_t at = b + first;
      std::size_t word = at;
      while (word < e && is_identifier(text[word])) ++word;
      const std::string_view w = text.substr(at, word - at);
      if (w == "title" && text.substr(word, 1) == ":") done = sigma_at(text, at, out);
      else if (std::ranges::find(suricata_actions, w) != std::end(suricata_actions)) done = suricata_at(text, at, word, out, open_ends);
      else if (w == "rule") done = yara_at(text, at, out, open_ends);
      else if (w == "private" || w == "global")
        if (const std::size_t r = line.find("rule "); r != line.npos && r < 40) done = yara_at(text, b + r, out, open_ends);
    }
    b = done > b ? std::max(done, b + 1) : e + 1;
    if (done > 0 && done < text.size() && text[done] == '\n') b = done + 1;
  }
}

}  // namespace mozu::reports
