#include "knowledge.hpp"

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "mozu/base/utf8.hpp"
#include "mozu/store/sources.hpp"
#include "object_view.hpp"

namespace mozu::lookup {
namespace {

constexpr std::size_t objects_per_key_max = 20, objects_max = 24;
constexpr std::size_t versions_max = 20, history_max = 50;
constexpr std::size_t second_step_from_max = 5, second_step_max = 20, abouts_max = 100, about_pages_max = 8;
constexpr std::size_t description_bytes_max = 600, whois_bytes_max = 16'000;

bool is_actor(std::string_view type) { return type == "intrusion-set" || type == "threat-actor"; }

}  // namespace

struct Knowledge::State {
  store::Store& store;
  std::shared_ptr<actors::ActorBooks> books;
  AskOptions options;
  ObjectReader reader;
  // Scratch of a batch.
  struct Ask {
    std::size_t answer = 0;
    const AskedKey* key = nullptr;
  };
  std::vector<Ask> asks;
  std::vector<intel::Key> keys;
  /// Whom publications are about: values of a batch often have one in common, and a large one has tens of thousands of references to read.
  std::map<std::string, store::Page<store::Neighbour>, std::less<>> abouts;

  State(store::Store& s, std::shared_ptr<actors::ActorBooks> b, const AskOptions& o)
      : store(s),
        books(b ? std::move(b) : std::make_shared<actors::ActorBooks>(s)),
        options(o) {}

  Status find(std::vector<Answer>& answers) {
    asks.clear();
    for (std::size_t i = 0; i < answers.size(); ++i)
      for (const auto& key : answers[i].question.keys) asks.push_back({i, &key});
    // In the order of keys: each is asked once, and neighbours in the base one after the other.
    std::ranges::sort(asks, [](const Ask& x, const Ask& y) {
      const auto order = x.key->key <=> y.key->key;
      return order != 0 ? order < 0 : x.answer < y.answer;
    });
    keys.clear();
    for (const auto& a : asks)
      if (keys.empty() || keys.back() != a.key->key) keys.push_back(a.key->key);
    if (keys.empty()) return {};
    MOZU_LET(const auto found, store.find(options.viewer, keys, objects_per_key_max + 1));
    auto next = asks.begin();
    for (const auto& hits : found) {
      const auto& key = keys[hits.key];
      while (next != asks.end() && next->key->key < key) ++next;
      for (; next != asks.end() && next->key->key == key; ++next) take(answers[next->answer], *next->key, hits.objects);
    }
    return {};
  }

  static void take(Answer& a, const AskedKey& key, const std::vector<store::Head>& heads) {
    for (const auto& h : heads) {
      const auto same = std::ranges::find(a.known, h.id, &Known::id);
      if (same != a.known.end()) {
        if (key.relation == intel::Relation::exact) same->relation = key.relation, same->key = key.key.value;
        continue;
      }
      if (a.known.size() >= objects_max || (&h - heads.data()) >= static_cast<std::ptrdiff_t>(objects_per_key_max)) {
        a.more = true;
        break;
      }
      Known k;
      k.id = h.id, k.type = h.type, k.name = h.name, k.source = h.source, k.sequence = h.sequence;
      k.tlp = h.tlp, k.confidence = h.confidence, k.revoked = h.revoked;
      k.relation = key.relation;
      k.key = key.key.value;
      k.modified_us = h.modified_us;
      a.known.push_back(std::move(k));
    }
  }

  /// All that only the found objects themselves tell.
  Status describe(Answer& a) {
    std::ranges::stable_sort(a.known,
                             [](const Known& x, const Known& y) { return (x.relation != intel::Relation::exact) < (y.relation != intel::Relation::exact); });
    std::vector<std::string> ids;
    for (const auto& k : a.known) ids.push_back(k.id);
    MOZU_LET(const auto objects, store.objects(options.viewer, ids));
    for (const auto& o : objects) {
      const auto k = std::ranges::find(a.known, o.id, &Known::id);
      if (const auto view = reader.read(o.json)) read(*view, *k, a);
    }
    for (std::size_t i = 0; i < a.known.size(); ++i) MOZU_TRY(relate(a, a.known[i]));
    MOZU_TRY(second_step(a));
    MOZU_TRY(evidence(a));
    if (options.history) MOZU_TRY(history(a));
    return profiles(a);
  }

  void read(const ObjectView& o, Known& k, Answer& a) const {
    k.description = utf8_shortened(o.text("description"), description_bytes_max);
    k.aliases = o.texts("aliases");
    for (auto& alias : o.texts("x_mitre_aliases")) k.aliases.push_back(std::move(alias));
    std::erase(k.aliases, k.name);
    if (k.type == "indicator") add_word(o, k, a);
    a.widen_seen(o.text("first_seen"), o.text("last_seen"));
  }

  void add_word(const ObjectView& o, const Known& k, Answer& a) const {
    if (const auto type = o.text("pattern_type"); !type.empty() && type != "stix") return;
    auto labels = o.texts("labels");
    for (auto& t : o.texts("indicator_types"))
      if (std::ranges::find(labels, t) == labels.end()) labels.push_back(std::move(t));
    if (std::ranges::find(labels, "benign") != labels.end()) {
      a.listings.push_back({k.source, "called benign by " + k.source, k.relation, k.key});
      return;
    }
    constexpr std::uint8_t confidence_untold = 50;
    Word w;
    w.source = k.source;
    w.knowledge = true;
    w.relation = k.relation;
    w.kind = "indicator";
    w.indicator = k.key;
    w.tlp = k.tlp;
    w.confidence = k.confidence == intel::confidence_unknown ? confidence_untold : k.confidence;
    w.revoked = k.revoked;
    w.valid_from = parse_time_iso(o.text("valid_from"));
    if (w.valid_from && w.valid_from->ms == 0) w.valid_from.reset();  // STIX demands the time: so objects are written of which nobody knows it
    w.valid_until = parse_time_iso(o.text("valid_until"));
    w.active = !w.revoked && (!w.valid_from || *w.valid_from <= options.as_of) && (!w.valid_until || options.as_of < *w.valid_until);
    w.id = k.id;
    w.labels = std::move(labels);
    if (const auto last = o.text("x_mozu_last_seen"); !last.empty()) w.context.emplace_back("last_seen", last);
    if (!k.description.empty()) w.context.emplace_back("description", k.description);
    a.words.push_back(std::move(w));
  }

  void add(Answer& a, const store::Neighbour& n, const std::string& from, bool direct) const {
    const auto same = [&](const Related& r) { return r.id == n.object.id && r.relation == n.relation && r.from == from; };
    if (n.object.type == "marking-definition" || n.object.type == "identity" || std::ranges::any_of(a.related, same)) return;
    Related r;
    r.id = n.object.id, r.type = n.object.type, r.name = n.object.name, r.source = n.object.source, r.sequence = n.object.sequence;
    r.tlp = n.object.tlp, r.relation = n.relation, r.outgoing = n.outgoing, r.from = from, r.direct = direct;
    a.related.push_back(std::move(r));
  }

  Status relate(Answer& a, const Known& k) {
    store::NeighbourQuery query;
    query.limit = options.related_max;
    MOZU_LET(const auto page, store.neighbours(options.viewer, k.id, query));
    if (!page.next.empty()) a.more = true;
    std::vector<std::string> resolving;
    std::vector<const store::Neighbour*> other_ends;
    for (const auto& n : page.items) {
      if (n.relation == "resolves-to" && !n.relationship_id.empty()) {
        resolving.push_back(n.relationship_id);
        other_ends.push_back(&n);
      }
      add(a, n, k.id, true);
    }
    if (resolving.empty()) return {};
    MOZU_LET(const auto relations, store.objects(options.viewer, resolving));
    for (const auto& o : relations) {
      const auto at = static_cast<std::size_t>(std::ranges::find(resolving, o.id) - resolving.begin());
      const auto view = reader.read(o.json);
      if (!view) continue;
      const auto& n = *other_ends[at];
      Resolution r;
      r.name = n.outgoing ? k.name : n.object.name;
      r.target = n.outgoing ? n.object.name : k.name;
      r.record_type = view->text("x_mozu_rrtype");
      r.source = o.source, r.tlp = o.tlp;
      r.first = view->text("start_time");
      r.last = view->text("x_mozu_last_seen");
      if (r.last.empty()) r.last = view->text("stop_time");
      r.count = view->number("x_mozu_count");
      a.resolutions.push_back(std::move(r));
    }
    return {};
  }

  /// Who uses the malware that an observable belongs to, and how it works; whom a publication that lists it is about.
  Status second_step(Answer& a) {
    if (!a.question.pattern && a.question.type != "file-name") return {};
    const auto one = [](const Related& r) { return r.type == "malware" || r.type == "tool" || r.type == "campaign"; };
    const auto publication = [](const Related& r) { return r.type == "report" && r.source == store::publications_source; };
    // Both begin at what is directly related: what the one finds is no beginning of the other, or it would be a third step.
    const auto begins = ends_of(a, one), reports = ends_of(a, publication);
    store::NeighbourQuery query;
    query.types = {"intrusion-set", "threat-actor", "campaign", "attack-pattern"};
    query.references = false;
    query.limit = second_step_max;
    for (const auto& id : begins) {
      MOZU_LET(const auto page, store.neighbours(options.viewer, id, query));
      add_page(a, page, id);
    }
    for (const auto& id : reports) {
      MOZU_LET(const auto* page, about(id));
      add_page(a, *page, id);
    }
    return {};
  }

  Result<const store::Page<store::Neighbour>*> about(const std::string& report) {
    if (const auto known = abouts.find(report); known != abouts.end()) return &known->second;
    store::NeighbourQuery query;
    query.types = {"intrusion-set", "threat-actor", "malware", "tool", "campaign"};
    query.direction = store::Direction::out;
    query.relations = {"object_refs"};
    query.limit = second_step_max;
    MOZU_LET(auto page, store.neighbours(options.viewer, report, query));
    // Its indicators come first, and a page that read many of them may be empty.
    for (std::size_t tries = 1; page.items.empty() && !page.next.empty() && tries < about_pages_max; ++tries) {
      query.cursor = page.next;
      MOZU_LET(page, store.neighbours(options.viewer, report, query));
    }
    if (abouts.size() >= abouts_max) abouts.clear();
    return &abouts.emplace(report, std::move(page)).first->second;
  }

  void add_page(Answer& a, const store::Page<store::Neighbour>& page, const std::string& from) const {
    if (!page.next.empty()) a.more = true;
    for (const auto& n : page.items) add(a, n, from, false);
  }

  std::vector<std::string> ends_of(Answer& a, const std::function<bool(const Related&)>& wanted) const {
    std::vector<std::string> out;
    for (const auto& r : a.related)
      if (wanted(r) && std::ranges::find(out, r.id) == out.end()) out.push_back(r.id);
    if (out.size() > second_step_from_max) out.resize(second_step_from_max), a.more = true;
    return out;
  }

  /// Notes about the value: WHOIS, and what sources say of a vulnerability.
  Status evidence(Answer& a) {
    std::vector<std::string> ids;
    for (const auto& r : a.related)
      if (r.direct && (r.type == "note" || r.type == "observed-data") && r.relation == "object_refs") ids.push_back(r.id);
    if (ids.empty()) return {};
    MOZU_LET(const auto objects, store.objects(options.viewer, ids));
    for (const auto& o : objects) {
      const auto view = reader.read(o.json);
      if (!view) continue;
      if (o.type == "observed-data") {
        a.widen_seen(view->text("first_observed"), view->text("last_observed"));
        continue;
      }
      if (view->has("x_mozu_whois"))
        a.registrations.push_back({o.source, std::string(view->text("abstract")), utf8_shortened(view->text("content"), whois_bytes_max),
                                   std::string(view->text("modified")), o.tlp});
      const auto labels = view->texts("labels");
      const bool exploited = std::ranges::find(labels, "known-exploited") != labels.end();
      const auto probability = view->probability();
      if (exploited || probability) a.exploitations.push_back({o.source, std::string(view->text("abstract")), o.tlp, exploited, probability});
    }
    return {};
  }

  Status history(Answer& a) {
    for (auto& k : a.known) {
      if (k.relation != intel::Relation::exact) continue;
      MOZU_LET(k.tags, store.tags(options.viewer, k.id));
      if (a.history.size() >= history_max) continue;
      MOZU_LET(const auto page, store.versions(options.viewer, k.id, {}, versions_max));
      for (const auto& v : page.items) a.history.push_back({v.id, v.source, v.modified_us, v.added, v.revoked});
    }
    std::ranges::stable_sort(a.history, [](const Change& x, const Change& y) { return x.added > y.added; });
    return {};
  }

  /// Whoever bears the name that is asked for, and whose records were found, out of the profiles of all actors: those of the found records alone would be others.
  Status profiles(Answer& a) {
    if (std::ranges::none_of(a.known, [](const Known& k) { return is_actor(k.type); })) return {};
    MOZU_LET(const auto book, books->of(options.viewer));
    auto profiles = book->named(a.question.asked);
    for (const auto& k : a.known)
      if (const auto p = book->profile_of(k.id); p && std::ranges::find(profiles, *p) == profiles.end()) profiles.push_back(*p);
    for (const auto p : profiles) {
      ActorProfile profile{book->canonical(p).id, book->canonical(p).name, book->attack_id(p), book->country(p), {}, {}};
      for (auto& alias : book->aliases(p)) profile.aliases.push_back(std::move(alias.name));
      for (const auto m : book->profiles()[p].members) profile.records.push_back(book->records[m].id);
      a.actors.push_back(std::move(profile));
    }
    return {};
  }
};

Knowledge::Knowledge(store::Store& store, std::shared_ptr<actors::ActorBooks> actors, const AskOptions& options)
    : state_(std::make_unique<State>(store, std::move(actors), options)) {}
Knowledge::~Knowledge() = default;
Knowledge::Knowledge(Knowledge&&) noexcept = default;
Status Knowledge::find(std::vector<Answer>& answers) { return state_->find(answers); }
Status Knowledge::describe(Answer& answer) { return state_->describe(answer); }

}  // namespace mozu::lookup
