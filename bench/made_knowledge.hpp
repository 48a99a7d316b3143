// Made knowledge with the shape of the real: kinds, lengths and links as in ATT&CK, MISP events and feeds, common words that stand
// everywhere, hubs that everything points to, text in English and Japanese. The same number always gives the same object.
#pragma once
#include <cstdint>
#include <string>

namespace mozu::bench {

/// One object, as JSON.
class MadeKnowledge {
 public:
  explicit MadeKnowledge(std::uint64_t objects) : objects_(objects) {}
  /// Appends object `i`, without a line end.
  void object(std::uint64_t i, std::string& out) const;
  /// Appends relation `r` between objects below `known`.
  void relation(std::uint64_t r, std::uint64_t known, std::string& out) const;

  static std::string id(std::uint64_t i);
  /// What find() is asked about object `i`: an address, a name, a hash.
  static std::string observable(std::uint64_t i);
  /// The word of rank `n`: 0 is the commonest.
  static std::string word(std::uint64_t n);
  static std::string japanese_word(std::uint64_t n);
  static constexpr std::uint64_t words = 60'000;

 private:
  std::uint64_t objects_;
};

}  // namespace mozu::bench
