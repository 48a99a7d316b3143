#include "mozu/exchange/import.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "known_ids.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/formats/feed.hpp"
#include "mozu/store/sources.hpp"

namespace mozu::exchange {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t progress_objects = 4096;
constexpr std::string_view unknown_cluster = "relation to a cluster that is not known";  // as formats counts it

struct Input {
  std::string path, source;
  std::size_t argument = 0;
  bool in_folder = false;
  int rank = 0;  ///< what others refer to comes first
};

int rank_of(const std::string& path, const std::string& format) {
  std::string found = format;
  if (found.empty() && path != "-")
    if (auto sniffed = formats::knowledge_format(path)) found = *std::move(sniffed);
  return found == "stix" ? 0 : found == "misp-galaxy" ? 1 : 2;
}

std::vector<Input> inputs_of(const ImportRequest& request, Diagnostics& problems) {
  std::vector<Input> inputs;
  for (std::size_t i = 0; i < request.paths.size(); ++i) {
    std::error_code ignored;
    const bool folder = fs::is_directory(request.paths[i], ignored);
    for (auto& path : formats::expand_feed_paths({request.paths[i]}, problems)) {
      Input input{path, request.provenance.source, i, folder, 0};
      if (input.source.empty()) input.source = source_name(folder ? request.paths[i] : path);
      inputs.push_back(std::move(input));
    }
  }
  // With one file there is nothing to order, and "-" cannot be looked at beforehand.
  if (inputs.size() > 1) {
    for (auto& input : inputs) input.rank = rank_of(input.path, request.format);
    std::ranges::stable_sort(inputs, {}, &Input::rank);
  }
  return inputs;
}

/// Empty for standard input, and for what cannot be read: reading it tells why.
std::string sha256_of(const std::string& path) {
  std::error_code error;
  if (path == "-" || !fs::is_regular_file(path, error) || fs::file_size(path, error) == 0 || error) return {};
  const auto file = MappedFile::open(path);
  if (!file) return {};
  file->advise_sequential();
  return to_hex(sha256(file->bytes()));
}

Diagnostic stays_published(std::uint64_t n, const std::string& first, const std::string& path) {
  return Diagnostic{Severity::warning,
                    "stays-published",
                    fmt::format("{} of its objects stay as they are published here, such as {}", n, first),
                    {},
                    "what is published changes by a new edition, not by an import"}
      .at(path);
}

/// Under its URL: the path that it has for a while says nothing to anybody.
Status read_fetched(const FileImport& request, const formats::KnowledgeSettings& settings, const formats::StixObjectSink& sink, ImportedFile& file) {
  MOZU_LET(const MappedFile there, MappedFile::open(request.path));
  return formats::read_knowledge_memory(request.url, there.text(), settings, sink, file.diagnostics, file.read);
}

/// What both ways in share.
Result<ImportedFile> read_in(store::Store& store, KnownIds& ids, const FileImport& request, const FileWatch& watch) {
  ImportedFile file;
  file.path = request.path;
  if (const auto allowed = store::check_source(request.provenance.source); !allowed) {
    file.failure = Diagnostic(allowed.error()).at(request.path);
    return file;
  }
  auto provenance = request.provenance;
  if (provenance.sha256.empty()) provenance.sha256 = sha256_of(request.path);
  file.sha256 = provenance.sha256;
  formats::KnowledgeSettings settings;
  settings.format = request.format, settings.source = provenance.source;
  settings.id_of_uuid = [&ids](std::string_view uuid) { return ids.of_uuid(uuid); };
  settings.id_of_technique = [&ids](std::string_view technique) { return ids.of_technique(technique); };
  const store::Turn turn{[&](bool waits) { return watch.turn ? watch.turn(waits) : Status(); }};
  MOZU_LET(auto import, store.begin_import(provenance, request.dry_run, turn));
  std::uint64_t objects = 0;
  MOZU_TRY(watch.read(objects));
  Status kept;
  const auto keep = [&](intel::StixObject&& object) -> Status {
    MOZU_TRY(import->put(std::move(object)));
    return watch.read(++objects);
  };
  const auto sink = [&](intel::StixObject&& o) { return kept = keep(std::move(o)); };
  const auto read =
      request.url.empty() ? formats::read_knowledge(request.path, settings, sink, file.diagnostics, file.read) : read_fetched(request, settings, sink, file);
  if (!kept) return std::unexpected(std::move(kept).error());
  if (!read && file.read.objects == 0) {
    file.failure = read.error();
    return file;
  }
  if (!read) {
    ++file.read.cut_off;
    file.diagnostics.add(read.error());
  }
  if (file.read.objects == 0) return file;  // nothing to write is no import
  MOZU_TRY(import->take_turn());            // as long as it waits, it can be stopped
  if (watch.commit) MOZU_TRY(watch.commit());
  MOZU_LET(file.receipt, import->commit());
  if (const auto n = file.receipt.counts.published; n != 0) file.diagnostics.add(stays_published(n, file.receipt.published.front(), request.path));
  return file;
}

class Run {
 public:
  Run(store::Store& store, const ImportRequest& request, const ImportWatch& watch)
      : store_(store),
        request_(request),
        watch_(watch),
        ids_(store, intel::Viewer::owner()) {}

  Status all(const std::vector<Input>& inputs) {
    progress_.files = inputs.size();
    std::vector<Input> again;
    bool added = false;
    for (const auto& input : inputs) {
      MOZU_LET(auto file, one(input));
      added |= file.receipt.counts.added != 0;
      if (file.read.passed_over_by_kind.contains(unknown_cluster)) again.push_back(input);
      watch_.done(std::move(file));
    }
    if (request_.dry_run || inputs.size() < 2 || !added) return {};
    std::erase_if(again, [](const Input& input) { return input.path == "-"; });
    progress_.files += again.size();
    for (const auto& input : again) {
      MOZU_LET(auto file, one(input));
      file.again = true;
      watch_.done(std::move(file));
    }
    return {};
  }

 private:
  Result<ImportedFile> one(const Input& input) {
    ++progress_.file;
    ids_.forget_unknown();
    const auto url = request_.urls.find(input.path);
    FileImport request{input.path,       request_.format,        request_.provenance,
                       request_.dry_run, intel::Viewer::owner(), url == request_.urls.end() ? "" : url->second};
    const std::string& told = request.url.empty() ? input.path : request.url;
    request.provenance.source = input.source, request.provenance.origin = told, request.provenance.sha256.clear();
    progress_.path = told;
    const FileWatch watch{[this](std::uint64_t objects) -> Status {
                            progress_.objects = objects;
                            if (objects % progress_objects == 0 && watch_.progress) watch_.progress(progress_);
                            return {};
                          },
                          {},
                          {}};
    MOZU_LET(auto file, read_in(store_, ids_, request, watch));
    file.path = told, file.argument = input.argument, file.in_folder = input.in_folder;
    file.passed_over = file.failure && input.in_folder && file.failure->code == "not-knowledge";
    if (file.passed_over) {
      file.failure->severity = Severity::note;
      file.diagnostics.add(*std::exchange(file.failure, std::nullopt));
    }
    return file;
  }

  store::Store& store_;
  const ImportRequest& request_;
  const ImportWatch& watch_;
  KnownIds ids_;
  ImportProgress progress_;
};

}  // namespace

std::string source_name(const std::string& path) {
  std::string_view name = path;
  while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
  name = name.substr(name.find_last_of('/') + 1);
  constexpr std::array<std::string_view, 19> endings = {".gz",  ".zst", ".xz",  ".bz2", ".zip", ".tar", ".tgz", ".json",  ".jsonl", ".ndjson",
                                                        ".csv", ".tsv", ".txt", ".xml", ".ioc", ".yar", ".yml", ".rules", ".stix20"};
  for (bool cut = true; cut;) {
    cut = false;
    for (const auto ending : endings)
      if (name.size() > ending.size() && name.ends_with(ending)) {
        name.remove_suffix(ending.size());
        cut = true;
      }
  }
  return name.empty() || name == "-" || name == "." || name == ".." ? std::string("import") : std::string(name);
}

Result<ImportedFile> import_file(store::Store& store, const FileImport& file, const FileWatch& watch) {
  KnownIds ids(store, file.viewer);
  return read_in(store, ids, file, watch);
}

Status import_paths(store::Store& store, const ImportRequest& request, const ImportWatch& watch, Diagnostics& problems) {
  return Run(store, request, watch).all(inputs_of(request, problems));
}

}  // namespace mozu::exchange
