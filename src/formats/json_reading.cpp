#include "json_reading.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu::formats {

std::optional<JsonElement> JsonReading::parse(std::string_view text, std::uint64_t line, const std::string& pointer, bool padded) {
  auto e = parser_.parse(text, padded);
  if (!e) {
    Diagnostic d = std::move(e).error();
    d.where.line = line;
    d.where.path = pointer;
    d.hint = "this element is left out, the others are kept";
    ++refusals_;
    out_.refuse(std::move(d));
    return std::nullopt;
  }
  repaired_ += parser_.repaired();
  return *e;
}

void JsonReading::refuse_break(const JsonPath& path, std::uint64_t line, std::string message, bool lost) {
  Diagnostic d;
  d.code = "json-broken";
  d.message = "broken JSON: " + std::move(message);
  d.where.line = line;
  d.where.path = json_pointer(path);
  ++refusals_;
  if (lost) {
    d.hint = "what was read before it is kept; fetch the feed again, for an unknown rest is missing";
    return out_.lose(std::move(d));
  }
  d.hint = "what was read before it is kept, and reading goes on after it";
  out_.refuse(std::move(d));
}

void JsonReading::note(Severity severity, std::string_view code, std::string message, std::string hint, std::uint64_t line, std::string path) {
  Diagnostic d{severity, std::string(code), std::move(message), {}, std::move(hint)};
  d.where.line = line;
  d.where.path = std::move(path);
  out_.note(std::move(d));
}

void JsonReading::finish() {
  if (repaired_ != 0)
    note(Severity::warning, "json-repaired",
         fmt::format("{} JSON {} held invalid UTF-8 or control characters; they were replaced", with_commas(repaired_),
                     repaired_ == 1 ? "element" : "elements"));
  repaired_ = 0;
}

PeekStream::PeekStream(ByteStream& in) : in_(in) {
  head_.resize(std::size_t{64} << 10);
  std::size_t n = 0;
  while (n < head_.size()) {
    const auto got = in_.read(std::span(head_).subspan(n));
    if (!got || *got == 0) break;  // an error comes again when the stream is read on
    n += *got;
  }
  head_.resize(n);
}

Result<std::size_t> PeekStream::read(std::span<char> out) {
  if (given_ == head_.size()) return in_.read(out);
  const std::size_t n = std::min(out.size(), head_.size() - given_);
  std::copy_n(head_.data() + given_, n, out.data());
  given_ += n;
  return n;
}

void JsonBacklog::add(const JsonPath& path, std::string_view text, std::uint64_t line, std::uint32_t tag) {
  Entry e{texts_.size(), text.size(), line, no_index, 0, tag};
  std::string prefix;
  if (!path.empty() && !path.back().is_key) {
    e.index = path.back().index;
    prefix = json_pointer(JsonPath(path.begin(), path.end() - 1));
  } else {
    prefix = json_pointer(path);
  }
  if (prefixes_.empty() || prefixes_.back() != prefix) prefixes_.push_back(std::move(prefix));
  e.prefix = static_cast<std::uint32_t>(prefixes_.size() - 1);
  texts_ += text;
  entries_.push_back(e);
}

}  // namespace mozu::formats
