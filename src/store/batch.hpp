// Private to the room: what an import gathers before it writes.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "preparing.hpp"

namespace mozu::store {

// A large batch puts more rows beside one another into a page; the first is small, so that writing begins while the next is read.
inline constexpr std::size_t batch_objects_first = 16'384, batch_objects_max = 65'536;
inline constexpr std::size_t batch_bytes_max = std::size_t{96} << 20;

struct Batch {
  std::vector<Item> items;
  std::vector<Known*> asked;              // ids that are met for the first time
  bool resolved = false;                  // what the base knows of them is known
  std::unordered_set<std::uint64_t> ids;  // hashes: of two that are equal by chance, the second begins a batch as if it were the first again
  std::size_t bytes = 0;
  std::size_t objects_max = batch_objects_first;
  bool full() const { return items.size() >= objects_max || bytes >= batch_bytes_max; }
  /// What comes after this one.
  Batch next() const {
    Batch batch;
    batch.objects_max = std::min(objects_max * 2, batch_objects_max);
    return batch;
  }
};

/// A small file unpacks to millions of lines that say the same: nothing is written for those, and nobody waits for them.
class Repeats {
 public:
  /// Are these the latest words about the id in this import? Counts them then.
  bool is_one(std::uint64_t id, std::int64_t digest) {
    if (said_.size() >= said_max) said_.clear();
    const auto [said, is_new] = said_.try_emplace(id, digest);
    if (is_new || std::exchange(said->second, digest) != digest) return false;
    ++counted_;
    return true;
  }
  std::uint64_t counted() const { return counted_; }

 private:
  static constexpr std::size_t said_max = std::size_t{1} << 20;  // about 50 MB
  std::unordered_map<std::uint64_t, std::int64_t> said_;         // id → digest
  std::uint64_t counted_ = 0;
};

}  // namespace mozu::store
