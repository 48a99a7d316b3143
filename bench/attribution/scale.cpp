#include "scale.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

#include "mozu/gene/attribute.hpp"
#include "processor.hpp"
#include "src/gene/segment_layout.hpp"
#include "src/gene/segment_write.hpp"

namespace mozu::bench {
namespace {

constexpr std::size_t queries = 200, query_genes = 58'000, versions = 5;

/// Writes a segment; returns some of its keys.
std::vector<std::uint64_t> made_segment(const std::string& path, std::uint64_t genes, bool is_clean, unsigned seed) {
  std::mt19937_64 dice(seed);
  auto writer = gene::SegmentWriter::create(path, is_clean).value();
  const auto count = static_cast<std::uint32_t>(std::max<std::uint64_t>(versions, genes / query_genes));
  const double mean = std::ldexp(1.0, 64 - 8 - static_cast<int>(gene::key_shift)) / static_cast<double>(genes);
  const std::uint64_t step = std::max<std::uint64_t>(1, genes / (queries * query_genes / 2));
  std::vector<std::uint64_t> some;
  std::vector<std::uint32_t> samples;
  std::uint64_t key = 0;
  for (std::uint64_t i = 0; i < genes; ++i) {
    key += 1 + static_cast<std::uint64_t>(mean * -std::log1p(-std::ldexp(static_cast<double>(dice() >> 11U), -53)));
    // Three of four genes are of one sample, the others of some versions of one entity.
    const auto of = static_cast<std::uint32_t>(dice() % count);
    samples.assign(1, of);
    if (dice() % 4 == 0)
      for (std::uint32_t v = of + 1; v % versions != 0 && v < count; ++v) samples.push_back(v);
    if (const auto put = writer.put(key, samples, dice() % 100'000); !put) return fmt::print(stderr, "{}\n", put.error().message), some;
    if (i % step == 0) some.push_back(key << gene::key_shift);
  }
  std::vector<gene::Sample> all;
  for (std::uint32_t s = 0; s < (is_clean ? 1 : count); ++s)
    all.push_back({fmt::format("{:064x}", s + (is_clean ? 1ULL << 40 : 0)),
                   fmt::format("made-{}", s),
                   "elf",
                   1'600'000,
                   query_genes,
                   {is_clean ? gene::Entity{gene::EntityType::goodware, ""} : gene::Entity{gene::EntityType::malware, fmt::format("M{}", s / versions)}}});
  if (const auto done = writer.finish(all); !done) fmt::print(stderr, "{}\n", done.error().message);
  std::ranges::shuffle(some, dice);
  return some;
}

/// A quarter of its genes is known, a quarter clean, the others nobody's.
gene::Genome made_genome(std::span<const std::uint64_t> known, std::span<const std::uint64_t> clean, std::mt19937_64& dice) {
  gene::Genome out;
  std::vector<std::uint64_t> keys(known.begin(), known.end());
  keys.insert(keys.end(), clean.begin(), clean.end());
  while (keys.size() < query_genes) keys.push_back(dice() >> 8U);
  std::ranges::sort(keys);
  for (const std::uint64_t k : keys)
    if (out.genes.empty() || out.genes.back().key != k) out.genes.push_back({k, static_cast<std::uint32_t>(dice() % 1'600'000), 16, 0});
  return out;
}

}  // namespace

void scale(const std::string& folder, std::uint64_t genes) {
  namespace fs = std::filesystem;
  fs::remove_all(folder);
  fs::create_directories(folder);
  double t = processor_s();
  const auto known = made_segment(folder + "/00000001.mzg", genes, false, 1);
  const double known_s = processor_s() - t;
  t = processor_s();
  const auto clean = made_segment(folder + "/00000002.mzg", genes, true, 2);
  const double clean_s = processor_s() - t;
  std::ofstream(folder + "/segments") << "00000001.mzg\n00000002.mzg\n";
  t = processor_s();
  const auto index = gene::Index::open_existing(folder);
  if (!index) return fmt::print(stderr, "{}\n", index.error().message);
  const double open_s = processor_s() - t;
  std::mt19937_64 dice(3);
  std::vector<gene::Genome> asked;
  constexpr std::size_t quarter = query_genes / 4;
  for (std::size_t q = 0; q < queries; ++q)
    asked.push_back(made_genome(std::span(known).subspan(q * quarter, quarter), std::span(clean).subspan(q * quarter, quarter), dice));
  std::vector<double> ms, find_ms, filter_ms, exact_ms;
  std::uint64_t verdicts = 0, wrong = 0, others = 0, hits = 0;
  for (const gene::Genome& g : asked) {
    std::vector<std::uint64_t> keys;
    for (const gene::Gene& x : g.genes) keys.push_back(x.key);
    const auto timed = [&](std::vector<double>& into, auto what) {
      const double from = processor_s();
      what();
      into.push_back((processor_s() - from) * 1e3);
    };
    const gene::Segment &of_known = index->segments()[0], &of_clean = index->segments()[1];
    std::vector<bool> filter(keys.size()), exact(keys.size());
    timed(ms, [&] { verdicts += gene::attribute(g, *index, {.weak = true}).verdicts.size(); });
    timed(find_ms, [&] { of_known.find(keys, [&](const gene::Segment::Hit& h) { hits += h.samples.size(); }); });
    timed(exact_ms, [&] { of_clean.find(keys, [&](const gene::Segment::Hit& h) { exact[h.query] = true; }); });
    timed(filter_ms, [&] { of_clean.find_clean(keys, filter); });
    for (std::size_t i = 0; i < keys.size(); ++i) others += !exact[i], wrong += filter[i] && !exact[i];
  }
  const auto quantile = [](std::vector<double>& all, double q) {
    std::ranges::sort(all);
    return all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
  };
  const auto row = [&](const char* what, std::vector<double>& all) {
    fmt::print("| {}, ms, p50 / p99 | {:.1f} / {:.1f} |\n", what, quantile(all, 0.5), quantile(all, 0.99));
  };
  const auto bytes = [&](std::size_t s) { return static_cast<double>(index->segments()[s].bytes()) / static_cast<double>(genes); };
  fmt::print("\n| J: {} known genes, as many clean ones; files of {} genes | |\n|---|---|\n", genes, query_genes);
  row("genes → verdicts", ms);
  row("known genes alone", find_ms);
  row("clean genes by the filter", filter_ms);
  row("clean genes looked up", exact_ms);
  fmt::print("| bytes a known gene, a clean one | {:.2f}, {:.2f} |\n| clean by the filter alone | {} of {}: one in {:.0f} |\n", bytes(0), bytes(1), wrong,
             others, static_cast<double>(others) / static_cast<double>(std::max<std::uint64_t>(wrong, 1)));
  fmt::print("| written, s: known, clean | {:.0f}, {:.0f} |\n| opened and checked, s | {:.2f} |\n", known_s, clean_s, open_s);
  if (verdicts + hits == 0) fmt::print("nothing found\n");
  fs::remove_all(folder);
}

}  // namespace mozu::bench
