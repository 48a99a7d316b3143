// Samples of the gene index, kept encrypted, so that a verdict can show both sides of what it rests on.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mozu/attribution/vault.hpp"
#include "mozu/base/fd.hpp"
#include "mozu/base/result.hpp"

namespace mozu::attribution {

/// Thread-safe; processes that keep may work side by side.
class KeptSamples {
 public:
  static constexpr std::uint64_t sample_bytes_max = std::uint64_t{256} << 20;
  /// Makes the folder if there is none. Errors: those of Vault::open().
  static Result<std::unique_ptr<KeptSamples>> open(const std::string& folder, const std::array<std::uint8_t, 32>& key);

  /// Durable when it returns. One that is there already, or larger than sample_bytes_max, is passed over. Errors: those of Vault::put_file().
  Status keep(std::string_view sha256, const std::string& path);
  /// The file, in memory and without a name. None: it is not kept. Errors: those of Vault::read(), "file-write".
  Result<std::optional<Fd>> file(std::string_view sha256) const;

 private:
  explicit KeptSamples(std::unique_ptr<Vault> vault) : vault_(std::move(vault)) {}
  std::unique_ptr<Vault> vault_;
};

/// A file in memory, without a name, that `give` writes in pieces. Errors: "file-write", those of `give`.
Result<Fd> memory_file(const std::function<Status(const Vault::Take&)>& give);
/// How such a file is opened by programs that take paths.
std::string path_of(const Fd& fd);

}  // namespace mozu::attribution
