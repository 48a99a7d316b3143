#include "prints.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/time.hpp"
#include "mozu/publications/documents.hpp"
#include "publication_parts.hpp"

namespace mozu::server {
namespace {

using publications::Desk;
using publications::Part;
using publications::Publication;
using publications::Published;

constexpr std::chrono::seconds a_client_waits{45};
/// A page that a browser could not print is not tried again at once by everybody who asks.
constexpr std::int64_t failure_stays_ms = 10 * 60 * 1000;
constexpr std::size_t print_failures_max = 1000;

}  // namespace

Prints::Prints(Services& services) : services_(services), thread_([this] { serve(); }) {}

Prints::~Prints() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool Prints::known(std::string_view key) const {
  return (running_ && running_->key == key) || std::ranges::any_of(waiting_, [&](const auto& job) { return job->key == key; });
}

bool Prints::add(Job job, bool at_once) {
  if (known(job.key)) return true;
  if (waiting_.size() >= waiting_max) return false;
  auto one = std::make_shared<const Job>(std::move(job));
  if (at_once) waiting_.push_front(std::move(one));
  else waiting_.push_back(std::move(one));
  changed_.notify_all();
  return true;
}

namespace {
std::string print_key(const Published& p, Part part, std::string_view language) {
  return fmt::format("{}.{}.{}.{}.{}", p.id, p.version, p.edition, name(part), language);
}
}  // namespace

void Prints::order(const Published& p) {
  if (!offered() || p.withdrawn) return;
  const auto of = std::make_shared<const Published>(p);
  const std::scoped_lock lock(mutex_);
  for (const auto& [language, title] : p.titles)
    for (const Part part : {Part::summary, Part::report})
      if (!add({of, part, language, print_key(p, part, language)}, false)) return;
}

Result<std::string> Prints::pdf(const Published& p, Part part, std::string_view language) {
  MOZU_TRY(desk_of(services_).content(p));  // who may not read it gets no print of it either
  MOZU_LET(auto kept, desk_of(services_).kept_print(p, name(part), language));
  if (kept) return std::move(*kept);
  if (!offered())
    return fail("print-missing", "this server has no Chromium, so it makes no PDF", "its administrator can install it; the HTML prints well from any browser");
  const std::string key = print_key(p, part, language);
  std::unique_lock lock(mutex_);
  if (const auto failed = failures_.find(key); failed != failures_.end() && failed->second.at_ms + failure_stays_ms > Timestamp::now().ms)
    return std::unexpected(failed->second.why);
  failures_.erase(key);
  if (!add({std::make_shared<const Published>(p), part, std::string(language), key}, true))
    return fail("print-busy", "too many publications wait to be printed", "ask again in a minute");
  if (!changed_.wait_for(lock, a_client_waits, [&] { return ending_ || !known(key); }) || ending_)
    return fail("print-busy", "the PDF is being made", "ask again in a minute");
  if (const auto failed = failures_.find(key); failed != failures_.end()) return std::unexpected(failed->second.why);
  lock.unlock();
  MOZU_LET(auto made, desk_of(services_).kept_print(p, name(part), language));
  if (!made) return fail("print-busy", "another edition was published meanwhile", "ask again");
  return std::move(*made);
}

Status Prints::print(const Job& job) {
  Desk desk = desk_of(services_);
  MOZU_LET(const auto kept, desk.kept_print(*job.of, name(job.part), job.language));
  if (kept) return {};
  MOZU_LET(const Publication content, desk.content(*job.of));
  const auto page = [&](const publications::PageNumbers& numbers) { return publications::page_of(desk, *job.of, content, job.part, job.language, numbers); };
  publications::PrintOptions options;
  options.stop = &ending_;
  MOZU_LET(const std::string pdf, publications::print_pdf(page, job.of->updated, options));
  return desk.keep_print(*job.of, name(job.part), job.language, pdf);
}

void Prints::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (ending_) return;
    running_ = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    const Status done = print(*running_);
    if (!done && services_.log && !ending_) {
      Diagnostic told = done.error();
      told.severity = Severity::warning;
      told.message = fmt::format("publication {} was not printed: {}", running_->of->id, told.message);
      services_.log(render_json(told));
    }
    lock.lock();
    if (failures_.size() >= print_failures_max) failures_.clear();
    if (!done) failures_[running_->key] = {done.error(), Timestamp::now().ms};
    running_.reset();
    changed_.notify_all();
  }
}

}  // namespace mozu::server
