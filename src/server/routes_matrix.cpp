// The ATT&CK matrices: tactics in their order, techniques below them, and how much is known of each.
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "mozu/actors/matrix.hpp"
#include "mozu/formats/navigator.hpp"
#include "mozu/store/viewer_cache.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using actors::AttackDomain;
using actors::AttackMatrix;
using actors::AttackTechnique;

class Matrices {
 public:
  explicit Matrices(store::Store& knowledge) : knowledge_(knowledge), matrices_(knowledge) {}
  Result<std::shared_ptr<const AttackMatrix>> of(const intel::Viewer& viewer) {
    return matrices_.get(viewer, {}, [this](const intel::Viewer& v) { return actors::read_attack_matrix(knowledge_, v); });
  }

 private:
  store::Store& knowledge_;
  store::ViewerCache<AttackMatrix> matrices_;
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
    } while (!query.cursor.empty() && out.size() < actors::attack_techniques_max);
  }
  return out;
}

using WantedTechniques = std::optional<std::set<std::string, std::less<>>>;

void write_technique_fields(JsonWriter& w, const AttackTechnique& t, const WantedTechniques& wanted) {
  w.field("id", t.id).field("attack_id", t.attack_id).field("name", t.name);
  if (wanted) w.field("related", wanted->contains(t.id));
  w.key("counts").begin_object();
  for (const auto& [kind, n] : t.counts) w.field(kind, n);
  w.end_object();
  if (t.platforms.empty()) return;
  w.key("platforms").begin_array();
  for (const std::string& platform : t.platforms) w.value(std::string_view(platform));
  w.end_array();
}

/// The techniques of one tactic. With `wanted`: those, and above a wanted sub-technique its technique.
void write_techniques(JsonWriter& w, const AttackMatrix& book, std::string_view phase, const WantedTechniques& wanted) {
  const auto& all = book.techniques;
  const auto is_wanted = [&](const AttackTechnique& t) { return t.tactics.contains(phase) && (!wanted || wanted->contains(t.id)); };
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

const AttackDomain* domain_of(const Request& request) {
  const std::string_view asked = word_of(request, "domain").value_or("enterprise");
  const auto* domain = std::ranges::find(actors::attack_domains, asked, &AttackDomain::name);
  return domain == actors::attack_domains.end() ? nullptr : domain;
}
Response no_domain() { return problem(400, "query-invalid", "'domain' of the query is none of enterprise, mobile, ics"); }

/// "actors 3, malware 1"
std::string counts_text(const actors::AttackCounts& counts) {
  std::string out;
  for (const auto& [kind, n] : counts) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", kind, n);
  return out;
}

/// A layer of ATT&CK Navigator, format 4.5: techniques scored by how many objects of one kind are known to be related to each.
Response navigator_layer(Services& services, Matrices& matrices, const Request& request) {
  MOZU_ANSWER(only_these(request, {"domain", "of", "score"}));
  const AttackDomain* domain = domain_of(request);
  if (!domain) return no_domain();
  const std::string_view scored = word_of(request, "score").value_or("actors");
  if (scored != actors::attack_detections &&
      std::ranges::find(actors::attack_counted, scored, &std::pair<std::string_view, std::string_view>::second) == actors::attack_counted.end())
    return problem(400, "query-invalid", "'score' of the query is nothing that is counted",
                   "actors, malware, tools, campaigns, reports, indicators, mitigations or detections");
  MOZU_ANSWER_LET(const WantedTechniques wanted, related(services, request));
  MOZU_ANSWER_LET(const auto book, matrices.of(request.who->viewer));
  const std::string_view tlp = tlp_text(request.who->viewer.clearance);
  formats::NavigatorLayer layer{fmt::format("Mozu: {} by technique", scored),
                                fmt::format("{}: all that its reader may see is counted", tlp),
                                std::string(domain->catalogue),
                                std::string(tlp),
                                {}};
  for (const AttackTechnique& t : book->techniques) {
    const bool in_domain = std::ranges::any_of(
        t.tactics, [&](const std::string& tactic) { return tactic.starts_with(domain->kill_chain) && tactic[domain->kill_chain.size()] == '/'; });
    const auto count = t.counts.find(scored);
    const std::uint64_t score = count == t.counts.end() ? 0 : count->second;
    if (!in_domain || (wanted ? !wanted->contains(t.id) : score == 0)) continue;
    layer.techniques.push_back({t.attack_id, score, counts_text(t.counts)});
  }
  return with_etag(request, json_response(formats::navigator_json(layer)));
}

Response matrix(Services& services, Matrices& matrices, const Request& request) {
  MOZU_ANSWER(only_these(request, {"domain", "of"}));
  const AttackDomain* domain = domain_of(request);
  if (!domain) return no_domain();
  MOZU_ANSWER_LET(const WantedTechniques wanted, related(services, request));
  MOZU_ANSWER_LET(const auto book, matrices.of(request.who->viewer));
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("domain", domain->name).key("tactics").begin_array();
  if (const auto order = book->order.find(domain->catalogue); order != book->order.end())
    for (const std::string& id : order->second) {
      const auto tactic = book->tactics.find(id);
      if (tactic == book->tactics.end()) continue;
      const actors::AttackTactic& t = tactic->second;
      w.begin_object().field("id", t.id).field("attack_id", t.attack_id).field("name", t.name).field("phase", t.phase).key("techniques").begin_array();
      write_techniques(w, *book, fmt::format("{}/{}", domain->kill_chain, t.phase), wanted);
      w.end_array().end_object();
    }
  w.end_array().end_object();
  return with_etag(request, json_response(std::move(body)));
}

}  // namespace

void add_matrix_routes(Router& router, Services& services) {
  const auto matrices = std::make_shared<Matrices>(services.knowledge);
  // The first answer after a change counts the neighbours of some thousand techniques.
  const auto to = handlers(services, matrices);
  router.add(Method::get, "/api/v1/attack/matrix", Permission::read, slow, to(matrix));
  router.add(Method::get, "/api/v1/attack/layer", Permission::read, slow, to(navigator_layer));
}

}  // namespace mozu::server
