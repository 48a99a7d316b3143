// Private to the room: which script language a text is in, and what is hidden in it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::files {

/// "vba", "vbscript", "javascript", "powershell", "batch", "shell", "python", "perl", "php", or nothing. `text` is UTF-8; looks at its first 64 KiB. `name` chooses where
/// the text does not say enough.
std::string_view script_kind(std::string_view text, std::string_view name);

/// What long runs of base64 hold, if that is a file of a known kind or UTF-16 text, as PowerShell takes it; in order, each once, at most 100.
std::vector<std::string> hidden_in(std::string_view text, std::uint64_t bytes_max);

/// The content of the <script> elements of a page that have any: language ("javascript" or "vbscript") and text.
std::vector<std::pair<std::string_view, std::string_view>> scripts_of_page(std::string_view html);

}  // namespace mozu::files
