#include <fmt/core.h>

#include "indicators.hpp"
#include "mozu/match/builder.hpp"
#include "mozu/match/index.hpp"
#include "support.hpp"

namespace mozu::bench {

namespace {

constexpr std::size_t chunk_size = 1 << 16;

/// Gives `size` indicators in chunks: the list's own first, then made ones. Making them is not what is measured.
class Source {
 public:
  Source(std::vector<std::string_view> real, std::uint64_t size, bool exact_only)
      : real_(real),
        synthetic_(std::move(real)),
        left_(size),
        exact_only_(exact_only) {}

  bool next(std::vector<intel::Indicator>& chunk, std::uint64_t& refused) {
    chunk.clear();
    while (left_ > 0 && chunk.size() < chunk_size) {
      --left_;
      auto pattern = at_ < real_.size() ? pattern_of(real_[at_++]) : pattern_of(synthetic_.next());
      if (!pattern) {
        ++refused;
        continue;
      }
      intel::Indicator& i = chunk.emplace_back();
      i.exact_only = exact_only_ && pattern->kind == intel::PatternKind::domain;
      i.pattern = std::move(*pattern);
    }
    return !chunk.empty();
  }

 private:
  std::vector<std::string_view> real_;
  Synthetic synthetic_;
  std::uint64_t left_;
  std::size_t at_ = 0;
  bool exact_only_;
};

}  // namespace

Status command_build(const Arguments& a) {
  MOZU_LET(const std::string path, a.need("indicators"));
  MOZU_LET(const std::string index_path, a.need("index"));
  MOZU_LET(const MappedFile list, MappedFile::open(path));
  std::vector<std::string_view> real = sample(list.text(), UINT64_MAX);
  if (real.empty()) return fail("bench-input", fmt::format("{} holds no indicators", path));
  MOZU_LET(const std::uint64_t size, a.number("size", real.size()));
  if (real.size() > size) real.resize(size);

  Source source(std::move(real), size, a.has("exact-only"));
  match::Builder builder;
  intel::FeedInfo feed;
  feed.name = "bench";
  const std::uint32_t id = builder.add_feed(feed);
  double add_wall_s = 0, add_cpu_s = 0;
  std::uint64_t refused = 0;
  for (std::vector<intel::Indicator> chunk; source.next(chunk, refused);) {
    const Stopwatch watch;
    for (const intel::Indicator& i : chunk) builder.add(id, i);
    add_wall_s += watch.wall_s();
    add_cpu_s += watch.cpu_s();
  }
  const double added_mib = peak_memory_mib();
  const Stopwatch watch;
  MOZU_TRY(builder.write(index_path, Timestamp{0}));
  const double write_wall_s = watch.wall_s(), write_cpu_s = watch.cpu_s();
  const double peak_mib = peak_memory_mib();

  MOZU_LET(const auto index, match::Index::open(index_path));
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("given", size).field("refused", refused).field("indicators", index->statistics().indicators);
  json.field("add_wall_s", add_wall_s).field("add_cpu_s", add_cpu_s).field("write_wall_s", write_wall_s).field("write_cpu_s", write_cpu_s);
  json.field("added_mib", added_mib).field("peak_mib", peak_mib).field("file_bytes", index->statistics().file_bytes).end_object();
  fmt::print("{}\n", out);
  return {};
}

Status command_open(const Arguments& a) {
  MOZU_LET(const std::string path, a.need("index"));
  MOZU_LET(const std::uint64_t repeats, a.number("repeats", 5));
  Samples samples;
  std::uint64_t indicators = 0;
  for (std::uint64_t i = 0; i < repeats; ++i) {
    const Stopwatch watch;
    MOZU_LET(const auto index, match::Index::open(path));
    samples.add(watch);
    indicators = index->statistics().indicators;
  }
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("indicators", indicators).field("peak_mib", peak_memory_mib());
  write_samples(json, "open", samples);
  json.end_object();
  fmt::print("{}\n", out);
  return {};
}

}  // namespace mozu::bench
