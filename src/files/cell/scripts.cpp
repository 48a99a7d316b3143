// Scripts in pages (also HTA), and what scripts hide.
#include <fmt/core.h>

#include "charset.hpp"
#include "objects.hpp"
#include "script.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t text_bytes_max = 32 << 20;  // of a page or a script; what lies behind is not looked at

}  // namespace

void open_page(std::string_view bytes, Nest& nest) {
  const std::string text = to_utf8(bytes.substr(0, text_bytes_max));
  std::size_t number = 0;
  for (const auto& [language, content] : scripts_of_page(text))
    if (!nest.found(fmt::format("script {}.{}", ++number, language == "vbscript" ? "vbs" : "js"), "script", content)) return;
}

void open_script(std::string_view bytes, Nest& nest) {
  std::size_t number = 0;
  for (const std::string& hidden : hidden_in(to_utf8(bytes.substr(0, text_bytes_max)), nest.bytes_left()))
    if (!nest.found(fmt::format("base64 {}", ++number), "decoded", hidden)) return;
}

}  // namespace mozu::files
