// What attribution compares with: added, counted.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "data_folder.hpp"
#include "gene_files.hpp"
#include "mozu/attribution/answer.hpp"
#include "mozu/attribution/kept_samples.hpp"
#include "mozu/base/text.hpp"
#include "mozu/gene/attribute.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

using gene::Entity;
using gene::EntityType;

/// So many genes are held before they are written: 24 bytes each.
constexpr std::uint64_t batch_genes = 40'000'000;

class Adding {
 public:
  Adding(const GeneArguments& a, std::vector<Entity> whose, bool keeps) : a_(a), whose_(std::move(whose)), keeps_(keeps) {}

  int run() {
    const auto options = open_options(a_.passwords);
    if (!options) return said(options.error());
    auto index = gene::Index::open(DataFolder(a_.data).genes());
    if (!index) return said(index.error());
    for (const std::string& path : files_below(a_.paths, failed_)) {
      if (!read(path, *options)) continue;
      if (held_ >= batch_genes && !write(*index)) return exit_failed;
    }
    if (!write(*index)) return exit_failed;
    const std::string text = fmt::format("{} added, {} there already, {} read{}\n", plural(added_, "file"), known_, plural(genes_, "gene"),
                                         failed_ == 0 ? "" : fmt::format(", {} not read", failed_));
    return finish_stdout(text, failed_ == 0 ? exit_done : exit_failed);
  }

 private:
  const GeneArguments& a_;
  std::vector<Entity> whose_;
  bool keeps_;
  std::unique_ptr<attribution::KeptSamples> kept_;
  std::vector<std::pair<gene::Sample, gene::Genome>> waiting_;
  std::uint64_t held_ = 0, genes_ = 0, added_ = 0, known_ = 0, failed_ = 0;

  static int said(const Diagnostic& d) {
    say(d);
    return exit_failed;
  }
  /// Each object with genes is a sample of its own: what is packed around it says nothing.
  bool read(const std::string& path, const files::OpenOptions& options) {
    auto opened = open_file(path, options);
    if (!opened) {
      say(Diagnostic(opened.error()).at(path));
      ++failed_;
      return false;
    }
    for (const Diagnostic& d : opened->notes) say(Diagnostic(d).at(path));
    const std::string whole = opened->objects.front().sha256;
    keep(path, whole);
    for (files::FileObject& o : opened->objects) {
      for (Diagnostic& d : o.notes)
        if (d.code != "object-known") say(std::move(d).at(attribution::object_path(path, o)));
      const bool is_whole = opened->objects.size() == 1;
      if (o.genome.genes.empty() && !is_whole) continue;
      held_ += o.genome.genes.size();
      genes_ += o.genome.genes.size();
      gene::Sample sample{
          o.sha256, attribution::object_path(path, o), o.kind, o.bytes, 0, whose_, is_whole || &o == &opened->objects.front() ? std::string{} : whole};
      waiting_.emplace_back(std::move(sample), std::move(o.genome));
    }
    return true;
  }
  /// So that a verdict can show the sample's side. Goodware and libraries are in no verdict.
  void keep(const std::string& path, const std::string& sha256) {
    if (!keeps_) return;
    if (kept_ == nullptr) {
      auto opened = open_kept_samples(DataFolder(a_.data));
      if (opened) kept_ = std::move(*opened);
      else return keep_no_more(opened.error());
    }
    if (const auto kept = kept_->keep(sha256, path); !kept) keep_no_more(kept.error());
  }
  void keep_no_more(Diagnostic d) {
    d.severity = Severity::warning;
    d.message += "; from here on samples are compared with, but not kept";
    say(d);
    keeps_ = false;
  }
  bool write(gene::Index& index) {
    const auto given = waiting_.size();
    const auto added = index.add(std::exchange(waiting_, {}));
    held_ = 0;
    if (!added) {
      say(added.error());
      return false;
    }
    added_ += *added, known_ += given - *added;
    return true;
  }
};

/// Compares clean files with the index. Those that it holds as clean say nothing: all their genes are dropped.
class Calibrating {
 public:
  explicit Calibrating(const GeneArguments& a) : a_(a) {}

  int run() {
    const auto options = open_options(a_.passwords);
    if (!options) return said(options.error());
    auto index = gene::Index::open_existing(DataFolder(a_.data).genes());
    if (!index) return said(index.error());
    for (const gene::Sample* s : index->catalogue().samples) held_.insert(s->sha256);
    for (const std::string& path : files_below(a_.paths, failed_)) read(path, *options, *index);
    if (rows_.empty()) {
      const std::string why =
          known_ > 0 ? fmt::format("{} in the index already", plural(known_, known_ == 1 ? "file is" : "files are")) : "none of the files could be read";
      return said(Diagnostic{
          Severity::error, "gene-calibrate", fmt::format("nothing to compare: {}", why), {}, "give clean files that were not added with `mozu gene goodware`"});
    }
    const auto compared = rows_.size();
    gene::Calibration calibration(std::move(rows_), index->genes());
    const double least = calibration.least();
    if (const auto written = index->calibrate(std::move(calibration)); !written) return said(written.error());
    std::string text =
        fmt::format("calibrated with {}: p-values down to {:.2g}{}{}\n", plural(compared, "clean file"), least,
                    known_ > 0 ? fmt::format(", {} passed over: in the index already", known_) : "", failed_ > 0 ? fmt::format(", {} not read", failed_) : "");
    if (compared < 1000) text += "fewer than 1,000: p-values end above 0.001, and a verdict needs a confidence of 20 % as well to be named\n";
    return finish_stdout(text, failed_ == 0 ? exit_done : exit_failed);
  }

 private:
  const GeneArguments& a_;
  std::set<std::string> held_;
  std::vector<gene::Calibration::Row> rows_;
  std::uint64_t failed_ = 0, known_ = 0;

  static int said(const Diagnostic& d) {
    say(d);
    return exit_failed;
  }
  void read(const std::string& path, const files::OpenOptions& options, const gene::Index& index) {
    const auto opened = open_file(path, options);
    if (!opened) {
      say(Diagnostic(opened.error()).at(path));
      ++failed_;
      return;
    }
    for (const files::FileObject& o : opened->objects) {
      if (o.genome.genes.empty()) continue;
      if (held_.insert(o.sha256).second) rows_.push_back(gene::calibration_row(o.genome, index));
      else ++known_;
    }
  }
};

void append(std::vector<Entity>& out, EntityType type, const std::vector<std::string>& names) {
  for (const std::string& n : names) out.push_back({type, n});
}

}  // namespace

int gene_add_verb(const GeneArguments& a) {
  std::vector<Entity> whose;
  append(whose, EntityType::actor, a.actors);
  append(whose, EntityType::campaign, a.campaigns);
  append(whose, EntityType::malware, a.malware);
  append(whose, EntityType::tool, a.tools);
  if (whose.empty()) {
    say(Diagnostic{Severity::error,
                   "usage",
                   "whose samples are these?",
                   {},
                   "say it with --actor, --campaign, --malware or --tool; `mozu gene goodware` takes clean files"});
    return exit_usage;
  }
  std::ranges::sort(whose);
  return Adding(a, std::move(whose), !a.no_keep).run();
}

int gene_library_verb(const GeneArguments& a) { return Adding(a, {{EntityType::library, a.library}}, false).run(); }
int gene_goodware_verb(const GeneArguments& a) { return Adding(a, {{EntityType::goodware, ""}}, false).run(); }

int gene_calibrate_verb(const GeneArguments& a) { return Calibrating(a).run(); }

}  // namespace mozu::cli
