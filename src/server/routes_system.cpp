// How the installation is: for who runs it, and nobody else. Nothing here grows with what the base holds.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "backups.hpp"
#include "machine.hpp"
#include "mozu/base/version.hpp"
#include "mozu/files/document.hpp"
#include "mozu/publications/attachments.hpp"
#include "mozu/publications/print.hpp"
#include "routes.hpp"
#include "running_imports.hpp"

namespace mozu::server {
namespace {

struct SystemState {
  std::shared_ptr<RunningImports> imports;
  std::shared_ptr<Backups> backups;
  Timestamp started = Timestamp::now();
  std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
};

void write_machine(JsonWriter& w, const Services& services, const store::StoreState& base) {
  w.key("store").begin_object().field("engine", base.engine).field("engine_version", base.engine_version);
  w.field("knowledge_schema", base.knowledge_schema).field("people_schema", base.people_schema).field("bytes", base.bytes).end_object();
  if (!services.data_folder.empty()) {
    const Disk disk = disk_of(services.data_folder);
    const FolderSize size = size_of(services.data_folder);
    std::error_code ignored;
    w.key("disk").begin_object().field("folder", std::filesystem::absolute(services.data_folder, ignored).string());
    w.field("used_bytes", size.bytes).field("files", size.files).field("more", size.more);
    w.field("free_bytes", disk.free_bytes).field("total_bytes", disk.total_bytes).end_object();
  }
  const MachineMemory memory = machine_memory();
  w.key("memory").begin_object().field("used_bytes", memory.used_bytes).field("used_most_bytes", memory.used_most_bytes);
  w.field("free_bytes", memory.free_bytes).field("total_bytes", memory.total_bytes).end_object();
}

using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

void write_counts(JsonWriter& w, std::string_view key, const Counts& counts) {
  w.key(key).begin_object();
  for (const auto& [name, n] : counts)
    if (n != 0) w.field(name, n);
  w.end_object();
}

void write_knowledge(JsonWriter& w, const Counts& types, const Counts& kinds) {
  std::uint64_t objects = 0, relations = 0;
  for (const auto& [type, n] : types) (type == "relationship" || type == "sighting" ? relations : objects) += n;
  w.key("knowledge").begin_object().field("objects", objects).field("relations", relations);
  write_counts(w, "types", types);
  constexpr std::size_t kinds_max = 200;  // what relations are called is anybody's choice
  write_counts(w, "relation_kinds", kinds.size() <= kinds_max ? kinds : Counts(kinds.begin(), kinds.begin() + kinds_max));
  w.end_object();
}

void write_imports(JsonWriter& w, RunningImports& imports) {
  w.key("imports").begin_array();
  for (const auto& one : imports.all()) {
    w.begin_object().field("id", one->id).field("by", one->by).field("source", one->source).field("organisation", one->organisation);
    w.field("state", name(one->state)).field("since", format_time(one->since)).field("objects", one->objects.load()).end_object();
  }
  w.end_array();
}

Status write_notices(JsonWriter& w, Services& services) {
  MOZU_LET(const auto counts, services.identities.accounts().count_notices());
  constexpr auto& names = store::notice_state_names;
  std::array<std::uint64_t, names.size()> of{};
  for (const auto& [state, n] : counts) of[static_cast<std::size_t>(state)] = n;
  const auto& settings = services.notifications;
  w.key("notifications").begin_object().field("mail", settings && !settings->mail.host.empty()).field("webhook", settings && settings->webhooks);
  for (std::size_t i = 0; i < names.size(); ++i) w.field(names[i], of[i]);
  w.end_object();
  return {};
}

/// What works only where a program or a file of others is there.
void write_optional_parts(JsonWriter& w, const Services& services) {
  const auto is_there = [](const std::string& path) {
    std::error_code absent;
    return !path.empty() && std::filesystem::is_regular_file(path, absent);
  };
  w.key("parts").begin_object();
  w.field("cell", files::can_read_documents()).field("chromium", publications::can_print()).field("suricata", publications::can_test_suricata());
  w.field("indicators", is_there(services.indicators)).field("warning_lists", is_there(services.warning_lists)).end_object();
}

Response system_state(Services& services, SystemState& state, const Request& request) {
  MOZU_ANSWER(only_these(request, {}));
  MOZU_ANSWER(of_installation(request));
  MOZU_ANSWER_LET(const auto base, services.knowledge.state());
  MOZU_ANSWER_LET(const auto counts, services.knowledge.counts(intel::Viewer::owner()));
  std::string body;
  JsonWriter w(body);
  w.begin_object().field("version", version()).field("started", format_time(state.started));
  w.field("uptime_s", static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - state.since).count()));
  write_machine(w, services, base);
  write_knowledge(w, counts, base.relations);
  write_imports(w, *state.imports);
  MOZU_ANSWER(write_notices(w, services));
  write_optional_parts(w, services);
  MOZU_ANSWER_LET(const auto kept, state.backups->folder().list());
  if (!kept.empty()) {
    w.key("last_backup");
    write_backup(w, kept.front());
  }
  w.end_object();
  Response response = json_response(std::move(body));
  response.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

Status of_installation(const Request& request) {
  if (request.who->viewer.organisation == intel::common) return {};
  return fail("not-permitted", "this is for administrators of the installation, who belong to no organisation");
}

void add_system_routes(Router& router, Services& services, std::shared_ptr<RunningImports> imports, std::shared_ptr<Backups> backups) {
  auto state = std::make_shared<SystemState>();
  state->imports = std::move(imports);
  state->backups = std::move(backups);
  const auto to = handlers(services, state);
  router.add(Method::get, "/api/v1/system", Permission::administer, slow, to(system_state));
}

}  // namespace mozu::server
