// What a program in the jail can do, and what it cannot: asked of real programs.
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "mozu/base/jail.hpp"
#include "mozu/base/text.hpp"
#include "temp_folder.hpp"

namespace mozu {
namespace {

JailEnd run(const PrivateFolder& folder, const std::string& script, JailOptions options = {}) {
  options.program = "/bin/sh";
  options.arguments = {"-c", script};
  options.environment.emplace_back("PATH=/usr/bin:/bin");
  const auto end = run_in_jail(folder, options);
  EXPECT_TRUE(end) << (end ? "" : end.error().message);
  return end.value_or(JailEnd{});
}
JailEnd run(const std::string& script, const JailOptions& options = {}) {
  const auto folder = PrivateFolder::make();
  EXPECT_TRUE(folder);
  return run(*folder, script, options);
}

TEST(Jail, AProgramRunsAndIsHeard) {
  const JailEnd end = run("echo out; echo err >&2; exit 3");
  EXPECT_EQ(end.exit, 3);
  EXPECT_NE(end.output.find("out\n"), std::string::npos);
  EXPECT_NE(end.output.find("err\n"), std::string::npos);
  EXPECT_TRUE(run("true").done());
  EXPECT_EQ(run("kill -SEGV $$; true").signal, 0) << "number 1 of its own world, or ended by it";
}

TEST(Jail, NothingOfOursIsThere) {
  ::setenv("MOZU_TEST_SECRET", "s3cret", 1);
  EXPECT_EQ(run("env; cat /proc/self/environ").output.find("s3cret"), std::string::npos);
  const int low = ::open("/dev/null", O_RDONLY), ours = ::fcntl(low, F_DUPFD, 200);  // without O_CLOEXEC
  const std::string listed = run("ls -l /proc/self/fd").output;
  EXPECT_EQ(listed.find(" " + std::to_string(ours) + " ->"), std::string::npos) << listed;
  ::close(ours);
  ::close(low);
}

TEST(Jail, ItReachesNoNetwork) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(listener, 5), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), 0);
  JailOptions options;
  options.program = "/usr/bin/python3";
  options.arguments = {"-c",
                       "import socket,sys\nfor f in (socket.AF_INET, socket.AF_INET6, socket.AF_PACKET, socket.AF_NETLINK):\n  try: socket.socket(f, "
                       "socket.SOCK_STREAM).connect(('127.0.0.1', " +
                           std::to_string(ntohs(address.sin_port)) + ")); print('reached')\n  except OSError as e: print(e.errno)"};
  const auto folder = PrivateFolder::make();
  const auto end = run_in_jail(*folder, options);
  ASSERT_TRUE(end);
  EXPECT_EQ(end->output, "97\n97\n97\n97\n");  // EAFNOSUPPORT
  pollfd p{listener, POLLIN, 0};
  EXPECT_EQ(::poll(&p, 1, 0), 0);
  ::close(listener);
}

TEST(Jail, ItWritesInItsFolderOnly) {
  const TempFolder outside;
  const std::string target = outside.file("there");
  const auto folder = PrivateFolder::make();
  ASSERT_TRUE(folder);
  const JailEnd end = run(*folder, "echo in > inside; echo no > " + target + "; cat inside; ls " + outside.file("") + " && echo seen");
  EXPECT_NE(end.output.find("in\n"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(target));
  EXPECT_EQ(*folder->read("inside", 10), "in\n");
  EXPECT_EQ(folder->read("absent", 10).error().code, "absent");
  EXPECT_EQ(folder->read("inside", 2).error().code, "jail-answer");
}

TEST(Jail, WhatItLeavesLeadsNowhere) {
  const auto folder = PrivateFolder::make();
  ASSERT_TRUE(folder);
  run(*folder, "ln -s /etc/passwd link; mkdir place; mkfifo pipe");
  for (const char* name : {"link", "place", "pipe"}) EXPECT_EQ(folder->read(name, 1 << 20).error().code, "jail-answer") << name;
  const std::string path = folder->path();
  { const PrivateFolder gone = *PrivateFolder::make(); }
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(Jail, TheFolderIsRemoved) {
  std::string path;
  {
    const auto folder = PrivateFolder::make();
    path = folder->path();
    run(*folder, "mkdir -p a/b; echo x > a/b/c");
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Jail, APlaceForTemporaryFilesThatOnlyRootEnters) {
  const TempFolder mine;
  std::filesystem::permissions(mine.file(""), std::filesystem::perms::owner_all);
  std::filesystem::create_directory(mine.file("tmp"));
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", mine.file("tmp").c_str(), 1);
  const auto folder = PrivateFolder::make();
  if (before == nullptr) ::unsetenv("TMPDIR");
  else ::setenv("TMPDIR", kept.c_str(), 1);
  ASSERT_TRUE(folder);
  EXPECT_NE(run(*folder, "echo in > inside; cat inside").output.find("in\n"), std::string::npos);
}

TEST(Jail, LateOnesEndWithAllTheyStarted) {
  JailOptions options;
  options.wall_s_max = 1;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const JailEnd end = run("sleep 1000 & sleep 1000 & echo $! ; exec sleep 1000", options);
  EXPECT_TRUE(end.late);
  EXPECT_FALSE(end.done());
  // One that ends early leaves nobody behind that would hold what it wrote to.
  const JailEnd early = run("(trap '' HUP; sleep 1000) & echo done");
  EXPECT_EQ(early.output, "done\n");
  EXPECT_TRUE(early.done());
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Jail, ASilentOneIsNotWaitedForLonger) {
  JailOptions options;
  options.wall_s_max = 1;
  EXPECT_TRUE(run("exec >&- 2>&-; sleep 1000; true", options).late);
}

TEST(Jail, ItIsStoppedFromOutside) {
  std::atomic<bool> stop = true;
  JailOptions options;
  options.wall_s_max = 1000;
  options.stop = &stop;
  EXPECT_TRUE(run("sleep 1000; true", options).late);
}

TEST(Jail, MemoryFilesAndOutputHaveLimits) {
  JailOptions options;
  options.memory_bytes_max = std::uint64_t{64} << 20;
  options.file_bytes_max = 1000;
  options.output_bytes_max = 100;
  options.program = "/usr/bin/python3";
  options.arguments = {"-c", "b = bytearray(100 << 20); print('had')"};
  const auto folder = PrivateFolder::make();
  const auto end = run_in_jail(*folder, options);
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->done());
  EXPECT_EQ(end->output.find("had"), std::string::npos);
  EXPECT_FALSE(run("dd if=/dev/zero of=big bs=2000 count=1; test $(stat -c %s big) -gt 1000", options).done());
  EXPECT_LE(run("yes | head -c 100000", options).output.size(), 100U);
}

TEST(Jail, WhatIsNotThereIsAnError) {
  const auto folder = PrivateFolder::make();
  const auto end = run_in_jail(*folder, {"/nonexistent/program"});
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, "jail-start");
  EXPECT_EQ(first_program({"/nonexistent", "/bin/sh"}), "/bin/sh");
  EXPECT_EQ(first_program({"/nonexistent", nullptr}), "");
}

}  // namespace
}  // namespace mozu
