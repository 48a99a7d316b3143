// examples/ as the build packed it (tar, gzip), within the program: an installed one has no folder beside it.
#include "sample_files.hpp"

__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    ".globl mozu_sample_files\n"
    ".hidden mozu_sample_files\n"
    "mozu_sample_files:\n"
    ".incbin \"" MOZU_SAMPLE_FILES
    "\"\n"
    ".globl mozu_sample_files_end\n"
    ".hidden mozu_sample_files_end\n"
    "mozu_sample_files_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
extern const char mozu_sample_files[];
extern const char mozu_sample_files_end[];
}

namespace mozu::server {

std::string_view sample_files() { return {mozu_sample_files, static_cast<std::size_t>(mozu_sample_files_end - mozu_sample_files)}; }

}  // namespace mozu::server
