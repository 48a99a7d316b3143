#include "wire_records.hpp"

#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"

namespace mozu::files {
namespace {

std::string_view cut(std::string_view s) { return utf8_prefix(s, field_bytes_max); }

}  // namespace

void put_number(std::string& out, std::uint64_t n, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(n >> (8 * i));
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto part : parts) {
    put_number(out, cut(part).size(), 4);
    out += cut(part);
  }
  return out;
}

std::string diagnostic_payload(const Diagnostic& d) {
  return joined({d.severity == Severity::error ? "e" : d.severity == Severity::warning ? "w" : "n", d.code, d.message, d.where.path, d.hint});
}

std::uint64_t Cursor::number(std::size_t bytes) {
  if (left_.size() < bytes) {
    good_ = false;
    left_ = {};
    return 0;
  }
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < bytes; ++i) n |= std::uint64_t{static_cast<unsigned char>(left_[i])} << (8 * i);
  left_.remove_prefix(bytes);
  return n;
}

std::string_view Cursor::piece(std::uint64_t bytes) {
  if (left_.size() < bytes) {
    good_ = false;
    left_ = {};
    return {};
  }
  const auto p = left_.substr(0, bytes);
  left_.remove_prefix(bytes);
  return p;
}

std::string Cursor::field() {
  const auto length = number(4);
  if (length > field_bytes_max) good_ = false;
  const auto p = piece(length);
  if (!is_utf8(p) || p.find('\0') != p.npos) good_ = false;
  return std::string(p);
}

Diagnostic read_diagnostic(Cursor& in) {
  Diagnostic d;
  const auto severity = in.field();
  d.severity = severity == "e" ? Severity::error : severity == "w" ? Severity::warning : Severity::note;
  d.code = in.field();
  d.message = in.field();
  d.where.path = in.field();
  d.hint = in.field();
  return d;
}

std::unexpected<Diagnostic> odd_answer() {
  return fail("cell-answer", "the worker gave an answer that is none", "the file may have taken the worker over; treat it as hostile");
}

}  // namespace mozu::files
