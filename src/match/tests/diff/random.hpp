// A seeded generator whose numbers are the same on every machine.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace mozu::match::diff {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}
  /// splitmix64
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// 0 … n-1
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  char byte() { return static_cast<char>(next() >> 56); }
  template <class Container>
  const auto& of(const Container& c) {
    return c[below(c.size())];
  }
  char of(std::string_view s) { return s[below(s.size())]; }

 private:
  std::uint64_t state_;
};

}  // namespace mozu::match::diff
