// Assemblies of .NET: the methods and what they use of others. Layout: ECMA-335, partition II, chapters 22 to 25.
#include <algorithm>
#include <array>
#include <bit>
#include <initializer_list>
#include <utility>

#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "program_parts.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t methods_max = std::size_t{1} << 20, members_max = std::size_t{1} << 20;
constexpr std::uint32_t rows_max = 1U << 24;  // a token has 24 bits for one
constexpr std::size_t tables = 0x2D;
enum Table : std::uint8_t {
  type_ref = 1,
  type_def = 2,
  method_def = 6,
  member_ref = 0x0A,
  module_ref = 0x1A,
  type_spec = 0x1B,
  impl_map = 0x1C,
  method_spec = 0x2B
};

/// A column of a table: bytes, an index to a heap, to a row of one table (below `tables`), or of one of several (`coded` and on).
enum Column : std::uint8_t { two = 0x80, four, strings, guids, blobs };
constexpr std::uint8_t coded = 0x40;
/// The tables that an index of several may lead to; so many bits tell which (II.24.2.6). 0xFF: none has that number.
struct Coded {
  unsigned bits;
  std::initializer_list<std::uint8_t> tables;
};
const std::array<Coded, 13>& coded_indexes() {
  static const std::array<Coded, 13> all{{
      {2, {2, 1, 0x1B}},                                                                                                     // 0 type, defined or not
      {2, {4, 8, 0x17}},                                                                                                     // 1 has a constant
      {5, {6, 4, 1, 2, 8, 9, 0x0A, 0, 0x0E, 0x17, 0x14, 0x11, 0x1A, 0x1B, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2A, 0x2C, 0x2B}},  // 2 has an attribute
      {1, {4, 8}},                                                                                                           // 3 is marshalled
      {2, {2, 6, 0x20}},                                                                                                     // 4 has security
      {3, {2, 1, 0x1A, 6, 0x1B}},                                                                                            // 5 parent of a member
      {1, {0x14, 0x17}},                                                                                                     // 6 has semantics
      {1, {6, 0x0A}},                                                                                                        // 7 method, defined or not
      {1, {4, 6}},                                                                                                           // 8 member that is forwarded
      {2, {0x26, 0x23, 0x27}},                                                                                               // 9 implementation
      {3, {0xFF, 0xFF, 6, 0x0A, 0xFF}},                                                                                      // 10 type of an attribute
      {2, {0, 0x1A, 0x23, 1}},                                                                                               // 11 scope of a type
      {1, {2, 6}},                                                                                                           // 12 type or method
  }};
  return all;
}
/// Columns of each table by its number (II.22).
const std::array<std::initializer_list<std::uint8_t>, tables>& columns() {
  static const std::array<std::initializer_list<std::uint8_t>, tables> all{{
      {two, strings, guids, guids, guids},
      {coded + 11, strings, strings},
      {four, strings, strings, coded + 0, 4, 6},
      {4},
      {two, strings, blobs},
      {6},
      {four, two, two, strings, blobs, 8},
      {8},
      {two, two, strings},
      {2, coded + 0},
      {coded + 5, strings, blobs},
      {two, coded + 1, blobs},
      {coded + 2, coded + 10, blobs},
      {coded + 3, blobs},
      {two, coded + 4, blobs},
      {two, four, 2},
      {four, 4},
      {blobs},
      {2, 0x14},
      {0x14},
      {two, strings, coded + 0},
      {2, 0x17},
      {0x17},
      {two, strings, blobs},
      {two, 6, coded + 6},
      {2, coded + 7, coded + 7},
      {strings},
      {blobs},
      {two, coded + 8, strings, 0x1A},
      {four, 4},
      {four, four},
      {four},
      {four, two, two, two, two, four, blobs, strings, strings},
      {four},
      {four, four, four},
      {two, two, two, two, four, blobs, strings, strings, blobs},
      {four, 0x23},
      {four, four, four, 0x23},
      {four, strings, blobs},
      {four, four, strings, strings, coded + 9},
      {four, four, strings, coded + 9},
      {2, 2},
      {two, two, coded + 12, strings},
      {coded + 7, blobs},
      {0x2A, coded + 0},
  }};
  return all;
}

/// The tables of an assembly.
class Metadata {
 public:
  /// `root`: in the file. False: there is none.
  bool read(const View& file, std::uint64_t root) {
    file_ = file;
    if (file.u32(root) != 0x424A5342U) return false;
    const std::uint64_t streams_at = root + 16 + ((std::uint64_t{file.u32(root + 12)} + 3) & ~std::uint64_t{3});
    std::uint64_t at = streams_at + 4, tables_at = 0;
    for (unsigned i = 0; i < std::min<unsigned>(file.u16(streams_at + 2), 64); ++i) {
      const std::string_view name = file.text(at + 8);
      const std::uint64_t begin = root + file.u32(at);
      if (name == "#~" || name == "#-") tables_at = begin;
      if (name == "#Strings") names_ = begin;
      at += 8 + ((name.size() + 4) & ~std::size_t{3});
    }
    return tables_at != 0 && names_ != 0 && read_tables(tables_at);
  }

  std::uint32_t rows(std::uint8_t table) const { return rows_[table]; }
  /// A number of a row, which count from 1; 0 where there is none.
  std::uint32_t number(std::uint8_t table, std::uint32_t row, std::size_t column) const {
    if (row == 0 || row > rows_[table]) return 0;
    std::uint64_t at = at_[table] + std::uint64_t{row - 1} * row_bytes_[table];
    const auto* c = columns()[table].begin();
    for (std::size_t i = 0; i < column; ++i) at += width(c[i]);
    return width(c[column]) == 2 ? file_.u16(at) : file_.u32(at);
  }
  std::string_view name(std::uint8_t table, std::uint32_t row, std::size_t column) const {
    const std::uint32_t at = number(table, row, column);
    return at == 0 ? std::string_view{} : file_.text(names_ + at);
  }
  /// Table and row of a coded index; table 0xFF: none.
  std::pair<std::uint8_t, std::uint32_t> leads_to(std::uint8_t table, std::uint32_t row, std::size_t column) const {
    const std::uint32_t value = number(table, row, column);
    const Coded& c = coded_indexes()[columns()[table].begin()[column] - coded];
    const std::uint32_t which = value & ((1U << c.bits) - 1);
    return which < c.tables.size() ? std::pair{c.tables.begin()[which], value >> c.bits} : std::pair{std::uint8_t{0xFF}, 0U};
  }

 private:
  View file_;
  std::uint64_t names_ = 0;
  bool wide_[3] = {};  // indexes to strings, GUIDs, blobs
  std::array<std::uint32_t, 64> rows_{};
  std::array<std::uint64_t, tables> at_{};
  std::array<std::uint32_t, tables> row_bytes_{};

  bool read_tables(std::uint64_t at) {
    const std::uint32_t heaps = file_.u16(at + 6) & 0xFFU;
    for (unsigned i = 0; i < 3; ++i) wide_[i] = (heaps >> i & 1) != 0;
    const std::uint64_t there = file_.u64(at + 8);
    at += 24;
    for (unsigned t = 0; t < 64; ++t)
      if ((there >> t & 1) != 0) rows_[t] = std::min(file_.u32(at), rows_max), at += 4;
    if ((heaps & 0x40) != 0) at += 4;
    for (std::uint8_t t = 0; t < tables; ++t) {
      for (const std::uint8_t c : columns()[t]) row_bytes_[t] += width(c);
      at_[t] = at;
      at += std::uint64_t{rows_[t]} * row_bytes_[t];
      if (rows_[t] != 0 && at_[t] >= file_.bytes.size()) return false;
      if (at > file_.bytes.size())
        rows_[t] = static_cast<std::uint32_t>((file_.bytes.size() - std::min<std::uint64_t>(at_[t], file_.bytes.size())) / row_bytes_[t]);
    }
    return true;
  }
  unsigned width(std::uint8_t column) const {
    if (column == two) return 2;
    if (column == four) return 4;
    if (column >= strings) return wide_[column - strings] ? 4 : 2;
    if (column < coded) return rows_[column] >= 0x10000 ? 4 : 2;
    const Coded& c = coded_indexes()[column - coded];
    for (const std::uint8_t t : c.tables)
      if (t != 0xFF && rows_[t] >= 1U << (16 - c.bits)) return 4;
    return 2;
  }
};

class NetReader {
 public:
  NetReader(const View& file, const Metadata& data, gene::Program& p) : file_(file), data_(data), p_(p) {}

  void members() {
    for (std::uint32_t row = 1; row <= data_.rows(type_ref) && p_.members.size() < members_max; ++row) add(type_ref, row, type_name(type_ref, row));
    for (std::uint32_t row = 1; row <= data_.rows(member_ref) && p_.members.size() < members_max; ++row) {
      const auto [table, of] = data_.leads_to(member_ref, row, 0);
      const std::string parent = type_name(table, of);
      if (parent.empty() && table != type_spec) continue;
      std::string name = parent + '.' + std::string(data_.name(member_ref, row, 1));
      if (!parent.empty() && p_.imports.size() < imports_max) p_.imports.push_back("!" + fold(name));
      add(member_ref, row, std::move(name));
    }
    // What is written in no .NET, by the library's name, as other programs import it.
    for (std::uint32_t row = 1; row <= data_.rows(impl_map) && p_.members.size() < members_max; ++row) {
      const auto [table, method] = data_.leads_to(impl_map, row, 1);
      std::string library = fold(data_.name(module_ref, data_.number(impl_map, row, 3), 0));
      if (!library.ends_with(".dll")) library += ".dll";
      std::string name = library + '!' + fold(data_.name(impl_map, row, 2));
      if (p_.imports.size() < imports_max) p_.imports.push_back(name);
      if (table == method_def) add(method_def, method, std::move(name));
    }
    std::ranges::sort(p_.members, {}, &gene::Member::token);
    const std::size_t named = p_.members.size();
    // Instances of generic methods are named as these are.
    for (std::uint32_t row = 1; row <= data_.rows(method_spec) && p_.members.size() < members_max; ++row) {
      const auto [table, method] = data_.leads_to(method_spec, row, 0);
      const std::span known(p_.members.data(), named);
      const auto found = std::ranges::lower_bound(known, std::uint32_t{table} << 24U | method, {}, &gene::Member::token);
      if (table != 0xFF && found != known.end() && found->token == (std::uint32_t{table} << 24U | method))
        instances_.push_back({std::uint32_t{method_spec} << 24U | row, found->hash});
    }
    p_.members.insert(p_.members.end(), instances_.begin(), instances_.end());  // their tokens are the highest
  }

  /// The bodies of the methods, each a section. Place: of an address in the file.
  template <class Place>
  bool methods(std::uint64_t base, Place place) {
    std::vector<gene::Section> bodies;
    for (std::uint32_t row = 1; row <= std::min<std::uint32_t>(data_.rows(method_def), methods_max); ++row) {
      const std::uint32_t address = data_.number(method_def, row, 0);
      if (address == 0) continue;  // abstract, or written elsewhere
      const std::uint64_t at = place(address);
      const auto first = file_.number<std::uint8_t>(at).value_or(0);
      std::uint64_t head = 1, bytes = first >> 2U;
      if ((first & 3U) == 3) head = std::uint64_t{static_cast<std::uint32_t>(file_.u16(at) >> 12U)} * 4, bytes = file_.u32(at + 4);
      else if ((first & 3U) != 2) continue;
      const auto code = file_.part(at + head, bytes);
      if (head != 0 && !code.empty()) bodies.push_back({base + address + head, at + head, code, true});
    }
    if (bodies.empty()) return false;
    // Methods that are alike share a body; one whose length is made up must not hide those behind it.
    std::ranges::stable_sort(bodies, {}, &gene::Section::address);
    bodies.erase(std::ranges::unique(bodies, {}, &gene::Section::address).begin(), bodies.end());
    for (std::size_t i = 0; i + 1 < bodies.size(); ++i)
      bodies[i].bytes = bodies[i].bytes.first(std::min<std::uint64_t>(bodies[i].bytes.size(), bodies[i + 1].address - bodies[i].address));
    std::erase_if(p_.sections, [](const gene::Section& s) { return s.code; });
    p_.sections.insert(p_.sections.end(), bodies.begin(), bodies.end());
    p_.architecture = gene::Architecture::cil;
    p_.starts.clear();
    return true;
  }

 private:
  View file_;
  const Metadata& data_;
  gene::Program& p_;
  std::vector<gene::Member> instances_;

  void add(std::uint8_t table, std::uint32_t row, std::string name) {
    if (row != 0 && row < rows_max) p_.members.push_back({std::uint32_t{table} << 24U | row, static_cast<std::uint32_t>(xxh3_64(name)) | 1U});
  }
  /// "System.IO.File"; "" of what is no type of another assembly.
  std::string type_name(std::uint8_t table, std::uint32_t row) const {
    if (table != type_ref) return {};
    const auto space = data_.name(type_ref, row, 2);
    return space.empty() ? std::string(data_.name(type_ref, row, 1)) : std::string(space) + '.' + std::string(data_.name(type_ref, row, 1));
  }
};

}  // namespace

void read_net(const View& file, const PeHead& head, gene::Program& p, Diagnostics* notes) {
  const PeHead::Range range = head.directory(file, 14);
  const auto place = [&](std::uint64_t relative) { return place_in_file(p, file, head.base + relative); };
  if (range.size == 0) return;
  const std::uint64_t at = place(range.at);
  constexpr std::uint32_t il_only = 1;
  Metadata data;
  if (!data.read(file, place(file.u32(at + 8)))) return note_part(notes, "it says that it is of .NET, but its metadata is not there");
  if ((file.u32(at + 16) & il_only) == 0) return note_part(notes, "a program of .NET and the processor's code: the latter is looked at");
  NetReader reader(file, data, p);
  if (!reader.methods(head.base, place)) return note_part(notes, "an assembly of .NET without methods");
  reader.members();
}

}  // namespace mozu::files
