// Shutting the cell in: afterwards it can compute, take memory within its limit, write its answer and end.
#pragma once
#include <cstdint>

#include "mozu/base/result.hpp"

namespace mozu::files {

struct PrisonLimits {
  std::uint64_t memory_bytes_max = 0;
  std::uint64_t cpu_s_max = 0;
  int answer_fd = -1;  ///< the one descriptor that may be written to; below zero: none
  int ask_fd = -1;     ///< another one, below zero: none
  int reply_fd = -1;   ///< the one that may be read from; below zero: none
};

/// Everything that must be opened has been opened. Any other system call than those of the list ends the process by SIGSYS.
Status shut_in(const PrisonLimits& limits);

}  // namespace mozu::files
