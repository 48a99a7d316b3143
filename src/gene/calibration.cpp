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
constexpr std::string_view head = "mozu-calibration 2";
constexpr std::string_view head_without_reuse = "mozu-calibration 1";

std::uint64_t to_millionths(double x) { return static_cast<std::uint64_t>(std::lround(std::clamp(x, 0.0, 1.0) * static_cast<double>(millionths))); }
/// Reuse as it is stored: hundredths of a gene.
constexpr double reuse_most = 1e9;
std::uint64_t to_hundredths(double x) { return static_cast<std::uint64_t>(std::lround(std::clamp(x, 0.0, reuse_most) * 100)); }

/// How many of `all` (ascending) are as large.
std::uint64_t as_large(const std::vector<std::uint64_t>& all, std::uint64_t x) {
  return static_cast<std::uint64_t>(all.end() - std::ranges::lower_bound(all, x));
}

/// What both measures say together: the better of the two ranks. Twice the rank, and one more where it is by the confidence: no two measures tie, and of
/// the same rank reuse comes first, since who has most functions of somebody is rarely near by accident.
std::uint64_t joint(std::uint64_t rank_by_nearest, std::uint64_t rank_by_reuse) { return std::min(2 * rank_by_nearest + 1, 2 * rank_by_reuse); }

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

Calibration::Calibration(std::vector<Row> rows, std::uint64_t index_genes, bool has_reuse)
    : rows_(std::move(rows)),
      index_genes_(index_genes),
      has_reuse_(has_reuse) {
  for (std::size_t s = 0; s <= sizes; ++s) {
    for (std::size_t w = 0; w < ways; ++w) {
      Clean& clean = clean_[s][w];
      // As they are stored: a file is as near as itself.
      for (const Row& r : rows_)
        if (s == sizes || s == size_of(r.genes)) clean.nearest.push_back(to_millionths(r.nearest[w])), clean.reuse.push_back(to_hundredths(r.reuse));
      const auto nearest = clean.nearest, reuse = clean.reuse;
      std::ranges::sort(clean.nearest);
      std::ranges::sort(clean.reuse);
      for (std::size_t i = 0; i < nearest.size(); ++i) {
        const auto by_nearest = as_large(clean.nearest, nearest[i]);
        clean.joint.push_back(joint(by_nearest, as_large(clean.reuse, reuse[i])));
      }
      std::ranges::sort(clean.joint);
    }
  }
}

Calibration::Rare Calibration::p_value(Way way, std::uint64_t genes, double confidence, std::optional<double> reuse) const {
  const auto w = static_cast<std::size_t>(way);
  const Clean& own = clean_[size_of(genes)][w];
  const Clean& clean = own.joint.size() >= files_least ? own : clean_[sizes][w];
  const auto p = [&](std::uint64_t nearer) { return (1.0 + static_cast<double>(nearer)) / (1.0 + static_cast<double>(clean.joint.size())); };
  const std::uint64_t as_near = as_large(clean.nearest, to_millionths(confidence));
  if (!has_reuse_ || !reuse || way == Way::text) return {p(as_near), false};
  // The file asked about is one of them, and stands behind all that are as near.
  const std::uint64_t by_reuse = 1 + as_large(clean.reuse, to_hundredths(*reuse)), rank = joint(1 + as_near, by_reuse);
  return {p(static_cast<std::uint64_t>(std::ranges::lower_bound(clean.joint, rank) - clean.joint.begin())), rank == 2 * by_reuse};
}

Status Calibration::write(const std::string& path) const {
  std::string text = fmt::format("{}\n{} {}\n", has_reuse_ ? head : head_without_reuse, index_genes_, rows_.size());
  for (const Row& r : rows_) {
    text += fmt::format("{} {} {} {}", r.genes, to_millionths(r.nearest[0]), to_millionths(r.nearest[1]), to_millionths(r.nearest[2]));
    text += has_reuse_ ? fmt::format(" {}\n", to_hundredths(r.reuse)) : "\n";
  }
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
  if (lines.size() < 3 || (lines[0] != head && lines[0] != head_without_reuse)) return damaged();
  const bool has_reuse = lines[0] == head;
  const auto counts = split(lines[1], ' ');
  const auto index_genes = to_uint(counts.front());
  std::vector<Row> rows;
  for (std::size_t i = 2; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const auto cells = split(lines[i], ' ');
    const auto genes = to_uint(cells.front());
    if (cells.size() != 1 + ways + has_reuse || !genes) return damaged();
    Row r{*genes, {}, 0};
    for (std::size_t w = 0; w < ways; ++w) {
      const auto v = to_uint(cells[w + 1]);
      if (!v || *v > millionths) return damaged();
      r.nearest[w] = static_cast<double>(*v) / millionths;
    }
    const auto reuse = has_reuse ? to_uint(cells.back()) : 0;
    if (!reuse || static_cast<double>(*reuse) > reuse_most * 100) return damaged();
    r.reuse = static_cast<double>(*reuse) / 100;
    rows.push_back(r);
  }
  if (!index_genes || rows.empty()) return damaged();
  return Calibration(std::move(rows), *index_genes, has_reuse);
}

}  // namespace mozu::gene
