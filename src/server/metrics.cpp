#include "metrics.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace mozu::server {
namespace {

std::string labels(const Router& router, std::size_t route) {
  if (route == router.routes().size()) return R"(method="-",route="none")";
  const Route& r = router.routes()[route];
  return fmt::format(R"(method="{}",route="{}")", name(r.method), r.pattern);
}

void durations(std::string& out, const std::string& label, const RouteMetrics& m) {
  std::uint64_t sum = 0;
  for (std::size_t b = 0; b <= duration_bounds.size(); ++b) {
    sum += m.durations[b].load(std::memory_order_relaxed);
    const std::string bound = b < duration_bounds.size() ? fmt::format("{}", duration_bounds[b]) : "+Inf";
    out += fmt::format("mozu_http_request_duration_seconds_bucket{{{},le=\"{}\"}} {}\n", label, bound, sum);
  }
  out += fmt::format("mozu_http_request_duration_seconds_sum{{{}}} {:.6f}\n", label, static_cast<double>(m.microseconds.load(std::memory_order_relaxed)) / 1e6);
  out += fmt::format("mozu_http_request_duration_seconds_count{{{}}} {}\n", label, sum);
}

}  // namespace

void Metrics::count(std::size_t route, unsigned status, std::uint64_t bytes, double seconds) {
  RouteMetrics& m = by_route[std::min(route, routes)];
  m.by_class[std::min<std::size_t>(status / 100, 5)].fetch_add(1, std::memory_order_relaxed);
  const auto bucket = std::ranges::lower_bound(duration_bounds, seconds) - duration_bounds.begin();
  m.durations[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  m.microseconds.fetch_add(static_cast<std::uint64_t>(seconds * 1e6), std::memory_order_relaxed);
  m.bytes.fetch_add(bytes, std::memory_order_relaxed);
}

std::string Metrics::text(const Router& router) const {
  std::string out = "# HELP mozu_http_requests_total Requests by route and class of status.\n# TYPE mozu_http_requests_total counter\n";
  std::string histogram =
      "# HELP mozu_http_request_duration_seconds From the end of the header to the end of the response.\n"
      "# TYPE mozu_http_request_duration_seconds histogram\n";
  std::string sent = "# HELP mozu_http_response_bytes_total Bytes of response bodies.\n# TYPE mozu_http_response_bytes_total counter\n";
  for (std::size_t r = 0; r <= routes; ++r) {
    const RouteMetrics& m = by_route[r];
    const std::string label = labels(router, r);
    bool any = false;
    for (std::size_t c = 0; c < m.by_class.size(); ++c) {
      const std::uint64_t n = m.by_class[c].load(std::memory_order_relaxed);
      if (n == 0) continue;
      any = true;
      out += fmt::format("mozu_http_requests_total{{{},status=\"{}xx\"}} {}\n", label, c, n);
    }
    if (!any) continue;
    durations(histogram, label, m);
    sent += fmt::format("mozu_http_response_bytes_total{{{}}} {}\n", label, m.bytes.load(std::memory_order_relaxed));
  }
  out += histogram + sent;
  out += "# HELP mozu_http_connections Connections that are open.\n# TYPE mozu_http_connections gauge\n";
  out += fmt::format("mozu_http_connections {}\n", connections.load(std::memory_order_relaxed));
  return out;
}

}  // namespace mozu::server
