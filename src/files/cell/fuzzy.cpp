// Hashes by which whole files are found again that changed a little: ssdeep (libfuzzy) and TLSH. The only file that sees the two.
#include <fuzzy.h>
#include <tlsh.h>

#include <array>
#include <cstdint>

#include "objects.hpp"
#include "text_out.hpp"

namespace mozu::files {

std::vector<std::pair<std::string, std::string>> fuzzy_facts(std::string_view bytes) {
  std::vector<std::pair<std::string, std::string>> out;
  constexpr std::size_t bytes_max = 256 << 20;
  if (bytes.size() > bytes_max) return out;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  std::array<char, FUZZY_MAX_RESULT> result{};
  if (fuzzy_hash_buf(data, static_cast<std::uint32_t>(bytes.size()), result.data()) == 0) out.emplace_back("ssdeep", one_line(result.data()));
  Tlsh tlsh;
  tlsh.update(data, static_cast<unsigned>(bytes.size()));
  tlsh.final();
  if (const char* hash = tlsh.getHash(); hash != nullptr && *hash != '\0') out.emplace_back("tlsh", one_line(hash));
  return out;
}

}  // namespace mozu::files
