// mozu_match_diff: the engine, with every kernel this processor runs, against the slow reference.
//   mozu_match_diff                                 quick: table, sample of the sweep, generated lines, sample of real logs
//   mozu_match_diff --seconds N --seed S            the whole sweep, then generated lines for N seconds
//   mozu_match_diff --lines PATH… --indicators PATH…  real lines against real indicators (one value a line)
//   mozu_match_diff --lines PATH… --every K         … against every K-th observable of the lines themselves
//   --bytes N   at most so many bytes of each file;  --progress;  --failures N   stop after so many (5)
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "campaign.hpp"
#include "mozu/base/text.hpp"
#include "shared_data.hpp"

namespace {

using namespace mozu::match::diff;

struct Arguments {
  std::vector<std::string> lines, indicators;
  std::uint64_t bytes = ~0ULL, every = 0;
  bool ok = true;
};

Arguments read_arguments(int argc, char** argv, Campaign& campaign) {
  Arguments a;
  std::vector<std::string>* list = nullptr;
  for (int i = 1; i < argc; ++i) {
    const std::string arg = argv[i];
    const auto number = [&] {
      const auto n = i + 1 < argc ? mozu::to_uint(argv[++i]) : std::nullopt;
      a.ok = a.ok && n.has_value();
      return n.value_or(0);
    };
    if (arg == "--lines") list = &a.lines;
    else if (arg == "--indicators") list = &a.indicators;
    else if (arg == "--seconds") campaign.seconds = static_cast<double>(number());
    else if (arg == "--seed") campaign.seed = number();
    else if (arg == "--failures") campaign.failures_max = number();
    else if (arg == "--bytes") a.bytes = number();
    else if (arg == "--every") a.every = number();
    else if (arg == "--progress") campaign.progress = true;
    else if (list && !arg.starts_with("--")) list->push_back(arg);
    else a.ok = false;
  }
  a.ok = a.ok && a.lines.empty() == (a.indicators.empty() && a.every == 0);
  return a;
}

std::vector<std::string> expanded(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    for (auto& file : files_under(path)) files.push_back(std::move(file));
  }
  return files;
}

void run_real(Campaign& campaign, const Arguments& a) {
  const auto lines = expanded(a.lines);
  std::vector<Rule> rules;
  const auto add = [&](mozu::Result<std::vector<Rule>> more) {
    if (!more) {
      ++campaign.failures;
      return std::puts(more.error().message.c_str()), void();
    }
    for (auto& rule : *more) rules.push_back(std::move(rule));
  };
  for (const auto& file : expanded(a.indicators)) add(rules_of_file(file));
  if (a.every > 0) add(rules_from_lines(lines, a.every, a.bytes));
  fmt::print("{} files of lines, {} rules\n", lines.size(), rules.size());
  std::fflush(stdout);
  campaign.real(lines, rules, a.bytes);
}

void run_quick(Campaign& campaign) {
  campaign.table();
  campaign.sweep(0, 64);
  campaign.generated();
  const std::string logs = mozu::shared_data("logs");
  if (logs.empty()) return std::puts("no shared data: real logs are passed over"), void();
  Arguments a;
  a.lines = {logs};
  a.every = 31;
  a.bytes = 16'000;
  run_real(campaign, a);
}

}  // namespace

int main(int argc, char** argv) {
  Campaign campaign;
  const Arguments a = read_arguments(argc, argv, campaign);
  if (!a.ok) return std::fputs("usage: see the head of diff_main.cpp\n", stderr), 2;
  if (!a.lines.empty()) {
    run_real(campaign, a);
  } else if (campaign.seconds > 0) {
    campaign.table();
    for (std::size_t part = 0; part < 64; ++part) campaign.sweep(part, 256);
    campaign.generated();
  } else {
    run_quick(campaign);
  }
  const auto& c = campaign.counts;
  std::string kernels;
  for (const auto kernel : mozu::match::supported_kernels()) kernels += (kernels.empty() ? "" : ",") + std::string(name(kernel));
  fmt::print("{} lines, {} bytes, {} hits ({} suppressed), {} scans by {}: {} mismatches\n", c.lines, c.bytes, c.hits, c.suppressed, c.scans, kernels,
             campaign.failures);
  return campaign.failures == 0 ? 0 : 1;
}
