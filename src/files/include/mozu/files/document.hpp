// Documents (PDF, DOCX, HTML, Markdown, AsciiDoc, text, e-mail) → text with positions. The file is opened in a cell, a worker process that may
// do nothing but compute and answer (src/files/README.md); a document that crashes, hangs or fills it costs an error, nothing else.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"

namespace mozu::files {

/// Offsets in this header are bytes of DocumentText::text and stand on character borders.
struct PageStart {
  std::size_t offset = 0;
  std::uint32_t page = 1;  ///< 1-based number of the page that begins there
};

/// A hyperlink: what it leads to, apart from what is shown.
struct Link {
  std::size_t begin = 0, end = 0;  ///< the text that is linked; empty range: at this place, without text of its own
  std::string target;              ///< as written in the document, UTF-8; not checked, not resolved
};

/// A file inside the document: what an e-mail carries.
struct Attachment {
  std::string name;  ///< as declared, UTF-8; never a path to be used
  std::string kind;  ///< by content, see identify.hpp
  std::uint64_t bytes = 0;
  std::string sha256;              ///< lower-case hex
  std::size_t begin = 0, end = 0;  ///< where its text stands in the document's; empty range: it was not read
};

struct DocumentText {
  std::string kind;               ///< "pdf", "docx", "html", "markdown", "asciidoc", "text", "email", "mbox"
  std::string sha256;             ///< of the file's bytes, lower-case hex
  std::string title;              ///< as the document declares it; may be empty
  std::string author;             ///< as the document declares it; may be empty
  std::string address;            ///< where the document says that it is published ("https://…"), as written; of HTML only, else empty
  std::string created, modified;  ///< RFC 3339 with zone ("2020-10-28T12:00:00Z") as the document declares it, or empty
  std::string text;               ///< valid UTF-8, LF line ends, no NUL; cells of a table row are parted by tabs
  std::vector<PageStart> pages;   ///< ascending, the first at offset 0; empty where the format has no pages
  std::vector<Link> links;        ///< ascending by begin
  std::vector<Attachment> attachments;
  Diagnostics notes;  ///< what was left out and why: "text-cut", "pages-cut", "pdf-page", "part-unread" …
};

/// Limits of one document, and of the cell that reads it. Every one is reached by hostile documents only.
struct CellLimits {
  std::uint64_t input_bytes_max = std::uint64_t{512} << 20;
  std::uint64_t text_bytes_max = std::uint64_t{64} << 20;   ///< more is cut off: note "text-cut"
  std::uint32_t pages_max = 20'000;                         ///< more are left out: note "pages-cut"
  std::uint32_t links_max = 200'000;                        ///< more are left out: note "links-cut"
  std::uint64_t memory_bytes_max = std::uint64_t{2} << 30;  ///< address space of the cell
  std::uint32_t cpu_s_max = 120;
  std::uint32_t wall_s_max = 300;
  std::string program;   ///< the worker; empty: $MOZU_CELL, else `mozu-cell` beside this program or in ../libexec/mozu
  std::string unpacker;  ///< the program that runs packed programs (objects.hpp); empty: $MOZU_UNPACKER, else `mozu-unpacker` in the same places
  const std::atomic<bool>* stop = nullptr;  ///< true: the cell is killed, error "cell-stopped"; looked at five times a second
};

/// Errors: those of opening the file; "file-too-large"; "document-kind" (of a kind that is not read; the hint says what to do);
/// "document-damaged", "document-encrypted", "document-empty"; "cell-missing", "cell-start"; and what ended the cell:
/// "cell-time", "cell-memory", "cell-crash", "cell-forbidden" (it tried what it may not), "cell-answer".
/// May be called from any thread; each call has its own process (some 10 ms), but for plain text, Markdown and AsciiDoc, which need none.
/// A document packed with gzip, xz, zstd or bzip2 is unpacked first; errors of that are those of base/stream.hpp.
Result<DocumentText> read_document(const std::string& path, const CellLimits& limits = {});
/// The same over bytes in memory; `name` stands for the path in diagnostics, and its extension tells Markdown from AsciiDoc where the text does not.
Result<DocumentText> read_document_memory(const std::string& name, std::string_view bytes, const CellLimits& limits = {});

/// True if there is a worker to read with. Without it only plain text, Markdown and AsciiDoc are read.
bool can_read_documents(const CellLimits& limits = {});

}  // namespace mozu::files
