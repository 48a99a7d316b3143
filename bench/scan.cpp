#include <fmt/core.h>

#include <cstdio>
#include <functional>
#include <thread>

#include "mozu/match/scanner.hpp"
#include "support.hpp"
#include "tokens.hpp"

namespace mozu::bench {

namespace {

enum class Task : std::uint8_t { filter, lines, plain, full };

Result<Task> task_of(std::string_view s) {
  if (s == "filter") return Task::filter;
  if (s == "lines") return Task::lines;
  if (s == "plain") return Task::plain;
  if (s == "full") return Task::full;
  return fail("usage", fmt::format("--task must be filter, lines, plain or full, not '{}'", s));
}

Result<match::Kernel> kernel_of(std::string_view s) {
  if (s.empty()) return match::Kernel::automatic;
  for (const match::Kernel k : match::supported_kernels())
    if (match::name(k) == s) return k;
  return fail("usage", fmt::format("this processor has no kernel '{}'", s));
}

/// A thread's share: neighbouring batches, and the header state that holds before them.
struct Share {
  std::vector<std::string_view> batches;
  match::HeaderState header;
};

std::vector<Share> shares_of(const std::vector<std::string_view>& batches, std::size_t threads) {
  std::vector<Share> shares(threads);
  match::HeaderState header;
  for (std::size_t t = 0; t < threads; ++t) {
    const std::size_t begin = batches.size() * t / threads, end = batches.size() * (t + 1) / threads;
    shares[t].header = header;
    for (std::size_t i = begin; i < end; ++i) {
      shares[t].batches.push_back(batches[i]);
      if (t + 1 == threads) continue;
      each_line(batches[i], [&header](std::string_view line) {
        if (line.starts_with('#')) match::update_header(header, line);
      });
    }
  }
  return shares;
}

match::ScanStatistics scan_share(match::Scanner& scanner, const Share& share, Task task) {
  match::ScanStatistics sum;
  match::HeaderState header = share.header;
  std::uint64_t given = 0;
  const match::DetectionHandler on_detection = [&given](const intel::Detection& d) { given += d.length; };
  const std::function<void(std::uint64_t)> on_line = [&given](std::uint64_t line) { given += line; };
  for (const std::string_view bytes : share.batches) {
    const match::Batch batch{bytes, "bench", sum.lines + 1, 0};
    match::ScanStatistics one;
    if (task == Task::filter) {
      one.lines_examined = scanner.filter_only(bytes);
      one.bytes = bytes.size();
    } else if (task == Task::lines) {
      one = scanner.matching_lines(batch, header, on_line);
    } else {
      one = scanner.scan(batch, header, on_detection);
    }
    sum.add(one);
  }
  return sum;
}

match::ScanStatistics scan_all(std::vector<match::Scanner>& scanners, const std::vector<Share>& shares, Task task) {
  std::vector<match::ScanStatistics> results(shares.size());
  std::vector<std::jthread> others;
  for (std::size_t t = 1; t < shares.size(); ++t) others.emplace_back([&, t] { results[t] = scan_share(scanners[t], shares[t], task); });
  results[0] = scan_share(scanners[0], shares[0], task);
  others.clear();
  match::ScanStatistics sum;
  for (const match::ScanStatistics& r : results) sum.add(r);
  return sum;
}

/// The same split for the line feed count, so that the two can be put side by side.
std::uint64_t count_all(const std::vector<Share>& shares) {
  std::vector<std::uint64_t> results(shares.size(), 0);
  const auto count = [&](std::size_t t) {
    for (const std::string_view b : shares[t].batches) results[t] += count_line_feeds(b);
  };
  std::vector<std::jthread> others;
  for (std::size_t t = 1; t < shares.size(); ++t) others.emplace_back(count, t);
  count(0);
  others.clear();
  std::uint64_t sum = 0;
  for (const std::uint64_t r : results) sum += r;
  return sum;
}

}  // namespace

Status command_scan(const Arguments& a) {
  MOZU_LET(const std::string index_path, a.need("index"));
  MOZU_LET(const std::string log_path, a.need("log"));
  MOZU_LET(const Task task, task_of(a.text("task", "full")));
  MOZU_LET(const match::Kernel kernel, kernel_of(a.text("kernel")));
  MOZU_LET(const std::uint64_t threads, a.number("threads", 1));
  MOZU_LET(const std::uint64_t copies, a.number("copies", 1));
  MOZU_LET(const std::uint64_t rounds, a.number("rounds", 1));
  MOZU_LET(const std::uint64_t repeats, a.number("repeats", 3));
  MOZU_LET(const std::string log, load_log(log_path, copies));
  MOZU_LET(const auto index, match::Index::open(index_path));
  match::ScanOptions options;
  options.kernel = kernel;
  options.event_fields = task == Task::full;
  std::vector<match::Scanner> scanners;
  for (std::uint64_t t = 0; t < threads; ++t) scanners.emplace_back(index, options);
  const std::vector<Share> shares = shares_of(split_lines(log), threads);

  scan_all(scanners, shares, task);  // warm
  Samples scan, limit;
  match::ScanStatistics s;
  for (std::uint64_t i = 0; i < repeats; ++i) {
    const Stopwatch scan_watch;
    for (std::uint64_t r = 0; r < rounds; ++r) s = scan_all(scanners, shares, task);
    scan.add(scan_watch);
    const Stopwatch limit_watch;
    std::uint64_t line_feeds = 0;
    if (a.has("no-limit")) continue;
    for (std::uint64_t r = 0; r < rounds; ++r) line_feeds = count_all(shares);
    limit.add(limit_watch);
    if (task != Task::filter && line_feeds != s.lines) return fail("bench", "the scanner counts other lines than there are");
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("bytes", log.size() * rounds).field("lines", s.lines).field("lines_examined", s.lines_examined);
  json.field("lines_matched", s.lines_matched).field("detections", s.detections).field("peak_mib", peak_memory_mib());
  json.field("kernel", match::name(kernel == match::Kernel::automatic ? match::supported_kernels().front() : kernel));
  write_samples(json, "scan", scan);
  write_samples(json, "line_feeds", limit);
  json.end_object();
  fmt::print("{}\n", out);
  return {};
}

Status command_lines(const Arguments& a) {
  MOZU_LET(const std::string index_path, a.need("index"));
  MOZU_LET(const std::string log_path, a.need("log"));
  MOZU_LET(const auto index, match::Index::open(index_path));
  MOZU_LET(const MappedFile log, MappedFile::open(log_path));
  match::Scanner scanner(index);
  match::HeaderState header;
  std::uint64_t before = 0;
  std::string out;
  for (const std::string_view bytes : split_lines(log.text())) {
    // Matching lines come in order, so finding their text is one walk over the batch, and none if there are none.
    std::size_t at = 0;
    std::uint64_t at_line = 0;
    const auto on_line = [&](std::uint64_t line) {
      for (; at_line < line; ++at_line) at = bytes.find('\n', at) + 1;
      const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
      out += fmt::format("{}:{}\n", before + line + 1, bytes.substr(at, end - at));
    };
    before += scanner.matching_lines({bytes, "bench", before + 1, 0}, header, on_line).lines;
  }
  fmt::print("{}", out);
  return {};
}

Status command_limits(const Arguments& a) {
  MOZU_LET(const std::string log_path, a.need("log"));
  MOZU_LET(const std::uint64_t copies, a.number("copies", 1));
  MOZU_LET(const std::uint64_t repeats, a.number("repeats", 5));
  MOZU_LET(const std::string log, load_log(log_path, copies));
  std::string copy(log.size(), ' ');
  Samples count, move;
  std::uint64_t line_feeds = count_line_feeds(log);
  for (std::uint64_t i = 0; i < repeats; ++i) {
    const Stopwatch count_watch;
    line_feeds = count_line_feeds(log);
    count.add(count_watch);
    const Stopwatch move_watch;
    copy_bytes(log, copy.data());
    move.add(move_watch);
  }
  if (copy != log) return fail("bench", "the copy differs");
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("bytes", log.size()).field("lines", line_feeds).field("instruction_set", limits_instruction_set());
  write_samples(json, "line_feeds", count);
  write_samples(json, "memcpy", move);
  json.end_object();
  fmt::print("{}\n", out);
  return {};
}

}  // namespace mozu::bench
