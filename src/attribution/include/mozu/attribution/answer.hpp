// Whose code is it? A file is opened, each object in it compared with the gene index, and the answer told: the same file and the same index give the same
// bytes, whether the command line or the server asked.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/files/objects.hpp"
#include "mozu/gene/attribute.hpp"
#include "mozu/gene/index.hpp"
#include "mozu/gene/join.hpp"

namespace mozu::attribution {

/// An object in cells of the same size: whose genes stand there. A letter a cell: '.' none, '-' unknown, 'c' clean, 'l' of a library, 'o' of others than `whose`, 'A' and on of the first
/// of `whose` and on. A gene stands where the object has it first.
struct ObjectMap {
  std::size_t object = 0;
  std::uint64_t cell_bytes = 0;
  std::vector<gene::Entity> whose;  ///< of the verdicts, in their order; at most 8
  std::string cells;                ///< at most 1,024
};

/// Bytes of an object that somebody shares.
struct Label {
  std::uint64_t offset = 0, length = 0;
  gene::GeneClass gene_class = gene::GeneClass::code;
  std::uint8_t whose = 0;  ///< bit i: the i-th of Labels::whose
  bool operator==(const Label&) const = default;
};
/// All that the object of the first verdict shares with those of the first eight; neighbouring genes of code are one.
struct Labels {
  std::size_t object = 0;
  std::vector<gene::Entity> whose;
  std::vector<Label> labels;  ///< by offset; at most 10,000, the longest
  std::size_t left_out = 0;
};

/// A file, all that is in it, and whose it is.
struct Answer {
  std::string file;  ///< as whoever asked calls it
  files::OpenedFile opened;
  std::vector<gene::Attribution> each;  ///< of its objects
  gene::Joined joined;
  std::vector<std::string> notes;  ///< what the answer does not say by itself
  bool compared = true;            ///< false: the index was empty
  /// What the evidence looks like, where show_places() found it: in the file by object and gene, in samples by their SHA-256 and gene.
  std::map<std::pair<std::size_t, std::uint64_t>, files::Place> here;
  std::map<std::pair<std::string, std::uint64_t>, files::Place> there;
  std::vector<ObjectMap> maps = {};  ///< of the objects of the first eight verdicts, else of the first object with genes; made by draw()
  Labels labels = {};                ///< the same
};

struct AnswerOptions {
  gene::AttributeOptions compare = {};
  /// Told after each object that was compared; what it returns ends the work.
  std::function<Status(std::size_t done, std::size_t objects)> watch = {};
};

/// Errors: those of `watch` alone.
Result<Answer> answer(std::string file, files::OpenedFile opened, const gene::Index& index, const AnswerOptions& options);
/// What the answer had been without AttributeOptions::weak.
void leave_out_weak(Answer& x);

/// Makes `maps` and `labels`, of the verdicts as they are now. The index and options are those of the answer.
void draw(Answer& x, const gene::Index& index, const gene::AttributeOptions& compare);

class KeptSamples;
/// Fills in `here` and `there` for the evidence of the first verdicts: the file at `path`, opened as it was for the answer, and samples that are kept (`samples` may be null) are opened once more.
/// What cannot be shown is left out; a note says why where it was the file itself. `limits` are of all together.
void show_places(Answer& x, const std::string& path, files::OpenOptions options, const gene::Index& index, const KeptSamples* samples,
                 const files::CellLimits& limits = {});

/// "a.zip/b/c.exe" of an object in dir/a.zip.
std::string object_path(const std::string& file, const files::FileObject& object);
/// By object: something was found in it.
std::vector<bool> opened_ones(const files::OpenedFile& f);
/// What is told about an object beside what its opener noted.
std::vector<Diagnostic> notes_of(const files::FileObject& o, bool opened);

/// One JSON object and a line end; docs/attribution.md has its members.
std::string json_of(const Answer& x);
/// A STIX 2.1 bundle of the analysis, made at `at`, and its verdicts; the same answer and time give the same bytes.
std::string stix_of(const Answer& x, Timestamp at);
/// What sets labels in a disassembler.
enum class LabelTool : std::uint8_t { ida, ghidra, x64dbg };
std::string_view name(LabelTool t);  ///< "ida", …
std::optional<LabelTool> label_tool(std::string_view name);
/// A script (of x64dbg: commands) that comments what is shared, by offsets in the file: the tool knows where it loaded them. What stands in names is text to each tool.
std::string label_script(const Answer& x, LabelTool tool);
/// A page of HTML that asks for nothing else: the verdicts, evidence of the first three, up to 200 objects.
std::string html_of(const Answer& x);

}  // namespace mozu::attribution
