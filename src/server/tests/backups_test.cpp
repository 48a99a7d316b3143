// Backups over HTTP: for the installation's administrators, written down, handed out as they lie there.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "house.hpp"
#include "mozu/base/file.hpp"
#include "mozu/store/backup_folder.hpp"

namespace mozu::server::test {
namespace {

std::string made_backup(House& house) {
  EXPECT_EQ(house.ask("root", "POST", "/api/v1/backups").status, 202);
  // Each question waits for the one before it; a backup that never ends fails by the patience of the test runner.
  while (house.ask("root", "GET", "/api/v1/backups").has(R"("running")")) {}
  const auto list = store::BackupFolder(house.folder + "/backups").list();
  return list && !list->empty() ? list->front().name : "";
}

TEST(Backups, AreForTheInstallationsAdministratorsAlone) {
  House house;
  const std::string name = made_backup(house);
  ASSERT_FALSE(name.empty());
  for (const auto* who : {"adam", "ann", "rea"}) {
    EXPECT_EQ(house.ask(who, "GET", "/api/v1/backups").status, 403) << who;
    EXPECT_EQ(house.ask(who, "POST", "/api/v1/backups").status, 403) << who;
    EXPECT_EQ(house.ask(who, "GET", "/api/v1/backups/" + name).status, 403) << who;
    EXPECT_EQ(house.ask(who, "DELETE", "/api/v1/backups/" + name).status, 403) << who;
  }
  EXPECT_EQ(house.ask("", "GET", "/api/v1/backups/" + name).status, 401);
}

TEST(Backups, AreMadeListedHandedOutAndRemoved) {
  House house;
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/backups").has(R"({"items":[],)"));
  const std::string name = made_backup(house);
  ASSERT_FALSE(name.empty()) << house.ask("root", "GET", "/api/v1/backups").body << house.log();
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/backups").has(name));
  EXPECT_TRUE(house.ask("root", "GET", "/api/v1/system").has(R"("last_backup":{"name":")" + name));
  const Answer file = house.ask("root", "GET", "/api/v1/backups/" + name);
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.header("content-disposition"), "attachment; filename=\"" + name + "\"");
  const auto kept = read_file(house.folder + "/backups/" + name);
  ASSERT_TRUE(kept);
  EXPECT_TRUE(file.body == *kept);
  const Answer again = house.ask("root", "GET", "/api/v1/backups/" + name);
  EXPECT_EQ(again.body.size(), kept->size()) << "what was handed out is there still";
  for (const auto* other : {"lock", "..%2Fsecret.key", "mozu-20260101T000000Z.backup"})
    EXPECT_EQ(house.ask("root", "GET", std::string("/api/v1/backups/") + other).status, 404) << other;
  {
    std::fstream f(house.folder + "/backups/" + name, std::ios::in | std::ios::out | std::ios::binary);
    f.seekp(static_cast<std::streamoff>(kept->size() / 2));
    f << static_cast<char>((*kept)[kept->size() / 2] ^ 1);
  }
  const Answer damaged = house.ask("root", "GET", "/api/v1/backups/" + name);
  EXPECT_EQ(damaged.status, 409) << "what is damaged is not handed out";
  EXPECT_TRUE(damaged.has("backup-damaged")) << damaged.body;
  EXPECT_EQ(house.ask("root", "DELETE", "/api/v1/backups/" + name).status, 204);
  EXPECT_EQ(house.ask("root", "GET", "/api/v1/backups/" + name).status, 404);
  const Answer log = house.ask("root", "GET", "/api/v1/audit");
  for (const auto* action : {"backup-start", "\"backup\"", "backup-download", "backup-remove"}) EXPECT_TRUE(log.has(action)) << action;
}

TEST(Backups, AreRefusedWhereTheDiskIsShort) {
  House house;
  house.services->backup_kept_free_bytes = std::uint64_t{1} << 62;
  Application application(make_routes(*house.services), *house.identities, {});
  Request request;
  request.method = Method::post;
  request.raw_target = "/api/v1/backups";
  request.target = *parse_target(request.raw_target);
  request.headers = {{"authorization", "Bearer " + house.tokens["root"]}};
  ASSERT_FALSE(application.begin(request));
  const Response refused = application.run(request);
  EXPECT_EQ(refused.status, 507);
  EXPECT_NE(refused.body.find("disk-short"), std::string::npos) << refused.body;
  EXPECT_NE(refused.body.find("free on the disk"), std::string::npos) << refused.body;
}

}  // namespace
}  // namespace mozu::server::test
