#include "running_imports.hpp"

#include <array>
#include <utility>

namespace mozu::server {

std::string_view name(ImportState s) {
  constexpr std::array<std::string_view, 3> names = {"waiting", "reading", "committing"};
  return names[static_cast<std::size_t>(s)];
}

RunningImports::One RunningImports::add(One one) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(all_, [](const auto& old) { return old.expired(); });
  all_.push_back(one);
  return one;
}

std::vector<RunningImports::One> RunningImports::of(intel::OrganisationId organisation) {
  const std::scoped_lock lock(mutex_);
  std::vector<One> out;
  for (const auto& weak : all_)
    if (auto one = weak.lock(); one && one->organisation == organisation) out.push_back(std::move(one));
  return out;
}

}  // namespace mozu::server
