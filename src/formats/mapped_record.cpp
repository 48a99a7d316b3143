#include "mapped_record.hpp"

#include <algorithm>

#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"
#include "type_words.hpp"

namespace mozu::formats {

void add_context(intel::ContextFields& context, std::string_view name, std::string_view value) {
  constexpr std::size_t value_bytes_max = 4096;
  value = trim(value);
  if (value.empty()) return;
  value = utf8_prefix(value, value_bytes_max);
  for (const auto& [n, v] : context)
    if (n == name && v == value) return;
  context.emplace_back(name, value);
}

void MappedRecord::begin(std::uint64_t line, std::string path) {
  record_.clear();
  record_.where.line = line;
  record_.where.path = std::move(path);
  type_.clear();
}

void MappedRecord::set(std::string_view role, std::string_view text) {
  text = trim(text);
  if (text.empty()) return;
  if (role == "type") {
    type_ = text;
  } else if (role == "first_seen") {
    record_.first_seen = parse_time_any(text);
  } else if (role == "last_seen") {
    record_.last_seen = parse_time_any(text);
  } else if (role == "valid_from") {
    record_.valid_from = parse_time_any(text);
  } else if (role == "valid_until") {
    record_.valid_until = parse_time_any(text);
  } else if (role == "confidence") {
    if (const auto n = intel::parse_confidence(text)) record_.confidence = *n;
    else add_context(record_.context, role, text);
  } else if (role == "labels" || role == "tags") {
    for (const auto part : split(text, ','))
      if (!trim(part).empty() && record_.labels.size() < 64) record_.labels.emplace_back(trim(part));
  } else if (role == "id") {
    record_.id = text;
  } else {
    add_context(record_.context, role, text);
  }
}

void MappedRecord::emit(std::string_view value) {
  record_.value = value;
  record_.hint = intel::TypeHint::any;
  if (!type_.empty()) {
    if (const auto word = type_word(type_)) {
      if (!word->hint) return out_.pass_over(word->kind);
      record_.hint = reconcile(*word->hint, value);
    } else {
      add_context(record_.context, "type", type_);
    }
  }
  out_.emit(record_);
}

}  // namespace mozu::formats
