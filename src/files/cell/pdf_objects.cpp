// What a PDF carries: embedded files, scripts, and streams that are programs, archives or documents. By poppler, which finds objects, undoes filters
// and names written with #xx.
#include <Catalog.h>
#include <FileSpec.h>
#include <GlobalParams.h>
#include <PDFDoc.h>
#include <Stream.h>
#include <XRef.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <string>

#include "mozu/base/text.hpp"
#include "mozu/files/identify.hpp"
#include "objects.hpp"
#include "reader.hpp"

namespace mozu::files {
namespace {

constexpr std::uint64_t head_bytes = 64 << 10;
constexpr int objects_max = 200'000, scripts_max = 10'000, pdf_depth_max = 8;

std::string content_of(Stream& stream, std::uint64_t bytes_max) {
  std::string out;
  stream.reset();
  for (int c = stream.getChar(); c != EOF && out.size() < bytes_max; c = stream.getChar()) out += static_cast<char>(c);
  stream.close();
  return out;
}

void ignore(ErrorCategory, Goffset, const char*) {}

class PdfOpener {
 public:
  PdfOpener(PDFDoc& document, Nest& nest) : document_(document), nest_(nest) {}

  void run() {
    if (scripts()) streams();
  }

 private:
  PDFDoc& document_;
  Nest& nest_;

  bool scripts() {
    Catalog* catalog = document_.getCatalog();
    for (int i = 0; i < std::min(catalog->numJS(), scripts_max); ++i) {
      const std::unique_ptr<GooString> text(catalog->getJS(i));
      if (text && text->getLength() > 0 && !nest_.found(fmt::format("script {}.js", i + 1), "script", text->toStr())) return false;
    }
    return true;
  }

  void streams() {
    XRef* xref = document_.getXRef();
    for (int i = 0; i < std::min(xref->getNumObjects(), objects_max) && nest_.more(); ++i) {
      XRefEntry* entry = xref->getEntry(i);
      if (entry == nullptr || entry->type == xrefEntryFree) continue;
      Object o = xref->fetch(i, entry->type == xrefEntryUncompressed ? entry->gen : 0);
      if (o.isDict() && !script(*o.getDict(), i, 0)) return;
      if (o.isStream() && !stream(*o.getStream(), i)) return;
    }
  }

  /// Actions that run JavaScript, wherever they hang: /JS as text or as a stream.
  bool script(Dict& dict, int number, int depth) {
    if (dict.lookup("S").isName("JavaScript")) {
      Object js = dict.lookup("JS");
      if (js.isString() && !nest_.found(fmt::format("object {}.js", number), "script", js.getString()->toStr())) return false;
      if (js.isStream() && !nest_.found(fmt::format("object {}.js", number), "script", content_of(*js.getStream(), nest_.bytes_left()))) return false;
    }
    for (int i = 0; i < dict.getLength() && depth < pdf_depth_max; ++i)
      if (const Object& inner = dict.getValNF(i); inner.isDict() && !script(*inner.getDict(), number, depth + 1)) return false;
    return true;
  }

  /// By its first bytes: most streams draw pages, and are not unpacked for more.
  static bool is_interesting(std::string_view head) {
    const auto kind = identify(head);
    return kind == "pe" || kind == "elf" || kind == "mach-o" || kind == "ole" || kind == "rtf" || kind == "html" || kind == "pdf" || is_archive_kind(kind) ||
           is_packed_kind(kind);
  }

  bool stream(Stream& s, int number) {
    Dict* dict = s.getDict();
    const Object type = dict->lookup("Type"), subtype = dict->lookup("Subtype");
    if (type.isName("XRef") || type.isName("ObjStm") || subtype.isName("Image") || dict->lookup("Length1").isInt()) return true;  // Length1: a font
    const bool embedded = type.isName("EmbeddedFile");
    if (!embedded && !is_interesting(content_of(s, head_bytes))) return true;
    const std::string content = content_of(s, nest_.bytes_left());
    if (content.empty()) return true;
    return nest_.found(fmt::format("object {}", number), embedded ? "embedded" : "stream", content);
  }
};

}  // namespace

void prepare_pdf_objects() {
  globalParams = std::make_unique<GlobalParams>("/nowhere");  // no text is drawn, so no maps of characters are needed
  setErrorCallback(ignore);
}

void open_pdf(std::string_view bytes, Nest& nest) {
  PDFDoc document(new MemStream(bytes.data(), 0, static_cast<Goffset>(bytes.size()), Object(objNull)));
  if (!document.isOk()) {
    if (document.getErrorCode() == errEncrypted) nest.note("object-encrypted", "it is encrypted with a password");
    else nest.note("object-damaged", "it cannot be opened: it is damaged or cut off");
    return;
  }
  PdfOpener(document, nest).run();
}

}  // namespace mozu::files
