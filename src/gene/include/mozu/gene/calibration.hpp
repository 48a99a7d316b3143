// How near clean files come to anybody known: what turns a confidence into a p-value. Made from clean files that the index does not hold as such, since
// of those that it holds nothing is left to compare.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/gene/extract.hpp"

namespace mozu::gene {

/// The sets of classes that have a calibration.
enum class Way : std::uint8_t { all, code, text };
inline constexpr std::size_t ways = 3;
std::array<bool, gene_classes> classes_of(Way way);
std::optional<Way> way_of(const std::array<bool, gene_classes>& classes);

class Calibration {
 public:
  /// A clean file: how many genes it has, the confidence of its nearest verdict by each way, and the most reuse of any verdict (Verdict::reuse).
  struct Row {
    std::uint64_t genes = 0;
    std::array<double, ways> nearest{};
    double reuse = 0;
  };
  /// `index_genes`: of the index that they were compared with. `has_reuse`: false of those made before reuse was measured, which judge by confidence alone.
  Calibration(std::vector<Row> rows, std::uint64_t index_genes, bool has_reuse = true);

  struct Rare {
    double p_value = 1;
    bool is_by_reuse = false;  ///< reuse is rarer than the confidence
  };
  /// How often a clean file of like size comes as near to any entity: (1 + those that do) / (1 + all). The nearest of all entities is what each clean file
  /// counts with, so there is nothing to correct for how many entities there are. As near is who has as good a rank by confidence or by reuse, the better of
  /// the two: clean files have two chances as well, so looking twice costs the p-value nothing of its meaning. Sizes of which there are fewer than 1,000
  /// files are judged by all: they could not show a p-value of 0.001.
  /// `reuse`: none of a file without code, which is judged by its confidence alone.
  Rare p_value(Way way, std::uint64_t genes, double confidence, std::optional<double> reuse) const;
  /// The least p-value that so many clean files can show.
  double least() const { return 1.0 / (1.0 + static_cast<double>(rows_.size())); }
  std::size_t files() const { return rows_.size(); }
  std::uint64_t index_genes() const { return index_genes_; }
  bool has_reuse() const { return has_reuse_; }

  static constexpr const char* file_name = "calibration";    ///< in the folder of the index
  Status write(const std::string& path) const;               ///< durable when it returns
  static Result<Calibration> read(const std::string& path);  ///< errors: those of files, "gene-index" for what is damaged

 private:
  static constexpr std::size_t sizes = 5;
  std::vector<Row> rows_;
  std::uint64_t index_genes_;
  bool has_reuse_;
  struct Clean {
    std::vector<std::uint64_t> nearest, reuse;  // ascending, as they are stored
    std::vector<std::uint64_t> joint;           // of each file the better of its ranks, ascending
  };
  std::array<std::array<Clean, ways>, sizes + 1> clean_;  // by size, and of all
};

}  // namespace mozu::gene
