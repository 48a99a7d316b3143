// Scripts in pages (also HTA), and what scripts hide.
#include <fmt/core.h>

#include "charset.hpp"
#include "objects.hpp"
#include "script.hpp"

namespace mozu::files {

void open_page(std::string_view bytes, Nest& nest) {
  const std::string text = to_utf8(bytes);
  std::size_t number = 0;
  for (const auto& [language, content] : scripts_of_page(text))
    if (!nest.found(fmt::format("script {}.{}", ++number, language == "vbscript" ? "vbs" : "js"), "script", content)) return;
}

void open_script(std::string_view bytes, Nest& nest) {
  std::size_t number = 0;
  for (const std::string& hidden : hidden_in(to_utf8(bytes), nest.bytes_left()))
    if (!nest.found(fmt::format("base64 {}", ++number), "decoded", hidden)) return;
}

}  // namespace mozu::files
