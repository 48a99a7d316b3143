// Decoders: gzip by zlib itself (libarchive drops up to 64 KB before a break and does not check the CRC), xz in stream_xz.cpp; bzip2 and
// zstd by libarchive's filters; zip by its zip reader. No other format of libarchive is switched on.
#include <archive.h>
#include <archive_entry.h>
#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "mozu/base/text.hpp"
#include "stream_source.hpp"

namespace mozu::stream_detail {
namespace {

class PlainStream final : public CheckedStream {
 public:
  PlainStream(Source& source, std::string name, std::shared_ptr<Budget> budget) : CheckedStream(std::move(name), std::move(budget)), source_(source) {}

 private:
  std::size_t produce(std::span<char> out) override {
    auto n = source_.read(out);
    if (n) return *n;
    set_error(std::move(n).error());
    return 0;
  }
  Source& source_;
};

class GzipStream final : public CheckedStream {
 public:
  GzipStream(Source& source, std::string name, std::shared_ptr<Budget> budget) : CheckedStream(std::move(name), std::move(budget)), source_(source) {
    ready_ = inflateInit2(&z_, 15 + 16) == Z_OK;
  }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;
  ~GzipStream() override {
    if (ready_) inflateEnd(&z_);
  }

 private:
  std::size_t produce(std::span<char> out) override {
    if (!ready_) {
      set_error({Severity::error, "out-of-memory", "no memory to unpack the input", {stream_name(), 0, {}}, {}});
      return 0;
    }
    z_.next_out = reinterpret_cast<Bytef*>(out.data());
    z_.avail_out = static_cast<uInt>(std::min<std::size_t>(out.size(), 1U << 30));
    wanted_ = z_.avail_out;
    while (z_.avail_out != 0 && !ended_ && step()) {
    }
    return wanted_ - z_.avail_out;
  }

  /// Inflates once; false when nothing more will come.
  bool step() {
    if (z_.avail_in == 0 && !refill()) return false;
    if (between_members_ && !begin_member()) return false;
    if (z_.avail_in == 0) return true;
    const int r = inflate(&z_, Z_NO_FLUSH);
    if (r == Z_STREAM_END) {
      between_members_ = true;
      return true;
    }
    if (r == Z_OK || r == Z_BUF_ERROR) return true;
    set_error(corrupt(stream_name(), z_.msg != nullptr ? z_.msg : "the gzip data is damaged", so_far()));
    return false;
  }

  /// Between members: zero padding is passed over (tapes, blocks), another member begins, anything else is an error.
  bool begin_member() {
    while (z_.avail_in != 0 && *z_.next_in == 0) {
      ++z_.next_in;
      --z_.avail_in;
    }
    if (z_.avail_in == 0) return true;
    if (*z_.next_in != 0x1f) {
      set_error(corrupt(stream_name(), "bytes that are not gzip follow the gzip data", so_far()));
      return false;
    }
    between_members_ = false;
    return inflateReset(&z_) == Z_OK;
  }

  bool refill() {
    auto chunk = source_.chunk();
    if (!chunk) {
      set_error(std::move(chunk).error());
      return false;
    }
    if (chunk->empty()) {
      ended_ = true;
      if (!between_members_) set_error(corrupt(stream_name(), "the file is cut off", so_far()));
      return false;
    }
    z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(chunk->data()));
    z_.avail_in = static_cast<uInt>(chunk->size());
    return true;
  }

  std::uint64_t so_far() const { return given_bytes() + (wanted_ - z_.avail_out); }

  Source& source_;
  z_stream z_{};
  uInt wanted_ = 0;
  bool ready_ = false, between_members_ = false, ended_ = false;
};

/// libarchive's handle with callbacks over a Source.
class Archive {
 public:
  explicit Archive(Source& source, bool seekable) : source_(source), a_(archive_read_new()) {
    if (a_ == nullptr) return;
    archive_read_set_callback_data(a_, this);
    archive_read_set_read_callback(a_, &Archive::on_read);
    if (seekable) archive_read_set_seek_callback(a_, &Archive::on_seek);
  }
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;
  ~Archive() {
    if (a_ != nullptr) archive_read_free(a_);
  }
  struct archive* handle() { return a_; }
  /// The source's own error, if that was the reason; else what libarchive says.
  Diagnostic error(const std::string& name, std::uint64_t given_bytes) {
    if (source_error_) return *source_error_;
    const char* text = a_ != nullptr ? archive_error_string(a_) : nullptr;
    return corrupt(name, text != nullptr ? text : "the data is damaged", given_bytes);
  }
  bool source_failed() const { return source_error_.has_value(); }

  /// After the end of the data: does anything but zero padding follow it?
  bool garbage_follows() {
    const auto used = static_cast<std::uint64_t>(std::max<la_int64_t>(archive_filter_bytes(a_, -1), 0));
    const std::uint64_t unused = handed_bytes_ > used ? handed_bytes_ - used : 0;
    // libarchive looks a few bytes ahead for another stream, and for that may have asked for more than the chunk at hand.
    const std::string_view last = unused <= tail_.size() ? std::string_view(tail_) : chunk_;
    std::string_view rest = last.substr(last.size() - static_cast<std::size_t>(std::min<std::uint64_t>(unused, last.size())));
    for (;;) {
      if (rest.find_first_not_of('\0') != std::string_view::npos) return true;
      auto more = source_.chunk();
      if (!more || more->empty()) return false;
      rest = *more;
    }
  }

 private:
  void keep_tail(std::string_view chunk) {
    constexpr std::size_t tail_bytes = 64;
    chunk_ = chunk;
    handed_bytes_ += chunk.size();
    tail_ += chunk.substr(chunk.size() - std::min(chunk.size(), tail_bytes));
    if (tail_.size() > tail_bytes) tail_.erase(0, tail_.size() - tail_bytes);
  }
  static la_ssize_t on_read(struct archive*, void* self, const void** out) {
    auto& me = *static_cast<Archive*>(self);
    auto chunk = me.source_.chunk();
    if (!chunk) {
      me.source_error_ = std::move(chunk).error();
      return -1;
    }
    *out = chunk->data();
    me.keep_tail(*chunk);
    return static_cast<la_ssize_t>(chunk->size());
  }
  static la_int64_t on_seek(struct archive*, void* self, la_int64_t offset, int whence) {
    auto& source = static_cast<Archive*>(self)->source_;
    if (whence == SEEK_CUR) offset += source.position();
    if (whence == SEEK_END) offset += source.size();
    if (offset < 0 || offset > source.size()) return ARCHIVE_FATAL;
    return source.seek(offset);
  }

  Source& source_;
  struct archive* a_;
  std::optional<Diagnostic> source_error_;
  std::string_view chunk_;          // handed to libarchive last
  std::string tail_;                // its last bytes, and of those before it if it is short
  std::uint64_t handed_bytes_ = 0;  // all of them together
};

/// The data of the archive's current entry. Blocks are copied one by one: archive_read_data() would drop a part on an error.
class EntryStream : public CheckedStream {
 public:
  EntryStream(Archive& archive, std::string name, std::shared_ptr<Budget> budget)
      : CheckedStream(std::move(name), std::move(budget)), archive_(archive) {}

 protected:
  std::size_t produce(std::span<char> out) override {
    while (block_.empty()) {
      if (doubt_) {
        set_error(std::move(*doubt_));
        return 0;
      }
      const void* data = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int r = archive_read_data_block(archive_.handle(), &data, &size, &offset);
      if (r == ARCHIVE_EOF) return 0;
      if (r < ARCHIVE_WARN) {
        set_error(archive_.error(stream_name(), given_bytes()));
        return 0;
      }
      block_ = {static_cast<const char*>(data), size};
      // "Bad CRC" comes as a warning together with the last block, which must still be given.
      if (r != ARCHIVE_OK) doubt_ = archive_.error(stream_name(), given_bytes() + size);
    }
    const std::size_t n = block_.copy(out.data(), out.size());
    block_.remove_prefix(n);
    return n;
  }

 private:
  Archive& archive_;
  std::string_view block_;
  std::optional<Diagnostic> doubt_;
};

int filter_code(Packing p) {
  return p == Packing::bzip2 ? ARCHIVE_FILTER_BZIP2 : ARCHIVE_FILTER_ZSTD;
}

/// One compressed file through one filter of libarchive (bidding is off: no filter within a filter).
class FilterStream final : public EntryStream {
 public:
  FilterStream(std::unique_ptr<Archive> archive, Packing packing, std::string name, std::shared_ptr<Budget> budget)
      : EntryStream(*archive, std::move(name), std::move(budget)), archive_(std::move(archive)), packing_(packing) {}

 private:
  std::size_t produce(std::span<char> out) override {
    if (!opened_) {
      opened_ = true;
      auto* a = archive_->handle();
      struct archive_entry* entry = nullptr;
      const bool ok = a != nullptr && archive_read_support_format_raw(a) == ARCHIVE_OK && archive_read_support_format_empty(a) == ARCHIVE_OK &&
                      archive_read_append_filter(a, filter_code(packing_)) == ARCHIVE_OK && archive_read_open1(a) == ARCHIVE_OK;
      // An input broken before its first byte looks to libarchive like an empty archive; only the note of the error is left.
      const bool broken = !ok || archive_errno(a) != 0;
      if (broken) set_error(archive_->error(stream_name(), 0));
      const int r = broken ? ARCHIVE_FATAL : archive_read_next_header(a, &entry);
      if (r < ARCHIVE_WARN) set_error(archive_->error(stream_name(), 0));
      readable_ = r == ARCHIVE_OK || r == ARCHIVE_WARN;
    }
    const std::size_t n = readable_ ? EntryStream::produce(out) : 0;
    // libarchive takes a bzip2 file cut within its first header for an empty one; that has 14 bytes.
    if (n == 0 && given_bytes() == 0 && packing_ == Packing::bzip2 && budget().packed_bytes < 14)
      set_error(corrupt(stream_name(), "the file is cut off", 0));
    // libarchive ends at whatever follows the last bzip2 stream, and says nothing.
    if (n == 0 && readable_ && !failed() && packing_ == Packing::bzip2 && archive_->garbage_follows())
      set_error(corrupt(stream_name(), "bytes that are not bzip2 follow the bzip2 data", given_bytes()));
    return n;
  }
  std::unique_ptr<Archive> archive_;
  Packing packing_;
  bool opened_ = false, readable_ = false;
};

/// A zip member as a source, so that a compressed file inside a zip is unpacked too.
class StreamSource final : public Source {
 public:
  explicit StreamSource(std::unique_ptr<ByteStream> in) : in_(std::move(in)) {}
  Result<std::string_view> chunk() override {
    if (taken_ == filled_) {
      taken_ = 0;
      MOZU_LET(filled_, in_->read(buffer_));
    }
    const std::string_view out(buffer_.data() + taken_, filled_ - taken_);
    taken_ = filled_;
    return out;
  }
  Result<std::size_t> read(std::span<char> out) override {
    if (taken_ == filled_) return in_->read(out);
    const std::size_t n = std::min(out.size(), filled_ - taken_);
    std::memcpy(out.data(), buffer_.data() + taken_, n);
    taken_ += n;
    return n;
  }
  Result<std::string_view> peek() override {
    while (filled_ < magic_bytes_max) {
      auto n = in_->read(std::span(buffer_).subspan(filled_));
      if (!n || *n == 0) break;  // an error comes again with the next read
      filled_ += *n;
    }
    return std::string_view(buffer_.data(), filled_);
  }
  std::int64_t seek(std::int64_t) override { return -1; }
  std::int64_t size() const override { return -1; }
  std::int64_t position() const override { return 0; }

 private:
  std::unique_ptr<ByteStream> in_;
  std::string buffer_ = std::string(1 << 16, '\0');
  std::size_t taken_ = 0, filled_ = 0;
};

/// Member data unpacked once more; owns its source.
class NestedStream final : public ByteStream {
 public:
  NestedStream(std::unique_ptr<StreamSource> source, Packing packing, const std::string& name, std::shared_ptr<Budget> budget)
      : source_(std::move(source)), stream_(unpack(*source_, packing, name, std::move(budget))) {}
  Result<std::size_t> read(std::span<char> out) override { return stream_->read(out); }

 private:
  std::unique_ptr<StreamSource> source_;
  std::unique_ptr<ByteStream> stream_;
};

class ZipInput final : public InputFile {
 public:
  ZipInput(std::unique_ptr<Source> source, std::string name, std::shared_ptr<Budget> budget)
      : source_(std::move(source)), zip_name_(std::move(name)), name_(zip_name_), budget_(std::move(budget)),
        archive_(*source_, source_->size() >= 0) {
    // Sniffing read ahead; a seekable archive is read from its central directory.
    if (source_->size() >= 0) source_->seek(0);
  }
  const std::string& name() const override { return name_; }

  Result<std::unique_ptr<ByteStream>> next() override {
    auto* a = archive_.handle();
    if (!opened_ && !done_) {
      opened_ = true;
      if (a == nullptr || archive_read_support_format_zip(a) != ARCHIVE_OK || archive_read_open1(a) != ARCHIVE_OK) return fatal();
    }
    while (!done_) {
      struct archive_entry* entry = nullptr;
      const int r = archive_read_next_header(a, &entry);
      name_ = zip_name_;
      if (r == ARCHIVE_EOF) break;
      if (r < ARCHIVE_WARN) return fatal();
      if (++members_ > budget_->limits.members_max) {
        done_ = true;
        return fail(Diagnostic{Severity::error, "archive-members", fmt::format("the archive holds more than {} files", budget_->limits.members_max),
                               {zip_name_, 0, {}}, "the first ones were read; unpack the archive and give the files"});
      }
      if (archive_entry_filetype(entry) != AE_IFREG) continue;
      name_ = zip_name_ + "!" + member_name(entry);
      if (archive_entry_is_data_encrypted(entry) > 0) {
        return fail(Diagnostic{Severity::error, "archive-encrypted", "the member is encrypted and was passed over", {name_, 0, {}},
                               "unpack the archive with its password and give the files"});
      }
      return member();
    }
    done_ = true;
    return nullptr;
  }

 private:
  std::unique_ptr<ByteStream> member() {
    // The member's data is charged where it comes out, unpacked once more or not; counting it here too would count it twice.
    auto uncharged = std::make_shared<Budget>();
    uncharged->limits = {budget_->limits.unpacked_bytes_max, std::numeric_limits<double>::infinity(), 1};
    auto source = std::make_unique<StreamSource>(std::make_unique<EntryStream>(archive_, name_, std::move(uncharged)));
    const auto first = source->peek();
    Packing packing = first ? sniff(*first) : Packing::none;
    if (packing == Packing::zip) packing = Packing::none;
    return std::make_unique<NestedStream>(std::move(source), packing, name_, budget_);
  }

  std::unexpected<Diagnostic> fatal() {
    done_ = true;
    return fail(archive_.error(name_, budget_->unpacked_bytes));
  }

  static std::string member_name(struct archive_entry* entry) {
    const char* path = archive_entry_pathname_utf8(entry);
    if (path == nullptr) path = archive_entry_pathname(entry);
    return path != nullptr && *path != '\0' ? printable(path, 255) : "(no name)";
  }

  std::unique_ptr<Source> source_;
  std::string zip_name_, name_;
  std::shared_ptr<Budget> budget_;
  Archive archive_;
  std::uint64_t members_ = 0;
  bool opened_ = false, done_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> unpack(Source& source, Packing packing, std::string name, std::shared_ptr<Budget> budget) {
  switch (packing) {
    case Packing::none: return std::make_unique<PlainStream>(source, std::move(name), std::move(budget));
    case Packing::gzip: return std::make_unique<GzipStream>(source, std::move(name), std::move(budget));
    case Packing::xz: return unpack_xz(source, std::move(name), std::move(budget));
    default: break;
  }
  return std::make_unique<FilterStream>(std::make_unique<Archive>(source, false), packing, std::move(name), std::move(budget));
}

std::unique_ptr<InputFile> open_zip(std::unique_ptr<Source> source, std::string name, std::shared_ptr<Budget> budget) {
  return std::make_unique<ZipInput>(std::move(source), std::move(name), std::move(budget));
}

}  // namespace mozu::stream_detail
