// What the cell may not do, and how its endings are told.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>

#include "mozu/files/document.hpp"
#include "places.hpp"
#include "trial/probes.hpp"
#include "wire.hpp"

namespace mozu::files {
namespace {

CellLimits trial_limits() {
  CellLimits limits;
  limits.program = cell_trial_program;
  limits.cpu_s_max = 1;
  limits.wall_s_max = 60;
  limits.memory_bytes_max = std::uint64_t{256} << 20;
  return limits;
}

std::string code_of(const std::string& order, const CellLimits& limits = trial_limits()) {
  const auto read = read_document_memory("report.pdf", "%PDF-" + order, limits);
  return read ? "read: " + read->text : read.error().code;
}

TEST(Cell, ASoundAnswerIsRead) { EXPECT_EQ(code_of("sound"), "read: sound\n"); }

TEST(Cell, WhatOthersCanDoEndsIt) {
  for (const auto name : probe_names) {
    EXPECT_EQ(code_of("probe " + std::string(name)), "cell-forbidden") << name;
    EXPECT_EQ(code_of("control " + std::string(name)), "read: sound\n") << name << ", outside";
  }
}

/// Processes of a program.
std::size_t running(const std::string& program) {
  std::size_t out = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error))
    if (const auto exe = std::filesystem::read_symlink(entry.path() / "exe", error); !error && exe == program) ++out;
  return out;
}

TEST(Cell, ItDoesNotOutliveWhoAsked) {
  const std::string program = std::filesystem::canonical(cell_trial_program).string();
  ASSERT_EQ(running(program), 0U);
  const pid_t asker = ::fork();
  if (asker == 0) {
    auto limits = trial_limits();
    limits.cpu_s_max = 100;
    static_cast<void>(code_of("wait", limits));
    ::_exit(0);
  }
  while (running(program) == 0) std::this_thread::yield();
  ASSERT_EQ(::kill(asker, SIGKILL), 0);
  ASSERT_EQ(::waitpid(asker, nullptr, 0), asker);
  while (running(program) != 0) std::this_thread::yield();  // a test that hangs: it lives on
}

TEST(Cell, ACrashIsAnError) {
  const auto read = read_document_memory("folder/report.pdf", "%PDF-crash", trial_limits());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, "cell-crash");
  EXPECT_EQ(read.error().where.file, "folder/report.pdf");
  EXPECT_FALSE(read.error().hint.empty());
}

TEST(Cell, TimeIsLimited) {
  EXPECT_EQ(code_of("spin"), "cell-time");
  auto limits = trial_limits();
  limits.cpu_s_max = 100;
  limits.wall_s_max = 1;
  EXPECT_EQ(code_of("wait", limits), "cell-time");
}

TEST(Cell, WhoAskedCanEndIt) {
  auto limits = trial_limits();
  const std::atomic<bool> stop = true;
  limits.stop = &stop;
  EXPECT_EQ(code_of("wait", limits), "cell-stopped");
}

TEST(Cell, MemoryIsLimited) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizers need the address space";
#endif
  EXPECT_EQ(code_of("memory"), "cell-memory");
}

TEST(Cell, OddAnswersAreRefused) {
  auto limits = trial_limits();
  limits.text_bytes_max = 1 << 20;
  limits.cpu_s_max = 100;
  for (const std::string order : {"garbage", "cut", "silence", "flood"}) EXPECT_EQ(code_of(order, limits), "cell-answer") << order;
}

TEST(Cell, WithoutItsProgramThereIsAnError) {
  auto limits = trial_limits();
  limits.program = "no/such/program";
  EXPECT_EQ(code_of("sound", limits), "cell-missing");
  EXPECT_TRUE(read_document_memory("a.txt", "text needs no cell", limits));
}

DocumentText sample() {
  DocumentText d;
  d.kind = "pdf";
  d.title = "title";
  d.address = "https://example.com/a";
  d.text = "one\nf\xC3\xBCr\ntwo\n";
  d.pages = {{0, 1}, {9, 3}};
  d.links = {{0, 3, "https://example.com/"}};
  d.attachments = {{"a.bin", "binary", 3, "00", 4, 4}};
  d.notes.add({Severity::warning, "pdf-page", "the page is damaged", {}, {}});
  return d;
}

TEST(Wire, TheRoundTripKeepsAll) {
  const auto d = decode(encode(sample()), {});
  ASSERT_TRUE(d);
  EXPECT_EQ(d->text, sample().text);
  EXPECT_EQ(d->title, "title");
  EXPECT_EQ(d->address, "https://example.com/a");
  ASSERT_EQ(d->pages.size(), 2U);
  EXPECT_EQ(d->pages[1].page, 3U);
  ASSERT_EQ(d->links.size(), 1U);
  EXPECT_EQ(d->links[0].target, "https://example.com/");
  ASSERT_EQ(d->attachments.size(), 1U);
  EXPECT_EQ(d->attachments[0].name, "a.bin");
  EXPECT_EQ(d->notes.counts().at("pdf-page"), 1U);
}

TEST(Wire, AnErrorIsAnError) {
  Diagnostic e{Severity::error, "document-damaged", "it is cut off", {}, "ask for it again"};
  const auto d = decode(encode(e), {});
  ASSERT_FALSE(d);
  EXPECT_EQ(d.error().code, "document-damaged");
  EXPECT_EQ(d.error().hint, "ask for it again");
}

TEST(Wire, NoPartOfAnAnswerIsAnAnswer) {
  const auto whole = encode(sample());
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto d = decode(std::string_view(whole).substr(0, n), {});
    ASSERT_FALSE(d) << n;
    EXPECT_EQ(d.error().code, "cell-answer") << n;
  }
  EXPECT_FALSE(decode(whole + "x", {}));
}

TEST(Wire, WhatTheTextContradictsIsRefused) {
  const auto refused = [](auto change) {
    auto d = sample();
    change(d);
    return !decode(encode(d), {});
  };
  EXPECT_FALSE(refused([](DocumentText&) {}));
  EXPECT_TRUE(refused([](DocumentText& d) { d.links[0].end = 100; }));
  EXPECT_TRUE(refused([](DocumentText& d) { d.links[0].end = 6; }));  // within a character
  EXPECT_TRUE(refused([](DocumentText& d) { d.links[0].begin = 4; }));
  EXPECT_TRUE(refused([](DocumentText& d) { d.pages[0].offset = 1; }));
  EXPECT_TRUE(refused([](DocumentText& d) { d.pages[1].page = 1; }));
  EXPECT_TRUE(refused([](DocumentText& d) { d.text += '\xFF'; }));
  EXPECT_TRUE(refused([](DocumentText& d) { d.text += '\0'; }));
  EXPECT_TRUE(refused([](DocumentText& d) { d.kind.clear(); }));
  EXPECT_TRUE(refused([](DocumentText& d) { d.attachments[0].end = 99; }));
}

}  // namespace
}  // namespace mozu::files
