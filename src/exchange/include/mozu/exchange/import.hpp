// Files, folders and archives into the store: one import, one transaction and one provenance a file. What cannot be read is located,
// counted and skipped; the rest is kept. Importing the same again changes nothing.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"
#include "mozu/formats/knowledge.hpp"
#include "mozu/store/store.hpp"

namespace mozu::exchange {

struct ImportRequest {
  std::vector<std::string> paths;             ///< files, folders, globs; "-" is standard input
  std::map<std::string, std::string> urls{};  ///< where a file among them was fetched from: what is told, and stands in the store, instead of its path
  std::string format;                         ///< name of formats::knowledge_formats(); empty = found by content
  /// `source` empty: the name of the file without its endings, of a folder its name. origin and sha256 are set for each file.
  store::Provenance provenance;
  bool dry_run = false;  ///< each file is judged against what is stored now; for files one after the other, import into a copy
};

struct ImportedFile {
  std::string path, sha256;
  std::size_t argument = 0;  ///< index into ImportRequest::paths
  bool in_folder = false;    ///< found by walking a folder
  formats::KnowledgeStatistics read;
  store::ImportReceipt receipt;
  Diagnostics diagnostics;
  std::optional<Diagnostic> failure;  ///< nothing of the file was kept
  bool again = false;                 ///< read once more, since it refers to what came later in the run
  bool passed_over = false;           ///< a file of a folder that is no knowledge (README, picture): no failure
  /// Not: nothing at all of it could be read.
  bool complete() const { return !failure && read.cut_off == 0 && (read.objects != 0 || read.refused == 0); }
};

struct ImportProgress {
  std::size_t file = 0, files = 0;  ///< the one being read, counted from 1
  std::string path;
  std::uint64_t objects = 0;  ///< of this file, so far
};

struct ImportWatch {
  /// After the file's import is durable (or has failed).
  std::function<void(ImportedFile&&)> done;
  std::function<void(const ImportProgress&)> progress;  ///< each few thousand objects; may be empty
};

/// Order: STIX first, then MISP galaxies, then the rest, since others refer to these. `problems`: paths that lead nowhere.
/// Error: the store's, which ends the run; files already given to `done` are kept.
Status import_paths(store::Store& store, const ImportRequest& request, const ImportWatch& watch, Diagnostics& problems);

struct FileImport {
  std::string path;
  std::string format;            ///< as above
  store::Provenance provenance;  ///< as it is to stand in the store; an empty sha256 is worked out
  bool dry_run = false;
  intel::Viewer viewer = intel::Viewer::owner();  ///< to what this one may see, names and numbers in the file may refer
  std::string url = {};                           ///< where it was fetched from: what is told of it instead of its path
};
struct FileWatch {
  /// Before anything is read (0), then after each object. An error ends the import: nothing of it is kept, and the error is the result.
  std::function<Status(std::uint64_t objects)> read;
  std::function<Status()> commit;               ///< before what was read is made to last; an error as above; may be empty
  std::function<Status(bool waits)> turn = {};  ///< as store::Turn::patient; may be empty
};
/// Errors: the store's and those of `watch`. What the file did not yield is ImportedFile::failure.
Result<ImportedFile> import_file(store::Store& store, const FileImport& file, const FileWatch& watch);

/// "feeds/evil.domains.csv.gz" → "evil.domains"; a folder's last name.
std::string source_name(const std::string& path);

}  // namespace mozu::exchange
