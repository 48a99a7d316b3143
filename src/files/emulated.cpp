#include "emulated.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "facts.hpp"
#include "program_parts.hpp"
#include "wire_records.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t imports_told_max = 100'000, parts_max = 1000;
constexpr std::uint64_t head_bytes_max = 4096, even_bytes_min = 2048;
constexpr double packed_bits = 7.0;
constexpr std::size_t imports_of_packed_max = 40;  // a packer loads the rest itself; programs that carry pictures have more

/// What the program names may be anything.
std::string plain(std::string s) {
  for (char& c : s)
    if (c < 0x20 || c > 0x7E) c = '?';
  return s;
}

std::uint64_t align(std::uint64_t n, std::uint64_t to) { return (n + to - 1) / to * to; }

/// A file from parts of memory, each at its place.
class Rebuilder {
 public:
  explicit Rebuilder(const Emulated& e) : e_(e), image_(e.parts.front().bytes) {}

  std::optional<std::string> run() {
    const auto head = pe_head(view());
    if (!head || head->at > head_bytes_max || head->sections > 96) return {};
    head_ = *head;
    lay_out_sections();
    put(head_.optional + 16, e_.entry, 4);
    if (head_.wide && head_.directory(view(), 3).size == 0) find_unwind();
    end_ = align(std::max<std::uint64_t>(image_.size(), head_.image_bytes), page);
    add_imports();
    for (std::size_t i = 1; i < e_.parts.size(); ++i) add(e_.parts[i].at, e_.parts[i].bytes, pe_code | pe_executable | 0x40000000U);
    put(head_.optional + 56, end_, 4);
    return std::move(image_);
  }

 private:
  static constexpr std::uint64_t page = 4096;
  const Emulated& e_;
  std::string image_;
  PeHead head_;
  std::uint64_t end_ = 0;

  View view() const { return view_of(image_); }
  void put(std::uint64_t at, std::uint64_t v, unsigned bytes) {
    if (at <= image_.size() && bytes <= image_.size() - at) std::memcpy(image_.data() + at, &v, bytes);
  }

  /// The code that is there now is no longer to be written.
  void lay_out_sections() {
    for (std::size_t i = 0; i < head_.sections; ++i) {
      const auto s = head_.section(view(), i);
      if (!s) break;
      const std::uint64_t at = head_.table + i * 40;
      const std::uint64_t bytes =
          s->address >= image_.size() ? 0 : std::min<std::uint64_t>(std::max(s->memory_bytes, s->file_bytes), image_.size() - s->address);
      const bool runs = e_.entry - s->address < bytes || (s->flags & (pe_code | pe_executable)) != 0;
      put(at + 8, bytes, 4), put(at + 16, bytes, 4), put(at + 20, s->address, 4);
      put(at + 36, runs ? (s->flags | pe_executable) & ~pe_writable : s->flags, 4);
    }
  }

  /// Memory beyond the image as a section, if the table has room.
  bool add(std::uint64_t address, std::string_view bytes, std::uint32_t flags) {
    const std::uint64_t at = head_.table + head_.sections * 40ULL;
    if (head_.sections >= 96 || at + 40 > head_bytes_max || address < end_) return false;
    const std::uint64_t offset = image_.size();
    image_ += bytes;
    put(at, 0x75007A6F6D2EULL, 8);  // ".mozu" and nothing
    put(at + 8, bytes.size(), 4), put(at + 12, address, 4), put(at + 16, bytes.size(), 4), put(at + 20, offset, 4), put(at + 24, 0, 8), put(at + 32, 0, 4);
    put(at + 36, flags, 4);
    put(head_.at + 6, ++head_.sections, 2);
    end_ = align(address + bytes.size(), page);
    return true;
  }

  /// A table that names what stands in the places that were found; those of one library that follow each other are one entry.
  void add_imports() {
    const unsigned word = head_.wide ? 8 : 4;
    std::vector<std::pair<std::size_t, std::size_t>> runs;
    for (std::size_t i = 0; i < e_.imports.size(); ++i) {
      const bool goes_on = !runs.empty() && e_.imports[i].at == e_.imports[i - 1].at + word && e_.imports[i].library == e_.imports[i - 1].library;
      if (goes_on) runs.back().second = i + 1;
      else runs.emplace_back(i, i + 1);
    }
    if (runs.empty()) return;
    std::string table((runs.size() + 1) * 20, '\0'), names;
    const std::uint64_t lookup_at = end_ + table.size(), lookup_bytes = (e_.imports.size() + runs.size()) * word, names_at = lookup_at + lookup_bytes;
    std::string lookup;
    const auto number = [](std::string& to, std::uint64_t v, unsigned bytes) { to.append(reinterpret_cast<const char*>(&v), bytes); };
    for (std::size_t r = 0; r < runs.size(); ++r) {
      const std::uint32_t entry[] = {static_cast<std::uint32_t>(lookup_at + lookup.size()), 0, 0, static_cast<std::uint32_t>(names_at + names.size()),
                                     e_.imports[runs[r].first].at};
      std::memcpy(table.data() + r * 20, entry, sizeof entry);
      names += e_.imports[runs[r].first].library + '\0';
      for (std::size_t i = runs[r].first; i < runs[r].second; ++i) {
        const std::string& name = e_.imports[i].name;
        if (name.starts_with('#')) {
          number(lookup, (std::uint64_t{1} << (word * 8 - 1)) | (std::strtoul(name.c_str() + 1, nullptr, 10) & 0xFFFFU), word);
          continue;
        }
        number(lookup, names_at + names.size(), word);
        names += std::string(2, '\0') + name + '\0';
      }
      number(lookup, 0, word);
    }
    const std::uint64_t at = end_;
    if (add(at, table + lookup + names, 0x40000040U)) put(head_.directory_at(1), at, 4), put(head_.directory_at(1) + 4, table.size(), 4);
  }

  /// The table of functions for exceptions, whose place a packer keeps to itself: the longest run of ascending begins and ends.
  void find_unwind() {
    constexpr std::size_t entries_min = 8;
    const View v = view();
    std::uint64_t best = 0, best_count = 0;
    for (std::uint64_t at = align(head_.table, 4); at + 12 <= image_.size();) {
      std::uint64_t count = 0, before = 1;
      for (std::uint64_t e = at; e + 12 <= image_.size(); e += 12, ++count) {
        const std::uint32_t begin = v.u32(e), stop = v.u32(e + 4), how = v.u32(e + 8);
        if (begin < before || stop <= begin || stop > image_.size() || how % 4 != 0 || how == 0 || how >= image_.size()) break;
        if (const unsigned version = v.bytes[how] & 7U; version != 1 && version != 2) break;
        before = stop;
      }
      if (count > best_count) best = at, best_count = count;
      at += std::max<std::uint64_t>(count * 12, 4);
    }
    if (best_count >= entries_min) put(head_.directory_at(3), best, 4), put(head_.directory_at(3) + 4, best_count * 12, 4);
  }
};

}  // namespace

std::string encode(const Emulated& e) {
  std::string out = joined({plain(e.ended)});
  put_number(out, e.layers, 4), put_number(out, e.entry, 4);
  put_number(out, e.imports.size(), 4);
  for (const auto& i : e.imports) put_number(out, i.at, 4), out += joined({plain(i.library), plain(i.name)});
  put_number(out, e.parts.size(), 4);
  for (const auto& p : e.parts) put_number(out, p.at, 4), put_number(out, p.bytes.size(), 8), out += p.bytes;
  return out;
}

std::optional<Emulated> decode_emulated(std::string_view bytes) {
  Cursor in(bytes);
  Emulated e;
  e.ended = in.field();
  e.layers = static_cast<std::uint32_t>(in.number(4)), e.entry = static_cast<std::uint32_t>(in.number(4));
  const auto imports = in.number(4);
  if (imports > imports_told_max) return {};
  for (std::uint64_t i = 0; i < imports && in.good(); ++i) {
    const auto at = static_cast<std::uint32_t>(in.number(4));
    std::string library = in.field();
    e.imports.push_back({at, std::move(library), in.field()});
  }
  const auto parts = in.number(4);
  if (parts > parts_max) return {};
  for (std::uint64_t i = 0; i < parts && in.good(); ++i) {
    const auto at = static_cast<std::uint32_t>(in.number(4));
    e.parts.push_back({at, std::string(in.piece(in.number(8)))});
  }
  if (!in.at_end()) return {};
  return e;
}

bool looks_packed(std::span<const std::uint8_t> pe) {
  const View file{pe};
  const auto head = pe_head(file);
  if (!head || (head->machine != 0x14C && head->machine != 0x8664) || pe.size() > emulated_file_bytes_max) return false;
  if (head->directory(file, 14).at != 0) return false;  // .NET: what its code is, an emulator of processors does not see
  std::uint64_t all = 0, even = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(head->sections, 96); ++i) {
    const auto s = head->section(file, i);
    if (!s) break;
    if ((s->flags & pe_executable) != 0 && (s->flags & pe_writable) != 0) return true;
    const auto bytes = file.part(s->offset, s->file_bytes);
    all += bytes.size();
    if (bytes.size() >= even_bytes_min && entropy(text_of(bytes)) > packed_bits) even += bytes.size();
  }
  return even * 2 > all && read_pe(file, nullptr).imports.size() < imports_of_packed_max;
}

std::optional<std::string> rebuild(const Emulated& e) {
  if (e.parts.empty()) return {};
  return Rebuilder(e).run();
}

}  // namespace mozu::files
