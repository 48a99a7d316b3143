// EPSS scores: "cve,epss,percentile" below a line that names the model and the day; and the answers of FIRST's API, with the days before.
#include <fmt/core.h>

#include <charconv>
#include <string>
#include <system_error>

#include "knowledge_json.hpp"
#include "lines.hpp"
#include "mozu/base/text.hpp"
#include "vulnerability_note.hpp"

namespace mozu::formats {
namespace {

/// Decimal number from 0 to 1, as JSON may hold it.
bool is_probability(std::string_view s) {
  if (s.empty() || s.size() > 24 || !is_digit(static_cast<unsigned char>(s.front())) || (s.size() > 1 && s[0] == '0' && s[1] != '.' && s[1] != 'e'))
    return false;
  double v = 2;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  return error == std::errc{} && end == s.data() + s.size() && v >= 0 && v <= 1 && s.back() != '.';
}

struct Score {
  std::string_view cve, epss, percentile, model;
  std::string day{undated};  ///< of stix_time()
};

/// False if it is no score.
bool emit_score(const Score& s, const Location& where, ObjectEmitter& out, ObjectText& object) {
  VulnerabilityNote n;
  n.cve = cve_id(s.cve);
  if (n.cve.empty() || !is_probability(s.epss) || !is_probability(s.percentile)) return false;
  n.source = "epss";
  n.modified = s.day;
  n.title = fmt::format("EPSS: {}", n.cve);
  n.content = fmt::format("Probability of exploitation within 30 days: {} (percentile {})", s.epss, s.percentile);
  n.member = "x_mozu_epss";
  JsonWriter w(n.raw);
  w.begin_object().key("epss").raw(s.epss).key("percentile").raw(s.percentile);
  if (!s.model.empty()) w.field("model_version", s.model);
  w.field("score_date", std::string_view(s.day)).end_object();
  emit_vulnerability_note(out, object, n, where);
  return true;
}

class EpssScores final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "epss"; }
  std::string_view description() const override { return "EPSS scores, CSV"; }
  int sniff(std::string_view head) const override {
    if (head.starts_with("#model_version:")) return 99;
    return head.starts_with("cve,epss,percentile") ? 98 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    Lines lines(in);
    std::string_view line;
    std::string model, day(undated);
    ObjectText object;
    while (lines.next(line) && out.status()) {
      line = trim(line);
      if (line.empty() || istarts_with(line, "cve,")) continue;
      if (line.front() == '#') {
        for (const auto part : split(line.substr(1), ',')) {
          if (part.starts_with("model_version:")) model = part.substr(14);
          if (part.starts_with("score_date:")) day = stix_time_of(part.substr(11));
        }
        continue;
      }
      const Location where{{}, lines.number(), {}};
      const auto fields = split(line, ',');
      if (fields.size() != 3 || !emit_score({fields[0], fields[1], fields[2], model, day}, where, out, object))
        out.refuse("epss-row", fmt::format("\"{}\" is no line of scores", printable(line, 80)), where, "a line is cve,epss,percentile");
    }
    return lines.status();
  }
};

class EpssAnswers final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "epss-json"; }
  std::string_view description() const override { return "EPSS scores, JSON of FIRST's API"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 3);
    return head.root == '{' && head.has("data", 1) && head.has("cve", 3) && head.has("epss", 3) && head.has("percentile", 3) ? 98 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    ObjectText object;
    return for_each_record(in, out, "data", [&](JsonObject o, const Location& where) {
      const auto cve = string_member(o, "cve");
      // The days before are versions of the same note, older than the record's own.
      if (const auto days = array_member(o, "time-series"))
        for (const JsonElement e : *days)
          if (JsonObject day; e.get(day) == simdjson::SUCCESS) record(cve, day, where, out, object);
      record(cve, o, where, out, object);
    });
  }

 private:
  static void record(std::string_view cve, JsonObject o, const Location& where, ObjectEmitter& out, ObjectText& object) {
    const auto number = [&](std::string_view key) {
      const auto e = member(o, key);
      return e ? scalar_text(*e) : std::string();
    };
    const std::string epss = number("epss"), percentile = number("percentile");
    if (!emit_score({cve, epss, percentile, {}, stix_time_of(string_member(o, "date"))}, where, out, object))
      out.refuse("epss-row", fmt::format("\"{}\" has no scores", printable(cve, 80)), where, "a record has cve, epss and percentile, both from 0 to 1");
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_epss_objects() { return std::make_unique<EpssScores>(); }
std::unique_ptr<KnowledgeReader> make_epss_json_objects() { return std::make_unique<EpssAnswers>(); }

}  // namespace mozu::formats
