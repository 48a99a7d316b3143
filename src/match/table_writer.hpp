// Writing the tables of one set (indicators or suppressions) and, along the way, what the first-stage filter needs.
#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "builder_state.hpp"
#include "suppress.hpp"

namespace mozu::match {

struct Section {
  std::uint32_t id;
  std::string bytes;
};

template <class T>
void append_bytes(std::string& out, const T& v) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&v), sizeof v);
}

/// Everything the first-stage filter needs, gathered while the tables are written.
class FilterWriter {
 public:
  explicit FilterWriter(std::uint64_t hosts);
  void add_host(std::string_view host);
  void add_ipv4(std::uint32_t first, std::uint32_t last);
  void finish(std::vector<Section>& out);
  std::uint32_t flags = 0;  ///< Header::flags

 private:
  static void set_bit(std::string& s, std::uint32_t bit) { s[bit / 8] = static_cast<char>(s[bit / 8] | (1 << (bit % 8))); }
  std::string last_labels_, ipv4_prefixes_, padded_;
  std::vector<std::uint64_t> suffix_words_;
};

/// Turns the words of one value into the number that the file stores for it.
using WordsToNumber = std::function<std::uint32_t(std::span<std::uint32_t> words)>;

/// Sorts `items` and appends the set's sections to `out`. `filter` is null for suppressions. Returns the number of domain entries.
std::uint64_t write_tables(ItemSet& items, std::uint32_t id_offset, const WordsToNumber& number, FilterWriter* filter, std::vector<Section>& out);

}  // namespace mozu::match
