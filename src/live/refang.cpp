#include "mozu/live/refang.hpp"

#include <algorithm>
#include <array>

#include "mozu/base/scratch.hpp"
#include "mozu/base/text.hpp"

namespace mozu::live {
namespace {

struct Mark {
  std::string_view from, to;
};
constexpr std::array<Mark, 13> bracket_marks = {{{"[.]", "."},
                                                 {"(.)", "."},
                                                 {"{.}", "."},
                                                 {"[dot]", "."},
                                                 {"(dot)", "."},
                                                 {"{dot}", "."},
                                                 {"[://]", "://"},
                                                 {"[:]", ":"},
                                                 {"[@]", "@"},
                                                 {"(@)", "@"},
                                                 {"[at]", "@"},
                                                 {"(at)", "@"},
                                                 {"[/]", "/"}}};
constexpr Mark scheme_mark{"hxxp", "http"};

const Mark* mark_at(std::string_view s) {
  if (fold(s[0]) == 'h') return istarts_with(s, scheme_mark.from) ? &scheme_mark : nullptr;
  for (const auto& m : bracket_marks)
    if (istarts_with(s, m.from)) return &m;
  return nullptr;
}

}  // namespace

void Refanged::clear() {
  empty_scratch(text_);
  empty_scratch(edits_);
}

bool Refanged::refang(std::string_view bytes) {
  clear();
  std::size_t copied = 0;
  for (std::size_t at = bytes.find_first_of("[({hH"); at != std::string_view::npos; at = bytes.find_first_of("[({hH", at)) {
    const Mark* mark = mark_at(bytes.substr(at, 8));
    if (mark == nullptr) {
      ++at;
      continue;
    }
    text_.append(bytes, copied, at - copied);
    edits_.push_back({text_.size(), mark->to.size(), at, mark->from.size()});
    text_ += mark->to;
    copied = at += mark->from.size();
  }
  if (edits_.empty()) return false;
  text_.append(bytes, copied);
  return true;
}

const Refanged::Edit* Refanged::last_at_or_before(std::uint64_t place) const {
  const auto it = std::upper_bound(edits_.begin(), edits_.end(), place, [](std::uint64_t p, const Edit& e) { return p < e.text_begin; });
  return it == edits_.begin() ? nullptr : &*(it - 1);
}

std::uint64_t Refanged::raw_begin(std::uint64_t place) const {
  const Edit* e = last_at_or_before(place);
  if (e == nullptr) return place;
  const std::uint64_t inside = place - e->text_begin;
  if (inside >= e->text_length) return e->raw_begin + e->raw_length + (inside - e->text_length);
  return e->raw_length == e->text_length ? e->raw_begin + inside : e->raw_begin;
}

std::uint64_t Refanged::raw_end(std::uint64_t place) const {
  if (place == 0) return 0;
  const Edit* e = last_at_or_before(place - 1);
  if (e == nullptr) return place;
  const std::uint64_t inside = place - e->text_begin;
  if (inside >= e->text_length) return e->raw_begin + e->raw_length + (inside - e->text_length);
  return e->raw_length == e->text_length ? e->raw_begin + inside : e->raw_begin + e->raw_length;
}

}  // namespace mozu::live
