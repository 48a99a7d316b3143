#include "compilers.hpp"

#include <fmt/core.h>

#include <map>

#include "corpus.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"

namespace mozu::bench {
namespace {

struct Share {
  std::size_t right = 0, all = 0;
  std::string text() const {
    return fmt::format("{}/{} = {:.1f} %", right, all, 100 * static_cast<double>(right) / static_cast<double>(std::max<std::size_t>(all, 1)));
  }
};

}  // namespace

void compilers(const std::string& corpus, const std::string& work) {
  std::map<std::string, std::vector<File>> built;  // how → files
  const std::string list = read_file(corpus + "/corpus.tsv").value();
  for (const std::string_view line : split(list, '\n')) {
    const auto cells = split(line, '\t');
    if (cells.size() < 3) continue;
    const std::array<std::string_view, 1> role{cells[1]};
    if (!built.contains(std::string(cells[1]))) built[std::string(cells[1])] = listed(corpus, role);
  }
  for (auto& [how, files] : built)
    for (File& f : files) read(f);
  const auto compiler_of = [](const std::string& how) { return how.substr(0, how.find('-')); };
  const auto level_of = [](const std::string& how) { return how.substr(how.find('-') + 1); };
  for (const gene::Way way : {gene::Way::code, gene::Way::all}) {
    std::map<std::string, Share> by;
    for (const auto& [how, files] : built) {
      std::vector<const File*> known;
      for (const File& f : files) known.push_back(&f);
      const gene::Index index = index_of(work + "/compilers", known);
      for (const auto& [other, asked] : built) {
        if (other == how) continue;
        Share share;
        for (const File& f : asked) {
          const std::string label = best(f.genome, index, {.classes = gene::classes_of(way)}).label;
          share.right += label == f.label, ++share.all;
          if (label != f.label) fmt::print(stderr, "  {}: {} by {}, known by {}: {}\n", way == gene::Way::code ? "code" : "all", f.label, other, how, label);
        }
        const bool same_compiler = compiler_of(how) == compiler_of(other), same_level = level_of(how) == level_of(other);
        const bool far = (level_of(how) == "O0") != (level_of(other) == "O0");
        for (const char* kind : {"all pairs",
                                 same_compiler ? "same compiler, other level"
                                 : same_level  ? "other compiler, same level"
                                               : "other compiler, other level",
                                 far ? "O0 and another level" : "none of them O0, or both"})
          by[kind].right += share.right, by[kind].all += share.all;
      }
    }
    fmt::print("\n| C: {} | top-1 |\n|---|---|\n", way == gene::Way::code ? "code and functions alone" : "all genes");
    for (const auto& [kind, share] : by) fmt::print("| {} | {} |\n", kind, share.text());
  }
}

}  // namespace mozu::bench
