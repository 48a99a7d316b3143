#include "support.hpp"

#include <fmt/core.h>
#include <time.h>

#include <charconv>

namespace mozu::bench {

namespace {

double seconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

}  // namespace

Result<Arguments> Arguments::parse(int count, const char* const* words) {
  Arguments a;
  for (int i = 0; i < count; ++i) {
    const std::string_view word = words[i];
    if (!word.starts_with("--")) return fail("usage", fmt::format("'{}' does not begin with --", word));
    const bool has_value = i + 1 < count && !std::string_view(words[i + 1]).starts_with("--");
    a.values_.insert_or_assign(std::string(word.substr(2)), has_value ? words[i + 1] : "");
    if (has_value) ++i;
  }
  return a;
}

std::string Arguments::text(std::string_view name, std::string_view otherwise) const {
  const auto it = values_.find(name);
  return it == values_.end() ? std::string(otherwise) : it->second;
}

Result<std::string> Arguments::need(std::string_view name) const {
  const auto it = values_.find(name);
  if (it == values_.end() || it->second.empty()) return fail("usage", fmt::format("--{} is missing", name));
  return it->second;
}

Result<std::uint64_t> Arguments::number(std::string_view name, std::uint64_t otherwise) const {
  const auto it = values_.find(name);
  if (it == values_.end()) return otherwise;
  std::uint64_t n = 0;
  const char* end = it->second.data() + it->second.size();
  const auto [stop, error] = std::from_chars(it->second.data(), end, n);
  if (error != std::errc{} || stop != end) return fail("usage", fmt::format("--{} is no number: '{}'", name, it->second));
  return n;
}

Stopwatch::Stopwatch() : wall_(seconds(CLOCK_MONOTONIC)), cpu_(seconds(CLOCK_PROCESS_CPUTIME_ID)) {}
double Stopwatch::wall_s() const { return seconds(CLOCK_MONOTONIC) - wall_; }
double Stopwatch::cpu_s() const { return seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_; }

double peak_memory_mib() {
  // Not getrusage: its figure begins with what the process that started this one had.
  const auto status = read_file("/proc/self/status");
  if (!status) return 0;
  const std::size_t at = status->find("VmHWM:");
  if (at == std::string::npos) return 0;
  const std::size_t digits = status->find_first_of("0123456789", at);
  std::uint64_t kib = 0;
  std::from_chars(status->data() + digits, status->data() + status->size(), kib);
  return static_cast<double>(kib) / 1024;
}

void Samples::add(const Stopwatch& w) {
  wall_s.push_back(w.wall_s());
  cpu_s.push_back(w.cpu_s());
}

void write_samples(JsonWriter& json, std::string_view name, const Samples& s) {
  json.key(name).begin_object();
  json.key("wall_s").begin_array();
  for (const double v : s.wall_s) json.value(v);
  json.end_array().key("cpu_s").begin_array();
  for (const double v : s.cpu_s) json.value(v);
  json.end_array().end_object();
}

Result<std::string> load_log(const std::string& path, std::uint64_t copies) {
  MOZU_LET(const MappedFile file, MappedFile::open(path));
  std::string_view text = file.text();
  const bool ends = text.ends_with('\n');
  std::string log;
  log.reserve(copies * (text.size() + 1));
  for (std::uint64_t i = 0; i < copies; ++i) {
    log += text;
    if (!ends && !text.empty()) log += '\n';
  }
  return log;
}

std::vector<std::string_view> split_lines(std::string_view text, std::size_t bytes) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t lf = text.size() > bytes ? text.find('\n', bytes - 1) : std::string_view::npos;
    const std::size_t n = lf == std::string_view::npos ? text.size() : lf + 1;
    out.push_back(text.substr(0, n));
    text.remove_prefix(n);
  }
  return out;
}

}  // namespace mozu::bench
