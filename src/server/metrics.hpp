// Private to the room: what the server counts of itself.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "mozu/server/http.hpp"
#include "mozu/server/server.hpp"

namespace mozu::server {

inline constexpr std::array<double, 9> duration_bounds = {0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 30};  ///< seconds

struct RouteMetrics {
  std::array<std::atomic<std::uint64_t>, 6> by_class{};  ///< status / 100
  std::array<std::atomic<std::uint64_t>, duration_bounds.size() + 1> durations{};
  std::atomic<std::uint64_t> microseconds{0}, bytes{0};
};

struct Metrics {
  explicit Metrics(std::size_t count_of_routes) : routes(count_of_routes), by_route(std::make_unique<RouteMetrics[]>(count_of_routes + 1)) {}
  std::size_t routes;
  std::unique_ptr<RouteMetrics[]> by_route;  ///< the last one: requests of no route
  std::atomic<std::int64_t> connections{0};
  void count(std::size_t route, unsigned status, std::uint64_t bytes, double seconds);
  std::string text(const Router& router) const;
};

}  // namespace mozu::server
