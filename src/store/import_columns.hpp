// Private to the room: rows of a batch, column by column, and their order.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <tuple>
#include <vector>

#include "db.hpp"

namespace mozu::store {

struct EdgeColumns {
  Integers part, source, relation, target_type, target, via, source_type;
  /// Equal ends beside one another: an insertion then finds its page where the last one left it.
  void sort();
  Columns columns() const { return {part, source, relation, target_type, target, via, source_type}; }
  static constexpr std::string_view names = "part,source,relation,target_type,target,via,source_type";
};
struct KeyColumns {
  Integers part, kind;
  Blobs values;  // views into the objects
  Integers sequence;
};
/// The numbers of rows, in the order that `row` (what is compared of one) gives.
template <typename Of>
std::vector<std::uint32_t> sorted_rows(std::size_t rows, const Of& row) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return row(a) < row(b); });
  return order;
}

struct LabelColumns {
  Integers code, sequence;
};

inline void EdgeColumns::sort() {
  const auto order = sorted_rows(source.size(), [&](auto i) { return std::tie(part[i], source[i], relation[i], target_type[i], target[i], via[i]); });
  for (auto* column : {&part, &source, &relation, &target_type, &target, &via, &source_type}) {
    Integers sorted;
    sorted.reserve(order.size());
    for (const auto i : order) sorted.push_back((*column)[i]);
    column->swap(sorted);
  }
}

}  // namespace mozu::store
