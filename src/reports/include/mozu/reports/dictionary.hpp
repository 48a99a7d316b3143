// Names that reports speak of (actors, malware, tools, techniques, countries, sectors …), compiled once, shared by all threads.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mozu::reports {

enum class EntityKind : std::uint8_t { actor, malware, tool, technique, tactic, mitigation, vulnerability, country, sector };

struct Entity {
  EntityKind kind = EntityKind::actor;
  std::string id;                    ///< what findings carry: "G0007", "T1059.001", a STIX id, "JP"; may be empty
  std::string name;                  ///< canonical
  std::vector<std::string> aliases;  ///< other names; the canonical one need not be among them
  bool is_thing = false;             ///< a sub-technique of reconnaissance or resource development: named after what is gathered, not after an act
};

/// Immutable. Names are compared as people vary them: case, and blanks, hyphens, dots and line ends between their words and
/// between letters and digits, do not count ("APT-29", "apt 29"; "CobaltStrike" is "Cobalt Strike").
class Dictionary {
 public:
  Dictionary();  ///< countries and sectors (English, Japanese) and well-known programs only
  /// Entities in order of precedence: where two of a kind share a name, the one of which it is the canonical name wins, then the earlier.
  explicit Dictionary(std::vector<Entity> entities);
  ~Dictionary();
  Dictionary(Dictionary&&) noexcept;
  Dictionary& operator=(Dictionary&&) noexcept;

  const std::vector<Entity>& entities() const;
  std::uint64_t names() const;

  struct Data;  ///< private layout, for the matcher
  const Data& data() const { return *data_; }

 private:
  std::shared_ptr<const Data> data_;
};

}  // namespace mozu::reports
