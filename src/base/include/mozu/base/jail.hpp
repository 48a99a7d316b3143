// A program that others wrote (a browser that prints, a checker of rules), run to its end and shut in: it reaches no network, sees a private
// folder and what the system installed, has limits of memory and time, and whatever it started ends with it. For programs whose input is hostile.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mozu/base/result.hpp"

namespace mozu {

/// A folder for one run, in $TMPDIR or /tmp, that only the program run in it may enter; removed with what is in it. Root's programs run as "nobody", so root takes $TMPDIR only if others
/// may pass all folders down to it.
class PrivateFolder {
 public:
  static Result<PrivateFolder> make();
  PrivateFolder(PrivateFolder&& o) noexcept : path_(std::exchange(o.path_, {})) {}
  PrivateFolder& operator=(PrivateFolder&& o) noexcept {
    std::swap(path_, o.path_);
    return *this;
  }
  ~PrivateFolder();
  const std::string& path() const { return path_; }
  Status write(std::string_view name, std::string_view bytes) const;
  /// What the program left there; "jail-answer" if it is no plain file (links lead out of the folder) or larger than `bytes_max`, "absent".
  Result<std::string> read(std::string_view name, std::uint64_t bytes_max) const;

 private:
  explicit PrivateFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

struct JailOptions {
  std::string program;                                        ///< path
  std::vector<std::string> arguments = {}, environment = {};  ///< the environment is these ("NAME=value") and nothing else
  std::uint64_t memory_bytes_max = std::uint64_t{2} << 30;    ///< data of each process of it
  std::uint64_t file_bytes_max = std::uint64_t{256} << 20;    ///< of each file
  std::uint32_t wall_s_max = 60;
  std::size_t output_bytes_max = std::size_t{256} << 10;  ///< more is read and dropped
  const std::atomic<bool>* stop = nullptr;                ///< true: it is ended at once, as if its time were over
};

struct JailEnd {
  int exit = -1, signal = 0;  ///< one of them: exit is -1 if a signal ended it
  bool late = false;          ///< it was ended because its time was over
  std::string output;         ///< both of its streams
  bool done() const { return exit == 0 && !late; }
};

/// Always holds: no socket but those within the machine's own processes (a filter of system calls), no new privileges, limits of memory, files and time,
/// no descriptors of ours. Where the kernel has Landlock (5.13), only the folder can be written, and read only what the system installed
/// (/usr, /etc, /proc, /sys, /dev). Where namespaces may be made (by root, or by users where the system allows it), it has its own network, which is
/// none, and its own process numbers, so that all it started ends with it; elsewhere its process group does. Run by a root that may change users, it becomes "nobody".
/// Thread-safe. Error "jail-start": it could not be shut in, or not started.
Result<JailEnd> run_in_jail(const PrivateFolder& folder, const JailOptions& options);

/// The first of these paths that can be run; empty: none.
std::string first_program(std::initializer_list<const char*> paths);

}  // namespace mozu
