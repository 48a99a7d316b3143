// Seconds of this thread's processor: other work on the machine does not count.
#pragma once
#include <time.h>

namespace mozu::bench {

inline double processor_s() {
  timespec t{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace mozu::bench
