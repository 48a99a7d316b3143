#include "running_imports.hpp"

#include <array>
#include <utility>

namespace mozu::server {

std::string_view name(ImportState s) {
  constexpr std::array<std::string_view, 4> names = {"waiting", "reading", "committing", "stopped"};
  return names[static_cast<std::size_t>(s)];
}

bool RunningImport::stop() {
  ImportState now = state;
  while (now != ImportState::committing)
    if (state.compare_exchange_weak(now, ImportState::stopped)) return true;
  return false;
}

Status RunningImport::go_on(ImportState next) {
  ImportState now = state;
  while (now != ImportState::stopped)
    if (state.compare_exchange_weak(now, next)) return {};
  return fail("import-stopped", "the import was stopped; nothing of it was kept");
}

void RunningImports::add(const One& one) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(all_, [](const auto& old) { return old.expired(); });
  all_.push_back(one);
}

std::vector<RunningImports::One> RunningImports::of(intel::OrganisationId organisation) {
  const std::scoped_lock lock(mutex_);
  std::vector<One> out;
  for (const auto& weak : all_)
    if (auto one = weak.lock(); one && one->organisation == organisation) out.push_back(std::move(one));
  return out;
}

std::vector<RunningImports::One> RunningImports::all() {
  const std::scoped_lock lock(mutex_);
  std::vector<One> out;
  for (const auto& weak : all_)
    if (auto one = weak.lock()) out.push_back(std::move(one));
  return out;
}

}  // namespace mozu::server
