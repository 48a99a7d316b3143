#include "indicators.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/intel/host.hpp"
#include "mozu/intel/ip.hpp"
#include "support.hpp"
#include "tokens.hpp"

namespace mozu::bench {

namespace {

bool all_hex(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_hash(std::string_view s) { return intel::hash_type_of_length(s.size()).has_value() && all_hex(s); }

intel::PatternKind hash_kind(std::size_t digits) {
  switch (digits) {
    case 32: return intel::PatternKind::md5;
    case 40: return intel::PatternKind::sha1;
    case 64: return intel::PatternKind::sha256;
    default: return intel::PatternKind::sha512;
  }
}

/// Space that no feed lists: this network, private, loopback, link-local, shared, multicast and above.
bool reserved(std::uint32_t a) {
  const std::uint32_t top = a >> 24, two = a >> 16;
  return top == 0 || top == 10 || top == 127 || top >= 224 || two == 0xC0A8 || two == 0xA9FE || (two & 0xFFF0) == 0xAC10 || (two & 0xFFC0) == 0x6440;
}

}  // namespace

Result<intel::Pattern> pattern_of(std::string_view text) {
  const intel::PatternKind kind = intel::parse_ipv4(text) ? intel::PatternKind::ipv4 : is_hash(text) ? hash_kind(text.size()) : intel::PatternKind::domain;
  return intel::pattern_from_value(kind, text);
}

std::vector<std::string_view> sample(std::string_view list, std::uint64_t size) {
  std::vector<std::string_view> all;
  each_line(list, [&all](std::string_view s) {
    if (!s.empty()) all.push_back(s);
  });
  std::mt19937_64 random(42);
  const std::size_t n = std::min<std::size_t>(all.size(), size);
  for (std::size_t i = 0; i < n; ++i) std::swap(all[i], all[i + random() % (all.size() - i)]);
  all.resize(n);
  return all;
}

std::string Synthetic::next() {
  const std::string_view model = models_[below(models_.size())];
  if (const auto address = intel::parse_ipv4(model)) return address_like(*address);
  return is_hash(model) ? hash_like(model.size()) : name_like(model);
}

std::string Synthetic::name_like(std::string_view model) {
  std::string name(model);
  std::string_view kept = intel::registrable_domain(model);
  const bool deeper = !kept.empty() && kept.size() < model.size();
  if (deeper && below(2) == 0) {
    // The registrable domain stays, what is below it is redrawn.
  } else if (!kept.empty()) {
    kept.remove_prefix(std::min(kept.find('.'), kept.size()));
  }
  const std::size_t end = name.size() - kept.size();
  for (std::size_t i = 0; i < end; ++i) {
    char& c = name[i];
    if (c >= 'a' && c <= 'z') c = static_cast<char>('a' + below(26));
    else if (c >= '0' && c <= '9') c = static_cast<char>('0' + below(10));
  }
  return name;
}

std::string Synthetic::address_like(std::uint32_t model) {
  const std::uint64_t kind = below(6);
  for (;;) {
    const std::uint32_t keep = kind < 3 ? 0xFFFFFF00U : kind < 5 ? 0xFFFF0000U : 0;
    const std::uint32_t a = (model & keep) | (static_cast<std::uint32_t>(random_()) & ~keep);
    if (!reserved(a) || keep != 0) return intel::format_ipv4(a);
  }
}

std::string Synthetic::hash_like(std::size_t digits) {
  std::string s;
  while (s.size() < digits) s += "0123456789abcdef"[below(16)];
  return s;
}

Status command_sample(const Arguments& a) {
  MOZU_LET(const std::string path, a.need("indicators"));
  MOZU_LET(const std::uint64_t size, a.number("size", UINT64_MAX));
  MOZU_LET(const MappedFile list, MappedFile::open(path));
  std::string out;
  for (const std::string_view s : sample(list.text(), size)) {
    out += s;
    out += '\n';
  }
  fmt::print("{}", out);
  return {};
}

}  // namespace mozu::bench
