// A publication in lists of objects is called as its reader calls it.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "authors.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view japanese = "Accept-Language: ja\r\n";
constexpr std::string_view title_ja = "琥珀の山猫、再び";

class TitlesOver : public Publications {
 protected:
  void bilingual(std::string_view japanese_title) {
    const Answer changed =
        took(tell("aki", "PATCH", draft(),
                  fmt::format(R"({{"version":{},"texts":[{{"language":"en","title":"Lynx returns","summary":"They came back.","full":"All."}},)"
                              R"({{"language":"ja","title":"{}","summary":"戻ってきた。","full":"全文。"}}]}})",
                              version, japanese_title)));
    ASSERT_EQ(changed.status, 200) << changed.body;
    ASSERT_EQ(review().status, 200);
    const Answer done = publish();
    ASSERT_EQ(done.status, 200) << done.body;
  }
  void SetUp() override {
    ASSERT_EQ(begin().status, 201);
    ASSERT_EQ(attach("iocs.csv", "indicators", "evil.lynx[.]example\n").status, 200);
    bilingual(title_ja);
  }
  Answer read(const std::string& path, std::string_view headers = {}) { return house.ask("rea", "GET", "/api/v1" + path, {}, headers); }
  static std::string named(std::string_view title) { return fmt::format(R"("name":"{}")", title); }
};

TEST_F(TitlesOver, EveryListIsInTheReadersLanguage) {
  const std::string report = "report--" + id;
  const std::string actor = text_of(read("/objects?type=intrusion-set"), "id");
  ASSERT_FALSE(actor.empty());
  for (const std::string& path :
       {std::string("/search?q=lynx"), std::string("/objects?type=report"), std::string("/objects?type=report&full=true"), "/objects/" + report,
        "/objects/" + report + "/versions", "/objects/" + actor + "/neighbours", std::string("/lookup?value=evil.lynx.example")}) {
    const Answer plain = read(path), asked = read(path, japanese);
    ASSERT_EQ(asked.status, 200) << path << asked.body;
    EXPECT_TRUE(asked.has(named(title_ja))) << path << asked.body;
    EXPECT_TRUE(plain.has(named("Lynx returns"))) << path << plain.body;
    EXPECT_FALSE(plain.has(named(title_ja))) << path << plain.body;
  }
  const Answer verdict = read("/lookup?value=evil.lynx.example", japanese);
  EXPECT_TRUE(verdict.has(fmt::format(R"(named in the report \"{}\")", title_ja)) && !verdict.has(named("Lynx returns"))) << verdict.body;
  const Answer kept = house.ask("rea", "POST", "/api/v1/graphs", fmt::format(R"({{"title":"g","nodes":[{{"id":"{}","x":0,"y":0}}]}})", report),
                                fmt::format("{}{}", json_type, japanese));
  ASSERT_EQ(kept.status, 201) << kept.body;
  EXPECT_TRUE(kept.has(named(title_ja))) << kept.body;
}

TEST_F(TitlesOver, TheDearestLanguageThatThereIs) {
  const auto called = [&](std::string_view languages) {
    return text_of(read("/objects/report--" + id, fmt::format("Accept-Language: {}\r\n", languages)), "name");
  };
  EXPECT_EQ(called("ja-JP, en;q=0.5"), title_ja);
  EXPECT_EQ(called("en;q=0.5, ja;q=0.9"), title_ja);
  EXPECT_EQ(called("de, fr;q=0.5, ja;q=0.1"), title_ja);
  for (const std::string_view others : {"en, ja;q=0.9", "de", "ja;q=0", "*", ";;q=,,", "ja;q=x"}) EXPECT_EQ(called(others), "Lynx returns") << others;
}

TEST_F(TitlesOver, ARevisionHasTheTitleThatItWasGiven) {
  EXPECT_TRUE(read("/search?q=lynx", japanese).has(named(title_ja)));
  bilingual("山猫の新版");
  const Answer now = read("/search?q=lynx", japanese);
  EXPECT_TRUE(now.has(named("山猫の新版")) && !now.has(named(title_ja))) << now.body;
  const Answer versions = read("/objects/report--" + id + "/versions", japanese);
  EXPECT_TRUE(versions.has(named("山猫の新版")) && versions.has(named(title_ja))) << "each as it was: " << versions.body;
}

TEST_F(TitlesOver, WordsOfOthersAreTheirs) {
  house.import(R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000000","objects":[
{"type":"report","spec_version":"2.1","id":"report--00000000-0000-4000-8000-0000000000a1","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Lynx of others","published":"2026-01-01T00:00:00Z","object_refs":["report--00000000-0000-4000-8000-0000000000a1"],
"x_mozu_publication":{"id":"00000000-0000-4000-8000-0000000000a1","slug":"x","titles":[{"language":"ja","title":"偽の題"}]}}]})",
               intel::common, intel::Tlp::green);
  const Answer found = read("/search?q=lynx", japanese);
  EXPECT_TRUE(found.has("Lynx of others") && !found.has("偽の題")) << found.body;
}

}  // namespace
}  // namespace mozu::server::test
