// Private to the room: what the machine has, as the kernel tells it. What it does not tell is 0.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace mozu::server {

struct MachineMemory {
  std::uint64_t used_bytes = 0, used_most_bytes = 0;  ///< of this process: now, and at most since it began
  std::uint64_t free_bytes = 0, total_bytes = 0;      ///< of the machine; free: without swapping
};
MachineMemory machine_memory();
/// "1234 kB" behind `name` and a colon, in the form of /proc/meminfo, in bytes; 0 if it is not there.
std::uint64_t kernel_bytes(std::string_view text, std::string_view name);

struct Disk {
  std::uint64_t free_bytes = 0, total_bytes = 0;  ///< free: for this user
};
Disk disk_of(const std::string& folder);

/// Everything below a folder, links not followed.
struct FolderSize {
  std::uint64_t bytes = 0, files = 0;
  bool more = false;  ///< only the first files_max were counted
};
inline constexpr std::uint64_t files_max = 20'000;
FolderSize size_of(const std::string& folder);

}  // namespace mozu::server
