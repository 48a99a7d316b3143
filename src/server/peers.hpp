// Private to the room: the connections of a server, how many there may be, and what they share.
#pragma once
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lanes.hpp"
#include "mozu/server/identity.hpp"
#include "mozu/server/server.hpp"
#include "secrets.hpp"

namespace mozu::server {

/// What the server knows of each connection.
class Peer {
 public:
  using Clock = std::chrono::steady_clock;
  virtual ~Peer() = default;
  /// Ends it if no request is under way; one that never sent a request yet only if `also_new`. From any thread.
  virtual void end_if_idle(bool also_new) = 0;
  virtual void cut() = 0;  ///< from any thread

  /// Since when the head of a request is waited for that was begun, or that is the first one.
  void await_head() { since_ = Clock::now().time_since_epoch().count(); }
  void await_nothing() { since_ = nothing; }
  /// False: it was given up meanwhile.
  bool head_came() { return since_.exchange(nothing) != given_up; }
  Clock::rep since() const { return since_; }  ///< of those that wait for no head: later than any time
  /// False: its head came meanwhile.
  bool give_up(Clock::rep since) { return since_.compare_exchange_strong(since, given_up); }
  static constexpr Clock::rep nothing = std::numeric_limits<Clock::rep>::max();

 private:
  static constexpr Clock::rep given_up = nothing - 1;
  std::atomic<Clock::rep> since_{nothing};
};

/// What connections share.
struct House {
  ListenOptions options;
  Application& application;
  Lanes workers;
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> requests{0};
  std::string id_prefix = random_text(6);
  std::mutex mutex;
  std::condition_variable changed;
  struct Entry {
    std::weak_ptr<Peer> peer;
    Peer* raw;  ///< lives at least until it left
    std::string origin;
  };
  std::unordered_map<const Peer*, Entry> peers;
  std::unordered_map<std::string, std::size_t> from;  // connections of an origin

  House(const ListenOptions& o, Application& a, unsigned worker_threads) : options(o), application(a), workers(worker_threads, o.limits.waiting_max) {}
  void enter(const std::shared_ptr<Peer>& peer, const std::string& address) {
    const std::scoped_lock lock(mutex);
    peers.emplace(peer.get(), Entry{peer, peer.get(), origin_of(address)});
    ++from[origin_of(address)];
    application.connections(1);
  }
  void leave(const Peer* peer) {
    const std::scoped_lock lock(mutex);
    forget(peer);
  }
  /// Half of all at most come from one place: who holds as many as they can does not keep all others out. Nor do those who send no whole head keep out who does from the
  /// same place: the one that was waited for longest makes room.
  bool has_room(const std::string& address) {
    const std::string origin = origin_of(address);
    std::shared_ptr<Peer> kept;  // ends behind the lock, which leave() wants
    const std::scoped_lock lock(mutex);
    const std::size_t most = options.limits.connections_max;
    const auto at = from.find(origin);
    if (at == from.end() || at->second < std::max<std::size_t>(1, most / 2)) return peers.size() < most;
    auto oldest = peers.end();
    auto since = Peer::nothing;
    for (auto one = peers.begin(); one != peers.end(); ++one)
      if (one->second.origin == origin && one->second.raw->since() < since) oldest = one, since = one->second.raw->since();
    if (oldest == peers.end() || !oldest->second.raw->give_up(since)) return false;
    kept = oldest->second.peer.lock();
    if (kept) kept->cut();
    forget(oldest->first);
    return true;
  }
  std::vector<std::shared_ptr<Peer>> all() {
    const std::scoped_lock lock(mutex);
    std::vector<std::shared_ptr<Peer>> out;
    for (const auto& [peer, entry] : peers)
      if (auto strong = entry.peer.lock()) out.push_back(std::move(strong));
    return out;
  }
  std::string next_id() { return fmt::format("{}-{:x}", id_prefix, requests.fetch_add(1, std::memory_order_relaxed)); }

 private:
  /// With the lock held.
  void forget(const Peer* peer) {
    const auto entry = peers.find(peer);
    if (entry == peers.end()) return;
    if (const auto at = from.find(entry->second.origin); --at->second == 0) from.erase(at);
    peers.erase(entry);
    application.connections(-1);
    changed.notify_all();
  }
};

}  // namespace mozu::server
