// A YARA rule for a family, tried before it is given out.
#include <fmt/core.h>

#include <filesystem>

#include "data_folder.hpp"
#include "gene_files.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/yara.hpp"
#include "mozu/gene/rule.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

constexpr std::uint64_t file_bytes_max = std::uint64_t{1} << 30, family_bytes_max = std::uint64_t{4} << 30;

int said(const Diagnostic& d) {
  say(d);
  return exit_failed;
}

class Generating {
 public:
  explicit Generating(const GeneArguments& a) : a_(a) {
    options_.entity = a.actors.empty() ? gene::Entity{gene::EntityType::malware, a.malware.front()} : gene::Entity{gene::EntityType::actor, a.actors.front()};
    options_.name = a.rule.empty() ? options_.entity.name : a.rule;
  }

  int run() {
    const auto index = gene::Index::open_existing(DataFolder(a_.data).genes());
    if (!index) return said(index.error());
    for (const std::string& path : files_below(a_.paths, failed_)) read(path);
    if (family_.empty()) return said(Diagnostic{Severity::error, "gene-rule", "there is no sample that could be read", {}, ""});
    for (std::size_t i = 0; i < family_.size(); ++i) family_[i].bytes = {reinterpret_cast<const std::uint8_t*>(bytes_[i].data()), bytes_[i].size()};
    gene::Rule rule = gene::make_rule(family_, *index, options_);
    for (const std::string& path : files_below(a_.clean, failed_)) {
      const auto bytes = read_file(path, file_bytes_max);
      if (bytes) gene::spare(rule, {reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()});
      else refuse(bytes.error(), path);
    }
    if (const auto settled = gene::settle(rule, family_, options_); !settled) return said(settled.error());
    const std::string text = gene::text_of(rule, options_);
    Diagnostics found;
    files::check_yara("the rule", text, found);
    for (const Diagnostic& d : found.kept())
      if (d.severity == Severity::error) return said(d);
    fmt::print(stderr, "{}, of which a file must have {}: hits {} of {} and none of {}{}\n", plural(rule.patterns.size(), "pattern"), rule.least,
               rule.family_hits, plural(rule.family, "sample"), plural(rule.clean, "clean file"), failed_ == 0 ? "" : fmt::format("; {} not read", failed_));
    return finish_stdout(text, failed_ == 0 && rule.family_hits == rule.family ? exit_done : exit_failed);
  }

 private:
  const GeneArguments& a_;
  gene::RuleOptions options_;
  std::vector<std::string> bytes_;
  std::vector<gene::RuleFile> family_;
  std::uint64_t held_ = 0, failed_ = 0;

  void refuse(Diagnostic d, const std::string& path) {
    say(std::move(d).at(path));
    ++failed_;
  }

  void read(const std::string& path) {
    auto bytes = read_file(path, file_bytes_max);
    if (!bytes) return refuse(bytes.error(), path);
    auto opened = files::open_objects(*bytes, {.name = std::filesystem::path(path).filename().string()});
    if (!opened) return refuse(opened.error(), path);
    if (held_ + bytes->size() > family_bytes_max)
      return refuse(Diagnostic{Severity::error, "gene-rule", "the samples have more than 4 GB together", {}, "give fewer"}, path);
    files::FileObject& whole = opened->objects.front();
    if (whole.genome.genes.empty())
      return refuse(Diagnostic{Severity::error, "gene-rule", "it has no genes: it is too short, or packed, or an archive", {}, "unpack it first"}, path);
    held_ += bytes->size();
    bytes_.push_back(std::move(*bytes));
    family_.push_back({path, {}, whole.architecture, std::move(whole.genome)});
  }
};

}  // namespace

int yara_generate_verb(const GeneArguments& a) {
  if (a.actors.size() + a.malware.size() != 1)
    return say(Diagnostic{Severity::error, "usage", "whose rule is it to be?", {}, "say it with --malware or --actor, one of them"}), exit_usage;
  return Generating(a).run();
}

}  // namespace mozu::cli
