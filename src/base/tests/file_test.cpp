#include "mozu/base/file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "temp_folder.hpp"

namespace mozu {
namespace {

TEST(File, ReadsWhole) {
  const TempFolder folder;
  const auto path = folder.write("a", std::string(100'000, 'x') + "end");
  const auto text = read_file(path);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->size(), 100'003U);
  EXPECT_EQ(read_file(path, 100'003)->size(), 100'003U);
  EXPECT_EQ(read_file(path, 100'002).error().code, "file-too-large");
  EXPECT_EQ(*read_file(folder.write("empty", "")), "");
}

TEST(File, SaysWhyItCannotBeRead) {
  const TempFolder folder;
  const auto missing = read_file(folder.file("none"));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "file-open");
  EXPECT_EQ(missing.error().where.file, folder.file("none"));
  EXPECT_NE(missing.error().message.find("(ENOENT)"), std::string::npos);
  EXPECT_FALSE(missing.error().hint.empty());
  EXPECT_EQ(read_file(folder.file("")).error().code, "file-open");
}

TEST(File, ReadsFilesThatLieAboutTheirSize) {
  const auto text = read_file("/proc/self/status");
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("Name:"), std::string::npos);
}

TEST(File, MapsAndStaysValidAfterReplacement) {
  const TempFolder folder;
  const auto path = folder.write("a", "old bytes");
  auto mapped = MappedFile::open(path);
  ASSERT_TRUE(mapped);
  auto file = AtomicFile::create(path);
  ASSERT_TRUE(file && file->write("new") && file->commit());
  EXPECT_EQ(mapped->text(), "old bytes");
  EXPECT_EQ(*read_file(path), "new");
  EXPECT_TRUE(MappedFile::open(folder.write("empty", ""))->bytes().empty());
  EXPECT_FALSE(MappedFile::open(folder.file("")));
}

TEST(AtomicFile, WritesOverAndPatches) {
  const TempFolder folder;
  const auto path = folder.write("a", "before");
  auto file = AtomicFile::create(path);
  ASSERT_TRUE(file);
  const std::string large(1 << 20, 'y');
  ASSERT_TRUE(file->write("0123456789") && file->write(large) && file->write("tail"));
  ASSERT_TRUE(file->write_at(2, std::as_bytes(std::span("AB", 2))));
  EXPECT_FALSE(file->write_at(file->size() - 1, std::as_bytes(std::span("AB", 2))));
  EXPECT_EQ(*read_file(path), "before");  // untouched until commit
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(*read_file(path), "01AB456789" + large + "tail");
  EXPECT_EQ(folder.entries(), 1U);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const TempFolder folder;
  {
    auto file = AtomicFile::create(folder.file("a"));
    ASSERT_TRUE(file && file->write("half"));
    AtomicFile moved = std::move(*file);
  }
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(AtomicFile, LeavesNothingWhenKilled) {
  const TempFolder folder;
  const int probe = ::open(folder.file("").c_str(), O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
  if (probe < 0) GTEST_SKIP() << "the file system of " << folder.file("") << " has no files without a name";
  ::close(probe);
  const auto path = folder.write("a", "before");
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto file = AtomicFile::create(path);
    if (file && file->write(std::string(1 << 20, 'x'))) ::kill(::getpid(), SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(folder.entries(), 1U);
  EXPECT_EQ(*read_file(path), "before");
}

TEST(AtomicFile, RefusesFoldersDevicesAndMissingFolders) {
  const TempFolder folder;
  EXPECT_EQ(AtomicFile::create(folder.file("")).error().code, "file-write");
  EXPECT_EQ(AtomicFile::create("/dev/null").error().code, "file-write");
  EXPECT_NE(AtomicFile::create(folder.file("no/such")).error().message.find("ENOENT"), std::string::npos);
}

// A limit on the file size stands for the full disk: write(2) fails in the middle.
TEST(AtomicFile, KeepsTheModeOfTheFileItReplaces) {
  const TempFolder folder;
  const auto path = folder.write("a", "old");
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  auto file = AtomicFile::create(path);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->commit());
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST(AtomicFile, ALinkStaysALink) {
  const TempFolder folder;
  const auto real = folder.write("real", "old"), link = folder.file("link"), nowhere = folder.file("nowhere");
  ASSERT_EQ(::symlink(real.c_str(), link.c_str()), 0);
  ASSERT_EQ(::symlink(folder.file("none").c_str(), nowhere.c_str()), 0);
  auto file = AtomicFile::create(link);
  ASSERT_TRUE(file);
  ASSERT_TRUE(file->write("new"));
  ASSERT_TRUE(file->commit());
  struct stat info{};
  ASSERT_EQ(::lstat(link.c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
  EXPECT_EQ(*read_file(real), "new");
  EXPECT_FALSE(AtomicFile::create(nowhere));
  EXPECT_FALSE(AtomicFile::create("/dev/stdout"));
  EXPECT_FALSE(AtomicFile::create("/proc/self/fd/1"));
  EXPECT_FALSE(AtomicFile::create(""));
}

TEST(AtomicFile, FullDiskIsDiagnosedAndCleanedUp) {
  const TempFolder folder;
  const auto path = folder.write("a", "before");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 300'000;
  setrlimit(RLIMIT_FSIZE, &small);
  {
    auto file = AtomicFile::create(path);
    ASSERT_TRUE(file);
    const Status written = file->write(std::string(1 << 20, 'x'));
    EXPECT_FALSE(written);
    EXPECT_EQ(written.error().code, "file-write");
    EXPECT_EQ(written.error().where.file, path);
  }
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(folder.entries(), 1U);
  EXPECT_EQ(*read_file(path), "before");
}

TEST(File, HintsForCommonErrors) {
  EXPECT_NE(errno_diagnostic("x", "cannot write", ENOSPC).hint.find("free space"), std::string::npos);
  EXPECT_NE(errno_diagnostic("x", "cannot open", EMFILE).hint.find("ulimit"), std::string::npos);
  EXPECT_EQ(errno_diagnostic("x", "cannot open", EACCES).message, "cannot open: Permission denied (EACCES)");
}

}  // namespace
}  // namespace mozu
