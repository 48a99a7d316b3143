#include "mozu/formats/knowledge_writer.hpp"

#include <utility>

namespace mozu::formats {

std::unique_ptr<KnowledgeWriter> make_stix_bundle(const ExportSettings& settings, ExportSink sink);
std::unique_ptr<KnowledgeWriter> make_misp_events(bool folder, const ExportSettings& settings, ExportSink sink);
std::unique_ptr<KnowledgeWriter> make_csv_table(const ExportSettings& settings, ExportSink sink);
std::unique_ptr<KnowledgeWriter> make_plain_list(const ExportSettings& settings, ExportSink sink);
std::unique_ptr<KnowledgeWriter> make_openioc_document(const ExportSettings& settings, ExportSink sink);
std::unique_ptr<KnowledgeWriter> make_navigator_layer(const ExportSettings& settings, ExportSink sink);
std::unique_ptr<KnowledgeWriter> make_rule_bundle(std::string_view language, const ExportSettings& settings, ExportSink sink);

const std::vector<ExportFormat>& export_formats() {
  static const std::vector<std::string> values = {
      "indicator", "ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "file", "mutex", "windows-registry-key", "mac-addr", "autonomous-system"};
  static const std::vector<ExportFormat> list = {{"stix", "STIX 2.1 bundle, byte for byte what is stored", false, {}},
                                                 {"misp", "MISP events in one file", false, {}},
                                                 {"misp-feed", "MISP feed: a folder of events with manifest.json and hashes.csv", true, {}},
                                                 {"csv", "a row a value", false, {}},
                                                 {"openioc", "OpenIOC 1.0", false, values},
                                                 {"navigator", "ATT&CK Navigator layer 4.5", false, {}},
                                                 {"plain", "one value a line", false, values},
                                                 {"yara", "YARA rules in one file", false, {"indicator"}},
                                                 {"sigma", "Sigma rules in one YAML stream", false, {"indicator"}},
                                                 {"suricata", "Suricata and Snort rules in one file", false, {"indicator"}}};
  return list;
}

std::unique_ptr<KnowledgeWriter> make_knowledge_writer(std::string_view format, const ExportSettings& settings, ExportSink sink) {
  if (format == "stix") return make_stix_bundle(settings, std::move(sink));
  if (format == "misp" || format == "misp-feed") return make_misp_events(format == "misp-feed", settings, std::move(sink));
  if (format == "csv") return make_csv_table(settings, std::move(sink));
  if (format == "openioc") return make_openioc_document(settings, std::move(sink));
  if (format == "navigator") return make_navigator_layer(settings, std::move(sink));
  if (format == "plain") return make_plain_list(settings, std::move(sink));
  if (format == "yara" || format == "sigma" || format == "suricata") return make_rule_bundle(format, settings, std::move(sink));
  return nullptr;
}

}  // namespace mozu::formats
