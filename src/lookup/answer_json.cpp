#include <algorithm>

#include "categories.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/lookup/render.hpp"

namespace mozu::lookup {
namespace {

class Renderer {
 public:
  Renderer(std::string& out, const Answer& a) : w_(out), a_(a) {}

  void run() {
    w_.begin_object();
    w_.field("value", std::string_view(a_.question.asked)).field("type", a_.question.type);
    text("canonical", a_.question.value);
    w_.field("zone", name(a_.verdict.zone)).field("score", a_.verdict.score);
    reasons();
    text("first_seen", a_.first_seen);
    text("last_seen", a_.last_seen);
    list("listed_by", a_.words, [&](const Word& w) { word(w); });
    list("warning_lists", a_.listings, [&](const Listing& l) {
      w_.field("source", std::string_view(l.source));
      text("reason", l.reason);
      text("marked_by", l.marked_by);
      w_.field("relation", intel::name(l.relation)).field("indicator", std::string_view(l.indicator));
    });
    list("objects", a_.known, [&](const Known& k) { known(k); });
    related();
    list("passive_dns", a_.resolutions, [&](const Resolution& r) { resolution(r); });
    list("whois", a_.registrations, [&](const Registration& r) {
      text("title", r.title);
      w_.field("text", std::string_view(r.text));
      text("updated", r.updated);
      said_by(r.source, r.tlp);
    });
    list("exploitation", a_.exploitations, [&](const Exploitation& e) {
      text("title", e.title);
      w_.field("known_exploited", e.known_exploited);
      if (e.probability) w_.field("epss", *e.probability);
      said_by(e.source, e.tlp);
    });
    list("actor_profiles", a_.actors, [&](const ActorProfile& p) { profile(p); });
    list("geography", a_.places, [&](const Place& p) { place(p); });
    list("history", a_.history, [&](const Change& c) {
      w_.field("id", std::string_view(c.id));
      time_us("modified", c.modified_us);
      w_.field("added", std::string_view(format_time(c.added)));
      text("source", c.source);
      if (c.revoked) w_.field("revoked", true);
    });
    if (a_.more) w_.field("more", true);
    w_.end_object();
  }

 private:
  void text(std::string_view key, std::string_view value) {
    if (!value.empty()) w_.field(key, value);
  }
  void texts(std::string_view key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    w_.key(key).begin_array();
    for (const auto& v : values) w_.value(std::string_view(v));
    w_.end_array();
  }
  /// The sentences, and beside them, in the same order, what they are made of.
  void reasons() {
    if (a_.verdict.reasons.empty()) return;
    w_.key("reasons").begin_array();
    for (const auto& r : a_.verdict.reasons) w_.value(std::string_view(r.text));
    w_.end_array().key("reason_details").begin_array();
    for (const auto& r : a_.verdict.reasons) {
      w_.begin_object().field("code", reason_codes[static_cast<std::size_t>(r.code)]);
      for (const auto& [key, value] : r.with) {
        if (const auto* number = std::get_if<double>(&value)) w_.field(key, *number);
        else w_.field(key, std::string_view(std::get<std::string>(value)));
      }
      w_.end_object();
    }
    w_.end_array();
  }
  void time(std::string_view key, const std::optional<Timestamp>& t) {
    if (t) w_.field(key, std::string_view(format_time(*t)));
  }
  void time_us(std::string_view key, std::int64_t us) {
    if (intel::is_dated(us)) w_.field(key, std::string_view(format_time({us / 1000})));
  }
  void said_by(std::string_view source, intel::Tlp tlp) {
    text("source", source);
    text("tlp", intel::name(tlp));
  }
  template <class T, class F>
  void list(std::string_view key, const std::vector<T>& items, F each) {
    if (items.empty()) return;
    w_.key(key).begin_array();
    for (const auto& item : items) {
      w_.begin_object();
      each(item);
      w_.end_object();
    }
    w_.end_array();
  }

  void word(const Word& w) {
    w_.field("source", std::string_view(w.source)).field("from", std::string_view(w.knowledge ? "knowledge" : "index"));
    text("tlp", intel::name(w.tlp));
    w_.field("confidence", static_cast<int>(w.confidence)).field("active", w.active);
    if (w.revoked) w_.field("revoked", true);
    w_.field("relation", intel::name(w.relation)).field("kind", w.kind).field("indicator", std::string_view(w.indicator));
    time("valid_from", w.valid_from);
    time("valid_until", w.valid_until);
    text("id", w.id);
    texts("labels", w.labels);
    context(w.context);
  }

  /// A name that comes again and again gives a list.
  void context(const intel::ContextFields& fields) {
    if (fields.empty()) return;
    w_.key("context").begin_object();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const auto named = [&](const auto& f) { return f.first == fields[i].first; };
      if (std::any_of(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(i), named)) continue;
      w_.key(fields[i].first);
      if (std::ranges::count_if(fields, named) == 1) {
        w_.value(std::string_view(fields[i].second));
        continue;
      }
      w_.begin_array();
      for (const auto& f : fields)
        if (named(f)) w_.value(std::string_view(f.second));
      w_.end_array();
    }
    w_.end_object();
  }

  void known(const Known& k) {
    w_.field("id", std::string_view(k.id)).field("type", std::string_view(k.type));
    text("name", k.name);
    said_by(k.source, k.tlp);
    if (k.confidence != intel::confidence_unknown) w_.field("confidence", static_cast<int>(k.confidence));
    w_.field("relation", intel::name(k.relation)).field("key", std::string_view(k.key));
    if (k.revoked) w_.field("revoked", true);
    time_us("modified", k.modified_us);
    texts("aliases", k.aliases);
    text("description", k.description);
    if (k.tags.empty()) return;
    w_.key("tags").begin_object();
    for (const auto& [tag, weight] : k.tags) w_.field(tag, weight);
    w_.end_object();
  }

  void related() {
    if (a_.related.empty()) return;
    w_.key("related").begin_object();
    for (const auto category : categories) {
      std::vector<const Related*> in;
      for (const auto& r : a_.related)
        if (category_of(r.type) == category) in.push_back(&r);
      list(category, in, [&](const Related* r) {
        w_.field("id", std::string_view(r->id)).field("type", std::string_view(r->type));
        text("name", r->name);
        w_.field("relation", std::string_view(r->relation)).field("outgoing", r->outgoing).field("from", std::string_view(r->from)).field("direct", r->direct);
        said_by(r->source, r->tlp);
      });
    }
    w_.end_object();
  }

  void resolution(const Resolution& r) {
    w_.field("name", std::string_view(r.name)).field("target", std::string_view(r.target));
    text("record_type", r.record_type);
    text("first_seen", r.first);
    text("last_seen", r.last);
    if (r.count != 0) w_.field("count", r.count);
    said_by(r.source, r.tlp);
  }

  void profile(const ActorProfile& p) {
    w_.field("id", std::string_view(p.id)).field("name", std::string_view(p.name));
    text("attack_id", p.attack_id);
    text("country", p.country);
    texts("aliases", p.aliases);
    texts("records", p.records);
  }

  void place(const Place& p) {
    text("country", p.country);
    text("city", p.city);
    if (p.autonomous_system != 0) w_.field("autonomous_system", p.autonomous_system);
    text("organisation", p.organisation);
    text("network", p.network);
    text("database", p.database);
  }

  JsonWriter w_;
  const Answer& a_;
};

}  // namespace

void append_json(std::string& out, const Answer& answer) { Renderer(out, answer).run(); }

}  // namespace mozu::lookup
