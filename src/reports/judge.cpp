#include "judge.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "file_names.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "mozu/intel/indicator.hpp"
#include "publisher.hpp"

namespace mozu::reports {
namespace {

constexpr std::string_view malicious_words[] = {"c2",
                                                "c&c",
                                                "command and control",
                                                "command-and-control",
                                                "downloads",
                                                "downloaded from",
                                                "payload",
                                                "connects to",
                                                "connecting to",
                                                "communicat",
                                                "beacon",
                                                "exfiltrat",
                                                "phishing",
                                                "malicious",
                                                "hosted on",
                                                "hosted at",
                                                "redirects",
                                                "requests to",
                                                "通信",
                                                "接続",
                                                "不正",
                                                "ダウンロード",
                                                "マルウェア",
                                                "サーバ"};

constexpr std::string_view invitations[] = {"learn more",      "read more", "more information", "further information", "contact us",
                                            "visit us",        "visit our", "please visit",     "our website",         "our web site",
                                            "our web portal",  "our blog",  "our site",         "follow us",           "reach us",
                                            "mailing address", "subscribe", "about us",         "available on our",    "詳しくは",
                                            "お問い合わせ",    "詳細は"};

bool is_example_host(std::string_view host) {
  const auto at = [&](std::string_view s) { return host == s || (host.ends_with(s) && host.size() > s.size() && host[host.size() - s.size() - 1] == '.'); };
  return at("example.com") || at("example.org") || at("example.net") || at("example.edu") || at("localhost") || at("localdomain") || host.ends_with(".local");
}

// Written live, these are files, however many dots stand before.
bool is_archive_or_script(std::string_view last) { return last == "zip" || last == "py" || last == "sh" || last == "md" || last == "rs" || last == "mov"; }

bool is_network(FindingType t) { return t <= FindingType::email; }

bool has_word(std::string_view lower, std::string_view word) {
  for (std::size_t p = lower.find(word); p != lower.npos; p = lower.find(word, p + 1)) {
    const std::size_t e = p + word.size();
    if ((p == 0 || !is_alnum(static_cast<unsigned char>(lower[p - 1]))) && (e >= lower.size() || !is_alnum(static_cast<unsigned char>(lower[e])))) return true;
  }
  return false;
}

/// "/blog/how-the-new-thing-works": words for readers, not a path that malware asks for.
bool reads_like_an_article(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  const std::string_view last = url.substr(url.rfind('/') + 1);
  std::size_t words = 0;
  for (const auto part : split(last, '-'))
    words += part.size() >= 2 && std::ranges::all_of(part, [](char c) { return is_alpha(static_cast<unsigned char>(c)); });
  return words >= 3 || url.find("/blog/") != url.npos || url.find("/news/") != url.npos || url.find("/threat-intelligence/") != url.npos;
}

void set(Mention& m, Noise noise, double confidence, std::string reason) {
  m.noise = noise;
  m.confidence = confidence;
  m.reason = std::move(reason);
}

}  // namespace

Judge::Judge(const ReportText& report, const Reading& reading, const Document& document, const std::vector<Mention>& mentions, const KnownValues* known)
    : reading_(reading),
      document_(document),
      known_(known),
      publisher_(find_publisher_sites(report, reading, document, mentions)) {
  std::size_t defanged = 0, live = 0;
  for (const auto& m : mentions) {
    if (!is_network(m.type)) continue;
    (m.defanged ? defanged : live) += 1;
    if (!m.defanged) continue;
    const std::size_t b = static_cast<std::size_t>(document.line(m.begin).data() - document.text().data());
    if (defanged_lines_.empty() || defanged_lines_.back() != b) defanged_lines_.push_back(b);
  }
  std::ranges::sort(defanged_lines_);
  defangs_ = defanged >= 2 || (defanged == 1 && live <= 8);
}

void Judge::judge(Mention& m) const {
  switch (m.type) {
    case FindingType::ipv4:
    case FindingType::ipv6: return judge_address(m);
    case FindingType::domain: return judge_host(m);
    case FindingType::url: return judge_url(m);
    case FindingType::email: return judge_email(m);
    case FindingType::md5:
    case FindingType::sha1:
    case FindingType::sha256:
    case FindingType::sha512: return judge_hash(m);
    case FindingType::file_name: return judge_file_name(m);
    case FindingType::registry_key: return set(m, Noise::none, 0.9, "a path below a root of the Windows registry");
    case FindingType::vulnerability: return set(m, Noise::none, 0.99, "a CVE id, written out");
    default: return;
  }
}

std::string_view Judge::words_before(const Mention& m, std::size_t bytes) const {
  const std::size_t from = m.begin > bytes ? m.begin - bytes : 0;
  return document_.text().substr(from, m.begin - from);
}

// "Learn more at www.acme.example"
bool Judge::invites(const Mention& m) const {
  std::string before = fold(words_before(m, 60));
  for (const std::string_view end : {". ", ".\n", "\n\n", "。"})  // of the sentence before
    if (const auto at = before.rfind(end); at != before.npos) before.erase(0, at + end.size());
  return std::ranges::any_of(invitations, [&](std::string_view w) { return before.find(w) != before.npos; });
}

bool Judge::by_list(Mention& m) const {
  if (known_ == nullptr) return false;
  std::string list = known_->find(m.value);
  if (list.empty()) return false;
  set(m, Noise::warning_list, 0.3, fmt::format("on a list of known values: {}", list));
  return true;
}

bool Judge::by_origin(Mention& m, std::string_view host) const {
  if (m.defanged) return false;
  const auto told = [&](Noise noise, const char* reason) { return set(m, noise, 0.1, reason), true; };
  if (publisher_.contains(site_of(host))) return told(Noise::vendor, "the report's own site or that of an organisation it speaks of");
  if (is_reference_site(host)) return told(Noise::reference, "a site that reports refer to");
  const bool in_table = document_.line(m.begin).find_first_of("|\t") != std::string_view::npos;
  const bool listed = (in_table || document_.section(m.begin) == Section::indicators) && document_.fills_its_cell(m.begin, m.end);
  if (m.type == FindingType::url && is_code_page(m.value, !listed)) return told(Noise::reference, "a page of a code host, for readers");
  if (listed) return false;
  if (is_government_site(host)) return told(Noise::reference, "the site of a government or an international organisation");
  if (invites(m)) return told(Noise::vendor, "the words before send the reader there");
  return false;
}

// Confidence of what is left: where it stands.
void Judge::place(Mention& m) const {
  const bool list = document_.fills_its_cell(m.begin, m.end), section = document_.section(m.begin) == Section::indicators;
  m.noise = Noise::none;
  m.confidence = m.defanged ? 0.95 : list ? (section ? 0.95 : 0.85) : section ? 0.8 : 0.7;
  m.reason = m.defanged ? "defanged" : list ? "alone in its line or cell" : document_.in_code(m.begin, m.end) ? "set as code" : "in the text, written live";
  if (section) m.reason += ", in a section of indicators";
}

void Judge::judge_file_name(Mention& m) const {
  // "![](images/1.png)": what the report shows
  const std::string_view before = words_before(m, 200);
  if (const auto target = before.rfind("]("); target != before.npos && before.find_first_of(" )\n", target) == before.npos)
    return set(m, Noise::reference, 0.1, "the target of a link");
  set(m, Noise::none, 0.7, "a name with the ending of a file");
}

void Judge::judge_address(Mention& m) const {
  const auto pattern = intel::read_pattern(m.value, intel::TypeHint::ip, {.allow_broad = true});
  if (pattern)
    if (auto broad = intel::is_too_broad(*pattern)) return set(m, Noise::example, 0.2, "no address of the internet: " + *broad);
  if (by_list(m)) return;
  if (m.defanged) return place(m);
  const std::string before = fold(words_before(m, 40));
  const std::string_view tail = trim(std::string_view(before).substr(before.size() > 24 ? before.size() - 24 : 0));
  for (const std::string_view w : {"version", "versions", "ver", "ver.", "v", "v.", "release", "build", "firmware", "バージョン", "mozilla/", "chrome/",
                                   "safari/", "before", "prior to", "through", "up to", "update", "revision"})
    if (tail.ends_with(w) && (tail.size() == w.size() || !is_alnum(static_cast<unsigned char>(tail[tail.size() - w.size() - 1])) || w.size() > 4))
      return set(m, Noise::version, 0.1, "a version number: the word before says so");
  if (m.begin > 0 && (before.back() == '/' || before.back() == '_') && !before.ends_with("//"))
    return set(m, Noise::version, 0.2, "part of a name and version");
  if (m.value.ends_with(".0.0") || m.value.ends_with(".0.0.0") || m.value.starts_with("0."))
    return set(m, Noise::version, 0.3, "ends in zeros, as versions do");
  if (defangs_ && !document_.fills_its_cell(m.begin, m.end) && document_.section(m.begin) != Section::indicators) {
    place(m);
    m.confidence = 0.5;
    m.reason = "an address in the text, live although the report defangs others";
    return;
  }
  place(m);
}

bool Judge::in_live_list(const Mention& m) const {
  if (document_.section(m.begin) == Section::references || !document_.fills_its_cell(m.begin, m.end)) return false;
  // A list of its own: nothing defanged in the lines around.
  const std::size_t from = m.begin > 600 ? m.begin - 600 : 0;
  const auto near = std::lower_bound(defanged_lines_.begin(), defanged_lines_.end(), from);
  return near == defanged_lines_.end() || *near > m.end + 600;
}

// A list item or cell of its own, under a heading of indicators or set as code.
bool Judge::in_list(const Mention& m) const {
  if (m.begin < 2 || !document_.fills_its_cell(m.begin, m.end)) return false;
  const char before = document_.text()[m.begin - 1];
  return before != '\n' && (document_.section(m.begin) == Section::indicators || document_.in_code(m.begin, m.end));
}

void Judge::judge_host(Mention& m) const {
  const std::string_view host = m.value;
  if (is_example_host(host)) return set(m, Noise::example, 0.1, "a name of documentation or of the machine itself");
  const std::string_view last = host.substr(host.rfind('.') + 1);
  const std::string_view first = host.substr(0, host.find('.'));
  const std::string_view text = document_.text();
  if (!m.defanged) {
    const bool one_dot = host.find('.') == host.rfind('.');
    if (is_archive_or_script(last) || (is_doubtful_tld(last) && one_dot && !in_list(m)))
      return set(m, Noise::file_name, 0.2, "a file name: names end so more often than hosts");
    if (m.end < text.size() && text[m.end] == '(') return set(m, Noise::file_name, 0.1, "a function of a program");
    if (!one_dot && (first == "com" || first == "org" || first == "net" || first == "io" || first == "android" || first == "java"))
      return set(m, Noise::file_name, 0.2, "a package name: domains read the other way round");
    const std::string_view written = m.written;
    const std::size_t dot = written.rfind('.');
    if (one_dot && dot + 1 < written.size() && written[dot + 1] >= 'A' && written[dot + 1] <= 'Z' &&
        std::ranges::any_of(written.substr(dot + 1), [](char c) { return c >= 'a' && c <= 'z'; }))
      return set(m, Noise::file_name, 0.1, "two words that a missing blank or a programming language joins");
    if (m.begin > 0 && (text[m.begin - 1] == '$' || text[m.begin - 1] == '%' || text[m.begin - 1] == '#')) return set(m, Noise::file_name, 0.1, "a variable");
    if (m.begin > 0 && text[m.begin - 1] == '@') return set(m, Noise::reference, 0.1, "the host of an account");
  }
  if (by_list(m)) return;
  if (by_origin(m, host)) return;
  if (document_.is_link_target(m.begin, m.end) && !m.defanged) return set(m, Noise::reference, 0.1, "the target of a link");
  if (document_.section(m.begin) == Section::references && !m.defanged) return set(m, Noise::reference, 0.2, "in a section of references");
  if (!m.defanged && defangs_ && !in_live_list(m) && !in_list(m)) return set(m, Noise::reference, 0.3, "written live in a report that defangs its indicators");
  place(m);
}

void Judge::judge_url(Mention& m) const {
  const std::string_view host = host_of_url(m.value);
  if (is_example_host(host)) return set(m, Noise::example, 0.1, "its host is one of documentation or the machine itself");
  const auto pattern = intel::read_pattern(m.written, intel::TypeHint::any, {.allow_broad = true});
  if (pattern && (intel::parse_ipv4(host) || host.starts_with('[')))
    if (auto broad = intel::is_too_broad(*pattern)) return set(m, Noise::example, 0.2, "its host is no address of the internet: " + *broad);
  if (m.defanged) return place(m);
  if (by_origin(m, host)) return;
  if (document_.is_link_target(m.begin, m.end)) return set(m, Noise::reference, 0.1, "the target of a link");
  if (by_list(m)) return;
  const Section section = document_.section(m.begin);
  if (section == Section::references) return set(m, Noise::reference, 0.15, "in a section of references");
  if (m.written.find("://") == m.written.npos && !document_.in_code(m.begin, m.end) && !document_.fills_its_cell(m.begin, m.end) && !intel::parse_ipv4(host))
    return set(m, Noise::reference, 0.3, "a host with a path in the text, written live");
  if (defangs_ && (!in_live_list(m) || section != Section::indicators || reads_like_an_article(m.value)))
    return set(m, Noise::reference, 0.2, "written live in a report that defangs its indicators");
  if (document_.fills_its_cell(m.begin, m.end) || document_.in_code(m.begin, m.end) || intel::parse_ipv4(host)) return place(m);
  const std::string around = fold(words_before(m, 80));
  if (std::ranges::any_of(malicious_words, [&](std::string_view w) { return around.find(w) != around.npos; })) {
    place(m);
    m.confidence = 0.6;
    return;
  }
  set(m, Noise::reference, 0.3, "a link in the text, written live");
}

void Judge::judge_email(Mention& m) const {
  const std::string_view host = std::string_view(m.value).substr(m.value.rfind('@') + 1);
  if (is_example_host(host)) return set(m, Noise::example, 0.1, "its host is one of documentation");
  if (m.defanged) return place(m);
  if (by_origin(m, host)) return;
  if (by_list(m)) return;
  const std::string around = fold(words_before(m, 60));
  for (const std::string_view w :
       {"contact", "feedback", "report to", "questions", "e-mail us", "email us", "mailto:", "reach us", "subscribe", "お問い合わせ", "連絡先"})
    if (around.find(w) != around.npos && document_.section(m.begin) != Section::indicators) return set(m, Noise::vendor, 0.2, "a contact");
  if (defangs_ && !in_live_list(m)) return set(m, Noise::reference, 0.3, "written live in a report that defangs its indicators");
  place(m);
}

void Judge::judge_hash(Mention& m) const {
  const auto pattern = intel::read_pattern(m.value, intel::TypeHint::hash, {.allow_broad = true});
  if (pattern)
    if (auto broad = intel::is_too_broad(*pattern)) return set(m, Noise::example, 0.1, *broad);
  if (m.value.find("0123456789abcdef") != m.value.npos || m.value.find("deadbeefdeadbeef") != m.value.npos)
    return set(m, Noise::example, 0.1, "digits in a row that somebody typed");
  const std::string joined = m.reason;
  const std::string before = fold(words_before(m, 40));
  if (m.type == FindingType::md5)
    for (const std::string_view w : {"guid", "uuid", "clsid", "appid", "client id", "tenant"})
      if (has_word(before, w) && before.find("md5") == before.npos) return set(m, Noise::guid, 0.2, "an identifier: the word before says so");
  if (by_list(m)) return;
  m.noise = Noise::none;
  m.confidence = joined.empty() ? 0.97 : 0.85;
  m.reason = joined.empty() ? "hex digits of a hash's length" : joined;
}

}  // namespace mozu::reports
