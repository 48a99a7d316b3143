// Attribution from outside: a file in, its report out, byte for byte the command line's; who may, whose it is, how much, and what is on the disk.
#include <gtest/gtest.h>

#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "house.hpp"
#include "mozu/attribution/answer.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/json_read.hpp"
#include "mozu/files/objects.hpp"
#include "mozu/gene/index.hpp"
#include "temp_folder.hpp"

namespace mozu::server::test {
namespace {

std::string sample_text(int from, int lines) {
  std::string out;
  for (int i = from; i < from + lines; ++i) out += fmt::format("zibeth command number {} that only this sample has\n", i);
  return out;
}

class Attributions : public ::testing::Test {
 protected:
  Settings settings;
  std::unique_ptr<House> house;
  const std::string all = "/api/v1/attributions";

  void SetUp() override { start(); }
  void start() { house = std::make_unique<House>(settings); }
  std::string genes() const { return house->folder + "/genes"; }
  /// "Amber Lynx" has these lines.
  void learn() {
    auto index = *gene::Index::open(genes());
    const std::string text = sample_text(0, 40);
    auto opened = *files::open_objects(text, {.name = "bot.txt"});
    const auto& o = opened.objects.front();
    ASSERT_TRUE(index.add({{gene::Sample{o.sha256, "bot.txt", o.kind, o.bytes, 0, {{gene::EntityType::actor, "Amber Lynx"}}}, o.genome}}));
  }
  Answer send(std::string_view who, const std::string& body, const std::string& name = "x.txt") {
    return house->ask(who, "POST", all + "?name=" + name, body, "Content-Type: application/octet-stream\r\n");
  }
  static std::string text_of(const Answer& answer, std::string_view key) {
    simdjson::dom::parser parser;
    JsonObject o;
    return parser.parse(answer.body).get(o) == simdjson::SUCCESS ? std::string(string_member(o, key)) : "";
  }
  std::string sent(std::string_view who, const std::string& body, const std::string& name = "x.txt") {
    const Answer answer = send(who, body, name);
    EXPECT_EQ(answer.status, 202) << answer.body;
    return text_of(answer, "id");
  }
  /// Waits for the end of it; asked again and again, as clients do.
  std::string ended(std::string_view who, const std::string& id) {
    std::mutex mutex;
    std::condition_variable never;
    for (int i = 0; i < 600; ++i) {
      const std::string state = text_of(house->ask(who, "GET", all + "/" + id), "state");
      if (state != "queued" && state != "running") return state;
      std::unique_lock lock(mutex);
      never.wait_for(lock, std::chrono::milliseconds(50));
    }
    return "late";
  }
  bool on_disk(std::string_view text) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(house->folder))
      if (entry.is_regular_file() && read_file(entry.path().string())->find(text) != std::string::npos &&
          entry.path().string().find("/genes/") == std::string::npos)
        return true;
    return false;
  }
  std::size_t kept() const {
    std::size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(house->folder + "/samples")) n += entry.path().filename().string().front() != '.';
    return n;
  }
};

TEST_F(Attributions, AnEmptyFileIsCalledEmptyOnEveryWay) {
  learn();
  const std::string octets = "Content-Type: application/octet-stream\r\n";
  for (const std::string target : {"/api/v1/attributions?name=x.txt", "/api/v1/reviews?name=x.pdf", "/api/v1/imports?source=x"}) {
    const Answer answer = house->ask("ann", "POST", target, "", octets);
    EXPECT_EQ(answer.status, 422) << target << answer.body;
    EXPECT_TRUE(answer.has(R"("code":"file-empty")") && answer.has("the file is empty") && answer.has(R"("hint":)")) << target << answer.body;
  }
}

TEST_F(Attributions, AReportIsTheCommandLinesByteForByte) {
  learn();
  const std::string text = sample_text(0, 20) + sample_text(1000, 20);
  const std::string id = sent("ann", text, "dir/x.txt");
  ASSERT_EQ(ended("ann", id), "done");
  const auto index = *gene::Index::open_existing(genes());
  const TempFolder folder;
  const std::string path = folder.write("x.txt", text);
  for (const bool weak : {false, true}) {
    auto x = *attribution::answer("x.txt", *files::open_objects(text, {.name = "x.txt"}), index, {.compare = {.weak = weak}});
    attribution::show_places(x, path, {.name = "x.txt"}, index, nullptr);
    attribution::draw(x, index, {.weak = weak});
    ASSERT_EQ(x.maps.size(), 1U);
    EXPECT_EQ(x.here.size(), 20U);
    const Answer report = house->ask("ann", "GET", all + "/" + id + "/report" + (weak ? "?weak=true" : ""));
    EXPECT_EQ(report.status, 200);
    EXPECT_EQ(report.body, attribution::json_of(x));
    for (const auto tool : {attribution::LabelTool::ida, attribution::LabelTool::ghidra, attribution::LabelTool::x64dbg}) {
      const std::string format = "/report?format=" + std::string(name(tool));
      const Answer labels = house->ask("ann", "GET", all + "/" + id + format);
      EXPECT_EQ(labels.status, 200) << labels.body;
      EXPECT_TRUE(labels.has("Amber Lynx"));
      EXPECT_TRUE(weak || labels.body == attribution::label_script(x, tool));
      EXPECT_EQ(house->ask("ann", "GET", all + "/" + id + format + "&weak=true").status, 400);
    }
  }
  const Answer one = house->ask("ann", "GET", all + "/" + id);
  EXPECT_TRUE(one.has("Amber Lynx")) << one.body;
  EXPECT_TRUE(house->ask("ann", "GET", all + "/settings").has(R"("offered":true)"));
  EXPECT_TRUE(house->ask("root", "GET", "/api/v1/audit?action=attribution").has(id));
}

TEST_F(Attributions, WithoutAnIndexItIsSaidWhatToDo) {
  const Answer refused = send("ann", "some text");
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(refused.has("genes-absent") && refused.has("mozu gene add")) << refused.body;
  EXPECT_EQ(kept(), 0U);
  EXPECT_TRUE(house->ask("ann", "GET", all + "/settings").has(R"("offered":false)"));
}

TEST_F(Attributions, OthersDoNotKnowThatItIsThere) {
  learn();
  const std::string id = sent("ann", sample_text(0, 20));
  ASSERT_EQ(ended("ann", id), "done");
  EXPECT_EQ(house->ask("aki", "GET", all + "/" + id).status, 200) << "an author of the same organisation";
  for (const std::string who : {"ben", "root"}) {
    for (const std::string way : {"", "/report", "/sample"}) EXPECT_EQ(house->ask(who, "GET", all + "/" + id + way).status, 404) << who << way;
    EXPECT_EQ(house->ask(who, "POST", all + "/" + id + "/cancel").status, 404);
    EXPECT_EQ(house->ask(who, "DELETE", all + "/" + id).status, 404);
    EXPECT_FALSE(house->ask(who, "GET", all).has(id));
  }
  for (const std::string who : {"rea", "fee", "bob"}) EXPECT_EQ(house->ask(who, "GET", all + "/" + id).status, 403) << who;
  EXPECT_EQ(house->ask("aki", "GET", all + "/" + id + "/sample").status, 403) << "reports are for authors, samples are not";
  EXPECT_EQ(house->ask("", "GET", all).status, 401);
  EXPECT_FALSE(house->ask("adam", "GET", all + "?mine=true").has(id));
  EXPECT_TRUE(house->ask("adam", "GET", all).has(id));
}

TEST_F(Attributions, SamplesLieEncryptedAndLeaveLocked) {
  learn();
  const std::string text = sample_text(5000, 30);
  const std::string id = sent("ann", text);
  ASSERT_EQ(ended("ann", id), "done");
  EXPECT_FALSE(on_disk("zibeth command number 5001"));
  const Answer zip = house->ask("ann", "GET", all + "/" + id + "/sample");
  ASSERT_EQ(zip.status, 200);
  EXPECT_EQ(zip.header("content-type"), "application/zip");
  EXPECT_EQ(zip.body.find("zibeth"), std::string::npos);
  const auto opened = *files::open_objects(zip.body, {.name = "x.zip"});
  ASSERT_EQ(opened.objects.size(), 2U) << "opened by the password infected";
  EXPECT_EQ(opened.objects[1].sha256, to_hex(sha256(std::as_bytes(std::span(text)))));
  EXPECT_TRUE(house->ask("root", "GET", "/api/v1/audit?action=sample-download").has(id));
  EXPECT_EQ(house->ask("ann", "DELETE", all + "/" + id).status, 204);
  EXPECT_EQ(house->ask("ann", "GET", all + "/" + id).status, 404);
  EXPECT_EQ(kept(), 0U);
}

TEST_F(Attributions, QuotasHoldForThoseWhoSendAtOnce) {
  learn();
  ASSERT_EQ(house->ask("root", "PUT", "/api/v1/plans/p", R"({"name":"p","opens":{"all":true},"quotas":{"attributions":5}})").status, 201);
  ASSERT_EQ(house->ask("root", "PUT", fmt::format("/api/v1/organisations/{}/subscriptions", house->b), R"({"subscriptions":[{"plan":"p"}]})").status, 200);
  std::atomic<int> taken{0}, refused{0};
  std::vector<std::thread> senders;
  for (int i = 0; i < 10; ++i)
    senders.emplace_back([&, i] {
      const Answer answer = send("ben", sample_text(i * 10, 5));
      taken += answer.status == 202;
      refused += answer.status == 429 && answer.has("quota-spent");
    });
  for (auto& s : senders) s.join();
  EXPECT_EQ(taken, 5);
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(send("ann", "another organisation, not limited").status, 202);
}

TEST_F(Attributions, BrokenFilesFailAloneAndEmptyOnesAreRefused) {
  learn();
  const std::string cut = sent("ann",
                               std::string("\x7f"
                                           "ELF\x02\x01\x01",
                                           7) +
                                   std::string(100, '\xff'),
                               "cut.elf");
  const std::string zip = sent("ann", "PK\x03\x04" + std::string(40, '\xfe'), "cut.zip");
  EXPECT_EQ(ended("ann", cut), "done");
  EXPECT_EQ(ended("ann", zip), "done");
  EXPECT_EQ(send("ann", "").status, 422);
  EXPECT_EQ(house->ask("ann", "GET", all + "/no-such-one").status, 404);
  EXPECT_EQ(house->ask("ann", "GET", all + "/..%2Fsecret.key/report").status, 404);
}

}  // namespace
}  // namespace mozu::server::test
