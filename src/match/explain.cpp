// Tokens for people: `mozu match --explain` and `mozu observables`.
#include <algorithm>

#include "exact.hpp"
#include "json_text.hpp"
#include "lookup.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "mozu/match/scanner.hpp"
#include "tokens.hpp"

namespace mozu::match {

namespace {

using intel::Observable;
using intel::ObservableType;

/// The text of a line, decoded if it is JSON with escapes.
struct LineText {
  JsonText json;
  bool decoded = false;
  std::string_view text;
  explicit LineText(std::string_view line)
      : decoded(line.find('\\') != std::string_view::npos && JsonText::is_candidate(line) && json.decode(line)),
        text(decoded ? json.text() : line) {}
  JsonText::Range raw(std::size_t begin, std::size_t end) const { return decoded ? json.raw(begin, end) : JsonText::Range{begin, end}; }
};

Observable observable_of(const Tokens& tokens, const HostToken& h) {
  if (h.is_ipv4) return {ObservableType::ipv4_addr, intel::format_ipv4(h.ipv4)};
  if (h.is_ipv6) return {ObservableType::ipv6_addr, intel::format_ipv6(h.ipv6)};
  return {ObservableType::domain_name, std::string(tokens.name(h))};
}

std::string_view last_label(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

class Probes : public ProbeListener {
 public:
  void probed(std::size_t begin, std::size_t end, std::string_view what, bool found) override { list.push_back({begin, end, std::string(what), found}); }
  struct Probe {
    std::size_t begin, end;
    std::string what;
    bool found;
  };
  std::vector<Probe> list;
};

std::string host_note(const Tokens& tokens, const HostToken& h, std::string_view text) {
  std::string note;
  const auto add = [&note](std::string_view s) {
    if (!note.empty()) note += "; ";
    note += s;
  };
  if (h.of_url) add("the URL's host in canonical form");
  else if (h.url_host) add("host of a URL");
  if (h.email_host) add("host of an e-mail address");
  if (!h.is_ipv4 && !h.is_ipv6) {
    const auto name = tokens.name(h);
    if (name != fold(text.substr(h.begin, h.end - h.begin)) && !h.of_url) add("international name in punycode");
    if (!intel::is_known_tld(last_label(name))) add("no such top-level domain");
  }
  return note;
}

void explain_hits(const std::shared_ptr<const Index>& index, std::string_view line, ScanOptions options, std::vector<HitExplanation>& out) {
  options.show_suppressed = true;
  ExactStage exact(index, options);
  exact.on_drop([&out](const Hit& h, const std::string& why) { out.push_back({h.begin, h.end - h.begin, h.relation, h.kind, h.indicator, {}, why}); });
  const DetectionHandler handler = [&out](const intel::Detection& d) {
    out.push_back(
        {d.offset, d.length, d.relation, d.indicator_kind, d.indicator_value, d.feeds, d.suppressed.empty() ? "detection" : "suppressed: " + d.suppressed});
  };
  ScanStatistics statistics;
  exact.examine(line, {"", 1, 0, nullptr}, &handler, statistics);
  std::ranges::stable_sort(out, {}, &HitExplanation::offset);
}

}  // namespace

LineExplanation explain(const std::shared_ptr<const Index>& index, std::string_view line, const ScanOptions& options) {
  const LineText t(line);
  LineExplanation out;
  out.json_decoded = t.decoded;
  if (t.decoded) out.decoded = std::string(t.text);
  Tokens tokens;
  Tokenizer().run(t.text, index != nullptr && index->data().has(flag_single_label), tokens);
  Probes probes;
  if (index != nullptr) {
    std::vector<Hit> hits;
    Lookup(index->data(), &probes).tokens(t.text, tokens, hits);
  }
  const auto add = [&](std::size_t begin, std::size_t end, Observable o, std::string note, std::string_view kinds) {
    const auto raw = t.raw(begin, end);
    TokenExplanation e{raw.begin, raw.end - raw.begin, std::move(o), std::move(note), {}};
    for (const auto& p : probes.list) {
      const std::string_view kind = std::string_view(p.what).substr(0, p.what.find_first_of(" -"));
      if (p.begin == begin && p.end == end && kinds.find(kind) != std::string_view::npos) e.probes.push_back({p.what, p.found ? "found" : "not in the index"});
    }
    out.tokens.push_back(std::move(e));
  };
  for (const HostToken& h : tokens.hosts)
    add(h.begin, h.end, observable_of(tokens, h), host_note(tokens, h, t.text), h.is_ipv4 ? "ipv4" : h.is_ipv6 ? "ipv6" : "domain");
  for (const UrlToken& u : tokens.urls)
    add(u.begin, u.end, {ObservableType::url, u.url.key()}, u.with_scheme ? "" : "without a scheme: known top-level domain or address, then a slash", "url");
  for (const EmailToken& e : tokens.emails) add(e.begin, e.end, {ObservableType::email_addr, std::string(tokens.value(e))}, "", "email");
  for (const HashToken& h : tokens.hashes)
    add(h.begin, h.end, {h.type, fold(t.text.substr(h.begin, h.end - h.begin))}, std::string(intel::hash_algorithm(h.type)), "md5 sha1 sha256 sha512");
  std::ranges::stable_sort(out.tokens, {}, &TokenExplanation::offset);
  if (index != nullptr) explain_hits(index, line, options, out.hits);
  return out;
}

void find_observables(std::string_view line, std::vector<FoundObservable>& out) {
  out.clear();
  const LineText t(line);
  Tokens tokens;
  Tokenizer().run(t.text, false, tokens);
  const auto add = [&](std::size_t begin, std::size_t end, Observable o) {
    const auto raw = t.raw(begin, end);
    out.push_back({raw.begin, raw.end - raw.begin, std::move(o)});
  };
  for (const HostToken& h : tokens.hosts) {
    if (!h.is_ipv4 && !h.is_ipv6 && (!intel::is_known_tld(last_label(tokens.name(h))) || !intel::is_domain_name(tokens.name(h)))) continue;
    add(h.begin, h.end, observable_of(tokens, h));
  }
  for (const UrlToken& u : tokens.urls) add(u.begin, u.end, {ObservableType::url, u.url.key()});
  for (const EmailToken& e : tokens.emails) add(e.begin, e.end, {ObservableType::email_addr, std::string(tokens.value(e))});
  for (const HashToken& h : tokens.hashes) add(h.begin, h.end, {h.type, fold(t.text.substr(h.begin, h.end - h.begin))});
  std::ranges::stable_sort(out, {}, &FoundObservable::offset);
}

}  // namespace mozu::match
