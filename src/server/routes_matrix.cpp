// The ATT&CK matrices: tactics in their order, techniques below them, and how much is known of each.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "json.hpp"
#include "routes.hpp"
#include "viewer_cache.hpp"

namespace mozu::server {
namespace {

struct Domain {
  std::string_view name, kill_chain, catalogue;  ///< catalogue: external id of its x-mitre-matrix objects
};
// Names as MITRE's bundles write them.
constexpr std::array<Domain, 3> domains = {{{"enterprise", "mitre-attack", "enterprise-attack"},
                                            {"mobile", "mitre-mobile-attack", "mobile-attack"},
                                            {"ics", "mitre-ics-attack", "ics-attack"}}};

// Kinds of what is counted, as the answer names them, with the STIX types of each.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> counted = {{{"intrusion-set", "actors"},
                                                                                   {"threat-actor", "actors"},
                                                                                   {"malware", "malware"},
                                                                                   {"tool", "tools"},
                                                                                   {"campaign", "campaigns"},
                                                                                   {"report", "reports"},
                                                                                   {"indicator", "indicators"},
                                                                                   {"course-of-action", "mitigations"}}};
using Counts = std::map<std::string_view, std::uint64_t>;

struct Technique {
  std::string id, attack_id, name;
  std::set<std::string, std::less<>> tactics;  ///< "kill chain/phase"
  Counts counts;
};
struct Tactic {
  std::string id, attack_id, name, phase;
};

/// What one kind of viewer sees of ATT&CK.
struct Book {
  std::map<std::string, std::vector<std::string>, std::less<>> order;  ///< catalogue → ids of its tactics
  std::unordered_map<std::string, Tactic> tactics;
  std::vector<Technique> techniques;  ///< by ATT&CK id: sub-techniques follow theirs
};

constexpr std::size_t techniques_max = 20'000;

using Object = simdjson::dom::object;
template <class Each>
void each_object(const Object& o, std::string_view key, Each each) {
  simdjson::dom::array list;
  if (o.at_key(key).get(list) != simdjson::SUCCESS) return;
  for (const simdjson::dom::element e : list)
    if (Object item; e.get(item) == simdjson::SUCCESS) each(item);
}

/// The id that MITRE gives it; empty if it is of somebody else.
std::string attack_id(const Object& o) {
  std::string out;
  each_object(o, "external_references", [&](const Object& reference) {
    if (out.empty() && text_of(reference, "source_name").starts_with("mitre")) out = text_of(reference, "external_id");
  });
  return out;
}

Technique read_technique(const Object& o) {
  Technique out{text_of(o, "id"), attack_id(o), text_of(o, "name"), {}, {}};
  each_object(o, "kill_chain_phases", [&](const Object& phase) { out.tactics.insert(text_of(phase, "kill_chain_name") + "/" + text_of(phase, "phase_name")); });
  return out;
}

class Books {
 public:
  explicit Books(store::Store& knowledge) : knowledge_(knowledge), books_(knowledge) {}
  Result<std::shared_ptr<const Book>> of(const intel::Viewer& viewer) {
    return books_.get(viewer, {}, [this](const intel::Viewer& v) { return make(v); });
  }

 private:
  store::Store& knowledge_;
  ViewerCache<Book> books_;

  Result<Book> make(const intel::Viewer& viewer) {
    Book book;
    simdjson::dom::parser parser;
    MOZU_TRY(each_page(knowledge_, viewer, {"x-mitre-matrix", "x-mitre-tactic", "attack-pattern"}, false, techniques_max, [&](const auto& items) -> Status {
      for (const auto& stored : items)
        if (Object o; parser.parse(stored.json).get(o) == simdjson::SUCCESS) take(book, stored.type, o);
      return {};
    }));
    std::ranges::sort(book.techniques, {}, &Technique::attack_id);
    for (Technique& t : book.techniques) MOZU_TRY(count(t, viewer));
    return book;
  }

  static void take(Book& book, const std::string& type, const Object& o) {
    if (type == "attack-pattern") {
      if (Technique t = read_technique(o); !t.attack_id.empty()) book.techniques.push_back(std::move(t));
    } else if (type == "x-mitre-tactic") {
      const std::string id = text_of(o, "id");
      book.tactics[id] = Tactic{id, attack_id(o), text_of(o, "name"), text_of(o, "x_mitre_shortname")};
    } else {
      simdjson::dom::array refs;
      if (o.at_key("tactic_refs").get(refs) != simdjson::SUCCESS) return;
      auto& order = book.order[attack_id(o)];
      for (const simdjson::dom::element e : refs)
        if (std::string_view id; e.get(id) == simdjson::SUCCESS && std::ranges::find(order, id) == order.end()) order.emplace_back(id);
    }
  }

  Status count(Technique& t, const intel::Viewer& viewer) {
    MOZU_LET(const auto counts, knowledge_.neighbour_counts(viewer, t.id));
    for (const auto& c : counts)
      if (const auto* kind = std::ranges::find(counted, c.type, &std::pair<std::string_view, std::string_view>::first); !c.outgoing && kind != counted.end())
        t.counts[kind->second] += c.count;
    return {};
  }
};

/// Ids of the techniques that any of the objects is related to; nothing asked: nullopt.
Result<std::optional<std::set<std::string, std::less<>>>> related(Services& services, const Request& request) {
  const auto ids = request.queries("of");
  if (ids.empty()) return std::nullopt;
  std::set<std::string, std::less<>> out;
  for (const std::string& id : ids) {
    MOZU_LET(const auto object, services.knowledge.object(request.who->viewer, id));
    if (!object) return fail("absent", "an object that 'of' of the query names is not there");
    store::NeighbourQuery query;
    query.types = {"attack-pattern"};
    query.limit = 1000;
    do {
      MOZU_LET(const auto page, services.knowledge.neighbours(request.who->viewer, id, query));
      for (const auto& n : page.items) out.insert(n.object.id);
      query.cursor = page.next;
    } while (!query.cursor.empty() && out.size() < techniques_max);
  }
  return out;
}

using Wanted = std::optional<std::set<std::string, std::less<>>>;

void write_technique_fields(JsonWriter& w, const Technique& t, const Wanted& wanted) {
  w.field("id", t.id).field("attack_id", t.attack_id).field("name", t.name);
  if (wanted) w.field("related", wanted->contains(t.id));
  w.key("counts").begin_object();
  for (const auto& [kind, n] : t.counts) w.field(kind, n);
  w.end_object();
}

/// The techniques of one tactic. With `wanted`: those, and above a wanted sub-technique its technique.
void write_techniques(JsonWriter& w, const Book& book, std::string_view phase, const Wanted& wanted) {
  const auto& all = book.techniques;
  const auto is_wanted = [&](const Technique& t) { return t.tactics.contains(phase) && (!wanted || wanted->contains(t.id)); };
  for (std::size_t i = 0; i < all.size();) {
    const std::string below = all[i].attack_id + ".";
    std::size_t end = i + 1;
    while (end < all.size() && all[end].attack_id.starts_with(below)) ++end;
    if (std::any_of(all.begin() + static_cast<std::ptrdiff_t>(i), all.begin() + static_cast<std::ptrdiff_t>(end), is_wanted)) {
      w.begin_object();
      write_technique_fields(w, all[i], wanted);
      w.key("sub_techniques").begin_array();
      for (std::size_t j = i + 1; j < end; ++j) {
        if (!is_wanted(all[j])) continue;
        w.begin_object();
        write_technique_fields(w, all[j], wanted);
        w.end_object();
      }
      w.end_array().end_object();
    }
    i = end;
  }
}

const Domain* domain_of(const Request& request) {
  const std::string_view asked = request.query("domain").empty() ? "enterprise" : request.query("domain");
  const auto* domain = std::ranges::find(domains, asked, &Domain::name);
  return domain == domains.end() ? nullptr : domain;
}
Response no_domain() { return problem(400, "query-invalid", "'domain' of the query is none of enterprise, mobile, ics"); }

/// "actors 3, malware 1"
std::string told(const Counts& counts) {
  std::string out;
  for (const auto& [kind, n] : counts) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", kind, n);
  return out;
}

/// A layer of ATT&CK Navigator, format 4.5: techniques scored by how many objects of one kind are known to be related to each.
Response layer(Services& services, Books& books, const Request& request) {
  MOZU_ANSWER(only_these(request, {"domain", "of", "score"}));
  const Domain* domain = domain_of(request);
  if (!domain) return no_domain();
  const std::string_view scored = request.query("score").empty() ? "actors" : request.query("score");
  if (std::ranges::find(counted, scored, &std::pair<std::string_view, std::string_view>::second) == counted.end())
    return problem(400, "query-invalid", "'score' of the query is nothing that is counted", "actors, malware, tools, campaigns, reports, indicators or mitigations");
  MOZU_ANSWER_LET(const Wanted wanted, related(services, request));
  MOZU_ANSWER_LET(const auto book, books.of(request.who->viewer));
  const std::string_view tlp = tlp_text(request.who->viewer.clearance);
  std::uint64_t highest = 1;
  Response out = json_response({});
  JsonWriter w(out.body);
  w.begin_object().field("name", fmt::format("Mozu: {} by technique", scored)).field("domain", domain->catalogue).field("description", fmt::format("{}: all that its reader may see is counted", tlp));
  w.key("versions").begin_object().field("navigator", "5.1.0").field("layer", "4.5").end_object().key("techniques").begin_array();
  for (const Technique& t : book->techniques) {
    const bool in_domain = std::ranges::any_of(t.tactics, [&](const std::string& tactic) { return tactic.starts_with(domain->kill_chain) && tactic[domain->kill_chain.size()] == '/'; });
    const auto count = t.counts.find(scored);
    const std::uint64_t score = count == t.counts.end() ? 0 : count->second;
    if (!in_domain || (wanted ? !wanted->contains(t.id) : score == 0)) continue;
    highest = std::max(highest, score);
    w.begin_object().field("techniqueID", t.attack_id).field("score", score).field("enabled", true);
    if (!t.counts.empty()) w.field("comment", told(t.counts));
    w.end_object();
  }
  w.end_array().key("gradient").begin_object().key("colors").begin_array().value("#ffe8cc").value("#e8590c").end_array().field("minValue", 0).field("maxValue", highest).end_object();
  w.key("metadata").begin_array().begin_object().field("name", "TLP").field("value", tlp).end_object().end_array().end_object();
  return with_etag(request, std::move(out));
}

Response matrix(Services& services, Books& books, const Request& request) {
  MOZU_ANSWER(only_these(request, {"domain", "of"}));
  const Domain* domain = domain_of(request);
  if (!domain) return no_domain();
  MOZU_ANSWER_LET(const Wanted wanted, related(services, request));
  MOZU_ANSWER_LET(const auto book, books.of(request.who->viewer));
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("domain", domain->name).key("tactics").begin_array();
  if (const auto order = book->order.find(domain->catalogue); order != book->order.end())
    for (const std::string& id : order->second) {
      const auto tactic = book->tactics.find(id);
      if (tactic == book->tactics.end()) continue;
      const Tactic& t = tactic->second;
      w.begin_object().field("id", t.id).field("attack_id", t.attack_id).field("name", t.name).field("phase", t.phase).key("techniques").begin_array();
      write_techniques(w, *book, fmt::format("{}/{}", domain->kill_chain, t.phase), wanted);
      w.end_array().end_object();
    }
  w.end_array().end_object();
  return with_etag(request, json_response(std::move(body)));
}

}  // namespace

void add_matrix_routes(Router& router, Services& services) {
  const auto books = std::make_shared<Books>(services.knowledge);
  // The first answer after a change counts the neighbours of some thousand techniques.
  const auto to = [&services, books](Response (*handler)(Services&, Books&, const Request&)) { return [&services, books, handler](const Request& request) { return handler(services, *books, request); }; };
  const RouteOptions slow{Body::none, 0, true};
  router.add(Method::get, "/api/v1/attack/matrix", Permission::read, slow, to(matrix));
  router.add(Method::get, "/api/v1/attack/layer", Permission::read, slow, to(layer));
}

}  // namespace mozu::server
