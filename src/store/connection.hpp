// Connections of a store: one that writes, a pool that reads.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "content.hpp"
#include "db.hpp"
#include "mozu/store/store.hpp"

namespace mozu::store {

/// Where the location of StoreOptions leads to.
struct Place {
  Engine engine = Engine::sqlite;
  std::string path;       ///< file, or what libpq takes
  std::int64_t lock = 0;  ///< of who writes (PostgreSQL, where both bases are one)
};
Place place_of(const std::string& location, std::string_view file);

/// Opens one connection; `create` also makes the folder.
struct ConnectOptions {
  bool write = false, create = false;
  std::size_t cache_bytes = std::size_t{32} << 20;  ///< of readers: inner pages of what is not mapped; the writer has more while it imports
};
Result<std::unique_ptr<Db>> connect(const Place& place, const ConnectOptions& options);

struct Connection {
  std::unique_ptr<Db> db;
  ContentCodec codec;
};

/// Lends connections; who finds none waits.
class Pool {
 public:
  Pool(Place place, unsigned connections_max) : place_(std::move(place)), left_(connections_max == 0 ? 1 : connections_max) {}
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> c) : pool_(&pool), c_(std::move(c)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (c_) pool_->give_back(std::move(c_));
    }
    Connection* operator->() const { return c_.get(); }
    Db& db() const { return *c_->db; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> c_;
  };
  Result<Lease> borrow();

 private:
  void give_back(std::unique_ptr<Connection> c);
  Place place_;
  std::mutex lock_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  unsigned left_;  // that may still be opened or lent
};

/// The writing connection, to one at a time; the holder may be destroyed by another thread than made it.
class Turnstile {
 public:
  class Pass {
   public:
    explicit Pass(Turnstile& t) : t_(&t) {}
    Pass(Pass&& o) noexcept : t_(std::exchange(o.t_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (t_ != nullptr) t_->leave();
    }

   private:
    Turnstile* t_;
  };
  Pass enter() {
    std::unique_lock held(lock_);
    left_.wait(held, [&] { return !taken_; });
    taken_ = true;
    return Pass(*this);
  }
  /// As the turn says; `time` of one that is not patient.
  Result<Pass> enter(const Turn& turn, std::chrono::milliseconds time);

 private:
  /// Nothing: somebody was within all that time.
  std::optional<Pass> enter_within(std::chrono::milliseconds time) {
    std::unique_lock held(lock_);
    if (!left_.wait_for(held, time, [&] { return !taken_; })) return std::nullopt;
    taken_ = true;
    return Pass(*this);
  }
  void leave() {
    {
      const std::lock_guard held(lock_);
      taken_ = false;
    }
    left_.notify_one();
  }
  std::mutex lock_;
  std::condition_variable left_;
  bool taken_ = false;
};

}  // namespace mozu::store
