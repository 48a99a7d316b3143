// mozu-cell KIND TEXT_BYTES_MAX PAGES_MAX LINKS_MAX MEMORY_BYTES_MAX CPU_S_MAX
// Reads a document from descriptor 3, answers on descriptor 4 (src/files/wire.hpp). Started by src/files/worker.cpp, of no use alone.
#include <fcntl.h>
#include <iconv.h>
#include <langinfo.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <ctime>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include "charset.hpp"
#include "emulated.hpp"
#include "mozu/base/hash.hpp"
#include "mozu/base/text.hpp"
#include "prison.hpp"
#include "reader.hpp"
#include "wire.hpp"
#include "worker.hpp"

namespace mozu::files {
namespace {

std::string_view map(int fd) {
  struct stat info{};
  if (::fstat(fd, &info) != 0 || info.st_size <= 0) return {};
  const auto size = static_cast<std::size_t>(info.st_size);
  void* const bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  return bytes == MAP_FAILED ? std::string_view{} : std::string_view(static_cast<const char*>(bytes), size);
}

bool write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::write(to, bytes.data(), bytes.size());
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool read_all(char* to, std::size_t bytes) {
  while (bytes > 0) {
    const auto n = ::read(cell_reply_fd, to, bytes);
    if (n <= 0) return false;
    to += n, bytes -= static_cast<std::size_t>(n);
  }
  return true;
}

std::optional<std::string> ask_unpacker(std::string_view program) {
  const std::uint64_t size = program.size();
  std::uint64_t told = 0;
  std::string answer;
  if (!write_all(cell_ask_fd, {reinterpret_cast<const char*>(&size), 8}) || !write_all(cell_ask_fd, program)) return {};
  if (!read_all(reinterpret_cast<char*>(&told), 8) || told == 0 || told > 2 * emulated_bytes_max) return {};
  answer.resize(told);
  if (!read_all(answer.data(), told)) return {};
  return answer;
}

Status read_as(std::string_view kind, std::string_view bytes, TextOut& out) {
  if (kind == "pdf") return read_pdf(bytes, out);
  if (kind == "docx") return read_docx(bytes, out);
  if (kind == "html") return read_html(bytes, {}, out);
  if (kind == "email") return read_email(bytes, out);
  if (kind == "mbox") return read_mbox(bytes, out);
  if (kind == "yara") return read_yara(bytes, out);
  return fail("document-kind", "the worker does not read this kind of document");
}

std::string answer_to(std::string_view kind, std::string_view bytes, const CellLimits& limits) {
  if (kind == "genome") return genome_of(bytes);
  TextOut out(limits);
  out.document.kind = kind;
  if (const auto read = read_as(kind, bytes, out); !read) return encode(read.error());
  return encode(out.finish());
}

/// What libraries open when they are first asked, they would otherwise open in the middle of a document.
void load_libraries(std::string_view kind) {
  const bool any = kind == "email" || kind == "mbox";
  if (any || kind == "pdf") prepare_pdf();
  load_charsets();
  ::tzset();                    // the local time zone is a file
  if (any || kind == "docx") {  // libarchive asks for a conversion of the names of members
    if (const auto c = ::iconv_open(::nl_langinfo(CODESET), "UTF-8"); c != reinterpret_cast<iconv_t>(-1)) ::iconv_close(c);
  }
  if (any) sha256({});
  if (kind == "objects") prepare_objects();
  if (kind == "yara") prepare_yara();
}

int run(int argc, char** argv) {
  if (argc != 7) return cell_exit_start;
  std::optional<std::uint64_t> numbers[5];
  for (int i = 0; i < 5; ++i)
    if (!(numbers[i] = to_uint(argv[i + 2]))) return cell_exit_start;
  CellLimits limits;
  limits.text_bytes_max = *numbers[0];
  limits.pages_max = static_cast<std::uint32_t>(*numbers[1]);
  limits.links_max = static_cast<std::uint32_t>(*numbers[2]);
  limits.cpu_s_max = static_cast<std::uint32_t>(*numbers[4]);
  const std::string kind = argv[1];
  const auto bytes = map(cell_input_fd), options = kind == "objects" ? map(cell_options_fd) : std::string_view{};
  const bool unpacks = ::fcntl(cell_ask_fd, F_GETFD) >= 0 && ::fcntl(cell_reply_fd, F_GETFD) >= 0;
  ::signal(SIGPIPE, SIG_IGN);  // whoever reads may be gone
  load_libraries(kind);
  if (const auto shut = shut_in({*numbers[3], *numbers[4], cell_answer_fd, unpacks ? cell_ask_fd : -1, unpacks ? cell_reply_fd : -1}); !shut) {
    write_all(cell_answer_fd, encode(shut.error()));
    return cell_exit_start;
  }
  const auto answer = [](std::string_view part) { return write_all(cell_answer_fd, part); };
  if (kind == "objects") return open_all(bytes, options, limits.cpu_s_max, answer, unpacks ? ask_unpacker : AskUnpacker{}) ? 0 : cell_exit_start;
  return answer(answer_to(kind, bytes, limits)) ? 0 : cell_exit_start;
}

}  // namespace
}  // namespace mozu::files

int main(int argc, char** argv) {
  int code = mozu::files::cell_exit_memory;
  try {
    code = mozu::files::run(argc, argv);
  } catch (const std::bad_alloc&) {}
  ::_exit(code);  // nothing is to be tidied up: the process ends, and its memory with it
}
