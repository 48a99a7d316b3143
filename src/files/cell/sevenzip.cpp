// 7z archives that are encrypted, which libarchive does not read: AES-256 in CBC with a key from SHA-256 many times over, LZMA and LZMA2 by liblzma.
// Layout: 7zFormat.txt of the LZMA SDK.
#include <lzma.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>

#include "charset.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "objects.hpp"
#include "program_parts.hpp"
#include "text_out.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t coders_max = 8, folders_max = 100'000, files_max = 1'000'000, archive_header_bytes_max = 64 << 20;
constexpr std::uint64_t aes = 0x06F10701, lzma1 = 0x030101, lzma2 = 0x21, copy_coder = 0, bcj_x86 = 0x03030103, delta = 3;
constexpr unsigned cycles_power_max = 22;
constexpr std::uint64_t window_bytes_max = std::uint64_t{512} << 20;

std::string_view text_of(std::span<const std::uint8_t> s) { return {reinterpret_cast<const char*>(s.data()), s.size()}; }

/// Numbers of 7z; after the first that is not there nothing is.
class Reader {
 public:
  explicit Reader(std::string_view s) : s_(s) {}
  bool good() const { return good_; }
  std::string_view piece(std::uint64_t n) {
    if (n > s_.size()) {
      good_ = false;
      s_ = {};
      return {};
    }
    const auto out = s_.substr(0, n);
    s_.remove_prefix(n);
    return out;
  }
  std::uint64_t fixed(unsigned bytes) {
    std::uint64_t v = 0;
    const auto p = piece(bytes);
    for (std::size_t i = 0; i < p.size(); ++i) v |= std::uint64_t{static_cast<unsigned char>(p[i])} << (8 * i);
    return v;
  }
  /// As many bytes follow as the first has leading ones; what is left of it is the highest part.
  std::uint64_t number() {
    const auto first = static_cast<unsigned>(fixed(1));
    std::uint64_t v = 0;
    unsigned mask = 0x80;
    for (unsigned i = 0; i < 8; ++i, mask >>= 1U) {
      if ((first & mask) == 0) return v | std::uint64_t{first & (mask - 1)} << (8 * i);
      v |= fixed(1) << (8 * i);
    }
    return v;
  }
  std::vector<bool> bits(std::uint64_t count) {
    std::vector<bool> out;
    for (std::uint64_t i = 0; i < count && good_; i += 8) {
      const auto b = static_cast<unsigned>(fixed(1));
      for (unsigned k = 0; k < 8 && i + k < count; ++k) out.push_back((b >> (7 - k) & 1U) != 0);
    }
    out.resize(static_cast<std::size_t>(good_ ? count : 0));
    return out;
  }

 private:
  std::string_view s_;
  bool good_ = true;
};

struct Coder {
  std::uint64_t id = 0;
  std::size_t number = 0;  // in its folder, as sizes are told
  std::uint64_t size = 0;  // of what it gives
  std::string properties;
};
struct Folder {
  std::vector<Coder> coders;  // in the order in which they unpack
  std::uint64_t packed_at = 0, packed_bytes = 0;
  std::optional<std::uint32_t> crc;
  std::vector<std::uint64_t> sizes;  // of the files in it
  std::vector<std::optional<std::uint32_t>> crcs;
  bool is_readable = true;
  bool is_encrypted() const {
    return std::ranges::any_of(coders, [](const Coder& c) { return c.id == aes; });
  }
  std::uint64_t size() const { return coders.empty() ? 0 : coders.back().size; }
  /// liblzma undoes filters only behind LZMA.
  bool is_known() const {
    bool behind = false;
    for (const Coder& c : coders) {
      const bool filter = c.id == bcj_x86 || c.id == delta, packing = c.id == lzma1 || c.id == lzma2;
      if (!(packing || (filter && behind) || c.id == aes || c.id == copy_coder)) return false;
      behind = packing || filter;
    }
    return true;
  }
};

std::vector<std::optional<std::uint32_t>> read_digests(Reader& in, std::uint64_t count) {
  const bool all = in.fixed(1) != 0;
  const std::vector<bool> defined = all ? std::vector<bool>(count, true) : in.bits(count);
  std::vector<std::optional<std::uint32_t>> out;
  for (const bool d : defined) out.push_back(d && in.good() ? std::optional(static_cast<std::uint32_t>(in.fixed(4))) : std::nullopt);
  return out;
}

/// One packed stream through coders with one way in and one out; others are not read.
Folder read_folder(Reader& in) {
  Folder f;
  const auto count = in.number();
  std::vector<Coder> coders;
  for (std::uint64_t i = 0; i < count && i < coders_max && in.good(); ++i) {
    const auto flags = static_cast<unsigned>(in.fixed(1));
    Coder c;
    for (unsigned k = 0; k < (flags & 15U); ++k) c.id = c.id << 8U | in.fixed(1);
    if ((flags & 0x10U) != 0 && (in.number() != 1 || in.number() != 1)) f.is_readable = false;
    if ((flags & 0x20U) != 0) c.properties = in.piece(in.number());
    coders.push_back(std::move(c));
  }
  f.is_readable = f.is_readable && count == coders.size() && count > 0 && in.good();
  if (!f.is_readable) return f;
  std::map<std::uint64_t, std::uint64_t> from;  // where in comes from which out
  for (std::size_t i = 0; i + 1 < coders.size(); ++i) {
    const auto way_in = in.number();
    from[in.number()] = way_in;
  }
  // The first is the one whose way in is nobody's way out.
  std::uint64_t at = 0;
  for (std::uint64_t i = 0; i < coders.size(); ++i)
    if (std::ranges::none_of(from, [&](const auto& bound) { return bound.second == i; })) at = i;
  for (std::size_t i = 0; i < coders.size() && at < coders.size(); ++i) {
    f.coders.push_back(coders[at]);
    f.coders.back().number = at;
    const auto next = from.find(at);
    at = next == from.end() ? coders.size() : next->second;
  }
  f.is_readable = f.coders.size() == coders.size();
  return f;
}

struct Streams {
  std::vector<Folder> folders;
};

bool read_pack_info(Reader& in, std::vector<std::pair<std::uint64_t, std::uint64_t>>& packed) {
  std::uint64_t at = 32 + in.number();
  const auto count = in.number();
  if (count > folders_max) return false;
  for (auto id = in.number(); id != 0; id = in.number()) {
    if (!in.good()) return false;
    if (id == 0x0A) (void)read_digests(in, count);
    else if (id == 0x09)
      for (std::uint64_t i = 0; i < count; ++i) {
        const auto size = in.number();
        packed.emplace_back(at, size);
        at += size;
      }
    else return false;
  }
  return in.good();
}

bool read_unpack_info(Reader& in, Streams& s) {
  if (in.number() != 0x0B) return false;
  const auto count = in.number();
  if (count > folders_max || in.fixed(1) != 0) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    s.folders.push_back(read_folder(in));
    if (!s.folders.back().is_readable) return false;
  }
  for (auto id = in.number(); id != 0; id = in.number()) {
    if (!in.good()) return false;
    if (id == 0x0C) {
      for (Folder& f : s.folders) {
        std::vector<std::uint64_t> sizes;
        for (std::size_t i = 0; i < f.coders.size(); ++i) sizes.push_back(in.number());
        for (Coder& c : f.coders) c.size = sizes[c.number];
      }
    } else if (id == 0x0A) {
      const auto crcs = read_digests(in, count);
      for (std::size_t i = 0; i < crcs.size() && i < s.folders.size(); ++i) s.folders[i].crc = crcs[i];
    } else {
      return false;
    }
  }
  return in.good();
}

/// Where folders are cut into files.
bool read_substreams(Reader& in, Streams& s) {
  std::vector<std::uint64_t> counts(s.folders.size(), 1);
  auto id = in.number();
  if (id == 0x0D) {
    for (auto& c : counts)
      if ((c = in.number()) > files_max) return false;
    id = in.number();
  }
  for (std::size_t i = 0; i < s.folders.size() && in.good(); ++i) {
    Folder& f = s.folders[i];
    std::uint64_t left = f.size();
    for (std::uint64_t k = 0; k < counts[i]; ++k) {
      const std::uint64_t size = k + 1 == counts[i] ? left : id == 0x09 ? in.number() : 0;
      if (size > left || f.sizes.size() > files_max) return false;
      f.sizes.push_back(size);
      left -= size;
    }
    f.crcs.resize(f.sizes.size());
    if (f.sizes.size() == 1) f.crcs[0] = f.crc;
  }
  if (id == 0x09) id = in.number();
  if (id == 0x0A) {
    std::uint64_t unknown = 0;
    for (const Folder& f : s.folders) unknown += f.sizes.size() == 1 && f.crc ? 0 : f.sizes.size();
    const auto crcs = read_digests(in, unknown);
    std::size_t next = 0;
    for (Folder& f : s.folders)
      if (!(f.sizes.size() == 1 && f.crc))
        for (auto& c : f.crcs) c = next < crcs.size() ? crcs[next++] : std::nullopt;
    id = in.number();
  }
  return id == 0 && in.good();
}

bool read_streams(Reader& in, Streams& s) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> packed;
  bool cut = false;
  for (auto id = in.number(); id != 0; id = in.number()) {
    if (!in.good()) return false;
    if (id == 0x06 && !read_pack_info(in, packed)) return false;
    if (id == 0x07 && !read_unpack_info(in, s)) return false;
    if (id == 0x08 && !read_substreams(in, s)) return false;
    cut |= id == 0x08;
    if (id != 0x06 && id != 0x07 && id != 0x08) return false;
  }
  for (std::size_t i = 0; i < s.folders.size(); ++i) {
    if (i >= packed.size()) return false;
    s.folders[i].packed_at = packed[i].first;
    s.folders[i].packed_bytes = packed[i].second;
    if (!cut) s.folders[i].sizes = {s.folders[i].size()}, s.folders[i].crcs = {s.folders[i].crc};
  }
  return in.good();
}

/// Names of files with content, in order.
std::vector<std::string> read_files(Reader& in) {
  const auto count = in.number();
  std::vector<bool> empty;
  std::vector<std::string> names;
  if (count > files_max) return {};
  for (auto id = in.number(); id != 0 && in.good(); id = in.number()) {
    Reader property(in.piece(in.number()));
    if (id == 0x0E) empty = property.bits(count);
    if (id == 0x11 && property.fixed(1) == 0)
      for (std::uint64_t i = 0; i < count && property.good(); ++i) {
        std::string wide;
        for (auto unit = property.fixed(2); unit != 0 && property.good(); unit = property.fixed(2)) {
          wide += static_cast<char>(unit & 0xFFU);
          wide += static_cast<char>(unit >> 8U);
        }
        names.push_back(to_utf8(wide, "utf-16le"));
      }
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (i >= empty.size() || !empty[i]) out.push_back(std::move(names[i]));
  return out;
}

class SevenZip {
 public:
  SevenZip(std::string_view file, Nest& nest) : file_(file), nest_(nest) {}

  bool run() {
    const View v{{reinterpret_cast<const std::uint8_t*>(file_.data()), file_.size()}};
    const std::uint64_t at = v.u64(12), size = v.u64(20);
    if (size == 0 || size > archive_header_bytes_max || at > file_.size()) return false;
    std::string header(text_of(v.part(32 + at, size)));
    for (int depth = 0; depth < 4; ++depth) {
      Reader in(header);
      const auto id = in.number();
      if (id == 1) return read_header(in);
      Streams s;
      if (id != 0x17 || !read_streams(in, s) || s.folders.size() != 1) return false;
      auto inner = unpacked(s.folders[0], archive_header_bytes_max);
      if (!inner) return false;
      header = std::move(*inner);
    }
    return false;
  }

 private:
  std::string_view file_;
  Nest& nest_;
  bool was_encrypted_ = false;
  std::uint64_t rounds_left_ = std::uint64_t{1} << 27U;       // 256 keys of the usual kind
  std::map<std::string, std::array<std::uint8_t, 32>> keys_;  // by password and properties

  bool read_header(Reader& in) {
    Streams s;
    std::vector<std::string> names;
    for (auto id = in.number(); id != 0 && in.good(); id = in.number()) {
      if (id == 0x04 && !read_streams(in, s)) return false;
      else if (id == 0x05) names = read_files(in);
      else if (id != 0x04) return false;
    }
    if (!was_encrypted_ && std::ranges::none_of(s.folders, &Folder::is_encrypted)) return false;
    std::size_t number = 0;
    for (const Folder& f : s.folders)
      if (!give(f, names, number)) break;
    return true;
  }

  bool give(const Folder& f, const std::vector<std::string>& names, std::size_t& number) {
    const auto content = unpacked(f, std::min(nest_.bytes_left(), f.size()));
    std::uint64_t at = 0;
    for (const std::uint64_t size : f.sizes) {
      const std::string name = number < names.size() && !names[number].empty() ? names[number] : "member " + std::to_string(number);
      ++number;
      const std::uint64_t begin = std::exchange(at, at + size);
      if (!content && f.is_encrypted()) {
        const char* why = f.is_known() ? "it is encrypted, and no password that is known opens it" : "it is encrypted, and packed in a way that is not read";
        if (!nest_.unread(name, "member", "object-encrypted", why)) return false;
      } else if (!content || begin >= content->size()) {
        if (size != 0 && !nest_.unread(name, "member", "object-damaged", "nothing of it can be read")) return false;
      } else {
        const bool more = nest_.found(name, "member", std::string_view(*content).substr(begin, size));
        if (content->size() - begin < size) nest_.note_last("object-cut", "it is larger than what is unpacked of one object; its first part was read");
        if (!more) return false;
      }
    }
    return true;
  }

  std::optional<std::string> unpacked(const Folder& f, std::uint64_t bytes_max) {
    const auto packed = file_.substr(std::min<std::uint64_t>(f.packed_at, file_.size()), f.packed_bytes);
    if (!f.is_encrypted()) return through(f, packed, {}, bytes_max);
    was_encrypted_ = true;
    if (!f.is_known()) return {};
    for (const std::string& password : nest_.passwords()) {
      auto out = through(f, packed, password, bytes_max);
      if (out && is_right(f, *out)) return out;
    }
    return {};
  }

  /// A wrong password gives noise, which does not unpack or has another checksum.
  static bool is_right(const Folder& f, std::string_view s) {
    const auto crc = [](std::string_view part) { return static_cast<std::uint32_t>(::crc32_z(0, reinterpret_cast<const Bytef*>(part.data()), part.size())); };
    if (s.size() < f.size()) return f.sizes.size() > 1 && f.crcs[0] && s.size() >= f.sizes[0] ? *f.crcs[0] == crc(s.substr(0, f.sizes[0])) : !s.empty();
    if (f.crc) return *f.crc == crc(s);
    return f.crcs.empty() || !f.crcs[0] || *f.crcs[0] == crc(s.substr(0, f.sizes[0]));
  }

  std::optional<std::string> through(const Folder& f, std::string_view packed, const std::string& password, std::uint64_t bytes_max) {
    std::string data(packed);
    for (std::size_t i = 0; i < f.coders.size(); ++i) {
      const Coder& c = f.coders[i];
      if (c.id == copy_coder) continue;
      std::optional<std::string> out;
      if (c.id == aes) {
        out = decrypted(c, data, password);
      } else if (c.id == lzma1 || c.id == lzma2) {
        // What follows (x86, differences) goes into the same chain.
        std::size_t last = i;
        while (last + 1 < f.coders.size() && (f.coders[last + 1].id == bcj_x86 || f.coders[last + 1].id == delta)) ++last;
        out = unpacked_lzma(f, i, last, data, bytes_max);
        i = last;
      }
      if (!out) return {};
      data = std::move(*out);
    }
    if (data.size() > bytes_max) data.resize(bytes_max);
    return data;
  }

  static std::optional<std::string> unpacked_lzma(const Folder& f, std::size_t first, std::size_t last, std::string_view data, std::uint64_t bytes_max) {
    std::array<lzma_filter, coders_max + 1> filters{};
    struct FreeOptions {
      std::array<lzma_filter, coders_max + 1>& filters;
      ~FreeOptions() {
        for (auto& x : filters) ::free(x.options);  // liblzma's own allocator is malloc
      }
    } const guard{filters};
    std::size_t n = 0;
    for (std::size_t i = last + 1; i-- > first; ++n) {
      const Coder& c = f.coders[i];
      filters[n].id = c.id == lzma1 ? LZMA_FILTER_LZMA1EXT : c.id == lzma2 ? LZMA_FILTER_LZMA2 : c.id == delta ? LZMA_FILTER_DELTA : LZMA_FILTER_X86;
      if (lzma_properties_decode(&filters[n], nullptr, reinterpret_cast<const std::uint8_t*>(c.properties.data()), c.properties.size()) != LZMA_OK) {
        filters[n].options = nullptr;
        return {};
      }
      if (c.id == lzma1) {  // its end has no mark, and filters behind it hold back some bytes until they hear of it
        auto* options = static_cast<lzma_options_lzma*>(filters[n].options);
        options->ext_flags = 0;
        options->ext_size_low = static_cast<std::uint32_t>(c.size);
        options->ext_size_high = static_cast<std::uint32_t>(c.size >> 32U);
      }
    }
    filters[n].id = LZMA_VLI_UNKNOWN;
    if (lzma_raw_decoder_memusage(filters.data()) > window_bytes_max) return {};
    lzma_stream z = LZMA_STREAM_INIT;
    if (lzma_raw_decoder(&z, filters.data()) != LZMA_OK) return {};
    const std::uint64_t size = std::min(f.coders[last].size, bytes_max);
    std::string out, block(1 << 18, '\0');
    z.next_in = reinterpret_cast<const std::uint8_t*>(data.data());
    z.avail_in = data.size();
    for (lzma_ret r = LZMA_OK; r == LZMA_OK && out.size() < size;) {
      z.next_out = reinterpret_cast<std::uint8_t*>(block.data());
      const std::size_t room = z.avail_out = static_cast<std::size_t>(std::min<std::uint64_t>(block.size(), size - out.size()));
      r = lzma_code(&z, LZMA_FINISH);
      out.append(block, 0, room - z.avail_out);
    }
    lzma_end(&z);
    if (out.size() < size) return {};
    return out;
  }

  const std::array<std::uint8_t, 32>* key(const std::string& password, unsigned power, std::string_view salt) {
    const std::string name = password + '\0' + static_cast<char>(power) + std::string(salt);
    if (const auto known = keys_.find(name); known != keys_.end()) return &known->second;
    std::string wide;
    for (const char32_t c : code_points(password)) {
      if (c > 0xFFFF) return nullptr;
      wide += static_cast<char>(c & 0xFFU);
      wide += static_cast<char>(c >> 8U);
    }
    std::array<std::uint8_t, 32> out{};
    const std::string secret = std::string(salt) + wide;
    if (power == 0x3F) {
      secret.copy(reinterpret_cast<char*>(out.data()), out.size());
      return &(keys_[name] = out);
    }
    if (power > cycles_power_max || std::uint64_t{1} << power > rounds_left_) return nullptr;
    rounds_left_ -= std::uint64_t{1} << power;
    Sha256 sha;
    std::string rounds;
    for (std::uint64_t i = 0; i < std::uint64_t{1} << power; ++i) {
      rounds += secret;
      rounds.append(reinterpret_cast<const char*>(&i), 8);
      if (rounds.size() < (1 << 16) && i + 1 < std::uint64_t{1} << power) continue;
      sha.update(std::as_bytes(std::span(rounds)));
      rounds.clear();
    }
    return &(keys_[name] = sha.finish());
  }

  static std::u32string code_points(std::string_view utf8) {
    std::u32string out;
    for (std::size_t i = 0; i < utf8.size();) {
      const auto c = static_cast<unsigned char>(utf8[i]);
      const std::size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
      char32_t v = n == 1 ? c : c & (0x7FU >> n);
      for (std::size_t k = 1; k < n && i + k < utf8.size(); ++k) v = v << 6U | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
      out += v;
      i += n;
    }
    return out;
  }

  std::optional<std::string> decrypted(const Coder& c, std::string_view data, const std::string& password) {
    Reader in(c.properties);
    const auto first = static_cast<unsigned>(in.fixed(1));
    unsigned salt_bytes = first >> 7U & 1U, iv_bytes = first >> 6U & 1U;
    if (salt_bytes + iv_bytes != 0) {
      const auto second = static_cast<unsigned>(in.fixed(1));
      salt_bytes += second >> 4U;
      iv_bytes += second & 15U;
    }
    const auto salt = in.piece(salt_bytes), iv_given = in.piece(iv_bytes);
    std::array<unsigned char, 16> iv{};
    if (!in.good() || iv_given.size() > iv.size()) return {};
    iv_given.copy(reinterpret_cast<char*>(iv.data()), iv.size());
    const auto* secret = key(password, first & 0x3FU, salt);
    data = data.substr(0, data.size() / 16 * 16);
    if (secret == nullptr || data.size() < c.size || data.size() > std::size_t{1} << 30) return {};
    struct ReleaseCipher {
      void operator()(EVP_CIPHER_CTX* x) const { EVP_CIPHER_CTX_free(x); }
    };
    const std::unique_ptr<EVP_CIPHER_CTX, ReleaseCipher> cipher(EVP_CIPHER_CTX_new());
    std::string out(data.size(), '\0');
    int n = 0;
    if (!cipher || EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_cbc(), nullptr, secret->data(), iv.data()) != 1 ||
        EVP_CIPHER_CTX_set_padding(cipher.get(), 0) != 1 ||
        EVP_DecryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(out.data()), &n, reinterpret_cast<const unsigned char*>(data.data()),
                          static_cast<int>(data.size())) != 1)
      return {};
    out.resize(c.size);
    return out;
  }
};

}  // namespace

bool open_encrypted_sevenzip(std::string_view bytes, Nest& nest) { return SevenZip(bytes, nest).run(); }

void prepare_sevenzip() {
  const std::array<unsigned char, 32> nothing{};
  EVP_CIPHER_CTX* cipher = EVP_CIPHER_CTX_new();
  EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, nothing.data(), nothing.data());
  EVP_CIPHER_CTX_free(cipher);
}

}  // namespace mozu::files
