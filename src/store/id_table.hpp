// The ids that an import has met, by object_key(): millions of short keys, each asked for several times.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mozu::store {

/// An object_key() on its way: an ordinary one needs no memory of its own.
class IdKey {
 public:
  IdKey() = default;
  explicit IdKey(std::string_view key);
  std::string_view view() const { return long_ ? std::string_view(*long_) : std::string_view(short_.data(), short_bytes_); }
  std::uint64_t hash() const { return hash_; }

 private:
  static constexpr std::size_t short_max = 17;  // a code and a UUID
  std::uint64_t hash_ = 0;
  std::array<char, short_max> short_{};
  std::uint8_t short_bytes_ = 0;
  std::unique_ptr<std::string> long_;
};

/// What is known of an id: as long as n is 0, nothing. `own`: it is what the importing organisation says itself about an id that others speak of; `plain` is the number
/// of the id then, to which edges lead, else the same as n.
struct Known {
  std::int64_t n = 0, plain = 0, sequence = 0;
  bool own = false;
  IdKey key;
  void learn(std::int64_t number, std::int64_t latest, bool is_own) {
    n = number, sequence = latest, own = is_own;
    if (!own) plain = number;
  }
};

/// Open addressing over entries that stay where they are until clear().
class IdTable {
 public:
  /// The entry, and whether it is new; only then the key is taken.
  std::pair<Known*, bool> put(IdKey&& key);
  std::size_t size() const { return entries_.size(); }
  void clear();

 private:
  struct Slot {
    std::uint64_t hash = 0;
    Known* known = nullptr;
  };
  void grow();
  std::deque<Known> entries_;
  std::vector<Slot> slots_;  // a power of two of them, at most half in use
};

}  // namespace mozu::store
