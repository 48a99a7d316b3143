// For people at a terminal: what was seen first, then why it matters, then who did it. Everything that comes from a log or a feed
// goes through printable(), so that hostile text cannot move the cursor or hide.
#include <fmt/core.h>

#include "detection_render.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats::detail {
namespace {

constexpr std::size_t columns = 100;

struct Palette {
  std::string_view reset, dim, bad, kind, feed, strong;
};
constexpr Palette plain_palette{};
constexpr Palette ansi_palette{"\x1b[0m", "\x1b[2m", "\x1b[1;31m", "\x1b[36m", "\x1b[33m", "\x1b[1m"};

std::size_t width(std::string_view s) {
  std::size_t n = 0;
  for (const char c : s) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

/// An indented line of parts with " · " between them; continues below when a part would pass the last column.
class PartLine {
 public:
  PartLine(std::string& out, const Palette& p) : out_(out), palette_(p) {}
  ~PartLine() {
    if (used_ > 0) out_ += '\n';
  }
  PartLine(const PartLine&) = delete;
  PartLine& operator=(const PartLine&) = delete;

  void add(std::string_view text, std::string_view colour = {}) {
    if (text.empty()) return;
    const std::size_t w = width(text);
    if (used_ > 0 && used_ + 3 + w > columns) {
      out_ += '\n';
      used_ = 0;
    }
    if (used_ == 0) {
      out_ += "    ";
      used_ = 4;
    } else {
      out_.append(palette_.dim).append(" · ").append(palette_.reset);
      used_ += 3;
    }
    out_.append(colour).append(text);
    if (!colour.empty()) out_.append(palette_.reset);
    used_ += w;
  }

 private:
  std::string& out_;
  const Palette& palette_;
  std::size_t used_ = 0;
};

std::string relation_words(const intel::Detection& d) {
  const std::string value = printable(d.indicator_value);
  switch (d.relation) {
    case intel::Relation::exact: return "listed";
    case intel::Relation::subdomain: return "subdomain of " + value;
    case intel::Relation::url_host: return "host of a URL, listed as " + value;
    case intel::Relation::email_host: return "host of an e-mail address, listed as " + value;
    case intel::Relation::range: return "inside " + value;
    case intel::Relation::mask: return "covered by " + value;
  }
  return {};
}

void write_reason(std::string& out, const intel::Detection& d, const Palette& p) {
  PartLine line(out, p);
  line.add(relation_words(d));
  line.add(printable(joined(d.feeds, ", ", 120)), p.feed);
  if (d.confidence != 0) line.add(fmt::format("confidence {}", d.confidence));
  line.add(intel::name(d.tlp));
  line.add(printable(joined(d.labels, ", ", 120)));
}

void write_event(std::string& out, const intel::Detection& d, const Palette& p) {
  const auto& e = d.event;
  PartLine line(out, p);
  if (!e.source.empty() && !e.destination.empty()) line.add(printable(e.source, 80) + " → " + printable(e.destination, 80));
  else if (!e.source.empty()) line.add("from " + printable(e.source, 80));
  else if (!e.destination.empty()) line.add("to " + printable(e.destination, 80));
  if (!e.user.empty()) line.add("user " + printable(e.user, 80));
  if (!e.field.empty()) line.add("field " + printable(e.field, 80));
  if (!e.format.empty() && e.format != "plain") line.add(printable(e.format, 40), p.dim);
}

void write_context(std::string& out, const intel::Detection& d, const Palette& p) {
  constexpr std::size_t shown_max = 3;
  PartLine line(out, p);
  for (const std::string_view name :
       {"threat", "malware", "actor", "campaign", "category", "attack", "port", "first_seen", "last_seen", "description", "reference"}) {
    const auto values = context_values(d, name);
    for (std::size_t i = 0; i < values.size() && i < shown_max; ++i) line.add(fmt::format("{}: {}", name, printable(values[i], columns - 20)));
  }
}

}  // namespace

void write_detection_text(std::string& out, const intel::Detection& d, bool colour) {
  const Palette& p = colour ? ansi_palette : plain_palette;
  const bool suppressed = !d.suppressed.empty();
  if (d.event.time) out.append(p.dim).append(format_time(*d.event.time)).append(p.reset).append("  ");
  out.append(p.strong).append(printable(d.source)).append(p.reset);
  out.append(p.dim).append(fmt::format(":{}:{}", d.line, d.offset + 1)).append(p.reset).append("  ");
  const std::string_view algorithm = intel::hash_algorithm(d.observable.type);
  out.append(p.kind).append(intel::stix_type(d.observable.type)).append(algorithm.empty() ? "" : " ").append(algorithm).append(p.reset) += ' ';
  out.append(suppressed ? p.dim : p.bad).append(printable(d.observable.value, 400)).append(p.reset) += '\n';
  if (suppressed) {
    PartLine line(out, p);
    line.add("suppressed: " + printable(d.suppressed), p.dim);
  }
  write_reason(out, d, p);
  write_event(out, d, p);
  write_context(out, d, p);
}

}  // namespace mozu::formats::detail
