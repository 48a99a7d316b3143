#include "mozu/intel/stix_object.hpp"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::intel {
namespace {

constexpr std::size_t type_bytes_max = 250, id_bytes_max = 256;
/// Longer than any name; what is cut off a hostile one tells nobody apart.
constexpr std::size_t name_bytes_max = 4096;

void append_utf8(std::string& out, UChar32 c) {
  char buffer[U8_MAX_LENGTH];
  std::int32_t n = 0;
  U8_APPEND_UNSAFE(buffer, n, c);
  out.append(buffer, static_cast<std::size_t>(n));
}

/// What is invalid becomes U+FFFD, which is no letter.
std::u16string to_utf16(std::string_view s) {
  std::u16string out(s.size(), u'\0');  // never more units than bytes
  std::int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strFromUTF8WithSub(out.data(), static_cast<std::int32_t>(out.size()), &length, s.data(), static_cast<std::int32_t>(s.size()), 0xFFFD, nullptr, &error);
  out.resize(U_FAILURE(error) ? 0 : static_cast<std::size_t>(length));
  return out;
}

std::string fold_unicode(std::string_view name) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* normalizer = unorm2_getNFKCCasefoldInstance(&error);
  const std::u16string in = to_utf16(name);
  std::u16string folded(in.size() * 4 + 32, u'\0');
  auto length = unorm2_normalize(normalizer, in.data(), static_cast<std::int32_t>(in.size()), folded.data(), static_cast<std::int32_t>(folded.size()), &error);
  if (error == U_BUFFER_OVERFLOW_ERROR) {  // one code point becomes at most 18 others
    error = U_ZERO_ERROR;
    folded.resize(static_cast<std::size_t>(length));
    length = unorm2_normalize(normalizer, in.data(), static_cast<std::int32_t>(in.size()), folded.data(), length, &error);
  }
  if (U_FAILURE(error)) return {};
  std::string out;
  for (std::int32_t i = 0; i < length;) {
    UChar32 c = 0;
    U16_NEXT(folded.data(), i, length, c);
    if (u_isalnum(c)) append_utf8(out, c);
  }
  return out;
}

}  // namespace

std::string fold_name(std::string_view name) {
  name = name.substr(0, name_bytes_max);
  std::string out;
  out.reserve(name.size());
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) return fold_unicode(name);
    if (is_alnum(static_cast<unsigned char>(c))) out += fold(c);
  }
  return out;
}

std::string_view type_of_id(std::string_view id) {
  if (id.size() > id_bytes_max) return {};
  const auto end = id.find("--");
  if (end == 0 || end == std::string_view::npos || end > type_bytes_max || end + 2 == id.size()) return {};
  const auto type = id.substr(0, end);
  const auto in_type = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  const auto visible = [](char c) { return c > ' ' && c <= '~'; };
  if (!std::all_of(type.begin(), type.end(), in_type) || !std::all_of(id.begin(), id.end(), visible)) return {};
  return type;
}

}  // namespace mozu::intel
