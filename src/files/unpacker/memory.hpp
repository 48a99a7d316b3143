// The memory of an emulated program: regions of pages, and for each byte which generation of code wrote it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace mozu::unpacker {

inline constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t whole_pages(std::uint64_t bytes) { return (bytes + page_bytes - 1) & ~(page_bytes - 1); }

/// Zeroed pages that take memory only where they are touched.
class Pages {
 public:
  explicit Pages(std::uint64_t bytes);
  ~Pages();
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&&) = delete;
  std::uint8_t* data() const { return data_; }  ///< null: there was no memory
  std::uint64_t size() const { return size_; }

 private:
  std::uint8_t* data_ = nullptr;
  std::uint64_t size_ = 0;
};

enum class Use : std::uint8_t { image, library, stack, heap };

struct Region {
  Region(Use u, std::uint64_t at, std::uint64_t size) : use(u), address(at), bytes(size), writer(size) {}
  Use use;
  std::uint64_t address;
  Pages bytes;
  Pages writer;  ///< of each byte: 0 it was there from the start, n it was written by code of generation n - 1
  bool executed = false;
  bool contains(std::uint64_t at) const { return at - address < bytes.size(); }
};

class Memory {
 public:
  /// At most so much altogether.
  explicit Memory(std::uint64_t bytes_max) : left_(bytes_max) {}

  /// Null: there is no room, or it is taken.
  Region* add(Use use, std::uint64_t address, std::uint64_t bytes);
  Region* at(std::uint64_t address);
  /// Bytes of one region; empty: they are not all there.
  std::span<std::uint8_t> bytes(std::uint64_t address, std::uint64_t count);
  /// A text that ends with a NUL, at most 512 characters; those of UTF-16 above 127 become '?'.
  std::string_view text(std::uint64_t address);
  std::string_view wide_text(std::uint64_t address, std::vector<char>& room);
  std::uint64_t number(std::uint64_t address, unsigned bytes);
  bool put(std::uint64_t address, std::uint64_t value, unsigned bytes);
  const std::vector<std::unique_ptr<Region>>& regions() const { return regions_; }

 private:
  std::uint64_t left_;
  std::vector<std::unique_ptr<Region>> regions_;
  Region* last_ = nullptr;
};

}  // namespace mozu::unpacker
