// Replays kept inputs through a fuzz target without libFuzzer, so that every compiler and every `make test` runs them.
// Usage: fuzz_NAME PATH…  (files, or folders whose files are all taken). Says which input was at work if one crashes or
// takes longer than seconds_max.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

constexpr unsigned seconds_max = 60;
char current[4096];  // a plain array: it is read in a signal handler

void name_current() {
  constexpr char words[] = "\nwhile replaying ";
  (void)!write(STDERR_FILENO, words, sizeof words - 1);
  (void)!write(STDERR_FILENO, current, strnlen(current, sizeof current));
  (void)!write(STDERR_FILENO, "\n", 1);
}

void on_signal(int number) {
  if (number == SIGALRM) {
    constexpr char words[] = "\ntoo slow";
    (void)!write(STDERR_FILENO, words, sizeof words - 1);
  }
  name_current();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

std::vector<std::string> inputs_of(int argc, char** argv) {
  std::vector<std::string> found;
  for (int i = 1; i < argc; ++i) {
    std::error_code error;
    if (!std::filesystem::is_directory(argv[i], error)) {
      if (std::filesystem::exists(argv[i], error)) found.emplace_back(argv[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i]))
      if (entry.is_regular_file()) found.push_back(entry.path().string());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  if (LLVMFuzzerInitialize) LLVMFuzzerInitialize(&argc, &argv);
  if (__sanitizer_set_death_callback) __sanitizer_set_death_callback(name_current);
  for (const int number : {SIGABRT, SIGALRM}) std::signal(number, on_signal);
  if (!__sanitizer_set_death_callback)
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) std::signal(number, on_signal);

  const std::vector<std::string> inputs = inputs_of(argc, argv);
  for (const std::string& path : inputs) {
    std::snprintf(current, sizeof current, "%s", path.c_str());
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    // A copy of exactly this size, so that a sanitizer sees the first byte read too far.
    const std::vector<std::uint8_t> data(bytes.begin(), bytes.end());
    alarm(seconds_max);
    LLVMFuzzerTestOneInput(data.data(), data.size());
    alarm(0);
  }
  std::printf("%zu inputs replayed\n", inputs.size());
  return 0;
}
