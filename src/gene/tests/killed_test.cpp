// What add() returned from is there, whenever the process that adds is killed: before each of its system calls that change something, while it writes
// segments and filters, merges them and replaces the list.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "made.hpp"
#include "mozu/gene/attribute.hpp"

namespace mozu::gene {
namespace {

namespace fs = std::filesystem;

Sample sample(unsigned n, EntityType type) {
  const std::string name = std::to_string(n);
  return {std::string(64 - name.size(), '0') + name, "s" + name, "elf", 1000, 0, {{type, type == EntityType::goodware ? "" : "M" + name}}};
}

/// A known sample and a clean one.
std::vector<std::pair<Sample, Genome>> both(unsigned n) {
  std::vector<std::pair<Sample, Genome>> out;
  out.emplace_back(sample(n, EntityType::malware), genome_of(made_code({n * 10, n * 10 + 1})));
  out.emplace_back(sample(n + 1000, EntityType::goodware), genome_of(made_code({n * 10 + 5, n * 10 + 6})));
  return out;
}

bool is_change(const __ptrace_syscall_info& call) {
  if (call.op != PTRACE_SYSCALL_INFO_ENTRY) return false;
  switch (call.entry.nr) {
    case SYS_write:
    case SYS_pwrite64:
    case SYS_fsync:
    case SYS_fdatasync:
    case SYS_linkat:
    case SYS_renameat:
    case SYS_renameat2:
    case SYS_unlinkat:
    case SYS_ftruncate: return true;
#ifdef SYS_rename
    case SYS_rename:
    case SYS_unlink:
    case SYS_link: return true;
#endif
    default: return false;
  }
}

/// A process that adds the ninth pair, which merges; killed before its change number `at`. False: it ended by itself, and well.
bool killed_at(const std::string& folder, unsigned at) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto index = Index::open(folder);
    auto more = both(9);
    if (!index || ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(3);
    ::raise(SIGSTOP);
    ::_exit(index->add(std::move(more)) ? 0 : 4);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSTOPPED(status)) << "ptrace is refused here";
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD);
  for (unsigned changes = 0; WIFSTOPPED(status);) {
    __ptrace_syscall_info call{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call) > 0 && is_change(call) && changes++ == at) ::kill(child, SIGKILL);
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    EXPECT_EQ(::waitpid(child, &status, 0), child);
  }
  EXPECT_TRUE(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
  return WIFSIGNALED(status);
}

TEST(GeneIndexKilled, NothingIsLostAtAnyPoint) {
  const fs::path start = fs::path(testing::TempDir()) / "killed-start", work = fs::path(testing::TempDir()) / "killed-work";
  fs::remove_all(start);
  {
    auto index = Index::open(start);
    ASSERT_TRUE(index) << index.error().message;
    for (unsigned n = 1; n <= 8; ++n) ASSERT_TRUE(index->add(both(n)));
    ASSERT_EQ(index->segments().size(), 16U) << "the next add merges both kinds";
  }
  unsigned at = 0, whole = 0;
  std::set<std::size_t> segments;
  for (bool is_killed = true; is_killed; ++at) {
    ASSERT_LT(at, 500U);
    fs::remove_all(work);
    fs::copy(start, work);
    is_killed = killed_at(work, at);
    auto index = Index::open(work);
    ASSERT_TRUE(index) << "killed at change " << at << ": " << index.error().message;
    const std::size_t samples = index->catalogue().samples.size();
    ASSERT_TRUE(samples == 16 || samples == 18) << "killed at change " << at << ": " << samples;
    whole += samples == 18;
    segments.insert(index->segments().size());
    ASSERT_TRUE(is_killed || samples == 18);
    // All answers are those of before, and another add goes on from there.
    for (const unsigned n : {1U, 5U, 8U}) {
      const auto a = attribute(genome_of(made_code({n * 10, n * 10 + 1, n * 10 + 5})), *index);
      ASSERT_EQ(a.verdicts.size(), 1U) << "killed at change " << at;
      ASSERT_EQ(a.verdicts[0].entity.name, "M" + std::to_string(n));
      ASSERT_GT(a.clean, 10U);
    }
    const auto added = index->add(both(9));
    ASSERT_TRUE(added) << "killed at change " << at << ": " << added.error().message;
    ASSERT_EQ(*added, 18 - samples);
    ASSERT_EQ(index->catalogue().samples.size(), 18U);
  }
  EXPECT_GT(at, 30U) << "changes that an add makes that merges";
  EXPECT_GT(whole, 10U) << "killed while merging, after what was added was listed";
  EXPECT_TRUE(segments.contains(16) && segments.contains(18) && segments.contains(2)) << "before, added, merged";
  fs::remove_all(start), fs::remove_all(work);
}

}  // namespace
}  // namespace mozu::gene
