// Taking e-mails apart: headers (RFC 5322, 2047, 2231), bodies (RFC 2045, 2046). Never fails: what is broken is given as it stands.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mozu::files {

/// A part of a message: its head, and its body as it stands there.
struct MimePart {
  std::vector<std::pair<std::string, std::string>> headers;  ///< name in lower case; value on one line, its encoded words as they are
  std::string_view body;

  std::string_view header(std::string_view name) const;  ///< the first of that name, or empty
};

inline constexpr std::size_t mime_headers_max = 2000, mime_parts_max = 1000;

MimePart parse_part(std::string_view message);
/// "text/html; charset=x" → "text/html", in lower case; empty if the header is.
std::string media_type(std::string_view content_type);
/// The parameter's value, UTF-8; empty if it is not there.
std::string parameter(std::string_view header, std::string_view name);
/// What stands between the boundaries, at most mime_parts_max.
std::vector<std::string_view> split_multipart(std::string_view body, std::string_view boundary);
/// base64, quoted-printable, or as it is.
std::string decode_body(std::string_view body, std::string_view transfer_encoding);
/// "=?utf-8?B?…?=" undone; UTF-8.
std::string decode_words(std::string_view header);
/// "Wed, 28 Oct 2020 12:00:00 +0000" → RFC 3339, or nothing.
std::string mail_date(std::string_view header);

}  // namespace mozu::files
