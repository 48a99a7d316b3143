// CISA's catalogue of known exploited vulnerabilities: its JSON and its CSV give the same objects.
#include <fmt/core.h>

#include "csv_rows.hpp"
#include "knowledge_json.hpp"
#include "mozu/base/text.hpp"
#include "vulnerability_note.hpp"

namespace mozu::formats {

void add_weaknesses(std::vector<ExternalReference>& to, std::string_view text) {
  for (std::size_t at = text.find("CWE-"); at != std::string_view::npos; at = text.find("CWE-", at + 4)) {
    std::size_t end = at + 4;
    while (end < text.size() && end < at + 12 && is_digit(static_cast<unsigned char>(text[end]))) ++end;
    if (end == at + 4) continue;
    const std::string number(text.substr(at + 4, end - at - 4));
    to.push_back({"cwe", "CWE-" + number, "https://cwe.mitre.org/data/definitions/" + number + ".html", {}});
  }
}

namespace {

/// The catalogue's members in the order of its schema; `cwes` is a list.
constexpr std::string_view members[] = {
    "cveID", "vendorProject", "product", "vulnerabilityName", "dateAdded", "shortDescription", "requiredAction", "dueDate", "knownRansomwareCampaignUse",
    "notes"};

/// Addresses in the notes: "https://… ; https://…".
void add_addresses(std::vector<ExternalReference>& to, std::string_view notes) {
  for (std::size_t at = notes.find("http"); at != std::string_view::npos; at = notes.find("http", at + 4)) {
    const auto url = notes.substr(at, notes.find_first_of(" ;,", at) - at);
    if (url.starts_with("http://") || url.starts_with("https://")) to.push_back({reference_source(url), {}, std::string(url), {}});
  }
}

template <class Get>
void emit_entry(ObjectEmitter& out, ObjectText& object, const Get& get, std::string_view cwes, const Location& where) {
  VulnerabilityNote n;
  n.source = "cisa-kev";
  n.cve = cve_id(get("cveID"));
  if (n.cve.empty()) return out.refuse("kev-cve", fmt::format("\"{}\" is no CVE id", printable(get("cveID"), 60)), where);
  n.created = stix_time_of(get("dateAdded"));
  n.title = fmt::format("CISA KEV: {}", get("vulnerabilityName"));
  n.content = fmt::format("{}\n\nRequired action: {}\nDue: {}\nKnown use in ransomware campaigns: {}", get("shortDescription"), get("requiredAction"),
                          get("dueDate"), get("knownRansomwareCampaignUse"));
  n.labels = {"known-exploited"};
  if (iequals(get("knownRansomwareCampaignUse"), "known")) n.labels.emplace_back("ransomware");
  n.references.push_back({"cisa-kev", n.cve, "https://www.cisa.gov/known-exploited-vulnerabilities-catalog", {}});
  add_weaknesses(n.references, cwes);
  add_addresses(n.references, get("notes"));
  n.member = "x_mozu_kev";
  JsonWriter w(n.raw);
  w.begin_object();
  for (const auto m : members) w.field(m, std::string_view(get(m)));
  w.field("cwes", cwes).end_object();
  emit_vulnerability_note(out, object, n, where);
}

class KevJson final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "kev"; }
  std::string_view description() const override { return "CISA Known Exploited Vulnerabilities, JSON"; }
  int sniff(std::string_view text) const override {
    const auto head = json_head(text, 3);
    return head.root == '{' && head.has("vulnerabilities", 1) && head.has("cveID", 3) && !head.has("$schema", 1) ? 98 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    ObjectText object;
    return for_each_record(in, out, "vulnerabilities", [&](JsonObject o, const Location& where) {
      std::string cwes;
      for (const auto& c : string_list(o, "cwes")) cwes += (cwes.empty() ? "" : ", ") + c;
      emit_entry(out, object, [&](std::string_view key) { return string_member(o, key); }, cwes, where);
    });
  }
};

class KevCsv final : public KnowledgeReader {
 public:
  std::string_view name() const override { return "kev-csv"; }
  std::string_view description() const override { return "CISA Known Exploited Vulnerabilities, CSV"; }
  int sniff(std::string_view head) const override {
    return head.starts_with("cveID,vendorProject,product") || head.starts_with("\"cveID\",\"vendorProject\"") ? 99 : 0;
  }
  Status read(ByteStream& in, ObjectEmitter& out) const override {
    CsvRows rows(in, ',');
    std::vector<std::string> names;
    ObjectText object;
    for (auto kind = rows.next(); kind != CsvRows::Row::end && out.status(); kind = rows.next()) {
      if (kind == CsvRows::Row::bad) out.refuse(rows.take_problem());
      if (kind != CsvRows::Row::fields) continue;
      const auto& row = rows.fields();
      if (names.empty()) {
        names.assign(row.begin(), row.end());
        continue;
      }
      const auto get = [&](std::string_view key) {
        for (std::size_t i = 0; i < names.size() && i < row.size(); ++i)
          if (names[i] == key) return std::string_view(row[i]);
        return std::string_view();
      };
      emit_entry(out, object, get, get("cwes"), {{}, rows.line(), {}});
    }
    return rows.status();
  }
};

}  // namespace

std::unique_ptr<KnowledgeReader> make_kev_objects() { return std::make_unique<KevJson>(); }
std::unique_ptr<KnowledgeReader> make_kev_csv_objects() { return std::make_unique<KevCsv>(); }

}  // namespace mozu::formats
