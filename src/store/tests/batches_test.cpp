// Imports of more than a batch: what comes next is asked about while the batch before is written.
#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base.hpp"

namespace mozu::store::test::batches_test {
namespace {

const intel::Viewer owner = intel::Viewer::owner();
constexpr unsigned many = 40'000;  // more than the first batches hold

class StoreBatches : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engines, StoreBatches, testing::ValuesIn(engines_and_parts), engine_name);

std::string named(unsigned i, std::string_view what) { return fmt::format(R"("name":"{} {}")", what, i); }
std::string_view time(unsigned version) { return version == 1 ? "2024-01-01T00:00:00.000Z" : "2025-01-01T00:00:00.000Z"; }

ImportCounts import_many(Store& store, unsigned version) {
  auto import = must(store.begin_import({"test", "many", "", "cli", intel::common, intel::Tlp::none, intel::confidence_unknown}));
  for (unsigned i = 0; i < many; ++i) {
    // Of the second time half is newer. A type and a relation that are new come late, each relation leads far ahead or far back.
    const bool newer = version == 2 && i % 2 == 0;
    must(import->put(object(i < many / 2 ? "tool" : "x-late", i, named(i, newer ? "newer" : "first"), time(newer ? 2 : 1))));
    const auto other = (i * 7919U) % many;
    if (i % 4 == 0)
      must(import->put(relation(many + i, i < many / 2 ? "uses" : "late-use", id_of(i < many / 2 ? "tool" : "x-late", i),
                                id_of(other < many / 2 ? "tool" : "x-late", other))));
  }
  must(import->put(object("tool", 1, named(1, "said twice"), time(2))));  // of an id of the first batch
  return must(import->commit()).counts;
}

TEST_P(StoreBatches, KnowWhatTheBatchesBeforeThemBrought) {
  Home home(GetParam());
  auto options = home.options();
  if (home.parts) options.part_objects = 10'000;
  const auto store = must(Store::open(options));
  auto counts = import_many(*store, 1);
  EXPECT_EQ(counts.added, many + many / 4);
  EXPECT_EQ(counts.updated, 1U);
  counts = import_many(*store, 2);
  EXPECT_EQ(counts.added, 0U);
  EXPECT_EQ(counts.updated, many / 2);
  EXPECT_EQ(counts.unchanged, many / 2 + many / 4 + 1);  // with the one of which both versions were known
  for (const auto& d : must(store->verify())) ADD_FAILURE() << d.message;
  std::uint64_t edges = 0;
  for (unsigned i = 0; i < many; i += 4000) {
    const auto page = must(store->neighbours(owner, id_of(i < many / 2 ? "tool" : "x-late", i), {}));
    for (const auto& n : page.items) edges += n.outgoing ? 1 : 0;
    EXPECT_EQ(must(store->object(owner, id_of(i < many / 2 ? "tool" : "x-late", i)))->name, fmt::format("newer {}", i));
  }
  EXPECT_EQ(edges, many / 4000);
}

TEST_P(StoreBatches, AHubOfWhatIsNotThereIsReadInPieces) {
  Home home(GetParam());
  auto options = home.options();
  if (home.parts) options.part_objects = 10'000;
  const auto store = must(Store::open(options));
  constexpr unsigned absent = 30'000, present = 3;
  const auto hub = id_of("malware", 1);
  auto import = must(store->begin_import({"test", "hub", "", "cli", intel::common, intel::Tlp::none, intel::confidence_unknown}));
  must(import->put(object("malware", 1, R"("name":"hub","is_family":true)")));
  for (unsigned i = 0; i < absent; ++i) must(import->put(relation(100 + i, "uses", id_of("tool", 100 + i), hub)));
  for (unsigned i = 0; i < present; ++i) {
    must(import->put(object("tool", absent + 200 + i, named(i, "there"))));
    must(import->put(relation(absent + 200 + i, "uses", id_of("tool", absent + 200 + i), hub)));
  }
  must(import->commit());
  NeighbourQuery query;
  query.limit = 2;
  std::vector<std::string> found;
  unsigned pages = 0;
  do {
    const auto page = must(store->neighbours(owner, hub, query));
    EXPECT_LE(page.items.size(), query.limit);
    for (const auto& n : page.items) found.push_back(n.object.id);
    query.cursor = page.next;
  } while (!query.cursor.empty() && ++pages < absent);
  EXPECT_GE(pages, 2U);  // one page did not walk over all that is absent
  std::vector<std::string> expected;
  for (unsigned i = 0; i < present; ++i) expected.push_back(id_of("tool", absent + 200 + i));
  std::ranges::sort(found);
  EXPECT_EQ(found, expected);
  const auto counts = must(store->neighbour_counts(owner, hub));
  for (const auto& c : counts) EXPECT_TRUE(c.more);
}

}  // namespace
}  // namespace mozu::store::test::batches_test
