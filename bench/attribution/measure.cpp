// Attribution measured on a corpus of corpus.py: who is named, how often a stranger is, how fast genes are taken.
//   mozu_attribution_bench CORPUS WORK      prints tables for docs/attribution-benchmark.md; WORK holds the indexes while it runs
#include <Zydis/Zydis.h>
#include <capstone/capstone.h>
#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mozu/base/file.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/program.hpp"
#include "mozu/gene/attribute.hpp"

namespace {

using namespace mozu;
using gene::AttributeOptions;
using gene::EntityType;

struct File {
  std::string name, role, label, bytes, sha256;
  gene::Genome genome;
};

std::span<const std::uint8_t> view(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }
/// Of this thread's processor: other work on the machine does not count.
double processor_s() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

std::vector<File> load(const std::string& corpus) {
  std::vector<File> out;
  const std::string list = read_file(corpus + "/corpus.tsv").value();
  for (const std::string_view line : split(list, '\n')) {
    const auto cells = split(line, '\t');
    if (cells.size() < 3 || cells[1] == "stranger") continue;
    File f{std::string(cells[0]), std::string(cells[1]), std::string(cells[2]), {}, {}, {}};
    f.bytes = read_file(corpus + "/files/" + f.name, std::uint64_t{1} << 32).value();
    f.sha256 = to_hex(sha256(std::as_bytes(std::span(f.bytes))));
    if (const auto p = files::read_program(view(f.bytes))) f.genome = gene::extract(*p, view(f.bytes));
    out.push_back(std::move(f));
  }
  return out;
}

gene::Index index_of(const std::string& folder, const std::vector<const File*>& files) {
  std::filesystem::remove_all(folder);
  auto index = gene::Index::open(folder).value();
  std::vector<std::pair<gene::Sample, gene::Genome>> all;
  for (const File* f : files) {
    const gene::Entity whose = f->role == "goodware" ? gene::Entity{EntityType::goodware, ""} : gene::Entity{EntityType::malware, f->label};
    all.emplace_back(gene::Sample{f->sha256, f->name, "elf", f->bytes.size(), 0, {whose}}, f->genome);
  }
  if (const auto added = index.add(std::move(all)); !added) fmt::print(stderr, "{}\n", added.error().message);
  return index;
}

struct Answer {
  std::string label;
  double confidence = 0;
};
Answer best(const gene::Genome& g, const gene::Index& index, AttributeOptions o) {
  o.weak = true;
  o.evidence_max = 0;
  Answer out;
  for (const auto& v : gene::attribute(g, index, o).verdicts)
    if (v.confidence > out.confidence) out = {v.entity.name, v.confidence};
  return out;
}

/// Recall at the threshold that lets through at most `rate` of half of the strangers, and how many of the other half it lets through.
void table(const char* title, const std::vector<File>& all, const gene::Index& index, const gene::Index& oldest,
           const std::map<std::string, const File*>& newest, const AttributeOptions& o) {
  std::size_t files = 0, right = 0, far = 0;
  std::vector<double> own;
  for (const File& f : all) {
    if (f.role != "family") continue;
    AttributeOptions without = o;
    without.without = f.sha256;
    const Answer a = best(f.genome, index, without);
    ++files;
    const bool hit = a.label == f.label;
    right += hit;
    own.push_back(hit ? a.confidence : 0);
    if (!hit) fmt::print("  {}: {} takes {} for {} ({:.3f})\n", title, f.name, f.label, a.label, a.confidence);
  }
  for (const auto& [label, f] : newest) far += best(f->genome, oldest, o).label == label;
  std::vector<double> strangers[2];
  std::size_t n = 0;
  for (const File& f : all)
    if (f.role == "negative") strangers[n++ % 2].push_back(best(f.genome, index, o).confidence);
  std::ranges::sort(strangers[0], std::greater{});
  for (const std::size_t passes : {std::size_t{1}, std::size_t{0}}) {
    const double threshold = strangers[0].empty() ? 0 : strangers[0][std::min(passes, strangers[0].size() - 1)];
    const auto above = [&](const std::vector<double>& v) { return std::ranges::count_if(v, [&](double x) { return x > threshold; }); };
    fmt::print("| {} | {}/{} = {:.3f} | {}/{} | {:.3f} ({} of {} strangers pass) | {}/{} of the others |\n", title, right, files,
               static_cast<double>(right) / static_cast<double>(files), far, newest.size(), static_cast<double>(above(own)) / static_cast<double>(files),
               passes, strangers[0].size(), above(strangers[1]), strangers[1].size());
  }
}

void speed(const std::vector<File>& all) {
  double mine = 0, decode = 0, zydis_s = 0, capstone_s = 0;
  std::uint64_t bytes = 0, count = 0;
  ZydisDecoder zydis;
  ZydisDecoderInit(&zydis, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
  csh capstone = 0;
  cs_open(CS_ARCH_X86, CS_MODE_64, &capstone);
  cs_option(capstone, CS_OPT_DETAIL, CS_OPT_ON);
  cs_insn* insn = cs_malloc(capstone);
  for (const File& f : all) {
    if (f.role != "family" || bytes > 40'000'000) continue;
    const auto p = files::read_program(view(f.bytes));
    if (!p || p->architecture != gene::Architecture::x64) continue;
    auto t = processor_s();
    count += gene::extract(*p, view(f.bytes)).genes.size();
    mine += processor_s() - t;
    for (const auto& s : p->sections) {
      if (!s.code) continue;
      bytes += s.bytes.size();
      t = processor_s();
      for (std::size_t at = 0; at < s.bytes.size();) {
        const auto i = gene::decode_x86(s.bytes.subspan(at), true);
        count += i.token & 1U;
        at += std::max<std::size_t>(i.length, 1);
      }
      decode += processor_s() - t;
      t = processor_s();
      for (std::size_t at = 0; at < s.bytes.size();) {
        ZydisDecodedInstruction z;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        at += ZYAN_SUCCESS(ZydisDecoderDecodeFull(&zydis, s.bytes.data() + at, s.bytes.size() - at, &z, operands)) ? z.length : 1;
      }
      zydis_s += processor_s() - t;
      t = processor_s();
      const std::uint8_t* code = s.bytes.data();
      std::size_t left = s.bytes.size();
      for (std::uint64_t address = 0; left > 0;)
        if (!cs_disasm_iter(capstone, &code, &left, &address, insn)) ++code, --left;
      capstone_s += processor_s() - t;
    }
  }
  cs_free(insn, 1);
  cs_close(&capstone);
  const double mb = static_cast<double>(bytes) / 1e6;
  fmt::print(
      "\n| one thread, {:.0f} MB of code | MB/s |\n|---|---|\n| genes of all classes, sorted | {:.1f} |\n| decoder alone | {:.1f} |\n| Zydis, full | {:.1f} "
      "|\n| Capstone, detail | {:.1f} |\n",
      mb, mb / mine, mb / decode, mb / zydis_s, mb / capstone_s);
  if (count == 0) fmt::print("no genes\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return fmt::print(stderr, "mozu_attribution_bench CORPUS WORK [speed]\n"), 1;
  const auto all = load(argv[1]);
  if (argc > 3 && std::string_view(argv[3]) == "speed") return speed(all), 0;
  const std::string work = argv[2];
  std::vector<const File*> known, old;
  std::map<std::string, const File*> oldest, newest;
  for (const File& f : all) {
    if (f.role == "negative") continue;
    known.push_back(&f);
    if (f.role != "family") old.push_back(&f);
    else oldest.emplace(f.label, &f), newest[f.label] = &f;
  }
  for (const auto& [label, f] : oldest) old.push_back(f);
  const gene::Index index = index_of(work + "/all", known), far = index_of(work + "/old", old);
  std::uint64_t size = 0;
  for (const auto& s : index.segments()) size += s.bytes();
  fmt::print("{} files; index of {} genes, {:.2f} bytes each\n\n", all.size(), index.genes(), static_cast<double>(size) / static_cast<double>(index.genes()));
  fmt::print("| genes | A: leave one version out, top-1 | B: newest by the oldest | recall | false positives |\n|---|---|---|---|---|\n");
  table("code and functions", all, index, far, newest, {.classes = {true, true, false, false}});
  table("strings", all, index, far, newest, {.classes = {false, false, true, false}});
  table("all", all, index, far, newest, {});
  speed(all);
  return 0;
}
