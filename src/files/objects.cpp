#include "mozu/files/objects.hpp"

#include <algorithm>

#include "mozu/base/text.hpp"
#include "text_out.hpp"
#include "wire_genome.hpp"
#include "wire_objects.hpp"
#include "worker.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t passwords_max = 100, password_bytes_max = 200;
constexpr std::uint64_t told_bytes_max = std::uint64_t{256} << 20;  // of all that is not genes

bool is_password(const std::string& p) { return !p.empty() && p.size() <= password_bytes_max && is_utf8(p) && p.find('\0') == p.npos; }

}  // namespace

Result<OpenedFile> open_objects(std::string_view bytes, const OpenOptions& options, const CellLimits& limits) {
  if (bytes.empty()) return fail("file-empty", "the file is empty");
  if (options.passwords.size() > passwords_max || !std::ranges::all_of(options.passwords, is_password))
    return fail("open-passwords", "there may be 100 passwords of 1 to 200 bytes of UTF-8", "shorten the list");
  OpenOptions told = options;
  told.name = one_line(told.name);
  CellLimits own = limits;
  own.memory_bytes_max += bytes.size();  // what is mapped of the file itself
  const std::uint64_t answer_max = told_bytes_max + options.genes_max * genome_bytes_each;
  std::optional<Diagnostic> ended;
  MOZU_LET(const std::string answer, ask_cell_partly("objects", bytes, encode_options(told), own, answer_max, ended));
  auto opened = decode_objects(answer, options, bytes.size(), !ended);
  if (!opened) return opened;
  if (opened->objects.empty()) return fail(ended ? std::move(*ended) : Diagnostic{Severity::error, "cell-answer", "the worker said nothing", {}, {}});
  if (ended) opened->notes.push_back(std::move(*ended));
  return opened;
}

}  // namespace mozu::files
