// Backups that are kept in a folder: one at a time, whole or not there, whatever dies.
#include "mozu/store/backup_folder.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "base.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"

namespace mozu::store::test {
namespace {

namespace fs = std::filesystem;
const Timestamp begun{1'793'000'000'000};

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::directory_iterator(folder)) out.push_back(entry.path().filename().string());
  std::ranges::sort(out);
  return out;
}

TEST(BackupFolder, ListsWhatIsWholeAndBringsItBack) {
  Home home("sqlite");
  Folder elsewhere;
  const BackupFolder folder(elsewhere / "backups");
  EXPECT_TRUE(must(folder.list()).empty());
  const auto store = home.open();
  import(*store, {object("malware", 1, R"("name":"Quietfox","is_family":true)")});
  std::vector<BackupProgress> told;
  const auto made = must(folder.make(*store, begun, [&](const BackupProgress& p) {
    told.push_back(p);
    return Status();
  }));
  EXPECT_EQ(made.name, "mozu-20261026T073320Z.backup");
  EXPECT_EQ(told.back().step, BackupProgress::Step::naming);
  const auto path = must(folder.path_of(made.name));
  EXPECT_EQ(made.bytes, fs::file_size(path));
  EXPECT_EQ(made.sha256, to_hex(sha256(must(MappedFile::open(path)).bytes())));
  EXPECT_EQ(must(read_file(path + ".sha256")), made.sha256 + "  " + made.name + "\n");
  const auto second = must(folder.make(*store, begun));  // within the same second
  const auto list = must(folder.list());
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].name, second.name);
  EXPECT_EQ(list[1].name, made.name);
  EXPECT_EQ(list[1].begun.ms, begun.ms);
  EXPECT_EQ(list[1].sha256, made.sha256);
  for (const auto& p : {elsewhere / "backups", path}) EXPECT_EQ(fs::status(p).permissions() & fs::perms::others_all, fs::perms::none) << p;
  StoreOptions there;
  there.location = elsewhere / "restored";
  OK(restore(path, there));
  EXPECT_TRUE(must(must(Store::open(there))->object(intel::Viewer::owner(), id_of("malware", 1))).has_value());
  OK(folder.remove(made.name));
  EXPECT_EQ(must(folder.list()).size(), 1U);
  EXPECT_EQ(folder.remove(made.name).error().code, "absent");
}

TEST(BackupFolder, TakesNoOtherNames) {
  Folder elsewhere;
  const auto path = elsewhere / "backups";
  fs::create_directories(path);
  const BackupFolder folder(path);
  for (const auto* name : {"mozu-20261126T083320Z.backup.draft", "mozu-20261326T083320Z.backup", "mozu-2026112XT083320Z.backup", "other.backup", "lock"})
    std::ofstream(path + "/" + name) << "x";
  std::ofstream(elsewhere / "secret") << "x";
  fs::create_symlink(elsewhere / "secret", path + "/mozu-20261126T083320Z.backup");
  EXPECT_TRUE(must(folder.list()).empty());
  for (const auto* name : {"../secret", "lock", "", ".", "mozu-20261126T083320Z.backup", "mozu-20261126T083320Z.backup.draft"})
    EXPECT_EQ(folder.path_of(name).error().code, "absent") << name;
}

TEST(BackupFolder, OneThatIsEndedLeavesNothing) {
  Home home("sqlite");
  Folder elsewhere;
  const BackupFolder folder(elsewhere / "backups");
  const auto store = home.open();
  import(*store, {object("malware", 1)});
  for (const auto step : {BackupProgress::Step::checking, BackupProgress::Step::naming}) {
    const auto ended = folder.make(*store, begun, [&](const BackupProgress& p) { return p.step == step ? fail("enough", "no more") : Status(); });
    ASSERT_FALSE(ended) << static_cast<int>(step);
    EXPECT_EQ(ended.error().code, "enough");
    EXPECT_EQ(names_in(elsewhere / "backups"), std::vector<std::string>{"lock"});
  }
}

TEST(BackupFolder, OneThatIsKilledIsNeverListed) {
  Home home("sqlite");
  Folder elsewhere;
  const auto path = elsewhere / "backups";
  const BackupFolder folder(path);
  {
    const auto store = home.open();
    import(*store, {object("malware", 1)});
  }
  for (const auto step : {BackupProgress::Step::people, BackupProgress::Step::checking, BackupProgress::Step::naming}) {
    const pid_t child = ::fork();
    if (child == 0) {
      StoreOptions options = home.options();
      options.read_only = true;
      const auto store = Store::open(options);
      if (store)
        static_cast<void>(folder.make(**store, begun, [&](const BackupProgress& p) {
          if (p.step == step) ::kill(::getpid(), SIGKILL);
          return Status();
        }));
      ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << static_cast<int>(step);
    EXPECT_GT(names_in(path).size(), 1U);
    EXPECT_TRUE(must(folder.list()).empty());
    OK(folder.sweep());
    EXPECT_EQ(names_in(path), std::vector<std::string>{"lock"});
  }
  const auto store = home.open();
  EXPECT_TRUE(folder.make(*store, begun).has_value());
}

TEST(BackupFolder, OneAtATimeWhoeverMakesTheOther) {
  Home home("sqlite");
  Folder elsewhere;
  const auto path = elsewhere / "backups";
  const BackupFolder folder(path);
  const auto store = home.open();
  fs::create_directories(path);
  std::ofstream(path + "/mozu-20261126T083320Z.backup.draft.part") << "of the other";
  const int other = ::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_EQ(folder.make(*store, begun).error().code, "backup-running");
  OK(folder.sweep());
  EXPECT_TRUE(fs::exists(path + "/mozu-20261126T083320Z.backup.draft.part"));
  ::close(other);
  EXPECT_TRUE(folder.make(*store, begun).has_value());
}

TEST(BackupFolder, RefusesWhereTheDiskIsShort) {
  Home home("sqlite");
  Folder elsewhere;
  const auto store = home.open();
  const BackupFolder folder(elsewhere / "backups", std::uint64_t{1} << 62);
  const auto made = folder.make(*store, begun);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "disk-short");
  EXPECT_TRUE(must(folder.list()).empty());
}

}  // namespace
}  // namespace mozu::store::test
