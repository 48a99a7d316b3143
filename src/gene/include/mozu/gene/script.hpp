// Scripts → genes: what stays when somebody renames the variables, changes the literals and lays the text out anew.
#pragma once
#include <optional>
#include <string_view>

#include "mozu/gene/extract.hpp"

namespace mozu::gene {

enum class Language : std::uint8_t { visual_basic, javascript, powershell, batch, shell, python, perl, php };
/// By kinds of files: "vba" and "vbscript" are one language; nothing for what is no script.
std::optional<Language> language(std::string_view kind);

/// Code genes are eight tokens in a row, function genes a function's tokens; names that the script defines itself, numbers and strings are one token each, and
/// strings added together are one. Text genes are strings and comments of eight characters or more. Offsets are of the file; UTF-16 little endian with its mark is
/// read as well. Never fails; looks at the first 16 MiB, and says in Genome::cut if there were more.
Genome extract_script(Language language, std::span<const std::uint8_t> file, const ExtractLimits& limits = {});

}  // namespace mozu::gene
