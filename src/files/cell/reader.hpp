// The readers of the cell, one a format. They may use all the memory and time that the cell has; what they refuse is an error with a hint.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mozu/base/result.hpp"
#include "text_out.hpp"

namespace mozu::files {

Status read_pdf(std::string_view bytes, TextOut& out);
Status read_docx(std::string_view bytes, TextOut& out);
/// `declared`: the character set, if something outside the page says it.
Status read_html(std::string_view bytes, std::string_view declared, TextOut& out);

Status read_email(std::string_view bytes, TextOut& out);
Status read_mbox(std::string_view bytes, TextOut& out);

/// The whole answer (wire_genome.hpp): bytes, not text.
std::string genome_of(std::string_view bytes);

/// A packed program to the unpacker, and what that told (emulated.hpp). None: it is gone, or its run ended badly.
using AskUnpacker = std::function<std::optional<std::string>(std::string_view program)>;

/// Opens a file and all that is in it; the records of wire_objects.hpp are written as they are found. False: nobody reads, or the options are none.
bool open_all(std::string_view bytes, std::string_view options, std::uint32_t cpu_s_max, const std::function<bool(std::string_view)>& write,
              const AskUnpacker& ask = {});
/// Makes what libarchive and the rest would open later.
void prepare_objects();
void prepare_pdf_objects();

/// Compiles YARA rules; the text is "compiled" or "refused".
Status read_yara(std::string_view bytes, TextOut& out);
/// What libyara makes once a process; false: it cannot.
bool prepare_yara();

/// Opens what poppler will need, before nothing can be opened any more.
void prepare_pdf();

}  // namespace mozu::files
