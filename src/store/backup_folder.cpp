#include "mozu/store/backup_folder.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>

#include "backup_seal.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/file_lock.hpp"
#include "mozu/base/text.hpp"

namespace mozu::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "mozu-", backup_ending = ".backup", sum_ending = ".sha256", draft_ending = ".draft";
constexpr std::size_t stamp_length = 16;
constexpr std::int64_t second_ms = 1000;

/// "20261127T180501Z"
std::string stamp_of(Timestamp at) {
  std::string out;
  for (const char c : format_time({at.ms - at.ms % second_ms}).substr(0, 19))
    if (c != '-' && c != ':') out += c;
  return out + "Z";
}

/// When the backup of this name was begun; nothing of all other names, whatever they look like.
std::optional<Timestamp> begun_of(std::string_view name) {
  if (name.size() != prefix.size() + stamp_length + backup_ending.size() || !name.starts_with(prefix) || !name.ends_with(backup_ending)) return std::nullopt;
  const std::string_view s = name.substr(prefix.size(), stamp_length);
  const auto at =
      parse_time_iso(fmt::format("{}-{}-{}T{}:{}:{}Z", s.substr(0, 4), s.substr(4, 2), s.substr(6, 2), s.substr(9, 2), s.substr(11, 2), s.substr(13, 2)));
  if (!at || stamp_of(*at) != s) return std::nullopt;
  return *at;
}

/// Who holds it makes a backup.
Result<FileLock> take_lock(const std::string& folder) {
  auto lock = FileLock::take(folder + "/lock", "backup-folder", false);
  if (!lock && lock.error().code == "file-locked")
    return fail("backup-running", "a backup is being made already", "wait until it is done; there is one at a time");
  return lock;
}

Status make_folder(const std::string& path) {
  std::error_code ec;
  fs::create_directories(path, ec);
  if (!ec) fs::permissions(path, fs::perms::owner_all, ec);
  if (ec) return fail(errno_diagnostic("backup-folder", "cannot make the folder of backups", ec.value()).at(path));
  return {};
}

}  // namespace

Result<std::vector<KeptBackup>> BackupFolder::list() const {
  std::vector<KeptBackup> out;
  std::error_code ec;
  for (fs::directory_iterator at(path_, ec), end; !ec && at != end; at.increment(ec)) {
    std::string name = at->path().filename().string();
    const auto begun = begun_of(name);
    std::error_code gone;
    if (!begun || at->is_symlink(gone) || !at->is_regular_file(gone)) continue;
    const std::uint64_t bytes = at->file_size(gone);
    if (gone) continue;
    std::string sum = read_sum(at->path().string() + std::string(sum_ending));
    out.push_back({std::move(name), bytes, *begun, std::move(sum)});
  }
  if (ec && ec != std::errc::no_such_file_or_directory)
    return fail(errno_diagnostic("backup-folder", "cannot read the folder of backups", ec.value()).at(path_));
  std::ranges::sort(out, std::ranges::greater{}, &KeptBackup::name);
  return out;
}

Result<std::string> BackupFolder::path_of(std::string_view name) const {
  std::string path = path_ + "/" + std::string(name);
  std::error_code ec;
  if (!begun_of(name) || fs::is_symlink(path, ec) || !fs::is_regular_file(path, ec)) return fail("absent", "there is no such backup");
  return path;
}

Result<std::string> BackupFolder::checked(std::string_view name) const {
  MOZU_LET(const auto path, path_of(name));
  MOZU_TRY(check_seal(path));
  return path;
}

Status BackupFolder::remove(std::string_view name) const {
  MOZU_LET(const auto path, path_of(name));
  std::error_code ec;
  fs::remove(path, ec);
  if (ec) return fail(errno_diagnostic("backup-folder", "cannot remove the backup", ec.value()).at(path));
  fs::remove(path + std::string(sum_ending), ec);
  return {};
}

void BackupFolder::sweep_files() const {
  std::error_code ec;
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(path_, ec)) {
    const std::string name = entry.path().filename().string();
    const bool draft = name.starts_with(prefix) && name.find(draft_ending) != name.npos;
    const bool sum = name.starts_with(prefix) && name.ends_with(sum_ending) && !fs::exists(path_ + "/" + name.substr(0, name.size() - sum_ending.size()));
    if (draft || sum) left.push_back(entry.path());
  }
  for (const auto& path : left) fs::remove(path, ec);
}

Status BackupFolder::sweep() const {
  std::error_code ec;
  if (!fs::is_directory(path_, ec)) return {};
  const auto lock = take_lock(path_);
  if (!lock) return lock.error().code == "backup-running" ? Status() : fail(lock.error());
  sweep_files();
  return {};
}

Status BackupFolder::room_for(Store& store) const {
  MOZU_LET(const auto state, store.state());
  MOZU_TRY(make_folder(path_));
  std::error_code ec;
  const auto space = fs::space(path_, ec);
  if (ec) return fail(errno_diagnostic("backup-folder", "cannot tell how much room the disk has", ec.value()).at(path_));
  const std::uint64_t needed = needed_bytes(state.bytes);
  if (space.available >= needed) return {};
  return fail("disk-short",
              fmt::format("a backup wants {} free on the disk, and there are {}", human_bytes(static_cast<double>(needed)),
                          human_bytes(static_cast<double>(space.available))),
              "remove older backups or free space; or write it to another disk with `mozu backup FILE`");
}

Result<KeptBackup> BackupFolder::make(Store& store, Timestamp now, const BackupWatch& watch) const {
  MOZU_TRY(make_folder(path_));
  MOZU_LET(const auto lock, take_lock(path_));
  sweep_files();
  MOZU_TRY(room_for(store));
  std::string name;
  do name = fmt::format("{}{}{}", prefix, stamp_of(now), backup_ending);
  while (fs::exists(path_ + "/" + name) && (now.ms += second_ms) > 0);
  auto made = make_in(store, name, watch);
  if (!made) sweep_files();
  return made;
}

Result<KeptBackup> BackupFolder::make_in(Store& store, const std::string& name, const BackupWatch& watch) const {
  const std::string path = path_ + "/" + name, draft = path + std::string(draft_ending);
  MOZU_TRY(store.backup(draft, watch));
  KeptBackup out{name, 0, begun_of(name).value_or(Timestamp{}), {}};
  MOZU_LET(out.sha256, sha256_of_file(draft, [&](auto done, auto total) { return watch ? watch({BackupProgress::Step::naming, done, total}) : Status(); }));
  MOZU_LET(auto sum, AtomicFile::create(path + std::string(sum_ending)));
  MOZU_TRY(sum.write(fmt::format("{}  {}\n", out.sha256, name)));
  MOZU_TRY(sum.commit());
  std::error_code ec;
  out.bytes = fs::file_size(draft, ec);
  if (!ec) fs::rename(draft, path, ec);
  if (ec) return fail(errno_diagnostic("backup-folder", "cannot give the backup its name", ec.value()).at(path));
  return out;
}

}  // namespace mozu::store
