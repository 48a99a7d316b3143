// Attributions asked for over the network: a file is taken in, encrypted, and compared when its turn comes. What add() returned from is durable, whatever dies: a job that was running when the
// server was killed is tried again, three times in all. A job and its file belong to an organisation; for others they are absent.
#pragma once
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "mozu/attribution/kept_samples.hpp"
#include "mozu/attribution/vault.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/gene/index.hpp"
#include "mozu/store/accounts.hpp"

namespace mozu::attribution {

struct Job;

struct JobsOptions {
  VaultOptions vault;   ///< folder: samples and reports
  std::string genes;    ///< folder of the gene index
  std::string samples;  ///< folder of KeptSamples; empty: there are none
  std::array<std::uint8_t, 32> samples_key{};
  unsigned workers = 1;                                               ///< jobs at once; each takes up to some 2 GiB
  std::uint32_t time_s_max = 300;                                     ///< of one job
  std::int64_t kept_days = 90;                                        ///< then a job goes away with its sample and report; 0: stays until somebody removes it
  std::size_t open_of_user_max = 20, open_of_organisation_max = 100;  ///< that wait or run
  std::function<Result<std::string>(const Job&)> rules = {};          ///< YARA rules that whoever asked for it may see; empty: none
  std::function<Timestamp()> now = Timestamp::now;
  std::function<void(const Diagnostic&)> log = {};
  std::string cell = {};  ///< as CellLimits::program
};

enum class JobState : std::uint8_t { queued, running, done, failed, cancelled };
std::string_view name(JobState s);

struct Job {
  std::string id;  ///< later ones are greater
  intel::OrganisationId organisation = intel::common;
  store::UserId owner = 0;
  std::string by;            ///< name of the owner, for people
  std::string file, sha256;  ///< name as told, without control characters; of the file
  std::uint64_t bytes = 0;
  JobState state = JobState::queued;
  std::uint32_t tries = 0;
  Timestamp created, began, ended;  ///< 0: not yet
  std::string why, why_code;        ///< of a failed one
  std::string kind;                 ///< of a done one, as the rest
  std::uint64_t objects = 0, verdicts = 0, weak = 0;
  struct Named {
    std::string type, name;
    double confidence = 0;
  };
  std::vector<Named> named;    ///< the best, at most three
  std::uint64_t compared = 0;  ///< objects of a running one that are done; objects: of so many, 0: it is being opened
};

struct NewJob {
  intel::OrganisationId organisation = intel::common;
  store::UserId owner = 0;
  std::string by, file;
};

enum class Report : std::uint8_t { json, weak, stix, html, ida, ghidra, x64dbg };

/// Errors: "absent", "attribution-busy" (too many wait already), "attribution-open" (no report yet), "attribution-ended" (nothing to cancel), "attribution-failed",
/// "genes-absent" (there is no gene index), those of Vault and store::Accounts. Thread-safe.
class Jobs {
 public:
  /// Begins to work at once; jobs of a run that died wait until no other process works in the folder.
  static Result<std::unique_ptr<Jobs>> start(store::Accounts& people, JobsOptions options);
  /// What runs is put back, and runs again at the next start.
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  /// Whether there is an index to compare with: error "genes-absent".
  Status offered() const;
  struct Known {
    std::uint64_t genes = 0, samples = 0, entities = 0;
    bool calibrated = false;
  };
  Result<Known> known();

  /// Takes the file at `path` in.
  Result<Job> add(const NewJob& asked, const std::string& path);
  Result<store::Page<Job>> list(intel::OrganisationId organisation, std::optional<store::UserId> owner, const store::Cursor& cursor, std::size_t limit);
  Result<Job> job(intel::OrganisationId organisation, std::string_view id);
  /// As json_of() gives it (`weak`: with what is below the thresholds), stix_of(), html_of() or label_script().
  Result<std::string> report(intel::OrganisationId organisation, std::string_view id, Report form);
  Status sample(const Job& job, const Vault::Take& take) const;
  Status cancel(intel::OrganisationId organisation, std::string_view id);
  /// With its sample and report; ends it if it runs.
  Status remove(intel::OrganisationId organisation, std::string_view id);

 private:
  struct Open {
    Job job;
    std::int64_t version = 0;  // of its document; 0: it is being taken in
    bool runs = false, gone = false;
    std::atomic<bool> stop = false;
    std::int64_t not_before_ms = 0;
  };
  using One = std::shared_ptr<Open>;

  store::Accounts& people_;
  JobsOptions options_;
  std::unique_ptr<Vault> vault_;
  std::unique_ptr<KeptSamples> samples_;  // null: none
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, One, std::less<>> open_;  // by id; those that this process is to do
  bool ending_ = false;
  std::mutex index_mutex_;
  std::shared_ptr<const gene::Index> index_;
  FileIdentity index_state_;
  std::vector<std::thread> workers_;
  std::thread keeper_;

  Jobs(store::Accounts& people, JobsOptions options, std::unique_ptr<Vault> vault, std::unique_ptr<KeptSamples> samples);
  void say(const Diagnostic& d) const;
  Result<std::shared_ptr<const gene::Index>> index();
  Status write(Open& one);  // its document; under the lock
  Result<std::pair<Job, std::int64_t>> find(intel::OrganisationId organisation, std::string_view id);
  Status reserve(const One& one);
  One next();
  void serve();
  void end(const One& one, const Status& done);
  Status run(Open& one);
  Status compare(Open& one, const std::string& path);
  void keep();
  Status take_up();
  Status sweep();
  Status remove_files(std::string_view id);
};

}  // namespace mozu::attribution
