#include <fmt/format.h>

#include <array>

#include "generate.hpp"

namespace mozu::match::diff {
namespace {

constexpr std::array<std::string_view, 22> labels = {"a",    "b",    "ab", "evil", "www", "x-1",           "q_",     "_q",   "cdn", "0",        "1",
                                                     "dead", "beef", "10", "n0",   "t",   "xn--bcher-kva", "bücher", "日本", "Ünï", "ｅｖｉｌ", "\xff"};
constexpr std::array<std::string_view, 9> tops = {"example", "example", "example", "test", "co.uk", "invalid", "notatld", "arpa", "localhost"};

std::string long_label(Random& random) {
  const std::size_t n = random.of(std::array<std::size_t, 5>{31, 32, 62, 63, 64});
  std::string label;
  for (std::size_t i = 0; i < n; ++i) label += static_cast<char>('a' + (i * 7 + n) % 26);
  return label;
}

std::string hex_digits(Random& random, std::size_t n, std::string_view alphabet) {
  std::string digits;
  while (digits.size() < n) digits += random.of(alphabet);
  return digits;
}

}  // namespace

std::string some_domain(Random& random) {
  if (random.one_in(60)) return std::string(random.of(tops));
  std::string name(random.of(tops));
  const std::size_t depth = random.one_in(30) ? random.between(4, 40) : random.between(1, 3);
  for (std::size_t i = 0; i < depth; ++i) {
    const std::string label = random.one_in(25) ? long_label(random) : random.one_in(40) ? some_hash(random) : std::string(random.of(labels));
    name = label + "." + name;
  }
  return name;
}

std::string some_ipv4(Random& random) {
  static constexpr std::array<std::string_view, 3> nets = {"192.0.2.", "198.51.100.", "203.0.113."};
  if (random.one_in(25)) return fmt::format("{}.{}.{}.{}", random.below(260), random.below(260), random.below(260), random.below(260));
  return std::string(random.of(nets)) + std::to_string(random.one_in(3) ? random.below(256) : random.below(12));
}

std::string some_ipv6(Random& random) {
  std::string address = "2001:db8";
  const std::size_t groups = random.between(0, 6);
  for (std::size_t i = 0; i < groups; ++i) address += fmt::format(":{:x}", random.one_in(2) ? random.below(3) : random.below(65536));
  if (groups == 6) return address;
  if (random.one_in(8)) return address + "::" + (groups < 4 ? some_ipv4(random) : "");
  if (random.one_in(12)) return "::ffff:" + some_ipv4(random);
  if (random.one_in(20)) return "::";
  return address + fmt::format("::{:x}", random.below(4));
}

std::string some_hash(Random& random) {
  // Few hashes, so that they meet again; cut from one row of digits each.
  static constexpr std::array<std::size_t, 4> lengths = {32, 40, 64, 128};
  Random digits(random.below(6) + 1);
  return hex_digits(digits, random.of(lengths), "0123456789abcdef");
}

std::string some_url(Random& random) {
  static constexpr std::array<std::string_view, 10> paths = {"/", "/a", "/a/b", "/a?x=1", "/%20", "/a/", "/login.php?u=1&v=2", "/A", "/a(b)", "/日本"};
  std::string host = random.one_in(5) ? some_ipv4(random) : random.one_in(12) ? "[" + some_ipv6(random) + "]" : some_domain(random);
  if (random.one_in(5)) host += random.one_in(2) ? ":8080" : ":80";
  const std::string scheme = random.one_in(3) ? "" : random.one_in(2) ? "http://" : "https://";
  return scheme + host + std::string(random.of(paths));
}

std::string some_email(Random& random) {
  static constexpr std::array<std::string_view, 6> locals = {"bob", "a.b", "x+y", "b", "from=bob", "o'neil"};
  return std::string(random.of(locals)) + "@" + some_domain(random);
}

namespace {

std::string some_range(Random& random) {
  if (random.one_in(4)) return some_ipv6(random) + "/" + std::to_string(random.below(129));
  if (random.one_in(4)) {
    const std::size_t first = random.below(200);
    return fmt::format("198.51.100.{}-198.51.100.{}", first, first + random.below(50));
  }
  return some_ipv4(random) + "/" + std::to_string(random.below(33));
}

std::string some_mask(Random& random) {
  static constexpr std::array<std::string_view, 6> paths = {"/*", "/a*", "/a/*", "/a", "/login*", "/"};
  const std::string host = random.one_in(8)   ? "[" + some_ipv6(random) + "]"
                           : random.one_in(8) ? some_ipv4(random)
                                              : (random.one_in(2) ? "*." : "") + some_domain(random);
  return host + (random.one_in(6) ? ":8080" : "") + std::string(random.of(paths));
}

std::string some_value(Random& random) {
  switch (random.below(12)) {
    case 0: return some_ipv4(random);
    case 1: return some_ipv6(random);
    case 2: return some_range(random);
    case 3: return some_range(random);
    case 4: return some_hash(random);
    case 5: return some_url(random);
    case 6: return some_url(random);
    case 7: return some_mask(random);
    case 8: return some_email(random);
    default: return some_domain(random);
  }
}

std::string some_settings(Random& random) {
  static constexpr std::array<std::string_view, 4> times = {"2026-10-31T00:00:00Z", "2026-11-01T00:00:00Z", "2026-11-01T10:00:00Z", "2026-11-02T00:00:00Z"};
  std::string settings;
  if (random.one_in(4)) settings += " | exact-only";
  if (random.one_in(3)) settings += random.one_in(2) ? " | feed=g" : " | feed=e";
  if (random.one_in(6)) settings += " | from=" + std::string(random.of(times));
  if (random.one_in(6)) settings += " | until=" + std::string(random.of(times));
  return settings;
}

}  // namespace

std::vector<Rule> generate_rules(Random& random, std::size_t rules_max) {
  std::vector<Rule> rules;
  const std::size_t n = random.between(1, rules_max);
  const bool suppress = random.one_in(2), settings = random.one_in(2);
  while (rules.size() < n) {
    std::string text = some_value(random);
    if (suppress && random.one_in(12)) text = "! " + text + (random.one_in(3) ? " | exact-only" : "");
    else if (settings) text += some_settings(random);
    if (auto rule = make_rule(std::move(text))) rules.push_back(std::move(*rule));
  }
  return rules;
}

}  // namespace mozu::match::diff
