// Sources: which inputs there are, and how they are read.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "mozu/base/diagnostics.hpp"
#include "mozu/base/stream.hpp"

namespace mozu::live {

struct ReadOptions {
  std::size_t batch_bytes = 1 << 20;     ///< lines are handed to a worker in runs of about this size
  std::size_t line_bytes_max = 8 << 20;  ///< a longer line is scanned in pieces of at most this size; at least 64
  StreamLimits limits;
  bool lines_are_events = true;  ///< say where JSON does not stand as one event a line ("input-json-layout")
};

/// Called for every diagnostic as it arises, by one thread at a time, in an order that does not depend on the number of threads.
using DiagnosticHandler = std::function<void(Diagnostic)>;

struct InputList {
  std::vector<std::string> paths;  ///< files, and "-" for standard input
  std::uint64_t bytes = 0;         ///< together, as they lie on disk
  bool bytes_known = true;         ///< false with standard input, pipes, devices
};
/// Files stay; a folder becomes all regular files below it, sorted (links are not followed, so no loops); a path that does
/// not exist but holds * ? or [ is a glob, sorted. The order given is kept. What does not exist is an error ("input-path").
InputList expand_inputs(const std::vector<std::string>& paths, Diagnostics& diagnostics);

}  // namespace mozu::live
