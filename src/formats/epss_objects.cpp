// EPSS scores: "cve,epss,percentile" below a line that names the model and the day.
#include <fmt/core.h>

#include "lines.hpp"
#include "mozu/base/text.hpp"
#include "vulnerability_note.hpp"

namespace mozu::formats {
namespace {

/// Decimal number from 0 to 1, as JSON may hold it.
bool is_probability(std::string_view s) {
  if (s.empty() || s.size() > 24 || !is_digit(static_cast<unsigned char>(s.front())) || (s.size() > 1 && s[0] == '0' && s[1] != '.' && s[1] != 'e')) return false;
  double v = 2;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  return error == std::errc{} && end == s.data() + s.size() && v >= 0 && v <= 1 && s.back() != '.';
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
      VulnerabilityNote n;
      n.cve = cve_id(fields[0]);
      if (fields.size() != 3 || n.cve.empty() || !is_probability(fields[1]) || !is_probability(fields[2])) {
        out.refuse("epss-row", fmt::format("\"{}\" is no line of scores", printable(line, 80)), where, "a line is cve,epss,percentile");
        continue;
      }
      n.source = "epss";
      n.modified = day;
      n.title = fmt::format("EPSS: {}", n.cve);
      n.content = fmt::format("Probability of exploitation within 30 days: {} (percentile {})", fields[1], fields[2]);
      n.member = "x_mozu_epss";
      JsonWriter w(n.raw);
      w.begin_object().key("epss").raw(fields[1]).key("percentile").raw(fields[2]);
      w.field("model_version", std::string_view(model)).field("score_date", std::string_view(day)).end_object();
      emit_vulnerability_note(out, object, n, where);
    }
    return lines.status();
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_epss_objects() { return std::make_unique<EpssScores>(); }

}  // namespace mozu::formats
