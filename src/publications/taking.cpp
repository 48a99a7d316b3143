#include "mozu/publications/taking.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <vector>

#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/publications/file_form.hpp"

namespace mozu::publications {
namespace {

struct Taken {
  PublicationFile file;
  std::vector<std::string> bytes;  ///< of its attachments
};
/// A pipe would be waited for, for ever; a link may lead to what its author could not read.
Result<std::string> read_plain_file(const std::filesystem::path& path) {
  std::error_code ec;
  const auto what = std::filesystem::symlink_status(path, ec);
  if (std::filesystem::exists(what) && !std::filesystem::is_regular_file(what)) return fail("file-read", "this is no plain file");
  return read_file(path.string(), attachment_bytes_max);
}

/// All of it, before anything is written.
Result<Taken> read(const std::string& path) {
  Taken out;
  MOZU_LET(const std::string text, read_file(path, file_bytes_max));
  MOZU_LET(out.file, parse_publication(text, path));
  const auto folder = std::filesystem::path(path).parent_path();
  for (const auto& file : out.file.files) {
    auto bytes = read_plain_file(folder / file.name);
    if (!bytes)
      return fail(Diagnostic{Severity::error,
                             "publication-file",
                             fmt::format("the attachment '{}' cannot be read: {}", printable(file.name, 80), bytes.error().message),
                             {path, file.line, {}},
                             bytes.error().hint});
    out.bytes.push_back(*std::move(bytes));
  }
  return out;
}

}  // namespace

Result<Working> take_file(Desk& desk, const Author& author, const std::string& path) {
  MOZU_LET(Taken taken, read(path));
  auto& publication = taken.file.publication;
  const std::string id = Desk::id_of(author.viewer.organisation, publication.slug);
  auto there = desk.working(author.viewer, id);
  if (!there && there.error().code != "absent") return there;
  if (there) {
    publication.attachments = there->publication.attachments;
    if (json_of(publication) != json_of(there->publication)) there = desk.save(author, id, there->version, publication);
  } else {
    there = desk.create(author, publication);
  }
  if (!there) return there;
  Working now = *std::move(there);
  for (std::size_t i = 0; i < taken.bytes.size(); ++i) {
    const auto& file = taken.file.files[i];
    const auto* known = now.publication.attachment(file.name);
    if (known != nullptr && known->kind == file.kind && known->sha256 == to_hex(sha256(std::as_bytes(std::span(taken.bytes[i]))))) continue;
    MOZU_LET(now, desk.attach(author, id, now.version, file.kind, file.name, taken.bytes[i]));
  }
  std::vector<std::string> gone;
  for (const auto& a : now.publication.attachments)
    if (std::ranges::find(taken.file.files, a.name, &AttachedFile::name) == taken.file.files.end()) gone.push_back(a.name);
  for (const auto& name : gone) {
    MOZU_LET(now, desk.detach(author, id, now.version, name));
  }
  return now;
}

}  // namespace mozu::publications
