#include "mozu/notify/service.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "delivery.hpp"
#include "watch.hpp"

namespace mozu::notify {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t claimed_rules = 64, claimed_of_rule = 500;
constexpr std::int64_t claim_margin = 3;  // a claim holds as long as so many messages may take
constexpr std::int64_t pause_first_ms = 5'000, pause_longest_ms = 600'000;
constexpr auto sweep_every = std::chrono::hours(1);

/// The rows of one channel on their way to those who send.
class Counter {
 public:
  Counter(const House& house, Channel channel, std::int64_t claim_ms, const std::atomic<bool>& stop)
      : house_(house),
        channel_(channel),
        claim_ms_(claim_ms),
        stop_(stop) {}

  /// Waits; nullopt when it is over.
  std::optional<Group> take() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (stop_) return std::nullopt;
      if (!ready_.empty()) {
        Group out = std::move(ready_.front());
        ready_.pop_front();
        return out;
      }
      if (!claiming_ && Clock::now() >= look_at_) {
        claiming_ = true;
        lock.unlock();
        auto claimed = claim();
        lock.lock();
        claiming_ = false;
        if (claimed.empty()) look_at_ = std::max(look_at_, Clock::now() + std::chrono::milliseconds(look_ms));
        std::ranges::move(claimed, std::back_inserter(ready_));
        bell_.notify_all();
        continue;
      }
      if (claiming_) bell_.wait(lock);
      else bell_.wait_until(lock, look_at_);
    }
  }
  void wake() {
    const std::scoped_lock lock(mutex_);
    if (pause_ms_ == 0) look_at_ = Clock::now();
    bell_.notify_all();
  }
  void stop() {
    const std::scoped_lock lock(mutex_);
    bell_.notify_all();
  }
  void reached() {
    const std::scoped_lock lock(mutex_);
    pause_ms_ = 0;
  }
  /// Nobody tries until a growing time has passed; what was claimed waits in the base again.
  void unreachable() {
    std::deque<Group> back;
    {
      const std::scoped_lock lock(mutex_);
      back.swap(ready_);
      pause_ms_ = std::clamp(pause_ms_ * 3, pause_first_ms, pause_longest_ms);
      look_at_ = Clock::now() + std::chrono::milliseconds(pause_ms_);
    }
    give_back(back);
  }
  void give_back() {
    std::deque<Group> back;
    {
      const std::scoped_lock lock(mutex_);
      back.swap(ready_);
    }
    give_back(back);
  }

 private:
  const House& house_;
  Channel channel_;
  std::int64_t claim_ms_;
  const std::atomic<bool>& stop_;
  std::mutex mutex_;
  std::condition_variable bell_;
  std::deque<Group> ready_;
  bool claiming_ = false;
  Clock::time_point look_at_ = Clock::now();
  std::int64_t pause_ms_ = 0;

  std::deque<Group> claim() {
    const Timestamp now = Timestamp::now(), until{now.ms + claim_ms_};
    auto claimed = house_.people.claim_notices({static_cast<std::int64_t>(channel_), now, until, claimed_rules, claimed_of_rule});
    std::deque<Group> out;
    if (!claimed) {
      house_.log(claimed.error());
      return out;
    }
    for (auto& notice : *claimed) {
      if (out.empty() || out.back().notices.front().rule != notice.rule) out.push_back({{}, until});
      out.back().notices.push_back(std::move(notice));
    }
    return out;
  }
  void give_back(const std::deque<Group>& groups) {
    for (const Group& g : groups)
      if (const auto done = house_.people.release_notices(g.notices, Timestamp::now()); !done) house_.log(done.error());
  }
};

class ServiceImpl final : public Service {
 public:
  ServiceImpl(House house, Settings settings)
      : house_(std::move(house)),
        settings_(std::move(settings)),
        seen_(house_.source),
        watch_(house_, seen_),
        delivery_(house_, settings_, seen_),
        mail_(house_, Channel::mail, claim_margin * settings_.patience.mail_ms, stop_),
        webhook_(house_, Channel::webhook, claim_margin * settings_.patience.webhook_ms, stop_) {}
  ServiceImpl(const ServiceImpl&) = delete;
  ServiceImpl& operator=(const ServiceImpl&) = delete;
  ~ServiceImpl() override {
    {
      const std::scoped_lock lock(mutex_);
      stop_ = true;
    }
    bell_.notify_all();
    mail_.stop(), webhook_.stop();
    threads_.clear();  // waits for each
    mail_.give_back(), webhook_.give_back();
  }

  Status begin() {
    MOZU_TRY(watch_.begin());
    threads_.emplace_back([this] { watch(); });
    for (unsigned i = 0; i < settings_.mail_connections; ++i) threads_.emplace_back([this] { tell(mail_); });
    for (unsigned i = 0; i < settings_.webhook_connections; ++i) threads_.emplace_back([this] { tell(webhook_); });
    return {};
  }
  void wake() override {
    {
      const std::scoped_lock lock(mutex_);
      woken_ = true;
    }
    bell_.notify_all();
  }

 private:
  House house_;
  Settings settings_;
  std::atomic<bool> stop_{false};
  SeenEvents seen_;
  Watch watch_;
  Delivery delivery_;
  Counter mail_, webhook_;
  std::mutex mutex_;
  std::condition_variable bell_;
  bool woken_ = false;
  std::vector<std::jthread> threads_;

  void watch() {
    auto sweep_at = Clock::now();
    while (!stop_) {
      const auto added = watch_.look();
      if (!added) house_.log(added.error());
      if (Clock::now() >= sweep_at) {
        sweep_at = Clock::now() + sweep_every;
        if (const auto swept = house_.people.remove_notices({Timestamp::now().ms - kept_ms}); !swept) house_.log(swept.error());
      }
      std::unique_lock lock(mutex_);
      if (woken_ || (added && *added > 0)) mail_.wake(), webhook_.wake();
      woken_ = false;
      bell_.wait_for(lock, std::chrono::milliseconds(look_ms), [this] { return stop_ || woken_; });
    }
  }

  void tell(Counter& counter) {
    Carrier carrier(settings_.mail, settings_.webhook_allowed, settings_.webhook_authority, settings_.patience, stop_);
    while (const auto group = counter.take()) {
      std::string why;
      const auto unreachable = delivery_.deliver(*group, carrier, why);
      if (!unreachable) {
        house_.log(unreachable.error());  // the claim ends by itself
      } else if (*unreachable) {
        house_.log(Diagnostic{Severity::warning, "mail-unreachable", "the mail server cannot be used: " + why, {}, "mail waits and is tried again"});
        counter.unreachable();
      } else {
        counter.reached();
      }
    }
  }
};

}  // namespace

Result<std::unique_ptr<Service>> Service::start(House house, Settings settings) {
  auto service = std::make_unique<ServiceImpl>(std::move(house), std::move(settings));
  MOZU_TRY(service->begin());
  return service;
}

}  // namespace mozu::notify
