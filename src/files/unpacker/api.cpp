// What a program that unpacks itself asks of Windows, imitated as far as it can tell the difference. Names and arguments: Microsoft's reference.
#include <algorithm>
#include <cstring>
#include <span>

#include "machine.hpp"
#include "mozu/base/text.hpp"

namespace mozu::unpacker {
namespace {

constexpr std::uint64_t done = 1, process_handle = ~std::uint64_t{0}, heap_handle = 0x00B00000;
constexpr std::uint64_t piece_bytes_max = std::uint64_t{64} << 20;
constexpr std::uint64_t status_bad = 0xC000000DU;

using Handler = std::uint64_t (*)(Machine&);

std::uint64_t nothing(Machine&) { return 0; }
std::uint64_t yes(Machine&) { return done; }
std::uint64_t number_64(Machine& m, unsigned i, std::uint64_t v) { return m.memory().put(m.argument(i), v, 8) ? done : 0; }

std::uint64_t virtual_alloc(Machine& m, unsigned first) { return m.pages(m.argument(first), m.argument(first + 1)); }
std::uint64_t virtual_protect(Machine& m, unsigned first) {
  m.memory().put(m.argument(first + 3), 0x40, 4);
  return done;
}

std::uint64_t nt_allocate(Machine& m) {
  const std::uint64_t at = m.pages(m.memory().number(m.argument(1), m.word()), m.memory().number(m.argument(3), m.word()));
  return at != 0 && m.memory().put(m.argument(1), at, m.word()) ? 0 : status_bad;
}
std::uint64_t nt_protect(Machine& m) {
  m.memory().put(m.argument(4), 0x40, 4);
  return 0;
}

std::uint64_t virtual_query(Machine& m) {
  const std::uint64_t at = m.argument(0) & ~(page_bytes - 1);
  const Region* const r = m.memory().at(at);
  const unsigned w = m.word();
  const std::uint64_t size = m.wide() ? 48 : 28, out = m.argument(1);
  const auto room = m.memory().bytes(out, size);
  if (room.empty() || m.argument(2) < size) return 0;
  std::ranges::fill(room, std::uint8_t{0});
  m.memory().put(out, at, w);
  m.memory().put(out + w, r == nullptr ? 0 : r->address, w);
  m.memory().put(out + 2ULL * w, 0x40, 4);
  const std::uint64_t rest = out + (m.wide() ? 24 : 12);
  m.memory().put(rest, r == nullptr ? page_bytes : r->address + r->bytes.size() - at, w);
  m.memory().put(rest + w, r == nullptr ? 0x10000 : 0x1000, 4);
  m.memory().put(rest + w + 4, 0x40, 4);
  m.memory().put(rest + w + 8, r == nullptr ? 0 : r->use == Use::image || r->use == Use::library ? 0x1000000 : 0x20000, 4);
  return size;
}

template <bool is_wide>
std::uint64_t load_library(Machine& m) {
  return m.library(m.text(m.argument(0), is_wide));
}

std::uint64_t module_of(Machine& m, std::uint64_t name, bool is_wide) {
  if (name == 0) return m.base();
  const Library* const l = m.libraries().find(m.text(name, is_wide));
  if (l == nullptr) m.last_error = 126;
  return l == nullptr ? 0 : l->base;
}
template <bool is_wide>
std::uint64_t module_handle(Machine& m) {
  return module_of(m, m.argument(0), is_wide);
}
template <bool is_wide>
std::uint64_t module_handle_ex(Machine& m) {
  const std::uint64_t at = module_of(m, m.argument(1), is_wide);
  return at != 0 && m.memory().put(m.argument(2), at, m.word()) ? done : 0;
}

template <bool is_wide>
std::uint64_t module_file_name(Machine& m) {
  const Library* const l = m.libraries().at(m.argument(0));
  const std::string name = l == nullptr ? "C:\\Users\\Public\\program.exe" : "C:\\Windows\\System32\\" + l->name;
  const std::uint64_t room = m.argument(2), n = std::min<std::uint64_t>(name.size(), room == 0 ? 0 : room - 1);
  for (std::uint64_t i = 0; i <= n && room != 0; ++i)
    m.memory().put(m.argument(1) + i * (is_wide ? 2 : 1), i == n ? 0 : static_cast<unsigned char>(name[i]), is_wide ? 2 : 1);
  return n;
}

std::string function_name(Machine& m, std::uint64_t name) { return name < 0x10000 ? "#" + std::to_string(name) : m.text(name, false); }
std::uint64_t proc_address(Machine& m) {
  const std::uint64_t base = m.argument(0) == m.base() ? 0 : m.argument(0);
  return m.libraries().function(base, function_name(m, m.argument(1)));
}

/// UNICODE_STRING and ANSI_STRING: bytes, room, address.
std::string counted_text(Machine& m, std::uint64_t at, bool is_wide) {
  std::string s = m.text(m.memory().number(at + m.word(), m.word()), is_wide);
  s.resize(std::min<std::size_t>(s.size(), m.memory().number(at, 2) / (is_wide ? 2 : 1)));
  return s;
}
std::uint64_t ldr_load(Machine& m) {
  const std::uint64_t at = m.library(counted_text(m, m.argument(2), true));
  return at != 0 && m.memory().put(m.argument(3), at, m.word()) ? 0 : 0xC0000135U;
}
std::uint64_t ldr_procedure(Machine& m) {
  const std::string name = m.argument(1) != 0 ? counted_text(m, m.argument(1), false) : "#" + std::to_string(m.argument(2) & 0xFFFFU);
  const std::uint64_t at = m.libraries().function(m.argument(0), name);
  return at != 0 && m.memory().put(m.argument(3), at, m.word()) ? 0 : 0xC000007AU;
}

std::uint64_t heap_piece(Machine& m, unsigned i) {
  const std::uint64_t bytes = m.argument(i);
  return bytes > piece_bytes_max ? 0 : m.piece(bytes);
}
std::uint64_t again(Machine& m, std::uint64_t old, std::uint64_t bytes) {
  const std::uint64_t at = bytes > piece_bytes_max ? 0 : m.piece(bytes);
  const std::uint64_t kept = std::min(bytes, m.piece_bytes(old));
  const auto from = m.memory().bytes(old, kept), to = m.memory().bytes(at, kept);
  if (at != 0 && !from.empty() && !to.empty()) std::memcpy(to.data(), from.data(), kept), m.written(at, kept);
  return at;
}

std::uint64_t move(Machine& m) {
  const std::uint64_t count = m.argument(2);
  const auto to = m.memory().bytes(m.argument(0), count), from = m.memory().bytes(m.argument(1), count);
  if (count != 0 && (to.empty() || from.empty())) m.end("it copied memory that is not there");
  else if (count != 0) std::memmove(to.data(), from.data(), count), m.written(m.argument(0), count);
  return m.argument(0);
}
std::uint64_t fill(Machine& m, std::uint8_t with, std::uint64_t count) {
  const auto to = m.memory().bytes(m.argument(0), count);
  if (count != 0 && to.empty()) m.end("it filled memory that is not there");
  std::ranges::fill(to, with);
  if (!to.empty()) m.written(m.argument(0), count);
  return m.argument(0);
}
std::uint64_t compare(Machine& m) {
  const std::uint64_t count = m.argument(2);
  const auto a = m.memory().bytes(m.argument(0), count), b = m.memory().bytes(m.argument(1), count);
  if (a.empty() || b.empty()) return 0;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(std::memcmp(a.data(), b.data(), count)));
}
std::uint64_t compare_text(Machine& m, bool folded) {
  std::string a = m.text(m.argument(0), false), b = m.text(m.argument(1), false);
  if (folded) a = fold(a), b = fold(b);
  return a == b ? 0 : a < b ? ~std::uint64_t{0} : 1;
}
std::uint64_t copy_text(Machine& m) {
  const std::string s = m.text(m.argument(1), false);
  const auto to = m.memory().bytes(m.argument(0), s.size() + 1);
  if (to.empty()) return 0;
  std::memcpy(to.data(), s.c_str(), s.size() + 1);
  return m.argument(0);
}

std::uint64_t system_info(Machine& m) {
  const std::uint64_t out = m.argument(0), w = m.word();
  m.memory().put(out, m.wide() ? 9 : 0, 4), m.memory().put(out + 4, page_bytes, 4);
  m.memory().put(out + 8, 0x10000, m.word()), m.memory().put(out + 8 + w, m.wide() ? 0x7FFFFFFEFFFFULL : 0x7FFEFFFFULL, m.word());
  m.memory().put(out + 8 + 2 * w, 3, m.word()), m.memory().put(out + 8 + 3 * w, 2, 4);
  m.memory().put(out + 16 + 3 * w, 0x10000, 4);
  return 0;
}

std::uint64_t slot(Machine& m) {
  if (m.slots.size() >= 1000) return ~std::uint64_t{0};
  m.slots.push_back(0);
  return m.slots.size() - 1;
}
std::uint64_t slot_value(Machine& m) { return m.argument(0) < m.slots.size() ? m.slots[m.argument(0)] : 0; }
std::uint64_t set_slot(Machine& m) {
  if (m.argument(0) >= m.slots.size()) return 0;
  m.slots[m.argument(0)] = m.argument(1);
  return done;
}

std::uint64_t over(Machine& m) {
  m.end("it ended itself");
  return 0;
}

constexpr std::uint8_t by_caller = 0xFF;  // cdecl: the caller takes its arguments off the stack
enum class From : std::uint8_t { kernel32, ntdll, msvcrt };

struct Function {
  std::string_view name;
  From from;
  std::uint8_t arguments;
  Handler handler;
};

constexpr Function functions[] = {
    // by name
    {"AddVectoredExceptionHandler", From::kernel32, 2, yes},
    {"CheckRemoteDebuggerPresent", From::kernel32, 2, [](Machine& m) { return std::uint64_t{m.memory().put(m.argument(1), 0, 4)}; }},
    {"CloseHandle", From::kernel32, 1, yes},
    {"DeleteCriticalSection", From::kernel32, 1, nothing},
    {"EnterCriticalSection", From::kernel32, 1, nothing},
    {"ExitProcess", From::kernel32, 1, over},
    {"ExitThread", From::kernel32, 1, over},
    {"FlushInstructionCache", From::kernel32, 3, yes},
    {"FreeLibrary", From::kernel32, 1, yes},
    {"GetCurrentProcess", From::kernel32, 0, [](Machine&) { return process_handle; }},
    {"GetCurrentProcessId", From::kernel32, 0, [](Machine&) { return std::uint64_t{0x1234}; }},
    {"GetCurrentThread", From::kernel32, 0, [](Machine&) { return process_handle - 1; }},
    {"GetCurrentThreadId", From::kernel32, 0, [](Machine&) { return std::uint64_t{0x1238}; }},
    {"GetLastError", From::kernel32, 0, [](Machine& m) { return m.last_error; }},
    {"GetModuleFileNameA", From::kernel32, 3, module_file_name<false>},
    {"GetModuleFileNameW", From::kernel32, 3, module_file_name<true>},
    {"GetModuleHandleA", From::kernel32, 1, module_handle<false>},
    {"GetModuleHandleExA", From::kernel32, 3, module_handle_ex<false>},
    {"GetModuleHandleExW", From::kernel32, 3, module_handle_ex<true>},
    {"GetModuleHandleW", From::kernel32, 1, module_handle<true>},
    {"GetNativeSystemInfo", From::kernel32, 1, system_info},
    {"GetProcAddress", From::kernel32, 2, proc_address},
    {"GetProcessHeap", From::kernel32, 0, [](Machine&) { return heap_handle; }},
    {"GetSystemInfo", From::kernel32, 1, system_info},
    {"GetSystemTimeAsFileTime", From::kernel32, 1, [](Machine& m) { return number_64(m, 0, 0x01D700000000000ULL + m.ticks() * 10000); }},
    {"GetTickCount", From::kernel32, 0, [](Machine& m) { return m.ticks(); }},
    {"GetTickCount64", From::kernel32, 0, [](Machine& m) { return m.ticks(); }},
    {"GetVersion", From::kernel32, 0, [](Machine&) { return std::uint64_t{0x1DB10106}; }},
    {"GlobalAlloc", From::kernel32, 2, [](Machine& m) { return heap_piece(m, 1); }},
    {"GlobalFree", From::kernel32, 1, nothing},
    {"GlobalLock", From::kernel32, 1, [](Machine& m) { return m.argument(0); }},
    {"GlobalUnlock", From::kernel32, 1, nothing},
    {"HeapAlloc", From::kernel32, 3, [](Machine& m) { return heap_piece(m, 2); }},
    {"HeapCreate", From::kernel32, 3, [](Machine&) { return heap_handle; }},
    {"HeapDestroy", From::kernel32, 1, yes},
    {"HeapFree", From::kernel32, 3, yes},
    {"HeapReAlloc", From::kernel32, 4, [](Machine& m) { return again(m, m.argument(2), m.argument(3)); }},
    {"HeapSize", From::kernel32, 3, [](Machine& m) { return m.piece_bytes(m.argument(2)); }},
    {"InitializeCriticalSection", From::kernel32, 1, nothing},
    {"InitializeCriticalSectionAndSpinCount", From::kernel32, 2, yes},
    {"IsBadReadPtr", From::kernel32, 2, [](Machine& m) { return std::uint64_t{m.memory().bytes(m.argument(0), m.argument(1)).empty()}; }},
    {"IsDebuggerPresent", From::kernel32, 0, nothing},
    {"LdrGetProcedureAddress", From::ntdll, 4, ldr_procedure},
    {"LdrLoadDll", From::ntdll, 4, ldr_load},
    {"LeaveCriticalSection", From::kernel32, 1, nothing},
    {"LoadLibraryA", From::kernel32, 1, load_library<false>},
    {"LoadLibraryExA", From::kernel32, 3, load_library<false>},
    {"LoadLibraryExW", From::kernel32, 3, load_library<true>},
    {"LoadLibraryW", From::kernel32, 1, load_library<true>},
    {"LocalAlloc", From::kernel32, 2, [](Machine& m) { return heap_piece(m, 1); }},
    {"LocalFree", From::kernel32, 1, nothing},
    {"NtAllocateVirtualMemory", From::ntdll, 6, nt_allocate},
    {"NtClose", From::ntdll, 1, nothing},
    {"NtFreeVirtualMemory", From::ntdll, 4, nothing},
    {"NtProtectVirtualMemory", From::ntdll, 5, nt_protect},
    {"OutputDebugStringA", From::kernel32, 1, nothing},
    {"QueryPerformanceCounter", From::kernel32, 1, [](Machine& m) { return number_64(m, 0, m.ticks() * 10000); }},
    {"QueryPerformanceFrequency", From::kernel32, 1, [](Machine& m) { return number_64(m, 0, 10'000'000); }},
    {"RtlAddFunctionTable", From::kernel32, 3, yes},
    {"RtlFillMemory", From::ntdll, 3, [](Machine& m) { return fill(m, static_cast<std::uint8_t>(m.argument(2)), m.argument(1)); }},
    {"RtlMoveMemory", From::ntdll, 3, move},
    {"RtlZeroMemory", From::ntdll, 2, [](Machine& m) { return fill(m, 0, m.argument(1)); }},
    {"SetErrorMode", From::kernel32, 1, nothing},
    {"SetLastError", From::kernel32, 1, [](Machine& m) { return m.last_error = m.argument(0), std::uint64_t{0}; }},
    {"SetUnhandledExceptionFilter", From::kernel32, 1, nothing},
    {"Sleep", From::kernel32, 1, nothing},
    {"SleepEx", From::kernel32, 2, nothing},
    {"TerminateProcess", From::kernel32, 2, over},
    {"TlsAlloc", From::kernel32, 0, slot},
    {"TlsFree", From::kernel32, 1, yes},
    {"TlsGetValue", From::kernel32, 1, slot_value},
    {"TlsSetValue", From::kernel32, 2, set_slot},
    {"VirtualAlloc", From::kernel32, 4, [](Machine& m) { return virtual_alloc(m, 0); }},
    {"VirtualAllocEx", From::kernel32, 5, [](Machine& m) { return virtual_alloc(m, 1); }},
    {"VirtualFree", From::kernel32, 3, yes},
    {"VirtualProtect", From::kernel32, 4, [](Machine& m) { return virtual_protect(m, 0); }},
    {"VirtualProtectEx", From::kernel32, 5, [](Machine& m) { return virtual_protect(m, 1); }},
    {"VirtualQuery", From::kernel32, 3, virtual_query},
    {"calloc", From::msvcrt, by_caller,
     [](Machine& m) { return m.argument(0) > piece_bytes_max || m.argument(1) > piece_bytes_max ? 0 : m.piece(m.argument(0) * m.argument(1)); }},
    {"exit", From::msvcrt, by_caller, over},
    {"free", From::msvcrt, by_caller, nothing},
    {"lstrcmpA", From::kernel32, 2, [](Machine& m) { return compare_text(m, false); }},
    {"lstrcmpiA", From::kernel32, 2, [](Machine& m) { return compare_text(m, true); }},
    {"lstrcpyA", From::kernel32, 2, copy_text},
    {"lstrlenA", From::kernel32, 1, [](Machine& m) { return std::uint64_t{m.text(m.argument(0), false).size()}; }},
    {"malloc", From::msvcrt, by_caller, [](Machine& m) { return heap_piece(m, 0); }},
    {"memcmp", From::msvcrt, by_caller, compare},
    {"memcpy", From::msvcrt, by_caller, move},
    {"memmove", From::msvcrt, by_caller, move},
    {"memset", From::msvcrt, by_caller, [](Machine& m) { return fill(m, static_cast<std::uint8_t>(m.argument(1)), m.argument(2)); }},
    {"realloc", From::msvcrt, by_caller, [](Machine& m) { return again(m, m.argument(0), m.argument(1)); }},
    {"strcmp", From::msvcrt, by_caller, [](Machine& m) { return compare_text(m, false); }},
    {"strlen", From::msvcrt, by_caller, [](Machine& m) { return std::uint64_t{m.text(m.argument(0), false).size()}; }},
};
static_assert(std::ranges::is_sorted(functions, {}, &Function::name));

}  // namespace

bool imitate(std::string_view name, Machine& machine, std::uint64_t& result, unsigned& popped) {
  const auto* const f = std::ranges::lower_bound(functions, name, {}, &Function::name);
  if (f == std::end(functions) || f->name != name) return false;
  popped = f->arguments == by_caller ? 0 : f->arguments;
  result = f->handler(machine);
  return true;
}

std::vector<std::string_view> functions_of(std::string_view library) {
  std::vector<std::string_view> out;
  const auto from = library == "ntdll.dll" ? From::ntdll : library == "msvcrt.dll" ? From::msvcrt : From::kernel32;
  if (from == From::kernel32 && library != "kernel32.dll" && library != "kernelbase.dll") return out;
  for (const Function& f : functions)
    if (f.from == from) out.push_back(f.name);
  return out;
}

}  // namespace mozu::unpacker
