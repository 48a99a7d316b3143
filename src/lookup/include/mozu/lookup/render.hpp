// Answers for programs and for people.
#pragma once
#include <string>

#include "mozu/lookup/answer.hpp"

namespace mozu::lookup {

/// Appends one JSON object on one line, without the line's end. Sections with nothing in them are left out; the fields are in docs/lookup.md.
void append_json(std::string& out, const Answer& answer);

/// The zone first, then why, then who says what. Ends with a line end. What comes from outside is made printable.
std::string render_text(const Answer& answer, bool colour);

}  // namespace mozu::lookup
