#include "backups.hpp"

#include <fmt/core.h>

#include <array>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/text.hpp"

namespace mozu::server {

std::string_view name(store::BackupProgress::Step step) {
  constexpr std::array<std::string_view, 4> names = {"copying", "people", "checking", "naming"};
  return names[static_cast<std::size_t>(step)];
}

Backups::Backups(Services& services)
    : services_(services),
      folder_(services.data_folder.empty() ? std::string() : services.data_folder + "/backups", services.backup_kept_free_bytes) {
  if (services.data_folder.empty()) return;
  if (const auto swept = folder_.sweep(); !swept) say(swept.error());
}

Backups::~Backups() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
}

Status Backups::offered() {
  if (services_.data_folder.empty()) return fail("backup-folder", "this server has no data folder to keep backups in");
  MOZU_LET(const auto state, services_.knowledge.state());
  if (state.engine == "SQLite") return {};
  return fail("backup-engine", "a base in PostgreSQL is saved by PostgreSQL itself", "use `pg_dump --format=custom`, or what looks after the database server");
}

Status Backups::start(const std::string& by, intel::OrganisationId organisation) {
  MOZU_TRY(offered());
  MOZU_TRY(folder_.room_for(services_.knowledge));
  const std::scoped_lock lock(mutex_);
  if (running_) return fail("backup-running", "a backup is being made already", "wait until it is done; there is one at a time");
  if (thread_.joinable()) thread_.join();  // of one that is over
  running_ = Running{by, services_.identities.now(), {}};
  failure_.reset();
  thread_ = std::thread([this, by, organisation] { make(by, organisation); });
  return {};
}

void Backups::make(const std::string& by, intel::OrganisationId organisation) {
  const auto watch = [this](const store::BackupProgress& progress) -> Status {
    if (ending_) return fail("backup-ended", "the server was stopped before the backup was done; nothing of it was kept");
    const std::scoped_lock lock(mutex_);
    running_->progress = progress;
    return {};
  };
  const auto made = folder_.make(services_.knowledge, services_.identities.now(), watch);
  if (made) {
    write_down(by, organisation, "backup", made->name, fmt::format("{}, sha256 {}", human_bytes(static_cast<double>(made->bytes)), made->sha256));
  } else {
    say(made.error());
    write_down(by, organisation, "backup-failed", "", made.error().message);
  }
  const std::scoped_lock lock(mutex_);
  running_.reset();
  if (!made) failure_ = made.error();
}

void Backups::write_down(const std::string& by, intel::OrganisationId organisation, std::string_view action, const std::string& object,
                         const std::string& detail) {
  store::AuditLine line;
  line.at = services_.identities.now();
  line.who = by;
  line.action = action;
  line.object = object;
  line.detail = printable(detail, 1000);
  line.organisation = organisation;
  if (const auto written = services_.identities.accounts().audit(line); !written) say(written.error());
}

void Backups::say(const Diagnostic& d) const {
  if (services_.log) services_.log(render_json(d));
}

std::optional<Backups::Running> Backups::running() const {
  const std::scoped_lock lock(mutex_);
  return running_;
}

std::optional<Diagnostic> Backups::failure() const {
  const std::scoped_lock lock(mutex_);
  return failure_;
}

}  // namespace mozu::server
