// A small program for Windows, compiled where mingw-w64 is installed.
#pragma once
#include <string>

#include "program.hpp"
#include "temp_folder.hpp"

namespace mozu::files::made {

/// "a.exe" in the folder. `compiler`: one of mingw-w64. False: it failed.
inline bool windows_program(const TempFolder& folder, const std::string& compiler) {
  folder.write("a.c",
               "#include <windows.h>\n#include <stdio.h>\nint f(int n, char** v) { int s = 0; for (int i = 0; i < n; i++) s += printf(\"argument %d is %s\", "
               "i, v[i]); return s; }\n"
               "int main(int n, char** v) { if (f(n, v) > 10) MessageBoxA(0, \"a message of the program\", \"title\", 0); return (int)GetTickCount(); }\n");
  return run_program(folder.file(""), {compiler, "-O2", "-s", "-static", "a.c", "-o", "a.exe"}) == 0;
}

}  // namespace mozu::files::made
