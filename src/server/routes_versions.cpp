// What changed from one version of a publication to another, for who writes it.
#include <fmt/core.h>

#include "mozu/publications/desk.hpp"
#include "mozu/publications/difference.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using publications::Desk;
using publications::Working;

constexpr RouteOptions slow{Body::none, 0, true};

Desk desk_of(Services& services) { return Desk(services.identities.accounts(), services.knowledge); }

void write_version(JsonWriter& w, const Working& of, const std::optional<publications::Published>& p) {
  const auto* text = of.publication.text({});
  w.begin_object()
      .field("version", of.version)
      .field("stage", publications::name(of.stage))
      .field("changed", format_time(of.changed))
      .field("by", of.by)
      .field("title", text == nullptr ? std::string_view() : std::string_view(text->title));
  w.field("published", p && !p->withdrawn && p->version == of.version).end_object();
}

/// What is more is left out of the answer, which says so.
constexpr std::size_t lines_max = 50'000;

void write_hunks(JsonWriter& w, const std::vector<publications::Hunk>& hunks, std::size_t& lines) {
  w.key("hunks").begin_array();
  for (const auto& hunk : hunks) {
    lines += hunk.lines.size();
    if (lines > lines_max) break;
    w.begin_object().field("from", std::uint64_t{hunk.from}).field("to", std::uint64_t{hunk.to}).key("lines").begin_array();
    for (const auto& line : hunk.lines) w.begin_object().field("kind", std::string_view(&line.kind, 1)).field("text", line.text).end_object();
    w.end_array().end_object();
  }
  w.end_array();
}

void write_difference(JsonWriter& w, const publications::Difference& d) {
  std::size_t lines = 0;
  w.key("texts").begin_array();
  for (const auto& t : d.texts) {
    w.begin_object().field("language", t.language).field("part", t.part);
    write_hunks(w, t.hunks, lines);
    w.end_object();
  }
  w.end_array().field("cut", lines > lines_max).key("members").begin_array();
  for (const auto& m : d.members) {
    w.begin_object().field("member", m.member);
    if (!m.from.empty()) w.key("from").raw(m.from);
    if (!m.to.empty()) w.key("to").raw(m.to);
    w.end_object();
  }
  w.end_array().key("attachments").begin_array();
  for (const auto& f : d.files) w.begin_object().field("name", f.name).field("change", f.change).end_object();
  w.end_array();
}

/// `to`: absent, the version that is worked on. `from`: absent, the one before it.
Response diff(Services& services, const Request& request) {
  MOZU_ANSWER(only_these(request, {"from", "to"}));
  MOZU_ANSWER_LET(const auto from_asked, number_of(request, "from"));
  MOZU_ANSWER_LET(const auto to_asked, number_of(request, "to"));
  Desk desk = desk_of(services);
  const auto& viewer = request.who->viewer;
  MOZU_ANSWER_LET(const Working to, to_asked ? desk.working_version(viewer, request.parameters[0], *to_asked) : desk.working(viewer, request.parameters[0]));
  const std::int64_t from_version = from_asked.value_or(to.version > 1 ? to.version - 1 : 1);
  MOZU_ANSWER_LET(const Working from, desk.working_version(viewer, request.parameters[0], from_version));
  MOZU_ANSWER_LET(const auto published, desk.published({to.organisation, intel::Tlp::red, false}, to.id));
  const auto changes = publications::difference(from.publication, to.publication);
  std::string body;
  JsonWriter w(body);
  w.begin_object().key("from");
  write_version(w, from, published);
  w.key("to");
  write_version(w, to, published);
  write_difference(w, changes);
  w.end_object();
  return json_response(std::move(body));
}

}  // namespace

void add_version_routes(Router& router, Services& services) {
  const auto to = handlers(services);
  const std::string of = "/api/v1/publications/{id}";
  router.add(Method::get, of + "/diff", Permission::write, slow, to(diff));
}

}  // namespace mozu::server
