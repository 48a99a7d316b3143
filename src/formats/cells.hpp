// Private: a cell of a table → the values in it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "reader.hpp"

namespace mozu::formats {

/// Emits what a value cell holds into `out`, with everything else of `record` as it is: one value, a list of values
/// ("a;b;c", one a line), or the values compared in a STIX pattern. `hint` is the column's or the row's type.
void emit_cell(std::string_view cell, intel::TypeHint hint, RawRecord& record, Emitter& out);

}  // namespace mozu::formats
