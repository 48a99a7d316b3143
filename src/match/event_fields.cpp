#include "event_fields.hpp"

#include <algorithm>

namespace mozu::match::detail {
namespace {
constexpr std::size_t path_bytes_max = 512;      // a hostile line may nest a thousand long names
constexpr std::size_t kept_nodes_max = 1 << 16;  // memory kept from an enormous line

template <class T>
void reset(std::vector<T>& v) {
  v.clear();
  if (v.capacity() > kept_nodes_max) v.shrink_to_fit();
}
}  // namespace

void TableSink::begin(std::string_view line) {
  line_ = line;
  reset(groups_);
  reset(leaves_);
  reset(backgrounds_);
  current_ = no_group;
}

void TableSink::add_name(std::string_view name, std::uint32_t group) {
  const std::less<const char*> before;
  if (name.empty() || before(name.data(), line_.data()) || before(line_.data() + line_.size(), name.data() + name.size())) return;
  const auto begin = static_cast<std::size_t>(name.data() - line_.data());
  leaves_.push_back({begin, begin + name.size(), name, group});
}

void TableSink::enter(std::string_view name) {
  add_name(name, current_);
  groups_.push_back({name, current_});
  current_ = static_cast<std::uint32_t>(groups_.size() - 1);
}

void TableSink::leave() {
  if (current_ != no_group) current_ = groups_[current_].parent;
}

void TableSink::value(std::string_view name, std::size_t begin, std::size_t end, Encoding) {
  add_name(name, current_);
  if (begin < end) leaves_.push_back({begin, end, name, current_});
}

void TableSink::column(Role, std::uint8_t, std::string_view name, std::size_t begin, std::size_t end, Encoding encoding) {
  if (!name.empty()) value(name, begin, end, encoding);  // without a name it is a role inside another field
}

void TableSink::time(Timestamp, std::uint8_t, std::string_view name, std::size_t begin, std::size_t end) {
  if (!name.empty()) value(name, begin, end, Encoding::raw);
}

void TableSink::background(std::string_view name, std::size_t begin, std::size_t end) { backgrounds_.push_back({begin, end, name}); }

void TableSink::mark() { mark_ = {leaves_.size(), groups_.size(), backgrounds_.size(), current_}; }

void TableSink::rollback() {
  leaves_.resize(std::min(leaves_.size(), mark_.leaves));
  groups_.resize(std::min(groups_.size(), mark_.groups));
  backgrounds_.resize(std::min(backgrounds_.size(), mark_.backgrounds));
  current_ = mark_.current;
}

void TableSink::finish() {
  const auto before = [](const Leaf& a, const Leaf& b) { return a.begin < b.begin; };
  if (!std::is_sorted(leaves_.begin(), leaves_.end(), before)) std::stable_sort(leaves_.begin(), leaves_.end(), before);
}

std::string TableSink::name_at(std::size_t offset) const {
  const auto after = std::upper_bound(leaves_.begin(), leaves_.end(), offset, [](std::size_t o, const Leaf& l) { return o < l.begin; });
  if (after != leaves_.begin() && std::prev(after)->end > offset) return path(*std::prev(after));
  for (auto b = backgrounds_.rbegin(); b != backgrounds_.rend(); ++b)
    if (b->begin <= offset && offset < b->end) return std::string(b->name);
  return {};
}

std::string TableSink::path(const Leaf& leaf) const {
  std::vector<std::string_view> parts;
  std::size_t bytes = 0;
  const auto add = [&](std::string_view part) {
    if (part.empty()) return true;
    parts.push_back(part);
    bytes += part.size() + 1;
    return bytes <= path_bytes_max;
  };
  bool whole = add(leaf.name);
  for (std::uint32_t g = leaf.group; whole && g != no_group; g = groups_[g].parent) whole = add(groups_[g].name);
  std::string out;
  if (!whole) {  // the innermost names say most
    parts.pop_back();
    out = "…";
    if (parts.empty()) return out.append(leaf.name.substr(0, path_bytes_max));
  }
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (!out.empty()) out += '.';
    out.append(*part);
  }
  return out;
}

}  // namespace mozu::match::detail
