// mozu_store_bench: fills a knowledge base with made objects and relations, or asks it. bench/store.py calls it.
//   fill --base B --objects N --relations N [--per-import N] [--first-import N] [--imports N] [--cache-mib N]: all imports, or some of them
//        [--published-from N --publication N]: imports from that one on are publications of so many objects each
//   ask  --base B --objects N [--questions N]
//   plans --base B --objects N [--questions N] [--opened N]: the same and lists, as a reader without a plan and as one whose plan opens so many publications
// Each prints one JSON object. B: a data folder, or "postgresql://…".
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "made_knowledge.hpp"
#include "mozu/base/diagnostics.hpp"
#include "mozu/formats/stix_objects.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/store/store.hpp"
#include "support.hpp"

namespace mozu::bench {
namespace {

Result<std::unique_ptr<store::Store>> open(const Arguments& a, bool read_only) {
  store::StoreOptions options;
  MOZU_LET(options.location, a.need("base"));
  options.read_only = read_only;
  MOZU_LET(const auto cache_mib, a.number("cache-mib", options.cache_bytes >> 20));
  options.cache_bytes = cache_mib << 20;
  return store::Store::open(options);
}

/// The text of a few thousand objects, made outside of what is timed.
class Maker {
 public:
  Maker(std::uint64_t objects, std::uint64_t relations) : made_(objects), objects_(objects), relations_(relations) {}
  bool done() const { return object_ == objects_ && relation_ == relations_; }
  /// Objects and relations take turns, as bundles bring them.
  std::uint64_t next(std::string& out, std::uint64_t count) {
    out.clear();
    std::uint64_t made = 0;
    for (; made < count && !done(); ++made) {
      if (object_is_next()) made_.object(object_++, out);
      else made_.relation(relation_++, object_, out);
      out += '\n';
    }
    return made;
  }
  void skip(std::uint64_t count) {
    for (; count != 0 && !done(); --count) ++(object_is_next() ? object_ : relation_);
  }

 private:
  bool object_is_next() const { return object_ < objects_ && object_ * relations_ <= relation_ * objects_; }
  MadeKnowledge made_;
  std::uint64_t objects_, relations_, object_ = 0, relation_ = 0;
};

struct CloseFile {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// One import as a file without a name, made before the clock runs: else the store could write while the next objects are made.
Result<File> spool(Maker& maker, std::uint64_t count) {
  constexpr std::uint64_t at_once = 20'000;
  File file(std::tmpfile());
  std::string text;
  for (std::uint64_t put = 0; file && put < count && !maker.done();) {
    put += maker.next(text, std::min(at_once, count - put));
    const std::uint64_t size = text.size();
    if (std::fwrite(&size, sizeof size, 1, file.get()) != 1 || std::fwrite(text.data(), 1, size, file.get()) != size)
      return fail("bench", "cannot write a temporary file");
  }
  if (!file) return fail("bench", "cannot make a temporary file");
  std::rewind(file.get());
  return file;
}
Status each_part(std::FILE* file, std::string& text, const std::function<Status()>& use) {
  for (std::uint64_t size = 0; std::fread(&size, sizeof size, 1, file) == 1;) {
    text.resize(size);
    if (std::fread(text.data(), 1, size, file) != size) return fail("bench", "a temporary file ends early");
    MOZU_TRY(use());
  }
  return {};
}

intel::Subject publication_of(std::uint64_t number) { return intel::subject_of("publication", fmt::format("{}", number)); }

/// One import that plans may open.
Status publish(store::Store& store, Maker& maker, std::uint64_t objects, std::uint64_t number) {
  store::Provenance from;
  from.source = "publications", from.origin = fmt::format("publication {}", number), from.actor = "bench", from.organisation = 1, from.tlp = intel::Tlp::green;
  from.subjects = {publication_of(number), intel::subject_of("kind", number % 2 == 0 ? "apt" : "crimeware")};
  MOZU_LET(const auto import, store.begin_import(from));
  std::string text;
  maker.next(text, objects);
  Diagnostics diagnostics;
  formats::StixReadStatistics n;
  MOZU_TRY(formats::read_stix_objects("made", text, [&](intel::StixObject&& o) { return import->put(std::move(o)); }, diagnostics, n));
  MOZU_TRY(import->commit());
  return {};
}

Status fill(const Arguments& a) {
  MOZU_LET(const auto objects, a.number("objects", 1'000'000));
  MOZU_LET(const auto relations, a.number("relations", 3'000'000));
  MOZU_LET(const auto per_import, a.number("per-import", 1'000'000));
  MOZU_LET(const auto first, a.number("first-import", 0));
  MOZU_LET(const auto imports_max, a.number("imports", ~std::uint64_t{0}));
  MOZU_LET(const auto published_from, a.number("published-from", ~std::uint64_t{0}));
  MOZU_LET(const auto publication, a.number("publication", 1000));
  MOZU_LET(const auto store, open(a, false));
  Maker maker(objects, relations);
  maker.skip(first * per_import);
  store::Provenance from;
  from.source = "made", from.actor = "bench";
  std::string text;
  double wall = 0, cpu = 0;
  Samples imports;
  std::uint64_t bytes = 0;
  std::uint64_t published = 0;
  for (std::uint64_t file = first; !maker.done() && file - first < imports_max; ++file) {
    if (file >= published_from) {
      for (std::uint64_t put = 0; put < per_import && !maker.done(); put += publication) MOZU_TRY(publish(*store, maker, publication, published++));
      continue;
    }
    from.origin = fmt::format("made-{}.json", file);
    double import_wall = 0, import_cpu = 0;
    std::unique_ptr<store::Import> import;
    const auto timed = [&](const std::function<Status()>& work) -> Status {
      const Stopwatch watch;
      MOZU_TRY(work());
      import_wall += watch.wall_s(), import_cpu += watch.cpu_s();
      return {};
    };
    const auto begin = [&]() -> Status {
      MOZU_LET(import, store->begin_import(from));
      return {};
    };
    const auto read = [&]() -> Status {
      Diagnostics diagnostics;
      formats::StixReadStatistics n;
      MOZU_TRY(formats::read_stix_objects("made", text, [&](intel::StixObject&& o) { return import->put(std::move(o)); }, diagnostics, n));
      return n.refused == 0 ? Status() : fail("bench", "an object was refused: " + render_text(diagnostics.kept().front()));
    };
    const auto commit = [&]() -> Status {
      MOZU_TRY(import->commit());
      return {};
    };
    MOZU_LET(const auto made, spool(maker, per_import));
    MOZU_TRY(timed(begin));
    MOZU_TRY(timed([&] {
      return each_part(made.get(), text, [&] {
        bytes += text.size();
        return read();
      });
    }));
    MOZU_TRY(timed(commit));
    import.reset();
    wall += import_wall, cpu += import_cpu;
    imports.wall_s.push_back(import_wall), imports.cpu_s.push_back(import_cpu);
    fmt::print(stderr, "{} imports, {:.0f} s\n", file + 1, wall);
  }
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("objects", objects).field("relations", relations).field("per_import", per_import).field("json_bytes", bytes);
  w.field("wall_s", wall).field("cpu_s", cpu).field("peak_mib", peak_memory_mib());
  write_samples(w, "imports", imports);
  w.end_object();
  fmt::print("{}\n", out);
  return {};
}

struct Latencies {
  std::vector<double> ms;
  std::uint64_t found = 0;
};

class Asking {
 public:
  Asking(store::Store& store, std::uint64_t objects, std::uint64_t questions) : store_(store), objects_(objects), questions_(questions) {}
  /// All of it with the eyes of one viewer.
  Asking(store::Store& store, std::uint64_t objects, std::uint64_t questions, const intel::Viewer& viewer) : Asking(store, objects, questions) {
    owner_ = reader_ = viewer;
  }

  Status all(JsonWriter& w) {
    w.key("questions").begin_object();
    MOZU_TRY(points(w));
    MOZU_TRY(searches(w));
    MOZU_TRY(neighbours(w));
    w.end_object();
    return {};
  }
  Status with_lists(JsonWriter& w) {
    w.key("questions").begin_object();
    MOZU_TRY(points(w));
    MOZU_TRY(lists(w));
    MOZU_TRY(searches(w));
    MOZU_TRY(neighbours(w));
    w.end_object();
    return {};
  }

 private:
  Status lists(JsonWriter& w) {
    const auto times = std::max<std::uint64_t>(questions_ / 50, 20);
    const auto list = [&](std::string_view name, const store::ListQuery& query) {
      return measure(w, name, times, [&]() -> Result<std::uint64_t> {
        MOZU_LET(const auto page, store_.list(reader_, query));
        return page.items.size();
      });
    };
    store::ListQuery newest;
    newest.newest_first = true;
    MOZU_TRY(list("list: newest", newest));
    newest.types = {"indicator"};
    MOZU_TRY(list("list: newest indicators", newest));
    newest.types = {"report"};
    MOZU_TRY(list("list: newest reports", newest));
    newest.types.clear(), newest.source = "publications";
    MOZU_TRY(list("list: newest of a source that is closed", newest));
    store::ListQuery oldest;
    MOZU_TRY(list("list: oldest", oldest));
    return measure(w, "sums by type", times, [&]() -> Result<std::uint64_t> {
      MOZU_LET(const auto counts, store_.counts(reader_));
      return counts.size();
    });
  }

  std::uint64_t some() { return random_() % objects_; }

  /// `one` gives how many things it found.
  Status measure(JsonWriter& w, std::string_view name, std::uint64_t times, const std::function<Result<std::uint64_t>()>& one) {
    Latencies l;
    for (std::uint64_t i = 0; i < times; ++i) {
      const Stopwatch watch;
      MOZU_LET(const auto found, one());
      l.ms.push_back(watch.wall_s() * 1000);
      l.found += found;
    }
    std::sort(l.ms.begin(), l.ms.end());
    const auto at = [&](double part) { return l.ms[std::min(l.ms.size() - 1, static_cast<std::size_t>(part * static_cast<double>(l.ms.size())))]; };
    w.key(name)
        .begin_object()
        .field("times", times)
        .field("found", l.found)
        .field("p50_ms", at(0.5))
        .field("p99_ms", at(0.99))
        .field("max_ms", l.ms.back())
        .end_object();
    return {};
  }

  Status points(JsonWriter& w) {
    MOZU_TRY(measure(w, "object by id", questions_, [&]() -> Result<std::uint64_t> {
      MOZU_LET(const auto o, store_.object(owner_, MadeKnowledge::id(some())));
      return o ? 1 : 0;
    }));
    MOZU_TRY(measure(w, "absent id", questions_, [&]() -> Result<std::uint64_t> {
      MOZU_LET(const auto o, store_.object(owner_, MadeKnowledge::id(objects_ * 2 + some())));
      return o ? 1 : 0;
    }));
    return measure(w, "value", questions_, [&]() -> Result<std::uint64_t> {
      const auto read = intel::read_pattern(MadeKnowledge::observable(some()), intel::TypeHint::any, {.allow_broad = true});
      if (!read) return std::uint64_t{0};
      const intel::Key key{intel::key_kind(read->kind), read->value};
      MOZU_LET(const auto hits, store_.find(reader_, std::span(&key, 1)));
      return hits.empty() ? 0 : hits[0].objects.size();
    });
  }

  Status search(JsonWriter& w, std::string_view name, bool facets, const std::function<std::string()>& text) {
    return measure(w, name, std::max<std::uint64_t>(questions_ / 20, 20), [&]() -> Result<std::uint64_t> {
      store::SearchQuery q;
      q.text = text(), q.facets = facets, q.filter.limit = 25;
      MOZU_LET(const auto page, store_.search(facets ? reader_ : owner_, q));
      return page.items.size();
    });
  }

  Status searches(JsonWriter& w) {
    const auto word = [&](std::uint64_t from, std::uint64_t below) { return MadeKnowledge::word(from + random_() % (below - from)); };
    const auto japanese = [&](std::uint64_t below) { return MadeKnowledge::japanese_word(random_() % below); };
    MOZU_TRY(search(w, "search: a very common word", false, [&] { return word(0, 20); }));
    MOZU_TRY(search(w, "search: a common word", false, [&] { return word(20, 1000); }));
    MOZU_TRY(search(w, "search: a rare word", false, [&] { return word(1000, MadeKnowledge::words); }));
    MOZU_TRY(search(w, "search: two words", false, [&] { return word(0, 300) + " " + word(0, 3000); }));
    MOZU_TRY(search(w, "search: two rare words", false, [&] { return word(300, 20'000) + " " + word(300, 20'000); }));
    MOZU_TRY(search(w, "search: a phrase", false, [&] { return "\"" + word(0, 30) + " " + word(0, 30) + "\""; }));
    MOZU_TRY(search(w, "search: begin of a word", false, [&] { return word(0, 3000).substr(0, 3); }));
    MOZU_TRY(search(w, "search: a Japanese word", false, [&] { return japanese(2000); }));
    MOZU_TRY(search(w, "search: two Japanese words", false, [&] { return japanese(60) + " " + japanese(2000); }));
    MOZU_TRY(search(w, "search: one Japanese character", false, [&] { return std::string("攻"); }));
    MOZU_TRY(search(w, "search: a value", false, [&] { return MadeKnowledge::observable(some()); }));
    return search(w, "search with facets, as a reader", true, [&] { return word(0, 3000); });
  }

  Status neighbours(JsonWriter& w) {
    const auto ask = [&](std::uint64_t of) -> Result<std::uint64_t> {
      store::NeighbourQuery q;
      q.limit = 100;
      MOZU_LET(const auto page, store_.neighbours(reader_, MadeKnowledge::id(of), q));
      return page.items.size();
    };
    MOZU_TRY(measure(w, "neighbours", questions_, [&] { return ask(some()); }));
    MOZU_TRY(measure(w, "neighbours of a hub", std::max<std::uint64_t>(questions_ / 20, 20), [&] { return ask(97 + 100 * (random_() % 20)); }));
    return measure(w, "neighbours of a hub, counted", std::max<std::uint64_t>(questions_ / 50, 20), [&]() -> Result<std::uint64_t> {
      MOZU_LET(const auto counts, store_.neighbour_counts(reader_, MadeKnowledge::id(97 + 100 * (random_() % 20))));
      return counts.size();
    });
  }

  store::Store& store_;
  std::uint64_t objects_, questions_;
  std::mt19937_64 random_{20'250'101};
  intel::Viewer owner_ = intel::Viewer::owner(), reader_{7, intel::Tlp::amber, false};
};

Status ask(const Arguments& a) {
  MOZU_LET(const auto objects, a.number("objects", 1'000'000));
  MOZU_LET(const auto questions, a.number("questions", 5'000));
  MOZU_LET(const auto store, open(a, true));
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  MOZU_TRY(Asking(*store, objects, questions).all(w));
  w.field("peak_mib", peak_memory_mib()).end_object();
  fmt::print("{}\n", out);
  return {};
}

Status plans(const Arguments& a) {
  MOZU_LET(const auto objects, a.number("objects", 1'000'000));
  MOZU_LET(const auto questions, a.number("questions", 2'000));
  MOZU_LET(const auto opened, a.number("opened", 10));
  MOZU_LET(const auto store, open(a, true));
  intel::Opened::Way way(1);
  for (std::uint64_t i = 0; i < opened; ++i) way[0].push_back(publication_of(i * 7));
  const intel::Viewer all{7, intel::Tlp::amber, false};
  intel::Viewer limited = all;
  intel::Opened ways;
  ways.ways.push_back(std::move(way));
  limited.opened = std::make_shared<const intel::Opened>(std::move(ways));
  std::string out;
  JsonWriter w(out);
  w.begin_object();
  for (const auto& [name, viewer] : {std::pair<std::string_view, const intel::Viewer*>{"without a plan", &all}, {"limited", &limited}}) {
    w.key(name).begin_object();
    MOZU_TRY(Asking(*store, objects, questions, *viewer).with_lists(w));
    w.end_object();
  }
  w.field("peak_mib", peak_memory_mib()).end_object();
  fmt::print("{}\n", out);
  return {};
}

}  // namespace
}  // namespace mozu::bench

int main(int count, char** words) {
  const std::string_view wanted = count > 1 ? words[1] : "";
  const auto arguments = mozu::bench::Arguments::parse(count - 2, words + 2);
  mozu::Status status = mozu::fail("usage", "the first word must be fill, ask or plans", "bench/store.cpp lists their options");
  if (!arguments) status = std::unexpected(arguments.error());
  else if (wanted == "fill") status = mozu::bench::fill(*arguments);
  else if (wanted == "ask") status = mozu::bench::ask(*arguments);
  else if (wanted == "plans") status = mozu::bench::plans(*arguments);
  if (status) return 0;
  fmt::print(stderr, "mozu_store_bench: {}\n", mozu::render_text(status.error()));
  return 1;
}
