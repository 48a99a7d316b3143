// A publication as a file: front matter in TOML, then the texts in Markdown, attachments as files beside it. docs/publications.md shows one.
//
//   +++
//   slug = "amber-lynx-2026"
//   kind = "apt"
//   tlp = "green"
//   actors = ["Amber Lynx"]
//   [title]
//   en = "Amber Lynx returns"
//   [[technique]]
//   id = "T1566.001"
//   evidence = "The mail carried an archive."
//   [[attachment]]
//   kind = "indicators"
//   file = "iocs.csv"
//   +++ en summary
//   …
//   +++ en full
//   …
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/publications/publication.hpp"

namespace mozu::publications {

inline constexpr std::size_t file_bytes_max = std::size_t{4} << 20;

struct AttachedFile {
  AttachmentKind kind = AttachmentKind::indicators;
  std::string name;        ///< beside the publication: no folders
  std::uint64_t line = 0;  ///< where it is named
};

struct PublicationFile {
  Publication publication;  ///< its attachments are empty: their bytes were not read
  std::vector<AttachedFile> files;
};

/// Error "publication-file" with file and line; or what check_shape() says.
Result<PublicationFile> parse_publication(std::string_view text, const std::string& name);

}  // namespace mozu::publications
