#include "pipeline.hpp"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "temp_folder.hpp"

namespace mozu::live {
namespace {

void spin() {
  volatile unsigned n = 0;
  for (unsigned i = 0; i < 300'000; ++i) n = n + i;
}

/// Numbers the lines, and takes longer for some batches than for others.
class NumberingWorker : public BatchWorker {
 public:
  void work(const LineBatch& batch, BatchOutput& out) override {
    if (batch.sequence % 5 == 0) spin();
    std::uint64_t number = batch.first_line;
    std::string_view rest = batch.bytes;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      out.text() += std::to_string(number++) + ":" + std::string(rest.substr(0, end)) + "\n";
      out.between_records();
      rest.remove_prefix(std::min(end + 1, rest.size()));
      ++lines;
    }
  }
  std::uint64_t lines = 0;
};

struct Outcome {
  std::string output;
  std::uint64_t lines = 0, sink_calls = 0;
  RunResult result;
};
Outcome run(const std::string& path, unsigned threads, std::size_t batch_bytes, const OutputSink& sink = {}) {
  Outcome o;
  BatchReader reader({path}, {.batch_bytes = batch_bytes, .line_bytes_max = 64 << 20, .limits = {}}, {}, nullptr);
  std::vector<std::unique_ptr<BatchWorker>> workers;
  const OutputSink collect = [&](std::string_view s) {
    o.output += s;
    ++o.sink_calls;
    return Status{};
  };
  o.result = run_batches(reader, threads, [] { return std::make_unique<NumberingWorker>(); }, sink ? sink : collect, {}, workers);
  for (const auto& w : workers) o.lines += static_cast<NumberingWorker&>(*w).lines;
  return o;
}

TEST(Pipeline, OutputDoesNotDependOnTheNumberOfThreads) {
  const TempFolder folder;
  std::string text, expected;
  for (int i = 1; i <= 5000; ++i) {
    text += "value " + std::to_string(i * 31) + "\n";
    expected += std::to_string(i) + ":value " + std::to_string(i * 31) + "\n";
  }
  const auto path = folder.write("a", text);
  for (const unsigned threads : {1U, 2U, 3U, 8U}) {
    for (const std::size_t bytes : {std::size_t{64}, std::size_t{1000}, std::size_t{1 << 20}}) {
      const auto o = run(path, threads, bytes);
      EXPECT_EQ(o.output, expected) << threads << " threads, batches of " << bytes;
      EXPECT_EQ(o.lines, 5000U);
      EXPECT_FALSE(o.result.stopped_by);
    }
  }
}

TEST(Pipeline, LargeOutputIsGivenInPartsAndInOrder) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 12; ++i) text += std::string(1'500'000, static_cast<char>('a' + i)) + "\n";
  const auto path = folder.write("a", text);
  const auto one = run(path, 1, 8 << 20);
  EXPECT_GT(one.sink_calls, 3U);
  EXPECT_EQ(run(path, 4, 2 << 20).output, one.output);
}

TEST(Pipeline, AFailingSinkStopsEverything) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "some line\n";
  const auto path = folder.write("a", text);
  for (const unsigned threads : {1U, 4U}) {
    int calls = 0;
    const auto o = run(path, threads, 1000, [&](std::string_view) -> Status {
      if (++calls == 3) return fail("output-closed", "closed");
      return {};
    });
    ASSERT_TRUE(o.result.stopped_by);
    EXPECT_EQ(o.result.stopped_by->code, "output-closed");
    EXPECT_EQ(calls, 3);
    EXPECT_LT(o.lines, 50'000U);
  }
}

template <class Exception>
class ThrowingWorker final : public BatchWorker {
 public:
  explicit ThrowingWorker(Exception e) : exception_(std::move(e)) {}
  void work(const LineBatch& batch, BatchOutput& out) override {
    if (batch.sequence == 7) throw exception_;
    out.text() += "x";
  }

 private:
  Exception exception_;
};

template <class Exception>
Diagnostic stopped_by(unsigned threads, const Exception& e) {
  const TempFolder folder;
  BatchReader reader({folder.write("a", std::string(10'000, '\n'))}, {.batch_bytes = 64, .line_bytes_max = 1000, .limits = {}}, {}, nullptr);
  std::vector<std::unique_ptr<BatchWorker>> workers;
  const auto result =
      run_batches(reader, threads, [&e] { return std::make_unique<ThrowingWorker<Exception>>(e); }, [](std::string_view) { return Status{}; }, {}, workers);
  return result.stopped_by.value_or(Diagnostic{});
}

TEST(Pipeline, OutOfMemoryIsADiagnostic) {
  for (const unsigned threads : {1U, 4U}) EXPECT_EQ(stopped_by(threads, std::bad_alloc()).code, "out-of-memory");
}

TEST(Pipeline, AnyOtherExceptionIsALocatedDiagnostic) {
  for (const unsigned threads : {1U, 4U}) {
    const auto why = stopped_by(threads, std::out_of_range("no such place"));
    EXPECT_EQ(why.code, "scan-fault");
    EXPECT_NE(why.message.find("no such place"), std::string::npos) << why.message;
    EXPECT_EQ(why.where.line, 7 * 64 + 1U);
  }
}

}  // namespace
}  // namespace mozu::live
