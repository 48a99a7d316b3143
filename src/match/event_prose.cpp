// What free text says about the two ends. Daemons share their idioms, so these are rules of language, not one a product:
// "from/by/with/for A" is who came, "to A" is where it goes, "A:p -> B:p" is both, "name[A]" is a peer with its name. An address that
// stands alone in the message, no end being told, is the remote one; the machine that reports is then where it came to, for it is the
// daemons that serve others which log their peers. An address in a URL is where someone goes.
#include <algorithm>
#include <array>

#include "event_formats.hpp"
#include "mozu/base/text.hpp"

namespace mozu::match::detail {
namespace {

constexpr std::size_t addresses_max = 32;    // a line with more tells no ends in prose
constexpr std::size_t name_bytes_max = 128;  // host, user or interface that stands beside an address
constexpr std::uint8_t rank_arrow = 29, rank_from = 30, rank_pair = 33, rank_named = 38, rank_first = 40, rank_url = 58, rank_alone = 60;

bool digit(char c) { return is_digit(static_cast<unsigned char>(c)); }
bool name_byte(char ch) {
  const auto c = static_cast<unsigned char>(ch);
  return is_alnum(c) || c >= 0x80 || c == '.' || c == '-' || c == '_';
}

struct Address {
  std::size_t begin = 0, end = 0;  ///< without port
  std::size_t after = 0;           ///< behind the port
  bool port = false;
};

/// Behind ":80", "/80", "[80]", "(80)", "#80", " port 80" at `at`; `at` itself if there is no port.
std::size_t after_port(std::string_view text, std::size_t at) {
  constexpr std::string_view word = " port ";
  if (at >= text.size()) return at;
  const char open = text[at];
  std::size_t i = at + 1;
  if (text.substr(at).starts_with(word)) i = at + word.size();
  else if (open != ':' && open != '/' && open != '[' && open != '(' && open != '#') return at;
  const std::size_t first = i;
  while (i < text.size() && i - first < 5 && digit(text[i])) ++i;
  if (i == first) return at;
  const char close = open == '[' ? ']' : open == '(' ? ')' : '\0';
  if (close == '\0') return i;
  return i < text.size() && text[i] == close ? i + 1 : at;
}

/// The address that the run text[begin, end) of hex digits, '.' and ':' holds; end == begin if none.
Address read_address(std::string_view text, std::size_t begin, std::size_t end) {
  while (end > begin && (text[end - 1] == '.' || text[end - 1] == ':')) --end;
  const std::string_view bare = without_port(text.substr(begin, end - begin));
  if (bare.size() < 3 || bare == "0.0.0.0" || !is_address(bare)) return {};
  Address a{begin, begin + bare.size(), end, bare.size() < end - begin};
  if (a.port) return a;
  a.after = text.substr(a.end).starts_with("]:") ? after_port(text, a.end + 1) : after_port(text, a.end);  // "[A]:80"
  a.port = a.after != a.end;
  return a;
}

struct Addresses {
  std::array<Address, addresses_max> at;
  std::size_t count = 0;
  bool all = true;
};

Addresses find_addresses(std::string_view text, std::size_t begin) {
  static constexpr auto in_address = [](char c) { return hex_value(static_cast<unsigned char>(c)) >= 0 || c == '.' || c == ':'; };
  Addresses found;
  for (std::size_t i = begin; i < text.size();) {
    if (!in_address(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i, marks = 0;
    for (; end < text.size() && in_address(text[end]); ++end) marks += text[end] == '.' || text[end] == ':';
    // "outside:192.0.2.1/80": what stands before the colon is a name
    std::size_t from = i;
    const bool named = i > begin && (name_byte(text[i - 1]) || text[i - 1] == '%');
    if (const std::size_t colon = text.substr(0, end).find(':', i); named && colon != std::string_view::npos && colon + 1 < end && digit(text[colon + 1]))
      from = colon + 1;
    const bool free = (!named || from != i) && (end == text.size() || !name_byte(text[end]) || text[end] == '-');
    if (free && marks >= 2 && end - from <= 64) {
      if (const Address a = read_address(text, from, end); a.end > a.begin) {
        if (found.count == addresses_max) {
          found.all = false;
          return found;
        }
        found.at[found.count++] = a;
        end = std::max(end, a.after);
      }
    }
    i = end;
  }
  return found;
}

struct Idiom {
  std::string_view words;
  Role role;
  std::uint8_t rank;
};

/// What the text that ends before an address says about it. The first that fits counts.
Idiom idiom_of(std::string_view before) {
  static constexpr std::array<Idiom, 20> idioms{Idiom{"from", Role::source, rank_from},
                                                {"from:", Role::source, 32},
                                                {"client", Role::source, 31},
                                                {"client:", Role::source, 31},
                                                {"by", Role::source, 34},
                                                {"with", Role::source, 34},
                                                {"for", Role::source, 35},
                                                {"user", Role::source, 35},
                                                {"ip", Role::source, 34},
                                                {"ip:", Role::source, 35},
                                                {"address", Role::source, 35},
                                                {"host", Role::source, 36},
                                                {"peer", Role::source, 36},
                                                {"to", Role::destination, 30},
                                                {"to:", Role::destination, 32},
                                                {"server", Role::destination, 36},
                                                {"server:", Role::destination, 36},
                                                {"upstream:", Role::destination, 34},
                                                {"on", Role::destination, 37},
                                                {"listening", Role::destination, 37}};
  const std::size_t blank = before.rfind(' ');
  std::string_view word = before.substr(blank == std::string_view::npos ? 0 : blank + 1);
  while (!word.empty() && (word.front() == '[' || word.front() == '(' || word.front() == '"')) word.remove_prefix(1);
  for (const Idiom& idiom : idioms)
    if (iequals(word, idiom.words)) return idiom;
  return {{}, Role::none, 255};
}

struct Context {
  Role role = Role::none;
  std::uint8_t rank = 255;
  std::size_t word_end = 0;                  ///< where the idiom ends
  std::size_t user_begin = 0, user_end = 0;  ///< "user NAME ADDRESS"
  bool counts = true;                        ///< may be the remote end if it stands alone
};

std::size_t back_over_name(std::string_view text, std::size_t begin, std::size_t at) {
  const std::size_t from = at;
  while (at > begin && from - at < name_bytes_max && text[at - 1] != ' ' && text[at - 1] != '=' && text[at - 1] != '(' && text[at - 1] != ',') --at;
  return at;
}

bool take(Context& c, std::string_view text, std::size_t begin, std::size_t at) {
  while (at > begin && text[at - 1] == ' ') --at;
  const std::size_t least = at > begin + name_bytes_max ? at - name_bytes_max : begin;
  const Idiom idiom = idiom_of(text.substr(least, at - least));
  if (idiom.role == Role::none) return false;
  c.role = idiom.role;
  c.rank = idiom.rank;
  c.word_end = at;
  return true;
}

/// "user NAME ADDRESS", "from host.example [ADDRESS]", "for name (helo) [ADDRESS]": the idiom stands one or two words further to the left.
bool take_further(Context& c, std::string_view text, std::size_t begin, std::size_t at, bool enclosed) {
  for (int words = 0; words < (enclosed ? 2 : 1) && at > begin + 1 && text[at - 1] == ' '; ++words) {
    const std::size_t end = at - 1;
    at = end;
    while (at > begin && end - at < name_bytes_max && text[at - 1] != ' ') --at;
    if (at == begin || at == end) return false;
    const std::string_view before = text.substr(begin, at - begin);
    if (text[at] == '@' && take(c, text, begin, at)) return true;  // BIND: "client @0x7f65 192.0.2.1#3076"
    if (enclosed && text.substr(at, 2) == "H=") return false;
    if (enclosed && take(c, text, begin, at)) return true;
    if (!enclosed && before.ends_with(" user ")) {
      c = {Role::source, 35, at, at, end, true};
      return true;
    }
  }
  return false;
}

/// Does Exim's record tell of a delivery to others ("=>", "->", "**", "==") rather than of an arrival?
bool is_delivery(std::string_view before) {
  return before.find(" => ") != std::string_view::npos || before.find(" ** ") != std::string_view::npos || before.find(" == ") != std::string_view::npos ||
         before.find(" -> ") != std::string_view::npos;
}

Context context_of(std::string_view text, std::size_t begin, const Address& a) {
  Context c;
  std::size_t at = a.begin;
  for (const std::string_view family : {"[AF_INET]", "[AF_INET6]"})
    if (text.substr(begin, at - begin).ends_with(family)) at -= family.size();
  constexpr std::string_view openers = "\"'`\\<([";
  bool bracket = false, paren = false;
  while (at > begin && openers.find(text[at - 1]) != std::string_view::npos) {
    --at;
    if (text[at] == '(' && bracket) return {.counts = false};  // "([192.0.2.1])": what the peer calls itself
    bracket = bracket || text[at] == '[';
    paren = paren || text[at] == '(';
  }
  if (at == begin) return begin == a.begin || bracket ? Context{Role::source, rank_first, at, 0, 0, true} : c;
  if (text[at - 1] == ' ') {
    if (take(c, text, begin, at) || take_further(c, text, begin, at, bracket || paren)) return c;
    if (bracket) return {is_delivery(text.substr(begin, at - begin)) ? Role::destination : Role::source, rank_named, at, 0, 0, true};
    if (text.substr(a.after).starts_with(' ') && text.substr(a.end, 3) == "#53") return {Role::destination, 50, at, 0, 0, true};
    return c;
  }
  const std::size_t name = back_over_name(text, begin, at);
  const std::string_view before = text.substr(name, at - name);
  if (before.ends_with("://")) return {Role::destination, rank_url, name, 0, 0, false};
  if (text[at - 1] == '=') return {.counts = false};  // a field that the names of fields judge
  if (name > begin && text[name - 1] == ' ' && take(c, text, begin, name)) return c;
  const std::string_view key = text.substr(begin, name - begin);
  if (bracket) return {key.ends_with("relay=") ? Role::destination : Role::source, rank_named, name, 0, 0, true};
  if (text[at - 1] == '@' && name > begin && text[name - 1] == '(') return {Role::source, rank_named, name, 0, 0, true};
  c.counts = before.find_first_of("/@") == std::string_view::npos;  // "Chrome/100.0.0.0", "ssh ann@192.0.2.1"
  return c;
}

/// "A:p->B:p", "A(p) -> B(p)", and "A:p B:p" as load balancers write their client and target.
std::uint8_t pair_rank(std::string_view text, const Address& a, const Address& b) {
  if (a.after > b.begin || b.begin - a.after > name_bytes_max) return 255;
  std::string_view gap = text.substr(a.after, b.begin - a.after);
  if (gap == " ") return a.port && b.port ? rank_pair : 255;
  gap = trim(gap);
  const std::size_t arrow = gap.find("->");
  if (arrow == std::string_view::npos) return gap == "=>" ? rank_arrow : 255;
  const std::string_view rest = trim(gap.substr(arrow + 2));  // "-> inside:"
  const bool plain = std::ranges::all_of(gap.substr(0, arrow), [](char c) { return c == '-' || c == ']'; });
  return plain && rest.find(' ') == std::string_view::npos ? rank_arrow : 255;
}

/// "Accepted password for USER from", "Invalid user USER from": the word before " from", if "for " or "user " stands before it.
void user_before(std::string_view line, std::size_t begin, std::size_t from, FieldSink& sink) {
  std::size_t word = from;
  while (word > begin && line[word - 1] != ' ' && from - word < name_bytes_max) --word;
  if (word == from || word < begin + 4) return;
  const std::string_view before = line.substr(begin, word - begin);
  if (!before.ends_with(" for ") && !before.ends_with("user ")) return;
  std::size_t end = from;
  if (line[word] == '"' || line[word] == '\'' || line[word] == '`' || line[word] == '[') {
    ++word;
    if (end > word) --end;
  }
  sink.column(Role::user, 30, {}, word, end, Encoding::raw);
}

/// The one address, however often it is named; none if there are several or one that must not be guessed.
const Address* alone(std::string_view text, const Addresses& found, const std::array<bool, addresses_max>& counts) {
  if (found.count == 0 || !found.all) return nullptr;
  const Address& first = found.at[0];
  for (std::size_t i = 0; i < found.count; ++i) {
    const Address& a = found.at[i];
    if (!counts[i] || text.substr(a.begin, a.end - a.begin) != text.substr(first.begin, first.end - first.begin)) return nullptr;
  }
  return &first;
}

struct End {
  std::uint8_t rank = 255;
  const Address* address = nullptr;
  void take(std::uint8_t r, const Address& a) {
    if (r >= rank) return;
    rank = r;
    address = &a;
  }
};

}  // namespace

void walk_prose(std::string_view line, std::size_t begin, std::size_t end, FieldSink& sink) {
  const std::string_view text = line.substr(0, end);
  const Addresses found = find_addresses(text, begin);
  std::array<bool, addresses_max> counts{};
  End source, destination;
  Context from;
  for (std::size_t i = 0; i < found.count; ++i) {
    const Address& a = found.at[i];
    const Context c = context_of(text, begin, a);
    counts[i] = c.counts;
    if (c.role == Role::source && c.rank < source.rank) from = c;
    if (c.role == Role::source) source.take(c.rank, a);
    if (c.role == Role::destination) destination.take(c.rank, a);
    if (i + 1 == found.count) continue;
    if (const std::uint8_t rank = pair_rank(text, a, found.at[i + 1]); rank != 255) {
      source.take(rank, a);
      destination.take(rank, found.at[i + 1]);
    }
  }
  if (source.address == nullptr && destination.address == nullptr && !sink.told(Role::source) && !sink.told(Role::destination))
    if (const Address* a = alone(text, found, counts)) source.take(rank_alone, *a);
  const auto tell = [&](Role role, const End& e) {
    if (e.address != nullptr) sink.column(role, e.rank, {}, e.address->begin, e.address->end, Encoding::raw);
  };
  tell(Role::source, source);
  const auto words = [&](const End& e) { return e.address == nullptr ? std::string_view{} : text.substr(e.address->begin, e.address->end - e.address->begin); };
  if (words(destination) != words(source)) tell(Role::destination, destination);
  constexpr std::string_view from_word = " from";
  if (from.user_end > from.user_begin) sink.column(Role::user, 30, {}, from.user_begin, from.user_end, Encoding::raw);
  else if (from.rank == rank_from && from.word_end >= begin + from_word.size()) user_before(line, begin, from.word_end - from_word.size(), sink);
}

// Netgate's raw filter log: rule,,,tracker,interface,reason,action,direction,version,… and then by the version of IP.
bool walk_filterlog(std::string_view line, std::size_t begin, FieldSink& sink) {
  constexpr std::size_t columns = 20, version = 8;
  std::array<std::string_view, columns> c;
  std::size_t count = 0, at = begin;
  for (; count < columns && at <= line.size(); ++count) {
    const std::size_t comma = std::min(line.find(',', at), line.size());
    c[count] = line.substr(at, comma - at);
    at = comma + 1;
  }
  if (count <= version || (c[7] != "in" && c[7] != "out") || (c[version] != "4" && c[version] != "6")) return false;
  const std::size_t source = c[version] == "4" ? 18 : 15;
  if (source + 1 >= count || !is_address(c[source]) || !is_address(c[source + 1])) return false;
  const auto tell = [&](Role role, std::string_view name, std::string_view value) {
    const auto place = static_cast<std::size_t>(value.data() - line.data());
    sink.column(role, 0, name, place, place + value.size(), Encoding::raw);
  };
  tell(Role::source, "source", c[source]);
  tell(Role::destination, "destination", c[source + 1]);
  return true;
}

}  // namespace mozu::match::detail
