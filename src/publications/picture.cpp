#include "mozu/publications/picture.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <set>
#include <string>

#include "mozu/base/text.hpp"
#include "mozu/publications/attachments.hpp"
#include "mozu/publications/markdown.hpp"

namespace mozu::publications {
namespace {

struct Size {
  std::uint32_t width = 0, height = 0;
};

std::uint32_t byte(std::string_view s, std::size_t at) { return static_cast<unsigned char>(s[at]); }
std::uint32_t big(std::string_view s, std::size_t at, std::size_t bytes) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < bytes; ++i) out = out << 8 | byte(s, at + i);
  return out;
}
std::uint32_t little(std::string_view s, std::size_t at, std::size_t bytes) {
  std::uint32_t out = 0;
  for (std::size_t i = bytes; i-- > 0;) out = out << 8 | byte(s, at + i);
  return out;
}

/// Chunks up to IEND: length, name, content, checksum.
std::optional<Size> png(std::string_view s) {
  Size size;
  bool content = false;
  for (std::size_t at = 8; s.size() - at >= 12;) {
    const std::size_t length = big(s, at, 4);
    const auto name = s.substr(at + 4, 4);
    if (length > s.size() - at - 12) return std::nullopt;
    if (at == 8) {
      if (name != "IHDR" || length != 13) return std::nullopt;
      size = {big(s, at + 8, 4), big(s, at + 12, 4)};
    }
    if (name == "IDAT") content = true;
    if (name == "IEND") return content ? std::optional(size) : std::nullopt;
    at += 12 + length;
  }
  return std::nullopt;
}

/// Segments up to the picture itself, of which the frame header (SOF) says how large it is; at the end stands EOI.
std::optional<Size> jpeg(std::string_view s) {
  Size size;
  for (std::size_t at = 2; at + 4 <= s.size();) {
    if (byte(s, at) != 0xff) return std::nullopt;
    const std::uint32_t mark = byte(s, at + 1);
    if (mark == 0xff) {  // filled up
      ++at;
      continue;
    }
    const std::size_t length = big(s, at + 2, 2);
    if (length < 2 || length > s.size() - at - 2) return std::nullopt;
    const bool frame = mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc;
    if (frame && length >= 7) size = {big(s, at + 7, 2), big(s, at + 5, 2)};
    if (mark == 0xda) return size.width != 0 && s.rfind("\xff\xd9") != s.npos && s.rfind("\xff\xd9") > at ? std::optional(size) : std::nullopt;
    at += 2 + length;
  }
  return std::nullopt;
}

/// Blocks up to the trailer; what follows it is nobody's.
std::optional<Size> gif(std::string_view s) {
  const auto table = [&](std::size_t flags_at) { return (byte(s, flags_at) & 0x80) != 0 ? std::size_t{6} << (byte(s, flags_at) & 7) : 0; };
  if (s.size() < 14) return std::nullopt;
  for (std::size_t at = 13 + table(10); at < s.size();) {
    const std::uint32_t kind = byte(s, at);
    if (kind == 0x3b) return Size{little(s, 6, 2), little(s, 8, 2)};
    if (kind != 0x21 && kind != 0x2c) return std::nullopt;
    if (kind == 0x2c && s.size() - at < 11) return std::nullopt;
    at += kind == 0x21 ? 2 : 11 + table(at + 9);
    while (at < s.size() && byte(s, at) != 0) at += 1 + byte(s, at);
    ++at;
  }
  return std::nullopt;
}

std::optional<Size> webp(std::string_view s) {
  if (s.size() < 30 || s.size() - 8 < little(s, 4, 4)) return std::nullopt;
  const auto kind = s.substr(12, 4);
  if (kind == "VP8X") return Size{little(s, 24, 3) + 1, little(s, 27, 3) + 1};
  if (kind == "VP8L") {
    const std::uint32_t packed = little(s, 21, 4);
    return Size{(packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1};
  }
  if (kind == "VP8 ") return Size{little(s, 26, 2) & 0x3fff, little(s, 28, 2) & 0x3fff};
  return std::nullopt;
}

std::optional<Diagnostic> wrong(std::string_view code, std::string message, std::string hint) {
  return Diagnostic{Severity::error, std::string(code), std::move(message), {}, std::move(hint)};
}

}  // namespace

std::string_view picture_type(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "image/gif";
  if (bytes.starts_with("RIFF") && bytes.size() > 12 && bytes.substr(8, 4) == "WEBP") return "image/webp";
  return {};
}

std::optional<Diagnostic> picture_trouble(std::string_view bytes) {
  const auto type = picture_type(bytes);
  if (type.empty()) return wrong("figure-kind", "this is no picture that is shown", "attach PNG, JPEG, GIF or WebP");
  const auto size = type == "image/png" ? png(bytes) : type == "image/jpeg" ? jpeg(bytes) : type == "image/gif" ? gif(bytes) : webp(bytes);
  if (!size || size->width == 0 || size->height == 0)
    return wrong("figure-damaged", "the picture is damaged or cut off", "open it in a viewer, save it anew and attach that");
  if (size->width > picture_side_max || size->height > picture_side_max || std::uint64_t{size->width} * size->height > picture_pixels_max)
    return wrong(
        "figure-too-large",
        fmt::format("the picture has {} × {} pixels; a side has {} at most, and all of it {}", size->width, size->height, picture_side_max, picture_pixels_max),
        "make it smaller");
  return std::nullopt;
}

void check_figures(const Publication& p, Diagnostics& diagnostics) {
  std::set<std::string, std::less<>> missing;
  HtmlOptions options;
  options.figure = [&](std::string_view name) {
    const Attachment* a = p.attachment(name);
    if (a == nullptr || a->kind != AttachmentKind::figure) missing.emplace(name);
    return std::string();
  };
  for (const LanguageText& text : p.texts)
    for (const auto part : {&text.summary, &text.full}) {
      missing.clear();
      if (const auto done = render_html(*part, options); !done) diagnostics.add(Diagnostic(done.error()));
      for (const auto& name : missing)
        diagnostics.add({Severity::warning,
                         "figure-missing",
                         fmt::format("{} ({}) shows the figure '{}', which is not attached: readers see its description alone",
                                     part == &text.summary ? "the summary" : "the full report", text.language, printable(name, 100)),
                         {},
                         "attach it under this name, or take it out of the text"});
    }
}

}  // namespace mozu::publications
