// rooms: formats intel base
// Detections with hostile text in every part: each rendering is valid UTF-8, one line where the format has one, and holds no
// control bytes that the format does not define. The input's parts, cut at NUL, become the parts of a detection.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/detection_writer.hpp"

using mozu::fuzz::check;

namespace {

mozu::intel::Detection build(std::string_view text) {
  const auto parts = mozu::split(text, '\0');
  std::size_t next = 0;
  const auto part = [&] { return std::string(parts[next++ % parts.size()]); };
  mozu::intel::Detection d;
  d.source = part();
  d.line = text.size();
  d.event = {part(), std::nullopt, part(), part(), part(), part()};
  if (text.size() % 2 == 0) d.event.time = mozu::Timestamp{static_cast<std::int64_t>(text.size()) * 1'234'567'891};
  d.observable = {static_cast<mozu::intel::ObservableType>(text.size() % mozu::intel::observable_type_count), part()};
  d.relation = static_cast<mozu::intel::Relation>(text.size() % 6);
  d.indicator_kind = static_cast<mozu::intel::PatternKind>(text.size() % mozu::intel::pattern_kind_count);
  d.indicator_value = part();
  d.indicator_id = part();
  d.feeds = {part(), part()};
  d.labels = {part()};
  d.confidence = static_cast<std::uint8_t>(text.size() % 101);
  d.tlp = static_cast<mozu::intel::Tlp>(text.size() % 6);
  d.context = {{part(), {{part(), part()}, {part(), part()}, {"threat", part()}, {"reference", part()}}}};
  if (text.size() % 3 == 0) d.suppressed = part();
  return d;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using mozu::formats::DetectionFormat;
  const mozu::intel::Detection d = build({reinterpret_cast<const char*>(data), size});
  for (const auto format : {DetectionFormat::json, DetectionFormat::cef, DetectionFormat::leef, DetectionFormat::ecs, DetectionFormat::text}) {
    std::string out;
    mozu::formats::write_detection(out, d, format);
    check(mozu::is_utf8(out));
    check(out.ends_with('\n'));
    if (format != DetectionFormat::text) check(std::ranges::count(out, '\n') == 1);
    for (const char c : out) check(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || (c == '\t' && format == DetectionFormat::leef));
    if (format == DetectionFormat::json) check(out.starts_with("{\"source\":\"") && out.ends_with("}\n"));
  }
  return 0;
}
