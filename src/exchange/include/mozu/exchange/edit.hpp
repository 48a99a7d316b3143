// Many objects changed by people, in one transaction: all or none, and nothing over what somebody else has written meanwhile. What was said before stays as history.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "mozu/base/result.hpp"
#include "mozu/formats/stix_edit.hpp"
#include "mozu/intel/access.hpp"
#include "mozu/store/store.hpp"

namespace mozu::exchange {

inline constexpr std::size_t edited_max = 10'000;  ///< objects of one edit

/// As somebody saw it: `sequence` of the version that was shown.
struct EditTarget {
  std::string id;
  std::int64_t sequence = 0;
};
struct EditReceipt {
  std::int64_t import = 0;  ///< 0: nothing was changed
  std::uint64_t changed = 0, unchanged = 0;
  std::uint64_t skipped = 0;  ///< undo: changed again since
};

/// Who edits: their organisation's own objects alone, or what is common if they belong to none; and nothing of publications, which are revised.
struct Editor {
  intel::Viewer viewer;
  std::string name;
  std::string mark = {};  ///< ends the origin of the import that the edit is: by it one finds whether an edit was made whose receipt was lost
};

/// Objects of these types only. Errors besides the store's and edit_stix_object()'s: "conflict" (one is gone, or another version is there by now), "not-permitted",
/// "edit-tlp" (less strict than it is, or beyond the editor's clearance), "too-many-edited".
Result<EditReceipt> edit_objects(store::Store& store, const Editor& editor, std::string_view type, std::span<const EditTarget> targets,
                                 const formats::StixEdit& edit, Timestamp now);
/// Writes anew what stood there before the edit `import`, of what is still as the edit left it. `before`: the targets of the edit.
Result<EditReceipt> undo_edit(store::Store& store, const Editor& editor, std::int64_t import, std::span<const EditTarget> before, Timestamp now);

}  // namespace mozu::exchange
