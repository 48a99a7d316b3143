// Executable files → what of them is code, what is data, where functions begin: PE, ELF and Mach-O. Bounds-checked; believes no header.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"
#include "mozu/gene/program.hpp"

namespace mozu::files {

/// Spans of the result point into `bytes`. Headers that say what cannot be are left out as far as they are wrong: "program-part" in `notes`.
/// Errors: "program-kind" (none of them; a fat Mach-O holds several, objects.hpp), "program-damaged" (nothing of it can be mapped).
/// Of an assembly of .NET each method is a section of code (architecture `cil`); one that holds code of the processor as well is read as any other program.
/// Limits: 4,096 sections, 2^20 methods, 2^22 starts, 2^17 imports; more are left out and told.
Result<gene::Program> read_program(std::span<const std::uint8_t> bytes, Diagnostics* notes = nullptr);

}  // namespace mozu::files
