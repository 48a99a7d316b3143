#include "reference.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include "json_text.hpp"
#include "mozu/intel/host.hpp"

namespace mozu::match::reference {

using intel::ObservableType;
using intel::PatternKind;
using intel::Relation;

namespace {

Address6 address6_of_host(std::string_view host, bool& ok) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto address = read_address6(host);
  ok = address.has_value();
  return address.value_or(Address6{});
}

PatternKind hash_kind(std::size_t digits) {
  switch (digits) {
    case 32: return PatternKind::md5;
    case 40: return PatternKind::sha1;
    case 64: return PatternKind::sha256;
    default: return PatternKind::sha512;
  }
}

}  // namespace

void Reference::add(std::string_view feed, const intel::Indicator& indicator) {
  const PatternId id = indicators_.add(indicator.pattern);
  if (id == postings_.size()) postings_.emplace_back();
  const Posting now{std::string(feed), indicator.valid_from, indicator.valid_until, indicator.exact_only};
  for (Posting& known : postings_[id]) {
    if (known.feed != feed) continue;
    // Widened: an open end stays open.
    known.from = known.from && now.from ? std::optional(std::min(*known.from, *now.from)) : std::nullopt;
    known.until = known.until && now.until ? std::optional(std::max(*known.until, *now.until)) : std::nullopt;
    known.exact_only = known.exact_only && now.exact_only;
    return;
  }
  postings_[id].push_back(now);
}

void Reference::add_suppression(const intel::Pattern& pattern, std::string_view reason, bool exact_only) {
  const PatternId id = suppressions_.add(pattern);
  if (id == reasons_.size()) {
    reasons_.emplace_back();
    reaches_below_.push_back(false);
  }
  reasons_[id].emplace_back(reason);
  if (!exact_only) reaches_below_[id] = true;
}

/// A match before duplicates are resolved.
struct Reference::Candidate {
  RefHit hit;
  PatternId id = 0;

  /// url-host wins over email-host, and that over the others; then the longer; then the smaller value.
  static int rank(Relation r) { return r == Relation::url_host ? 0 : r == Relation::email_host ? 1 : 2; }
  bool wins_over(const Candidate& o) const {
    if (rank(hit.relation) != rank(o.hit.relation)) return rank(hit.relation) < rank(o.hit.relation);
    if (hit.length != o.hit.length) return hit.length > o.hit.length;
    return hit.value < o.hit.value;
  }
};

/// The look-ups of one line.
class Reference::Line {
 public:
  Line(const Reference& reference, const Text& text, std::optional<Timestamp> time)
      : reference_(reference),
        indicators_(reference.indicators_),
        text_(text),
        time_(time),
        tokens_(tokens_of(text.bytes)) {
    for (const auto& url : tokens_.urls) {
      if (url.url) urls_by_host_[url.host].push_back(&url);
    }
    for (const auto& email : tokens_.emails) email_hosts_.insert(email.host);
  }

  std::vector<RefHit> hits() {
    for (std::size_t i = 0; i < tokens_.hosts.size(); ++i) host(i);
    for (const auto& token : tokens_.ipv6) address6(token.range, token.address, said_by(token) ? Relation::url_host : Relation::exact);
    for (const auto& token : tokens_.hashes) {
      equal(token.range, *intel::hash_type_of_length(token.hex.size()), token.hex, hash_kind(token.hex.size()));
    }
    for (const auto& token : tokens_.emails) equal(token.range, ObservableType::email_addr, token.value, PatternKind::email);
    for (const auto& token : tokens_.urls) url(token);
    return resolved();
  }

 private:
  const Reference& reference_;
  const PatternSet& indicators_;
  const Text& text_;
  std::optional<Timestamp> time_;
  Tokens tokens_;
  std::map<Range, std::vector<const UrlToken*>> urls_by_host_;
  std::set<std::size_t> email_hosts_;
  std::set<const UrlToken*> said_;  // URLs whose host a token said
  std::vector<Candidate> candidates_;

  /// Is the token the host of a URL, with the same value? Such URLs need no look-up of their host.
  template <class Token>
  bool said_by(const Token& token) {
    const auto urls = urls_by_host_.find(token.range);
    if (urls == urls_by_host_.end()) return false;
    bool any = false;
    for (const UrlToken* url : urls->second) {
      if (!is_host(*url, token)) continue;
      said_.insert(url);
      any = true;
    }
    return any;
  }
  static bool is_host(const UrlToken& url, const HostToken& host) {
    if (host.ipv4) return url.url->ipv4 == *host.ipv4;
    return !url.url->ipv4 && url.url->host == host.canonical;
  }
  static bool is_host(const UrlToken& url, const Ipv6Token& token) { return url.url->ipv6 && to_address6(*url.url->ipv6) == token.address; }

  void add(Range range, ObservableType type, std::string_view value, Relation relation, bool below, PatternId id) {
    Candidate c;
    c.id = id;
    c.hit.feeds = reference_.counting_feeds(id, below, time_);
    if (c.hit.feeds.empty()) return;
    c.hit.offset = text_.raw_begin(range.begin);
    c.hit.length = text_.raw_end(range.end - 1) - c.hit.offset;
    c.hit.type = type;
    c.hit.value = value;
    c.hit.relation = relation;
    c.hit.kind = indicators_.kind(id);
    c.hit.indicator = indicators_.value(id);
    candidates_.push_back(std::move(c));
  }

  void equal(Range range, ObservableType type, std::string_view value, PatternKind kind) {
    std::vector<PatternId> found;
    indicators_.text(kind, value, found);
    for (const PatternId id : found) add(range, type, value, Relation::exact, false, id);
  }

  void address4(Range range, std::uint32_t a, Relation relation) {
    std::vector<PatternId> same, around;
    indicators_.address4(a, same);
    indicators_.ranges_around4(a, a, around);
    for (const PatternId id : same) add(range, ObservableType::ipv4_addr, write_address4(a), relation, false, id);
    for (const PatternId id : around) add(range, ObservableType::ipv4_addr, write_address4(a), Relation::range, false, id);
  }

  void address6(Range range, const Address6& a, Relation relation) {
    std::vector<PatternId> same, around;
    indicators_.address6(a, same);
    indicators_.ranges_around6(a, a, around);
    for (const PatternId id : same) add(range, ObservableType::ipv6_addr, write_address6(a), relation, false, id);
    for (const PatternId id : around) add(range, ObservableType::ipv6_addr, write_address6(a), Relation::range, false, id);
  }

  /// A name and its parents. `as_host` takes the place of exact and subdomain, if given.
  void domain(Range range, std::string_view name, std::optional<Relation> as_host) {
    for (const auto suffix : name_and_parents(name, indicators_.domain_bytes_max())) {
      const bool below = suffix.size() < name.size();
      std::vector<PatternId> found;
      indicators_.text(PatternKind::domain, suffix, found);
      for (const PatternId id : found) {
        if (below && intel::is_public_suffix(suffix)) continue;
        add(range, ObservableType::domain_name, name, as_host.value_or(below ? Relation::subdomain : Relation::exact), below, id);
      }
    }
  }

  void host(std::size_t index) {
    const HostToken& token = tokens_.hosts[index];
    const bool of_url = said_by(token);
    const bool of_email = email_hosts_.contains(index);
    if (token.ipv4) address4(token.range, *token.ipv4, of_url ? Relation::url_host : Relation::exact);
    for (const auto& [range, address] : token.halves) {
      HostToken half;
      half.range = range;
      half.ipv4 = address;
      address4(range, address, said_by(half) ? Relation::url_host : Relation::exact);
    }
    std::optional<Relation> as_host;
    if (of_email) as_host = Relation::email_host;
    if (of_url) as_host = Relation::url_host;
    domain(token.range, token.canonical, as_host);
  }

  void url(const UrlToken& token) {
    if (!token.url) return;
    const std::string key = token.url->key();
    equal(token.range, ObservableType::url, key, PatternKind::url);
    std::vector<PatternId> masks;
    indicators_.masks_over({token.url->host, token.url->port, token.url->path}, masks);
    for (const PatternId id : masks) add(token.range, ObservableType::url, key, Relation::mask, false, id);

    // The host on its own, unless a token that stands there said the same already.
    if (said_.contains(&token)) return;
    if (token.url->ipv4) address4(token.host, *token.url->ipv4, Relation::url_host);
    else if (token.url->ipv6) address6(token.host, to_address6(*token.url->ipv6), Relation::url_host);
    else domain(token.host, token.url->host, Relation::url_host);
  }

  std::vector<RefHit> resolved() {
    std::map<std::pair<std::uint64_t, PatternId>, Candidate> best;
    for (Candidate& c : candidates_) {
      const auto [it, first] = best.try_emplace({c.hit.offset, c.id}, c);
      if (!first && c.wins_over(it->second)) it->second = c;
    }
    std::vector<RefHit> hits;
    for (auto& [key, c] : best) {
      c.hit.reasons = reference_.reasons_for(c.hit, c.id);
      hits.push_back(std::move(c.hit));
    }
    std::sort(hits.begin(), hits.end(), [](const RefHit& a, const RefHit& b) {
      return std::tie(a.offset, a.length, a.relation, a.kind, a.indicator) < std::tie(b.offset, b.length, b.relation, b.kind, b.indicator);
    });
    return hits;
  }
};

std::vector<RefHit> Reference::match_line(std::string_view line, std::optional<Timestamp> time) const {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  const Text text = text_of_line(line);
  return Line(*this, text, time).hits();
}

std::vector<std::string> Reference::counting_feeds(PatternId id, bool below, std::optional<Timestamp> time) const {
  std::vector<std::string> feeds;
  for (const Posting& posting : postings_[id]) {
    if (below && posting.exact_only) continue;
    if (time && posting.from && *time < *posting.from) continue;
    if (time && posting.until && *time >= *posting.until) continue;
    feeds.push_back(posting.feed);
  }
  std::sort(feeds.begin(), feeds.end());
  return feeds;
}

void Reference::covering_name(std::string_view name, std::vector<PatternId>& found) const {
  for (const auto suffix : name_and_parents(name, suppressions_.domain_bytes_max())) {
    const bool itself = suffix.size() == name.size();
    if (!itself && intel::is_public_suffix(suffix)) continue;
    std::vector<PatternId> entries;
    suppressions_.text(PatternKind::domain, suffix, entries);
    std::copy_if(entries.begin(), entries.end(), std::back_inserter(found), [&](PatternId s) { return itself || reaches_below_[s]; });
  }
}

/// A host as it stands in a canonical URL or e-mail.
void Reference::covering_host(std::string_view host, std::vector<PatternId>& found) const {
  bool is_address6 = false;
  const Address6 address6 = address6_of_host(host, is_address6);
  if (const auto address4 = read_address4(host)) {
    suppressions_.address4(*address4, found);
    suppressions_.ranges_around4(*address4, *address4, found);
  } else if (is_address6) {
    suppressions_.address6(address6, found);
    suppressions_.ranges_around6(address6, address6, found);
  } else {
    covering_name(host, found);
  }
}

void Reference::covering_observed(const RefHit& hit, std::vector<PatternId>& found) const {
  switch (hit.type) {
    case ObservableType::ipv4_addr:
    case ObservableType::ipv6_addr: covering_host(hit.value, found); break;
    case ObservableType::domain_name: covering_name(hit.value, found); break;
    case ObservableType::url: {
      const UrlParts parts = url_parts(hit.value);
      covering_host(parts.host, found);
      suppressions_.text(PatternKind::url, hit.value, found);
      suppressions_.masks_over(parts, found);
      break;
    }
    case ObservableType::email_addr:
      covering_host(hit.value.substr(hit.value.rfind('@') + 1), found);
      suppressions_.text(PatternKind::email, hit.value, found);
      break;
    default: suppressions_.text(hash_kind(hit.value.size()), hit.value, found);
  }
}

void Reference::covering_indicator(PatternId id, std::vector<PatternId>& found) const {
  RefHit own;
  own.value = indicators_.value(id);
  own.type = intel::observable_type(indicators_.kind(id));
  switch (indicators_.kind(id)) {
    case PatternKind::ipv4_range: {
      const auto& range = indicators_.range4(id);
      if (range.first == range.last) suppressions_.address4(range.first, found);
      suppressions_.ranges_around4(range.first, range.last, found);
      break;
    }
    case PatternKind::ipv6_range: {
      const auto first = to_address6(indicators_.range6(id).first), last = to_address6(indicators_.range6(id).last);
      if (first == last) suppressions_.address6(first, found);
      suppressions_.ranges_around6(first, last, found);
      break;
    }
    case PatternKind::url_mask:
      covering_host(indicators_.mask(id).host, found);
      suppressions_.text(PatternKind::url_mask, own.value, found);
      break;
    default: covering_observed(own, found);
  }
}

std::vector<std::string> Reference::reasons_for(const RefHit& hit, PatternId id) const {
  std::vector<PatternId> found;
  if (suppressions_.size() > 0) {
    covering_observed(hit, found);
    covering_indicator(id, found);
  }
  std::set<std::string> reasons;
  for (const PatternId s : found) reasons.insert(reasons_[s].begin(), reasons_[s].end());
  return {reasons.begin(), reasons.end()};
}

}  // namespace mozu::match::reference
