#include "mozu/base/locked_zip.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/core.h>

#include <memory>

namespace mozu {
namespace {

struct ArchiveFree {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct EntryFree {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

std::unexpected<Diagnostic> failed(archive* a) {
  const char* why = a == nullptr ? nullptr : archive_error_string(a);
  return fail("zip-write", fmt::format("the zip could not be written: {}", why == nullptr ? "no memory" : why), "is the disk full?");
}

}  // namespace

Status write_locked_zip(int fd, std::string_view name, std::uint64_t bytes, std::string_view password,
                        const std::function<Status(const std::function<Status(std::span<const std::byte>)>& take)>& give) {
  const std::unique_ptr<archive, ArchiveFree> zip(archive_write_new());
  const std::unique_ptr<archive_entry, EntryFree> entry(archive_entry_new());
  archive* a = zip.get();
  if (a == nullptr || entry == nullptr || archive_write_set_format_zip(a) != ARCHIVE_OK ||
      archive_write_set_options(a, "zip:encryption=aes256") != ARCHIVE_OK || archive_write_set_passphrase(a, std::string(password).c_str()) != ARCHIVE_OK ||
      archive_write_open_fd(a, fd) != ARCHIVE_OK)
    return failed(a);
  archive_entry_set_pathname(entry.get(), std::string(name).c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0600);
  if (archive_write_header(a, entry.get()) != ARCHIVE_OK) return failed(a);
  MOZU_TRY(give([&](std::span<const std::byte> piece) -> Status {
    if (archive_write_data(a, piece.data(), piece.size()) != static_cast<la_ssize_t>(piece.size())) return failed(a);
    return {};
  }));
  if (archive_write_close(a) != ARCHIVE_OK) return failed(a);
  return {};
}

}  // namespace mozu
