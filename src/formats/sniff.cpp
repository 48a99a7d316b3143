#include "sniff.hpp"

#include <algorithm>

#include "shape.hpp"

namespace mozu::formats {
namespace {

class HeadStream final : public ByteStream {
 public:
  explicit HeadStream(std::string_view s) : s_(s) {}
  Result<std::size_t> read(std::span<char> out) override {
    const std::size_t n = std::min(out.size(), s_.size());
    std::copy_n(s_.data(), n, out.data());
    s_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view s_;
};

class ShapeCounter final : public Emitter {
 public:
  explicit ShapeCounter(ShapeCount& n) : n_(n) {}
  void emit(const RawRecord& r) override { ++(shape_of(r.value) != Shape::none || r.hint == intel::TypeHint::url_mask ? n_.good : n_.bad); }
  void refuse(Diagnostic) override { ++n_.bad; }
  void lose(Diagnostic) override { ++n_.bad; }
  void pass_over(std::string_view kind) override {
    if (kind == "text") ++n_.text;
  }
  void note(Diagnostic) override {}

 private:
  ShapeCount& n_;
};

}  // namespace

std::string_view whole_lines(std::string_view head) {
  constexpr std::size_t head_bytes = 64 * 1024;
  if (head.size() < head_bytes) return head;
  const std::size_t lf = head.rfind('\n');
  return lf == std::string_view::npos ? head : head.substr(0, lf + 1);
}

ShapeCount count_shapes(const FeedReader& reader, std::string_view head) {
  ShapeCount n;
  ShapeCounter counter(n);
  HeadStream stream(whole_lines(head));
  const FeedSettings settings;
  ReaderInput input{stream, {}, settings};
  // A reader's error only says that the head breaks off; what was counted stands.
  static_cast<void>(reader.read(input, counter));
  return n;
}

}  // namespace mozu::formats
