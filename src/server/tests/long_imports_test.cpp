// Imports that take minutes, and what others write meanwhile.
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <future>
#include <string>

#include "house.hpp"
#include "packing.hpp"
#include "publishing.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view octets = "Content-Type: application/octet-stream\r\n";

/// 900 kB that unfold to 15 million lines.
std::string small_and_long() {
  std::string million, out;
  for (int i = 0; i < 1'000'000; ++i) million += "203.0.113.7\n";
  const std::string packed = pack(million, "gzip");
  for (int i = 0; i < 15; ++i) out += packed;
  return out;
}

Answer running_when(House& house, std::string_view text) {
  Answer running = house.ask("ann", "GET", "/api/v1/imports/running");
  for (int i = 0; i < 100'000 && !running.has(text); ++i) running = house.ask("ann", "GET", "/api/v1/imports/running");
  return running;
}

/// Stops all that run.
void stop(House& house) {
  const Answer running = house.ask("ann", "GET", "/api/v1/imports/running");
  for (std::size_t at = running.body.find(R"("id":")"); at != std::string::npos; at = running.body.find(R"("id":")", at)) {
    at += 6;
    EXPECT_EQ(house.ask("ann", "DELETE", "/api/v1/imports/running/" + running.body.substr(at, running.body.find('"', at) - at)).status, 204);
  }
}

TEST(LongImports, LetOthersPublishAndTagMeanwhile) {
  House house;
  const std::string lines = small_and_long();
  ASSERT_LT(lines.size(), 1U << 20);
  std::array<std::future<Answer>, 2> answers;  // as many as imports may run
  for (auto& answer : answers)
    answer = std::async(std::launch::async, [&] { return house.ask("ann", "POST", "/api/v1/imports?source=long&name=long.txt.gz", lines, octets); });
  // Their objects are counted as they are read.
  const Answer reading = running_when(house, R"("state":"reading")");
  ASSERT_TRUE(reading.has("long.txt.gz")) << reading.body << answers[0].get().body;
  Publisher publisher(house);
  const auto staged = publisher.stage("meanwhile");
  const Answer published = publisher.publish(staged);
  EXPECT_EQ(published.status, 200) << published.body;
  const Answer found = house.ask("ann", "GET", "/api/v1/objects?type=report");
  ASSERT_TRUE(found.has("Title of meanwhile")) << found.body;
  const auto at = found.body.find("report--");
  EXPECT_LT(house.ask("ann", "PUT", fmt::format("/api/v1/objects/{}/tags/seen", found.body.substr(at, 44)), R"({"weight":50})", json_type).status, 300);
  EXPECT_TRUE(house.ask("ann", "GET", "/api/v1/imports/running").has(R"("state":"reading")")) << "they have not ended meanwhile";
  stop(house);
  for (auto& answer : answers) EXPECT_EQ(answer.get().status, 409);
  EXPECT_FALSE(house.ask("ann", "GET", "/api/v1/indicators").has("203.0.113.7")) << "nothing of it was kept";
}

TEST(LongImports, ThatWriteTellOthersToComeBack) {
  Settings settings;
  settings.turn_ms = 100;
  House house(settings);
  Publisher publisher(house);
  const auto staged = publisher.stage("later");
  store::Provenance provenance;
  provenance.source = "other";
  auto writes = *house.knowledge->begin_import(provenance);
  const Answer refused = publisher.publish(staged);
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_TRUE(refused.has(R"("code":"store-busy")") && refused.has("a long import is being written")) << refused.body;
  EXPECT_EQ(refused.header("retry-after"), "10");
  writes.reset();
  EXPECT_EQ(publisher.publish(staged).status, 200);
}

}  // namespace
}  // namespace mozu::server::test
