// A profile for programs, as the API and `mozu actor --json` give it.
#include <algorithm>

#include "mozu/actors/book.hpp"

namespace mozu::actors {
namespace {

void write_short(JsonWriter& w, const ActorBook& book, std::size_t profile) {
  const auto text = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) w.field(key, value);
  };
  const ActorRecord& r = book.canonical(profile);
  w.field("id", r.id).field("name", r.name);
  text("attack_id", book.attack_id(profile));
  text("country", book.country(profile));
  w.key("aliases").begin_array();
  for (const auto& n : book.aliases(profile)) {
    w.begin_object().field("name", n.name);
    text("by", n.by);
    w.end_object();
  }
  w.end_array().key("records").begin_array();
  for (const std::size_t m : book.profiles()[profile].members) {
    const ActorRecord& member = book.records[m];
    w.begin_object().field("id", member.id).field("name", member.name).field("source", member.source);
    if (member.revoked) w.field("revoked", true);
    w.end_object();
  }
  w.end_array();
}

std::string_view kind(TargetClaim::Kind k) { return k == TargetClaim::Kind::country ? "country" : k == TargetClaim::Kind::sector ? "sector" : "organisation"; }

void write_statements(JsonWriter& w, const ActorBook& book, std::size_t profile) {
  w.key("statements").begin_array();
  for (const std::size_t m : book.profiles()[profile].members) {
    const ActorDetails& d = book.details[m];
    w.begin_object().field("record", d.record.id).field("source", d.record.source);
    const auto text = [&](std::string_view key, const std::string& value) {
      if (!value.empty()) w.field(key, value);
    };
    text("description", d.description);
    text("motivation", d.motivation);
    text("resource_level", d.resource_level);
    text("first_seen", d.first_seen);
    text("last_seen", d.last_seen);
    w.key("origins").begin_array();
    for (const auto& o : d.origins) w.begin_object().field("country", o.country).field("detail", o.detail).field("source", o.source).end_object();
    w.end_array().key("targets").begin_array();
    for (const auto& t : d.targets) w.begin_object().field("kind", kind(t.kind)).field("name", t.name).field("source", t.source).end_object();
    w.end_array().key("references").begin_array();
    for (const auto& x : d.references) w.begin_object().field("source", x.source).field("id", x.id).field("url", x.url).end_object();
    w.end_array().end_object();
  }
  w.end_array();
}

void write_links(JsonWriter& w, const ActorBook& book, std::size_t profile) {
  const Resolution& resolution = book.resolution;
  w.key("links").begin_array();
  for (const auto& link : resolution.profiles[profile].links) {
    w.begin_object()
        .field("from", book.records[link.from].id)
        .field("to", book.records[link.to].id)
        .field("evidence", name(link.evidence))
        .key("names")
        .begin_array();
    for (const auto& n : link.names) w.value(n);
    w.end_array().end_object();
  }
  w.end_array().key("ambiguous_names").begin_array();
  for (const auto& name : resolution.ambiguous)
    if (std::ranges::find(name.profiles, profile) != name.profiles.end()) w.value(name.name);
  w.end_array().key("candidates").begin_array();
  for (const auto& c : resolution.candidates) {
    if (c.profile != profile && c.other != profile) continue;
    const ActorRecord& other = book.canonical(c.profile == profile ? c.other : c.profile);
    w.begin_object().field("id", other.id).field("name", other.name).field("reason", c.reason).end_object();
  }
  w.end_array();
}

}  // namespace

void write_profile(JsonWriter& w, const ActorBook& book, std::size_t profile, bool whole) {
  w.begin_object();
  write_short(w, book, profile);
  if (whole) {
    write_statements(w, book, profile);
    write_links(w, book, profile);
  }
  w.end_object();
}

}  // namespace mozu::actors
