// rooms: reports
// Any text as a report: every span lies inside it and on character borders, nothing is lost or doubled, and the renderings are valid.
#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "mozu/base/text.hpp"
#include "mozu/reports/render.hpp"

namespace {

using namespace mozu::reports;

void check(bool holds, const char* what) {
  if (holds) return;
  fmt::print(stderr, "{}\n", what);
  std::abort();
}

const Dictionary& dictionary() {
  static const Dictionary d({{EntityKind::actor, "G9001", "Example Bear", {"APT-99", "Royal", "熊"}},
                             {EntityKind::malware, "S9001", "EvilLoader", {"Play", "Evil"}},
                             {EntityKind::malware, "", "Evil", {}},
                             {EntityKind::tool, "S9003", "Reg", {}},
                             {EntityKind::technique, "T1566.001", "Spearphishing Attachment", {}}});
  return d;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ReportText report;
  report.text.assign(reinterpret_cast<const char*>(data), size);
  report.title = title_of(report.text);
  report.pages = {{0, 1}, {size / 2, 2}};
  if (size > 20) report.links = {{0, size / 3, report.text.substr(0, size / 3)}, {size / 2, size + 9, "https://blog.test/" + report.text.substr(size / 2)}};
  ExtractOptions options;
  options.every_mention = size % 2 == 1;
  const Findings found = extract(report, dictionary(), options);
  const bool utf8 = mozu::is_utf8(report.text);
  std::set<std::pair<FindingType, std::string>> seen;
  for (const auto& f : found.findings) {
    check(f.begin <= f.end && f.end <= report.text.size(), "a span leaves the text");
    check(f.context.size() <= context_bytes_max && !f.value.empty() && f.confidence >= 0 && f.confidence <= 1, "a finding is out of bounds");
    if (utf8) check(mozu::is_utf8(report.text.substr(f.begin, f.end - f.begin)) && mozu::is_utf8(f.context), "a span or context cuts a character");
    if (!options.every_mention) check(seen.emplace(f.type, f.value).second, "a value is found twice");
  }
  const ReportFile file{"report", std::string(64, '0')};
  const std::string json = render_json(file, report, found), stix = render_stix(file, report, found, mozu::Timestamp{});
  check(mozu::is_utf8(json) && mozu::is_utf8(stix), "a rendering is no UTF-8");
  check(!render_text(file, report, found, false).empty(), "nothing for people");
  return 0;
}
