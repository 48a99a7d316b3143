#include "ovba.hpp"

#include <algorithm>
#include <bit>

#include "program_parts.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t chunk_bytes = 4096, vba_modules_max = 10'000;

/// False: what stands there is no token.
bool unpack_chunk(std::string_view chunk, std::string& out, std::uint64_t bytes_max) {
  const std::size_t begin = out.size();
  const View v = view_of(chunk);
  for (std::size_t at = 0; at < chunk.size();) {
    const unsigned flags = v.bytes[at++];
    for (unsigned bit = 0; bit < 8 && at < chunk.size(); ++bit) {
      if (out.size() >= bytes_max) return true;
      if ((flags >> bit & 1U) == 0) {
        out += chunk[at++];
        continue;
      }
      if (at + 2 > chunk.size()) return false;
      const unsigned token = v.u16(at), done = static_cast<unsigned>(out.size() - begin);
      at += 2;
      if (done == 0) return false;
      const unsigned bits = std::clamp(static_cast<unsigned>(std::bit_width(done - 1)), 4U, 12U);
      const unsigned length = (token & (0xFFFFU >> bits)) + 3, distance = (token >> (16 - bits)) + 1;
      if (distance > done) return false;
      for (unsigned i = 0; i < length && out.size() - begin < chunk_bytes && out.size() < bytes_max; ++i) out += out[out.size() - distance];
    }
  }
  return true;
}

}  // namespace

std::optional<std::string> unpack_ovba(std::string_view bytes, std::uint64_t bytes_max) {
  if (bytes.size() < 3 || bytes[0] != 1) return {};
  const View v = view_of(bytes);
  std::string out;
  for (std::size_t at = 1; at + 2 <= bytes.size() && out.size() < bytes_max;) {
    const unsigned head = v.u16(at);
    if ((head >> 12U & 7U) != 3) break;
    const std::size_t size = (head & 0xFFFU) + 1;
    const std::string_view chunk = bytes.substr(at + 2, size);
    if ((head & 0x8000U) == 0) out += chunk.substr(0, bytes_max - out.size());
    else if (!unpack_chunk(chunk, out, bytes_max)) break;
    at += 2 + size;
  }
  if (out.empty()) return {};
  return out;
}

VbaProject read_vba_dir(std::string_view dir) {
  constexpr unsigned code_page = 0x03, version = 0x09, module_name = 0x19, module_stream = 0x1A, module_offset = 0x31, module_end = 0x2B;
  VbaProject out;
  const View v = view_of(dir);
  VbaModule module;
  for (std::size_t at = 0; at + 6 <= dir.size();) {
    const unsigned id = v.u16(at);
    std::uint64_t size = v.u32(at + 2);
    if (id == version) size = 6;  // its size says 4, and is no size
    at += 6;
    if (size > dir.size() - at) break;
    const auto content = dir.substr(at, size);
    if (id == code_page && size >= 2) out.code_page = v.u16(at);
    if (id == module_name) module = {std::string(content), {}, 0};
    if (id == module_stream) module.stream = content;
    if (id == module_offset && size >= 4) module.offset = v.u32(at);
    if (id == module_end) {
      if (!module.stream.empty() && out.modules.size() < vba_modules_max) out.modules.push_back(module);
      module = {};
    }
    at += size;
  }
  return out;
}

}  // namespace mozu::files
