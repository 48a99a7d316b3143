#include "id_table.hpp"

#include <algorithm>

#include "mozu/base/hash.hpp"

namespace mozu::store {
namespace {

constexpr std::size_t slots_first = 4096;

}  // namespace

IdKey::IdKey(std::string_view key) : hash_(xxh3_64(key)) {
  if (key.size() > short_max) {
    long_ = std::make_unique<std::string>(key);
    return;
  }
  std::copy(key.begin(), key.end(), short_.begin());
  short_bytes_ = static_cast<std::uint8_t>(key.size());
}

std::pair<Known*, bool> IdTable::put(IdKey&& key) {
  if (slots_.size() < (entries_.size() + 1) * 2) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = key.hash() & mask;
  for (; slots_[at].known != nullptr; at = (at + 1) & mask)
    if (slots_[at].hash == key.hash() && slots_[at].known->key.view() == key.view()) return {slots_[at].known, false};
  auto& known = entries_.emplace_back();
  slots_[at] = {key.hash(), &known};
  known.key = std::move(key);
  return {&known, true};
}

void IdTable::clear() {
  entries_.clear();
  slots_ = {};
}

void IdTable::grow() {
  std::vector<Slot> old(std::max(slots_first, slots_.size() * 2));
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.known == nullptr) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].known != nullptr) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace mozu::store
