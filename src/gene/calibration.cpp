#include "mozu/gene/calibration.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "hash.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"

namespace mozu::gene {
namespace {

constexpr std::size_t files_least = 1000, file_bytes_max = std::size_t{1} << 28;
constexpr std::uint64_t millionths = 1'000'000;
constexpr std::string_view head = "mozu-calibration 1";

std::uint64_t to_millionths(double x) { return static_cast<std::uint64_t>(std::lround(std::clamp(x, 0.0, 1.0) * static_cast<double>(millionths))); }

/// Files of fewer than 1,000, 4,000, 16,000, 64,000 genes, and others: small ones come near to somebody more easily.
std::size_t size_of(std::uint64_t genes) {
  std::size_t s = 0;
  for (std::uint64_t most = 1000; genes >= most && s < 4; most *= 4) ++s;
  return s;
}

}  // namespace

std::array<bool, gene_classes> classes_of(Way way) {
  switch (way) {
    case Way::code: return {true, true, false, false};
    case Way::text: return {false, false, true, false};
    default: return {true, true, true, true};
  }
}

std::optional<Way> way_of(const std::array<bool, gene_classes>& classes) {
  for (const Way w : {Way::all, Way::code, Way::text})
    if (classes_of(w) == classes) return w;
  return {};
}

Calibration::Calibration(std::vector<Row> rows, std::uint64_t index_genes) : rows_(std::move(rows)), index_genes_(index_genes) {
  for (const Row& r : rows_)
    for (std::size_t w = 0; w < ways; ++w)
      for (const std::size_t s : {size_of(r.genes), sizes})
        nearest_[s][w].push_back(to_millionths(r.nearest[w]));  // as they are stored: a file is as near as itself
  for (auto& size : nearest_)
    for (auto& way : size) std::ranges::sort(way);
}

double Calibration::p_value(Way way, std::uint64_t genes, double confidence) const {
  const auto w = static_cast<std::size_t>(way);
  const auto& own = nearest_[size_of(genes)][w];
  const auto& all = own.size() >= files_least ? own : nearest_[sizes][w];
  const auto nearer = all.end() - std::ranges::lower_bound(all, to_millionths(confidence));
  return (1.0 + static_cast<double>(nearer)) / (1.0 + static_cast<double>(all.size()));
}

Status Calibration::write(const std::string& path) const {
  std::string text = fmt::format("{}\n{} {}\n", head, index_genes_, rows_.size());
  for (const Row& r : rows_)
    text += fmt::format("{} {} {} {}\n", r.genes, to_millionths(r.nearest[0]), to_millionths(r.nearest[1]), to_millionths(r.nearest[2]));
  text += fmt::format("{:016x}\n", hash_of(text));
  MOZU_LET(AtomicFile file, AtomicFile::create(path));
  MOZU_TRY(file.write(text));
  return file.commit();
}

Result<Calibration> Calibration::read(const std::string& path) {
  MOZU_LET(const std::string text, read_file(path, file_bytes_max));
  const auto damaged = [&] { return fail("gene-index", fmt::format("{} is no calibration, or damaged", path), "run `mozu gene calibrate` again"); };
  constexpr std::size_t tail = 17;
  if (text.size() < tail || fmt::format("{:016x}\n", hash_of(std::string_view(text).substr(0, text.size() - tail))) != text.substr(text.size() - tail))
    return damaged();
  const auto lines = split(std::string_view(text).substr(0, text.size() - tail), '\n');
  if (lines.size() < 3 || lines[0] != head) return damaged();
  const auto counts = split(lines[1], ' ');
  const auto index_genes = to_uint(counts.front());
  std::vector<Row> rows;
  for (std::size_t i = 2; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const auto cells = split(lines[i], ' ');
    const auto genes = to_uint(cells.front());
    if (cells.size() != ways + 1 || !genes) return damaged();
    Row r{*genes, {}};
    for (std::size_t w = 0; w < ways; ++w) {
      const auto v = to_uint(cells[w + 1]);
      if (!v || *v > millionths) return damaged();
      r.nearest[w] = static_cast<double>(*v) / millionths;
    }
    rows.push_back(r);
  }
  if (!index_genes || rows.empty()) return damaged();
  return Calibration(std::move(rows), *index_genes);
}

}  // namespace mozu::gene
