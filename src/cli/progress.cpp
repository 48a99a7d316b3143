#include "progress.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>

#include "mozu/base/text.hpp"
#include "terminal.hpp"

namespace mozu::cli {

ProgressBar::ProgressBar(bool wanted, std::uint64_t total_bytes) : total_bytes_(total_bytes) {
  if (!wanted || !stderr_is_terminal()) return;
  thread_ = std::thread([this] {
    using namespace std::chrono;
    const auto begun = steady_clock::now();
    std::unique_lock lock(mutex_);
    // Short runs show no bar at all.
    auto wait = milliseconds(400);
    while (!stopping_.wait_for(lock, wait, [this] { return stop_; })) {
      draw(duration<double>(steady_clock::now() - begun).count());
      wait = milliseconds(200);
    }
  });
}

void ProgressBar::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  thread_.join();
  clear_status();
}

void ProgressBar::draw(double seconds) {
  constexpr unsigned bar_width = 24;
  const std::uint64_t read = std::atomic_ref(counts_.read_bytes).load(std::memory_order_relaxed);
  const std::uint64_t scanned = counts_.scanned_bytes.load(std::memory_order_relaxed);
  std::string line = "  ";
  if (total_bytes_ != 0) {
    const double part = std::min(1.0, static_cast<double>(read) / static_cast<double>(total_bytes_));
    const auto full = static_cast<unsigned>(part * bar_width);
    for (unsigned i = 0; i < bar_width; ++i) line += i < full ? "█" : "░";
    line += fmt::format(" {:3.0f} %  ", part * 100);
  }
  line += fmt::format("{}  {} lines  {}/s", human_bytes(static_cast<double>(scanned)), with_commas(counts_.lines.load(std::memory_order_relaxed)),
                      human_bytes(static_cast<double>(scanned) / std::max(seconds, 1e-3)));
  if (const auto n = counts_.detections.load(std::memory_order_relaxed); n != 0) line += fmt::format("  {} detections", with_commas(n));
  // A line wider than the terminal would wrap and stay; drop the bar first.
  if (line.size() > columns() + std::size_t{2} * bar_width && total_bytes_ != 0) line = fmt::format("  {}", human_bytes(static_cast<double>(scanned)));
  show_status(line);
}

}  // namespace mozu::cli
