// From a path to STIX objects: open, unpack, find the format, read.
#include "mozu/formats/knowledge.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "certain_feed_format.hpp"
#include "knowledge_reader.hpp"
#include "members.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/certain_format.hpp"
#include "reader.hpp"
#include "replay_stream.hpp"

namespace mozu::formats {

Status read_feed_objects(ByteStream& in, std::string_view head, ObjectEmitter& out, const std::string& format);

std::unique_ptr<KnowledgeReader> make_stix_objects();
std::unique_ptr<KnowledgeReader> make_kev_objects();
std::unique_ptr<KnowledgeReader> make_kev_csv_objects();
std::unique_ptr<KnowledgeReader> make_cve_objects();
std::unique_ptr<KnowledgeReader> make_nvd_objects();
std::unique_ptr<KnowledgeReader> make_epss_objects();
std::unique_ptr<KnowledgeReader> make_epss_json_objects();
std::unique_ptr<KnowledgeReader> make_csaf_objects();
std::unique_ptr<KnowledgeReader> make_misp_objects();
std::unique_ptr<KnowledgeReader> make_galaxy_objects();
std::unique_ptr<KnowledgeReader> make_warninglist_objects();
std::unique_ptr<KnowledgeReader> make_yara_objects();
std::unique_ptr<KnowledgeReader> make_sigma_objects();
std::unique_ptr<KnowledgeReader> make_suricata_objects();
std::unique_ptr<KnowledgeReader> make_navigator_objects();
std::unique_ptr<KnowledgeReader> make_passive_dns_objects();
std::unique_ptr<KnowledgeReader> make_whois_objects();
std::unique_ptr<KnowledgeReader> make_detection_objects();

const std::vector<std::unique_ptr<KnowledgeReader>>& knowledge_readers() {
  static const auto list = [] {
    std::vector<std::unique_ptr<KnowledgeReader>> r;
    for (auto* make : {make_stix_objects, make_misp_objects, make_galaxy_objects, make_warninglist_objects, make_kev_objects, make_kev_csv_objects,
                       make_cve_objects, make_nvd_objects, make_epss_objects, make_epss_json_objects, make_csaf_objects, make_yara_objects, make_sigma_objects,
                       make_suricata_objects, make_navigator_objects, make_passive_dns_objects, make_whois_objects, make_detection_objects})
      r.push_back(make());
    return r;
  }();
  return list;
}

void KnowledgeStatistics::add(const KnowledgeStatistics& o) {
  if (format.empty()) format = o.format;
  else if (!o.format.empty() && format != o.format) format = "mixed";
  bytes += o.bytes;
  objects += o.objects;
  refused += o.refused;
  cut_off += o.cut_off;
  passed_over += o.passed_over;
  for (const auto& [type, n] : o.by_type) by_type[type] += n;
  for (const auto& [kind, n] : o.passed_over_by_kind) passed_over_by_kind[kind] += n;
}

namespace {

/// "feeds/evil.domains.csv.gz!a/b.txt" → "b": what a source is called whose name nobody gave.
std::string source_of(const std::string& file) {
  std::string_view name = file;
  name = name.substr(name.find_last_of("/!") + 1);
  name = name.substr(0, name.find('.', 1));
  return name.empty() ? std::string("import") : std::string(name);
}

constexpr std::size_t kinds_max = 200;  // kinds come from the input

void count(std::map<std::string, std::uint64_t, std::less<>>& kinds, std::string_view kind) {
  if (const auto it = kinds.find(kind); it != kinds.end()) ++it->second;
  else ++kinds[kinds.size() < kinds_max ? printable(kind, 80) : "other"];
}

}  // namespace

ObjectEmitter::ObjectEmitter(std::string file, const KnowledgeSettings& settings, const StixObjectSink& sink, Diagnostics& diagnostics,
                             KnowledgeStatistics& statistics)
    : file_(std::move(file)),
      source_(settings.source.empty() ? source_of(file_) : settings.source),
      settings_(settings),
      sink_(sink),
      diagnostics_(diagnostics),
      statistics_(statistics) {}
ObjectEmitter::~ObjectEmitter() = default;

void ObjectEmitter::emit(std::string_view json, const Location& where) {
  if (!status_) return;
  auto read = reader_.read(json, object_);
  if (read) return emit(std::move(object_));
  read.error().where.line = where.line;
  read.error().where.path = where.path;
  refuse(std::move(read).error());
}

void ObjectEmitter::emit(intel::StixObject&& object) {
  if (!status_) return;
  ++statistics_.objects;
  count(statistics_.by_type, object.type);
  status_ = sink_(std::move(object));
}

void ObjectEmitter::refuse(Diagnostic d) {
  ++statistics_.refused;
  d.severity = Severity::warning;
  note(std::move(d));
}

void ObjectEmitter::refuse(std::string_view code, std::string message, const Location& where, std::string hint) {
  refuse(Diagnostic{Severity::warning, std::string(code), std::move(message), where, std::move(hint)});
}

void ObjectEmitter::lose(Diagnostic d) {
  ++statistics_.refused;
  ++statistics_.cut_off;
  d.severity = Severity::error;
  note(std::move(d));
}

void ObjectEmitter::pass_over(std::string_view kind) {
  ++statistics_.passed_over;
  count(statistics_.passed_over_by_kind, kind);
}

void ObjectEmitter::note(Diagnostic d) {
  if (d.where.file.empty()) d.where.file = file_;
  diagnostics_.add(std::move(d));
}

namespace {

struct KnowledgeRequest {
  const KnowledgeSettings& settings;
  const StixObjectSink& sink;
  Diagnostics& diagnostics;
};

/// The reader that is surest, if a format is not named. nullptr: a feed, or nothing known.
const KnowledgeReader* choose(std::string_view head, const std::string& format) {
  const KnowledgeReader* best = nullptr;
  int best_score = 0;
  for (const auto& reader : knowledge_readers()) {
    const int score = format.empty() ? reader->sniff(head) : reader->name() == format;
    if (score <= best_score) continue;
    best = reader.get();
    best_score = score;
  }
  return best;
}

Status read_member(ByteStream& raw, const std::string& name, const KnowledgeRequest& request, KnowledgeStatistics& statistics, Status& sink_status) {
  auto decoded = decode_bom(std::make_unique<BorrowedStream>(raw));
  ReplayStream stream(*decoded, statistics.bytes);
  MOZU_TRY(stream.fill_head());
  ObjectEmitter out(name, request.settings, request.sink, request.diagnostics, statistics);
  const auto* reader = choose(stream.head(), request.settings.format);
  if (reader != nullptr) statistics.format = reader->name();
  Status status = reader != nullptr ? reader->read(stream, out) : read_feed_objects(stream, stream.head(), out, request.settings.format);
  sink_status = out.status();
  return status;
}

Status read_input(InputFile& input, const std::string& path, const KnowledgeRequest& request, KnowledgeStatistics& statistics) {
  return read_members(
      input, path, "not-knowledge", request.diagnostics, statistics,
      [&](ByteStream& member, const std::string& name, KnowledgeStatistics& one, Status& stop) { return read_member(member, name, request, one, stop); },
      [](const KnowledgeStatistics& one) { return one.objects > 0; });
}

}  // namespace

Status read_knowledge(const std::string& path, const KnowledgeSettings& settings, const StixObjectSink& sink, Diagnostics& diagnostics,
                      KnowledgeStatistics& statistics) {
  auto input = open_input(path);
  if (!input) return fail(std::move(input.error()).at(path));
  return read_input(**input, path, KnowledgeRequest{settings, sink, diagnostics}, statistics);
}

Status read_knowledge_memory(std::string name, std::string_view bytes, const KnowledgeSettings& settings, const StixObjectSink& sink, Diagnostics& diagnostics,
                             KnowledgeStatistics& statistics) {
  auto input = open_input_memory(name, bytes);
  return read_input(*input, name, KnowledgeRequest{settings, sink, diagnostics}, statistics);
}

namespace {

/// `judge`: the head of its first member → a format.
template <class Judge>
Result<std::string> format_by_head(const std::string& path, const Judge& judge) {
  MOZU_LET(const auto input, open_input(path));
  MOZU_LET(const auto member, input->next());
  if (member == nullptr) return std::string();
  auto decoded = decode_bom(std::make_unique<BorrowedStream>(*member));
  std::uint64_t bytes = 0;
  ReplayStream stream(*decoded, bytes);
  MOZU_TRY(stream.fill_head());
  return std::string(judge(stream.head()));
}

bool is_named_as_rules(std::string_view format, std::string_view name) {
  for (const auto& [rules, ending] :
       {std::pair<std::string_view, std::string_view>{"yara", ".yar"}, {"yara", ".yara"}, {"sigma", ".yml"}, {"sigma", ".yaml"}, {"suricata", ".rules"}})
    if (rules == format && name.size() > ending.size() && iequals(name.substr(name.size() - ending.size()), ending)) return true;
  return false;
}

}  // namespace

Result<std::string> knowledge_format(const std::string& path) {
  return format_by_head(path, [](std::string_view head) {
    const auto* reader = choose(head, {});
    return std::string(reader != nullptr ? reader->name() : "");
  });
}

Result<std::string> certain_format(const std::string& path, std::string_view name) {
  return format_by_head(path, [&](std::string_view head) {
    const auto* reader = choose(head, {});
    if (reader == nullptr) return certain_feed_format(head, std::string(name));
    const std::string_view format = reader->name();
    const bool is_rules = format == "yara" || format == "sigma" || format == "suricata";
    return std::string(is_rules && !is_named_as_rules(format, name) ? "" : format);
  });
}

std::vector<std::pair<std::string_view, std::string_view>> knowledge_formats() {
  std::vector<std::pair<std::string_view, std::string_view>> list;
  for (const auto& r : knowledge_readers()) list.emplace_back(r->name(), r->description());
  for (const auto& [name, description] : feed_formats())
    if (std::none_of(list.begin(), list.end(), [n = name](const auto& f) { return f.first == n; })) list.emplace_back(name, description);
  return list;
}

}  // namespace mozu::formats
