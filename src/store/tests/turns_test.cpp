// Imports one after the other: who waits for whom, and for how long.
#include <string>
#include <vector>

#include "base.hpp"

namespace mozu::store::test::turns_test {
namespace {

const intel::Viewer owner = intel::Viewer::owner();
const Provenance provenance{"test", "here", "", "cli", intel::common, intel::Tlp::none, intel::confidence_unknown};

class Turns : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Engines, Turns, testing::ValuesIn(engines), engine_name);

TEST_P(Turns, OfALongImportBeginWithItsFirstWriting) {
  Home home(GetParam());
  const auto store = home.open();
  std::vector<bool> waits;
  const Turn patient{[&](bool w) -> Status {
    waits.push_back(w);
    return {};
  }};
  const auto long_one = must(store->begin_import(provenance, false, patient));
  must(long_one->put(object("tool", 1, R"("name":"Spade")")));
  EXPECT_EQ(import(*store, {object("tool", 1, R"("name":"Spade")"), object("tool", 2)}).counts.added, 2U) << "meanwhile another one writes";
  for (int i = 0; i < 100'000; ++i) must(long_one->put(object("tool", 1, R"("name":"Spade")")));
  EXPECT_EQ(import(*store, {object("tool", 3)}).counts.added, 1U) << "what says the same again and again is no batch";
  must(long_one->put(object("tool", 4)));
  const auto receipt = must(long_one->commit());
  EXPECT_EQ(receipt.counts.added, 1U);
  EXPECT_EQ(receipt.counts.unchanged, 100'001U) << "what was written before its turn came is known";
  EXPECT_TRUE(waits.empty());
  EXPECT_EQ(must(store->imports(owner, {}, 1)).items.at(0).counts.unchanged, 100'001U);
  for (const auto& d : must(store->verify())) ADD_FAILURE() << d.message;
}

TEST_P(Turns, OfShortImportsEndTheirWaitByThemselves) {
  Home home(GetParam());
  auto options = home.options();
  options.turn_ms = 20;
  const auto store = must(Store::open(options));
  auto first = must(store->begin_import(provenance));
  const auto refused = store->begin_import(provenance);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store-busy");
  int asked = 0;
  const Turn stopped{[&](bool) -> Status {
    if (++asked == 1) return {};
    return fail("stopped", "");
  }};
  const auto patient = must(store->begin_import(provenance, false, stopped));
  must(patient->put(object("tool", 1)));
  EXPECT_EQ(patient->commit().error().code, "stopped") << "who waits can be stopped";
  first.reset();
  EXPECT_EQ(import(*store, {object("tool", 1)}).counts.added, 1U);
}

TEST_P(Turns, AreTakenBeforeWhatIsReadIsWritten) {
  Home home(GetParam());
  auto options = home.options();
  options.turn_ms = 1;
  const auto store = must(Store::open(options));
  const Turn patient{[](bool) { return Status(); }};
  const auto one = must(store->begin_import(provenance, false, patient));
  must(one->put(object("tool", 1)));
  must(one->take_turn());
  EXPECT_EQ(store->begin_import(provenance).error().code, "store-busy");
  EXPECT_EQ(must(one->commit()).counts.added, 1U);
}

}  // namespace
}  // namespace mozu::store::test::turns_test
