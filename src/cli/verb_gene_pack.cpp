// Genes from one site to another, and what the index holds from where.
#include <fmt/core.h>

#include <filesystem>
#include <map>

#include "data_folder.hpp"
#include "mozu/base/json_write.hpp"
#include "mozu/base/signature.hpp"
#include "mozu/base/text.hpp"
#include "mozu/gene/index.hpp"
#include "mozu/gene/pack.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace mozu::cli {
namespace {

using gene::Entity;
using gene::EntityType;
using gene::Origin;

/// Of a fingerprint, what people see in a table.
std::string_view short_key(std::string_view fingerprint) { return fingerprint.substr(0, 16); }

std::vector<Entity> chosen(const GeneArguments& a) {
  std::vector<Entity> out;
  const auto append = [&](EntityType type, const std::vector<std::string>& names) {
    for (const std::string& n : names) out.push_back({type, n});
  };
  append(EntityType::actor, a.actors);
  append(EntityType::campaign, a.campaigns);
  append(EntityType::malware, a.malware);
  append(EntityType::tool, a.tools);
  append(EntityType::library, a.libraries);
  if (a.goodware) out.push_back({EntityType::goodware, ""});
  return out;
}

Result<gene::PackSummary> export_pack(const GeneArguments& a) {
  MOZU_LET(const auto key, SigningKey::read(a.key));
  MOZU_LET(const auto index, gene::Index::open_existing(DataFolder(a.data).genes()));
  const std::string name = a.pack_name.empty() ? std::filesystem::path(a.pack).filename().string() : a.pack_name;
  return gene::write_pack(index, {name, now(), chosen(a)}, key, a.pack);
}

/// What the index holds, by whose it is and where it came from.
using Holdings = std::map<std::pair<Entity, Origin>, std::uint64_t>;

std::string stat_json(const gene::Index& index, const Holdings& samples, std::uint64_t bytes) {
  std::string out;
  JsonWriter w(out);
  const auto& calibration = index.calibration();
  w.begin_object()
      .field("genes", index.genes())
      .field("bytes", bytes)
      .field("segments", static_cast<std::uint64_t>(index.segments().size()))
      .field("calibration_files", static_cast<std::uint64_t>(calibration ? calibration->files() : 0))
      .key("entities")
      .begin_array();
  for (const auto& [whose, n] : samples) {
    const auto& [e, origin] = whose;
    w.begin_object().field("type", name(e.type)).field("name", e.name).field("samples", n);
    if (origin != Origin{}) w.field("pack", origin.pack).field("key", origin.key);
    w.end_object();
  }
  w.end_array().end_object();
  return out + '\n';
}

std::string stat_text(const gene::Index& index, const Holdings& samples, std::uint64_t bytes) {
  bool has_packs = false;
  for (const auto& [whose, n] : samples) has_packs |= whose.second != Origin{};
  Table table(has_packs ? "llrl" : "llr");
  std::vector<std::string> head{"type", "name", "samples"};
  if (has_packs) head.emplace_back("from");
  table.header(head);
  for (const auto& [whose, n] : samples) {
    const auto& [e, origin] = whose;
    std::vector<std::string> row{std::string(name(e.type)), printable(e.name), with_commas(n)};
    if (has_packs) row.push_back(origin == Origin{} ? "here" : fmt::format("{} (key {}…)", printable(origin.pack), printable(short_key(origin.key))));
    table.row(row);
  }
  std::string out = table.text(stdout_colour());
  out += fmt::format("{} genes, {} in {}\n", with_commas(index.genes()), human_bytes(static_cast<double>(bytes)), plural(index.segments().size(), "segment"));
  const auto& calibration = index.calibration();
  if (calibration) out += fmt::format("calibrated with {} of clean files\n", plural(calibration->files(), "object"));
  else out += "not calibrated: `mozu gene calibrate` gives verdicts p-values\n";
  return out;
}

}  // namespace

int gene_pack_key_verb(const GeneArguments& a) {
  const auto key = make_key_files(a.key);
  if (!key) {
    say(key.error());
    return exit_failed;
  }
  return finish_stdout(fmt::format("{}: signs packs; keep it to yourself\n{}.pub: for those who take them\nfingerprint: {}\n", a.key, a.key, fingerprint(*key)),
                       exit_done);
}

int gene_pack_export_verb(const GeneArguments& a) {
  const auto packed = export_pack(a);
  if (!packed) {
    say(packed.error());
    return exit_failed;
  }
  return finish_stdout(fmt::format("{}: {}, {}, {}\n", a.pack, plural(packed->samples, "sample"), plural(packed->genes, "gene"),
                                   human_bytes(static_cast<double>(packed->bytes))),
                       exit_done);
}

int gene_pack_import_verb(const GeneArguments& a) {
  std::vector<PublicKey> trusted;
  for (const std::string& path : a.trust) {
    const auto key = read_public_key(path);
    if (!key) {
      say(key.error());
      return exit_failed;
    }
    trusted.push_back(*key);
  }
  const std::string folder = DataFolder(a.data).genes();
  auto index = gene::Index::open(folder);
  if (!index) {
    say(index.error());
    return exit_failed;
  }
  std::string out;
  int exit = exit_done;
  for (const std::string& path : a.paths) {
    const auto pack = gene::read_pack(path, trusted, folder);
    auto added = pack ? index->add(*pack) : Result<std::size_t>(std::unexpected(pack.error()));
    if (!added) {
      say(Diagnostic(added.error()).at(path));
      exit = exit_failed;
      continue;
    }
    std::size_t samples = 0;
    for (const gene::Segment& s : pack->segments) samples += s.samples().size();
    out += fmt::format("{}: \"{}\" of {}, key {}: {} added, {} there already\n", path, printable(pack->origin.pack), format_time(pack->made),
                       short_key(pack->origin.key), plural(*added, "sample"), with_commas(samples - *added));
  }
  return finish_stdout(out, exit);
}

int gene_stat_verb(const GeneArguments& a) {
  const auto index = gene::Index::open_existing(DataFolder(a.data).genes());
  if (!index) {
    say(index.error());
    return exit_failed;
  }
  Holdings samples;
  std::uint64_t bytes = 0;
  for (const gene::Segment& s : index->segments()) {
    bytes += s.bytes();
    for (const gene::Sample& sample : s.samples())
      for (const Entity& e : sample.entities) ++samples[{e, sample.origin}];
  }
  return finish_stdout(a.json ? stat_json(*index, samples, bytes) : stat_text(*index, samples, bytes), exit_done);
}

}  // namespace mozu::cli
