#include "mozu/attribution/jobs.hpp"

#include <fmt/core.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "job_document.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/file_lock.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "report_files.hpp"

namespace mozu::attribution {
namespace {

constexpr std::size_t page_items = 1000;
constexpr std::uint32_t tries_max = 3;
constexpr std::chrono::seconds lock_tried_again{1};
constexpr std::chrono::minutes swept_again{30};
/// A file without a job may be of one that another process is just taking in.
constexpr std::int64_t orphan_ms = 3'600'000, day_ms = std::int64_t{24} * 3'600'000;
constexpr std::int64_t tried_again_ms = 10'000;  // what the base or the disk refused
constexpr std::uint64_t report_bytes_max = std::uint64_t{512} << 20;

Result<std::string> new_id(Timestamp now) {
  std::array<std::uint8_t, 8> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) return fail("vault-random", "the system gives no random numbers");
  return fmt::format("{:012x}{}", static_cast<std::uint64_t>(now.ms), to_hex(random));
}

std::unexpected<Diagnostic> absent() { return fail("absent", "there is no such attribution"); }

bool is_open(JobState s) { return s == JobState::queued || s == JobState::running; }

/// Of the files of one job.
std::string sample_of(std::string_view id) { return fmt::format("{}.sample", id); }

Result<std::pair<std::string, std::uint64_t>> hash_of(const std::string& path) {
  MOZU_LET(const MappedFile file, MappedFile::open(path));
  file.advise_sequential();
  return std::pair(to_hex(mozu::sha256(file.bytes())), static_cast<std::uint64_t>(file.bytes().size()));
}

}  // namespace

std::string_view name(JobState s) {
  constexpr std::array<std::string_view, 5> names = {"queued", "running", "done", "failed", "cancelled"};
  return names[static_cast<std::size_t>(s)];
}

Result<std::unique_ptr<Jobs>> Jobs::start(store::Accounts& people, JobsOptions options) {
  MOZU_LET(auto vault, Vault::open(options.vault));
  std::unique_ptr<KeptSamples> samples;
  if (!options.samples.empty()) {
    MOZU_LET(samples, KeptSamples::open(options.samples, options.samples_key));
  }
  return std::unique_ptr<Jobs>(new Jobs(people, std::move(options), std::move(vault), std::move(samples)));
}

Jobs::Jobs(store::Accounts& people, JobsOptions options, std::unique_ptr<Vault> vault, std::unique_ptr<KeptSamples> samples)
    : people_(people),
      options_(std::move(options)),
      vault_(std::move(vault)),
      samples_(std::move(samples)) {
  for (unsigned i = 0; i < std::max(1U, options_.workers); ++i) workers_.emplace_back([this] { serve(); });
  keeper_ = std::thread([this] { keep(); });
}

Jobs::~Jobs() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
    for (const auto& [id, one] : open_) one->stop = true;
  }
  changed_.notify_all();
  for (std::thread& t : workers_) t.join();
  keeper_.join();
}

void Jobs::say(const Diagnostic& d) const {
  if (options_.log) options_.log(d);
}

Status Jobs::offered() const {
  if (file_identity(options_.genes)) return {};
  return fail("genes-absent", "there is no gene index to compare with",
              "whoever runs this server fills it: `mozu gene add --data DIR …`, with the data folder of the server");
}

Result<std::shared_ptr<const gene::Index>> Jobs::index() {
  MOZU_TRY(offered());
  const std::scoped_lock lock(index_mutex_);
  // All that changes an index renames a file into its folder.
  const auto folder = file_identity(options_.genes);
  if (!folder) return fail("genes-absent", "the gene index went away");
  if (index_ == nullptr || !(index_state_ == *folder)) {
    MOZU_LET(auto opened, gene::Index::open_existing(options_.genes));
    index_ = std::make_shared<const gene::Index>(std::move(opened));
    index_state_ = *folder;
  }
  return index_;
}

Result<Jobs::Known> Jobs::known() {
  MOZU_LET(const auto all, index());
  return Known{all->genes(), all->catalogue().samples.size(), all->catalogue().entities.size(), all->calibration().has_value()};
}

Status Jobs::write(Open& one) {
  store::Document d;
  d.collection = jobs_collection, d.id = one.job.id, d.version = one.version;
  d.organisation = one.job.organisation, d.owner = one.job.owner;
  d.json = json_of(one.job);
  MOZU_LET(one.version, people_.put_document(d));
  return {};
}

Status Jobs::reserve(const One& one) {
  const std::scoped_lock lock(mutex_);
  std::size_t of_user = 0, of_organisation = 0;
  for (const auto& [id, other] : open_) {
    of_user += other->job.owner == one->job.owner;
    of_organisation += other->job.organisation == one->job.organisation;
  }
  if (of_user >= options_.open_of_user_max || of_organisation >= options_.open_of_organisation_max)
    return fail("attribution-busy",
                fmt::format("{} attributions of yours wait or run already", of_user >= options_.open_of_user_max ? of_user : of_organisation),
                "send more when some are done, or cancel some");
  open_.emplace(one->job.id, one);
  return {};
}

Result<Job> Jobs::add(const NewJob& asked, const std::string& path) {
  MOZU_TRY(offered());
  const auto one = std::make_shared<Open>();
  Job& job = one->job;
  job.created = options_.now();
  MOZU_LET(job.id, new_id(job.created));
  job.organisation = asked.organisation, job.owner = asked.owner, job.by = asked.by, job.file = asked.file;
  MOZU_TRY(reserve(one));
  const auto taken = [&]() -> Status {
    MOZU_LET(const auto hash, hash_of(path));
    if (hash.second == 0) return fail("file-empty", "the file is empty");
    MOZU_TRY(vault_->put_file(sample_of(job.id), path));
    const std::scoped_lock lock(mutex_);
    job.sha256 = hash.first, job.bytes = hash.second;
    return write(*one);
  }();
  if (!taken) {
    {
      const std::scoped_lock lock(mutex_);
      open_.erase(job.id);
    }
    if (const auto removed = remove_files(job.id); !removed) say(removed.error());
    return fail(taken.error());
  }
  changed_.notify_all();
  const std::scoped_lock lock(mutex_);
  return job;
}

Result<store::Page<Job>> Jobs::list(intel::OrganisationId organisation, std::optional<store::UserId> owner, const store::Cursor& cursor, std::size_t limit) {
  store::Accounts::DocumentQuery query;
  query.collection = jobs_collection, query.organisation = organisation, query.owner = owner;
  query.with_json = true, query.descending = true, query.cursor = cursor, query.limit = limit;
  MOZU_LET(const auto page, people_.documents(query));
  store::Page<Job> out;
  out.next = page.next;
  const std::scoped_lock lock(mutex_);
  for (const store::Document& d : page.items) {
    MOZU_LET(Job job, job_of(d));
    if (const auto found = open_.find(d.id); found != open_.end() && !found->second->gone) job = found->second->job;
    out.items.push_back(std::move(job));
  }
  return out;
}

Result<std::pair<Job, std::int64_t>> Jobs::find(intel::OrganisationId organisation, std::string_view id) {
  MOZU_LET(const auto document, people_.document(jobs_collection, id));
  if (!document || document->organisation != organisation) return absent();
  MOZU_LET(Job job, job_of(*document));
  return std::pair(std::move(job), document->version);
}

Result<Job> Jobs::job(intel::OrganisationId organisation, std::string_view id) {
  MOZU_LET(auto found, find(organisation, id));
  const std::scoped_lock lock(mutex_);
  if (const auto open = open_.find(id); open != open_.end() && !open->second->gone) return open->second->job;
  return std::move(found.first);
}

Result<std::string> Jobs::report(intel::OrganisationId organisation, std::string_view id, Report form) {
  MOZU_LET(const Job found, job(organisation, id));
  if (is_open(found.state))
    return fail("attribution-open", fmt::format("the attribution is {}, its report is not there yet", name(found.state)), "ask again in a moment");
  if (found.state == JobState::failed) return fail("attribution-failed", fmt::format("there is no report: {}", found.why));
  if (found.state == JobState::cancelled) return fail("attribution-failed", "there is no report: the attribution was cancelled");
  const std::string report = report_of(id, form);
  if (!vault_->has(report)) return fail("absent", "this report was made before there were such labels", "send the file in again");
  return vault_->read_all(report, report_bytes_max);
}

Status Jobs::sample(const Job& job, const Vault::Take& take) const { return vault_->read(sample_of(job.id), take); }

Status Jobs::cancel(intel::OrganisationId organisation, std::string_view id) {
  MOZU_LET(const auto found, find(organisation, id));
  const std::scoped_lock lock(mutex_);
  Open elsewhere;
  const auto here = open_.find(id);
  const bool is_here = here != open_.end() && !here->second->gone;
  Open& one = is_here ? *here->second : elsewhere;
  if (!is_here) one.job = found.first, one.version = found.second;
  if (!is_open(one.job.state)) return fail("attribution-ended", fmt::format("the attribution is {} and cannot be cancelled", name(one.job.state)));
  Open cancelled;
  cancelled.job = one.job, cancelled.version = one.version;
  cancelled.job.state = JobState::cancelled, cancelled.job.ended = options_.now();
  MOZU_TRY(write(cancelled));
  one.gone = true, one.stop = true;
  if (is_here && !one.runs) open_.erase(here);
  return {};
}

Status Jobs::remove(intel::OrganisationId organisation, std::string_view id) {
  MOZU_TRY(find(organisation, id));
  {
    const std::scoped_lock lock(mutex_);
    MOZU_TRY(people_.remove_document(jobs_collection, id));
    if (const auto here = open_.find(id); here != open_.end()) {
      here->second->gone = true, here->second->stop = true;
      if (!here->second->runs) open_.erase(here);
    }
  }
  return remove_files(id);
}

Status Jobs::remove_files(std::string_view id) {
  MOZU_TRY(vault_->remove(sample_of(id)));
  for (const Report form : reports_all) MOZU_TRY(vault_->remove(report_of(id, form)));
  return {};
}

/// Under the lock: the oldest of the organisation that has the fewest running.
Jobs::One Jobs::next() {
  std::map<intel::OrganisationId, std::size_t> running;
  for (const auto& [id, one] : open_) running[one->job.organisation] += one->runs;
  One best;
  const auto now_ms = Timestamp::now().ms;
  for (const auto& [id, one] : open_)
    if (one->version != 0 && !one->runs && !one->gone && one->not_before_ms <= now_ms &&
        (best == nullptr || running[one->job.organisation] < running[best->job.organisation]))
      best = one;
  return best;
}

void Jobs::serve() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const One one = next();
    if (one == nullptr) {
      changed_.wait_for(lock, lock_tried_again);  // some are to be tried again later, of which nobody tells
      continue;
    }
    one->runs = true;
    one->job.state = JobState::running, one->job.began = options_.now(), ++one->job.tries;
    one->job.compared = one->job.objects = 0;
    Status done = write(*one);
    lock.unlock();
    if (done) done = run(*one);
    lock.lock();
    end(one, done);
  }
}

/// Under the lock.
void Jobs::end(const One& one, const Status& done) {
  one->runs = false;
  Job& job = one->job;
  if (!done && done.error().code == "conflict") one->gone = true;  // another process cancelled or removed it
  if (one->gone) {
    open_.erase(job.id);
    const auto there = people_.document(jobs_collection, job.id);
    if (!there || *there) return;  // cancelled: its sample stays
    if (const auto removed = remove_files(job.id); !removed) say(removed.error());
    return;
  }
  if (ending_ && !done && one->stop) {
    job.state = JobState::queued, --job.tries;
    if (const auto written = write(*one); !written) say(written.error());
    return;
  }
  static constexpr std::string_view ours[] = {"store-", "file-write", "disk-short", "vault-full", "cell-start", "genes-absent", "gene-index"};
  const bool is_ours = !done && std::ranges::any_of(ours, [&](std::string_view code) { return done.error().code.starts_with(code); });
  if (!done) say(Diagnostic(done.error()).at(fmt::format("attribution {}", job.id)));
  if (is_ours && job.tries < tries_max) {
    one->not_before_ms = Timestamp::now().ms + tried_again_ms;
    job.state = JobState::queued;
  } else if (done) {
    job.state = JobState::done, job.ended = options_.now();
  } else {
    job.state = JobState::failed, job.ended = options_.now(), job.why = done.error().message, job.why_code = done.error().code;
  }
  const auto written = write(*one);
  if (!written) say(written.error());
  if (job.state != JobState::queued) open_.erase(job.id);
}

void Jobs::keep() {
  const auto wait = [&](auto time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] { return ending_; });
  };
  std::optional<FileLock> mine;
  while (!mine) {
    auto taken = FileLock::take(options_.vault.folder + "/.lock", "vault-folder", false);
    if (taken) mine = std::move(*taken);
    else if (taken.error().code != "file-locked") say(taken.error());
    if (!mine && wait(lock_tried_again)) return;
  }
  if (const auto done = take_up(); !done) say(done.error());
  do {
    if (const auto done = sweep(); !done) say(done.error());
  } while (!wait(swept_again));
}

/// Jobs of a run that is over.
Status Jobs::take_up() {
  store::Accounts::DocumentQuery query;
  query.collection = jobs_collection, query.with_json = true, query.limit = page_items;
  do {
    MOZU_LET(const auto page, people_.documents(query));
    const std::scoped_lock lock(mutex_);
    for (const store::Document& d : page.items) {
      const auto one = std::make_shared<Open>();
      MOZU_LET(one->job, job_of(d));
      if (!is_open(one->job.state) || open_.contains(d.id)) continue;
      one->version = d.version;
      if (one->job.tries >= tries_max) {
        one->job.state = JobState::failed, one->job.ended = options_.now(), one->job.why_code = "attribution-tries";
        one->job.why = fmt::format("the server ended {} times while it worked on this file", tries_max);
        MOZU_TRY(write(*one));
        continue;
      }
      one->job.state = JobState::queued;
      open_.emplace(d.id, one);
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  changed_.notify_all();
  return {};
}

/// Jobs that were kept long enough, and files that belong to none.
Status Jobs::sweep() {
  const auto now = options_.now();
  MOZU_LET(const auto files, vault_->list());
  std::string last;
  for (const KeptFile& f : files) {
    const std::string id = f.name.substr(0, f.name.find('.'));
    if (id == last) continue;
    last = id;
    MOZU_LET(const auto there, people_.document(jobs_collection, id));
    if (!there && f.modified.ms + orphan_ms < Timestamp::now().ms) MOZU_TRY(remove_files(id));
  }
  if (options_.kept_days == 0) return {};
  store::Accounts::DocumentQuery query;
  query.collection = jobs_collection, query.with_json = true, query.limit = page_items;
  do {
    MOZU_LET(const auto page, people_.documents(query));
    for (const store::Document& d : page.items) {
      MOZU_LET(const Job job, job_of(d));
      if (job.created.ms + options_.kept_days * day_ms > now.ms) return {};  // the oldest come first
      if (!is_open(job.state)) MOZU_TRY(remove(job.organisation, job.id));
    }
    query.cursor = page.next;
  } while (!query.cursor.empty());
  return {};
}

}  // namespace mozu::attribution
