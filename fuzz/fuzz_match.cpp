// rooms: match_compare match intel base
// Every kernel of the scanner against the slow reference. Input: a byte of settings, then rules as in the definition table
// ("evil.example | exact-only", "! good.example"), one a line, an empty line, and the bytes to scan.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "compare.hpp"

namespace {

using namespace mozu::match::diff;

constexpr std::size_t rules_max = 64;
constexpr std::size_t bytes_max = 32 * 1024;  // the reference is quadratic on lines made of URLs

std::vector<Rule> take_rules(std::string_view& text) {
  std::vector<Rule> rules;
  while (!text.empty() && rules.size() < rules_max) {
    const auto lf = text.find('\n');
    const std::string_view line = text.substr(0, lf);
    text.remove_prefix(lf == std::string_view::npos ? text.size() : lf + 1);
    if (line.empty()) break;
    if (auto rule = make_rule(std::string(line))) rules.push_back(std::move(*rule));
  }
  return rules;
}

std::vector<std::size_t> line_starts(std::string_view batch) {
  std::vector<std::size_t> starts;
  for (auto lf = batch.find('\n'); lf != std::string_view::npos && lf + 1 < batch.size(); lf = batch.find('\n', lf + 1)) {
    starts.push_back(lf + 1);
  }
  return starts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, std::min(size - 1, bytes_max));
  Settings settings;
  settings.show_suppressed = (data[0] & 1) == 0;
  if (data[0] & 2) settings.as_of.reset();
  const auto rules = take_rules(text);
  auto world = World::make(rules, settings);
  if (!world) std::abort();
  const GuardedBytes bytes(text, (data[0] & 8) == 0, data[0] >> 4);
  Counts counts;
  const auto splits = data[0] & 4 ? line_starts(bytes.view()) : std::vector<std::size_t>{};
  if (const auto difference = (*world)->check(bytes.view(), splits, counts)) {
    std::fprintf(stderr, "%s, line %llu\nreference says:\n%sengine says:\n%s", difference->what.c_str(), static_cast<unsigned long long>(difference->line),
                 difference->expected.c_str(), difference->got.c_str());
    std::abort();
  }
  return 0;
}
