#include "mozu/publications/page.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "mozu/base/base64.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/intel/defang.hpp"
#include "mozu/intel/subject_words.hpp"
#include "mozu/publications/markdown.hpp"
#include "page_style.hpp"
#include "page_words.hpp"

namespace mozu::publications {
namespace {

std::string text(std::string_view s) { return escape_xml(s); }

/// At most so many characters, at a character's border.
std::string cut(std::string_view s, std::size_t characters) {
  std::size_t at = 0, count = 0;
  while (at < s.size() && count < characters) {
    ++at;
    while (at < s.size() && (static_cast<unsigned char>(s[at]) & 0xc0) == 0x80) ++at;
    ++count;
  }
  return at == s.size() ? std::string(s) : std::string(s.substr(0, at)) + "…";
}
std::size_t characters_of(std::string_view s) {
  return static_cast<std::size_t>(std::ranges::count_if(s, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// Lines and points beside the title, the same for the same publication.
std::string pattern(std::string_view id) {
  std::string out =
      "<svg class=\"pattern\" viewBox=\"0 0 210 297\" preserveAspectRatio=\"xMidYMid slice\" aria-hidden=\"true\"><rect width=\"210\" height=\"297\" "
      "fill=\"#121c27\"/>"
      "<path d=\"M0 297V236L210 178V297z\" fill=\"#182636\"/><path d=\"M0 297V268L210 222V297z\" fill=\"#1d3047\"/>";
  std::uint64_t seed = xxh3_64(id);
  const auto next = [&](unsigned below) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<unsigned>((seed >> 33) % below);
  };
  std::vector<std::pair<unsigned, unsigned>> points;
  for (int i = 0; i < 26; ++i) points.emplace_back(88 + next(128), 8 + next(122));
  for (std::size_t i = 0; i < points.size(); ++i)
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      const auto dx = static_cast<double>(points[i].first) - points[j].first, dy = static_cast<double>(points[i].second) - points[j].second;
      if (dx * dx + dy * dy < 900)
        out += fmt::format("<path d=\"M{} {}L{} {}\" stroke=\"#3b6ea5\" stroke-width=\".25\" opacity=\".55\"/>", points[i].first, points[i].second,
                           points[j].first, points[j].second);
    }
  for (const auto& [x, y] : points)
    out += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{}\" opacity=\".9\"/>", x, y, next(5) == 0 ? "1.7" : "0.9",
                       next(6) == 0 ? "#d9622b" : "#4f86c0");
  return out + "</svg>";
}

constexpr std::string_view bird =
    "<svg viewBox=\"0 0 32 32\" aria-hidden=\"true\"><rect width=\"32\" height=\"32\" rx=\"6\" fill=\"#2b3b4d\"/><path d=\"M6 17c1-6 6-9 11-8 4 1 5 4 9 4l-3 "
    "3c0 6-5 9-10 9l-6 3 3-5c-3-1-4-3-4-6z\" fill=\"#e8edf2\"/>"
    "<path d=\"M16 12.5l7 1.5\" stroke=\"#1d2733\" stroke-width=\"3\" stroke-linecap=\"round\"/><circle cx=\"18\" cy=\"13\" r=\"1.1\" fill=\"#e8edf2\"/></svg>";

class PageWriter {
 public:
  PageWriter(const PageInput& in, const LanguageText& text) : in_(in), text_(text), l_(language_of(text.language)), w_(words(l_)) {
    for (const auto& i : in.items) (is_rule_kind(i.kind) ? rules_ : indicators_).push_back(&i);
  }

  Result<std::string> write() {
    MOZU_LET(const std::string body, sections());
    const Published& p = in_.published;
    const RunningText running{cut(text_.title, 68), fmt::format("{} · {}", intel::kind_word(text_.language, p.kind), date_word(l_, p.published)), p.tlp};
    const std::string style = style_sheet(running);
    std::string out = fmt::format(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
        text(text_.language));
    out += fmt::format("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n", policy(style),
                       text(text_.title), style);
    out += cover();
    out += "<main>\n" + front() + body + "</main>\n</body>\n</html>\n";
    return out;
  }

  static std::string policy(std::string_view style) {
    const auto hash = sha256(std::as_bytes(std::span(style)));
    return fmt::format("default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
                       base64(std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size())));
  }

 private:
  const PageInput& in_;
  const LanguageText& text_;
  const Language l_;
  const Words& w_;
  std::vector<const PublishedItem*> indicators_, rules_;
  std::vector<Heading> contents_;
  std::size_t figures_bytes_ = 0;

  std::string mark() const {
    return in_.published.tlp == intel::Tlp::none ? std::string() : fmt::format("<span class=\"mark\">{}</span>", intel::name(in_.published.tlp));
  }

  static std::string joined(const std::vector<std::string>& list) {
    std::string out;
    for (const auto& s : list) out += (out.empty() ? "" : ", ") + s;
    return out;
  }

  std::string cover() const {
    const Published& p = in_.published;
    std::string out = "<header class=\"cover\">\n" + pattern(p.id);
    out += fmt::format("<div class=\"top\"><span class=\"brand\">{}Mozu</span>{}</div>\n", bird, mark());
    out += fmt::format("<div class=\"middle\"><span class=\"kind\">{}</span><h1 id=\"cover\"{}>{}</h1><span class=\"part\">{}</span></div>\n",
                       text(intel::kind_word(text_.language, p.kind)), characters_of(text_.title) > (l_ == Language::ja ? 36U : 70U) ? " class=\"long\"" : "",
                       text(text_.title), in_.part == Part::summary ? w_.summary_part : w_.report_part);
    out += "<div><dl>";
    const auto entry = [&](std::string_view word, const std::string& value) {
      if (!value.empty()) out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", word, text(value));
    };
    entry(w_.published, date_word(l_, p.published));
    if (p.edition > 1) entry(w_.updated, date_word(l_, p.updated));
    if (p.edition > 1) entry(w_.edition, fmt::format("{}", p.edition));
    entry(w_.actors, cut(joined(p.actors), 90));
    entry(w_.sectors, cut(joined(intel::sector_words(text_.language, p.sectors)), 90));
    entry(w_.geography, cut(joined(intel::geography_words(text_.language, p.geography)), 90));
    return out + "</dl></div>\n</header>\n";
  }

  void glance(std::string& out, std::string_view word, const std::vector<std::string>& list) const {
    if (list.empty()) return;
    out += fmt::format("<dt>{}</dt><dd>", word);
    for (const auto& s : list) out += fmt::format("<span class=\"tag\">{}</span>", text(s));
    out += "</dd>";
  }

  /// What it is about, and the contents.
  std::string front() const {
    const Published& p = in_.published;
    std::string out = fmt::format("<section class=\"part\"><h1 class=\"section\" id=\"glance\">{}</h1>\n<ul class=\"figures\">", w_.at_a_glance);
    for (const auto& [count, word] :
         {std::pair{in_.publication.techniques.size(), w_.techniques}, {indicators_.size(), w_.indicators}, {rules_.size(), w_.rules}})
      out += fmt::format("<li><b>{}</b>{}</li>", with_commas(count), word);
    out += "</ul>\n<dl class=\"glance\">";
    glance(out, w_.actors, p.actors);
    glance(out, w_.malware, p.malware);
    glance(out, w_.campaigns, p.campaigns);
    glance(out, w_.sectors, intel::sector_words(text_.language, p.sectors));
    glance(out, w_.geography, intel::geography_words(text_.language, p.geography));
    out += fmt::format("</dl>\n<h2>{}</h2>\n<ol class=\"contents\">", w_.contents);
    for (const auto& h : contents_) {
      if (h.level > 3) continue;
      const auto page = in_.page_numbers.find(h.id);
      out += fmt::format("<li class=\"l{}\"><a href=\"#{}\"><span>{}</span><span class=\"page\">{}</span></a></li>", h.level, h.id, text(h.text),
                         page == in_.page_numbers.end() ? std::string("\u2007") : fmt::format("{}", page->second));
    }
    return out + "</ol></section>\n";
  }

  void open(std::string& out, std::string_view id, std::string_view title, bool flow = false) {
    contents_.push_back({1, std::string(id), std::string(title)});
    out += fmt::format("<section class=\"part{}{}\"><h1 class=\"section\" id=\"{}\">{}</h1>\n", flow ? " flow" : "", id == "about" ? " about" : "", id, title);
  }

  Result<std::string> sections() {
    std::string out;
    MOZU_TRY(prose(out, "summary", w_.summary, text_.summary));
    if (in_.part == Part::report && !trim(text_.full).empty()) MOZU_TRY(prose(out, "full", w_.report, text_.full));
    techniques(out);
    if (in_.part == Part::report) {
      indicators(out);
      rules(out);
      references(out);
    } else if (!indicators_.empty()) {
      open(out, "indicators", w_.indicators, true);
      out += chart() + fmt::format("<p class=\"note\">{}</p></section>\n", fmt::format(fmt::runtime(w_.all_indicators), with_commas(indicators_.size())));
    }
    about(out);
    return out;
  }

  Status prose(std::string& out, std::string_view id, std::string_view title, std::string_view markdown) {
    open(out, id, title);
    HtmlOptions options;
    options.id_prefix = std::string(id) + "-";
    Status trouble{};
    options.figure = [&](std::string_view name) { return figure(name, trouble); };
    MOZU_LET(const Html html, render_html(markdown, options));
    MOZU_TRY(trouble);
    contents_.insert(contents_.end(), html.contents.begin(), html.contents.end());
    out += html.html + "</section>\n";
    return {};
  }

  std::string figure(std::string_view name, Status& trouble) {
    const Attachment* a = in_.publication.attachment(name);
    if (a == nullptr || a->kind != AttachmentKind::figure || a->bytes > page_figures_bytes_max - figures_bytes_) return {};
    const auto bytes = in_.file(*a);
    if (!bytes) {
      trouble = std::unexpected(bytes.error());
      return {};
    }
    const auto type = picture_type(*bytes);
    if (type.empty()) return {};
    figures_bytes_ += bytes->size();
    return fmt::format("data:{};base64,{}", type, base64(*bytes));
  }

  void techniques(std::string& out) {
    const auto& list = in_.publication.techniques;
    if (list.empty()) return;
    open(out, "techniques", w_.techniques, true);
    out += fmt::format("<table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>\n", w_.technique, w_.evidence);
    for (const auto& t : list) {
      const auto known = in_.technique_names.find(t.id);
      out += fmt::format("<tr><td><span class=\"technique\">{}</span>{}</td><td>{}</td></tr>\n", text(t.id),
                         known == in_.technique_names.end() ? std::string() : fmt::format("<span class=\"name\">{}</span>", text(known->second)),
                         text(t.evidence));
    }
    out += "</tbody></table></section>\n";
  }

  /// How many of each type, the most first.
  std::string chart() const {
    std::map<std::string, std::size_t, std::less<>> counts;
    for (const auto* i : indicators_) ++counts[i->kind];
    std::vector<std::pair<std::string, std::size_t>> bars(counts.begin(), counts.end());
    std::ranges::stable_sort(bars, std::ranges::greater(), &std::pair<std::string, std::size_t>::second);
    std::string out = fmt::format("<figure class=\"chart\"><figcaption>{}</figcaption><svg viewBox=\"0 0 520 {}\" role=\"img\" aria-label=\"{}\">", w_.by_type,
                                  bars.size() * 22 + 2, w_.by_type);
    for (std::size_t i = 0; i < bars.size(); ++i) {
      const auto& [kind, count] = bars[i];
      const double width = std::max(2.0, 350.0 * static_cast<double>(count) / static_cast<double>(bars.front().second));
      const std::size_t y = i * 22 + 2;
      out += fmt::format(
          "<text x=\"0\" y=\"{}\">{}</text><rect x=\"112\" y=\"{}\" width=\"{:.1f}\" height=\"14\" rx=\"2\" fill=\"{}\"/><text x=\"{:.1f}\" y=\"{}\">{}</text>",
          y + 11, text(type_word(l_, kind)), y, width, i == 0 ? "#1a5aa3" : "#6d9bc9", 118 + width, y + 11, with_commas(count));
    }
    return out + "</svg></figure>\n";
  }

  void indicators(std::string& out) {
    if (indicators_.empty()) return;
    open(out, "indicators", w_.indicators);
    out += chart();
    auto shown = indicators_;
    std::ranges::stable_sort(shown, {}, [](const PublishedItem* i) { return std::pair<std::string_view, std::string_view>(i->kind, i->value); });
    if (shown.size() > page_indicators_max) shown.resize(page_indicators_max);
    out += fmt::format(
        "<p class=\"note\">{}</p>\n<div class=\"scroll\"><table class=\"dense\"><thead><tr><th scope=\"col\">{}</th><th "
        "scope=\"col\">{}</th></tr></thead><tbody>\n",
        w_.defanged, w_.type, w_.value);
    for (const auto* i : shown)
      out += fmt::format("<tr><td class=\"short\">{}</td><td class=\"mono\">{}</td></tr>\n", text(type_word(l_, i->kind)), text(intel::defanged(i->value)));
    out += "</tbody></table></div>\n";
    if (shown.size() < indicators_.size())
      out += fmt::format("<p>{}</p>\n", fmt::format(fmt::runtime(w_.more_indicators), with_commas(indicators_.size() - shown.size())));
    out += "</section>\n";
  }

  void rules(std::string& out) {
    if (rules_.empty()) return;
    open(out, "rules", w_.rules);
    std::size_t bytes = 0, left = 0;
    for (const auto* r : rules_) {
      if (bytes + r->value.size() > page_rules_bytes_max) {
        ++left;
        continue;
      }
      bytes += r->value.size();
      out += fmt::format("<h2>{} <span class=\"note\">{}</span></h2>\n<pre><code>{}</code></pre>\n", text(cut(r->name, 120)), text(type_word(l_, r->kind)),
                         text(r->value));
    }
    if (left > 0) out += fmt::format("<p>{}</p>\n", fmt::format(fmt::runtime(w_.more_rules), with_commas(left)));
    out += "</section>\n";
  }

  void references(std::string& out) {
    if (in_.publication.references.empty()) return;
    open(out, "references", w_.references, rules_.empty() && indicators_.empty());
    out += "<ol>";
    for (const auto& r : in_.publication.references) {
      const bool safe = istarts_with(r.url, "https://") || istarts_with(r.url, "http://");
      out += safe ? fmt::format("<li>{}<br><a href=\"{}\" rel=\"nofollow noopener noreferrer\">{}</a></li>", text(r.title), text(r.url), text(r.url))
                  : fmt::format("<li>{}</li>", text(r.title));
    }
    out += "</ol></section>\n";
  }

  void about(std::string& out) {
    const Published& p = in_.published;
    open(out, "about", w_.about, true);
    if (const auto sharing = sharing_word(l_, p.tlp); !sharing.empty()) out += fmt::format("<p>{} {}</p>", mark(), sharing);
    out += fmt::format("<p class=\"imprint\">{}</p></section>\n", fmt::format(fmt::runtime(w_.made_by), p.version, p.id));
  }
};

}  // namespace

std::string_view name(Part p) { return p == Part::summary ? "summary" : "report"; }
std::optional<Part> part_of(std::string_view name) {
  if (name == "summary") return Part::summary;
  if (name == "report") return Part::report;
  return std::nullopt;
}

std::string page_policy(std::string_view html) {
  const auto begin = html.find("<style>"), end = html.find("</style>");
  return PageWriter::policy(begin == html.npos || end == html.npos ? std::string_view() : html.substr(begin + 7, end - begin - 7)) + "; frame-ancestors 'none'";
}

Result<std::string> page_html(const PageInput& input) {
  const auto* text = input.publication.text(input.language);
  if (text == nullptr) return fail("absent", "the publication has no text");
  return PageWriter(input, *text).write();
}

}  // namespace mozu::publications
