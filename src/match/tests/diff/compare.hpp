// The engine, with every kernel, against the slow reference, over the same indicators and bytes.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition_read.hpp"
#include "mozu/match/scanner.hpp"
#include "reference.hpp"

namespace mozu::match::diff {

/// An indicator or suppression and the text from which it can be made again (definition_read.hpp).
struct Rule {
  std::string text;
  reference::Row row;
};
/// nullopt if `text` is no indicator.
std::optional<Rule> make_rule(std::string text);

struct Settings {
  std::optional<Timestamp> as_of = Timestamp{1793527200000};  ///< 2026-11-01T10:00:00Z; empty: the lines' own times
  Timestamp now = Timestamp{1793527200000};
  bool show_suppressed = true;
};

/// Hit and 1-based line.
struct LineHit {
  std::uint64_t line = 0;
  reference::RefHit hit;
};

struct Difference {
  std::string what;        ///< e.g. "avx2: hits differ"
  std::uint64_t line = 0;  ///< 1-based, in the batch; 0 = the batch as a whole
  std::string expected, got;
};

struct Counts {
  std::uint64_t lines = 0, bytes = 0, hits = 0, suppressed = 0, scans = 0;
};

/// One set of rules: built index, scanners of every kernel, reference.
class World {
 public:
  static Result<std::unique_ptr<World>> make(const std::vector<Rule>& rules, const Settings& settings);
  /// Scans `batch` whole with every kernel; with `splits`, also in parts at those line starts (byte offsets, ascending).
  /// Nothing if all agree.
  std::optional<Difference> check(std::string_view batch, const std::vector<std::size_t>& splits, Counts& counts);

 private:
  Settings settings_;
  reference::Reference reference_;
  std::shared_ptr<const Index> index_;
  struct Engine {
    std::string name;
    Scanner scanner;
  };
  std::vector<Engine> engines_;

  std::vector<LineHit> expected(std::string_view batch) const;
  std::optional<Difference> check_engine(Engine& engine, std::string_view batch, const std::vector<std::size_t>& splits, const std::vector<LineHit>& expected);
};

/// Bytes that end exactly before (or begin exactly behind) a page that must not be touched.
class GuardedBytes {
 public:
  GuardedBytes(std::string_view bytes, bool at_end, std::size_t offset);
  ~GuardedBytes();
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  std::string_view view() const { return view_; }

 private:
  void* map_ = nullptr;
  std::size_t map_bytes_ = 0;
  std::string_view view_;
};

}  // namespace mozu::match::diff
