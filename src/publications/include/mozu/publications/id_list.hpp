// Ids, one after the other in one piece of memory: a publication may refer to hundreds of thousands, and each as a string of its own would cost more than reading it.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::publications {

class IdList {
 public:
  void add(std::string_view id) {
    text_ += id;
    ends_.push_back(text_.size());
  }
  std::size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  /// Room for so many ids of so many bytes together.
  void reserve(std::size_t ids, std::size_t bytes) { ends_.reserve(ids), text_.reserve(bytes); }
  void clear() { text_.clear(), ends_.clear(); }
  /// Valid until the list is changed; `i` is below size().
  std::string_view operator[](std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(text_).substr(begin, ends_[i] - begin);
  }

 private:
  std::string text_;
  std::vector<std::size_t> ends_;
};

}  // namespace mozu::publications
