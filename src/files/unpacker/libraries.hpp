// Libraries that are not there: images with a head and a table of exports, each function a place at which the processor halts.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "memory.hpp"

namespace mozu::unpacker {

struct Library {
  std::string name;  ///< in lower case, with its ending
  std::uint64_t base = 0;
  std::vector<std::string> functions;  ///< by place; by number: "#12"
};

class Libraries {
 public:
  static constexpr std::uint64_t image_bytes = 0x40000, places_at = 0x10000, place_bytes = 16, apart_bytes = 0x100000;
  static constexpr std::size_t libraries_max = 200, functions_max = (image_bytes - places_at) / place_bytes;

  explicit Libraries(bool wide) : wide_(wide) {}
  /// The first lies there, further ones above it.
  void begin_at(std::uint64_t base) { next_ = base; }
  const Library* find(std::string_view name) const;
  const Library* at(std::uint64_t base) const;
  /// Null: there is no room. The region is new if the library is.
  const Library* load(std::string_view name, Memory& memory, Region*& made);
  /// Where a function is; 0: no library lies there, or it has too many.
  std::uint64_t function(std::uint64_t base, std::string_view name);
  struct Place {
    const Library* library;
    const std::string* function;
  };
  std::optional<Place> place(std::uint64_t address) const;
  const std::vector<Library>& all() const { return libraries_; }

 private:
  bool wide_;
  std::uint64_t next_ = 0;
  std::vector<Library> libraries_;

  void write_image(const Library& library, Region& region) const;
};

}  // namespace mozu::unpacker
