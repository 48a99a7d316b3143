// Archives by libarchive: zip (also AES and the old encryption), 7z, rar, tar, cab, iso, ar, cpio, lha. No filter that would start a program is switched on.
#include <archive.h>
#include <archive_entry.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <set>
#include <span>

#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"
#include "objects.hpp"
#include "text_out.hpp"

namespace mozu::files {
namespace {

constexpr std::uint64_t ratio_judged_from = 16 << 20;
constexpr std::size_t members_max = 1'000'000;  // looked at; most of them are directories or without content, or there would be a limit before

struct Free {
  void operator()(archive* a) const { archive_read_free(a); }
};
using Handle = std::unique_ptr<archive, Free>;

std::string_view said(archive* a) {
  const char* text = archive_error_string(a);
  return text == nullptr ? "the data is damaged" : std::string_view(text);
}

Handle open(std::string_view bytes, std::span<const std::string> passwords) {
  Handle a(archive_read_new());
  if (a == nullptr) return a;
  for (const auto support :
       {archive_read_support_format_zip, archive_read_support_format_7zip, archive_read_support_format_rar, archive_read_support_format_rar5,
        archive_read_support_format_tar, archive_read_support_format_gnutar, archive_read_support_format_cab, archive_read_support_format_iso9660,
        archive_read_support_format_ar, archive_read_support_format_cpio, archive_read_support_format_lha})
    support(a.get());
  for (const auto& p : passwords) archive_read_add_passphrase(a.get(), p.c_str());
  // The callbacks of libarchive only read.
  if (archive_read_open_memory(a.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) a.reset();
  return a;
}

std::string name_of(archive_entry* entry, std::size_t number) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  std::string out = one_line(name == nullptr ? "" : name);
  return out.empty() ? fmt::format("member {}", number) : out;
}

/// "a.tar.gz" holds "a.tar".
std::string name_inside(std::string_view packed) {
  packed = packed.substr(packed.rfind('/') + 1);
  const std::string lower = fold(packed);
  if (lower.ends_with(".tgz") || lower.ends_with(".txz") || lower.ends_with(".tbz")) return std::string(packed.substr(0, packed.size() - 3)) + "tar";
  for (const std::string_view end : {".gz", ".xz", ".zst", ".bz2"})
    if (lower.ends_with(end) && lower.size() > end.size()) return std::string(packed.substr(0, packed.size() - end.size()));
  return "content";
}

enum class Read { whole, damaged, too_large, bomb };

/// One walk over the archive.
class Walk {
 public:
  Walk(std::string_view bytes, Nest& nest) : bytes_(bytes), nest_(nest) {}

  /// Members whose number is in `only` (empty: all). Encrypted ones that no password opened come back.
  std::set<std::size_t> run(std::span<const std::string> passwords, const std::set<std::size_t>& only, bool last_try) {
    std::set<std::size_t> locked;
    const Handle a = open(bytes_, passwords);
    if (a == nullptr) {
      nest_.note("object-damaged", "no archive can be read in it");
      return locked;
    }
    for (std::size_t number = 0; number < members_max && more_ && nest_.more(); ++number) {
      archive_entry* entry = nullptr;
      const int r = archive_read_next_header(a.get(), &entry);
      if (r == ARCHIVE_EOF) break;
      if (r == ARCHIVE_FATAL || entry == nullptr) {
        if (only.empty()) broken_head(a.get());
        break;
      }
      if (r == ARCHIVE_RETRY || (archive_entry_filetype(entry) != AE_IFREG && archive_entry_filetype(entry) != 0)) continue;
      if (archive_entry_hardlink(entry) != nullptr || (!only.empty() && !only.contains(number))) continue;
      if (!member(a.get(), entry, number, last_try)) locked.insert(number);
    }
    return locked;
  }

 private:
  std::string_view bytes_;
  Nest& nest_;
  std::string content_;
  std::string why_;
  std::uint64_t given_ = 0;
  bool more_ = true;

  void broken_head(archive* a) {
    // A zip whose members are encrypted names them in the clear: where it breaks off it is damaged.
    const bool is_zip = (archive_format(a) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_ZIP;
    if (!is_zip && archive_read_has_encrypted_entries(a) > 0)
      nest_.note("object-encrypted", "its list of members is encrypted, and no password that is known opens it");
    else nest_.note("object-damaged", fmt::format("it breaks off or is damaged: {}", printable(said(a))));
  }

  /// False: it is encrypted, and none of the passwords opened it.
  bool member(archive* a, archive_entry* entry, std::size_t number, bool last_try) {
    const bool encrypted = archive_entry_is_encrypted(entry) != 0;
    const std::string name = name_of(entry, number);
    if (name == "/" || name == "//") return true;  // lists of ar
    const Read read = content(a);
    if (read == Read::damaged && encrypted && why_.find("not supported") != why_.npos) {
      more_ = nest_.unread(name, "member", "object-encrypted", "it is encrypted in a way that is not read");
      return true;
    }
    // A password that does not fit is told before anything is read: where the archive breaks off, no other one would do better.
    const bool is_cut_off = why_.find("runcated") != why_.npos;
    if (read == Read::damaged && encrypted && !is_cut_off) {
      if (!last_try) return false;
      more_ = nest_.unread(name, "member", "object-encrypted", "it is encrypted, and no password that is known opens it");
      return false;
    }
    if (read == Read::bomb) {
      more_ =
          nest_.unread(name, "member", "object-bomb", fmt::format("it unpacks to more than {} times its archive's size; it is left out", nest_.ratio_max()));
      return true;
    }
    if (content_.empty() && read == Read::damaged) {
      more_ = nest_.unread(name, "member", "object-damaged", fmt::format("nothing of it can be read: {}", why_));
      return true;
    }
    more_ = nest_.found(name, "member", content_);
    if (read == Read::damaged) nest_.note_last("object-damaged", fmt::format("it breaks off or is damaged: {}", why_));
    if (read == Read::too_large) nest_.note_last("object-cut", "it is larger than what is unpacked of one object; its first part was read");
    return true;
  }

  Read content(archive* a) {
    content_.clear();
    const std::uint64_t most = nest_.bytes_left();
    for (;;) {
      const void* data = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int r = archive_read_data_block(a, &data, &size, &offset);
      if (r == ARCHIVE_EOF) return Read::whole;
      if (r < ARCHIVE_WARN) {
        why_ = printable(said(a));
        return Read::damaged;
      }
      // Files with holes: what is between is zero.
      if (offset > 0 && static_cast<std::uint64_t>(offset) > content_.size() && static_cast<std::uint64_t>(offset) < most)
        content_.resize(static_cast<std::size_t>(offset), '\0');
      const std::size_t n = std::min<std::uint64_t>(size, most - std::min<std::uint64_t>(most, content_.size()));
      content_.append(static_cast<const char*>(data), n);
      given_ += n;
      if (given_ > ratio_judged_from && given_ / nest_.ratio_max() > bytes_.size()) return Read::bomb;
      if (n < size) return Read::too_large;
      if (r != ARCHIVE_OK) {
        why_ = printable(said(a));
        return Read::damaged;
      }
    }
  }
};

}  // namespace

void open_archive(std::string_view bytes, Nest& nest) {
  if (bytes.starts_with("7z\xBC\xAF\x27\x1C") && open_encrypted_sevenzip(bytes, nest)) return;
  Walk walk(bytes, nest);
  const auto& passwords = nest.passwords();
  // First all passwords at once: libarchive takes the first whose check of one or two bytes fits. The old encryption of zip fits one time in 256 by chance,
  // so what then turned out to be nonsense is tried again with each alone.
  auto locked = walk.run(passwords, {}, passwords.empty());
  for (std::size_t i = 0; i < passwords.size() && !locked.empty(); ++i)
    locked = walk.run(std::span(passwords).subspan(i, 1), locked, i + 1 == passwords.size());
}

void open_packed(std::string_view bytes, Nest& nest) {
  StreamLimits limits;
  limits.unpacked_bytes_max = nest.bytes_left();
  limits.ratio_max = static_cast<double>(nest.ratio_max());
  const auto stream = unpack_memory("object", bytes, limits);
  const std::string name = name_inside(nest.name());
  std::string content, block(1 << 18, '\0');
  for (;;) {
    const auto n = stream->read(block);
    if (n && *n == 0) break;
    if (n) {
      content.append(block, 0, std::min<std::uint64_t>(*n, limits.unpacked_bytes_max - content.size()));
      continue;
    }
    const bool cut = n.error().code == "stream-too-large", bomb = n.error().code == "stream-bomb";
    if (bomb || content.empty()) nest.unread(name, "unpacked", bomb ? "object-bomb" : "object-damaged", n.error().message);
    else if (nest.found(name, "unpacked", content), true) nest.note_last(cut ? "object-cut" : "object-damaged", n.error().message);
    return;
  }
  nest.found(name, "unpacked", content);
}

}  // namespace mozu::files
