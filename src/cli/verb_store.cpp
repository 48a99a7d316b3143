// `mozu doctor`, `mozu backup`, `mozu restore`.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "data_folder.hpp"
#include "mozu/base/text.hpp"
#include "mozu/store/accounts.hpp"
#include "mozu/store/store.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

/// Of a base that must be there already.
Result<store::StoreOptions> existing(const DataFolder& data) {
  if (!data.has_knowledge()) return fail(data.no_knowledge());
  store::StoreOptions options;
  options.location = data.knowledge();
  return options;
}

std::string contents(store::Store& store) {
  const auto counts = store.counts(intel::Viewer::owner());
  if (!counts) return {};
  Table table("lr");
  std::uint64_t all = 0;
  for (const auto& [type, n] : *counts) {
    if (n == 0) continue;  // what is left of it is revoked
    table.row({type, with_commas(n)});
    all += n;
  }
  return fmt::format("{} in the newest versions\n{}", plural(all, "object"), table.text(stdout_colour()));
}

/// What lies beside the bases and is no part of a backup. The key is left out on purpose: with it, whoever finds the file has the second factors.
std::string outside(const DataFolder& data) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(data.path, ignored)) {
    const auto name = entry.path().filename().string();
    if (name == "secret.key" || name == "genes" || name == "gene-samples" || name == "samples" || name.ends_with(".mzi") || name.ends_with(".mmdb"))
      names.push_back(name);
  }
  if (names.empty()) return {};
  std::ranges::sort(names);
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + printable(name, 60);
  return fmt::format("not in it: {}; keep copies of these, and secret.key apart from the backup\n", list);
}

}  // namespace

int doctor_verb(const StoreArguments& a) {
  const auto options = existing(DataFolder(a.data));
  if (!options) return failed(options.error());
  const auto store = store::Store::open(*options);
  if (!store) return failed(store.error());
  const auto findings = (*store)->verify();
  if (!findings) return failed(findings.error());
  for (const auto& d : *findings) say(d);
  const auto accounts = store::Accounts::open(*options);
  if (!accounts) return failed(accounts.error());
  const auto audit = (*accounts)->verify_audit();
  if (!audit) say(audit.error());
  if (!findings->empty() || !audit) return exit_failed;
  return finish_stdout(contents(**store) + "all is well\n", exit_done);
}

int backup_verb(const StoreArguments& a) {
  const DataFolder data(a.data);
  auto options = existing(data);
  if (!options) return failed(options.error());
  options->read_only = true;
  const auto store = store::Store::open(*options);
  if (!store) return failed(store.error());
  if (const auto done = (*store)->backup(a.file); !done) return failed(done.error());
  std::error_code ignored;
  const auto bytes = std::filesystem::file_size(a.file, ignored);
  return finish_stdout(fmt::format("wrote {}: {}, checked\n", printable(a.file), human_bytes(static_cast<double>(bytes))) + outside(data), exit_done);
}

int restore_verb(const StoreArguments& a) {
  const DataFolder data(a.data);
  store::StoreOptions options;
  options.location = data.knowledge();
  const auto restored = store::restore(a.file, options);
  if (!restored) return failed(restored.error());
  for (const auto& note : restored->notes) say(note);
  return finish_stdout(
      fmt::format("restored {} from {}\n", printable(data.path), printable(a.file)) +
          "not in a backup: secret.key (without it second factors are set up anew, and kept samples are lost), genes and samples (genes, gene-samples, "
          "samples), indexes and warning lists (*.mzi), *.mmdb; copy them into the folder\n",
      exit_done);
}

}  // namespace mozu::cli
