// JSON as the base holds it: zstd with a built-in dictionary of what STIX objects have in common. The first byte tells how.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"

namespace mozu::store {

/// Not thread-safe: one a thread.
class ContentCodec {
 public:
  ContentCodec();
  ~ContentCodec();
  std::string pack(std::string_view json);
  /// "store-corrupt" for bytes that pack() never gave.
  Result<std::string> unpack(std::string_view bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mozu::store
