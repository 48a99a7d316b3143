#include "mozu/files/document.hpp"

#include <fmt/core.h>

#include <memory>
#include <span>
#include <utility>

#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/identify.hpp"
#include "plain_text.hpp"
#include "worker.hpp"

namespace mozu::files {
namespace {

bool is_compressed(std::string_view kind) { return kind == "gzip" || kind == "xz" || kind == "zstd" || kind == "bzip2"; }

std::string_view what_to_do(std::string_view kind) {
  if (kind == "ole" || kind == "rtf" || kind == "odt" || kind == "pptx" || kind == "xlsx")
    return "save it as DOCX or PDF (encrypted Office files: without password)";
  if (kind == "zip" || kind == "tar" || kind == "7z" || kind == "rar") return "unpack it and give the documents inside";
  if (kind == "png" || kind == "jpeg" || kind == "gif") return "pictures hold no text; give the document as text";
  if (kind == "epub" || kind == "postscript") return "convert it to PDF";
  return "documents that are read: PDF, DOCX, HTML, Markdown, AsciiDoc, text, e-mail";
}

Result<DocumentText> read(std::string_view name, std::string_view bytes, const CellLimits& limits) {
  const auto kind = identify(bytes, name);
  if (kind == "empty") return fail("document-empty", "the file is empty");
  if (!is_readable_kind(kind))
    return fail("document-kind", fmt::format("it is no document that is read: its content is {}", kind), std::string(what_to_do(kind)));
  if (kind == "text" || kind == "markdown" || kind == "asciidoc") return read_plain_text(bytes, kind, limits);
  return read_in_cell(kind, bytes, limits);
}

/// "report.md.gz" is "report.md"
std::string_view without_packing(std::string_view name) {
  for (const std::string_view end : {".gz", ".xz", ".zst", ".bz2"})
    if (name.ends_with(end)) return name.substr(0, name.size() - end.size());
  return name;
}

}  // namespace

Result<DocumentText> read_document_memory(const std::string& name, std::string_view bytes, const CellLimits& limits) {
  if (bytes.size() > limits.input_bytes_max)
    return fail(Diagnostic{
        Severity::error, "file-too-large", fmt::format("the file is larger than {}", human_bytes(static_cast<double>(limits.input_bytes_max))), {}, {}}
                    .at(name));
  std::string unpacked;
  std::string_view inner = bytes;
  std::string_view inner_name = name;
  if (is_compressed(identify(bytes, name))) {
    auto packed = open_input_memory(name, bytes);
    MOZU_LET(auto stream, packed->next());
    MOZU_LET(unpacked, read_all(*stream, limits.input_bytes_max));
    inner = unpacked;
    inner_name = without_packing(name);
  }
  auto document = read(inner_name, inner, limits);
  if (!document) return fail(std::move(document).error().at(name));
  document->sha256 = to_hex(sha256(std::as_bytes(std::span(bytes.data(), bytes.size()))));
  return document;
}

Result<DocumentText> read_document(const std::string& path, const CellLimits& limits) {
  MOZU_LET(const auto bytes, read_file(path, limits.input_bytes_max));
  return read_document_memory(path, bytes, limits);
}

}  // namespace mozu::files
