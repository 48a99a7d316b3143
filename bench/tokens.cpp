#include "tokens.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <functional>

#include "support.hpp"

namespace mozu::bench {

namespace {

constexpr std::array<bool, 256> word_bytes = [] {
  std::array<bool, 256> t{};
  for (int c = 0; c < 256; ++c) t[c] = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c >= 0x80;
  return t;
}();
bool word(char c) { return word_bytes[static_cast<unsigned char>(c)]; }

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == '.' || s.front() == '-')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == '.' || s.back() == '-')) s.remove_suffix(1);
  return s;
}

Status read_standard_input(std::string& out) {
  std::size_t n = 0;
  for (;;) {
    out.resize(n + (1 << 20));
    const ssize_t got = ::read(STDIN_FILENO, out.data() + n, out.size() - n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno_diagnostic("read", "cannot read standard input", errno));
    n += static_cast<std::size_t>(got);
    if (got == 0) break;
  }
  out.resize(n);
  return {};
}

}  // namespace

TokenSet::TokenSet(std::string_view list) {
  std::size_t lines = 1;
  each_line(list, [&lines](std::string_view) { ++lines; });
  slots_.resize(std::bit_ceil(2 * lines));
  mask_ = slots_.size() - 1;
  each_line(list, [this](std::string_view s) {
    if (s.empty()) return;
    longest_ = std::max(longest_, s.size());
    std::size_t i = std::hash<std::string_view>{}(s)&mask_;
    while (!slots_[i].empty() && slots_[i] != s) i = (i + 1) & mask_;
    count_ += slots_[i].empty() ? 1 : 0;
    slots_[i] = s;
  });
}

bool TokenSet::contains(std::string_view token) const {
  if (token.empty() || token.size() > longest_) return false;
  std::size_t i = std::hash<std::string_view>{}(token)&mask_;
  while (!slots_[i].empty() && slots_[i] != token) i = (i + 1) & mask_;
  return !slots_[i].empty();
}

bool TokenSet::in_line(std::string_view line) {
  folded_.assign(line);
  for (char& c : folded_)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  const std::string_view s = folded_;
  for (std::size_t i = 0; i < s.size();) {
    if (!word(s[i])) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < s.size() && (word(s[i]) || (s[i] == '.' && i + 1 < s.size() && word(s[i + 1])))) ++i;
    if (contains(trim(s.substr(begin, i - begin)))) return true;
  }
  return false;
}

/// With --log: the numbers of all its lines that count, i.e. the comparison's answer found the plain way. Otherwise the
/// candidates of a contestant on standard input, as NUMBER:LINE.
Status command_tokens(const Arguments& a) {
  MOZU_LET(const std::string path, a.need("indicators"));
  MOZU_LET(const MappedFile list, MappedFile::open(path));
  TokenSet set(list.text());
  std::string out;
  if (a.has("log")) {
    MOZU_LET(const MappedFile log, MappedFile::open(a.text("log")));
    std::uint64_t number = 0;
    each_line(log.text(), [&](std::string_view line) {
      ++number;
      if (set.in_line(line)) out += fmt::format("{}\n", number);
    });
  } else {
    std::string candidates;
    MOZU_TRY(read_standard_input(candidates));
    std::string_view last;  // one line may come as several candidates, in order
    each_line(candidates, [&](std::string_view s) {
      const std::size_t colon = s.find(':');
      if (colon == std::string_view::npos || s.substr(0, colon) == last) return;
      if (!set.in_line(s.substr(colon + 1))) return;
      last = s.substr(0, colon);
      out += last;
      out += '\n';
    });
  }
  fmt::print("{}", out);
  return {};
}

}  // namespace mozu::bench
