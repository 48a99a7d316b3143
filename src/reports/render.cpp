#include "mozu/reports/render.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"

namespace mozu::reports {
namespace {

/// Byte offsets → code points, for ascending and other questions alike.
class CharacterCounter {
 public:
  explicit CharacterCounter(std::string_view text) : text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (i % step == 0) marks_.push_back(count_);
      count_ += (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    }
    marks_.push_back(count_);
  }
  std::uint64_t at(std::size_t offset) const {
    offset = std::min(offset, text_.size());
    std::size_t i = offset / step * step;
    std::uint64_t n = i / step < marks_.size() ? marks_[i / step] : count_;
    for (; i < offset; ++i) n += (static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80;
    return n;
  }

 private:
  static constexpr std::size_t step = 64;
  std::string_view text_;
  std::vector<std::uint64_t> marks_;
  std::uint64_t count_ = 0;
};

std::string bold(std::string_view s, bool colour) { return colour ? fmt::format("\x1b[1m{}\x1b[0m", s) : std::string(s); }
std::string dim(std::string_view s, bool colour) { return colour ? fmt::format("\x1b[2m{}\x1b[0m", s) : std::string(s); }

std::string one_line(const Finding& f, std::size_t width) {
  std::string value = f.value;
  if (const auto nl = value.find('\n'); nl != std::string::npos) value.resize(nl);
  value = printable(value, 200);
  if (!f.name.empty() && f.name != f.value) value += "  " + printable(f.name, 80);
  if (value.size() < width) value.resize(width, ' ');
  return value;
}

void append_group(std::string& out, const std::vector<const Finding*>& group, bool colour, bool noise) {
  std::size_t width = 0;
  for (const auto* f : group) width = std::max(width, std::min<std::size_t>(one_line(*f, 0).size(), 64));
  for (const auto* f : group) {
    std::string note = noise ? fmt::format("{}: {}", name(f->noise), f->reason) : fmt::format("p. {}  {:.0f} %  {}", f->page, f->confidence * 100, f->reason);
    out += "  " + one_line(*f, width) + "  " + dim(printable(note, 160), colour) + "\n";
  }
}

}  // namespace

std::vector<std::pair<std::uint64_t, std::uint64_t>> character_spans(const ReportText& report, const Findings& findings) {
  const CharacterCounter characters(report.text);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
  for (const auto& f : findings.findings) out.emplace_back(characters.at(f.begin), characters.at(f.end));
  return out;
}

void write_finding(JsonWriter& w, const Finding& f, const std::pair<std::uint64_t, std::uint64_t>& span) {
  w.field("type", name(f.type)).field("value", f.value).key("span").begin_array().value(span.first).value(span.second).end_array();
  w.field("page", static_cast<std::uint64_t>(f.page))
      .field("context", f.context)
      .field("confidence", std::round(f.confidence * 100) / 100)
      .field("reason", f.reason)
      .key("noise");
  if (f.noise == Noise::none) w.null();
  else w.value(name(f.noise));
}

std::string render_json(const ReportFile& file, const ReportText& report, const Findings& findings) {
  const auto spans = character_spans(report, findings);
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("file", file.file).field("sha256", file.sha256).field("title", report.title).key("findings").begin_array();
  for (std::size_t i = 0; i < spans.size(); ++i) {
    w.begin_object();
    write_finding(w, findings.findings[i], spans[i]);
    w.end_object();
  }
  w.end_array().end_object();
  out += '\n';
  return out;
}

std::string render_text(const ReportFile& file, const ReportText& report, const Findings& findings, bool colour) {
  std::string out = bold(printable(report.title.empty() ? file.file : report.title, 160), colour) + "\n" +
                    dim(fmt::format("{}  sha256 {}", printable(file.file), file.sha256), colour) + "\n";
  std::map<FindingType, std::vector<const Finding*>> good, noise;
  for (const auto& f : findings.findings) {
    if (f.type == FindingType::url && f.noise == Noise::reference) continue;  // shown as a reference
    (f.noise == Noise::none ? good : noise)[f.type].push_back(&f);
  }
  for (const auto& [type, group] : good) {
    out += "\n" + bold(fmt::format("{} ({})", name(type), group.size()), colour) + "\n";
    append_group(out, group, colour, false);
  }
  if (good.empty()) out += "\nnothing found\n";
  if (noise.empty()) return out;
  out += "\n" + bold("no indicators, though they look like it", colour) + "\n";
  for (const auto& [type, group] : noise) append_group(out, group, colour, true);
  return out;
}

}  // namespace mozu::reports
