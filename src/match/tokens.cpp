#include "tokens.hpp"

#include <algorithm>
#include <array>

#include "mozu/base/bytes.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"

namespace mozu::match {

namespace {

enum : std::uint8_t { class_word = 1, class_local = 2, class_scheme = 4, class_url_end = 8, class_ipv6 = 16 };

constexpr auto token_classes = [] {
  std::array<std::uint8_t, 256> t{};
  for (unsigned c = 0; c < 256; ++c) {
    const auto b = static_cast<unsigned char>(c);
    if (is_alnum(b)) t[c] |= class_word | class_local | class_scheme;
    if (c >= 0x80) t[c] |= class_word;
    if (is_hex(b) || c == ':' || c == '.') t[c] |= class_ipv6;
    if (is_space(b)) t[c] |= class_url_end;
  }
  for (const char c : {'_', '-'}) t[static_cast<unsigned char>(c)] |= class_word;
  for (const char c : std::string_view(".!#$%&'*+/=?^_{|}~-")) t[static_cast<unsigned char>(c)] |= class_local;
  for (const char c : {'+', '-', '.'}) t[static_cast<unsigned char>(c)] |= class_scheme;
  for (const char c : {'"', '<', '>', '`'}) t[static_cast<unsigned char>(c)] |= class_url_end;
  return t;
}();

bool is(char c, std::uint8_t mask) { return (token_classes[static_cast<unsigned char>(c)] & mask) != 0; }

bool has_high_byte(std::string_view s) {
  std::uint64_t all = 0;
  std::size_t i = 0;
  for (; i + 8 <= s.size(); i += 8) all |= load<std::uint64_t>(s.data() + i);
  for (; i < s.size(); ++i) all |= static_cast<unsigned char>(s[i]);
  return (all & 0x8080808080808080ULL) != 0;
}

}  // namespace

void Tokens::clear() {
  hosts.clear();
  urls.clear();
  emails.clear();
  hashes.clear();
  chars.clear();
}

Span trim_token(std::string_view text, Span r) {
  while (r.begin < r.end && (text[r.begin] == '.' || text[r.begin] == '-')) ++r.begin;
  while (r.end > r.begin && (text[r.end - 1] == '.' || text[r.end - 1] == '-')) --r.end;
  return r;
}

void Tokenizer::run(std::string_view text, bool dotless_names, Tokens& out) {
  text_ = text;
  out_ = &out;
  out.clear();
  starts_.clear();
  open_.clear();
  first_quote_ = text.find('\'');
  first_paren_ = text.find('(');
  first_bracket_ = text.find('[');
  host_runs(dotless_names);
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) email_at(at);
  ipv6_runs();
  hash_runs();
  find_urls();
  attach_url_hosts();
}

std::size_t Tokenizer::run_end(std::size_t i) const {
  const std::size_t n = text_.size();
  for (;;) {
    while (i < n && is(text_[i], class_word)) ++i;
    if (i + 1 < n && text_[i] == '.' && is(text_[i + 1], class_word)) ++i;
    else return i;
  }
}

void Tokenizer::host_runs(bool dotless_names) {
  if (!dotless_names && !has_high_byte(text_)) return dotted_runs();
  const std::size_t n = text_.size();
  for (std::size_t i = 0; i < n;) {
    while (i < n && !is(text_[i], class_word)) ++i;
    const std::size_t begin = i;
    i = run_end(begin);
    if (i > begin) host_token(begin, i, dotless_names);
  }
}

/// In plain ASCII only runs around a dot and behind an '@' can be tokens, so these are gone through instead of every byte.
void Tokenizer::dotted_runs() {
  constexpr auto none = std::string_view::npos;
  std::size_t dot = text_.find('.'), at = text_.find('@');
  while (dot != none || at != none) {
    const std::size_t mark = std::min(dot, at);
    std::size_t begin = mark;
    while (mark == dot && begin > 0 && is(text_[begin - 1], class_word)) --begin;
    if (begin == mark) ++begin;
    const std::size_t end = run_end(begin);
    if (end > begin) host_token(begin, end, false);
    const std::size_t next = std::max(end, mark + 1);
    if (dot != none && dot < next) dot = text_.find('.', next);
    if (at != none && at < next) at = text_.find('@', next);
  }
}

void Tokenizer::host_token(std::size_t begin, std::size_t end, bool dotless_names) {
  const Span s = trim_token(text_, {begin, end});
  if (s.begin == s.end) return;
  const std::string_view token = text_.substr(s.begin, s.end - s.begin);
  const bool high = has_high_byte(token);
  const bool after_at = s.begin > 0 && text_[s.begin - 1] == '@';
  if (!dotless_names && !high && !after_at && token.find('.') == std::string_view::npos) return;
  HostToken h;
  h.begin = s.begin;
  h.end = s.end;
  h.email_host = after_at && s.begin > 1 && is(text_[s.begin - 2], class_local);
  if (const auto v4 = intel::parse_ipv4(token)) {
    h.is_ipv4 = true;
    h.ipv4 = *v4;
    out_->hosts.push_back(h);
    return;
  }
  const std::size_t dash = token.find('-');
  if (dash != std::string_view::npos) {
    const auto a = intel::parse_ipv4(token.substr(0, dash));
    const auto b = a ? intel::parse_ipv4(token.substr(dash + 1)) : std::nullopt;
    if (b) {
      h.is_ipv4 = true;
      h.ipv4 = *a;
      h.end = h.begin + dash;
      h.pair_end = s.end;
      out_->hosts.push_back(h);
      h.ipv4 = *b;
      h.begin += dash + 1;
      h.end = s.end;
      h.email_host = false;
      out_->hosts.push_back(h);
      return;
    }
  }
  h.name_at = out_->chars.size();
  std::optional<std::string> mapped = high ? intel::canonical_host(token) : std::nullopt;
  if (mapped) {
    const Span t = trim_token(*mapped, {0, mapped->size()});
    out_->chars.append(*mapped, t.begin, t.end - t.begin);
  } else {
    for (const char c : token) out_->chars.push_back(fold(c));
  }
  h.name_size = out_->chars.size() - h.name_at;
  if (h.name_size != 0) out_->hosts.push_back(h);
}

void Tokenizer::email_at(std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && is(text_[begin - 1], class_local)) --begin;
  if (begin == at) return;
  const auto it = std::ranges::lower_bound(out_->hosts, at + 1, {}, &HostToken::begin);
  if (it == out_->hosts.end() || it->begin != at + 1) return;
  EmailToken e;
  e.begin = begin;
  e.end = std::max(it->end, it->pair_end);
  e.value_at = out_->chars.size();
  for (std::size_t i = begin; i <= at; ++i) out_->chars.push_back(fold(text_[i]));
  if (it->pair_end != 0) out_->chars.append(text_, at + 1, e.end - at - 1);
  else if (it->is_ipv4) out_->chars += intel::format_ipv4(it->ipv4);
  else out_->chars.append(std::string(out_->name(*it)));
  e.value_size = out_->chars.size() - e.value_at;
  out_->emails.push_back(e);
}

void Tokenizer::ipv6_runs() {
  const std::size_t n = text_.size();
  const auto bounds = [this, n](std::size_t i) {  // may what stands at i be a neighbour of an address?
    return i >= n || !(is_alnum(static_cast<unsigned char>(text_[i])) || static_cast<unsigned char>(text_[i]) >= 0x80);
  };
  for (std::size_t colon = text_.find(':'); colon != std::string_view::npos;) {
    std::size_t begin = colon, end = colon;
    while (begin > 0 && is(text_[begin - 1], class_ipv6)) --begin;
    while (end < n && is(text_[end], class_ipv6)) ++end;
    const std::size_t next = end;
    while (end > begin && text_[end - 1] == '.') --end;
    if (end - begin >= 1 && text_[end - 1] == ':' && !(end - begin >= 2 && text_[end - 2] == ':')) --end;
    while (begin < end && text_[begin] == '.') ++begin;
    if (begin < end && text_[begin] == ':' && !(end - begin >= 2 && text_[begin + 1] == ':')) ++begin;
    if (end - begin >= 2 && end - begin <= 45 && (begin == 0 || bounds(begin - 1)) && bounds(end)) {
      if (const auto v6 = intel::parse_ipv6(text_.substr(begin, end - begin))) {
        HostToken h;
        h.begin = begin;
        h.end = end;
        h.is_ipv6 = true;
        h.ipv6 = *v6;
        out_->hosts.push_back(h);
      }
    }
    colon = text_.find(':', next);
  }
}

void Tokenizer::hash_runs() {
  // A run of 32 or more has a byte at a multiple of 32, so only those are looked at.
  const std::size_t n = text_.size();
  const auto alnum = [this](std::size_t i) { return is_alnum(static_cast<unsigned char>(text_[i])); };
  for (std::size_t i = 31; i < n; i += 32) {
    if (!alnum(i)) continue;
    std::size_t begin = i, end = i + 1;
    while (begin > 0 && alnum(begin - 1)) --begin;
    while (end < n && alnum(end)) ++end;
    if (const auto type = intel::hash_type_of_length(end - begin)) {
      const std::string_view run = text_.substr(begin, end - begin);
      if (std::ranges::all_of(run, [](char c) { return is_hex(static_cast<unsigned char>(c)); })) out_->hashes.push_back({begin, end, *type});
    }
    // Go on behind the run, again at a multiple of 32 less one.
    while (i + 32 < end) i += 32;
  }
}

std::size_t Tokenizer::url_end(std::size_t begin) const {
  const std::size_t n = std::min(text_.size(), begin + intel::url_bytes_max);
  int parens = 0, brackets = 0;
  for (std::size_t i = begin; i < n; ++i) {
    const char c = text_[i];
    if (is(c, class_url_end)) return i;
    if (c == '(') ++parens;
    else if (c == '[') ++brackets;
    else if (c == '\'' && first_quote_ < begin) return i;
    else if (c == ')' && --parens < 0) {
      if (first_paren_ < begin) return i;
      parens = 0;
    } else if (c == ']' && --brackets < 0) {
      if (first_bracket_ < begin) return i;
      brackets = 0;
    }
  }
  return n;
}

namespace {

/// Optional ":digits{1,5}", then '/', right at `at`?
bool port_and_slash(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == ':') {
    std::size_t i = at + 1;
    while (i < text.size() && i - at <= 5 && is_digit(static_cast<unsigned char>(text[i]))) ++i;
    if (i == at + 1) return false;
    at = i;
  }
  return at < text.size() && text[at] == '/';
}

}  // namespace

void Tokenizer::find_urls() {
  for (std::size_t p = text_.find("://"); p != std::string_view::npos; p = text_.find("://", p + 3)) {
    std::size_t b = p;
    while (b > 0 && is(text_[b - 1], class_scheme)) --b;
    while (b < p && !is_alpha(static_cast<unsigned char>(text_[b]))) ++b;
    if (b < p && p + 3 < text_.size()) starts_.push_back({b, true});
  }
  for (const HostToken& h : out_->hosts) {
    if (h.is_ipv6 || !port_and_slash(text_, h.end)) continue;
    if (!h.is_ipv4) {
      const std::string_view name = out_->name(h);
      const std::size_t dot = name.rfind('.');
      if (dot == std::string_view::npos || !intel::is_known_tld(name.substr(dot + 1))) continue;
    }
    starts_.push_back({h.begin, false});
  }
  std::ranges::sort(starts_, [](const UrlStart& a, const UrlStart& b) { return a.begin != b.begin ? a.begin < b.begin : a.with_scheme > b.with_scheme; });
  for (const UrlStart& s : starts_) accept_url(s.begin, s.with_scheme);
}

void Tokenizer::accept_url(std::size_t begin, bool with_scheme) {
  std::erase_if(open_, [begin](const OpenUrl& u) { return u.end <= begin; });
  if (open_.size() >= static_cast<std::size_t>(url_nesting_max)) return;
  if (!with_scheme)
    for (const OpenUrl& u : open_)
      if (u.with_scheme && u.host_begin == begin) return;
  UrlToken u;
  u.begin = begin;
  u.end = url_end(begin);
  u.with_scheme = with_scheme;
  auto canonical = intel::canonical_url(text_.substr(begin, u.end - begin));
  open_.push_back({u.end, canonical ? begin + canonical->host_offset : std::string_view::npos, with_scheme});
  if (!canonical) return;
  u.url = std::move(*canonical);
  out_->urls.push_back(std::move(u));
}

void Tokenizer::attach_url_hosts() {
  if (out_->urls.empty()) return;
  std::ranges::sort(out_->hosts, [](const HostToken& a, const HostToken& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
  std::vector<HostToken> extra;
  for (const UrlToken& u : out_->urls) {
    HostToken h;
    h.begin = u.begin + u.url.host_offset;
    h.end = h.begin + u.url.host_length;
    const bool v4 = u.url.ipv4.has_value(), v6 = u.url.ipv6.has_value();
    bool found = false;
    for (auto it = std::ranges::lower_bound(out_->hosts, h.begin, {}, &HostToken::begin); it != out_->hosts.end() && it->begin == h.begin; ++it) {
      if (it->end != h.end || it->is_ipv4 != v4 || it->is_ipv6 != v6) continue;
      if (v4 ? it->ipv4 != *u.url.ipv4 : v6 ? it->ipv6 != *u.url.ipv6 : out_->name(*it) != u.url.host) continue;
      it->url_host = found = true;
    }
    if (found || h.begin == h.end) continue;
    h.url_host = h.of_url = true;
    if (v4) {
      h.is_ipv4 = true;
      h.ipv4 = *u.url.ipv4;
    } else if (v6) {
      h.is_ipv6 = true;
      h.ipv6 = *u.url.ipv6;
    } else {
      h.name_at = out_->chars.size();
      out_->chars += u.url.host;
      h.name_size = u.url.host.size();
    }
    extra.push_back(h);
  }
  out_->hosts.insert(out_->hosts.end(), extra.begin(), extra.end());
}

}  // namespace mozu::match
