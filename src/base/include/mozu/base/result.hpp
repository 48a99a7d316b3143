// Result<T>: a value or a Diagnostic. Everything that can fail because of the outside world returns one;
// exceptions of libraries are caught where the library is called.
#pragma once
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mozu {

enum class Severity : std::uint8_t { note, warning, error };

/// Where in the outside world something was found. Every part may be empty.
struct Location {
  std::string file;        ///< path or name of the input as the user gave it; an archive member is "a.zip!member"
  std::uint64_t line = 0;  ///< 1-based; 0 = unknown
  std::string path;        ///< place inside a structured input, e.g. "/objects/3/pattern"
};

/// What went wrong, where, and what to do. A value: it renders as text and as JSON (base/diagnostics.hpp).
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;     ///< stable kebab-case id, e.g. "file-open"; tests and scripts may depend on it
  std::string message;  ///< one sentence without final stop, English
  Location where;
  std::string hint;  ///< what the user can do; may be empty

  Diagnostic&& at(std::string file, std::uint64_t line = 0) && {
    if (where.file.empty()) where.file = std::move(file);
    if (where.line == 0) where.line = line;
    return std::move(*this);
  }
};

template <class T>
using Result = std::expected<T, Diagnostic>;
using Status = Result<void>;

/// `return fail("code", "message", "hint");`
[[nodiscard]] inline std::unexpected<Diagnostic> fail(std::string_view code, std::string message, std::string hint = {}) {
  return std::unexpected(Diagnostic{Severity::error, std::string(code), std::move(message), {}, std::move(hint)});
}
[[nodiscard]] inline std::unexpected<Diagnostic> fail(Diagnostic d) { return std::unexpected(std::move(d)); }

}  // namespace mozu

#define MOZU_CONCAT_(a, b) a##b
#define MOZU_CONCAT(a, b) MOZU_CONCAT_(a, b)
/// Evaluate a Status/Result; on failure return its diagnostic from the enclosing function.
#define MOZU_TRY(expr)                                                                                                  \
  do {                                                                                                                  \
    if (auto mozu_status_ = (expr); !mozu_status_.has_value()) return std::unexpected(std::move(mozu_status_).error()); \
  } while (0)
/// `MOZU_LET(auto file, open(path));` declares the value or returns the diagnostic.
#define MOZU_LET(decl, expr)                                                                                                            \
  auto MOZU_CONCAT(mozu_result_, __LINE__) = (expr);                                                                                    \
  if (!MOZU_CONCAT(mozu_result_, __LINE__).has_value()) return std::unexpected(std::move(MOZU_CONCAT(mozu_result_, __LINE__)).error()); \
  decl = std::move(*MOZU_CONCAT(mozu_result_, __LINE__))
