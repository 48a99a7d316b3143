// Backup and verification.
#include <fmt/core.h>

#include <algorithm>

#include "store_impl.hpp"

namespace mozu::store {

Result<std::vector<Diagnostic>> StoreImpl::verify() {
  MOZU_LET(const auto reader, readers_.borrow());
  std::vector<Diagnostic> out;
  MOZU_TRY(reader.db().check([&](std::string finding) {
    out.push_back({Severity::error, "store-corrupt", "the engine finds: " + finding, {place_.path, 0, {}}, "restore the last backup with 'mozu restore'"});
  }));
  return out;
}

}  // namespace mozu::store
