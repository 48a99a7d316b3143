#include "overlaps.hpp"

#include <utility>

#include "mozu/base/diagnostics.hpp"

namespace mozu::server {

Overlaps::~Overlaps() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
}

Result<Overlaps::Counted> Overlaps::ask() {
  MOZU_LET(const std::int64_t sequence, services_.knowledge.last_sequence());
  std::unique_lock lock(mutex_);
  // Told once to whoever asks next, and not counted again for it: the page would ask for ever.
  if (const auto failure = std::exchange(counted_.failure, {})) {
    Counted out = counted_;
    out.failure = failure;
    return out;
  }
  const auto is_newest = [&] { return counted_.values && counted_.values->sequence >= sequence; };
  if (!is_newest() && !running_) begin();
  if (!is_newest()) done_.wait_for(lock, waits, [&] { return is_newest() || !running_; });
  Counted out = counted_;
  out.newest = is_newest();
  return out;
}

void Overlaps::begin() {
  if (thread_.joinable()) thread_.join();  // of a count that is over: it took the lock for the last time
  running_ = true;
  thread_ = std::thread([this] { count(); });
}

void Overlaps::count() {
  auto values = services_.knowledge.source_values([this]() -> Status {
    if (ending_) return fail("count-ended", "the server was stopped");
    return {};
  });
  if (!values && !ending_ && services_.log) services_.log(render_json(values.error()));
  const std::scoped_lock lock(mutex_);
  if (values) {
    counted_.values = std::make_shared<const store::SourceValues>(std::move(*values));
    counted_.at = services_.identities.now();
  } else {
    counted_.failure = values.error();
  }
  running_ = false;
  done_.notify_all();
}

}  // namespace mozu::server
