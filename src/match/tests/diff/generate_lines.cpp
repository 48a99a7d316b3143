#include <fmt/format.h>

#include <array>

#include "generate.hpp"
#include "tokens.hpp"

namespace mozu::match::diff {
namespace {

void replace_some(Random& random, std::string& s, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t i = 0; i < s.size();) {
    if (s.compare(i, from.size(), from) == 0 && random.one_in(2)) {
      out += to;
      i += from.size();
    } else {
      out += s[i++];
    }
  }
  s = out;
}

std::string percent(char c) { return fmt::format("%{:02x}", static_cast<unsigned char>(c)); }

}  // namespace

std::string LineGenerator::value() {
  if (!rules_.empty() && !random_.one_in(5)) {
    std::string value = random_.of(rules_).row.indicator.pattern.value;
    // Of ranges and masks something that they may cover.
    if (const auto slash = value.find('/'); slash != std::string::npos && random_.one_in(3)) value.resize(slash);
    if (const auto star = value.find('*'); star != std::string::npos && random_.one_in(2)) {
      value = star == 0 ? (random_.one_in(2) ? "www" : "") + value.substr(random_.one_in(2) ? 1 : 2) : value;
      if (value.ends_with('*')) value.back() = 'x';
    }
    return value;
  }
  switch (random_.below(7)) {
    case 0: return some_ipv4(random_);
    case 1: return some_ipv6(random_);
    case 2: return some_hash(random_);
    case 3: return some_url(random_);
    case 4: return some_email(random_);
    default: return some_domain(random_);
  }
}

std::string LineGenerator::domain_written(std::string name) {
  static constexpr std::array<std::string_view, 12> befores = {"a.", "www.", "cdn.b.", "x", "-", ".", "..", "_", "not-", "\xff.", "bücher.", "1."};
  static constexpr std::array<std::string_view, 8> afters = {".", "..", "-", ".x", "x", "_", "。", ":443"};
  if (random_.one_in(3)) name = std::string(random_.of(befores)) + name;
  if (random_.one_in(4)) name += random_.of(afters);
  if (random_.one_in(10)) replace_some(random_, name, ".", random_.one_in(2) ? "。" : "．");
  if (random_.one_in(12)) replace_some(random_, name, "e", "ｅ");
  if (random_.one_in(6)) name = (random_.one_in(2) ? "bob@" : "x=a.b@") + name;
  return name;
}

std::string LineGenerator::address_written(const std::string& address) {
  const auto as_number = reference::read_address4(address);
  if (!as_number) {
    if (const auto as_six = reference::read_address6(address); as_six && random_.one_in(2)) {
      std::string full;
      for (std::size_t i = 0; i < 16; i += 2) full += fmt::format("{}{:04x}", i ? ":" : "", (*as_six)[i] * 256 + (*as_six)[i + 1]);
      return full;
    }
    static constexpr std::array<std::string_view, 8> forms = {"[{}]:443", "{}%eth0", "{}:", ":{}", "src:{}.", "http://[{}]/", "{}x", "{}/64"};
    return fmt::format(fmt::runtime(random_.of(forms)), address);
  }
  const std::uint32_t a = *as_number;
  switch (random_.below(10)) {
    case 0: return address + "-" + some_ipv4(random_);
    case 1: return fmt::format("http://{}/a", a);
    case 2: return fmt::format("http://0x{:x}:8080/", a);
    case 3: return fmt::format("http://{:#o}.{}/", a >> 24, a & 0xffffff);
    case 4: return fmt::format("{:03}.{:03}.{:03}.{:03}", a >> 24, (a >> 16) & 255, (a >> 8) & 255, a & 255);
    case 5: return "::ffff:" + address;
    case 6: return address + random_.of(std::array<std::string, 8>{":443", "/24", ".5", "x", "_", ".", "/a", ":80/a"});
    case 7: return random_.of(std::array<std::string, 5>{"v", "1.", "-", "ip=", "["}) + address;
    case 8: return "http://" + address + "/a";
    default: return address;
  }
}

std::string LineGenerator::url_written(std::string url) {
  static constexpr std::array<std::string_view, 9> schemes = {"http://", "https://", "HTTP://",  "ftp://",     "svn+ssh://",
                                                              "1-x://",  "://",      "http:///", "http://u:p@"};
  static constexpr std::array<std::string_view, 10> wraps = {"({})",     "'{}'", "[{}]", "<{}>", "\"{}\"", "`{}`", "{}.", "{})", "http://b.example/?u={}",
                                                             "it's {}'s"};
  const bool has_scheme = url.find("://") != std::string::npos;
  if (!has_scheme && random_.one_in(2)) url = std::string(random_.of(schemes)) + url;
  if (random_.one_in(5) && !url.empty()) {
    const std::size_t i = random_.below(url.size());
    url.replace(i, 1, random_.one_in(3) ? "%25" + percent(url[i]).substr(1) : percent(url[i]));
  }
  if (random_.one_in(8)) url += random_.of(std::array<std::string, 5>{"#frag", "/../a", "//", "?", "/./"});
  if (random_.one_in(4)) url = fmt::format(fmt::runtime(random_.of(wraps)), url);
  return url;
}

std::string LineGenerator::written(std::string value) {
  const bool address = reference::read_address4(value) || reference::read_address6(value);
  if (address && !random_.one_in(3)) value = address_written(value);
  else if (value.find('/') != std::string::npos || random_.one_in(5)) value = url_written(value);
  else if (!random_.one_in(3)) value = domain_written(value);
  if (random_.one_in(15)) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> mapped = {{{"1", "１"},
                                                                                             {"2", "２"},
                                                                                             {"0", "０"},
                                                                                             {".", "。"},
                                                                                             {"a",
                                                                                              "\xc2\xad"
                                                                                              "a"},
                                                                                             {"3",
                                                                                              "\xef\xbb\xbf"
                                                                                              "3"}}};
    const auto& [from, to] = random_.of(mapped);
    replace_some(random_, value, from, to);
  }
  if (random_.one_in(6)) {
    for (char& c : value) {
      if (c >= 'a' && c <= 'z' && random_.one_in(2)) c = static_cast<char>(c - 32);
    }
  }
  return value;
}

std::string LineGenerator::plain_line() {
  static constexpr std::array<std::string_view, 24> between = {" ",  " ", " ", ",", ";",  "=", "|", "/", "-", "_",  ":",  "@",
                                                               "\t", "(", ")", "'", "\"", "<", ">", "[", "]", "\\", "..", ""};
  std::string line;
  if (random_.one_in(8)) line += random_.of(std::array<std::string, 3>{"2026-10-31T12:00:00Z ", "2026-11-01T12:00:00Z ", "<34>Nov  2 10:00:00 host app: "});
  if (random_.one_in(2)) line += std::string(random_.below(130), random_.one_in(2) ? ' ' : random_.of(std::string_view("ax.-/:0(\\")));
  const std::size_t n = random_.one_in(10) ? random_.between(5, 20) : random_.between(1, 4);
  for (std::size_t i = 0; i < n; ++i) {
    if (random_.one_in(12)) line += random_.byte();
    else line += random_.of(between);
    line += written(value());
  }
  if (random_.one_in(3)) line += random_.of(between);
  return line;
}

std::string LineGenerator::escaped(std::string_view text) {
  static constexpr std::array<std::string_view, 8> extra = {"\\n", "\\t", "\\/", "\\\\", "\\\"", "\\u0000", "\\ud83d", "\\ud83d\\ude00"};
  const bool often = random_.one_in(4);
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (random_.one_in(often ? 4 : 40)) out += random_.of(extra);
    if (u < 0x20 || c == '"' || c == '\\') out += fmt::format("\\u{:04x}", u);
    else if (u < 0x80 && random_.one_in(often ? 3 : 25)) out += fmt::format("\\u{:04X}", u);
    else if (c == '/' && random_.one_in(2)) out += "\\/";
    else out += c;
  }
  return out;
}

std::string LineGenerator::json_line() {
  std::string line = random_.one_in(3) ? "[" : "{";
  const bool array = line == "[";
  if (random_.one_in(5)) line = random_.of(std::array<std::string, 4>{" ", "\t", "\r", "\f"}) + line;
  if (random_.one_in(2)) line += std::string(random_.below(130), ' ');
  const std::size_t n = random_.between(1, 3);
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) line += ',';
    if (!array) line += '"' + escaped(random_.one_in(3) ? value() : "k") + "\":";
    line += '"' + escaped(random_.one_in(3) ? plain_line() : written(value())) + '"';
  }
  line += random_.of(std::array<std::string, 4>{"", ",\"n\":1e999", ",\"n\":[1,-0.5,true,null]", ",\"n\":{\"m\":[]}"});
  if (array) {
    std::string fixed;
    replace_some(random_, line, ",\"n\":", ",");
  }
  line += array ? "]" : "}";
  if (random_.one_in(6)) line.resize(random_.below(line.size() + 1));
  if (random_.one_in(12)) line += random_.of(std::array<std::string, 4>{"}", " ", " x", "\t\r"});
  return line;
}

void LineGenerator::damage(std::string& line) {
  const std::size_t n = random_.between(1, 3);
  for (std::size_t i = 0; i < n && !line.empty(); ++i) {
    const std::size_t at = random_.below(line.size());
    const char c = random_.one_in(3) ? random_.byte() : random_.of(std::string_view("..--__::@@//%%''()[]\\\"\0\x80\xe3{}x0 ", 34));
    switch (random_.below(3)) {
      case 0: line[at] = c; break;
      case 1: line.insert(at, 1, c); break;
      default: line.erase(at, 1);
    }
  }
}

std::string LineGenerator::short_line() {
  std::string line;
  if (random_.one_in(2)) line += random_.byte();
  line += written(value());
  if (random_.one_in(2)) line += random_.byte();
  if (random_.one_in(8)) line = "[\"" + escaped(line) + "\"]";
  return line;
}

std::string LineGenerator::line() {
  std::string line = random_.one_in(3) ? json_line() : plain_line();
  if (random_.one_in(6)) damage(line);
  return line;
}

std::string LineGenerator::long_line(std::size_t bytes) {
  // Fillers that are one run of some token's bytes, or many tokens.
  static constexpr std::array<std::string_view, 9> fillers = {" ", "a", ".a", "a.", "0123456789abcdef", "1:", "x ", "é", "'(["};
  const std::string_view filler = random_.of(fillers);
  const bool json = random_.one_in(3);
  std::string line = json ? "{\"a\":\"" : "";
  const auto fill = [&](std::size_t size) {
    while (line.size() < size) line += filler;
  };
  const auto token = [&] { line += " " + (json ? escaped(written(value())) : written(value())) + " "; };
  token();
  fill(bytes / 2 + random_.below(128));
  token();
  fill(bytes);
  token();
  return line + (json ? "\"}" : "");
}

std::string generate_batch(Random& random, const std::vector<Rule>& rules, std::size_t lines, bool short_lines) {
  LineGenerator generator(random, rules);
  std::string batch;
  for (std::size_t i = 0; i < lines; ++i) {
    if (random.one_in(20)) {
      batch += random.of(std::array<std::string, 4>{"\n", "\r\n", "\r\r\n", "\n\n"});
      continue;
    }
    std::string line = short_lines ? generator.short_line() : generator.line();
    replace_some(random, line, "\n", " ");
    batch += line + (random.one_in(5) ? "\r\n" : "\n");
  }
  if (random.one_in(4) && !batch.empty()) batch.pop_back();
  return batch;
}

std::vector<std::size_t> generate_splits(Random& random, std::string_view batch) {
  std::vector<std::size_t> starts;
  const std::size_t rarity = random.between(1, 9);
  for (auto lf = batch.find('\n'); lf != std::string_view::npos && lf + 1 < batch.size(); lf = batch.find('\n', lf + 1)) {
    if (random.one_in(rarity)) starts.push_back(lf + 1);
  }
  return starts;
}

namespace {
// One of every kind and some that must be refused. The second of a pair stands in the same 64 bytes as the first.
constexpr std::array<std::string_view, 30> sweep_tokens = {"evil.example",
                                                           "cdn.evil.example",
                                                           "a.b.c.evil.example",
                                                           "192.0.2.1",
                                                           "192.0.2.1-192.0.2.9",
                                                           "2001:db8::1",
                                                           "::ffff:192.0.2.1",
                                                           "00112233445566778899aabbccddeeff",
                                                           "00112233445566778899aabbccddeeff01234567",
                                                           "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                                                           "bob@evil.example",
                                                           "http://evil.example/a",
                                                           "evil.example/a",
                                                           "http://evil.example:8080/x?u=http://evil.example/a",
                                                           "http://%65vil.example/",
                                                           "http://3221225985/",
                                                           "http://[2001:db8::1]/a",
                                                           "evil.example 00112233445566778899aabbccddeeff",
                                                           "00112233445566778899aabbccddeeff evil.example",
                                                           "00112233445566778899aabbccddeeff.evil.example",
                                                           "x.evil.example:00112233445566778899aabbccddeeff:192.0.2.1",
                                                           "192.0.2.1,evil.example",
                                                           "00112233445566778899aabbccddeeff,00112233445566778899aabbccddeeff01234567",
                                                           "evil.example,evil.example,evil.example,evil.example",
                                                           "bücher.example",
                                                           "evil。example",
                                                           "evil..example",
                                                           "192.0.2.1.5",
                                                           "0011223344556677889900aabbccddeeff",
                                                           "2001:db8::1::"};
}  // namespace

std::vector<Rule> sweep_rules() {
  std::vector<Rule> rules;
  for (const std::string_view text : {"evil.example", "192.0.2.1", "192.0.2.0/24", "2001:db8::1", "2001:db8::/32", "00112233445566778899aabbccddeeff",
                                      "00112233445566778899aabbccddeeff01234567", "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                                      "bob@evil.example", "http://evil.example/a", "*.evil.example/*", "bücher.example"}) {
    if (auto rule = make_rule(std::string(text))) rules.push_back(std::move(*rule));
  }
  return rules;
}

std::string sweep_batch(std::size_t part, std::size_t parts) {
  std::string batch;
  std::size_t n = 0;
  for (const std::string_view token : sweep_tokens) {
    for (std::size_t offset = 0; offset < 128; ++offset) {
      for (std::size_t neighbour = 0; neighbour < 256; ++neighbour) {
        if ((n++ * 0x9e3779b97f4a7c15ULL >> 40) % parts != part) continue;
        // Blanks up to the place, then a neighbour, the token at `offset` modulo 128, and another neighbour.
        batch.append((offset + 2 * 128 - 1 - batch.size() % 128) % 128, ' ');
        batch += static_cast<char>(neighbour);
        batch += token;
        batch += static_cast<char>((neighbour * 89 + offset) % 256);
        batch += '\n';
      }
    }
  }
  return batch;
}

}  // namespace mozu::match::diff
