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

class Run {
 public:
  Run(store::Store& store, const ImportRequest& request, const ImportWatch& watch)
      : store_(store), request_(request), watch_(watch), ids_(store, intel::Viewer::owner()) {}

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
    ImportedFile file;
    file.path = input.path, file.argument = input.argument, file.in_folder = input.in_folder;
    file.sha256 = sha256_of(input.path);
    ++progress_.file;
    progress_.path = input.path, progress_.objects = 0;
    tell();
    ids_.forget_unknown();
    auto provenance = request_.provenance;
    provenance.source = input.source, provenance.origin = input.path, provenance.sha256 = file.sha256;
    MOZU_LET(auto import, store_.begin_import(provenance, request_.dry_run));
    Status stored;
    const auto read = formats::read_knowledge(input.path, settings(input), [&](intel::StixObject&& o) {
      stored = import->put(std::move(o));
      if (stored && ++progress_.objects % progress_objects == 0) tell();
      return stored;
    }, file.diagnostics, file.read);
    if (!stored) return std::unexpected(std::move(stored).error());
    if (!read && file.read.objects == 0) {
      file.passed_over = input.in_folder && read.error().code == "not-knowledge";
      if (!file.passed_over) file.failure = read.error();
      return file;
    }
    if (!read) {
      ++file.read.cut_off;
      file.diagnostics.add(read.error());
    }
    if (file.read.objects == 0) return file;  // nothing to write is no import
    MOZU_LET(file.receipt, import->commit());
    return file;
  }

  formats::KnowledgeSettings settings(const Input& input) {
    formats::KnowledgeSettings s;
    s.format = request_.format, s.source = input.source;
    s.id_of_uuid = [this](std::string_view uuid) { return ids_.of_uuid(uuid); };
    s.id_of_technique = [this](std::string_view technique) { return ids_.of_technique(technique); };
    return s;
  }

  void tell() const {
    if (watch_.progress) watch_.progress(progress_);
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
  constexpr std::array<std::string_view, 19> endings = {".gz", ".zst", ".xz", ".bz2", ".zip", ".tar", ".tgz", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".xml", ".ioc",
                                                        ".yar", ".yml", ".rules", ".stix20"};
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

Status import_paths(store::Store& store, const ImportRequest& request, const ImportWatch& watch, Diagnostics& problems) {
  return Run(store, request, watch).all(inputs_of(request, problems));
}

}  // namespace mozu::exchange
