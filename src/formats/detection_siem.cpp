// CEF (ArcSight "Common Event Format", version 25) and LEEF 2.0 (QRadar "Log Event Extended Format").
#include <charconv>

#include "detection_render.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/version.hpp"

namespace mozu::formats::detail {
namespace {

constexpr std::size_t value_bytes_max = 4000;  // CEF's limit for custom strings
constexpr std::size_t message_bytes_max = 1000;

template <class T>
void append_number(std::string& out, T v) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, v).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

/// Control characters that have no escape in the format: they would end or distort the line.
void append_control(std::string& out, char c) {
  switch (c) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    default: out += ' ';
  }
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

/// Calls put(c) for every byte of valid UTF-8. U+0080–U+009F, to many terminals what ESC begins, are given as DEL, and U+2028 and U+2029, to
/// some readers the end of a line, as LF.
template <class F>
void each_byte(std::string_view s, F put) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const auto next = [&](std::size_t n) { return i + n < s.size() ? static_cast<unsigned char>(s[i + n]) : 0U; };
    if (s[i] == '\xC2' && next(1) >= 0x80 && next(1) <= 0x9F) {
      put('\x7F');
      ++i;
    } else if (s[i] == '\xE2' && next(1) == 0x80 && (next(2) == 0xA8 || next(2) == 0xA9)) {
      put('\n');
      i += 2;
    } else {
      put(s[i]);
    }
  }
}

void append_header(std::string& out, std::string_view s) {
  std::string scratch;
  each_byte(tidy(s, scratch, 500), [&out](char c) {
    if (c == '|' || c == '\\') out += '\\';
    out += is_control(c) ? ' ' : c;
  });
}

/// key=value pairs of CEF, parted by a blank.
class CefPairs {
 public:
  explicit CefPairs(std::string& out) : out_(out) {}
  void text(std::string_view key, std::string_view value, std::size_t bytes_max = value_bytes_max) {
    if (value.empty()) return;
    begin(key);
    std::string scratch;
    each_byte(tidy(value, scratch, bytes_max), [this](char c) {
      if (is_control(c)) return append_control(out_, c);
      if (c == '=' || c == '\\') out_ += '\\';
      out_ += c;
    });
  }
  template <class T>
  void number(std::string_view key, T v) {
    begin(key);
    append_number(out_, v);
  }
  void labelled(std::string_view key, std::string_view label, std::string_view value) {
    if (value.empty()) return;
    text(std::string(key) + "Label", label);
    text(key, value);
  }
  void end_of_event(std::string_view address_key, std::string_view host_key, std::string_view ipv6_key, std::string_view ipv6_label, std::string_view value) {
    switch (end_kind(value)) {
      case EndKind::none: return;
      case EndKind::ipv4: return text(address_key, plain_address(value));
      case EndKind::ipv6: return labelled(ipv6_key, ipv6_label, plain_address(value));
      case EndKind::host: return text(host_key, value);
    }
  }

 private:
  void begin(std::string_view key) {
    if (!first_) out_ += ' ';
    first_ = false;
    out_.append(key) += '=';
  }
  std::string& out_;
  bool first_ = true;
};

/// key=value pairs of LEEF, parted by a tab.
class LeefPairs {
 public:
  explicit LeefPairs(std::string& out) : out_(out) {}
  void text(std::string_view key, std::string_view value, std::size_t bytes_max = value_bytes_max) {
    if (value.empty()) return;
    begin(key);
    std::string scratch;
    each_byte(tidy(value, scratch, bytes_max), [this](char c) {
      if (is_control(c)) append_control(out_, c);
      else out_ += c;
    });
  }
  template <class T>
  void number(std::string_view key, T v) {
    begin(key);
    append_number(out_, v);
  }

 private:
  void begin(std::string_view key) {
    if (!first_) out_ += '\t';
    first_ = false;
    out_.append(key) += '=';
  }
  std::string& out_;
  bool first_ = true;
};

/// Threat, malware, actor, campaign as the feeds tell them, for a person who has only this line.
std::string threat_line(const intel::Detection& d) {
  std::string out;
  for (const std::string_view name : {"threat", "malware", "actor", "campaign"})
    for (const std::string_view value : context_values(d, name)) {
      if (!out.empty()) out += "; ";
      out.append(name).append(": ").append(value);
    }
  return out;
}

std::string first_reference(const intel::Detection& d) {
  const auto references = context_values(d, "reference");
  return references.empty() ? std::string() : std::string(references.front());
}

void append_product(std::string& out, std::string_view start) { out.append(start).append("|Mozu|Matcher|").append(version()) += '|'; }

std::string event_id(const intel::Detection& d) { return "indicator-" + std::string(intel::short_name(d.observable.type)); }

}  // namespace

void write_detection_cef(std::string& out, const intel::Detection& d) {
  append_product(out, "CEF:0");
  append_header(out, event_id(d));
  out += '|';
  append_header(out, "Threat indicator seen: " + std::string(intel::stix_type(d.observable.type)));
  out += '|';
  append_number(out, severity(d));
  out += '|';
  CefPairs p(out);
  if (d.event.time) p.number("rt", d.event.time->ms);
  p.end_of_event("src", "shost", "c6a2", "Source IPv6 Address", d.event.source);
  p.end_of_event("dst", "dhost", "c6a3", "Destination IPv6 Address", d.event.destination);
  p.text("suser", d.event.user);
  if (d.observable.type == intel::ObservableType::url) p.text("request", d.observable.value);
  if (intel::is_hash(d.observable.type)) p.text("fileHash", d.observable.value);
  p.labelled("cs1", "Observable", d.observable.value);
  p.labelled("cs2", "Indicator", d.indicator_value);
  p.labelled("cs3", "Feeds", joined(d.feeds, ","));
  p.labelled("cs4", "Relation", intel::name(d.relation));
  p.labelled("cs5", "Labels", joined(d.labels, ","));
  p.labelled("cs6", "Threat", threat_line(d));
  p.text("cn1Label", "Confidence");
  p.number("cn1", static_cast<unsigned>(d.confidence));
  p.text("cn2Label", "Line");
  p.number("cn2", d.line);
  p.text("cn3Label", "Offset");
  p.number("cn3", d.offset);
  p.labelled("flexString1", "TLP", intel::name(d.tlp));
  p.labelled("flexString2", "Field", d.event.field);
  p.text("fname", d.source);
  p.text("externalId", d.indicator_id);
  p.text("reason", d.suppressed);
  p.text("cat", d.suppressed.empty() ? "threat-indicator" : "suppressed");
  p.text("msg", summary(d), message_bytes_max);
  out += '\n';
}

void write_detection_leef(std::string& out, const intel::Detection& d) {
  append_product(out, "LEEF:2.0");
  append_header(out, event_id(d));
  out += "|x09|";
  LeefPairs p(out);
  if (d.event.time) {
    const CivilTime t = to_civil(*d.event.time);
    p.text("devTime", format_time(*d.event.time));
    p.text("devTimeFormat", t.millisecond != 0 ? "yyyy-MM-dd'T'HH:mm:ss.SSSX" : "yyyy-MM-dd'T'HH:mm:ssX");
  }
  p.text("cat", d.suppressed.empty() ? "threat-indicator" : "suppressed");
  p.number("sev", std::max(severity(d), 1));
  const auto end_of_event = [&](std::string_view address_key, std::string_view host_key, std::string_view value) {
    if (end_kind(value) == EndKind::host) p.text(host_key, value);
    else p.text(address_key, plain_address(value));
  };
  end_of_event("src", "srcHostName", d.event.source);
  end_of_event("dst", "dstHostName", d.event.destination);
  p.text("usrName", d.event.user);
  if (d.observable.type == intel::ObservableType::url) p.text("url", d.observable.value);
  p.text("observableType", intel::stix_type(d.observable.type));
  p.text("hashAlgorithm", intel::hash_algorithm(d.observable.type));
  p.text("observable", d.observable.value);
  p.text("relation", intel::name(d.relation));
  p.text("indicator", d.indicator_value);
  p.text("indicatorId", d.indicator_id);
  p.text("feeds", joined(d.feeds, ","));
  p.text("labels", joined(d.labels, ","));
  p.number("confidence", static_cast<unsigned>(d.confidence));
  p.text("tlp", intel::name(d.tlp));
  p.text("threat", threat_line(d));
  p.text("reference", first_reference(d));
  p.text("logSource", d.source);
  p.number("logLine", d.line);
  p.number("logOffset", d.offset);
  p.text("field", d.event.field);
  p.text("suppressed", d.suppressed);
  out += '\n';
}

}  // namespace mozu::formats::detail
