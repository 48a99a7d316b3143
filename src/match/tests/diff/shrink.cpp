#include "shrink.hpp"

#include <fmt/format.h>

#include <chrono>
#include <functional>

namespace mozu::match::diff {
namespace {

using Clock = std::chrono::steady_clock;

std::vector<std::size_t> all_splits(std::string_view batch, bool split) {
  std::vector<std::size_t> starts;
  for (auto lf = batch.find('\n'); split && lf != std::string_view::npos && lf + 1 < batch.size(); lf = batch.find('\n', lf + 1)) {
    starts.push_back(lf + 1);
  }
  return starts;
}

std::optional<Difference> run(World& world, const Failure& failure, const std::string& batch) {
  Counts counts;
  // Bytes that overrun a block are easiest seen at both ends of a page.
  for (const bool at_end : {true, false}) {
    const GuardedBytes bytes(batch, at_end, 0);
    if (auto d = world.check(bytes.view(), all_splits(batch, failure.split), counts)) return d;
  }
  return std::nullopt;
}

/// Removes parts of a sequence, large ones first, while `fails` says so.
template <class Sequence>
void remove_parts(Sequence& sequence, const std::function<bool(const Sequence&)>& fails, Clock::time_point end) {
  for (std::size_t part = std::max<std::size_t>(sequence.size() / 2, 1); part > 0; part /= 2) {
    for (std::size_t at = 0; at < sequence.size();) {
      if (Clock::now() > end) return;
      Sequence candidate(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(at));
      const std::size_t rest = std::min(sequence.size(), at + part);
      candidate.insert(candidate.end(), sequence.begin() + static_cast<std::ptrdiff_t>(rest), sequence.end());
      if (fails(candidate)) sequence = std::move(candidate);
      else at += part;
    }
  }
}

std::string line_of(const std::string& batch, std::uint64_t number) {
  std::size_t begin = 0;
  for (std::uint64_t i = 1; i < number; ++i) begin = batch.find('\n', begin) + 1;
  return batch.substr(begin, batch.find('\n', begin) - begin);
}

void shrink_batch(Failure& failure, Clock::time_point end) {
  auto world = World::make(failure.rules, failure.settings);
  if (!world) return;
  const std::function<bool(const std::string&)> fails = [&](const std::string& batch) {
    auto d = run(**world, failure, batch);
    if (d) failure.difference = std::move(*d);
    return d.has_value();
  };
  if (failure.difference.line > 0) {
    const std::string line = line_of(failure.batch, failure.difference.line);
    if (fails(line)) failure.batch = line;
  }
  remove_parts(failure.batch, fails, end);
  for (std::size_t i = 0; i < failure.batch.size() && Clock::now() < end; ++i) {
    if (failure.batch[i] == ' ') continue;
    std::string plainer = failure.batch;
    plainer[i] = ' ';
    if (fails(plainer)) failure.batch = plainer;
  }
  if (auto d = run(**world, failure, failure.batch)) failure.difference = std::move(*d);
}

void shrink_rules(Failure& failure, Clock::time_point end) {
  const std::function<bool(const std::vector<Rule>&)> fails = [&](const std::vector<Rule>& rules) {
    auto world = World::make(rules, failure.settings);
    return world && run(**world, failure, failure.batch).has_value();
  };
  // Those that the answers name are most often enough.
  std::vector<Rule> named;
  const std::string answers = failure.difference.expected + failure.difference.got;
  for (const Rule& rule : failure.rules) {
    if (answers.find(" " + rule.row.indicator.pattern.value + " ") != std::string::npos) named.push_back(rule);
  }
  if (named.size() < failure.rules.size() && fails(named)) failure.rules = named;
  remove_parts(failure.rules, fails, end);
}

std::string c_string(std::string_view bytes) {
  std::string out = "\"";
  for (const char c : bytes) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += fmt::format("\\{}", c);
    else if (u >= 0x20 && u < 0x7f) out += c;
    else out += fmt::format("\\{:03o}", u);
  }
  return out + "\"";
}

}  // namespace

Failure shrink(Failure failure, double seconds) {
  const auto end = Clock::now() + std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  shrink_rules(failure, end);
  shrink_batch(failure, end);
  shrink_rules(failure, end);
  shrink_batch(failure, end);
  return failure;
}

std::string to_text(const Failure& failure) {
  std::string out = failure.difference.what + "\nrules:\n";
  constexpr std::size_t rules_shown = 40;
  for (std::size_t i = 0; i < failure.rules.size() && i < rules_shown; ++i) out += "  " + failure.rules[i].text + "\n";
  if (failure.rules.size() > rules_shown) out += fmt::format("  … {} in all\n", failure.rules.size());
  out += failure.settings.as_of ? "" : "as-of: the lines' own times\n";
  out += fmt::format("bytes ({}): {}\n", failure.batch.size(), c_string(std::string_view(failure.batch).substr(0, 4000)));
  out += fmt::format("line {}\nreference says:\n{}engine says:\n{}", failure.difference.line, failure.difference.expected, failure.difference.got);
  return out;
}

}  // namespace mozu::match::diff
