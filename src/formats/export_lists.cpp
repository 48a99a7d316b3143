// Lists: CSV, one value a line, and rules of one language in one file.
#include <fmt/core.h>

#include <unordered_set>
#include <utility>

#include "export_values.hpp"
#include "mozu/base/csv_write.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"

namespace mozu::formats {
namespace {

/// Everything in it is text of others, be it a name or the value of a mutex.
std::string csv_cell(std::string_view s) {
  std::string out;
  append_csv_cell(out, s);
  return out;
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const auto& s : list) out += (out.empty() ? "" : " ") + s;
  return out;
}

/// A row a value; of objects without values one row.
class CsvTable final : public KnowledgeWriter {
 public:
  CsvTable(const ExportSettings&, ExportSink sink) : out_(std::move(sink)) {}
  Status put(const ExportObject& o) override {
    MOZU_TRY(begin());
    MOZU_LET(const auto element, parser_.parse(o.json, false));
    JsonObject object;
    if (element.get(object) != simdjson::SUCCESS) return {};
    ++written_;
    auto values = export_values(object);
    if (values.empty()) values.emplace_back();
    const auto rest = [&](std::string_view key) { return string_member(object, key); };
    const auto confidence = member(object, "confidence");
    const auto revoked = member(object, "revoked");
    for (const auto& v : values)
      MOZU_TRY(out_.write(fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_cell(v.value), csv_cell(v.property), o.type,
                                      csv_cell(rest("name")), csv_cell(joined(export_labels(object))), confidence ? scalar_text(*confidence) : "",
                                      intel::name(o.tlp), csv_cell(rest("valid_from")), csv_cell(rest("valid_until")), csv_cell(rest("created")),
                                      csv_cell(rest("modified")), revoked && as_bool(*revoked).value_or(false) ? "true" : "", csv_cell(o.source),
                                      csv_cell(rest("pattern_type")), csv_cell(o.id), csv_cell(rest("description")))));
    return {};
  }
  Status end() override {
    MOZU_TRY(begin());
    return out_.flush();
  }

 private:
  Status begin() {
    if (std::exchange(begun_, true)) return {};
    return out_.write("value,property,type,name,labels,confidence,tlp,valid_from,valid_until,created,modified,revoked,source,pattern_type,id,description\n");
  }
  ExportOutput out_;
  JsonParser parser_;
  bool begun_ = false;
};

std::string comment_header(const ExportSettings& s, std::string_view mark) {
  return fmt::format("{0} {1}\n{0} {2}\n{0} {3}\n", mark, printable(s.title, 200), tlp_line(s.tlp), format_time(s.now));
}

class PlainList final : public KnowledgeWriter {
 public:
  PlainList(const ExportSettings& settings, ExportSink sink) : settings_(settings), out_(std::move(sink)) {}
  Status put(const ExportObject& o) override {
    MOZU_TRY(begin());
    MOZU_LET(const auto element, parser_.parse(o.json, false));
    JsonObject object;
    bool any = false;
    if (element.get(object) == simdjson::SUCCESS)
      for (const auto& v : export_values(object)) {
        // A value that holds a line end would be two.
        if (v.value.find_first_of("\r\n") != std::string::npos) continue;
        any = true;
        if (seen_.insert(xxh3_64(v.value)).second) MOZU_TRY(out_.write(v.value + '\n'));
      }
    ++(any ? written_ : left_out_);
    return {};
  }
  Status end() override {
    MOZU_TRY(begin());
    return out_.flush();
  }

 private:
  Status begin() { return std::exchange(begun_, true) ? Status() : out_.write(comment_header(settings_, "#")); }
  ExportSettings settings_;
  ExportOutput out_;
  JsonParser parser_;
  std::unordered_set<std::uint64_t> seen_;
  bool begun_ = false;
};

/// YARA: a rule's name only once. Sigma: documents of one YAML stream. Suricata: a rule a line.
class RuleBundle final : public KnowledgeWriter {
 public:
  RuleBundle(std::string language, const ExportSettings& settings, ExportSink sink)
      : language_(std::move(language)),
        settings_(settings),
        out_(std::move(sink)) {}
  Status put(const ExportObject& o) override {
    MOZU_TRY(begin());
    MOZU_LET(const auto element, parser_.parse(o.json, false));
    JsonObject object;
    if (element.get(object) != simdjson::SUCCESS || !is_mine(string_member(object, "pattern_type"))) return ++left_out_, Status();
    std::string text(trim(string_member(object, "pattern")));
    if (language_ == "yara" && !names_.is_new(text)) return ++left_out_, Status();
    if (text.empty() || !seen_.insert(xxh3_64(text)).second) return ++left_out_, Status();
    ++written_;
    if (language_ == "sigma") MOZU_TRY(out_.write(text.starts_with("---") ? "" : "---\n"));
    return out_.write(text + (language_ == "suricata" ? "\n" : "\n\n"));
  }
  Status end() override {
    MOZU_TRY(begin());
    return out_.flush();
  }

 private:
  /// YARA refuses two rules of one name in one file.
  struct Names {
    std::unordered_set<std::string> known;
    bool is_new(std::string_view text) {
      const auto at = text.find("rule ");
      if (at == std::string_view::npos) return false;
      auto name = trim(text.substr(at + 5));
      name = name.substr(0, name.find_first_of(" \t\r\n:{"));
      return known.emplace(name).second;
    }
  };
  bool is_mine(std::string_view type) const { return type == language_ || (language_ == "suricata" && type == "snort"); }
  Status begin() { return std::exchange(begun_, true) ? Status() : out_.write(comment_header(settings_, language_ == "yara" ? "//" : "#") + "\n"); }

  std::string language_;
  ExportSettings settings_;
  ExportOutput out_;
  JsonParser parser_;
  Names names_;
  std::unordered_set<std::uint64_t> seen_;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<KnowledgeWriter> make_csv_table(const ExportSettings& s, ExportSink sink) { return std::make_unique<CsvTable>(s, std::move(sink)); }
std::unique_ptr<KnowledgeWriter> make_plain_list(const ExportSettings& s, ExportSink sink) { return std::make_unique<PlainList>(s, std::move(sink)); }
std::unique_ptr<KnowledgeWriter> make_rule_bundle(std::string_view language, const ExportSettings& s, ExportSink sink) {
  return std::make_unique<RuleBundle>(std::string(language), s, std::move(sink));
}

}  // namespace mozu::formats
