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
  /// A clean file: how many genes it has, and the confidence of its nearest verdict by each way.
  struct Row {
    std::uint64_t genes = 0;
    std::array<double, ways> nearest{};
  };
  /// `index_genes`: of the index that they were compared with.
  Calibration(std::vector<Row> rows, std::uint64_t index_genes);

  /// How often a clean file of like size comes as near to any entity: (1 + those that do) / (1 + all). The nearest of all entities is what each clean file
  /// counts with, so there is nothing to correct for how many entities there are. Sizes of which there are fewer than 1,000 files are judged by all: they could not show a p-value of 0.001.
  double p_value(Way way, std::uint64_t genes, double confidence) const;
  /// The least p-value that so many clean files can show.
  double least() const { return 1.0 / (1.0 + static_cast<double>(rows_.size())); }
  std::size_t files() const { return rows_.size(); }
  std::uint64_t index_genes() const { return index_genes_; }

  static constexpr const char* file_name = "calibration";    ///< in the folder of the index
  Status write(const std::string& path) const;               ///< durable when it returns
  static Result<Calibration> read(const std::string& path);  ///< errors: those of files, "gene-index" for what is damaged

 private:
  static constexpr std::size_t sizes = 5;
  std::vector<Row> rows_;
  std::uint64_t index_genes_;
  std::array<std::array<std::vector<std::uint64_t>, ways>, sizes + 1> nearest_;  // millionths, ascending; by size, and of all
};

}  // namespace mozu::gene
