// What the benchmark's commands share: arguments, clocks, memory, figures as JSON.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/file.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/result.hpp"

namespace mozu::bench {

/// `--name value` pairs; a name followed by another name, or by nothing, is a flag.
class Arguments {
 public:
  static Result<Arguments> parse(int count, const char* const* words);
  bool has(std::string_view name) const { return values_.contains(name); }
  std::string text(std::string_view name, std::string_view otherwise = {}) const;
  /// A missing one is an error that names it.
  Result<std::string> need(std::string_view name) const;
  Result<std::uint64_t> number(std::string_view name, std::uint64_t otherwise) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

/// Wall and CPU seconds since it was made. CPU: of the whole process, so with threads it is their sum.
class Stopwatch {
 public:
  Stopwatch();
  double wall_s() const;
  double cpu_s() const;

 private:
  double wall_, cpu_;
};

double peak_memory_mib();  ///< largest resident set of this process so far

/// Seconds of the repeats of one measurement.
struct Samples {
  std::vector<double> wall_s, cpu_s;
  void add(const Stopwatch& w);
};
/// "NAME": {"wall_s": [...], "cpu_s": [...]}
void write_samples(JsonWriter& json, std::string_view name, const Samples& s);

/// The log `copies` times over in memory, always ending with a line feed.
Result<std::string> load_log(const std::string& path, std::uint64_t copies);
/// Runs of whole lines of about `bytes` each.
std::vector<std::string_view> split_lines(std::string_view text, std::size_t bytes = 1 << 20);

// The limits (limits.cpp, compiled for this very processor): nothing that looks at every byte can be faster.
std::uint64_t count_line_feeds(std::string_view text);
void copy_bytes(std::string_view text, char* to);
std::string_view limits_instruction_set();

// The commands. Each prints one JSON object, but for `sample`, `tokens` and `lines`, whose output is their work.
Status command_sample(const Arguments& a);     ///< --indicators F --size N: N of its lines, picked by a fixed seed
Status command_tokens(const Arguments& a);     ///< --indicators F [--log L]: the comparison's token filter
Status command_build(const Arguments& a);      ///< --indicators F --index I [--size N] [--exact-only]
Status command_open(const Arguments& a);       ///< --index I [--repeats N]
Status command_scan(const Arguments& a);       ///< --index I --log L --task T [--kernel K] [--threads N] [--copies N] [--rounds N] [--repeats N] [--no-limit]
Status command_lines(const Arguments& a);      ///< --index I --log L: matching lines as NUMBER:LINE
Status command_limits(const Arguments& a);     ///< --log L [--copies N] [--repeats N]
Status command_hyperscan(const Arguments& a);  ///< --indicators F --log L [--lines] [--repeats N] [--copies N]

}  // namespace mozu::bench
