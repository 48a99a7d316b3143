// Room on the disk of people.db that is kept for when there is none left: then sessions, tokens and accounts are ended with it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mozu::store {

inline constexpr std::string_view reserve_file = "people.reserve";

/// A file that holds nothing but its place, given back piece by piece. Several processes may use one. Thread-safe.
class Reserve {
 public:
  /// Empty path: none, as where the base is another server's.
  explicit Reserve(std::string path) : path_(std::move(path)) {}
  /// Makes it whole again, if that takes no more than a quarter of what is free.
  void keep() const;
  /// What `work` gives; on a full disk again and again, as long as there is something to give back.
  template <class Work>
  auto spend_on(const Work& work) const -> decltype(work()) {
    auto done = work();
    while (!done && done.error().code == "store-full" && give_back()) done = work();
    return done;
  }

 private:
  std::string path_;
  bool give_back() const;  ///< a piece; false: nothing is left
};

}  // namespace mozu::store
