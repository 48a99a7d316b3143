// PE packed by UPX. The second section begins with what is packed, and 32 bytes before it stands a head ("UPX!"). Unpacked it is the image from the first
// section on; its last four bytes lead to what UPX kept of the program: its head, its table of sections, and where imports go, whose names are in the packed
// image and in the import table of the packed file.
#include <algorithm>
#include <array>

#include "program_parts.hpp"
#include "upx_parts.hpp"

namespace mozu::files {
namespace {

constexpr std::uint64_t pack_head_bytes = 32, section_bytes = 40;
constexpr std::size_t heads_max = 64;  // programs in the program
constexpr std::size_t libraries_max = 4096, relocations_max = 4'000'000;

struct Section {
  std::uint64_t memory = 0, address = 0, size = 0, offset = 0;
};

struct Head {
  std::uint64_t at = 0;
  bool wide = false;
  std::vector<Section> sections;

  std::uint64_t directories(std::uint64_t optional) const { return optional + (wide ? 112 : 96); }
};

bool read_head(const View& v, std::uint64_t at, Head& h) {
  if (v.u32(at) != 0x00004550U) return false;
  const std::uint16_t magic = v.u16(at + 24);
  if (magic != 0x10B && magic != 0x20B) return false;
  h.at = at;
  h.wide = magic == 0x20B;
  return true;
}

void read_sections(const View& v, std::uint64_t table, std::uint16_t count, Head& h) {
  for (std::uint64_t i = 0; i < count && i < 96 && v.has(table + i * section_bytes, section_bytes); ++i) {
    const std::uint64_t s = table + i * section_bytes;
    h.sections.push_back({v.u32(s + 8), v.u32(s + 12), v.u32(s + 16), v.u32(s + 20)});
  }
}

class PeUnpacker {
 public:
  PeUnpacker(Bytes file, std::uint64_t bytes_max) : file_{file}, bytes_max_(bytes_max) {}

  Result<Unpacked> run() {
    if (!read_head(file_, file_.u32(0x3C), packed_)) return upx_none();
    read_sections(file_, packed_.at + 24 + file_.u16(packed_.at + 20), file_.u16(packed_.at + 6), packed_);
    if (packed_.sections.size() < 2) return upx_none();
    if (!unpack_with_head() && !unpack_without_head()) {
      if (too_large_) return upx_too_large();
      return seen_ ? upx_damaged("its packed data is damaged") : upx_none();
    }
    if (const auto damage = find_program(); !damage.empty()) return upx_damaged(damage);
    undo_filter();
    imports();
    relocations();
    MOZU_TRY(write());
    out_.how = upx_how(method_, filter_);
    return std::move(out_);
  }

 private:
  View file_;
  std::uint64_t bytes_max_;
  Head packed_, kept_;
  std::string image_;  // from base_ on
  std::uint64_t base_ = 0, kept_optional_ = 0, extra_ = 0;
  unsigned method_ = 0, filter_ = 0, mark_ = 0;
  bool seen_ = false, told_ = false, too_large_ = false;
  Unpacked out_;

  View image() const { return {{reinterpret_cast<const std::uint8_t*>(image_.data()), image_.size()}}; }
  std::uint8_t* image_at(std::uint64_t at) { return reinterpret_cast<std::uint8_t*>(image_.data()) + at; }

  bool unpack_with_head() {
    const std::string_view start(reinterpret_cast<const char*>(file_.bytes.data()), std::min<std::size_t>(file_.bytes.size(), 8192));
    for (auto at = start.find("UPX!"); at != start.npos; at = start.find("UPX!", at + 1)) {
      const std::uint64_t size = file_.u32(at + 16), packed = file_.u32(at + 20);
      const auto in = file_.part(at + pack_head_bytes, packed);
      if (size < 300 || in.size() < 16) continue;
      seen_ = true;
      if (size > bytes_max_) {
        too_large_ = true;
        continue;
      }
      method_ = file_.bytes[at + 6];
      auto out = unpack_upx_block(method_, in, size);
      if (!out) continue;
      image_ = std::move(*out);
      filter_ = file_.bytes[at + 28];
      mark_ = file_.bytes[at + 29];
      told_ = is_program_at(image_.size());
      if (told_) return true;
    }
    return false;
  }

  /// Is the image whole if it ends there?
  bool is_program_at(std::uint64_t end) const {
    const View v = image();
    Head h;
    if (end < 300 || end > v.bytes.size()) return false;
    const std::uint64_t kept = v.u32(end - 4);
    return kept < end && read_head(v, kept, h);
  }

  /// The entry loads the address of what is packed: `mov esi, address`, or `lea rsi, [rip + distance]`. 0: it does not.
  std::uint64_t start_by_entry() const {
    const std::uint64_t entry = file_.u32(packed_.at + 40), at = packed_place(entry);
    for (std::uint64_t i = at; i < at + 24; ++i) {
      if (packed_.wide && file_.u16(i) == 0x8D48 && file_.has(i, 7) && file_.bytes[i + 2] == 0x35)
        return packed_place(entry + (i - at) + 7 + static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int32_t>(file_.u32(i + 3)))));
      if (!packed_.wide && file_.has(i, 5) && file_.bytes[i] == 0xBE) return packed_place(file_.u32(i + 1) - file_.u32(packed_.at + 24 + 28));
    }
    return 0;
  }

  /// Somebody took the mark away: the first section is empty, the second holds what is packed, and the entry.
  bool unpack_without_head() {
    const Section &room = packed_.sections[0], &data = packed_.sections[1];
    const std::uint32_t entry = file_.u32(packed_.at + 40);
    if (room.size != 0 || room.memory == 0 || entry < data.address || entry >= data.address + std::max(data.size, data.memory)) return false;
    const std::uint64_t most = std::min(bytes_max_, room.memory + data.memory + (1 << 20)), told = start_by_entry();
    if (told != 0 && told < file_.bytes.size()) return unpack_nrv_from(told, most) || unpack_lzma_from(told, most);
    for (std::uint64_t skip = 0; skip < 64; ++skip)
      if (unpack_nrv_from(data.offset + skip, most)) return true;
    return false;
  }

  bool unpack_nrv_from(std::uint64_t at, std::uint64_t most) {
    const auto in = file_.part(at, file_.bytes.size());
    for (const unsigned method : {2U, 5U, 8U, 3U, 6U, 9U}) {
      auto out = unpack_nrv(static_cast<NrvKind>((method - 2) / 3), method % 3 == 2 ? NrvBits::le32 : NrvBits::byte, in, most);
      if (!out) continue;
      image_ = std::move(*out);
      if (!is_program_at(image_.size())) continue;
      method_ = method;
      return guess_filter();
    }
    return false;
  }

  bool unpack_lzma_from(std::uint64_t at, std::uint64_t most) {
    auto out = unpack_lzma_upx(file_.part(at, file_.bytes.size()), most);
    if (!out) return false;
    image_ = std::move(*out);
    method_ = upx_lzma;
    // What follows the packed data unpacks to noise, so the end is where four bytes lead to a head before them.
    std::size_t tried = 0;
    for (auto head = image_.find("PE\0\0", 0, 4); head != image_.npos && ++tried <= heads_max; head = image_.find("PE\0\0", head + 4, 4))
      for (std::uint64_t end = head + 300; end <= std::min<std::uint64_t>(image_.size(), head + (1 << 20)); ++end)
        if (image().u32(end - 4) == head && is_program_at(end)) {
          image_.resize(end);
          return guess_filter();
        }
    return false;
  }

  bool guess_filter() {
    seen_ = true;
    out_.odd.emplace_back("UPX's mark was taken away");
    filter_ = 0x49;  // or another, or none: guess_mark() looks at the code
    return true;
  }

  /// A filter that is not told: the byte that most calls bear is its mark, and if most long conditional jumps bear it too, they were filtered as well.
  void guess_mark(std::span<const std::uint8_t> code) {
    std::array<std::uint32_t, 256> calls{}, jumps{};
    std::uint32_t all_calls = 0, all_jumps = 0;
    for (std::size_t i = 0; i + 5 <= code.size(); ++i) {
      if (code[i] == 0xE8) ++calls[code[i + 1]], ++all_calls;
      if (i > 0 && code[i - 1] == 0x0F && (code[i] & 0xF0U) == 0x80) ++jumps[code[i + 1]], ++all_jumps;
    }
    const auto most = std::ranges::max_element(calls);
    mark_ = static_cast<unsigned>(most - calls.begin());
    if (*most * 3 < all_calls) filter_ = 0;
    else filter_ = jumps[mark_] * 2 > all_jumps ? 0x49 : 0x26;
  }

  /// What is wrong, or nothing.
  std::string find_program() {
    const View v = image();
    const std::uint64_t kept = v.u32(v.bytes.size() - 4);
    if (!read_head(v, kept, kept_) || kept_.wide != packed_.wide) return "the head of the program is not there";
    const std::uint64_t head_size = kept_.wide ? 264 : 248;
    const std::uint16_t count = v.u16(kept + 6);
    read_sections(v, kept + head_size, count, kept_);
    if (kept_.sections.empty() || kept_.sections.size() != count) return "the table of sections is not there";
    base_ = kept_.sections[0].address;
    kept_optional_ = kept + 24;
    extra_ = kept + head_size + count * section_bytes;
    return {};
  }

  void undo_filter() {
    const View v = image();
    const std::uint64_t code = v.u32(kept_optional_ + 20), size = v.u32(kept_optional_ + 4);
    if (filter_ == 0) return;
    if (code < base_ || code - base_ >= image_.size()) {
      out_.odd.emplace_back("where its code begins is not told: calls were left as they are");
      return;
    }
    const std::uint64_t at = code - base_;
    const std::span part(image_at(at), static_cast<std::size_t>(std::min<std::uint64_t>(size, image_.size() - at)));
    if (!told_) guess_mark(part);
    if (!undo_call_filter(static_cast<std::uint8_t>(filter_), static_cast<std::uint8_t>(mark_), static_cast<std::uint32_t>(at), part))
      out_.odd.emplace_back("its filter is not known: calls were left as they are");
  }

  /// Place in the file of an address of the packed program.
  std::uint64_t packed_place(std::uint64_t address) const {
    for (const Section& s : packed_.sections)
      if (address >= s.address && address - s.address < s.size) return s.offset + address - s.address;
    return file_.bytes.size();
  }

  void put(std::uint64_t address, std::uint64_t value, unsigned bytes) {
    if (address < base_ || address - base_ > image_.size() || image_.size() - (address - base_) < bytes) return;
    std::memcpy(image_at(address - base_), &value, bytes);
  }
  void put_text(std::uint64_t address, std::string_view text) {
    for (std::size_t i = 0; i <= text.size(); ++i) put(address + i, i < text.size() ? static_cast<unsigned char>(text[i]) : 0, 1);
  }

  struct Library {
    std::string_view name;
    std::uint64_t table = 0;
    std::vector<std::pair<std::string_view, std::uint64_t>> functions;  // name, or a number
  };

  std::vector<Library> read_imports(std::uint64_t at) const {
    const View v = image();
    const std::uint64_t names = packed_place(file_.u32(packed_.directories(packed_.at + 24) + 8));
    std::vector<Library> out;
    std::size_t functions = 0;
    while (v.has(at, 9) && v.u32(at) != 0 && out.size() < libraries_max) {
      Library l{file_.text(names + v.u32(at)), base_ + v.u32(at + 4), {}};
      if (l.name.empty()) return {};
      for (at += 8; v.has(at, 1) && v.bytes[at] != 0 && ++functions < imports_max;) {
        if (v.bytes[at] == 1) {
          const auto name = v.text(at + 1);
          if (name.empty()) return {};
          l.functions.emplace_back(name, 0);
          at += name.size() + 2;
        } else if (v.bytes[at] == 0xFF) {
          l.functions.emplace_back(std::string_view{}, v.u16(at + 1));
          at += 3;
        } else {
          const std::uint64_t entry = names + v.u32(at + 1);
          l.functions.emplace_back(std::string_view{}, (kept_.wide ? file_.u64(entry) : file_.u32(entry)) & 0xFFFFU);
          at += 5;
        }
      }
      if (v.has(at, 1) && v.bytes[at] == 0) ++at;
      out.push_back(std::move(l));
    }
    return out;
  }

  /// UPX took the names out of the import table; they go back to where they were, or where it says that there is room.
  void imports() {
    const View v = image();
    const std::uint64_t directory = v.u32(kept_.directories(kept_optional_) + 8);
    if (directory == 0 || v.u32(kept_.directories(kept_optional_) + 12) <= 20) return;
    std::vector<Library> libraries = read_imports(v.u32(extra_));
    if (libraries.empty()) {
      out_.odd.emplace_back("its imports were not found");
      return;
    }
    // Owned, as what they point into is written over.
    std::vector<std::pair<std::string, std::vector<std::string>>> names;
    for (const Library& l : libraries) {
      names.emplace_back(l.name, std::vector<std::string>{});
      for (const auto& [name, number] : l.functions) names.back().second.emplace_back(name);
    }
    std::uint64_t room = v.u32(extra_ + 4), functions_room = room;
    for (const auto& [name, functions] : names) functions_room += name.size() + 1;
    functions_room += functions_room & 1U;
    const unsigned width = kept_.wide ? 8 : 4;
    for (std::size_t i = 0; i < libraries.size(); ++i) {
      const std::uint64_t entry = directory + i * 20;
      const std::uint64_t name_at = room != 0 ? room : image().u32(entry - base_ + 12);
      put_text(name_at, names[i].first);
      if (room != 0) room += names[i].first.size() + 1;
      put(entry, libraries[i].table, 4), put(entry + 12, name_at, 4), put(entry + 16, libraries[i].table, 4);
      for (std::size_t f = 0; f < libraries[i].functions.size(); ++f) {
        const std::uint64_t slot = libraries[i].table + f * width;
        const std::string& name = names[i].second[f];
        if (name.empty()) {
          put(slot, libraries[i].functions[f].second | std::uint64_t{1} << (width * 8 - 1), width);
          continue;
        }
        const std::uint64_t at = room != 0 ? functions_room : image().u32(slot - base_);
        if (room != 0) functions_room += 2 + name.size() + 1, functions_room += functions_room & 1U;
        put(slot, at, width);
        put_text(at + 2, name);
      }
    }
  }

  /// Where addresses stand: distances, a byte each up to 0xEF, else four bits and two bytes, else four bytes; zero ends it.
  std::vector<std::uint64_t> read_relocations(std::uint64_t at) const {
    const View v = image();
    std::vector<std::uint64_t> out;
    std::uint64_t place = ~std::uint64_t{0} - 3;
    while (v.has(at, 1) && v.bytes[at] != 0 && out.size() < relocations_max) {
      std::uint64_t step = v.bytes[at++];
      if (step >= 0xF0) {
        step = (step & 15U) << 16U | v.u16(at);
        at += 2;
        if (step == 0) step = v.u32(at), at += 4;
      }
      place += step;
      if (!v.has(place, 8)) break;
      out.push_back(place);
    }
    return out;
  }

  /// UPX keeps addresses without their base and with their bytes turned, and the table as distances.
  void relocations() {
    const View v = image();
    const std::uint64_t directory = kept_.directories(kept_optional_), table = v.u32(directory + 40), size = v.u32(directory + 44);
    if (table == 0 || size <= 8 || (v.u16(kept_.at + 22) & 1U) != 0) return;
    const bool has_imports = v.u32(directory + 8) != 0 && v.u32(directory + 12) > 20;
    const auto places = read_relocations(v.u32(extra_ + (has_imports ? 8 : 0)));
    const std::uint64_t bias = base_ + (kept_.wide ? v.u64(kept_optional_ + 24) : v.u32(kept_optional_ + 28));
    for (const std::uint64_t at : places) {
      if (kept_.wide) put(base_ + at, __builtin_bswap64(image().u64(at)) + bias, 8);
      else put(base_ + at, __builtin_bswap32(image().u32(at)) + bias, 4);
    }
    std::uint64_t to = table;
    for (std::size_t i = 0; i < places.size();) {
      const std::uint64_t page = (base_ + places[i]) & ~std::uint64_t{0xFFF};
      std::size_t end = i;
      while (end < places.size() && ((base_ + places[end]) & ~std::uint64_t{0xFFF}) == page) ++end;
      const std::uint64_t bytes = 8 + ((end - i + 1) & ~std::size_t{1}) * 2;
      if (to + bytes > table + size) return;
      put(to, page, 4), put(to + 4, bytes, 4);
      for (std::size_t k = i; k < end; ++k) put(to + 8 + (k - i) * 2, ((base_ + places[k]) & 0xFFFU) | (kept_.wide ? 0xA000U : 0x3000U), 2);
      to += bytes;
      i = end;
    }
  }

  Status write() {
    std::uint64_t size = packed_.at + (kept_.wide ? 264 : 248) + kept_.sections.size() * section_bytes;
    for (const Section& s : kept_.sections) {
      if (s.offset > bytes_max_ || s.size > bytes_max_) return upx_damaged("a section lies beyond any file");
      if (s.size != 0) size = std::max(size, s.offset + s.size);
    }
    if (size > bytes_max_) return upx_too_large();
    std::string& out = out_.program;
    out.assign(reinterpret_cast<const char*>(file_.bytes.data()), static_cast<std::size_t>(std::min<std::uint64_t>(packed_.at, file_.bytes.size())));
    out.resize(size, '\0');
    image_.copy(out.data() + packed_.at, extra_ - kept_.at, kept_.at);
    for (const Section& s : kept_.sections) {
      if (s.address < base_ || s.address - base_ >= image_.size() || s.size == 0) continue;
      image_.copy(out.data() + s.offset, static_cast<std::size_t>(std::min(s.size, image_.size() - (s.address - base_))),
                  static_cast<std::size_t>(s.address - base_));
    }
    std::uint64_t end = 0;
    for (const Section& s : packed_.sections) end = std::max(end, s.offset + s.size);
    if (const auto overlay = file_.part(end, file_.bytes.size()); overlay.size() <= bytes_max_ - size)
      out.append(reinterpret_cast<const char*>(overlay.data()), overlay.size());
    return {};
  }
};

}  // namespace

Result<Unpacked> unpack_upx_pe(Bytes file, std::uint64_t bytes_max) { return PeUnpacker(file, bytes_max).run(); }

}  // namespace mozu::files
