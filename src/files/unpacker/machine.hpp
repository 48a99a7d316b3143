// A processor and memory in which a Windows program is run until it has unpacked itself. Nothing of it is real: functions of Windows are imitated
// (api.cpp), and there is nothing that it could reach.
#pragma once
#include <unicorn/unicorn.h>

#include <chrono>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulated.hpp"
#include "libraries.hpp"
#include "memory.hpp"

namespace mozu::unpacker {

/// Every one ends the run, and what was unpacked until then is given.
struct Limits {
  std::uint64_t instructions_max = 2'000'000'000;  ///< counted by bytes of code, four for one
  std::chrono::seconds time_max{30};
  std::uint64_t memory_bytes_max = std::uint64_t{512} << 20;
  std::uint32_t calls_max = 200'000;  ///< of functions of Windows
};

class Machine {
 public:
  Machine(bool wide, const Limits& limits);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Its processor is there. What it needs of the system it has taken: it can be shut in now.
  bool good() const { return engine_ != nullptr; }
  files::Emulated run(std::span<const std::uint8_t> pe);

  // For the functions of Windows.
  bool wide() const { return wide_; }
  unsigned word() const { return wide_ ? 8 : 4; }
  Memory& memory() { return memory_; }
  Libraries& libraries() { return libraries_; }
  std::uint64_t base() const { return base_; }
  std::uint64_t argument(unsigned i);
  std::string text(std::uint64_t address, bool wide_text);
  /// Pages of its own, near the wish if that is free. 0: there is no room.
  std::uint64_t pages(std::uint64_t wish, std::uint64_t bytes);
  /// A piece of the heap, zeroed. 0: there is no room.
  std::uint64_t piece(std::uint64_t bytes);
  std::uint64_t piece_bytes(std::uint64_t address) const;
  /// Memory was written for the program.
  void written(std::uint64_t address, std::uint64_t bytes);
  /// A library, loaded if it is not yet. 0: there are too many.
  std::uint64_t library(std::string_view name);
  void end(std::string why);
  std::uint64_t ticks() { return ticks_ += 16; }  ///< milliseconds; time passes by being asked for
  std::uint64_t last_error = 0;
  std::vector<std::uint64_t> slots;  ///< of TlsAlloc

 private:
  uc_engine* engine_ = nullptr;
  bool wide_;
  Limits limits_;
  Memory memory_;
  Libraries libraries_;
  std::uint64_t base_ = 0, next_pages_ = 0, heap_at_ = 0, heap_end_ = 0, ticks_ = 1'000'000, stack_ = 0;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pieces_;
  std::vector<std::uint64_t> sections_;  // where each begins, ascending
  std::uint64_t code_bytes_ = 0, code_bytes_end_ = 0, blocks_ = 0;
  std::chrono::steady_clock::time_point time_end_;
  unsigned generation_ = 0;  // of the code that runs
  std::set<std::pair<std::uint64_t, unsigned>> begun_;
  files::Emulated out_;
  bool ended_ = false;

  friend struct Hooks;
  bool map(Region* region);
  bool load(std::span<const std::uint8_t> pe);
  void bind_imports();
  void make_process();
  void link_libraries(std::uint64_t list);
  void set_thread_register(std::uint64_t thread);
  std::vector<std::uint64_t> thread_starts();
  /// Runs a function of the program until it returns.
  void call(std::uint64_t address, std::uint64_t first, std::uint64_t second, std::uint64_t third);
  /// The function of Windows at which the program stands.
  bool answer(std::uint64_t at);
  void block(std::uint64_t address, std::uint32_t bytes);
  void store(std::uint64_t address, int bytes);
  void layer(std::uint64_t address);
  std::uint64_t unpacked_bytes() const;
  void find_imports(std::span<const std::uint8_t> image);
  std::uint64_t get(int id);
  void set(int id, std::uint64_t v);
};

/// The function of Windows of that name, imitated. False: it is not among those that are.
bool imitate(std::string_view name, Machine& machine, std::uint64_t& result, unsigned& popped);
/// Names of those that a library has, ascending.
std::vector<std::string_view> functions_of(std::string_view library);

}  // namespace mozu::unpacker
