// Acts that a program in the cell must not be able to do, and that one outside can.
#pragma once
#include <array>
#include <string_view>

namespace mozu::files {

inline constexpr auto probe_names = std::to_array<std::string_view>({"read a file",
                                                                     "read itself",
                                                                     "list a folder",
                                                                     "ask of a file",
                                                                     "write a file",
                                                                     "remove a file",
                                                                     "link a file",
                                                                     "make a folder",
                                                                     "socket of the Internet",
                                                                     "socket of IPv6",
                                                                     "socket of the machine",
                                                                     "packets",
                                                                     "fork",
                                                                     "vfork",
                                                                     "thread",
                                                                     "another program",
                                                                     "another program by its file",
                                                                     "be traced",
                                                                     "read the memory of its parent",
                                                                     "signal its parent",
                                                                     "write to its output",
                                                                     "memory that runs",
                                                                     "memory made to run",
                                                                     "a file without a name",
                                                                     "a pipe",
                                                                     "a queue of events",
                                                                     "raise its limits",
                                                                     "another user",
                                                                     "another namespace",
                                                                     "its name",
                                                                     "its folder",
                                                                     "more of a descriptor"});

/// Whether the act was done. In the cell the process ends instead; `outside` there is no cell.
bool probe(std::string_view name, bool outside);

}  // namespace mozu::files
