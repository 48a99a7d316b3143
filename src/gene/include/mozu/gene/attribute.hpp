// Whose code is it? The genes of a file against the index: per entity how much is shared, how exclusively, and which bytes show it.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mozu/gene/index.hpp"

namespace mozu::gene {

/// Something that the file and a sample share.
struct Evidence {
  GeneClass gene_class = GeneClass::code;
  std::uint64_t key = 0;                 ///< of the gene
  std::uint32_t offset = 0, length = 0;  ///< in the file asked about
  std::uint32_t function = 0;
  std::uint32_t entities = 1;       ///< of the verdict's type that have it; 1: this one alone
  std::string sample, sample_file;  ///< SHA-256 and name of a sample that has it
  std::uint64_t sample_offset = 0;  ///< where, to 16 bytes
};

/// A function of the file that the entity has as a whole, or whose genes of code (those neither clean nor a library's) are mainly the entity's.
struct ReusedFunction {
  std::uint32_t offset = 0, length = 0;  ///< in the file, from its first gene to its last
  std::uint32_t shared = 0, genes = 0;   ///< genes of code that the entity has, of so many
  bool is_whole = false;                 ///< the same blocks in any order
  double weight = 0;                     ///< 0 to 2, as it counts in Verdict::reuse
};

struct Verdict {
  Entity entity;
  bool is_named = false;          ///< above the thresholds; the rest is weak
  double similarity = 0;          ///< 0 to 1: the weight of what the file shares with it, of all that the file has and that is neither clean nor a library's
  double containment = 0;         ///< 0 to 1: of the nearest sample's genes, how many the file has
  double confidence = 0;          ///< 0 to 1
  double reuse = 0;               ///< functions that it has of the entity, each by its weight; no share of the file
  std::optional<double> p_value;  ///< how often a clean file is as near to any entity, by confidence or by reuse; none: the index was not calibrated
  bool is_by_reuse = false;       ///< the p-value is that of reuse: the share of the whole file alone is less rare
  std::array<double, gene_classes> similarity_of{};  ///< by class
  std::uint64_t shared_genes = 0, exclusive_genes = 0;
  std::uint32_t functions = 0;        ///< distinct functions of the file with exclusive genes
  std::string nearest, nearest_file;  ///< the sample with most in common
  std::vector<Evidence> evidence;     ///< rarest and longest first, at most AttributeOptions::evidence_max
  std::uint32_t reused_functions = 0;
  std::vector<ReusedFunction> reused;  ///< of these, those that say most first, at most AttributeOptions::evidence_max
};

struct LibraryShare {
  std::string name;
  std::uint64_t genes = 0;
};

struct Attribution {
  std::vector<Verdict> verdicts;                               ///< named ones first, then by confidence, similarity, name
  std::vector<LibraryShare> libraries;                         ///< most first
  std::size_t weak = 0;                                        ///< verdicts below the thresholds, told or not
  std::uint64_t genes = 0, clean = 0, library = 0, known = 0;  ///< of the file; known: of an entity
};

struct AttributeOptions {
  std::array<bool, gene_classes> classes{true, true, true, true};
  bool weak = false;  ///< also what is below the thresholds
  std::size_t evidence_max = 20;
  double p_value_most = 1e-3;     ///< of a named verdict, and what so few clean files can show at least
  double confidence_least = 0.2;  ///< of a named verdict where nothing was calibrated: the index, or these classes
  std::uint64_t exclusive_genes_least = 8;
  std::string without = {};  ///< SHA-256 of a sample to pass over: asked about itself, every file is its own next of kin
};

/// Deterministic: same genome, same index → same answer. Thread-safe.
Attribution attribute(const Genome& genome, const Index& index, const AttributeOptions& options = {});

/// A clean file, on its way into a calibration.
Calibration::Row calibration_row(const Genome& genome, const Index& index);

}  // namespace mozu::gene
