// The corpus of corpus.py: what is whose, and genomes of it.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "mozu/gene/attribute.hpp"

namespace mozu::bench {

struct File {
  std::string path, name, role, label;
  std::string bytes, sha256;
  gene::Genome genome;
};

inline std::span<const std::uint8_t> view(const std::string& s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

/// One of the corpus, read and its genes taken.
void read(File& f);
/// Those of the roles asked for, in the order of corpus.tsv; nothing is read yet.
std::vector<File> listed(const std::string& corpus, std::span<const std::string_view> roles);

/// An index of files: goodware as such, all others as malware of their labels.
gene::Index index_of(const std::string& folder, const std::vector<const File*>& files);

struct Answer {
  std::string label;
  double confidence = 0;
  std::uint64_t exclusive = 0;
  double reuse = 0;
};
/// Who is nearest, however weak.
Answer best(const gene::Genome& g, const gene::Index& index, gene::AttributeOptions o);

}  // namespace mozu::bench
