#include "unpacked.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>

#include "mozu/base/base64.hpp"
#include "mozu/base/jail.hpp"
#include "mozu/base/stream.hpp"
#include "mozu/base/text.hpp"

namespace mozu::server::test {
namespace {

constexpr std::uint64_t bytes_max = std::uint64_t{16} << 20;
constexpr std::size_t base64_least = 24;  // shorter runs are words and hashes

std::string members(std::string_view packed, int depth) {
  std::string out;
  const auto input = open_input_memory("answer", packed);
  for (;;) {
    const auto member = input->next();
    if (!member || *member == nullptr) return out;
    const auto bytes = read_all(**member, bytes_max);
    if (!bytes) return out;
    out += "\n" + input->name() + "\n" + unpacked(*bytes, depth);
  }
}

std::string text_of_pdf(std::string_view pdf) {
  const char* program = "/usr/bin/pdftotext";
  const auto folder = PrivateFolder::make();
  if (!std::filesystem::exists(program) || !folder || !folder->write("x.pdf", pdf)) return {};
  JailOptions options;
  options.program = program;
  options.arguments = {"x.pdf", "-"};
  options.output_bytes_max = 1 << 20;
  const auto end = run_in_jail(*folder, options);
  return end && end->done() ? end->output : std::string();
}

bool is_base64(char c) { return is_alnum(static_cast<unsigned char>(c)) || c == '+' || c == '/' || c == '='; }

}  // namespace

std::string unpacked(std::string_view body, int depth) {
  std::string out(body);
  if (depth == 0) return out;
  if (body.starts_with("PK\x03\x04") || body.starts_with("\x1f\x8b")) return out + members(body, depth - 1);
  if (body.starts_with("%PDF-")) return out + text_of_pdf(body);
  for (std::size_t at = 0; at < body.size();) {
    const auto* begin = std::find_if(body.begin() + at, body.end(), is_base64);
    const auto* end = std::find_if_not(begin, body.end(), is_base64);
    const std::string_view run(begin, end);
    at = static_cast<std::size_t>(end - body.begin());
    if (run.size() >= base64_least)
      if (const auto bytes = from_base64(run)) out += "\n" + unpacked(*bytes, depth - 1);
  }
  return out;
}

}  // namespace mozu::server::test
