// Actors as one profile each, resolved out of what the viewer may see.
#include <algorithm>
#include <memory>
#include <numeric>

#include "mozu/actors/book.hpp"
#include "routes.hpp"

namespace mozu::server {
namespace {

using actors::ActorBooks;

Response list_actors(Services& services, ActorBooks& books, const Request& request) {
  MOZU_ANSWER(only_these(request, {"name", "offset", "limit"}));
  MOZU_ANSWER_LET(const std::size_t limit, limit_of(request));
  MOZU_ANSWER_LET(const auto offset, number_of(request, "offset"));
  MOZU_ANSWER_LET(const auto book, books.of(request.who->viewer));
  std::vector<std::size_t> found;
  if (const std::string_view wanted = request.query("name"); !wanted.empty()) {
    found = book->named(wanted);
  } else {
    found.resize(book->profiles().size());
    std::iota(found.begin(), found.end(), std::size_t{0});
  }
  const std::size_t total = found.size(), from = std::min(total, static_cast<std::size_t>(offset.value_or(0)));
  const std::vector<std::size_t> page(found.begin() + static_cast<std::ptrdiff_t>(from),
                                      found.begin() + static_cast<std::ptrdiff_t>(std::min(total, from + limit)));
  return page_response(page, {}, total, [&](JsonWriter& w, std::size_t profile) { actors::write_profile(w, *book, profile, false); });
}

Response one_actor(Services& services, ActorBooks& books, const Request& request) {
  MOZU_ANSWER_LET(const auto book, books.of(request.who->viewer));
  const auto profile = book->profile_of(request.parameters[0]);
  if (!profile) return problem(404, "absent", "no such actor");
  std::string body;
  JsonWriter w(body);
  actors::write_profile(w, *book, *profile, true);
  return json_response(std::move(body));
}

}  // namespace

void add_actor_routes(Router& router, Services& services, SharedActors books) {
  const auto to = [&services, books = std::move(books)](Response (*handler)(Services&, ActorBooks&, const Request&)) {
    return [&services, books, handler](const Request& request) { return handler(services, *books, request); };
  };
  // The first one after a change reads every actor: on a worker.
  router.add(Method::get, "/api/v1/actors", Permission::read, slow, to(list_actors));
  router.add(Method::get, "/api/v1/actors/{id}", Permission::read, slow, to(one_actor));
}

}  // namespace mozu::server
