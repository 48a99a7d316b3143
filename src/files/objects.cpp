#include "mozu/files/objects.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "mozu/base/fd.hpp"
#include "mozu/base/file.hpp"
#include "mozu/base/text.hpp"
#include "text_out.hpp"
#include "wire_genome.hpp"
#include "wire_objects.hpp"
#include "worker.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t passwords_max = 100, password_bytes_max = 200, places_max = 1000, yara_bytes_max = 32 << 20;
constexpr std::uint64_t copied_bytes_max = std::uint64_t{64} << 20;  // larger files are mapped by the cell as they are
constexpr std::uint64_t file_bytes_max = std::uint64_t{16} << 30;    // hashes of it and strings in it take the cell's time
constexpr std::uint64_t told_bytes_max = std::uint64_t{256} << 20;   // of all that is not genes

bool is_password(const std::string& p) { return !p.empty() && p.size() <= password_bytes_max && is_utf8(p) && p.find('\0') == p.npos; }

Result<OpenedFile> open(CellInput input, std::uint64_t size, const OpenOptions& options, const CellLimits& limits) {
  if (size == 0) return fail("file-empty", "the file is empty");
  if (options.passwords.size() > passwords_max || !std::ranges::all_of(options.passwords, is_password))
    return fail("open-passwords", "there may be 100 passwords of 1 to 200 bytes of UTF-8", "shorten the list");
  if (options.places.size() > places_max) return fail("open-places", fmt::format("there may be {} places to be shown", places_max), "ask for them in parts");
  if (options.yara.size() > yara_bytes_max)
    return fail("open-yara", fmt::format("there may be {} of YARA rules", human_bytes(yara_bytes_max)), "leave out those that do not matter here");
  OpenOptions told = options;
  told.name = one_line(told.name);
  const std::string encoded = encode_options(told);
  input.options = encoded;
  if (options.emulate) input.unpacker = find_unpacker(limits);
  CellLimits own = limits;
  own.memory_bytes_max += size;  // what is mapped of the file itself
  const std::uint64_t answer_max = told_bytes_max + options.genes_max * genome_bytes_each;
  std::optional<Diagnostic> ended;
  MOZU_LET(const std::string answer, ask_cell_partly("objects", input, own, answer_max, ended));
  auto opened = decode_objects(answer, options, size, !ended);
  if (!opened) return opened;
  if (opened->objects.empty()) return fail(ended ? std::move(*ended) : Diagnostic{Severity::error, "cell-answer", "the worker said nothing", {}, {}});
  if (ended) opened->notes.push_back(std::move(*ended));
  return opened;
}

}  // namespace

Result<OpenedFile> open_objects(std::string_view bytes, const OpenOptions& options, const CellLimits& limits) {
  return open({bytes, -1, {}, {}}, bytes.size(), options, limits);
}

Result<OpenedFile> open_objects_of_file(const std::string& path, const OpenOptions& options, const CellLimits& limits) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return fail(errno_diagnostic("file-open", "cannot open the file", errno).at(path));
  struct stat info{};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return fail("file-read", "this is no plain file");
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > file_bytes_max) return fail("file-too-large", fmt::format("the file is larger than {}", human_bytes(static_cast<double>(file_bytes_max))));
  if (size > copied_bytes_max) return open({{}, file.get(), {}, {}}, size, options, limits);
  MOZU_LET(const std::string bytes, read_file(path, copied_bytes_max));
  return open_objects(bytes, options, limits);
}

}  // namespace mozu::files
