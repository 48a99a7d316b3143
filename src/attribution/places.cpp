// The bytes of a verdict as people read them: of the file asked about, and of the samples that it is like.
#include <algorithm>
#include <chrono>
#include <iterator>

#include "mozu/attribution/answer.hpp"
#include "mozu/attribution/kept_samples.hpp"

namespace mozu::attribution {
namespace {

constexpr std::size_t verdicts_with_places = 5, samples_shown = 10, places_max = 500;

using Clock = std::chrono::steady_clock;

/// Opens a file once more and hands out what was found: `take` gets the number of a wanted place, and the place.
template <typename Take>
Status look(const std::string& path, files::OpenOptions options, const std::vector<files::PlaceWanted>& places, const files::CellLimits& limits, Take take) {
  options.places = places, options.fuzzy_hashes = false, options.yara.clear();
  MOZU_LET(auto opened, files::open_objects_of_file(path, options, limits));
  for (files::FileObject& o : opened.objects)
    for (files::Place& p : o.places) {
      const auto n = p.wanted;
      take(n, std::move(p));
    }
  return {};
}

}  // namespace

void show_places(Answer& x, const std::string& path, files::OpenOptions options, const gene::Index& index, const KeptSamples* samples,
                 const files::CellLimits& limits) {
  std::vector<files::PlaceWanted> here;             // in the file asked about
  std::vector<std::size_t> objects;                 // of the answer, in which they are
  std::map<std::string, std::string> container_of;  // of the samples in the evidence
  std::map<std::string, std::vector<files::PlaceWanted>> there;
  std::vector<std::string> order;  // of samples: that of the verdicts, so that weak ones behind change nothing
  const auto& verdicts = x.joined.verdicts;
  for (std::size_t i = 0; i < std::min(verdicts.size(), verdicts_with_places); ++i)
    for (const gene::Evidence& e : verdicts[i].verdict.evidence) {
      const std::size_t object = verdicts[i].object;
      if (e.gene_class == gene::GeneClass::import || here.size() >= places_max) continue;
      if (!x.here.try_emplace({object, e.key}).second) continue;
      here.push_back({x.opened.objects[object].sha256, e.key, e.offset, e.length});
      objects.push_back(object);
      if (!x.there.try_emplace({e.sample, e.key}).second) continue;
      auto& places = there[e.sample];
      if (places.empty()) order.push_back(e.sample);
      places.push_back({e.sample, e.key, e.sample_offset, 0});
    }
  x.here.clear(), x.there.clear();
  if (here.empty()) return;

  const auto end = Clock::now() + std::chrono::seconds(limits.wall_s_max);
  const auto left = [&] {
    files::CellLimits out = limits;
    out.wall_s_max = static_cast<std::uint32_t>(std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::seconds>(end - Clock::now()).count()));
    out.cpu_s_max = std::min(out.cpu_s_max, out.wall_s_max);
    return out;
  };
  const auto seen =
      look(path, options, here, left(), [&](std::size_t n, files::Place p) { x.here.insert_or_assign({objects[n], here[n].gene}, std::move(p)); });
  if (!seen) x.notes.push_back("what it shares cannot be shown: " + seen.error().message);

  if (samples == nullptr) return;
  for (const gene::Sample* s : index.catalogue().samples)
    if (there.contains(s->sha256)) container_of.try_emplace(s->sha256, s->container.empty() ? s->sha256 : s->container);
  std::size_t opened = 0;
  bool told = false;
  for (const std::string& sample : order) {
    const auto& places = there[sample];
    const auto limits_left = left();
    if (opened++ == samples_shown || limits_left.wall_s_max == 0) return;
    const auto file = samples->file(container_of[sample]);
    if (!file && !told) x.notes.push_back("a sample that it is like cannot be shown: " + file.error().message), told = true;
    if (!file || !*file) continue;
    (void)look(path_of(**file), {}, places, limits_left,
               [&](std::size_t n, files::Place p) { x.there.insert_or_assign({sample, places[n].gene}, std::move(p)); });
  }
}

}  // namespace mozu::attribution
