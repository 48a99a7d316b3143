// What every reader of documents must give, whatever it gets: an error with a code, or a document that its worker may send as it is.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mozu/base/result.hpp"
#include "src/files/cell/reader.hpp"
#include "src/files/charset.hpp"
#include "src/files/text_out.hpp"
#include "src/files/wire.hpp"

/// The worker frees no tree of a page: it ends, and gumbo's own way of freeing recurses as deep as the page nests.
extern "C" inline __attribute__((used, visibility("default"))) const char* __asan_default_options() { return "detect_leaks=0"; }

namespace mozu::fuzz {

/// What the worker does before it looks at a document.
inline bool prepare() {
  files::prepare_pdf();
  files::load_charsets();
  return true;
}

inline void check_reader(Status (*read)(std::string_view, files::TextOut&), std::string_view bytes) {
  [[maybe_unused]] static const bool prepared = prepare();
  files::CellLimits limits;
  limits.text_bytes_max = std::uint64_t{1} << 20;
  limits.pages_max = 50;
  limits.links_max = 1000;
  files::TextOut out(limits);
  out.document.kind = "fuzz";
  if (const auto done = read(bytes, out); !done) {
    if (done.error().code.empty()) std::abort();
    return;
  }
  const auto document = out.finish();
  const auto sent = files::decode(files::encode(document), limits);
  if (!sent || sent->text != document.text || sent->title != document.title || sent->pages.size() != document.pages.size()) std::abort();
}

}  // namespace mozu::fuzz
