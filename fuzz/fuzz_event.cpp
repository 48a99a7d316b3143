// rooms: match intel base
// Lines of any shape: the parser gives valid fields, the same ones again, and field names for every byte; headers stay bounded.
// The input is a log: header lines (#…) and others, parted by LF.
#include <cstdint>
#include <string_view>

#include "fuzz/check.hpp"
#include "mozu/base/text.hpp"
#include "mozu/match/event.hpp"

using mozu::fuzz::check;

namespace {

void examine(mozu::match::EventParser& parser, std::string_view line, const mozu::match::HeaderState& header) {
  const mozu::intel::EventFields first = parser.parse(line, header);
  check(!first.format.empty());
  check(first.source.size() <= 600 && first.destination.size() <= 600 && first.user.size() <= 600);
  const std::size_t step = line.size() / 16 + 1;
  for (std::size_t at = 0; at < line.size(); at += step) check(parser.field_at(at, 1).size() <= 1024);
  check(parser.field_at(line.size() + 10, 5).empty());
  const mozu::intel::EventFields& again = parser.parse(line, header);
  check(again.format == first.format && again.time == first.time && again.source == first.source && again.destination == first.destination &&
        again.user == first.user);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static mozu::match::EventParser parser({}, mozu::Timestamp{1'795'341'600'000});
  static mozu::match::EventParser profiled(
      [] {
        mozu::match::SourceProfile p;
        p.time_field = "a.t";
        p.source_field = "src";
        p.rename["query"] = "q";
        p.only_fields = {"q"};
        p.default_year = 2020;
        p.offset_minutes = -570;
        return p;
      }(),
      mozu::Timestamp{1'795'341'600'000});
  mozu::match::HeaderState header;
  for (const std::string_view line : mozu::split({reinterpret_cast<const char*>(data), size}, '\n')) {
    if (line.starts_with('#')) {
      const mozu::match::HeaderState before = header;
      check(mozu::match::update_header(header, line) == (before != header));
      check(header.fields.size() <= 4096);
    }
    examine(parser, line, header);
    examine(profiled, line, header);
  }
  return 0;
}
