#include <algorithm>
#include <cassert>

#include "mozu/base/text.hpp"
#include "mozu/server/http.hpp"

namespace mozu::server {
namespace {

constexpr std::array<std::string_view, 5> method_names = {"GET", "POST", "PUT", "PATCH", "DELETE"};

bool is_parameter(std::string_view part) { return part.starts_with('{'); }

/// -1: not this route; else how many constant parts it has.
int fit(const Route& route, const Target& target) {
  if (route.parts.size() != target.segments.size()) return -1;
  int constant = 0;
  for (std::size_t i = 0; i < route.parts.size(); ++i) {
    if (is_parameter(route.parts[i])) {
      if (target.segments[i].empty()) return -1;
      continue;
    }
    if (route.parts[i] != target.segments[i]) return -1;
    ++constant;
  }
  return constant;
}

}  // namespace

std::string_view name(Method m) { return method_names[static_cast<std::size_t>(m)]; }
std::optional<Method> method_of(std::string_view name) {
  if (name == "HEAD") return Method::get;
  for (std::size_t i = 0; i < method_names.size(); ++i)
    if (method_names[i] == name) return static_cast<Method>(i);
  return std::nullopt;
}

std::string_view Request::header(std::string_view lower_name) const {
  for (const auto& [key, value] : headers)
    if (key == lower_name) return value;
  return {};
}

std::string_view Request::query(std::string_view name) const {
  for (const auto& [key, value] : target.query)
    if (key == name) return value;
  return {};
}

std::vector<std::string> Request::queries(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& [key, value] : target.query)
    if (key == name)
      for (const std::string_view part : split(value, ','))
        if (!part.empty()) out.emplace_back(part);
  return out;
}

void Router::add(Method method, std::string_view pattern, Permission permission, const RouteOptions& options, Handler handler) {
  assert(pattern.starts_with('/'));
  Route route{method, std::string(pattern), permission, options, std::move(handler), {}};
  for (const std::string_view part : split(pattern.substr(1), '/'))
    if (!part.empty()) route.parts.emplace_back(part);
  assert(std::ranges::none_of(routes_, [&](const Route& r) { return r.method == method && r.pattern == pattern; }));
  routes_.push_back(std::move(route));
}

Router::Found Router::find(Method method, const Target& target) const {
  // Of patterns that fit, the one with the most constant parts is meant: /objects/links is no object whose id is "links".
  Found found;
  int best = -1;
  for (const Route& route : routes_) best = std::max(best, fit(route, target));
  for (const Route& route : routes_) {
    if (best < 0 || fit(route, target) != best) continue;
    found.allowed.push_back(route.method);
    if (route.method == method) found.route = &route;
  }
  if (found.route == nullptr) return found;
  for (std::size_t i = 0; i < found.route->parts.size(); ++i)
    if (is_parameter(found.route->parts[i])) found.parameters.push_back(target.segments[i]);
  return found;
}

}  // namespace mozu::server
