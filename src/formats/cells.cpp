#include "cells.hpp"

#include "mozu/base/text.hpp"
#include "shape.hpp"
#include "stix_lower.hpp"
#include "stix_pattern.hpp"
#include "type_words.hpp"

namespace mozu::formats {
namespace {

void emit_one(std::string_view value, intel::TypeHint hint, Shape shape, RawRecord& record, Emitter& out) {
  record.value = value;
  record.hint = reconcile(hint, shape);
  out.emit(record);
}

/// A cell that is plainly what its column says: no need to look at it closely, intel::read_pattern() will.
bool is_plainly(std::string_view cell, intel::TypeHint hint) {
  if (hint != intel::TypeHint::domain) return false;
  bool dot = false;
  for (const char c : cell) {
    if (!is_alnum(static_cast<unsigned char>(c)) && c != '-' && c != '.') return false;
    dot = dot || c == '.';
  }
  return dot && is_alpha(static_cast<unsigned char>(cell.back())) && !is_file_extension(cell.substr(cell.rfind('.') + 1));
}

/// "[ipv4-addr:value = '192.0.2.1']": false if it is no pattern or names nothing that Mozu matches on.
bool emit_stix_pattern(std::string_view s, RawRecord& record, Emitter& out) {
  const auto pattern = parse_stix_pattern(s);
  if (!pattern) return false;
  const StixLowered lowered = lower_stix_pattern(*pattern);
  for (const auto& found : lowered.found) {
    record.value = found.value;
    record.hint = found.hint;
    out.emit(record);
  }
  for (const auto& kind : lowered.other_kinds) out.pass_over(kind);
  return !lowered.found.empty() || !lowered.other_kinds.empty();
}

bool emit_list(std::string_view s, intel::TypeHint hint, RawRecord& record, Emitter& out) {
  bool any = false;
  while (!s.empty()) {
    const std::size_t stop = std::min(s.find_first_of(";,| \t\r\n"), s.size());
    const std::string_view piece = trim(s.substr(0, stop));
    s.remove_prefix(std::min(stop + 1, s.size()));
    const Shape shape = shape_of(piece);
    if (shape == Shape::none) continue;
    emit_one(piece, hint, shape, record, out);
    any = true;
  }
  return any;
}

}  // namespace

void emit_cell(std::string_view cell, intel::TypeHint hint, RawRecord& record, Emitter& out) {
  cell = trim(cell);
  if (is_plainly(cell, hint)) return emit_one(cell, hint, Shape::domain, record, out);
  const Shape shape = shape_of(cell);
  if (shape == Shape::none) {
    if (cell.starts_with('[') && cell.ends_with(']') && cell.find(':') != std::string_view::npos && emit_stix_pattern(cell, record, out)) return;
    const bool list = cell.find_first_of(";,| \t\r\n") != std::string_view::npos;
    if (list && hint != intel::TypeHint::url_mask && emit_list(cell, hint, record, out)) return;
    if (hint == intel::TypeHint::any || hint == intel::TypeHint::domain) {
      if (const auto kind = other_kind(cell)) return out.pass_over(*kind);
    }
  }
  emit_one(cell, hint, shape, record, out);
}

}  // namespace mozu::formats
