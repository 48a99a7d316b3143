// Cells of CSV (RFC 4180) that hold text of others: whatever stands in them, no program of tables takes one for a formula.
#pragma once
#include <string>
#include <string_view>

namespace mozu {

/// Appends the cell, quoted where it must be. One that begins like a formula gets an apostrophe before it: with = + - @ or what such programs take for these (full-width and small forms, the
/// minus sign), also behind blanks, which some leave out, and with a tab or line end. So does such a sign behind a ; or tab
/// or line end within, where programs whose separator is not the comma begin a cell.
void append_csv_cell(std::string& out, std::string_view text);

}  // namespace mozu
