// How the installation is: for its administrators, and true.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "house.hpp"
#include "machine.hpp"

namespace mozu::server::test {
namespace {

constexpr std::string_view system_bundle =
    R"({"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":[
{"type":"malware","spec_version":"2.1","id":"malware--11111111-1111-4111-8111-111111111111","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Loader","is_family":true},
{"type":"intrusion-set","spec_version":"2.1","id":"intrusion-set--22222222-2222-4222-8222-222222222222","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Heron"},
{"type":"relationship","spec_version":"2.1","id":"relationship--33333333-3333-4333-8333-333333333333","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"intrusion-set--22222222-2222-4222-8222-222222222222","target_ref":"malware--11111111-1111-4111-8111-111111111111"}]})";

TEST(System, IsForTheInstallationsAdministratorsAlone) {
  House house;
  EXPECT_EQ(house.ask("root", "GET", "/api/v1/system").status, 200);
  EXPECT_EQ(house.ask("", "GET", "/api/v1/system").status, 401);
  for (const auto* who : {"adam", "ann", "rea", "fee"}) EXPECT_EQ(house.ask(who, "GET", "/api/v1/system").status, 403) << who;
}

TEST(System, TellsWhatIsThere) {
  House house;
  house.import(system_bundle, house.a, intel::Tlp::red);
  std::ofstream(house.folder + "/indicators.mzi") << std::string(5000, 'x');
  const Answer answer = house.ask("root", "GET", "/api/v1/system");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  simdjson::dom::parser parser;
  simdjson::dom::element system;
  ASSERT_EQ(parser.parse(answer.body).get(system), simdjson::SUCCESS) << answer.body;
  EXPECT_EQ(std::string_view(system.at_pointer("/store/engine")), "SQLite");
  EXPECT_GE(std::int64_t(system.at_pointer("/store/knowledge_schema")), 7);
  EXPECT_GE(std::int64_t(system.at_pointer("/store/people_schema")), 4);
  const std::uint64_t base = system.at_pointer("/store/bytes"), used = system.at_pointer("/disk/used_bytes");
  EXPECT_GE(base, std::filesystem::file_size(house.folder + "/knowledge.db") + std::filesystem::file_size(house.folder + "/people.db"));
  EXPECT_GE(used, base + 5000);
  EXPECT_GT(std::uint64_t(system.at_pointer("/disk/free_bytes")), 0U);
  EXPECT_GT(std::uint64_t(system.at_pointer("/memory/used_bytes")), std::uint64_t{1} << 20);
  EXPECT_GE(std::uint64_t(system.at_pointer("/memory/total_bytes")), std::uint64_t(system.at_pointer("/memory/used_most_bytes")));
  // Of all organisations, whatever its marking.
  EXPECT_EQ(std::uint64_t(system.at_pointer("/knowledge/objects")), 2U);
  EXPECT_EQ(std::uint64_t(system.at_pointer("/knowledge/relations")), 1U);
  EXPECT_EQ(std::uint64_t(system.at_pointer("/knowledge/types/intrusion-set")), 1U);
  EXPECT_EQ(std::uint64_t(system.at_pointer("/knowledge/relation_kinds/uses")), 1U);
  EXPECT_EQ(std::uint64_t(system.at_pointer("/notifications/waiting")), 0U);
  EXPECT_FALSE(bool(system.at_pointer("/notifications/mail")));
  EXPECT_TRUE(bool(system.at_pointer("/parts/indicators")));
  EXPECT_FALSE(bool(system.at_pointer("/parts/warning_lists")));
}

TEST(System, CountsNoticesByWhatBecameOfThem) {
  House house;
  store::Notice notice;
  notice.rule = "r", notice.owner = 1;
  std::vector<store::Notice> notices(3, notice);
  for (std::size_t i = 0; i < notices.size(); ++i) notices[i].event = std::to_string(i);
  ASSERT_TRUE(house.accounts->add_notices(notices, "s", "v"));
  const auto all = house.accounts->notices({});
  ASSERT_TRUE(all);
  const std::int64_t one[] = {all->items.front().id};
  ASSERT_TRUE(house.accounts->settle_notices(one, store::NoticeState::failed, Timestamp::now(), "no such host"));
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/system").has(R"("waiting":2,"sent":0,"failed":1,"dropped":0)"));
}

TEST(Machine, ReadsWhatTheKernelSays) {
  constexpr std::string_view text = "Name:\tmozu\nVmRSSx:\t  7 kB\nVmRSS:\t  1234 kB\nThreads:\t3\nBroken: 5\n";
  EXPECT_EQ(kernel_bytes(text, "VmRSS"), 1234U << 10);
  EXPECT_EQ(kernel_bytes(text, "Threads"), 0U);
  EXPECT_EQ(kernel_bytes(text, "Broken"), 0U);
  EXPECT_EQ(kernel_bytes(text, "VmHWM"), 0U);
}

TEST(Machine, CountsFilesAndFollowsNoLinks) {
  House house;
  const std::string folder = house.folder + "/counted";
  std::filesystem::create_directories(folder + "/below");
  std::ofstream(folder + "/one") << "12345";
  std::ofstream(folder + "/below/two") << "678";
  std::filesystem::create_symlink(folder + "/one", folder + "/link");
  std::filesystem::create_directory_symlink(folder, folder + "/below/again");
  const FolderSize size = size_of(folder);
  EXPECT_EQ(size.bytes, 8U);
  EXPECT_EQ(size.files, 2U);
  EXPECT_FALSE(size.more);
  EXPECT_EQ(size_of(folder + "/absent").files, 0U);
  EXPECT_EQ(disk_of(folder + "/absent").total_bytes, 0U);
}

}  // namespace
}  // namespace mozu::server::test
