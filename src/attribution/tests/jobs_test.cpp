// Jobs across ends of the server: what was cut off is tried again, three times; what was removed or cancelled stays so; limits; what is kept too long goes.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "cell.hpp"
#include "job_document.hpp"
#include "mozu/attribution/jobs.hpp"
#include "temp_folder.hpp"

namespace mozu::attribution {
namespace {

class JobsTest : public ::testing::Test {
 protected:
  TempFolder folder;
  std::unique_ptr<store::Accounts> people = *store::Accounts::open({folder.file("base")});
  Timestamp now{1'793'000'000'000};
  JobsOptions options;

  void SetUp() override {
    options.vault.folder = folder.file("samples"), options.vault.kept_free_bytes = 0, options.vault.key.fill(3);
    options.genes = folder.file("genes");
    options.now = [this] { return now; };
    ASSERT_TRUE(gene::Index::open(options.genes));
  }
  std::unique_ptr<Jobs> start() { return *Jobs::start(*people, options); }
  std::string file(const std::string& text = "a long line of text that nobody else has\n") const { return folder.write("in.txt", text); }
  static NewJob asked(store::UserId owner = 1) { return {7, owner, "ann", "in.txt"}; }
  /// Waits until it is none of `states`.
  static JobState after(Jobs& jobs, const std::string& id, std::initializer_list<JobState> states) {
    std::mutex mutex;
    std::condition_variable never;
    for (int i = 0; i < 1000; ++i) {
      const auto job = jobs.job(7, id);
      if (job && std::ranges::find(states, job->state) == states.end()) return job->state;
      std::unique_lock lock(mutex);
      never.wait_for(lock, std::chrono::milliseconds(20));
    }
    return JobState::queued;
  }
  static JobState ended(Jobs& jobs, const std::string& id) { return after(jobs, id, {JobState::queued, JobState::running}); }
  /// As a server leaves it that is killed at its `tries`-th try.
  std::string cut_off(std::uint32_t tries) {
    std::string id;
    {
      options.workers = 1;
      const auto jobs = start();
      id = jobs->add(asked(), file())->id;
      ended(*jobs, id);
    }
    auto document = **people->document(jobs_collection, id);
    Job job = *job_of(document);
    job.state = JobState::running, job.tries = tries;
    document.json = json_of(job);
    EXPECT_TRUE(people->put_document(document));
    return id;
  }
};

TEST_F(JobsTest, WhatWasCutOffIsTriedAgain) {
  const std::string id = cut_off(2);
  const auto jobs = start();
  EXPECT_EQ(ended(*jobs, id), JobState::done);
  EXPECT_EQ(jobs->job(7, id)->tries, 3U);
  EXPECT_TRUE(jobs->report(7, id, Report::json));
}

TEST_F(JobsTest, AndGivenUpAtTheThirdTime) {
  const std::string id = cut_off(3);
  const auto jobs = start();
  EXPECT_EQ(ended(*jobs, id), JobState::failed);
  EXPECT_EQ(jobs->job(7, id)->why_code, "attribution-tries");
  EXPECT_EQ(jobs->report(7, id, Report::json).error().code, "attribution-failed");
}

TEST_F(JobsTest, AnotherProcessInTheFolderWaits) {
  const auto first = start();
  const auto second = start();
  const std::string id = first->add(asked(), file())->id;
  EXPECT_EQ(ended(*first, id), JobState::done);
  EXPECT_EQ(second->job(7, id)->state, JobState::done);
  EXPECT_EQ(second->job(8, id).error().code, "absent");
}

TEST_F(JobsTest, OnlySoManyWaitForOnePerson) {
  options.open_of_user_max = 0;
  EXPECT_EQ(start()->add(asked(), file()).error().code, "attribution-busy");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(options.vault.folder), std::filesystem::directory_iterator()), 1) << "the lock alone";
}

TEST_F(JobsTest, WhatNeverEndsIsStoppedAndTheNextHasItsTurn) {
  // A worker that answers nothing; cancelling kills it.
  options.cell = folder.write("cell", "#!/bin/sh\nexec sleep 100\n");
  std::filesystem::permissions(options.cell, std::filesystem::perms::owner_all);
  const auto jobs = start();
  const std::string id = jobs->add(asked(), file())->id;
  EXPECT_EQ(after(*jobs, id, {JobState::queued}), JobState::running);
  EXPECT_TRUE(jobs->cancel(7, id));
  EXPECT_EQ(jobs->job(7, id)->state, JobState::cancelled);
  EXPECT_EQ(jobs->cancel(7, id).error().code, "attribution-ended");
  EXPECT_EQ(jobs->report(7, id, Report::json).error().code, "attribution-failed");
  const std::string next = jobs->add(asked(), file())->id;
  EXPECT_EQ(after(*jobs, next, {JobState::queued}), JobState::running);
  EXPECT_TRUE(jobs->remove(7, next));
  EXPECT_EQ(jobs->job(7, next).error().code, "absent");
}

TEST_F(JobsTest, AStopPutsBackWhatRuns) {
  options.cell = folder.write("cell", "#!/bin/sh\nexec sleep 100\n");
  std::filesystem::permissions(options.cell, std::filesystem::perms::owner_all);
  std::string id;
  {
    const auto jobs = start();
    id = jobs->add(asked(), file())->id;
    EXPECT_EQ(after(*jobs, id, {JobState::queued}), JobState::running);
  }
  const Job job = *job_of(**people->document(jobs_collection, id));
  EXPECT_EQ(job.state, JobState::queued);
  EXPECT_EQ(job.tries, 0U) << "nothing of the file's doing";
  options.cell.clear();
  EXPECT_EQ(ended(*start(), id), JobState::done);
}

TEST_F(JobsTest, WhatTakesTooLongFails) {
  options.cell = folder.write("cell", "#!/bin/sh\nexec sleep 100\n");
  std::filesystem::permissions(options.cell, std::filesystem::perms::owner_all);
  options.time_s_max = 1;
  const auto jobs = start();
  const std::string id = jobs->add(asked(), file())->id;
  EXPECT_EQ(ended(*jobs, id), JobState::failed);
  EXPECT_EQ(jobs->job(7, id)->why_code, "cell-time");
}

TEST_F(JobsTest, WhatIsKeptTooLongGoesAndNothingElse) {
  std::string old, young;
  {
    const auto jobs = start();
    old = jobs->add(asked(), file())->id;
    ended(*jobs, old);
    now.ms += std::int64_t{80} * 24 * 3'600'000;
    young = jobs->add(asked(), file())->id;
    ended(*jobs, young);
  }
  now.ms += std::int64_t{20} * 24 * 3'600'000;
  const auto jobs = start();
  std::mutex mutex;
  std::condition_variable never;
  for (int i = 0; i < 500 && jobs->job(7, old); ++i) {
    std::unique_lock lock(mutex);
    never.wait_for(lock, std::chrono::milliseconds(20));
  }
  EXPECT_EQ(jobs->job(7, old).error().code, "absent");
  EXPECT_TRUE(jobs->report(7, young, Report::weak));
  EXPECT_FALSE(std::filesystem::exists(folder.file("samples/" + old + ".sample")));
}

}  // namespace
}  // namespace mozu::attribution
