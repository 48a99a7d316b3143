#include "publisher.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <unordered_map>

#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "mozu/intel/url.hpp"

namespace mozu::reports {
namespace {

constexpr std::string_view reference_sites[] = {"mitre.org",         "nist.gov",      "cve.org",       "cisa.gov",
                                                "us-cert.gov",       "first.org",     "owasp.org",     "ietf.org",
                                                "rfc-editor.org",    "w3.org",        "wikipedia.org", "wikimedia.org",
                                                "youtube.com",       "twitter.com",   "x.com",         "linkedin.com",
                                                "facebook.com",      "instagram.com", "medium.com",    "reddit.com",
                                                "virustotal.com",    "abuse.ch",      "any.run",       "hybrid-analysis.com",
                                                "urlscan.io",        "shodan.io",     "censys.io",     "malpedia.caad.fkie.fraunhofer.de",
                                                "fraunhofer.de",     "jpcert.or.jp",  "ipa.go.jp",     "jvn.jp",
                                                "microsoft.com",     "arxiv.org",     "doi.org",       "archive.org",
                                                "stackoverflow.com", "readthedocs.io"};
constexpr std::string_view account_sites[] = {"twitter.com", "x.com", "linkedin.com", "facebook.com", "instagram.com", "youtube.com", "medium.com"};
constexpr std::string_view code_hosts[] = {"github.com", "www.github.com", "gist.github.com", "gitlab.com", "bitbucket.org", "codeberg.org"};
constexpr std::string_view code_views[] = {"blob", "tree", "issues", "wiki", "pull", "commit", "commits", "blame", "tags", "discussions", "-", "src"};
constexpr std::string_view ownership_words[] = {"©", "(c) 20", "(c) 19", "copyright", "all rights reserved", "tous droits", "alle rechte", "著作権"};

constexpr std::size_t label_bytes_min = 4, label_bytes_max = 63;
constexpr std::size_t account_rest_bytes_max = 10;  // "acme_research"
constexpr std::size_t uses_as_word_min = 3;         // in the prose
constexpr std::size_t running_pages_min = 3;        // whose head or foot names the site
constexpr std::size_t ownership_line_bytes_max = 300;

bool is_at(std::string_view host, std::string_view site) {
  return host == site || (host.ends_with(site) && host.size() > site.size() && host[host.size() - site.size() - 1] == '.');
}

struct Site {
  bool defanged = false;
  std::size_t linked = 0;       ///< by hyperlinks and live URLs
  std::set<std::size_t> edges;  ///< indexes of pages whose head or foot names it
};
using SiteMap = std::map<std::string, Site, std::less<>>;
using Counts = std::unordered_map<std::string_view, std::size_t>;

/// Calls `use(name)` for each word, and for each two or three words that begin with capitals, as hosts join them: "Acme", "AcmeNetworks".
template <typename Use>
void for_each_name(std::string_view text, Use use) {
  std::string words[3];  // the capitalised words that end here, longest first
  std::size_t last_end = 0;
  const auto space_at = [&](std::size_t i) { return i >= text.size() || is_space(static_cast<unsigned char>(text[i])); };
  for (std::size_t i = 0; i < text.size();) {
    if (!is_host_byte(static_cast<unsigned char>(text[i]))) {
      ++i;
      continue;
    }
    std::size_t e = i;
    while (e < text.size() && is_host_byte(static_cast<unsigned char>(text[e]))) ++e;
    const char before = i > 0 ? text[i - 1] : ' ', after = e < text.size() ? text[e] : ' ';
    const bool apart = before != '.' && before != '@' && before != '/' && after != '/' && (after != '.' || space_at(e + 1));  // not in hosts, paths or accounts
    if (!apart || e - i > label_bytes_max) {
      words[0].clear();
      words[1].clear();
      i = e;
      continue;
    }
    const std::string word = fold(text.substr(i, e - i));
    const bool follows = i == last_end + 1 && before == ' ', capital = text[i] >= 'A' && text[i] <= 'Z';
    words[0] = follows && capital && !words[1].empty() ? words[1] + word : std::string();
    words[1] = follows && capital && !words[2].empty() ? words[2] + word : std::string();
    words[2] = capital ? word : std::string();
    use(std::string_view(word));
    for (const auto* joined : {&words[0], &words[1]})
      if (!joined->empty()) use(std::string_view(*joined));
    last_end = e;
    i = e;
  }
}

class PublisherFinder {
 public:
  PublisherFinder(const ReportText& report, const Reading& reading, const Document& document, const std::vector<Mention>& mentions)
      : report_(report),
        reading_(reading),
        document_(document),
        mentions_(mentions) {}

  Sites find() {
    find_sites();
    for (auto& [site, s] : sites_)
      if (!s.defanged && (s.linked >= 4 && s.linked * 2 > linked_)) found_.insert(site);
    for (auto& [site, s] : sites_)
      if (!s.defanged && s.edges.size() >= running_pages_min && s.edges.size() * 3 > report_.pages.size()) found_.insert(site);
    if (const auto own = intel::canonical_url(report_.address)) add(site_of(own->host));
    find_by_name();
    return std::move(found_);
  }

 private:
  void add(std::string_view site) {
    const auto at = sites_.find(site);
    if (!site.empty() && (at == sites_.end() || !at->second.defanged)) found_.emplace(site);
  }

  void find_sites() {
    const auto count = [&](std::string_view url) {
      const std::string_view host = host_of_url(url);
      if (std::ranges::any_of(account_sites, [&](std::string_view s) { return is_at(host, s); })) add_accounts(url.substr(host.size()));
      if (host.empty() || intel::parse_ipv4(host) || is_reference_site(host)) return;
      ++sites_[std::string(site_of(host))].linked;
      ++linked_;
    };
    for (const auto& link : report_.links)
      if (istarts_with(link.target, "http"))
        if (const auto url = intel::canonical_url(link.target)) count(url->key());
    for (const auto& m : mentions_) {
      if (m.type != FindingType::url && m.type != FindingType::domain && m.type != FindingType::email) continue;
      const std::string_view host = m.type == FindingType::url     ? host_of_url(m.value)
                                    : m.type == FindingType::email ? std::string_view(m.value).substr(m.value.rfind('@') + 1)
                                                                   : std::string_view(m.value);
      if (intel::parse_ipv4(host)) continue;
      const std::string_view name = site_of(host);
      Site& site = sites_[std::string(name)];
      site.defanged = site.defanged || m.defanged;
      if (m.type == FindingType::url && !m.defanged) count(m.value);
      if (const bool main = host == name || (host.starts_with("www.") && host.substr(4) == name); main && !m.defanged)
        if (const auto page = page_edge(m); page != 0) site.edges.insert(page);
    }
  }

  // "/company/acme", "/@acme_research"
  void add_accounts(std::string_view path) {
    for (const auto part : split(path, '/'))
      if (const auto name = part.substr(part.starts_with('@') ? 1 : 0); name.size() >= label_bytes_min && name.size() <= label_bytes_max)
        accounts_.insert(fold(name));
  }
  bool has_account(std::string_view label) const {
    const auto at = accounts_.lower_bound(label);
    return at != accounts_.end() && at->starts_with(label) && at->size() <= label.size() + account_rest_bytes_max;
  }

  /// 1 + the index of the page in whose first two or last two lines it stands, or 0.
  std::size_t page_edge(const Mention& m) const {
    const std::size_t at = reading_.original(m.begin);
    const auto next = std::ranges::upper_bound(report_.pages, at, {}, &PageStart::offset);
    if (report_.pages.size() < running_pages_min || next == report_.pages.begin()) return 0;
    const std::string_view text = report_.text;
    const std::size_t begin = (next - 1)->offset, end = next == report_.pages.end() ? text.size() : std::min(next->offset, text.size());
    const auto few_lines = [](std::string_view s) { return s.size() <= ownership_line_bytes_max && std::ranges::count(trim(s), '\n') <= 1; };
    if (at < begin || at > end || !(few_lines(text.substr(begin, at - begin)) || few_lines(text.substr(at, end - at)))) return 0;
    return static_cast<std::size_t>(next - report_.pages.begin());
  }

  // "Acme" in the prose and acme.example: the report speaks of those who own the name.
  void find_by_name() {
    Counts uses, owners;
    for (const auto& [site, s] : sites_)
      if (const std::string_view label = label_of(site); !s.defanged && label.size() >= label_bytes_min) uses.try_emplace(label, 0);
    if (uses.empty()) return;
    const auto count = [&](Counts& counts) {
      return [&](std::string_view name) {
        if (uses.contains(name)) ++counts[uses.find(name)->first];
      };
    };
    for_each_name(document_.text(), count(uses));
    for_each_name(report_.author, count(owners));
    for_each_name(end_of_title(), count(owners));
    for_each_ownership_line([&](std::string_view line) { for_each_name(line, count(owners)); });
    for (const auto& [site, s] : sites_) {
      const auto label = label_of(site);
      if (const auto at = uses.find(label);
          !s.defanged && at != uses.end() &&
          (at->second >= uses_as_word_min || owners.contains(label) || has_account(label) || icontains(report_.author, label)))
        found_.insert(site);
    }
  }
  static std::string_view label_of(std::string_view site) { return site.substr(0, site.find('.')); }

  /// "How it came | Acme Blog"
  std::string_view end_of_title() const {
    const std::string_view title = report_.title;
    std::size_t at = title.npos;
    for (const std::string_view mark : {" | ", " - ", " – ", " — ", "｜"})
      if (const auto p = title.rfind(mark); p != title.npos && (at == title.npos || p + mark.size() > at)) at = p + mark.size();
    return at == title.npos ? std::string_view{} : title.substr(at);
  }

  template <typename Use>
  void for_each_ownership_line(Use use) const {
    const std::string_view text = document_.text();
    for (std::size_t b = 0; b < text.size();) {
      const std::size_t e = std::min(text.find('\n', b), text.size());
      if (const auto line = text.substr(b, e - b); line.size() <= ownership_line_bytes_max) {
        const std::string lower = fold(line);
        if (std::ranges::any_of(ownership_words, [&](std::string_view w) { return lower.find(w) != lower.npos; })) use(line);
      }
      b = e + 1;
    }
  }

  const ReportText& report_;
  const Reading& reading_;
  const Document& document_;
  const std::vector<Mention>& mentions_;
  SiteMap sites_;
  std::size_t linked_ = 0;
  std::set<std::string, std::less<>> accounts_;  ///< that the report links to
  Sites found_;
};

}  // namespace

std::string_view host_of_url(std::string_view key) {
  if (key.starts_with('[')) return key.substr(0, key.find(']') + 1);
  return key.substr(0, key.find_first_of(":/"));
}

std::string_view site_of(std::string_view host) {
  const std::string_view site = intel::registrable_domain(host);
  return site.empty() ? host : site;
}

bool is_reference_site(std::string_view host) {
  return std::ranges::any_of(reference_sites, [&](std::string_view s) { return is_at(host, s); });
}

bool is_government_site(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  if (last == "gov" || last == "mil" || last == "int") return true;
  if (is_at(host, "europa.eu") || is_at(host, "gouv.fr") || is_at(host, "admin.ch") || is_at(host, "bund.de")) return true;
  if (last.size() != 2 || host.size() < 7) return false;
  std::string_view rest = host.substr(0, host.size() - 3);
  rest = rest.substr(rest.rfind('.') + 1);
  return rest == "gov" || rest == "go" || rest == "gob" || rest == "govt" || rest == "gc" || rest == "mil";
}

bool is_code_page(std::string_view url, bool any_repository) {
  if (std::ranges::find(code_hosts, host_of_url(url)) == std::end(code_hosts)) return false;
  url.remove_prefix(std::min(url.find('/'), url.size()));
  std::vector<std::string_view> parts;
  for (const auto part : split(url, '/'))
    if (!part.empty()) parts.push_back(part);
  if (parts.size() <= 2) return any_repository && !url.ends_with(".git") && url.find('?') == url.npos;
  return url.find("/raw/") == url.npos && std::ranges::find(code_views, parts[2]) != std::end(code_views);
}

Sites find_publisher_sites(const ReportText& report, const Reading& reading, const Document& document, const std::vector<Mention>& mentions) {
  return PublisherFinder(report, reading, document, mentions).find();
}

}  // namespace mozu::reports
