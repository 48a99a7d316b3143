// What is between a source and its bytes: nothing, a codec (stream_codecs.cpp), or the members of a zip or tar, by libarchive's
// readers. No other format of libarchive is switched on.
#include <archive.h>
#include <archive_entry.h>
#include <fmt/core.h>

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
  bool told_broken = false;  ///< a member has said that the archive ends there
  /// The source's own error, if that was the reason; else what libarchive says.
  Diagnostic error(const std::string& name, std::uint64_t given_bytes) {
    if (source_error_) return *source_error_;
    const char* text = a_ != nullptr ? archive_error_string(a_) : nullptr;
    return corrupt(name, text != nullptr ? text : "the data is damaged", given_bytes);
  }

 private:
  static la_ssize_t on_read(struct archive*, void* self, const void** out) {
    auto& me = *static_cast<Archive*>(self);
    auto chunk = me.source_.chunk();
    if (!chunk) {
      me.source_error_ = std::move(chunk).error();
      return -1;
    }
    *out = chunk->data();
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
};

/// The data of the archive's current entry. Blocks are copied one by one: archive_read_data() would drop a part on an error.
class EntryStream final : public CheckedStream {
 public:
  EntryStream(Archive& archive, std::string name, std::shared_ptr<Budget> budget) : CheckedStream(std::move(name), std::move(budget)), archive_(archive) {}

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
        archive_.told_broken |= r == ARCHIVE_FATAL;
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

/// A stream as a source: what is packed inside a member, or a tar inside what is packed.
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
    while (filled_ < tar_head_bytes) {
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

/// A source as a stream again.
class SourceStream final : public ByteStream {
 public:
  explicit SourceStream(std::unique_ptr<StreamSource> source) : source_(std::move(source)) {}
  Result<std::size_t> read(std::span<char> out) override { return source_->read(out); }

 private:
  std::unique_ptr<StreamSource> source_;
};

/// Member data unpacked once more; owns its source.
class NestedStream final : public ByteStream {
 public:
  NestedStream(std::unique_ptr<StreamSource> source, Packing packing, const std::string& name, std::shared_ptr<Budget> budget)
      : source_(std::move(source)),
        stream_(unpack(*source_, packing, name, std::move(budget))) {}
  Result<std::size_t> read(std::span<char> out) override { return stream_->read(out); }

 private:
  std::unique_ptr<StreamSource> source_;
  std::unique_ptr<ByteStream> stream_;
};

class ArchiveInput final : public InputFile {
 public:
  ArchiveInput(std::unique_ptr<Source> source, Packing packing, std::string name, std::shared_ptr<Budget> budget)
      : source_(std::move(source)),
        packing_(packing),
        archive_name_(std::move(name)),
        name_(archive_name_),
        budget_(std::move(budget)),
        archive_(*source_, packing == Packing::zip && source_->size() >= 0) {
    // Sniffing read ahead; a seekable zip is read from its central directory.
    if (source_->size() >= 0) source_->seek(0);
  }
  const std::string& name() const override { return name_; }

  Result<std::unique_ptr<ByteStream>> next() override {
    auto* a = archive_.handle();
    if (!opened_ && !done_) {
      opened_ = true;
      if (a == nullptr || read_format(a) != ARCHIVE_OK || archive_read_open1(a) != ARCHIVE_OK) return fatal();
    }
    while (!done_) {
      struct archive_entry* entry = nullptr;
      const int r = archive_read_next_header(a, &entry);
      name_ = archive_name_;
      if (r == ARCHIVE_EOF) break;
      if (r < ARCHIVE_WARN && archive_.told_broken) break;
      if (r < ARCHIVE_WARN) return fatal();
      if (++members_ > budget_->limits.members_max) {
        done_ = true;
        return fail(Diagnostic{Severity::error,
                               "archive-members",
                               fmt::format("the archive holds more than {} files", budget_->limits.members_max),
                               {archive_name_, 0, {}},
                               "the first ones were read; unpack the archive and give the files"});
      }
      if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr) continue;
      name_ = archive_name_ + "!" + member_name(entry);
      if (archive_entry_is_data_encrypted(entry) > 0) {
        return fail(Diagnostic{Severity::error,
                               "archive-encrypted",
                               "the member is encrypted and was passed over",
                               {name_, 0, {}},
                               "unpack the archive with its password and give the files"});
      }
      return member();
    }
    done_ = true;
    return nullptr;
  }

 private:
  int read_format(struct archive* a) const { return packing_ == Packing::tar ? archive_read_support_format_tar(a) : archive_read_support_format_zip(a); }

  std::unique_ptr<ByteStream> member() {
    // A zip's member is charged where it comes out, unpacked once more or not; counting it here too would count it twice. What a tar holds
    // plain was charged when the tar was unpacked, or is as large as its file.
    const auto uncharged = std::make_shared<Budget>();
    const auto limit = packing_ == Packing::tar ? std::numeric_limits<std::uint64_t>::max() : budget_->limits.unpacked_bytes_max;
    uncharged->limits = {limit, std::numeric_limits<double>::infinity(), 1};
    auto source = std::make_unique<StreamSource>(std::make_unique<EntryStream>(archive_, name_, uncharged));
    const auto first = source->peek();
    Packing packing = first ? sniff(*first) : Packing::none;
    if (is_archive(packing)) packing = Packing::none;
    const bool counted = packing_ == Packing::tar && packing == Packing::none;
    return std::make_unique<NestedStream>(std::move(source), packing, name_, counted ? uncharged : budget_);
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
  Packing packing_;
  std::string archive_name_, name_;
  std::shared_ptr<Budget> budget_;
  Archive archive_;
  std::uint64_t members_ = 0;
  bool opened_ = false, done_ = false;
};

/// A compressed file: one member, or those of the tar that it holds.
class PackedInput final : public InputFile {
 public:
  PackedInput(std::unique_ptr<Source> source, Packing packing, std::string name, std::shared_ptr<Budget> budget)
      : packed_(std::move(source)),
        packing_(packing),
        name_(std::move(name)),
        budget_(std::move(budget)) {}
  const std::string& name() const override { return tar_ ? tar_->name() : name_; }

  Result<std::unique_ptr<ByteStream>> next() override {
    if (tar_) return tar_->next();
    if (given_) return nullptr;
    given_ = true;
    auto unpacked = std::make_unique<StreamSource>(unpack(*packed_, packing_, name_, budget_));
    const auto first = unpacked->peek();
    if (!first || !is_tar(*first)) return std::make_unique<SourceStream>(std::move(unpacked));
    tar_ = open_archive(std::move(unpacked), Packing::tar, name_, budget_);
    return tar_->next();
  }

 private:
  std::unique_ptr<Source> packed_;
  Packing packing_;
  std::string name_;
  std::shared_ptr<Budget> budget_;
  std::unique_ptr<InputFile> tar_;
  bool given_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> unpack(Source& source, Packing packing, std::string name, std::shared_ptr<Budget> budget) {
  if (packing == Packing::none) return std::make_unique<PlainStream>(source, std::move(name), std::move(budget));
  return codec_stream(source, packing, std::move(name), std::move(budget));
}

std::unique_ptr<InputFile> open_archive(std::unique_ptr<Source> source, Packing packing, std::string name, std::shared_ptr<Budget> budget) {
  return std::make_unique<ArchiveInput>(std::move(source), packing, std::move(name), std::move(budget));
}

std::unique_ptr<InputFile> open_packed(std::unique_ptr<Source> source, Packing packing, std::string name, std::shared_ptr<Budget> budget) {
  return std::make_unique<PackedInput>(std::move(source), packing, std::move(name), std::move(budget));
}

}  // namespace mozu::stream_detail
