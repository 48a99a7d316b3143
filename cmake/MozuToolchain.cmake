# Flags that hold for every target: warnings as errors, mold, ccache, sanitizers. Works for g++ 12 and clang++ 19.

# -pthread for every target alike: it defines _REENTRANT, and a target that gets it from a library alone could not use the
# common precompiled header.
add_compile_options(-pthread)
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion -Werror
                    -fno-omit-frame-pointer -fstack-protector-strong
                    # No paths of the building machine in binaries, and the same object in every checkout (ccache).
                    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 invents overflows in std::string at -O2 (GCC bugs 105329, 105651).
  add_compile_options(-Wno-stringop-overflow -Wno-restrict -Wno-array-bounds)
  if(MOZU_SANITIZE OR NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    # Optimised, it takes an empty std::optional for one that is read (GCC bug 80635). So it does with
    # short strings that are compared with longer ones. The sanitizers find real ones.
    add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overread)
  endif()
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)  # lets ccache see through the precompiled header
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # clang serves fuzzing and tidy; g++ decides about conversions, where the two differ in what they call one.
  add_compile_options(-Wno-shorten-64-to-32 -Wno-implicit-int-conversion -Wno-implicit-float-conversion
                      -Wno-implicit-int-float-conversion -Wno-c99-extensions -Wno-deprecated-declarations -Wno-missing-field-initializers
                      -Wno-missing-designated-field-initializers -Wno-unused-private-field)
  # Without its timestamp the precompiled header can be cached.
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
endif()

# A room's files, so many at a time, are compiled as one: their headers are read once, which halves the time of a whole build. So names in nameless
# namespaces are each used once in a room. The preset dev compiles each file by itself, and so does tidy (make lint).
set(MOZU_UNITY 0 CACHE STRING "so many files are compiled as one; 0: each by itself")
if(MOZU_UNITY AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  set(CMAKE_UNITY_BUILD ON)
  set(CMAKE_UNITY_BUILD_BATCH_SIZE ${MOZU_UNITY})
  # What is global in one file is none of the next one's business; and g++ takes a file that is included for a header.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wshadow=local> $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
elseif(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_compile_options(-Wshadow)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ collects its garbage when there is some, not every few megabytes: a twelfth of the time, at most half a gigabyte more.
  add_compile_options(--param=ggc-min-expand=200 --param=ggc-min-heapsize=500000)
endif()

find_program(MOZU_MOLD mold)
if(MOZU_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(MOZU_SANITIZE)
  # The check of virtual tables makes a pipe to learn whether memory can be read: mozu-cell may not; and it wants types that poppler hides.
  # Sizes of objects AddressSanitizer knows better.
  add_compile_options(-fsanitize=${MOZU_SANITIZE} -fno-sanitize-recover=all -fno-sanitize=vptr,object-size)
  add_link_options(-fsanitize=${MOZU_SANITIZE})
endif()
if(MOZU_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "MOZU_FUZZ needs clang: cmake --preset fuzz")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

# One link at a time: links are short but hungry for memory.
set_property(GLOBAL PROPERTY JOB_POOLS link=1)
set(CMAKE_JOB_POOL_LINK link)

find_program(MOZU_CCACHE ccache)
if(MOZU_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # By env, so that it holds for a bare `ninja` too; the sloppiness is what ccache asks for with a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      env "CCACHE_SLOPPINESS=pch_defines,time_macros" "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" "${MOZU_CCACHE}"
      CACHE STRING "compiler launcher" FORCE)
endif()

# Programs land in build/<preset>/ (mozu itself), tests in build/<preset>/tests/, fuzz targets in build/<preset>/fuzz/.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
