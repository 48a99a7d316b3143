// A file and all that is in it, one object after another: identified, hashed, its genes taken, opened.
#include <fmt/core.h>
#include <iconv.h>
#include <locale.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <unordered_set>

#include "charset.hpp"
#include "facts.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "mozu/files/identify.hpp"
#include "mozu/files/program.hpp"
#include "mozu/gene/extract.hpp"
#include "objects.hpp"
#include "reader.hpp"
#include "script.hpp"
#include "text_out.hpp"
#include "wire_objects.hpp"

namespace mozu::files {
namespace {

constexpr std::string_view libarchive_kinds[] = {"zip", "7z", "rar", "tar", "cab", "iso", "ar", "cpio", "lha"};
constexpr std::size_t script_bytes_looked_at = 128 << 10;
constexpr int yara_s_max = 30;                          // of an object
constexpr std::chrono::seconds emulation_time_max{60};  // of all in the file
constexpr std::string_view codec_kinds[] = {"gzip", "xz", "zstd", "bzip2"};

bool is_among(std::span<const std::string_view> kinds, std::string_view kind) { return std::ranges::find(kinds, kind) != kinds.end(); }

class Tree {
 public:
  Tree(const OpenOptions& options, std::uint32_t cpu_s_max, const std::function<bool(std::string_view)>& write, const AskUnpacker& ask)
      : options_(options),
        write_(write),
        ask_(ask),
        cpu_end_(static_cast<std::clock_t>(cpu_s_max * 0.8 * CLOCKS_PER_SEC)) {
    for (const std::string_view known : {"infected", "malware"}) passwords_.emplace_back(known);
    for (const auto& p : options.passwords)
      if (std::ranges::find(passwords_, p) == passwords_.end()) passwords_.push_back(p);
    genes_left_ = options.genes_max;
  }

  bool run(std::string_view bytes) {
    if (!options_.yara.empty()) yara_refused_ = yara_.compile(options_.yara);
    object(0, options_.name, {}, bytes, 0);
    send(encode_objects_end());
    return !gone_;
  }

 private:
  friend class Inside;
  const OpenOptions& options_;
  const std::function<bool(std::string_view)>& write_;
  const AskUnpacker& ask_;
  std::chrono::steady_clock::duration emulation_left_ = emulation_time_max;
  std::clock_t cpu_end_;
  std::vector<std::string> passwords_;
  std::unordered_set<std::string> seen_;
  std::uint32_t objects_ = 0;
  std::uint64_t bytes_ = 0, held_ = 0, genes_left_ = 0;
  bool gone_ = false;  // nobody reads any more
  YaraRules yara_;
  std::string yara_refused_;

  std::optional<Emulated> ask(std::string_view program) {
    const auto begin = std::chrono::steady_clock::now();
    const auto told = ask_(program);
    emulation_left_ -= std::chrono::steady_clock::now() - begin;
    return told ? decode_emulated(*told) : std::nullopt;
  }
  void send(std::string_view record) { gone_ = gone_ || !write_(record); }
  void note(std::uint32_t index, std::string_view code, std::string message) {
    send(encode_object_note(index, {Severity::warning, std::string(code), std::move(message), {}, {}}));
  }
  void object(std::uint32_t parent, std::string_view name, std::string_view how, std::string_view bytes, std::uint32_t depth);
  void genes(std::uint32_t index, std::string_view kind, std::string_view bytes);
  void yara(std::uint32_t index, std::string_view bytes);
  void places(std::uint32_t index, std::string_view sha256, std::string_view kind, std::string_view bytes);
  /// True: what was found in it says all that it says itself.
  bool open(std::uint32_t index, std::string_view name, std::string_view kind, std::string_view bytes, std::uint32_t depth);
};

/// The inside of one object while it is opened.
class Inside final : public Nest {
 public:
  Inside(Tree& tree, std::uint32_t index, std::string_view name, std::uint32_t depth) : tree_(tree), name_(name), index_(index), depth_(depth) {}

  bool found(std::string_view name, std::string_view how, std::string_view bytes) override {
    if (!room()) return false;
    ++count_;
    last_ = tree_.objects_;
    tree_.bytes_ += bytes.size();
    tree_.held_ += bytes.size();
    tree_.object(index_, name, how, bytes, depth_ + 1);
    tree_.held_ -= bytes.size();
    return room();
  }
  bool unread(std::string_view name, std::string_view how, std::string_view code, std::string message) override {
    if (!room()) return false;
    ++count_;
    last_ = tree_.objects_++;
    FileObject o;
    o.parent = index_;
    o.path = one_line(name);
    o.how = how;
    tree_.send(encode_object(o));
    tree_.note(last_, code, std::move(message));
    return room();
  }
  void note_last(std::string_view code, std::string message) override {
    if (count_ > 0) tree_.note(last_, code, std::move(message));
  }
  void replaced() override { replaced_ = true; }
  void note(std::string_view code, std::string message) override { tree_.note(index_, code, std::move(message)); }
  std::uint64_t bytes_left() const override {
    const auto& o = tree_.options_;
    const auto left = [](std::uint64_t most, std::uint64_t used) { return most - std::min(most, used); };
    return std::min({o.object_bytes_max, left(o.bytes_max, tree_.bytes_), left(o.held_bytes_max, tree_.held_)});
  }
  std::uint64_t ratio_max() const override { return std::max<std::uint64_t>(tree_.options_.ratio_max, 1); }
  const std::vector<std::string>& passwords() const override { return tree_.passwords_; }

  std::string_view name() const override { return name_; }
  bool more() override { return room(); }
  std::optional<Emulated> emulated(std::string_view program) override {
    if (!tree_.options_.emulate || !room()) return {};
    std::string why = "the program that would unpack it, mozu-unpacker, is not installed";
    if (tree_.ask_ && tree_.emulation_left_.count() <= 0) why = "the time to run packed programs is used up";
    else if (tree_.ask_) {
      auto told = tree_.ask(program);
      if (told && !told->parts.empty()) return told;
      why = "it was run and unpacked nothing: " + (told ? told->ended : "its run ended badly");
    }
    note("object-packed", "it looks packed; " + why);
    return {};
  }

  std::size_t count() const { return count_; }
  bool is_replaced() const { return replaced_; }
  bool room() {
    if (tree_.gone_ || told_) return false;
    const auto& o = tree_.options_;
    std::string which;
    if (tree_.objects_ >= o.objects_max) which = fmt::format("there are more than {} objects", with_commas(o.objects_max));
    else if (bytes_left() == 0) which = fmt::format("it unpacks to more than {}", human_bytes(static_cast<double>(o.bytes_max)));
    else if (std::clock() > tree_.cpu_end_) which = "its processor time is used up";
    else return true;
    told_ = true;
    note("objects-left", which + ": the rest of it is left out");
    return false;
  }

 private:
  Tree& tree_;
  std::string_view name_;
  std::uint32_t index_, depth_, last_ = 0;
  std::size_t count_ = 0;
  bool told_ = false, replaced_ = false;
};

/// identify() knows documents; among texts there are scripts, too.
std::string kind_of(std::string_view bytes, std::string_view name) {
  const auto kind = identify(bytes, name);
  // A line of comment in many languages is a heading in Markdown.
  if (kind != "text" && !((kind == "markdown" || kind == "asciidoc") && !name.ends_with(".md") && !name.ends_with(".adoc"))) return std::string(kind);
  const auto script = script_kind(to_utf8(bytes.substr(0, script_bytes_looked_at)), name);
  return std::string(script.empty() ? kind : script);
}

std::vector<std::pair<std::string, std::string>> all_facts(std::string_view kind, std::string_view bytes, bool fuzzy) {
  auto out = facts_of(kind, bytes);
  if (kind == "pe")
    if (const auto signature = signature_of(bytes); !signature.empty())
      for (auto& fact : signer_facts(signature)) out.push_back(std::move(fact));
  if (fuzzy)
    for (auto& fact : fuzzy_facts(bytes)) out.push_back(std::move(fact));
  std::ranges::sort(out);
  return out;
}

void Tree::object(std::uint32_t parent, std::string_view name, std::string_view how, std::string_view bytes, std::uint32_t depth) {
  const std::uint32_t index = objects_++;
  FileObject o;
  o.parent = parent;
  o.path = one_line(name);
  o.how = how;
  o.kind = kind_of(bytes, name);
  o.sha256 = to_hex(sha256(std::as_bytes(std::span(bytes))));
  o.bytes = bytes.size();
  const bool known = !seen_.insert(o.sha256).second;
  if (!known) o.facts = all_facts(o.kind, bytes, options_.fuzzy_hashes);
  send(encode_object(o));
  if (known) return note(index, "object-known", "its bytes are those of an object before it");
  if (index == 0 && !yara_refused_.empty()) note(0, "yara-refused", "the YARA rules were not used: " + yara_refused_);
  yara(index, bytes);
  try {
    if (!options_.places.empty()) places(index, o.sha256, o.kind, bytes);
    if (!open(index, o.path, o.kind, bytes, depth) && options_.places.empty()) genes(index, o.kind, bytes);
  } catch (const std::bad_alloc&) {
    note(index, "object-cut", "it needs more memory than the worker has");
  } catch (const std::exception&) {  // a mistake of an opener: what else the file holds is read all the same
    note(index, "object-damaged", "it could not be taken apart");
  }
}

/// Who opens a kind; null: nobody.
using Opener = void (*)(std::string_view kind, std::string_view bytes, Nest& nest);
Opener opener_of(std::string_view kind) {
  if (is_among(libarchive_kinds, kind) || is_zip_kind(kind)) return [](std::string_view, std::string_view bytes, Nest& nest) { open_archive(bytes, nest); };
  if (is_among(codec_kinds, kind)) return [](std::string_view, std::string_view bytes, Nest& nest) { open_packed(bytes, nest); };
  if (kind == "pe" || kind == "elf" || kind == "mach-o") return open_program;
  if (kind == "elf-core" || kind == "minidump" || kind == "binary") return open_dump;
  if (kind == "ole") return [](std::string_view, std::string_view bytes, Nest& nest) { open_ole(bytes, nest); };
  if (kind == "email" || kind == "mbox") return open_mail;
  if (kind == "rtf") return [](std::string_view, std::string_view bytes, Nest& nest) { open_rtf(bytes, nest); };
  if (kind == "onenote") return [](std::string_view, std::string_view bytes, Nest& nest) { open_onenote(bytes, nest); };
  if (kind == "html") return [](std::string_view, std::string_view bytes, Nest& nest) { open_page(bytes, nest); };
  if (is_script_kind(kind)) return [](std::string_view, std::string_view bytes, Nest& nest) { open_script(bytes, nest); };
  if (kind == "pdf") return [](std::string_view, std::string_view bytes, Nest& nest) { open_pdf(bytes, nest); };
  return nullptr;
}

/// Kinds whose own bytes say something beside what is in them.
bool keeps_genes(std::string_view kind) {
  constexpr std::string_view kinds[] = {"pe", "elf", "mach-o", "binary", "html", "rtf", "onenote", "pdf"};
  return is_script_kind(kind) || is_among(kinds, kind);
}

bool Tree::open(std::uint32_t index, std::string_view name, std::string_view kind, std::string_view bytes, std::uint32_t depth) {
  const Opener opener = opener_of(kind);
  if (opener == nullptr) return false;
  Inside inside(*this, index, name, depth);
  if (!inside.room()) return false;
  if (depth >= options_.depth_max) {
    note(index, "objects-left", fmt::format("it is nested deeper than {}: it is not opened", options_.depth_max));
    return false;
  }
  opener(kind, bytes, inside);
  return inside.count() > 0 && (inside.is_replaced() || !keeps_genes(kind));
}

void Tree::genes(std::uint32_t index, std::string_view kind, std::string_view bytes) {
  if (genes_left_ == 0 || std::clock() > cpu_end_) return note(index, "object-cut", "its genes were not taken: a limit was reached before");
  const auto program = read_program(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
  gene::ExtractLimits limits;
  limits.genes_max = std::min(limits.genes_max, genes_left_ / gene::gene_classes);
  const auto genome = genome_of(kind, bytes, program ? &*program : nullptr, limits);
  genes_left_ -= std::min<std::uint64_t>(genes_left_, genome.genes.size());
  send(encode_object_genome(index, program ? program->architecture : gene::Architecture::none, genome));
}

void Tree::yara(std::uint32_t index, std::string_view bytes) {
  if (yara_.empty()) return;
  const auto left = static_cast<int>((cpu_end_ - std::clock()) / CLOCKS_PER_SEC);
  std::vector<YaraHit> hits;
  if (left < 1 || !yara_.look_at(bytes, std::min(left, yara_s_max), hits))
    note(index, "yara-cut", "not all YARA rules were tried: it took too long, or too many fit");
  for (const YaraHit& hit : hits) send(encode_object_yara(index, hit));
}

void Tree::places(std::uint32_t index, std::string_view sha256, std::string_view kind, std::string_view bytes) {
  if (std::ranges::none_of(options_.places, [&](const PlaceWanted& p) { return p.sha256 == sha256; })) return;
  for (const Place& p : places_in(kind, bytes, sha256, options_.places)) send(encode_object_place(index, p));
}

}  // namespace

void prepare_objects() {
  // libarchive turns names into the locale's characters, and opens converters for that; with UTF-8 it has its own, but for what it asks first.
  // Neither the locale nor the descriptors are given back: their modules would be unloaded.
  ::uselocale(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr));
  for (const char* from : {"UTF-8", "UTF-16LE", "UTF-16BE"}) ::iconv_open("UTF-8", from);
  sha256({});
  md5({});
  prepare_yara();
  prepare_certificates();
  prepare_sevenzip();
  prepare_pdf_objects();
  load_charsets();
}

bool open_all(std::string_view bytes, std::string_view options, std::uint32_t cpu_s_max, const std::function<bool(std::string_view)>& write,
              const AskUnpacker& ask) {
  OpenOptions told;
  if (!read_options(options, told)) return false;
  return Tree(told, cpu_s_max, write, ask).run(bytes);
}

}  // namespace mozu::files
