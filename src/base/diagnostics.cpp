#include "mozu/base/diagnostics.hpp"

#include <fmt/core.h>

#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"

namespace mozu {
namespace {

constexpr std::size_t shown_bytes_max = 1000;

std::string_view severity_name(Severity s) {
  switch (s) {
    case Severity::note: return "note";
    case Severity::warning: return "warning";
    case Severity::error: break;
  }
  return "error";
}

std::string_view severity_colour(Severity s) {
  switch (s) {
    case Severity::note: return "\x1b[1;36m";
    case Severity::warning: return "\x1b[1;33m";
    case Severity::error: break;
  }
  return "\x1b[1;31m";
}

}  // namespace

std::string render_text(const Diagnostic& d, bool colour) {
  std::string out;
  if (colour) out += severity_colour(d.severity);
  out += severity_name(d.severity);
  out += ':';
  if (colour) out += "\x1b[0m";
  out += ' ';
  out += printable(d.message, shown_bytes_max);
  if (!d.where.file.empty() || d.where.line != 0 || !d.where.path.empty()) {
    out += "\n  --> ";
    out += printable(d.where.file, shown_bytes_max);
    if (d.where.line != 0) out += fmt::format("{}{}", d.where.file.empty() ? "line " : ":", d.where.line);
    if (!d.where.path.empty()) {
      if (!d.where.file.empty() || d.where.line != 0) out += ' ';
      out += fmt::format("({})", printable(d.where.path, shown_bytes_max));
    }
  }
  if (!d.hint.empty()) {
    out += colour ? "\n  \x1b[36mhint:\x1b[0m " : "\n  hint: ";
    out += printable(d.hint, shown_bytes_max);
  }
  return out;
}

std::string render_json(const Diagnostic& d) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("severity", severity_name(d.severity)).field("code", d.code).field("message", d.message);
  if (!d.where.file.empty()) w.field("file", d.where.file);
  if (d.where.line != 0) w.field("line", d.where.line);
  if (!d.where.path.empty()) w.field("path", d.where.path);
  if (!d.hint.empty()) w.field("hint", d.hint);
  w.end_object();
  return out;
}

void Diagnostics::add(Diagnostic d) {
  auto count = counts_.find(d.code);
  if (count == counts_.end()) count = counts_.emplace(d.code, 0).first;
  ++count->second;
  if (d.severity == Severity::error) ++errors_;
  if (d.severity == Severity::warning) ++warnings_;
  auto& kept = kept_counts_[d.code];
  if (kept >= kept_per_code_max_) return;
  ++kept;
  kept_.push_back(std::move(d));
}

void Diagnostics::merge(Diagnostics&& other) {
  for (auto& d : other.kept_) {
    auto& kept = kept_counts_[d.code];
    if (kept >= kept_per_code_max_) continue;
    ++kept;
    kept_.push_back(std::move(d));
  }
  for (const auto& [code, n] : other.counts_) counts_[code] += n;
  errors_ += other.errors_;
  warnings_ += other.warnings_;
  other = Diagnostics(other.kept_per_code_max_);
}

}  // namespace mozu
