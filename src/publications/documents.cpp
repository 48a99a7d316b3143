#include "mozu/publications/documents.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "mozu/base/text.hpp"
#include "mozu/base/zip_write.hpp"
#include "mozu/formats/knowledge_writer.hpp"
#include "mozu/publications/bundles.hpp"

namespace mozu::publications {
namespace {

constexpr std::size_t items_max = indicators_max + rules_max;

std::string indicators_json(const Published& p, const std::vector<PublishedItem>& items) {
  std::string out;
  JsonWriter w(out);
  w.begin_object().field("publication", p.id).field("title", p.title({})).field("tlp", intel::name(p.tlp)).key("indicators").begin_array();
  for (const auto& i : items)
    if (!is_rule_kind(i.kind))
      w.begin_object().field("id", i.id).field("type", i.kind).field("value", i.value).field("since", format_time(i.since)).end_object();
  w.end_array().end_object();
  return out + "\n";
}

/// A name that no system takes for a device.
std::string safe_name(const std::string& name) {
  constexpr std::array<std::string_view, 4> devices = {"con", "prn", "aux", "nul"};
  const std::string stem = fold(name.substr(0, name.find('.')));
  const bool numbered = stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && is_digit(static_cast<unsigned char>(stem[3]));
  return numbered || std::ranges::find(devices, stem) != devices.end() || name.ends_with('.') ? "_" + name + (name.ends_with('.') ? "_" : "") : name;
}

class Archive {
 public:
  Archive(Desk& desk, const intel::Viewer& v, const Published& p) : desk_(desk), v_(v), p_(p), zip_(p.updated, archive_bytes_max) {}

  Result<std::string> write(const PdfOf& pdf) {
    MOZU_LET(const Publication content, desk_.content(p_));
    for (const auto& text : content.texts)
      for (const Part part : {Part::summary, Part::report}) MOZU_TRY(document(content, text, part, pdf));
    MOZU_TRY(indicators());
    for (const Attachment& a : content.attachments) {
      if (a.kind == AttachmentKind::indicators) continue;  // they are there in canonical form
      MOZU_LET(const std::string bytes, desk_.file(p_.organisation, a));
      MOZU_TRY(add(fmt::format("{}/{}", a.kind == AttachmentKind::figure ? "figures" : "rules/attached", safe_name(a.name)), bytes));
    }
    return std::move(zip_).finish();
  }

 private:
  Desk& desk_;
  const intel::Viewer& v_;
  const Published& p_;
  ZipWriter zip_;

  Status add(const std::string& name, std::string_view bytes) { return zip_.add(fmt::format("{}/{}", p_.slug, name), bytes); }

  Status document(const Publication& content, const LanguageText& text, Part part, const PdfOf& pdf) {
    const std::string stem = fmt::format("{}/{}", text.language, name(part));
    MOZU_TRY(add(stem + ".md", fmt::format("# {}\n\n{}", text.title, part == Part::summary ? text.summary : text.full)));
    MOZU_LET(const std::string page, page_of(desk_, p_, content, part, text.language));
    MOZU_TRY(add(stem + ".html", page));
    MOZU_LET(const auto printed, pdf(part, text.language));
    return printed ? add(stem + ".pdf", *printed) : Status{};
  }

  Status indicators() {
    MOZU_LET(const auto items, desk_.items(v_, p_, items_max));
    IndicatorCsv csv;
    for (const auto& item : items) csv.add(item, p_.title({}));
    if (std::ranges::any_of(items, [](const auto& i) { return !is_rule_kind(i.kind); })) {
      MOZU_TRY(add("indicators/indicators.csv", std::move(csv).finish()));
      MOZU_TRY(add("indicators/indicators.json", indicators_json(p_, items)));
      for (const auto& [format, file] : {std::pair{"misp", "misp.json"}, {"openioc", "openioc.ioc"}})
        MOZU_TRY(written(format, std::string("indicators/") + file));
    }
    MOZU_TRY(written("stix", "stix.json"));
    for (const std::string_view kind : {"yara", "sigma", "suricata"})
      if (std::ranges::any_of(items, [&](const auto& i) { return i.kind == kind; }))
        MOZU_TRY(written(kind, fmt::format("rules/all.{}", kind == "yara" ? "yar" : kind == "sigma" ? "yml" : "rules")));
    return {};
  }

  Status written(std::string_view format, const std::string& file) {
    MOZU_LET(const std::string text, written_as(desk_, v_, p_, format));
    return add(file, text);
  }
};

}  // namespace

Result<std::string> page_of(Desk& desk, const Published& p, const Publication& content, Part part, std::string_view language, const PageNumbers& numbers) {
  const intel::Viewer eyes{p.organisation, std::max(p.tlp, intel::Tlp::clear), false};
  MOZU_LET(const auto items, desk.items(eyes, p, items_max));
  MOZU_LET(auto names, desk.technique_names(eyes, content));
  return page_html({p, content, language, part, items, [&](const Attachment& a) { return desk.file(p.organisation, a); }, std::move(names), numbers});
}

Result<std::string> written_as(Desk& desk, const intel::Viewer& v, const Published& p, std::string_view format) {
  std::string out;
  formats::ExportSettings settings;
  settings.title = p.title({});
  settings.tlp = p.tlp;
  settings.now = p.updated;  // the same publication is the same file
  const auto known = std::ranges::find(formats::export_formats(), format, &formats::ExportFormat::name);
  const auto writer = known == formats::export_formats().end() || known->folder
                          ? nullptr
                          : formats::make_knowledge_writer(format, settings, [&](std::string_view, std::string_view bytes) -> Status {
                              out += bytes;
                              return {};
                            });
  if (!writer) return fail("export-format", fmt::format("'{}' is no format", printable(format, 40)));
  MOZU_TRY(desk.each_object(v, p, [&](const store::StoredObject& o) { return writer->put({o.id, o.type, o.json, o.tlp, o.source}); }));
  MOZU_TRY(writer->end());
  return out;
}

Result<std::string> archive(Desk& desk, const intel::Viewer& v, const Published& p, const PdfOf& pdf) { return Archive(desk, v, p).write(pdf); }

}  // namespace mozu::publications
