#include "memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace mozu::unpacker {

namespace {
constexpr std::size_t regions_max = 2000, text_bytes_max = 512;
}

Pages::Pages(std::uint64_t bytes) : size_(bytes) {
  void* const p = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (p == MAP_FAILED) size_ = 0;
  else data_ = static_cast<std::uint8_t*>(p);
}

Pages::~Pages() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

Pages::Pages(Pages&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

Region* Memory::add(Use use, std::uint64_t address, std::uint64_t bytes) {
  if (bytes == 0 || bytes > left_ || regions_.size() >= regions_max || address % page_bytes != 0) return nullptr;
  bytes = whole_pages(bytes);
  if (address > ~bytes) return nullptr;
  for (const auto& r : regions_)
    if (address < r->address + r->bytes.size() && r->address < address + bytes) return nullptr;
  auto region = std::make_unique<Region>(use, address, bytes);
  if (region->bytes.data() == nullptr || region->writer.data() == nullptr) return nullptr;
  left_ -= std::min(left_, bytes);
  regions_.push_back(std::move(region));
  return regions_.back().get();
}

Region* Memory::at(std::uint64_t address) {
  if (last_ != nullptr && last_->contains(address)) return last_;
  for (const auto& r : regions_)
    if (r->contains(address)) return last_ = r.get();
  return nullptr;
}

std::span<std::uint8_t> Memory::bytes(std::uint64_t address, std::uint64_t count) {
  Region* const r = at(address);
  if (r == nullptr || count > r->bytes.size() - (address - r->address)) return {};
  return {r->bytes.data() + (address - r->address), count};
}

std::string_view Memory::text(std::uint64_t address) {
  Region* const r = at(address);
  if (r == nullptr) return {};
  const auto* const begin = r->bytes.data() + (address - r->address);
  const std::size_t most = std::min<std::uint64_t>(text_bytes_max, r->bytes.size() - (address - r->address));
  const void* const end = std::memchr(begin, 0, most);
  return {reinterpret_cast<const char*>(begin), end == nullptr ? most : static_cast<std::size_t>(static_cast<const std::uint8_t*>(end) - begin)};
}

std::string_view Memory::wide_text(std::uint64_t address, std::vector<char>& room) {
  room.clear();
  for (std::size_t i = 0; i < text_bytes_max; ++i) {
    const auto c = number(address + 2 * i, 2);
    if (c == 0) break;
    room.push_back(c < 0x80 ? static_cast<char>(c) : '?');
  }
  return {room.data(), room.size()};
}

std::uint64_t Memory::number(std::uint64_t address, unsigned bytes_of_it) {
  std::uint64_t v = 0;
  if (const auto b = bytes(address, bytes_of_it); !b.empty()) std::memcpy(&v, b.data(), b.size());
  return v;
}

bool Memory::put(std::uint64_t address, std::uint64_t value, unsigned bytes_of_it) {
  const auto b = bytes(address, bytes_of_it);
  if (b.empty()) return false;
  std::memcpy(b.data(), &value, b.size());
  return true;
}

}  // namespace mozu::unpacker
