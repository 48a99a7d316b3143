#include "mozu/gene/pack.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>

#include "mozu/base/bytes.hpp"
#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"
#include "pack_layout.hpp"
#include "segment_write.hpp"

namespace mozu::gene {
namespace {

constexpr std::size_t copy_step = std::size_t{1} << 20, entities_max = 64, entity_name_max = 1000, file_name_max = 8192;

std::string_view pack_bytes(const PackHeader& h) { return {reinterpret_cast<const char*>(&h), sizeof h}; }

Diagnostic bad_pack(std::string message, std::string hint = {}) { return {Severity::error, "gene-pack", std::move(message), {}, std::move(hint)}; }

bool is_pack_name(std::string_view s) { return !s.empty() && s.size() <= pack_name_max && is_plain_text(s); }

/// A file that is gone when nobody holds it any more.
Result<Fd> nameless_file(const std::string& folder) {
  Fd out(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (out.is_open()) return out;
  std::string name = folder + "/.pack-XXXXXX";  // where the file system knows no others
  out.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!out.is_open()) return fail(errno_diagnostic("file-write", fmt::format("no file can be made in {}", folder), errno));
  ::unlink(name.c_str());
  return out;
}

/// Bytes of a file one after another, each taken into the digest.
class PackSource {
 public:
  explicit PackSource(Fd file) : file_(std::move(file)) {}
  /// Exactly so many; `take` gets them in pieces.
  template <class Take>
  Status read(std::uint64_t bytes, Take take) {
    while (bytes > 0) {
      buffer_.resize(std::min<std::uint64_t>(copy_step, bytes));
      const ssize_t n = ::read(file_.get(), buffer_.data(), buffer_.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return fail(errno_diagnostic("file-read", "the pack cannot be read", errno));
      if (n == 0) return fail(bad_pack("the pack became shorter while it was read"));
      const auto piece = std::string_view(buffer_).substr(0, static_cast<std::size_t>(n));
      sum_->update(std::as_bytes(std::span(piece)));
      MOZU_TRY(take(piece));
      bytes -= piece.size();
    }
    return {};
  }
  Result<std::string> text(std::uint64_t bytes) {
    std::string out;
    MOZU_TRY(read(bytes, [&](std::string_view piece) {
      out += piece;
      return Status();
    }));
    return out;
  }
  Sha256Digest digest() { return sum_->finish(); }

 private:
  Fd file_;
  std::string buffer_;
  std::unique_ptr<Sha256> sum_ = std::make_unique<Sha256>();
};

Result<Fd> copy_of(PackSource& from, std::uint64_t bytes, const std::string& folder) {
  MOZU_LET(Fd to, nameless_file(folder));
  MOZU_TRY(from.read(bytes, [&](std::string_view piece) -> Status {
    while (!piece.empty()) {
      const ssize_t n = ::write(to.get(), piece.data(), piece.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return fail(errno_diagnostic("file-write", "there is no room for the pack", errno));
      piece.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
  }));
  return to;
}

bool is_hash(std::string_view s) {
  return s.size() == 64 && std::ranges::all_of(s, [](char c) { return is_hex(static_cast<unsigned char>(c)) && (c < 'A' || c > 'F'); });
}

/// What add() takes from files here; a pack could say anything.
bool is_packed_sample(const Sample& s, bool clean) {
  const auto is_whose = [&](const Entity& e) {
    if (clean || e.type == EntityType::goodware) return clean && e.type == EntityType::goodware && e.name.empty() && s.entities.size() == 1;
    return !e.name.empty() && e.name.size() <= entity_name_max && is_utf8(e.name);
  };
  return is_hash(s.sha256) && (s.container.empty() || is_hash(s.container)) && s.file.size() <= file_name_max && is_utf8(s.file) && s.kind.size() <= 64 &&
         is_plain_text(s.kind) && s.entities.size() <= entities_max && std::ranges::all_of(s.entities, is_whose) &&
         std::ranges::adjacent_find(s.entities, std::greater_equal{}) == s.entities.end();
}

Result<Segment> packed_segment(const Fd& file, bool clean) {
  auto segment = Segment::open(fmt::format("/proc/self/fd/{}", file.get()));
  if (!segment || segment->is_clean() != clean || !std::ranges::all_of(segment->samples(), [&](const Sample& s) { return is_packed_sample(s, clean); }))
    return fail(bad_pack(fmt::format("its {} are not what a pack may hold, although it was signed so", clean ? "clean files" : "samples"),
                         "tell who made it; nothing of it was taken"));
  return std::move(*segment);
}

struct Opened {
  PackHeader header;
  PackSource source;
};

/// Whose it says it is, and as long as it says it is.
Result<Opened> open_pack(const std::string& path, std::span<const PublicKey> trusted) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.is_open()) return fail(errno_diagnostic("file-open", fmt::format("{} cannot be opened", path), errno));
  struct stat s{};
  if (::fstat(file.get(), &s) != 0 || !S_ISREG(s.st_mode)) return fail(bad_pack("this is no plain file"));
  const auto size = static_cast<std::uint64_t>(s.st_size);
  Opened out{{}, PackSource(std::move(file))};
  MOZU_LET(const std::string head, out.source.text(std::min<std::uint64_t>(size, sizeof(PackHeader))));
  constexpr std::string_view made = "`mozu gene pack export` makes packs";
  if (head.size() < sizeof(std::uint64_t) || load<std::uint64_t>(head.data()) != pack_magic) return fail(bad_pack("this is no gene pack", std::string(made)));
  if (head.size() < sizeof(PackHeader)) return fail(bad_pack("it is cut off", "copy it again"));
  const PackHeader& h = out.header = load<PackHeader>(head.data());
  std::uint64_t left = size - sizeof(PackHeader);
  for (const std::uint64_t part : {h.name_bytes, h.known_bytes, h.clean_bytes, std::uint64_t{sizeof(Signature)}}) {
    if (part > left) return fail(bad_pack(fmt::format("it is cut off: {} bytes are less than it says it has", with_commas(size)), "copy it again"));
    left -= part;
  }
  if (left > 0) return fail(bad_pack(fmt::format("{} more bytes than it says it has", with_commas(left)), "copy it again"));
  if (std::ranges::find(trusted, h.key) == trusted.end())
    return fail(bad_pack(fmt::format("it was signed with a key that is not trusted: {}", fingerprint(h.key)),
                         "compare this with the fingerprint that whoever made it tells, and give their public key with --trust"));
  if (h.name_bytes > pack_name_max) return fail(bad_pack("its name is longer than a name may be"));
  return out;
}

Result<Fd> written_part(std::span<const Segment* const> segments, const std::string& path, const SampleChoice& choice, std::size_t& samples) {
  Fd out;
  if (segments.empty()) return out;
  MOZU_LET(const std::size_t chosen, merge_segments(segments, path, choice));
  samples += chosen;
  if (chosen == 0) return out;
  out.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  ::unlink(path.c_str());
  if (!out.is_open()) return fail(errno_diagnostic("file-open", fmt::format("{} cannot be opened", path), errno));
  return out;
}

std::uint64_t bytes_of_file(const Fd& file) {
  struct stat s{};
  return file.is_open() && ::fstat(file.get(), &s) == 0 ? static_cast<std::uint64_t>(s.st_size) : 0;
}

}  // namespace

Result<PackSummary> write_pack(const Index& index, const PackOptions& options, const SigningKey& key, const std::string& path) {
  if (!is_pack_name(options.name)) return fail(bad_pack("the name of a pack is 1 to 200 bytes of plain text", "give one with --name"));
  const SampleChoice choice = [&](const Sample& s) -> std::optional<Sample> {
    Sample out = s;
    out.origin = {};  // who signs it answers for it
    if (!options.only.empty()) std::erase_if(out.entities, [&](const Entity& e) { return std::ranges::find(options.only, e) == options.only.end(); });
    if (out.entities.empty()) return std::nullopt;
    return out;
  };
  std::array<std::vector<const Segment*>, 2> parts;
  for (const Segment& s : index.segments()) parts[s.is_clean() ? 1 : 0].push_back(&s);
  PackSummary summary;
  std::array<Fd, 2> files;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    MOZU_LET(files[i], written_part(parts[i], fmt::format("{}.{}.part", path, i), choice, summary.samples));
    if (!files[i].is_open()) continue;
    MOZU_LET(const Segment written, Segment::open(fmt::format("/proc/self/fd/{}", files[i].get())));
    summary.genes += written.genes();
  }
  if (summary.samples == 0) return fail(bad_pack("nothing would be in it: the index has no such samples", "`mozu gene stat` says whose samples it has"));
  PackHeader h;
  h.made_ms = options.made.ms;
  h.name_bytes = options.name.size(), h.known_bytes = bytes_of_file(files[0]), h.clean_bytes = bytes_of_file(files[1]);
  h.key = key.public_key();
  MOZU_LET(AtomicFile out, AtomicFile::create(path));
  Sha256 sum;
  const auto put = [&](std::string_view piece) -> Status {
    sum.update(std::as_bytes(std::span(piece)));
    return out.write(piece);
  };
  MOZU_TRY(put(pack_bytes(h)));
  MOZU_TRY(put(options.name));
  for (Fd& file : files) {
    if (!file.is_open()) continue;
    const auto bytes = bytes_of_file(file);
    MOZU_TRY(PackSource(std::move(file)).read(bytes, put));
  }
  const Signature signature = key.sign(pack_message(sum.finish()));
  MOZU_TRY(out.write(std::as_bytes(std::span(signature))));
  summary.bytes = out.size();
  MOZU_TRY(out.commit());
  return summary;
}

Result<Pack> read_pack(const std::string& path, std::span<const PublicKey> trusted, const std::string& folder) {
  MOZU_LET(auto opened, open_pack(path, trusted));
  auto& [h, source] = opened;
  Pack out;
  MOZU_LET(out.origin.pack, source.text(h.name_bytes));
  out.origin.key = fingerprint(h.key), out.made.ms = h.made_ms;
  std::array<Fd, 2> parts;
  const std::array<std::uint64_t, 2> bytes{h.known_bytes, h.clean_bytes};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (bytes[i] == 0) continue;
    MOZU_LET(parts[i], copy_of(source, bytes[i], folder));
  }
  const auto digest = source.digest();
  MOZU_LET(const std::string tail, source.text(sizeof(Signature)));
  Signature signature{};
  std::ranges::transform(tail, signature.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
  if (!is_signed_by(h.key, pack_message(digest), signature))
    return fail(
        bad_pack("its signature does not fit: it was changed or damaged after it was signed", "copy it again, or ask who made it; nothing of it was taken"));
  if (!is_pack_name(out.origin.pack)) return fail(bad_pack("its name is no plain text"));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].is_open()) continue;
    MOZU_LET(Segment segment, packed_segment(parts[i], i == 1));
    out.segments.push_back(std::move(segment));
  }
  return out;
}

}  // namespace mozu::gene
