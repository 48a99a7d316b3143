// A YARA rule for a family: bytes and strings that its samples have and nobody else in the index does.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mozu/gene/index.hpp"

namespace mozu::gene {

/// A sample of the family, or a file that must not be hit.
struct RuleFile {
  std::string name;
  std::span<const std::uint8_t> bytes;
  Architecture architecture = Architecture::none;
  Genome genome;
};

/// Bytes, some of which may be anything: displacements and targets, which a linker sets.
struct Pattern {
  std::vector<std::uint8_t> bytes;
  std::vector<bool> any;
  bool is_text = false, is_wide = false;
};

struct Rule {
  std::vector<Pattern> patterns;
  std::size_t least = 0;                               ///< so many of them make a hit
  std::uint64_t bytes_most = 0;                        ///< larger files are not hit
  std::vector<std::string> heads;                      ///< conditions of which one must hold: what the files begin with
  std::size_t family = 0, family_hits = 0, clean = 0;  ///< what it was tried on; of clean files it hits none
};

struct RuleOptions {
  std::size_t patterns_max = 20;
  std::string name;  ///< of the rule; letters, digits and _ are kept
  Entity entity;
};

/// Patterns of genes that no clean file, library or other entity in the index has, chosen so that every sample has as many as can be; four times as many
/// as are wanted, so that clean files may take some.
Rule make_rule(std::span<const RuleFile> family, const Index& index, const RuleOptions& options);
/// A clean file: counted, and the patterns that it has are taken out. False: there were none to take out.
bool spare(Rule& rule, std::span<const std::uint8_t> clean);
/// After the clean files: keeps the best patterns and tries them on the family. Error "gene-rule": too little is left.
Status settle(Rule& rule, std::span<const RuleFile> family, const RuleOptions& options);
/// Whether the rule hits, as YARA would say.
bool hits(const Rule& rule, std::span<const std::uint8_t> file);
/// YARA source text, with what it was tried on in `meta`.
std::string text_of(const Rule& rule, const RuleOptions& options);

}  // namespace mozu::gene
