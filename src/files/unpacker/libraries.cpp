#include "libraries.hpp"

#include <algorithm>
#include <cstring>

#include "machine.hpp"
#include "mozu/base/text.hpp"

namespace mozu::unpacker {
namespace {

constexpr std::uint8_t halt = 0xF4;

std::string full_name(std::string_view name) {
  std::string s = fold(name.substr(name.find_last_of("/\\") == name.npos ? 0 : name.find_last_of("/\\") + 1));
  if (s.find('.') == s.npos) s += ".dll";
  return s;
}

template <class T>
void put(Region& r, std::uint64_t at, T value) {
  if (at + sizeof value <= r.bytes.size()) std::memcpy(r.bytes.data() + at, &value, sizeof value);
}
void put_text(Region& r, std::uint64_t at, std::string_view s) {
  if (at + s.size() < r.bytes.size()) std::memcpy(r.bytes.data() + at, s.data(), s.size());
}

}  // namespace

const Library* Libraries::find(std::string_view name) const {
  const auto found = std::ranges::find(libraries_, full_name(name), &Library::name);
  return found == libraries_.end() ? nullptr : &*found;
}

const Library* Libraries::at(std::uint64_t base) const {
  const auto found = std::ranges::find(libraries_, base, &Library::base);
  return found == libraries_.end() ? nullptr : &*found;
}

const Library* Libraries::load(std::string_view name, Memory& memory, Region*& made) {
  made = nullptr;
  if (const Library* const there = find(name)) return there;
  if (libraries_.size() >= libraries_max) return nullptr;
  made = memory.add(Use::library, next_, image_bytes);
  if (made == nullptr) return nullptr;
  Library library{full_name(name), next_, {}};
  next_ += apart_bytes;
  for (const std::string_view f : functions_of(library.name)) library.functions.emplace_back(f);
  std::memset(made->bytes.data() + places_at, halt, image_bytes - places_at);
  write_image(library, *made);
  libraries_.push_back(std::move(library));
  return &libraries_.back();
}

/// As much of a PE as those need that look for functions in its table of exports.
void Libraries::write_image(const Library& library, Region& r) const {
  constexpr std::uint64_t head = 0x80, optional = head + 24, exports = 0x1000;
  put<std::uint16_t>(r, 0, 0x5A4D), put<std::uint32_t>(r, 0x3C, head), put<std::uint32_t>(r, head, 0x4550);
  put<std::uint16_t>(r, head + 4, wide_ ? 0x8664 : 0x14C), put<std::uint16_t>(r, head + 20, wide_ ? 240 : 224);
  put<std::uint16_t>(r, head + 22, 0x2002), put<std::uint16_t>(r, optional, wide_ ? 0x20B : 0x10B);
  if (wide_) put<std::uint64_t>(r, optional + 24, library.base);
  else put<std::uint32_t>(r, optional + 28, static_cast<std::uint32_t>(library.base));
  put<std::uint32_t>(r, optional + 32, 0x1000), put<std::uint32_t>(r, optional + 36, 0x200);
  put<std::uint32_t>(r, optional + 56, image_bytes), put<std::uint32_t>(r, optional + 60, 0x1000);
  put<std::uint32_t>(r, optional + (wide_ ? 108 : 92), 16);
  const auto count = static_cast<std::uint32_t>(library.functions.size());
  if (count == 0) return;
  const std::uint64_t addresses = exports + 40, names = addresses + 4 * count, numbers = names + 4 * count;
  std::uint64_t text = numbers + 2 * count;
  put<std::uint32_t>(r, exports + 12, static_cast<std::uint32_t>(text));
  put_text(r, text, library.name), text += library.name.size() + 1;
  put<std::uint32_t>(r, exports + 16, 1), put(r, exports + 20, count), put(r, exports + 24, count);
  put(r, exports + 28, static_cast<std::uint32_t>(addresses)), put(r, exports + 32, static_cast<std::uint32_t>(names));
  put(r, exports + 36, static_cast<std::uint32_t>(numbers));
  for (std::uint32_t i = 0; i < count; ++i) {
    put(r, addresses + 4 * i, static_cast<std::uint32_t>(places_at + i * place_bytes));
    put(r, names + 4 * i, static_cast<std::uint32_t>(text)), put(r, numbers + 2 * i, static_cast<std::uint16_t>(i));
    put_text(r, text, library.functions[i]), text += library.functions[i].size() + 1;
  }
  const std::uint64_t directory = optional + (wide_ ? 112 : 96);
  put(r, directory, static_cast<std::uint32_t>(exports)), put(r, directory + 4, static_cast<std::uint32_t>(text - exports));
}

std::uint64_t Libraries::function(std::uint64_t base, std::string_view name) {
  const auto library = std::ranges::find(libraries_, base, &Library::base);
  if (library == libraries_.end() || name.empty()) return 0;
  auto& functions = library->functions;
  const auto there = std::ranges::find(functions, name);
  const auto index = static_cast<std::size_t>(there - functions.begin());
  if (there == functions.end()) {
    if (functions.size() >= functions_max) return 0;
    functions.emplace_back(name);
  }
  return base + places_at + index * place_bytes;
}

std::optional<Libraries::Place> Libraries::place(std::uint64_t address) const {
  for (const Library& l : libraries_) {
    const std::uint64_t at = address - l.base - places_at;
    if (address < l.base + places_at || at % place_bytes != 0 || at / place_bytes >= l.functions.size()) continue;
    return Place{&l, &l.functions[at / place_bytes]};
  }
  return {};
}

}  // namespace mozu::unpacker
