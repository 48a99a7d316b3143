// Where one team's Mozu lives: everything it keeps in one folder.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"

namespace mozu::cli {

/// --data, else the environment variable MOZU_DATA, else "mozu-data" in the working folder.
struct DataFolder {
  explicit DataFolder(const std::string& option);
  std::string path;
  std::string knowledge() const;  ///< what store::StoreOptions::location takes: the folder, or what MOZU_DATABASE names ("postgresql://…")
  std::string indicators() const { return path + "/indicators.mzi"; }        ///< the index that lookups ask
  std::string warning_lists() const { return path + "/warning-lists.mzi"; }  ///< an index whose feeds are warning lists
  std::string genes() const { return path + "/genes"; }                      ///< the gene index, a folder
  std::string gene_samples() const { return path + "/gene-samples"; }        ///< what was added to it, encrypted
  std::vector<std::string> geography() const;                                ///< *.mmdb, sorted
  bool exists() const;
  bool has_knowledge() const;  ///< a knowledge base is there to be read
  /// Error "store-absent" where there is neither knowledge nor people: for verbs that make no base.
  Status must_have_base() const;
  Diagnostic no_knowledge() const;  ///< what "store-absent" says
};

}  // namespace mozu::cli
