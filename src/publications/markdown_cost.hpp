// Private to the room: what cmark-gfm would pay for a text, judged before it reads it. Its time or memory rises with a square (or worse) at containers, tables, pictures,
// strikethrough and references; what is refused here bounds each. Everything else that was tried (as long as is taken) costs about a second at most.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/result.hpp"

namespace mozu::publications {

std::unexpected<Diagnostic> refused_markdown(std::string_view code, std::string what, std::uint64_t line, std::string hint);
/// An error of markdown.hpp, or none.
Status check_markdown_cost(std::string_view markdown);

}  // namespace mozu::publications
