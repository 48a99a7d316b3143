// Gene packs: a part of an index in one signed file, for sites that no network leads to. Genes, names and hashes; nothing of the samples themselves.
// Layout: docs/gene-pack.md.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/signature.hpp"
#include "mozu/base/time.hpp"
#include "mozu/gene/index.hpp"

namespace mozu::gene {

struct PackOptions {
  std::string name;               ///< what it is called where it is read: plain text of 1 to 200 bytes
  Timestamp made;                 ///< when
  std::vector<Entity> only = {};  ///< samples of these alone, and no other name of theirs; empty: of all. Goodware has no name
};

struct PackSummary {
  std::size_t samples = 0;
  std::uint64_t genes = 0, bytes = 0;
};

/// Same index and options → same bytes. Nothing is at `path` before it is whole. Errors: "gene-pack" where nothing would be in it or the name is none; those of files.
Result<PackSummary> write_pack(const Index& index, const PackOptions& options, const SigningKey& key, const std::string& path);

struct Pack {
  Origin origin;
  Timestamp made;
  std::vector<Segment> segments;  ///< at most one of clean files, and one of others
};

/// All of it was signed by one of `trusted`, and is what a pack may hold. It is copied into files without a name in `folder` first: nobody changes it afterwards.
/// Errors: "gene-pack" (no pack, cut off, signed by somebody else, changed, holds what no pack may); those of files.
Result<Pack> read_pack(const std::string& path, std::span<const PublicKey> trusted, const std::string& folder);

}  // namespace mozu::gene
