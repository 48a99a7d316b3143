// The gene index: which samples hold a gene, and where one of them does. A folder of immutable segment files and a list of them that is replaced in one
// rename: what add() returned from is durable, readers see the old or the new state. Layout: src/gene/README.md.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/gene/calibration.hpp"
#include "mozu/gene/extract.hpp"

namespace mozu::gene {

enum class EntityType : std::uint8_t {
  actor,
  campaign,
  malware,
  tool,
  library,   ///< code that many use: named where it is found, never taken for kinship
  goodware,  ///< clean: its genes say nothing. Has no name
};
std::string_view name(EntityType t);  ///< "actor", …
std::optional<EntityType> entity_type(std::string_view name);

struct Entity {
  EntityType type = EntityType::actor;
  std::string name;
  auto operator<=>(const Entity&) const = default;
};

/// Where samples came from that others looked at: a pack (pack.hpp).
struct Origin {
  std::string pack;  ///< its name
  std::string key;   ///< fingerprint of the key that signed it
  auto operator<=>(const Origin&) const = default;
};

struct Sample {
  std::string sha256;  ///< of the file, lower-case hex
  std::string file;    ///< its name, for people
  std::string kind;    ///< "elf", "pe"
  std::uint64_t bytes = 0;
  std::uint64_t genes = 0;       ///< set by SegmentBuilder
  std::vector<Entity> entities;  ///< whose it is; of goodware that one alone
  std::string container = {};    ///< SHA-256 of the file that it was found in; empty: it is a file of its own
  Origin origin = {};            ///< empty: it was added here
};

/// What one segment holds, mapped.
class Segment {
 public:
  static Result<Segment> open(const std::string& path);  ///< errors: those of files, "gene-index" for what is damaged or of another version
  Segment(Segment&&) noexcept;
  Segment& operator=(Segment&&) noexcept;
  ~Segment();

  const std::vector<Sample>& samples() const;
  std::uint64_t genes() const;  ///< distinct keys
  std::uint64_t bytes() const;
  bool is_clean() const;  ///< holds clean files alone, the others hold none

  struct Hit {
    std::size_t query = 0;                   ///< which of the keys asked for
    std::span<const std::uint32_t> samples;  ///< numbers into samples(), ascending; at most 4,096 of them; valid during the call
    std::uint64_t offset = 0;                ///< in the first of the samples, rounded down to 16
  };
  /// `keys` ascending. Calls for each that is there, in order. Clean genes are all of the first sample, and have no place.
  void find(std::span<const std::uint64_t> keys, const std::function<void(const Hit&)>& hit) const;
  /// Of a clean segment: sets those of `keys` (ascending) that it holds, and one in 65,536 of the others. Quicker than find(), and in less memory.
  void find_clean(std::span<const std::uint64_t> keys, std::vector<bool>& clean) const;
  /// All that it holds, in order; of each key as it is stored.
  void each(const std::function<void(std::uint64_t stored_key, const Hit&)>& gene) const;

  struct State;  ///< private to the room

 private:
  friend class SegmentWalk;
  explicit Segment(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What is to become a segment: clean samples or others, not both. Memory: 24 bytes a gene.
class SegmentBuilder {
 public:
  void add(Sample sample, const Genome& genome);
  bool empty() const { return samples_.empty(); }
  Status write(const std::string& path);  ///< durable when it returns. Same samples in the same order → same bytes

 private:
  struct Row {
    std::uint64_t key;  // as stored
    std::uint32_t sample, place;
  };
  std::vector<Sample> samples_;
  std::vector<Row> rows_;
};
bool is_clean(const Sample& s);

/// All entities and samples of all segments, by number.
struct Catalogue {
  std::vector<std::uint32_t> first;  ///< by segment: the number of its first sample
  std::vector<const Sample*> samples;
  std::vector<std::vector<std::uint32_t>> entities_of;  ///< by sample
  std::vector<Entity> entities;
  std::array<std::size_t, 6> count{};  ///< entities of each type

  Catalogue() = default;
  explicit Catalogue(const std::vector<Segment>& segments);
};

struct Pack;

/// The folder.
class Index {
 public:
  /// Makes the folder if there is none. Errors: "gene-index".
  static Result<Index> open(const std::string& folder);
  /// Makes nothing: error "gene-absent" where there is no folder.
  static Result<Index> open_existing(const std::string& folder);
  /// Adds samples; those whose SHA-256 is there with these entities already are left out. Other processes that add wait.
  /// Merges small segments when there are many. Returns how many were new.
  Result<std::size_t> add(std::vector<std::pair<Sample, Genome>> samples);
  /// The same of what a pack holds: all of it, or nothing.
  Result<std::size_t> add(const Pack& pack);
  const std::vector<Segment>& segments() const { return segments_; }
  const Catalogue& catalogue() const { return catalogue_; }
  std::uint64_t genes() const;
  /// Which of `keys` (ascending) clean files have. Of others one in 65,536 a clean segment is told, too.
  std::vector<bool> clean(std::span<const std::uint64_t> keys) const;
  const std::optional<Calibration>& calibration() const { return calibration_; }
  const std::optional<Diagnostic>& calibration_damage() const { return calibration_damage_; }  ///< there is one, but it could not be read
  Status calibrate(Calibration calibration);                                                   ///< replaces the one that is there; durable when it returns

 private:
  std::string folder_;
  std::vector<std::string> names_;
  std::vector<Segment> segments_;
  Catalogue catalogue_;
  std::optional<Calibration> calibration_;
  std::optional<Diagnostic> calibration_damage_;
  Status read();  // all that there is
  Status read_list();
  Status write_list(const std::vector<std::string>& names) const;
  Status merge_small(bool is_clean);
  Status list_more(std::vector<std::string> more);
};

}  // namespace mozu::gene
