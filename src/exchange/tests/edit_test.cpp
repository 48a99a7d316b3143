// Edits of many objects: all or none, over nothing that others wrote, with the old word as history, and taken back.
#include "mozu/exchange/edit.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "mozu/formats/stix_objects.hpp"

namespace mozu::exchange::test {
namespace {

namespace fs = std::filesystem;
const Timestamp now{1'793'000'000'000};

std::string id_of(int n) { return fmt::format("indicator--{:08x}-0000-4000-8000-000000000000", n); }
std::string indicator(int n, std::string_view more = {}) {
  return fmt::format(
      R"({{"type":"indicator","spec_version":"2.1","id":"{}","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","pattern_type":"stix","pattern":"[domain-name:value = 'host{}.example']","valid_from":"2026-01-01T00:00:00Z","x_custom":{{"a":[1,2.5]}}{}}})",
      id_of(n), n, more);
}

class Edits : public testing::Test {
 protected:
  Edits() : folder_((fs::temp_directory_path() / fmt::format("mozu-edits-{}", ::getpid())).string()) {
    fs::remove_all(folder_);
    store_ = *store::Store::open({folder_});
  }
  ~Edits() override {
    store_.reset();
    fs::remove_all(folder_);
  }
  void import(std::initializer_list<std::string> objects, intel::OrganisationId organisation = 1, intel::Tlp tlp = intel::Tlp::none,
              std::string source = "feed") {
    const auto writing = *store_->begin_import({std::move(source), "here", "", "cli", organisation, tlp, 60});
    formats::StixObjectReader reader;
    for (const auto& json : objects) {
      intel::StixObject o;
      ASSERT_TRUE(reader.read(json, o));
      ASSERT_TRUE(writing->put(std::move(o)));
    }
    ASSERT_TRUE(writing->commit());
  }
  store::StoredObject now_of(int n) { return **store_->object(editor_.viewer, id_of(n)); }
  EditTarget target(int n) { return {id_of(n), now_of(n).sequence}; }
  Result<EditReceipt> edit(std::span<const EditTarget> targets, const formats::StixEdit& e) {
    return edit_objects(*store_, editor_, "indicator", targets, e, now);
  }

  std::string folder_;
  std::unique_ptr<store::Store> store_;
  Editor editor_{{1, intel::Tlp::red}, "ann"};
};

TEST_F(Edits, ChangeWhatIsSaidAndNothingElse) {
  import({indicator(1, R"(,"labels":["old","kept"])"), indicator(2)});
  formats::StixEdit e;
  e.confidence = 20, e.valid_until = Timestamp{now.ms + 1000}, e.add_labels = {"new", "kept"}, e.remove_labels = {"old"};
  const auto done = edit(std::vector{target(1), target(2)}, e);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->changed, 2U);
  const auto o = now_of(1);
  EXPECT_EQ(o.confidence, 20);
  EXPECT_EQ(o.source, "feed") << "it is still the feed's indicator";
  EXPECT_NE(o.json.find(R"("labels":["kept","new"])"), std::string::npos) << o.json;
  EXPECT_NE(o.json.find(R"("x_custom":{"a":[1,2.5]})"), std::string::npos) << o.json;
  EXPECT_NE(o.json.find(R"("valid_until":"2026-10-26T07:33:21Z")"), std::string::npos) << o.json;
  EXPECT_EQ(store_->versions(editor_.viewer, id_of(1), {}, 10)->items.size(), 2U);
  const auto again = edit(std::vector{target(1), target(2)}, e);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->import, 0);
  EXPECT_EQ(again->unchanged, 2U);
}

TEST_F(Edits, KeepTheImportsLowerBoundOfTlpAndItsConfidence) {
  import({indicator(1)}, 1, intel::Tlp::amber);
  formats::StixEdit e;
  e.revoke = true;
  ASSERT_TRUE(edit(std::vector{target(1)}, e));
  EXPECT_EQ(now_of(1).tlp, intel::Tlp::amber);
  EXPECT_EQ(now_of(1).confidence, 60);
  EXPECT_TRUE(now_of(1).revoked);
}

TEST_F(Edits, WriteOverNothingThatSomebodyElseWrote) {
  import({indicator(1), indicator(2)});
  const std::vector targets{target(1), target(2)};
  formats::StixEdit first, second;
  first.confidence = 10, second.confidence = 90;
  ASSERT_TRUE(edit(std::vector{target(2)}, first));
  const auto lost = edit(targets, second);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, "conflict");
  EXPECT_NE(lost.error().message.find(id_of(2)), std::string::npos);
  EXPECT_EQ(now_of(1).confidence, 60) << "all or none";
  EXPECT_EQ(now_of(2).confidence, 10);
  EXPECT_EQ(edit(std::vector{EditTarget{id_of(7), 1}}, second).error().code, "conflict");
}

TEST_F(Edits, MakeTlpOnlyStricterAndNotBeyondTheEditor) {
  import({indicator(1)}, 1, intel::Tlp::amber);
  formats::StixEdit e;
  e.tlp = intel::Tlp::green;
  EXPECT_EQ(edit(std::vector{target(1)}, e).error().code, "edit-tlp");
  e.tlp = intel::Tlp::red;
  editor_.viewer.clearance = intel::Tlp::amber;
  EXPECT_EQ(edit(std::vector{target(1)}, e).error().code, "edit-tlp");
  editor_.viewer.clearance = intel::Tlp::red;
  ASSERT_TRUE(edit(std::vector{target(1)}, e));
  EXPECT_EQ(now_of(1).tlp, intel::Tlp::red);
}

TEST_F(Edits, AreOfOnesOwnAloneAndNotOfPublications) {
  import({indicator(1)}, intel::common);
  import({indicator(2)}, 2, intel::Tlp::green);
  import({indicator(3)}, 1, intel::Tlp::none, "publications");
  formats::StixEdit e;
  e.confidence = 1;
  for (const int n : {1, 2, 3}) EXPECT_EQ(edit(std::vector{target(n)}, e).error().code, "not-permitted") << n;
  EXPECT_EQ(edit_objects(*store_, editor_, "malware", std::vector{target(1)}, e, now).error().code, "conflict");
}

TEST_F(Edits, RefuseWhatNoIndicatorMayBe) {
  import({indicator(1)});
  formats::StixEdit e;
  e.valid_until = Timestamp{0};
  EXPECT_EQ(edit(std::vector{target(1)}, e).error().code, "edit-valid-until");
}

TEST_F(Edits, AreTakenBackButNotOverWhatCameSince) {
  import({indicator(1, R"(,"labels":["old"])"), indicator(2), indicator(3)});
  const std::vector targets{target(1), target(2)};
  formats::StixEdit e, later;
  e.confidence = 5, e.add_labels = {"x"}, e.tlp = intel::Tlp::red, later.confidence = 77;
  const auto done = edit(targets, e);
  ASSERT_TRUE(done);
  ASSERT_TRUE(edit(std::vector{target(2)}, later));
  const auto undone = undo_edit(*store_, editor_, done->import, targets, now);
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_EQ(undone->changed, 1U);
  EXPECT_EQ(undone->skipped, 1U);
  EXPECT_EQ(now_of(1).confidence, 60);
  EXPECT_EQ(now_of(1).tlp, intel::Tlp::none);
  EXPECT_NE(now_of(1).json.find(R"("labels":["old"])"), std::string::npos);
  EXPECT_EQ(now_of(2).confidence, 77);
  EXPECT_EQ(store_->versions(editor_.viewer, id_of(1), {}, 10)->items.size(), 3U) << "history keeps all";
  EXPECT_EQ(undo_edit(*store_, editor_, done->import, targets, now)->skipped, 2U) << "once";
}

}  // namespace
}  // namespace mozu::exchange::test
