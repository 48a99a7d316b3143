#include "diagnostic_list.hpp"

#include <fmt/core.h>

#include "mozu/base/text.hpp"

namespace mozu::cli {

std::string indented(const Diagnostic& d, bool colour) {
  std::string text = render_text(d, colour);
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 5) text.replace(at, 1, "\n    ");
  return "    " + text + "\n";
}

std::string diagnostics_text(const Diagnostics& diagnostics, bool colour) {
  std::string out;
  std::map<std::string, std::uint64_t, std::less<>> shown;
  for (const auto& d : diagnostics.kept()) {
    ++shown[d.code];
    out += indented(d, colour);
  }
  for (const auto& [code, n] : diagnostics.counts())
    if (n > shown[code]) out += fmt::format("    … and {} more of the kind {}\n", with_commas(n - shown[code]), code);
  return out;
}

}  // namespace mozu::cli
