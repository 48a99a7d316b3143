// A new version of a STIX object that people write: some members are replaced, all others stay as they are, custom ones too.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/base/time.hpp"
#include "mozu/intel/indicator.hpp"

namespace mozu::formats {

struct StixEdit {
  std::optional<std::uint8_t> confidence = {};  ///< 0–100
  std::optional<Timestamp> valid_until = {};
  bool revoke = false;
  std::vector<std::string> add_labels = {}, remove_labels = {};
  intel::Tlp tlp = intel::Tlp::none;  ///< that the object bears from now on, if it is stricter than what it bears
};
inline constexpr std::size_t edited_labels_max = 1000;  ///< of one object

/// `now`: its `modified`, or a millisecond after the one it has, if that is later. Errors: "json-invalid"; "edit-valid-until" (not after its valid_from); "edit-labels" (too many).
Result<std::string> edit_stix_object(std::string_view json, const StixEdit& edit, Timestamp now);

}  // namespace mozu::formats
