// Text in any character set → UTF-8 (not yet sound: TextOut sees to that).
#pragma once
#include <string>
#include <string_view>

namespace mozu::files {

/// By byte order mark, else as declared (a name as MIME and HTML have it, may be empty), else UTF-8 if it is that, else Japanese (ISO-2022-JP, Shift_JIS, EUC-JP) where
/// the whole text is valid as one of them and has kana, else Windows-1252. A declared set that is not known counts as none.
std::string to_utf8(std::string_view bytes, std::string_view declared = {});

/// Loads what conversions need, so that none opens a file later.
void load_charsets();

}  // namespace mozu::files
