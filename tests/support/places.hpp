// Where this build's sources and programs are. In one object file (places.cpp.in), so that tests are the same bytes in every checkout and a compiler
// cache knows them again.
#pragma once

namespace mozu {

extern const char* const source_dir;          ///< the repository
extern const char* const cell_program;        ///< mozu-cell
extern const char* const unpacker_program;    // not there where libunicorn-dev is not
extern const char* const cell_trial_program;  ///< a worker that misbehaves on demand

}  // namespace mozu
