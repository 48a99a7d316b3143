// What a file is, by its first bytes and not by its name.
#pragma once
#include <string_view>

namespace mozu::files {

/// "pdf", "docx", "html", "markdown", "asciidoc", "text", "email", "mbox": these are read (document.hpp).
/// Known but not read: "rtf", "ole" (doc, xls, ppt, msg, encrypted Office), "xlsx", "pptx", "odt", "epub", "zip", "gzip", "xz", "zstd", "bzip2", "7z", "rar", "tar", "png", "jpeg", "gif", "postscript",
/// "cab", "iso", "ar", "cpio", "lha", "onenote", "pe", "elf", "elf-core", "minidump", "mach-o", "java-class", "sqlite"; "binary" for the rest, "empty" for nothing.
/// `name` (may be empty) only chooses among kinds of text, where they look alike. Looks at no more than the first and last 64 KiB.
std::string_view identify(std::string_view bytes, std::string_view name = {});

/// Files in a file, or one packed: "zip", "gzip", "tar", …
bool is_archive_kind(std::string_view kind);
/// A zip, whatever is in it: also "docx", "xlsx", …
bool is_zip_kind(std::string_view kind);
/// "vba", "powershell", …: kinds that objects have (objects.hpp); identify() calls them text.
bool is_script_kind(std::string_view kind);
/// Documents whose parts are packed or encoded: "docx", "pdf", "email", …
bool is_packed_kind(std::string_view kind);
/// Is it one of those that read_document reads?
bool is_readable_kind(std::string_view kind);

}  // namespace mozu::files
