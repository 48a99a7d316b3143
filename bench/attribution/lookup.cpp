#include "lookup.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "mozu/files/program.hpp"
#include "processor.hpp"

namespace mozu::bench {
namespace {

double quantile(std::vector<double>& all, double q) {
  std::ranges::sort(all);
  return all.empty() ? 0 : all[static_cast<std::size_t>(q * static_cast<double>(all.size() - 1))];
}

}  // namespace

void lookup(std::span<const File> all, const gene::Index& index) {
  std::uint64_t size = 0, asked = 0, found = 0;
  for (const auto& s : index.segments()) size += s.bytes();
  double find_s = 0, exact_s = 0, filter_s = 0;
  std::uint64_t others = 0, wrong = 0;
  std::vector<double> answer_ms, verdict_ms;
  for (const bool warm : {false, true})
    for (const File& f : all) {
      if (f.role != "family") continue;
      std::vector<std::uint64_t> keys;
      for (const gene::Gene& g : f.genome.genes) keys.push_back(g.key);
      double t = processor_s();
      for (const gene::Segment& s : index.segments()) s.find(keys, [&](const gene::Segment::Hit& h) { found += h.samples.size(); });
      if (warm) asked += keys.size(), find_s += processor_s() - t;
      for (const gene::Segment& s : index.segments()) {
        if (!s.is_clean() || !warm) continue;
        std::vector<bool> exact(keys.size()), filter(keys.size());
        t = processor_s();
        s.find(keys, [&](const gene::Segment::Hit& h) { exact[h.query] = true; });
        exact_s += processor_s() - t;
        t = processor_s();
        s.find_clean(keys, filter);
        filter_s += processor_s() - t;
        for (std::size_t i = 0; i < keys.size(); ++i) others += !exact[i], wrong += filter[i] && !exact[i];
      }
      t = processor_s();
      const auto verdicts = gene::attribute(f.genome, index, {.without = f.sha256}).verdicts;
      if (warm) answer_ms.push_back((processor_s() - t) * 1e3);
      found += verdicts.size();
      if (!warm || f.bytes.size() < 900'000 || f.bytes.size() > 1'100'000) continue;
      t = processor_s();
      if (const auto p = files::read_program(view(f.bytes)))
        found += gene::attribute(gene::extract(*p, view(f.bytes)), index, {.without = f.sha256}).verdicts.size();
      verdict_ms.push_back((processor_s() - t) * 1e3);
    }
  fmt::print("\n| index of {} genes in {} segments | |\n|---|---|\n| bytes a gene | {:.2f} |\n| genes asked a second, millions | {:.2f} |\n", index.genes(),
             index.segments().size(), static_cast<double>(size) / static_cast<double>(index.genes()), static_cast<double>(asked) / find_s / 1e6);
  if (filter_s > 0)
    fmt::print("| clean genes asked a second, millions: by the filter, looked up | {:.2f}, {:.2f} |\n| taken for clean by the filter alone | {} of {} |\n",
               static_cast<double>(asked) / filter_s / 1e6, static_cast<double>(asked) / exact_s / 1e6, wrong, others);
  for (const auto& s : index.segments())
    fmt::print("| bytes a gene, of {} {} ones | {:.2f} |\n", s.genes(), s.is_clean() ? "clean" : "known",
               static_cast<double>(s.bytes()) / static_cast<double>(s.genes()));
  fmt::print("| genes → verdicts, ms, p50 / p99 | {:.1f} / {:.1f} |\n", quantile(answer_ms, 0.5), quantile(answer_ms, 0.99));
  fmt::print("| {} files of 0.9 to 1.1 MB → verdicts, ms, p50 / p99 | {:.1f} / {:.1f} |\n", verdict_ms.size(), quantile(verdict_ms, 0.5),
             quantile(verdict_ms, 0.99));
  if (found == 0) fmt::print("nothing found\n");
}

}  // namespace mozu::bench
