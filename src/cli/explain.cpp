#include "explain.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mozu/base/json_write.hpp"
#include "mozu/base/text.hpp"
#include "mozu/live/refang.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

constexpr std::size_t shown_bytes_max = 400;

std::string as_json(const match::LineExplanation& e) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("json_decoded", e.json_decoded);
  if (!e.decoded.empty()) w.field("text", e.decoded);
  w.key("tokens").begin_array();
  for (const auto& t : e.tokens) {
    w.begin_object().field("offset", t.offset).field("length", t.length).field("type", intel::short_name(t.observable.type)).field("value", t.observable.value);
    if (!t.note.empty()) w.field("note", t.note);
    w.key("probes").begin_array();
    for (const auto& p : t.probes) w.begin_object().field("key", p.key).field("outcome", p.outcome).end_object();
    w.end_array().end_object();
  }
  w.end_array().key("hits").begin_array();
  for (const auto& h : e.hits) {
    w.begin_object()
        .field("offset", h.offset)
        .field("length", h.length)
        .field("relation", intel::name(h.relation))
        .field("kind", intel::short_name(h.kind))
        .field("indicator", h.indicator);
    w.key("feeds").begin_array();
    for (const auto& f : h.feeds) w.value(f);
    w.end_array().field("outcome", h.outcome).end_object();
  }
  w.end_array().end_object();
  return out + "\n";
}

std::string as_text(const match::LineExplanation& e, const std::string& line, bool has_index, bool colour) {
  std::string out = fmt::format("{}  {}\n", bold("line", colour), printable(line, shown_bytes_max));
  if (e.json_decoded) out += "      valid JSON: string escapes are decoded before tokens are looked for\n";
  if (!e.decoded.empty()) out += fmt::format("{}  {}\n", bold("text", colour), printable(e.decoded, shown_bytes_max));
  if (e.tokens.empty()) out += "no token: nothing in this line is an address, name, URL, e-mail address or hash\n";
  for (const auto& t : e.tokens) {
    out += fmt::format("\n{} {}", bold(intel::short_name(t.observable.type), colour), printable(t.observable.value, shown_bytes_max));
    out += dim(fmt::format("  at {}, {} bytes", t.offset, t.length), colour);
    out += fmt::format("\n  raw    {}\n", printable(std::string_view(line).substr(std::min<std::size_t>(t.offset, line.size()), t.length), shown_bytes_max));
    if (!t.note.empty()) out += fmt::format("  note   {}\n", printable(t.note, shown_bytes_max));
    Table probes("ll");
    for (const auto& p : t.probes) {
      const bool found = p.outcome.starts_with("found");
      probes.row({printable(p.key, shown_bytes_max), found ? yellow(p.outcome, colour) : dim(p.outcome, colour)});
    }
    if (!probes.empty()) out += probes.text(colour, "  probe  ");
  }
  if (!e.hits.empty()) {
    out += fmt::format("\n{}\n", bold("what was found", colour));
    for (const auto& h : e.hits) {
      out += fmt::format("  {} {} ({}, at {})", intel::short_name(h.kind), printable(h.indicator, shown_bytes_max), intel::name(h.relation), h.offset);
      if (!h.feeds.empty()) out += fmt::format(" of {}", printable(fmt::format("{}", fmt::join(h.feeds, ", ")), shown_bytes_max));
      out += fmt::format(": {}\n", h.outcome == "detection" ? yellow(h.outcome, colour) : printable(h.outcome, shown_bytes_max));
    }
  }
  if (!has_index) out += "\nno index given: nothing was looked up; add --index FILE or --feed FILE\n";
  return out;
}

}  // namespace

int explain_line(const std::shared_ptr<const match::Index>& index, const std::string& line, const match::ScanOptions& options, bool defanged, bool json) {
  live::Refanged refanged;
  const bool changed = defanged && refanged.refang(line);
  auto explanation = match::explain(index, changed ? std::string(refanged.text()) : line, options);
  if (changed) {
    // As in a scan, places are those of the line as it was given.
    const auto locate = [&refanged](auto& part) {
      const auto end = refanged.raw_end(part.offset + part.length);
      part.offset = refanged.raw_begin(part.offset);
      part.length = end - part.offset;
    };
    std::ranges::for_each(explanation.tokens, locate);
    std::ranges::for_each(explanation.hits, locate);
    if (explanation.decoded.empty()) explanation.decoded = refanged.text();
  }
  return finish_stdout(json ? as_json(explanation) : as_text(explanation, line, index != nullptr, stdout_colour()), exit_done);
}

}  // namespace mozu::cli
