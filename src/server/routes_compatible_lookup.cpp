// Threat lookups in the shape that integrations of a commercial portal know: GET /api/{hash|ip|domain|url}/VALUE, sections by name, what lookups say in
// its words. A section without data is empty, never an error.
#include <fmt/core.h>

#include <algorithm>
#include <functional>

#include "memories.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/knowledge_writer.hpp"
#include "mozu/lookup/lookup.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

constexpr std::size_t rows_default = 1000, rows_most = 10'000;
constexpr RouteOptions counted{Body::none, 0, true, false, Spends::lookup};

std::string_view zone_text(lookup::Zone z) {
  switch (z) {
    case lookup::Zone::red: return "Red";
    case lookup::Zone::orange: return "Orange";
    case lookup::Zone::yellow: return "Yellow";
    case lookup::Zone::green: return "Green";
    case lookup::Zone::grey: break;
  }
  return "Grey";
}

/// Down to a power of ten, so that it tells how much and not exactly what was seen.
std::uint64_t rounded(std::uint64_t n) {
  std::uint64_t out = n == 0 ? 0 : 1;
  while (out != 0 && out <= n / 10) out *= 10;
  return out;
}

struct AskedSections {
  lookup::Answer answer;
  std::vector<std::string> sections;  ///< empty: all
  std::size_t rows = rows_default;
};

/// What the plan says of lookups.
struct Licence {
  std::string_view access = "Commercial";
  std::int64_t spent = 0, quota = 2'147'483'647;  ///< without a quota: the largest there is
  Timestamp token_expires{};                      ///< 0: asked with a session
};

Result<Licence> licence_of(Services& services, const Request& request) {
  Licence out;
  out.token_expires = request.who->token_expires;
  auto& identities = services.identities;
  const auto organisation = request.who->viewer.organisation;
  if (request.who->viewer.is_limited()) {
    MOZU_LET(const auto stands, identities.plans().standing(organisation, identities.now()));
    if (stands.trial > 0) out.access = "Trial";
    else if (stands.state == plans::State::expired) out.access = "Expired";
  }
  if (const auto quota = request.who->quotas.lookups) {
    MOZU_LET(const auto left, identities.spending().look(organisation, plans::What::lookups, *quota, identities.now()));
    out.quota = *quota, out.spent = *quota - left.left;
  }
  return out;
}

class Writer {
 public:
  Writer(std::string& out, const AskedSections& asked, const Licence& licence) : w_(out), a_(asked.answer), asked_(asked), licence_(licence) {}

  void write(std::string_view kind) {
    w_.begin_object()
        .key("LicenseInfo")
        .begin_object()
        .field("AccessType", licence_.access)
        .field("DayRequests", licence_.spent)
        .field("DayQuota", licence_.quota)
        .key("TokenExpirationDate");
    if (licence_.token_expires.ms == 0) w_.null();
    else w_.value(format_time(licence_.token_expires));
    w_.end_object();
    w_.field("Zone", zone_text(a_.verdict.zone));
    w_.key("RelatedObjects").begin_object().field("HasRedZone", a_.verdict.zone == lookup::Zone::red).end_object();
    if (kind == "hash") hash();
    else if (kind == "ip") ip();
    else if (kind == "domain") domain();
    else url();
    w_.end_object();
  }

 private:
  JsonWriter w_;
  const lookup::Answer& a_;
  const AskedSections& asked_;
  const Licence& licence_;

  bool wants(std::string_view section) const { return asked_.sections.empty() || std::ranges::find(asked_.sections, section) != asked_.sections.end(); }
  void object(std::string_view section, const std::function<void()>& members) {
    if (!wants(section)) return;
    w_.key(section).begin_object();
    members();
    w_.end_object();
  }
  void empty_lists(std::initializer_list<std::string_view> sections) {
    for (const auto section : sections)
      if (wants(section)) w_.key(section).begin_array().end_array();
  }

  std::uint64_t hits() const {
    std::uint64_t n = a_.words.size();
    for (const auto& r : a_.resolutions) n += r.count;
    return rounded(n);
  }
  std::vector<std::string> categories() const {
    std::vector<std::string> out;
    for (const auto& word : a_.words)
      for (const auto& label : word.labels)
        if (word.active && std::ranges::find(out, label) == out.end()) out.push_back(label);
    return out;
  }
  void general() {
    w_.field("HitsCount", hits()).field("FirstSeen", a_.first_seen).field("LastSeen", a_.last_seen).field("ThreatScore", a_.verdict.score);
    const auto list = categories();
    w_.key("Categories").begin_array();
    for (const auto& c : list) w_.value(std::string_view(c));
    w_.end_array().key("CategoriesWithZone").begin_array();
    for (const auto& c : list) w_.begin_object().field("Name", c).field("Zone", zone_text(a_.verdict.zone)).end_object();
    w_.end_array();
    std::vector<const lookup::Related*> reports;
    for (const auto& r : a_.related)
      if (r.type == "report" && std::ranges::none_of(reports, [&](const auto* o) { return o->id == r.id; })) reports.push_back(&r);
    w_.field("HasApt", !reports.empty()).key("RelatedAptReports").begin_array();
    for (const auto* r : reports) w_.begin_object().field("Id", std::string_view(r->id).substr(r->id.find("--") + 2)).field("Title", r->name).end_object();
    w_.end_array();
  }

  void hash() {
    object("FileGeneralInfo", [&] {
      general();
      const auto of = [&](std::string_view type) { return a_.question.type == type ? std::string_view(a_.question.value) : std::string_view(); };
      w_.field("Md5", of("md5")).field("Sha1", of("sha1")).field("Sha256", of("sha256")).key("Size").null();
      for (const auto name : {"Type", "Signer", "SignerZone", "SignerStatus", "Packer"}) w_.field(name, "");
    });
    if (wants("DetectionsInfo")) {
      w_.key("DetectionsInfo").begin_array();
      for (const auto& word : a_.words)
        for (const auto& [name, value] : word.context)
          if (word.active && (name == "threat" || name == "malware"))
            w_.begin_object().field("DetectionName", value).field("DescriptionUrl", "").field("Zone", zone_text(a_.verdict.zone)).end_object();
      w_.end_array();
    }
    empty_lists({"FileNames", "FileAccessedUrls", "FileParentCertificates"});
  }

  void resolutions(std::string_view section, bool of_address) {
    if (!wants(section)) return;
    w_.key(section).begin_array();
    std::size_t rows = 0;
    for (const auto& r : a_.resolutions) {
      if (++rows > asked_.rows) break;
      w_.begin_object()
          .field(of_address ? "Domain" : "Ip", of_address ? r.name : r.target)
          .field("Zone", "Grey")
          .field("HitsCount", rounded(r.count))
          .field("FirstSeen", r.first)
          .field("LastSeen", r.last)
          .end_object();
    }
    w_.end_array();
  }

  void ip() {
    object("IpGeneralInfo", [&] {
      general();
      w_.field("Ip", a_.question.value)
          .field("CountryCode", a_.places.empty() ? std::string_view() : std::string_view(a_.places.front().country))
          .field("Status", a_.question.type == "unreadable" ? "" : "known");
    });
    empty_lists({"FilesDownloadedFromIp", "HostedUrls"});
    object("IpWhoIs", [&] {
      w_.key("Net").begin_object();
      for (const auto name : {"StartIp", "EndIp"}) w_.field(name, "");
      w_.field("Name", a_.places.empty() ? std::string_view() : std::string_view(a_.places.front().organisation))
          .field("Description", a_.places.empty() ? std::string_view() : std::string_view(a_.places.front().network));
      w_.field("Created", "").field("Changed", "").end_object().key("Asn").begin_array();
      for (const auto& p : a_.places)
        if (p.autonomous_system != 0) w_.begin_object().field("Origin", p.autonomous_system).field("Description", p.organisation).end_object();
      w_.end_array().key("Contacts").begin_array().end_array();
    });
    resolutions("IpDnsResolutions", true);
  }

  void registration(std::string_view section) {
    object(section, [&] {
      w_.field("DomainName", a_.question.type == "domain" ? std::string_view(a_.question.value) : std::string_view())
          .field("Created", "")
          .field("Updated", a_.registrations.empty() ? std::string_view() : std::string_view(a_.registrations.front().updated))
          .field("Expires", "");
      w_.key("NameServers").begin_array().end_array().key("DomainStatus").begin_array().end_array();
      w_.key("Registrar")
          .begin_object()
          .field("Info", a_.registrations.empty() ? std::string_view() : std::string_view(a_.registrations.front().title))
          .field("IanaId", "")
          .field("Email", "")
          .end_object();
      w_.key("Contacts").begin_array().end_array();
    });
  }

  void domain() {
    object("DomainGeneralInfo", [&] {
      general();
      w_.field("Domain", a_.question.value).field("FilesCount", 0).field("UrlsCount", 0).field("Ipv4Count", rounded(a_.resolutions.size()));
    });
    resolutions("DomainDnsResolutions", false);
    registration("DomainWhoIsInfo");
    empty_lists({"FilesDownloaded", "FilesAccessed", "Subdomains", "UrlReferrals", "UrlReferredTo"});
  }

  void url() {
    object("UrlGeneralInfo", [&] {
      general();
      const std::string_view value = a_.question.value;
      w_.field("Url", value)
          .field("Host", value.substr(0, value.find_first_of("/:")))
          .field("FilesCount", 0)
          .field("Ipv4Count", rounded(a_.resolutions.size()));
    });
    registration("UrlDomainWhoIs");
    resolutions("DomainDnsResolutions", false);
    empty_lists({"FilesDownloaded", "FilesAccessed", "UrlReferrals", "UrlReferredTo"});
  }
};

bool is_of_kind(std::string_view kind, std::string_view type) {
  if (kind == "hash") return type == "md5" || type == "sha1" || type == "sha256";
  if (kind == "ip") return type == "ipv4" || type == "ipv6";
  if (kind == "domain") return type == "domain";
  return type == "url";
}

Result<AskedSections> ask(Services& services, Memories& memories, const Request& request, std::string_view kind) {
  MOZU_TRY(only_these(request, {"count", "sections", "format"}));
  AskedSections out;
  out.sections = request.queries("sections");
  MOZU_LET(const auto count, number_of(request, "count"));
  if (count) out.rows = static_cast<std::size_t>(std::clamp<std::int64_t>(*count, 0, rows_most));
  std::string value = request.parameters[0];
  if (kind == "url" && value.find("://") == value.npos) value = "http://" + value;
  const std::string_view asked = value;
  if (!is_of_kind(kind, lookup::read_question(asked).type))
    return fail("query-invalid", fmt::format("'{}' is no {}", printable(request.parameters[0], 100), kind));
  lookup::AskOptions options;
  options.viewer = request.who->viewer;
  options.as_of = services.identities.now();
  options.history = false;
  const auto opened = memories.current();
  lookup::Asker asker(*opened, options);
  MOZU_TRY(asker.ask(std::span(&asked, 1), [&](lookup::Answer&& answer) { out.answer = std::move(answer); }));
  return out;
}

/// What the knowledge base has under the value; count and sections say nothing of it.
Result<std::string> answer_stix(Services& services, const Request& request, const lookup::Answer& answer) {
  std::string out;
  formats::ExportSettings settings;
  settings.title = answer.question.value;
  settings.now = services.identities.now();
  const auto writer = formats::make_knowledge_writer("stix", settings, [&](std::string_view, std::string_view bytes) -> Status {
    out += bytes;
    return {};
  });
  std::vector<std::string> ids;
  for (const auto& known : answer.known)
    if (std::ranges::find(ids, known.id) == ids.end()) ids.push_back(known.id);
  MOZU_LET(const auto objects, services.knowledge.objects(request.who->viewer, ids));
  for (const auto& o : objects) MOZU_TRY(writer->put({o.id, o.type, o.json, o.tlp, o.source}));
  MOZU_TRY(writer->end());
  return out;
}

template <std::size_t N>
struct Kind {
  char text[N];
  constexpr explicit(false) Kind(const char (&s)[N]) { std::copy_n(s, N, text); }
};

template <Kind kind>
Response look_up(Services& services, Memories& memories, const Request& request) {
  const std::string_view format = word_of(request, "format").value_or("json");
  if (format != "json" && format != "stix") return problem(400, "query-invalid", "'format' of the query is neither json nor stix");
  MOZU_ANSWER_LET(const AskedSections asked, ask(services, memories, request, kind.text));
  std::string body;
  if (format == "stix") {
    MOZU_ANSWER_LET(body, answer_stix(services, request, asked.answer));
  } else {
    MOZU_ANSWER_LET(const Licence licence, licence_of(services, request));
    Writer(body, asked, licence).write(kind.text);
  }
  return json_response(std::move(body));
}

}  // namespace

void add_compatible_lookup_routes(Router& router, Services& services, std::shared_ptr<Memories> memories) {
  const auto to = handlers(services, std::move(memories));
  router.add(Method::get, "/api/hash/{value}", Permission::lookup, counted, to(look_up<"hash">));
  router.add(Method::get, "/api/ip/{value}", Permission::lookup, counted, to(look_up<"ip">));
  router.add(Method::get, "/api/domain/{value}", Permission::lookup, counted, to(look_up<"domain">));
  router.add(Method::get, "/api/url/{value}", Permission::lookup, counted, to(look_up<"url">));
}

}  // namespace mozu::server
