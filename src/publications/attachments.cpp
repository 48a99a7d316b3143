#include "mozu/publications/attachments.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "mozu/base/json_read.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/yara.hpp"
#include "mozu/formats/feed.hpp"
#include "mozu/formats/knowledge.hpp"
#include "mozu/publications/picture.hpp"

namespace mozu::publications {
namespace {

void error(Diagnostics& diagnostics, std::string_view code, const std::string& file, std::string message, std::string hint = {},
           Severity severity = Severity::error) {
  diagnostics.add({severity, std::string(code), std::move(message), {file, 0, {}}, std::move(hint)});
}

/// Where an attachment must be whole, what a reader of feeds takes as a warning is an error.
void take_as_errors(Diagnostics&& read, Diagnostics& out, std::uint64_t refused, const std::string& file) {
  std::uint64_t told = 0;
  for (Diagnostic d : read.kept()) {
    if (d.severity == Severity::note) continue;
    d.severity = Severity::error;
    if (d.where.file.empty()) d.where.file = file;
    if (d.hint.find("--") != d.hint.npos) d.hint = "correct the row, or take it out";
    out.add(std::move(d));
    ++told;
  }
  if (refused > told) error(out, "attachment-rows", file, fmt::format("{} more rows were refused", refused - told));
}

Diagnostic too_many_rows(const std::string& name) {
  return {Severity::error,
          "attachment-too-large",
          fmt::format("'{}' has more than {} rows", name, with_commas(attachment_rows_max)),
          {},
          "take out what stands there twice"};
}

void read_indicators(const Attachment& a, std::string_view bytes, const KnownHarmless& harmless, Contents& out, Diagnostics& diagnostics) {
  formats::FeedSettings settings;
  settings.info.name = a.name;
  settings.whole = true;
  settings.rows_max = attachment_rows_max;
  formats::FeedStatistics statistics;
  Diagnostics read;
  std::set<std::pair<intel::PatternKind, std::string>> seen;
  for (const auto& p : out.indicators) seen.emplace(p.kind, p.value);
  std::size_t taken = 0;
  bool too_many = false;
  const auto sink = [&](const intel::Indicator& i) {
    ++taken;
    if (seen.contains({i.pattern.kind, i.pattern.value})) return;
    if (seen.size() >= indicators_max) {
      too_many = true;
      return;
    }
    seen.emplace(i.pattern.kind, i.pattern.value);
    out.indicators.push_back(i.pattern);
    if (const std::string list = harmless ? harmless(i.pattern.value) : std::string(); !list.empty())
      error(diagnostics, "known-harmless", a.name, fmt::format("'{}' stands in the warning list \"{}\"", printable(i.pattern.value, 100), printable(list, 100)),
            "take it out, or publish with the word that warnings are accepted", Severity::warning);
  };
  const Status done = formats::read_feed_memory(a.name, bytes, settings, Timestamp{}, sink, read, statistics);
  take_as_errors(std::move(read), diagnostics, statistics.refused + statistics.cut_off, a.name);
  if (statistics.rows > attachment_rows_max) return diagnostics.add(too_many_rows(a.name));
  if (!done) return diagnostics.add(Diagnostic(done.error()).at(a.name));
  if (taken == 0) error(diagnostics, "attachment-empty", a.name, "there is no indicator in it", "one value a line, or CSV, JSON, STIX, MISP, OpenIOC");
  if (too_many) error(diagnostics, "attachment-too-large", a.name, fmt::format("a publication has at most {} indicators", with_commas(indicators_max)));
}

void check_yara(const std::string& name, std::string_view rules, Diagnostics& diagnostics) {
  if (rules.size() > yara_bytes_max)
    return error(diagnostics, "attachment-too-large", name, fmt::format("YARA rules have at most {} a file", human_bytes(static_cast<double>(yara_bytes_max))));
  if (rules.find('\0') != rules.npos || !is_utf8(rules)) return error(diagnostics, "yara", name, "the rules are no UTF-8 text");
  if (trim(rules).empty()) return;  // "attachment-empty" says so
  files::check_yara(name, rules, diagnostics);
}

bool begins_a_line(std::string_view text, std::string_view word) {
  for (std::size_t at = 0; (at = text.find(word, at)) != text.npos; ++at)
    if (at == 0 || text[at - 1] == '\n') return true;
  return false;
}

void read_rules(const Attachment& a, std::string_view bytes, std::string_view format, Contents& out, Diagnostics& diagnostics) {
  formats::KnowledgeSettings settings;
  settings.format = format;
  settings.source = a.name;
  formats::KnowledgeStatistics statistics;
  Diagnostics read;
  simdjson::dom::parser parser;
  std::size_t taken = 0;
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& r : out.rules) seen.emplace(r.language, r.text);
  const auto sink = [&](intel::StixObject&& o) -> Status {
    JsonObject json;
    if (o.type != "indicator" || parser.parse(o.json).get(json) != simdjson::SUCCESS) return {};
    RuleText rule{std::string(string_member(json, "pattern_type")), std::string(string_member(json, "x_mozu_rule_name")),
                  std::string(string_member(json, "pattern"))};
    ++taken;
    if (format == "sigma" && !begins_a_line(rule.text, "detection:") && !begins_a_line(rule.text, "correlation:"))
      error(diagnostics, "sigma-rule", a.name, fmt::format("the rule \"{}\" detects nothing", printable(rule.name, 100)),
            "it needs `detection:` with a condition");
    if (out.rules.size() >= rules_max) return fail("attachment-too-large", fmt::format("a publication has at most {} rules", with_commas(rules_max)));
    if (seen.emplace(rule.language, rule.text).second) out.rules.push_back(std::move(rule));
    return {};
  };
  const Status done = formats::read_knowledge_memory(a.name, bytes, settings, sink, read, statistics);
  take_as_errors(std::move(read), diagnostics, statistics.refused + statistics.cut_off, a.name);
  if (!done) return diagnostics.add(Diagnostic(done.error()).at(a.name));
  if (taken == 0) error(diagnostics, "attachment-empty", a.name, "there is no rule in it");
}

}  // namespace

Status check_unpacked(AttachmentKind kind, const std::string& name, std::string_view bytes) {
  if (kind == AttachmentKind::figure) return {};
  const auto input = open_input_memory(name, bytes);
  std::string piece(std::size_t{64} << 10, '\0');
  std::uint64_t all = 0, lines = 0;
  for (;;) {
    auto member = input->next();
    if (!member || *member == nullptr) return {};  // what is damaged, its reader says
    for (;;) {
      const auto n = (*member)->read(piece);
      if (!n || *n == 0) break;
      all += *n;
      if (all > unpacked_bytes_max)
        return fail("attachment-too-large",
                    fmt::format("'{}' has more than {} unpacked", printable(name, 120), human_bytes(static_cast<double>(unpacked_bytes_max))));
      lines += static_cast<std::uint64_t>(std::count(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(*n), '\n'));
      if (lines > attachment_rows_max) return fail(too_many_rows(printable(name, 120)));
    }
  }
}

void read_attachment(const Attachment& a, std::string_view bytes, const KnownHarmless& harmless, Contents& out, Diagnostics& diagnostics) {
  if (const Status small = check_unpacked(a.kind, a.name, bytes); !small) return diagnostics.add(Diagnostic(small.error()).at(a.name));
  switch (a.kind) {
    case AttachmentKind::indicators: return read_indicators(a, bytes, harmless, out, diagnostics);
    case AttachmentKind::yara: {
      const auto before = diagnostics.errors();
      check_yara(a.name, bytes, diagnostics);
      if (diagnostics.errors() == before) read_rules(a, bytes, "yara", out, diagnostics);
      return;
    }
    case AttachmentKind::sigma: return read_rules(a, bytes, "sigma", out, diagnostics);
    case AttachmentKind::suricata: {
      const auto before = diagnostics.errors();
      read_rules(a, bytes, "suricata", out, diagnostics);
      if (diagnostics.errors() == before) check_suricata(a.name, bytes, diagnostics);
      return;
    }
    case AttachmentKind::figure:
      if (auto trouble = picture_trouble(bytes)) diagnostics.add(std::move(*trouble).at(a.name));
  }
}

}  // namespace mozu::publications
