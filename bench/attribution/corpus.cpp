#include "corpus.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/program.hpp"

namespace mozu::bench {

using gene::EntityType;

void read(File& f) {
  f.bytes = read_file(f.path, std::uint64_t{1} << 32).value();
  f.sha256 = to_hex(sha256(std::as_bytes(std::span(f.bytes))));
  if (const auto p = files::read_program(view(f.bytes))) f.genome = gene::extract(*p, view(f.bytes));
}

std::vector<File> listed(const std::string& corpus, std::span<const std::string_view> roles) {
  std::vector<File> out;
  const std::string list = read_file(corpus + "/corpus.tsv").value();
  for (const std::string_view line : split(list, '\n')) {
    const auto cells = split(line, '\t');
    if (cells.size() < 3 || std::ranges::find(roles, cells[1]) == roles.end()) continue;
    File f;
    f.name = cells[0], f.role = cells[1], f.label = cells[2];
    f.path = fmt::format("{}/files/{}", corpus, cells[0]);
    out.push_back(std::move(f));
  }
  return out;
}

gene::Index index_of(const std::string& folder, const std::vector<const File*>& files) {
  std::filesystem::remove_all(folder);
  auto index = gene::Index::open(folder).value();
  std::vector<std::pair<gene::Sample, gene::Genome>> all;
  for (const File* f : files) {
    const gene::Entity whose = f->role == "goodware"  ? gene::Entity{EntityType::goodware, ""}
                               : f->role == "library" ? gene::Entity{EntityType::library, f->label}
                                                      : gene::Entity{EntityType::malware, f->label};
    all.emplace_back(gene::Sample{f->sha256, f->name, "elf", f->bytes.size(), 0, {whose}}, f->genome);
  }
  if (const auto added = index.add(std::move(all)); !added) fmt::print(stderr, "{}\n", added.error().message);
  return index;
}

Answer best(const gene::Genome& g, const gene::Index& index, gene::AttributeOptions o) {
  o.weak = true;
  o.evidence_max = 0;
  Answer out;
  for (const auto& v : gene::attribute(g, index, o).verdicts)
    if (v.confidence > out.confidence) out = {v.entity.name, v.confidence, v.exclusive_genes, v.reuse};
  return out;
}

}  // namespace mozu::bench
