#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include "campaign.hpp"
#include "json_text.hpp"
#include "mozu/base/stream.hpp"
#include "random.hpp"

namespace mozu::match::diff {
namespace {

/// At most `bytes_max` bytes of whole lines; the first line in any case.
std::string_view cut_at_line(std::string_view piece, std::uint64_t bytes_max) {
  if (piece.size() <= bytes_max) return piece;
  const auto lf = piece.rfind('\n', bytes_max);
  return piece.substr(0, lf == std::string_view::npos ? piece.find('\n') : lf + 1);
}

/// The unpacked members of a file in pieces of whole lines (about a MiB; a longer line is a piece of its own).
template <class F>
Status for_each_piece(const std::string& path, F f) {
  constexpr std::size_t piece_bytes = 1 << 20;
  MOZU_LET(auto input, open_input(path));
  for (;;) {
    MOZU_LET(auto member, input->next());
    if (!member) return {};
    std::string piece;
    for (bool ended = false; !ended;) {
      const std::size_t had = piece.size();
      piece.resize(had + piece_bytes);
      MOZU_LET(const std::size_t n, member->read({piece.data() + had, piece_bytes}));
      piece.resize(had + n);
      ended = n == 0;
      const auto lf = piece.rfind('\n');
      const std::size_t whole = ended ? piece.size() : lf == std::string::npos ? 0 : lf + 1;
      if (whole < piece_bytes && !ended) continue;
      if (whole > 0 && !f(std::string_view(piece).substr(0, whole))) return {};
      piece.erase(0, whole);
    }
  }
}

void observables_of_line(std::string_view line, std::vector<std::string>& found) {
  const auto text = reference::text_of_line(line);
  const auto tokens = reference::tokens_of(text.bytes);
  const auto raw = [&](reference::Range r) { return text.bytes.substr(r.begin, r.end - r.begin); };
  for (const auto& host : tokens.hosts) {
    if (host.ipv4) {
      found.push_back(reference::write_address4(*host.ipv4));
      found.push_back(reference::write_address4(*host.ipv4) + "/24");
      found.push_back(reference::write_address4(*host.ipv4 ^ 1));
      continue;
    }
    for (const auto name : reference::name_and_parents(host.canonical, 253)) {
      if (name.find('.') != std::string_view::npos) found.emplace_back(name);
    }
  }
  for (const auto& t : tokens.ipv6) {
    found.push_back(reference::write_address6(t.address));
    found.push_back(reference::write_address6(t.address) + "/64");
  }
  for (const auto& t : tokens.hashes) found.push_back(t.hex);
  for (const auto& t : tokens.emails) found.push_back(t.value);
  for (const auto& t : tokens.urls) {
    if (!t.url) continue;
    found.push_back(raw(t.range));
    found.push_back("*." + t.url->host + "/*");
    found.push_back(t.url->host + t.url->path.substr(0, t.url->path.size() / 2 + 1) + "*");
  }
}

}  // namespace

std::vector<std::string> files_under(const std::string& path) {
  std::vector<std::string> files;
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error)) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::vector<Rule>> rules_of_file(const std::string& path) {
  std::vector<Rule> rules;
  const auto take = [&](std::string_view piece) {
    while (!piece.empty()) {
      const auto lf = piece.find('\n');
      std::string_view line = piece.substr(0, lf);
      piece.remove_prefix(lf == std::string_view::npos ? piece.size() : lf + 1);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (line.empty() || line[0] == '#') continue;
      if (auto rule = make_rule(std::string(line))) rules.push_back(std::move(*rule));
    }
    return true;
  };
  MOZU_TRY(for_each_piece(path, take));
  return rules;
}

Result<std::vector<Rule>> rules_from_lines(const std::vector<std::string>& line_files, std::size_t every, std::uint64_t bytes_max) {
  std::set<std::string> values;
  std::size_t n = 0;
  for (const auto& file : line_files) {
    std::uint64_t bytes = 0;
    const auto take = [&](std::string_view piece) {
      piece = cut_at_line(piece, bytes_max - bytes);
      bytes += piece.size();
      while (!piece.empty()) {
        const auto lf = piece.find('\n');
        std::vector<std::string> found;
        observables_of_line(piece.substr(0, lf), found);
        piece.remove_prefix(lf == std::string_view::npos ? piece.size() : lf + 1);
        for (auto& value : found) {
          if (n++ % every == 0 && value.find(" | ") == std::string::npos && !value.starts_with("! ")) values.insert(std::move(value));
        }
      }
      return bytes < bytes_max;
    };
    MOZU_TRY(for_each_piece(file, take));
  }
  std::vector<Rule> rules;
  Random random(values.size() + 1);
  for (const auto& value : values) {
    std::string text = value;
    if (random.one_in(50)) text = "! " + text;
    else if (random.one_in(4)) text += random.one_in(2) ? " | feed=g" : " | exact-only";
    if (auto rule = make_rule(std::move(text))) rules.push_back(std::move(*rule));
  }
  return rules;
}

void Campaign::real(const std::vector<std::string>& line_files, const std::vector<Rule>& rules, std::uint64_t bytes_max) {
  auto world = World::make(rules, {});
  if (!world) return report({{}, {}, "", false, {world.error().message, 0, "", ""}});
  Random random(seed);
  for (const auto& file : line_files) {
    std::uint64_t bytes = 0;
    const auto check = [&](std::string_view piece) {
      piece = cut_at_line(piece, bytes_max - bytes);
      bytes += piece.size();
      const bool split = random.one_in(4);
      const GuardedBytes guarded(piece, random.one_in(2), random.below(128));
      const auto splits = split ? std::vector<std::size_t>{piece.find('\n') + 1} : std::vector<std::size_t>{};
      const bool has_split = split && splits[0] > 0 && splits[0] < piece.size();
      auto d = (*world)->check(guarded.view(), has_split ? splits : std::vector<std::size_t>{}, counts);
      if (d) {
        std::fputs(("\nin " + std::filesystem::path(file).filename().string()).c_str(), stdout);
        report({rules, {}, std::string(piece), has_split, std::move(*d)});
      }
      return !stopped() && bytes < bytes_max;
    };
    if (auto status = for_each_piece(file, check); !status) {
      ++failures;
      std::fputs((status.error().message + "\n").c_str(), stdout);
    }
    if (stopped()) return;
  }
}

}  // namespace mozu::match::diff
