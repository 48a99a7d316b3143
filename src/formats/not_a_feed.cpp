#include "not_a_feed.hpp"

#include <fmt/core.h>
#include <algorithm>
#include <array>

#include "json_head.hpp"
#include "mozu/base/text.hpp"
#include "type_words.hpp"

namespace mozu::formats {
namespace {

/// Calls f(line) for the first lines_max lines that are neither empty nor cut off at the head's end; f says when to stop.
template <class F>
void each_line(std::string_view head, std::size_t lines_max, F f) {
  while (!head.empty() && lines_max > 0) {
    const std::size_t lf = head.find('\n');
    const std::string_view line = trim(head.substr(0, lf));
    head.remove_prefix(lf == std::string_view::npos ? head.size() : lf + 1);
    if (line.empty()) continue;
    --lines_max;
    if (f(line)) return;
  }
}

bool is_binary(std::string_view head) {
  constexpr std::array<std::string_view, 8> magics{"MZ\x90",
                                                   "\x7f"
                                                   "ELF",
                                                   "%PDF-",
                                                   "\xd0\xcf\x11\xe0",
                                                   "\x89PNG",
                                                   "GIF8",
                                                   "\xff\xd8\xff",
                                                   "\xca\xfe\xba\xbe"};
  for (const auto magic : magics) {
    if (head.starts_with(magic)) return true;
  }
  // A few NULs are damage; more than one control byte in 20 is no text.
  const auto controls = std::count_if(head.begin(), head.end(), [](unsigned char c) { return (c < 0x20 && !is_space(c) && c != 0x1b) || c == 0x7f; });
  return static_cast<std::size_t>(controls) * 20 > head.size();
}

bool is_yara(std::string_view head) {
  bool rule = false, body = false, in_comment = false;
  each_line(head, 2000, [&](std::string_view line) {
    if (in_comment || line.starts_with("/*")) {
      in_comment = line.find("*/") == std::string_view::npos;
      return false;
    }
    while (line.starts_with("private ") || line.starts_with("global ")) line = trim(line.substr(line.find(' ')));
    if (line.starts_with("rule ") && line.size() > 5) rule = true;
    if (rule && (line.starts_with("condition:") || line.starts_with("strings:") || line.starts_with("meta:"))) body = true;
    if (!rule && !line.starts_with("//") && !line.starts_with("import ") && !line.starts_with("include ")) return true;
    return body;
  });
  return rule && body;
}

bool is_ids_rule(std::string_view line) {
  for (const std::string_view action : {"alert ", "drop ", "pass ", "reject ", "log "}) {
    const bool arrow = line.find(" -> ") != std::string_view::npos || line.find(" <> ") != std::string_view::npos;
    if (line.starts_with(action) && arrow && (line.find('(') != std::string_view::npos || line.ends_with('\\'))) return true;
  }
  return false;
}

bool is_ids_rules(std::string_view head) {
  std::size_t rules = 0, others = 0;
  bool continued = false;  // a rule may go on over lines that end with a backslash
  each_line(head, 200, [&](std::string_view line) {
    if (line.starts_with('#')) return false;
    if (!continued) ++(is_ids_rule(line) ? rules : others);
    continued = line.ends_with('\\');
    return false;
  });
  return rules > 0 && rules >= others;
}

std::optional<std::string_view> script(std::string_view head) {
  std::size_t python = 0, batch = 0, query = 0, make = 0, seen = 0;
  each_line(head, 60, [&](std::string_view line) {
    ++seen;
    python += (line.starts_with("import ") && line.find('"') == std::string_view::npos) || line.starts_with("def ") ||
              (line.starts_with("from ") && line.find(" import ") != std::string_view::npos) || line.starts_with("if __name__");
    batch += istarts_with(line, "@echo") || istarts_with(line, "function ") || line.starts_with("param(");
    query += istarts_with(line, "dataset = ") && line.find('|') != std::string_view::npos;
    query += istarts_with(line, "dataset =") || istarts_with(line, "| filter") || istarts_with(line, "| fields") || istarts_with(line, "| alter") ||
             istarts_with(line, "config case_sensitive") || istarts_with(line, "preset =") || istarts_with(line, "|filter") || istarts_with(line, "|fields");
    make += line.starts_with(".PHONY") || line.starts_with("$(");
    return false;
  });
  if (head.starts_with("#!")) return "a script";
  if (python >= 2) return "a Python script";
  if (batch >= 2) return "a script";
  if (query >= 2) return "a search query";
  if (make >= 1) return "a makefile";
  return std::nullopt;
}

/// A layer of the ATT&CK Navigator: JSON with "techniques" and a version of the layer format.
bool is_navigator_layer(std::string_view head) {
  return head.starts_with('{') && head.find("\"techniqueID\"") != std::string_view::npos &&
         (head.find("\"domain\"") != std::string_view::npos || head.find("\"versions\"") != std::string_view::npos ||
          head.find("\"version\"") != std::string_view::npos);
}

/// The list of ATT&CK releases and where they are found; its addresses are no indicators.
bool is_collection_index(std::string_view head) {
  return head.find("\"collections\"") != std::string_view::npos && head.find("\"x-mitre-collection--") != std::string_view::npos &&
         head.find("\"versions\"") != std::string_view::npos && head.find("\"objects\"") == std::string_view::npos;
}

/// Does the member say that the record is about a threat?
bool names_a_threat(const JsonHeadMember& m) {
  const std::string key = word_key(m.key);
  for (const std::string_view part :
       {"indicator", "ioc", "malware", "threat", "phish", "botnet", "malicious", "attack", "blacklist", "blocklist", "denylist", "killchain"}) {
    if (key.starts_with(part) || (part.size() > 3 && key.find(part) != std::string::npos)) return true;
  }
  for (const std::string_view name : {"c2", "cc", "cnc", "firstseen", "firstseenutc", "lastseen", "lastseenutc", "dateadded", "verdict", "confidence",
                                      "confidencelevel", "campaign", "actor", "mask", "tlp", "validuntil", "family"}) {
    if (key == name) return true;
  }
  // {"type": "ipv4", "value": …}
  const bool type = key == "type" || key == "kind" || key == "observabletype" || key == "attributetype";
  return type && m.kind == '"' && type_word(word_key(m.text)).has_value();
}

}  // namespace

std::optional<std::string_view> not_a_feed(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  if (trim(head).empty()) return "an empty file";
  if (head.starts_with(std::string_view("MOZUIDX\0", 8))) return "an index that `mozu index build` made";
  if (is_binary(head)) return "binary data";
  const std::string_view text = trim(head);
  if (text.starts_with('{') || text.starts_with('[')) {
    if (is_navigator_layer(text)) return "an ATT&CK Navigator layer";
    if (is_collection_index(text)) return "an index of ATT&CK collections";
    if (text.substr(0, 4096).find("\"$schema\"") != std::string_view::npos && text.find("json-schema.org/") != std::string_view::npos) return "a JSON schema";
    return std::nullopt;
  }
  if (is_yara(text)) return "a file of YARA rules";
  if (is_ids_rules(text)) return "a file of intrusion detection rules";
  return script(text);
}

std::optional<std::string_view> foreign_json(std::string_view head) {
  const std::string_view text = trim(head);
  if (!text.starts_with('{') && !text.starts_with('[')) return std::nullopt;
  JsonHead json;
  // Of many records one a line, or of an array, the first few tell; in wrappers ("data": {…}) they stand deeper.
  json.scan(text, 6, 400);
  if (json.root == '[' && json.element == '"') return std::nullopt;
  if (json.closed && json.members.empty() && json.after.empty()) return "an empty JSON document";
  if (std::any_of(json.members.begin(), json.members.end(), names_a_threat)) return std::nullopt;
  return "JSON that names no threats and is in no format that Mozu knows";
}

Diagnostic not_a_feed_diagnostic(std::string_view what) {
  return Diagnostic{Severity::error,
                    "not-a-feed",
                    fmt::format("this is {}, not a feed of indicators", what),
                    {},
                    "leave the file out, or name its format if it is a feed after all"};
}

}  // namespace mozu::formats
