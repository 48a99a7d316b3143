#include "mozu/attribution/answer.hpp"

#include <fmt/core.h>

#include <filesystem>

#include "mozu/base/text.hpp"
#include "mozu/files/identify.hpp"

namespace mozu::attribution {
namespace {

std::vector<std::string> notes_of_file(const files::OpenedFile& f, const gene::Index& index) {
  std::vector<std::string> out;
  if (index.genes() == 0) out.emplace_back("there is nothing to compare with: the gene index is empty; `mozu gene add` adds samples");
  const auto& calibration = index.calibration();
  if (const auto& damage = index.calibration_damage())
    out.push_back(fmt::format("{}: there are no p-values, and only the strongest verdicts are named; {}", damage->message, damage->hint));
  else if (index.genes() > 0 && !calibration)
    out.emplace_back("not calibrated: there are no p-values, and only the strongest verdicts are named; see `mozu gene calibrate`");
  else if (calibration && !calibration->has_reuse())
    out.emplace_back("calibrated before single functions were counted: p-values are of the share of the whole file alone; run `mozu gene calibrate` again");
  if (calibration && index.genes() > calibration->index_genes() + calibration->index_genes() / 4)
    out.push_back(fmt::format("calibrated when the index had {} genes, it has {} now: run `mozu gene calibrate` again", with_commas(calibration->index_genes()),
                              with_commas(index.genes())));
  for (const Diagnostic& d : f.notes) out.push_back(d.message + ": what was found before is here");
  return out;
}

}  // namespace

std::string object_path(const std::string& file, const files::FileObject& object) {
  const std::string name = std::filesystem::path(file).filename().string();
  return object.path.empty() ? name : name + "/" + object.path;
}

std::vector<bool> opened_ones(const files::OpenedFile& f) {
  std::vector<bool> out(f.objects.size());
  for (std::size_t i = 1; i < f.objects.size(); ++i) out[f.objects[i].parent] = true;
  return out;
}

std::vector<Diagnostic> notes_of(const files::FileObject& o, bool opened) {
  std::vector<Diagnostic> out = o.notes;
  const auto add = [&](const char* code, const char* message) { out.push_back({Severity::note, code, message, {}, {}}); };
  const bool is_program = o.kind == "elf" || o.kind == "pe" || o.kind == "mach-o";
  if (!opened && o.notes.empty() && files::is_archive_kind(o.kind)) add("object-unopened", "nothing was found in it");
  else if (!opened && o.notes.empty() && files::is_packed_kind(o.kind))
    add("object-unopened", "its content is packed and not looked at: only bytes as they stand in the file were compared");
  if (is_program && !opened && !o.genome.genes.empty() && o.genome.code_bytes == 0)
    add("object-no-code", "a program of which no code could be read (cut off, damaged, or for a processor that is not read): its strings alone were compared");
  return out;
}

Result<Answer> answer(std::string file, files::OpenedFile opened, const gene::Index& index, const AnswerOptions& options) {
  Answer x{std::move(file), std::move(opened), {}, {}, {}, index.genes() > 0, {}, {}};
  const auto& objects = x.opened.objects;
  for (const files::FileObject& o : objects) {
    x.each.push_back(o.genome.genes.empty() ? gene::Attribution{} : gene::attribute(o.genome, index, options.compare));
    if (options.watch) MOZU_TRY(options.watch(x.each.size(), objects.size()));
  }
  x.joined = gene::join(x.each);
  x.notes = notes_of_file(x.opened, index);
  return x;
}

void leave_out_weak(Answer& x) {
  for (gene::Attribution& a : x.each) std::erase_if(a.verdicts, [](const gene::Verdict& v) { return !v.is_named; });
  x.joined = gene::join(x.each);
}

}  // namespace mozu::attribution
