#include "campaign.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "generate.hpp"

namespace mozu::match::diff {

namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void print(const std::string& s) {
  std::fputs(s.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

void Campaign::report(Failure failure) {
  ++failures;
  failure = shrink(std::move(failure), shrink_seconds);
  print("\nMISMATCH " + to_text(failure) + "\n");
}

void Campaign::table() {
  for (const auto& c : reference::definition_table()) {
    std::vector<Rule> rules;
    for (const auto text : c.indicators) {
      if (auto rule = make_rule(std::string(text))) rules.push_back(std::move(*rule));
    }
    Settings settings;
    settings.as_of = parse_time_iso(c.time);
    auto world = World::make(rules, settings);
    if (!world) {
      ++failures;
      print(fmt::format("no index for '{}': {}\n", c.sentence, world.error().message));
      continue;
    }
    // At every place of a block, as first, middle and last line.
    for (std::size_t offset = 0; offset < 128 && !stopped(); ++offset) {
      const std::string before = offset == 0 ? "" : std::string(offset - 1, ' ') + "\n";
      const std::string batch = before + std::string(c.line) + (offset % 2 ? "\n" : "");
      const GuardedBytes bytes(batch, offset % 3 != 0, offset % 64);
      if (auto d = (*world)->check(bytes.view(), {}, counts)) {
        print(fmt::format("\nsentence: {}", c.sentence));
        report({rules, settings, batch, false, std::move(*d)});
        break;
      }
    }
  }
}

void Campaign::sweep(std::size_t part, std::size_t parts) {
  const auto rules = sweep_rules();
  auto world = World::make(rules, {});
  if (!world) return report({rules, {}, "", false, {world.error().message, 0, "", ""}});
  for (; part < parts && !stopped(); part += 64) {
    const std::string batch = sweep_batch(part, parts);
    const GuardedBytes bytes(batch, part % 2 == 0, 0);
    if (auto d = (*world)->check(bytes.view(), {}, counts)) report({rules, {}, batch, false, std::move(*d)});
  }
}

void Campaign::generated() {
  const auto start = Clock::now();
  double reported = 0;
  for (std::uint64_t round = 0; !stopped() && (seconds > 0 ? seconds_since(start) < seconds : round < 16); ++round) {
    Random random(seed * 1'000'003 + round);
    Settings settings;
    settings.show_suppressed = !random.one_in(3);
    if (random.one_in(4)) settings.as_of.reset();
    const auto rules = generate_rules(random, random.of(std::vector<std::size_t>{1, 5, 40, 400, 3000}));
    const bool short_lines = seconds > 0 && random.one_in(2);
    auto world = World::make(rules, settings);
    if (!world) {
      report({rules, settings, "", false, {world.error().message, 0, "", ""}});
      continue;
    }
    for (std::size_t i = 0; i < (seconds > 0 ? 40 : 4) && !stopped(); ++i) {
      std::string batch =
          short_lines ? generate_batch(random, rules, 2000, true) : generate_batch(random, rules, random.of(std::vector<std::size_t>{1, 3, 60, 400}));
      if (random.one_in(seconds > 0 ? 400 : 60))
        batch += LineGenerator(random, rules).long_line(random.of(std::vector<std::size_t>{4096, 65536, seconds > 0 ? std::size_t{1} << 20 : 200'000}));
      const bool split = random.one_in(3);
      const auto splits = split ? generate_splits(random, batch) : std::vector<std::size_t>{};
      const GuardedBytes bytes(batch, random.one_in(2), random.below(128));
      if (auto d = (*world)->check(bytes.view(), splits, counts)) report({rules, settings, batch, split, std::move(*d)});
    }
    if (progress && seconds_since(start) > reported + 60) {
      reported = seconds_since(start);
      print(fmt::format("{:.0f} s: {} lines, {} hits, {} scans, round {}\n", reported, counts.lines, counts.hits, counts.scans, round));
    }
  }
}

}  // namespace mozu::match::diff
