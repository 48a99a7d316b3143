// The only file of the room that sees toml++.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <fmt/core.h>

#include <algorithm>

#include "mozu/base/text.hpp"
#include "mozu/publications/file_form.hpp"

namespace mozu::publications {
namespace {

constexpr std::string_view fence = "+++";
constexpr std::string_view keys_allowed =
    "slug, kind, tlp, date, geography, sectors, actors, malware, campaigns, [title], [[technique]], [[reference]], [[attachment]]";

std::unexpected<Diagnostic> bad(const std::string& file, std::uint64_t line, std::string what, std::string hint = {}) {
  return fail(Diagnostic{Severity::error, "publication-file", std::move(what), {file, line, {}}, std::move(hint)});
}

/// Front matter and sections. `head_line` and `Section::line`: of their first line.
struct Section {
  std::string_view language, part, text;
  std::uint64_t line = 0;
};
struct Parts {
  std::string_view head;
  std::vector<Section> sections;
};

Result<Section> section_of(std::string_view marker, std::uint64_t line, const std::string& file) {
  const auto words = trim(marker.substr(fence.size()));
  const auto blank = words.find(' ');
  Section s{words.substr(0, blank), blank == words.npos ? std::string_view() : trim(words.substr(blank)), {}, line};
  if (s.part != "summary" && s.part != "full")
    return bad(file, line, fmt::format("'{}' begins no section", printable(marker, 60)), "write `+++ en summary` or `+++ en full`");
  return s;
}

Result<Parts> take_apart(std::string_view text, const std::string& file) {
  Parts out;
  std::uint64_t number = 0;
  bool begun = false, head = true;
  std::size_t from = 0;
  const auto close = [&](std::size_t at) {
    if (head) out.head = text.substr(from, at - from);
    else out.sections.back().text = text.substr(from, at - from);
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto next = std::min(end + 1, text.size());
    ++number;
    if (!begun) {
      if (line != fence) return bad(file, number, "the first line is not `+++`", "a publication begins with its front matter in TOML, between lines of `+++`");
      begun = true;
      from = next;
    } else if (line == fence || line.starts_with("+++ ")) {
      if (line == fence && !head) return bad(file, number, "a line of `+++` stands within the texts", "a section begins with its name: `+++ en full`");
      close(at);
      if (line != fence) {
        MOZU_LET(out.sections.emplace_back(), section_of(line, number, file));
      } else {
        out.sections.push_back({{}, {}, {}, number});  // what stands before the first section
      }
      head = false;
      from = next;
    }
    at = next;
  }
  if (!begun) return bad(file, 1, "the file is empty");
  if (head) return bad(file, number, "the front matter has no end", "write the texts below lines like `+++ en summary`");
  close(text.size());
  for (const Section& s : out.sections)
    if (s.language.empty() && !trim(s.text).empty()) return bad(file, s.line + 1, "text stands before the first section", "write `+++ en summary` above it");
  std::erase_if(out.sections, [](const Section& s) { return s.language.empty(); });
  return out;
}

class FrontMatter {
 public:
  FrontMatter(const std::string& file, PublicationFile& out) : file_(file), out_(out) {}

  Status read(const toml::table& root) {
    Publication& p = out_.publication;
    for (const auto& [key, node] : root) {
      const std::string_view name = key.str();
      const auto* list = std::ranges::find(about_lists, name, &AboutList::member);
      if (list != about_lists.end()) MOZU_TRY(texts(name, node, p.*list->list));
      else if (name == "slug") MOZU_TRY(text(name, node, p.slug));
      else if (name == "kind") MOZU_TRY(text(name, node, p.kind));
      else if (name == "tlp") MOZU_TRY(tlp(node));
      else if (name == "date") MOZU_TRY(date(node));
      else if (name == "title") MOZU_TRY(titles(node));
      else if (name == "technique")
        MOZU_TRY(tables(name, node, {"id", "evidence"}, [&](const auto& v, auto) -> Status {
          p.techniques.push_back({v[0], v[1]});
          return {};
        }));
      else if (name == "reference")
        MOZU_TRY(tables(name, node, {"title", "url"}, [&](const auto& v, auto) -> Status {
          p.references.push_back({v[0], v[1]});
          return {};
        }));
      else if (name == "attachment") MOZU_TRY(tables(name, node, {"kind", "file"}, [&](const auto& v, auto line) { return attachment(v, line); }));
      else return bad(file_, line_of(node), fmt::format("\"{}\" is not known", printable(name, 60)), fmt::format("known are {}", keys_allowed));
    }
    return {};
  }
  const std::vector<std::pair<std::string, std::string>>& titles() const { return titles_; }

 private:
  const std::string& file_;
  PublicationFile& out_;
  std::vector<std::pair<std::string, std::string>> titles_;

  // The front matter begins in the file's second line.
  static std::uint64_t line_of(const toml::node& node) { return node.source().begin.line + 1; }

  Status text(std::string_view name, const toml::node& node, std::string& out) {
    const auto value = node.value_exact<std::string>();
    if (!value)
      return bad(file_, line_of(node), fmt::format("\"{}\" must be a text", printable(name, 60)), fmt::format("write {} = \"…\"", printable(name, 60)));
    out = *value;
    return {};
  }
  Status texts(std::string_view name, const toml::node& node, std::vector<std::string>& out) {
    const toml::array* list = node.as_array();
    if (list == nullptr) return bad(file_, line_of(node), fmt::format("\"{}\" must be a list of texts", name), fmt::format("write {} = [\"…\"]", name));
    for (const auto& item : *list) MOZU_TRY(text(name, item, out.emplace_back()));
    return {};
  }
  Status tlp(const toml::node& node) {
    std::string word;
    MOZU_TRY(text("tlp", node, word));
    const auto tlp = intel::parse_tlp(word);
    if (!tlp) return bad(file_, line_of(node), fmt::format("'{}' is no TLP marking", printable(word, 40)), "write clear, green, amber, amber+strict or red");
    out_.publication.tlp = *tlp;
    return {};
  }
  Status date(const toml::node& node) {
    if (const auto day = node.value_exact<toml::date>()) out_.publication.date = from_civil({day->year, day->month, day->day, 0, 0, 0, 0});
    else if (const auto word = node.value_exact<std::string>()) out_.publication.date = parse_time_iso(*word);
    if (!out_.publication.date || out_.publication.date->ms <= 0) return bad(file_, line_of(node), "\"date\" is no date", "write date = 2026-11-01");
    return {};
  }
  Status titles(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return bad(file_, line_of(node), "\"title\" must be a table, a language a line", "write [title] and below it en = \"…\"");
    for (const auto& [language, value] : *table) {
      std::string title;
      MOZU_TRY(text(language.str(), value, title));
      titles_.emplace_back(std::string(language.str()), std::move(title));
    }
    return {};
  }
  /// [[name]] tables of two texts, of which the second of a technique and the title of a reference may be absent.
  template <class Take>
  Status tables(std::string_view name, const toml::node& node, std::array<std::string_view, 2> keys, const Take& take) {
    const toml::array* list = node.as_array();
    if (list == nullptr) return bad(file_, line_of(node), fmt::format("\"{}\" must be tables", name), fmt::format("write [[{}]] above each", name));
    for (const auto& item : *list) {
      const toml::table* table = item.as_table();
      if (table == nullptr) return bad(file_, line_of(item), fmt::format("\"{}\" must be tables", name), fmt::format("write [[{}]] above each", name));
      std::array<std::string, 2> values;
      for (const auto& [key, value] : *table) {
        const auto known = std::ranges::find(keys, key.str());
        if (known == keys.end())
          return bad(file_, line_of(value), fmt::format("\"{}\" is not known in [[{}]]", printable(key.str(), 60), name),
                     fmt::format("known are {} and {}", keys[0], keys[1]));
        MOZU_TRY(text(key.str(), value, values[static_cast<std::size_t>(known - keys.begin())]));
      }
      MOZU_TRY(take(values, line_of(item)));
    }
    return {};
  }
  Status attachment(const std::array<std::string, 2>& v, std::uint64_t line) {
    const auto kind = attachment_kind_of(v[0]);
    if (!kind)
      return bad(file_, line, fmt::format("'{}' is no kind of attachment", printable(v[0], 40)), "kinds are indicators, yara, sigma, suricata, figure");
    if (v[1].empty() || v[1].find('/') != std::string::npos)
      return bad(file_, line, fmt::format("'{}' is no file beside the publication", printable(v[1], 80)), "name a file of the same folder");
    if (out_.files.size() >= attachments_max) return bad(file_, line, fmt::format("a publication has at most {} attachments", attachments_max));
    out_.files.push_back({*kind, v[1], line});
    return {};
  }
};

LanguageText& text_in(Publication& p, std::string_view language) {
  for (auto& t : p.texts)
    if (t.language == language) return t;
  p.texts.push_back({std::string(language), {}, {}, {}});
  return p.texts.back();
}

}  // namespace

Result<PublicationFile> parse_publication(std::string_view text, const std::string& name) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.size() > file_bytes_max) return bad(name, 0, fmt::format("the file has more than {}", human_bytes(file_bytes_max)), "attach long lists as files");
  if (!is_utf8(text)) return bad(name, 0, "the file is no UTF-8", "save it as UTF-8");
  MOZU_LET(const Parts parts, take_apart(text, name));
  if (const auto line = toml_line_too_deep(parts.head)) return bad(name, line + 1, "a key of too many parts");
  const toml::parse_result parsed = toml::parse(parts.head, name);
  if (!parsed)
    return bad(name, parsed.error().source().begin.line + 1, std::string(parsed.error().description()), "the front matter is TOML: texts stand in quotes");
  PublicationFile out;
  FrontMatter front(name, out);
  MOZU_TRY(front.read(parsed.table()));
  for (const Section& s : parts.sections) {
    LanguageText& t = text_in(out.publication, s.language);
    std::string& into = s.part == "summary" ? t.summary : t.full;
    if (!into.empty()) return bad(name, s.line, fmt::format("there are two sections `{} {}`", s.language, s.part));
    for (const char c : trim(s.text))
      if (c != '\r') into += c;
    into += '\n';
  }
  for (const auto& [language, title] : front.titles()) text_in(out.publication, language).title = title;
  if (auto shape = check_shape(out.publication); !shape) return fail(std::move(shape).error().at(name));
  return out;
}

}  // namespace mozu::publications
