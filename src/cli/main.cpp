// The program: everything is in run(); here only what must hold for the whole process.
#include <fmt/core.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <system_error>

#include "verbs.hpp"

int main(int argc, char** argv) {
  // A closed pipe is an error of write(2), handled where the output is written.
  std::signal(SIGPIPE, SIG_IGN);
  // A file that grows past the user's limit likewise.
  std::signal(SIGXFSZ, SIG_IGN);
  // An index cut in place while it is mapped cannot be read on; Mozu itself only ever replaces files by rename.
  std::signal(SIGBUS, [](int) {
    constexpr char text[] =
        "error: a file was cut or could not be read while it was in use\n  hint: replace an index by renaming a new one over it, never in place\n";
    [[maybe_unused]] const auto n = ::write(STDERR_FILENO, text, sizeof text - 1);
    ::_exit(mozu::cli::exit_failed);
  });
  try {
    return mozu::cli::run(argc, argv);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "error: memory ran out\n  hint: use fewer threads (-j), smaller inputs, or a machine with more memory\n");
  } catch (const std::system_error& e) {
    if (e.code() == std::errc::resource_unavailable_try_again)
      fmt::print(stderr,
                 "error: no more threads can be started\n  hint: use fewer threads (-j), or raise the limits of processes and memory (ulimit -u, ulimit -v)\n");
    else fmt::print(stderr, "error: unexpected: {}\n  hint: please report this with the command line that led to it\n", e.what());
  } catch (const std::exception& e) {
    fmt::print(stderr, "error: unexpected: {}\n  hint: please report this with the command line that led to it\n", e.what());
  }
  return mozu::cli::exit_failed;
}
