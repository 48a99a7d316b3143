// The readers of the cell, one a format. They may use all the memory and time that the cell has; what they refuse is an error with a hint.
#pragma once
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

/// Compiles YARA rules; the text is "compiled" or "refused".
Status read_yara(std::string_view bytes, TextOut& out);
/// What libyara makes once a process; false: it cannot.
bool prepare_yara();

/// Opens what poppler will need, before nothing can be opened any more.
void prepare_pdf();

}  // namespace mozu::files
