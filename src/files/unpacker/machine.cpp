#include "machine.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace mozu::unpacker {
namespace {

constexpr std::uint64_t bytes_of_instruction = 4;
constexpr std::uint64_t unpacked_bytes_min = 256;         // less is a patch of its own code
constexpr std::uint64_t rest_instructions = 100'000'000;  // without a new layer after one
constexpr unsigned generation_max = 250;
constexpr std::size_t layers_max = 64, imports_max = 100'000;
constexpr std::uint64_t return_place = 0x1000;  // where nothing is mapped: a function that returns there is over

}  // namespace

/// What the processor calls; C functions of one form.
struct Hooks {
  static void block(uc_engine*, std::uint64_t address, std::uint32_t bytes, void* machine) { static_cast<Machine*>(machine)->block(address, bytes); }
  static void store(uc_engine*, uc_mem_type, std::uint64_t address, int bytes, std::int64_t, void* machine) {
    static_cast<Machine*>(machine)->store(address, bytes);
  }
};

Machine::Machine(bool wide, const Limits& limits) : wide_(wide), limits_(limits), memory_(limits.memory_bytes_max), libraries_(wide) {
  if (::uc_open(UC_ARCH_X86, wide ? UC_MODE_64 : UC_MODE_32, &engine_) != UC_ERR_OK) engine_ = nullptr;
  if (engine_ == nullptr) return;
  uc_hook block_hook = 0, store_hook = 0;
  // The prototype of a hook is that of its kind; the library takes all as one.
  ::uc_hook_add(engine_, &block_hook, UC_HOOK_BLOCK, reinterpret_cast<void*>(&Hooks::block), this, 1, 0);
  ::uc_hook_add(engine_, &store_hook, UC_HOOK_MEM_WRITE, reinterpret_cast<void*>(&Hooks::store), this, 1, 0);
}

Machine::~Machine() {
  if (engine_ != nullptr) ::uc_close(engine_);
}

bool Machine::map(Region* region) {
  return region != nullptr && ::uc_mem_map_ptr(engine_, region->address, region->bytes.size(), UC_PROT_ALL, region->bytes.data()) == UC_ERR_OK;
}

std::uint64_t Machine::get(int id) {
  std::uint64_t v = 0;
  ::uc_reg_read(engine_, id, &v);
  return v;
}
void Machine::set(int id, std::uint64_t v) { ::uc_reg_write(engine_, id, &v); }

std::uint64_t Machine::argument(unsigned i) {
  constexpr int in_registers[] = {UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_R8, UC_X86_REG_R9};
  if (wide_ && i < 4) return get(in_registers[i]);
  // Behind the address to return to; with 64 bits also behind the room for the four in registers.
  return memory_.number(get(wide_ ? UC_X86_REG_RSP : UC_X86_REG_ESP) + word() * (i + 1ULL), word());
}

std::string Machine::text(std::uint64_t address, bool wide_text) {
  std::vector<char> room;
  return std::string(wide_text ? memory_.wide_text(address, room) : memory_.text(address));
}

std::uint64_t Machine::pages(std::uint64_t wish, std::uint64_t bytes) {
  if (bytes == 0 || bytes > limits_.memory_bytes_max) return 0;
  wish &= ~(page_bytes - 1);
  // What is there already may be asked for again: reserved first, then used.
  if (const Region* const there = wish == 0 ? nullptr : memory_.at(wish); there != nullptr)
    return there->contains(wish + bytes - 1) && there->use == Use::heap ? wish : 0;
  Region* r = wish == 0 ? nullptr : memory_.add(Use::heap, wish, bytes);
  if (r == nullptr) {
    r = memory_.add(Use::heap, next_pages_, bytes);
    next_pages_ += (whole_pages(bytes) + 0x1FFFF) & ~std::uint64_t{0xFFFF};
  }
  return map(r) ? r->address : 0;
}

std::uint64_t Machine::piece(std::uint64_t bytes) {
  constexpr std::uint64_t block_bytes = 1 << 20;
  bytes = (std::max<std::uint64_t>(bytes, 1) + 15) & ~std::uint64_t{15};
  if (bytes > limits_.memory_bytes_max) return 0;
  if (bytes > heap_end_ - heap_at_) {
    const std::uint64_t size = std::max(bytes, block_bytes);
    heap_at_ = pages(0, size);
    heap_end_ = heap_at_ == 0 ? 0 : heap_at_ + size;
    if (heap_at_ == 0) return 0;
  }
  pieces_.emplace_back(heap_at_, bytes);
  return std::exchange(heap_at_, heap_at_ + bytes);
}

std::uint64_t Machine::piece_bytes(std::uint64_t address) const {
  const auto found = std::ranges::find(pieces_, address, &std::pair<std::uint64_t, std::uint64_t>::first);
  return found == pieces_.end() ? 0 : found->second;
}

void Machine::written(std::uint64_t address, std::uint64_t bytes) {
  Region* const r = memory_.at(address);
  if (r == nullptr || !r->contains(address + bytes - 1)) return;
  std::memset(r->writer.data() + (address - r->address), static_cast<int>(generation_) + 1, bytes);
  if (r->executed) ::uc_ctl_remove_cache(engine_, address, address + bytes);
}

std::uint64_t Machine::library(std::string_view name) {
  if (name.empty()) return 0;
  Region* made = nullptr;
  const Library* const l = libraries_.load(name, memory_, made);
  if (l == nullptr || (made != nullptr && !map(made))) return 0;
  return l->base;
}

void Machine::end(std::string why) {
  if (!ended_) out_.ended = std::move(why);
  ended_ = true;
  ::uc_emu_stop(engine_);
}

void Machine::block(std::uint64_t address, std::uint32_t bytes) {
  if (ended_) return;
  code_bytes_ += bytes;
  if (code_bytes_ > code_bytes_end_) {
    const bool all = code_bytes_ > limits_.instructions_max * bytes_of_instruction;
    return end(all ? "its instructions are used up" : "it ran on without another layer");
  }
  if ((++blocks_ & 0x3FFU) == 0 && std::chrono::steady_clock::now() > time_end_) return end("its time is used up");
  Region* const r = memory_.at(address);
  if (r == nullptr || r->use == Use::library) return;
  r->executed = true;
  const unsigned by = r->writer.data()[address - r->address];
  generation_ = std::min(by, generation_max);
  if (by == 0 || r->use == Use::stack) return;
  // One beginning for each part and generation: that from which the part was entered first.
  const auto part = r->use == Use::image ? *std::prev(std::ranges::upper_bound(sections_, address)) : r->address;
  if (begun_.emplace(part, generation_).second) layer(address);
}

void Machine::store(std::uint64_t address, int bytes) {
  Region* const r = memory_.at(address);
  if (r == nullptr || bytes <= 0) return;
  const std::uint64_t at = address - r->address;
  std::memset(r->writer.data() + at, static_cast<int>(generation_) + 1, std::min<std::uint64_t>(static_cast<std::uint64_t>(bytes), r->writer.size() - at));
}

std::uint64_t Machine::unpacked_bytes() const {
  std::uint64_t n = 0;
  for (const auto& r : memory_.regions())
    if (r->use == Use::image || (r->use == Use::heap && r->executed))
      n += r->writer.size() - static_cast<std::uint64_t>(std::count(r->writer.data(), r->writer.data() + r->writer.size(), std::uint8_t{0}));
  return n;
}

/// New code begins: this is what is given if nothing newer comes.
void Machine::layer(std::uint64_t address) {
  if (begun_.size() > layers_max) return end("it has too many layers");
  if (unpacked_bytes() < unpacked_bytes_min) return;
  code_bytes_end_ = std::min(limits_.instructions_max, code_bytes_ / bytes_of_instruction * 2 + rest_instructions) * bytes_of_instruction;
  out_.layers = std::max(out_.layers, generation_);
  out_.entry = static_cast<std::uint32_t>(address - base_);
  out_.parts.clear();
  std::uint64_t left = files::emulated_bytes_max;
  for (const auto& r : memory_.regions()) {
    if (r->use != Use::image && (r->use != Use::heap || !r->executed)) continue;
    if (r->bytes.size() > left || r->address < base_ || r->address - base_ > 0x7FFFFFFF) continue;
    left -= r->bytes.size();
    out_.parts.push_back({static_cast<std::uint32_t>(r->address - base_), std::string(reinterpret_cast<const char*>(r->bytes.data()), r->bytes.size())});
  }
}

void Machine::find_imports(std::span<const std::uint8_t> image) {
  out_.imports.clear();
  for (std::uint64_t at = 0; at + word() <= image.size() && out_.imports.size() < imports_max; at += 4) {
    std::uint64_t v = 0;
    std::memcpy(&v, image.data() + at, word());
    if (v < libraries_.all().front().base || v > libraries_.all().back().base + Libraries::image_bytes) continue;
    if (const auto place = libraries_.place(v)) out_.imports.push_back({static_cast<std::uint32_t>(at), place->library->name, *place->function});
  }
}

bool Machine::answer(std::uint64_t at) {
  const auto place = libraries_.place(at);
  if (!place) return end("it ran into nothing"), false;
  const std::string name = *place->function, library = place->library->name;
  const int stack = wide_ ? UC_X86_REG_RSP : UC_X86_REG_ESP;
  const std::uint64_t top = get(stack), back = memory_.number(top, word());
  std::uint64_t result = 0;
  unsigned popped = 0;
  if (!imitate(name, *this, result, popped)) return end(fmt::format("it called {}!{}, which is not imitated", library, name)), false;
  set(stack, top + word() * (1ULL + (wide_ ? 0 : popped)));
  set(wide_ ? UC_X86_REG_RAX : UC_X86_REG_EAX, result);
  set(wide_ ? UC_X86_REG_RIP : UC_X86_REG_EIP, back);
  return !ended_;
}

void Machine::call(std::uint64_t address, std::uint64_t first, std::uint64_t second, std::uint64_t third) {
  const int stack = wide_ ? UC_X86_REG_RSP : UC_X86_REG_ESP, here = wide_ ? UC_X86_REG_RIP : UC_X86_REG_EIP;
  std::uint64_t top = stack_;
  if (wide_) {
    set(UC_X86_REG_RCX, first), set(UC_X86_REG_RDX, second), set(UC_X86_REG_R8, third);
    top -= 40;
  } else {
    top -= 16;
    memory_.put(top + 4, first, 4), memory_.put(top + 8, second, 4), memory_.put(top + 12, third, 4);
  }
  memory_.put(top, return_place, word());
  set(stack, top), set(here, address);
  for (std::uint64_t at = address; !ended_ && at != return_place;) {
    const uc_err error = ::uc_emu_start(engine_, at, return_place, 0, 0);
    at = get(here);
    if (ended_ || at == return_place) break;
    if (std::chrono::steady_clock::now() > time_end_) return end("its time is used up");
    // A halt of its own stops the processor, too; behind the place of a function it is that function.
    if (error == UC_ERR_OK && libraries_.place(at - 1)) {
      if (limits_.calls_max-- == 0) return end("it called Windows too often");
      if (!answer(at - 1)) return;
      at = get(here);
    } else {
      return end(error == UC_ERR_OK ? "it halted the processor" : fmt::format("it failed: {}", ::uc_strerror(error)));
    }
  }
}

files::Emulated Machine::run(std::span<const std::uint8_t> pe) {
  time_end_ = std::chrono::steady_clock::now() + limits_.time_max;
  code_bytes_end_ = limits_.instructions_max * bytes_of_instruction;
  if (!load(pe)) {
    out_.ended = "it cannot be mapped";
    return std::move(out_);
  }
  const std::uint64_t entry = memory_.number(base_ + memory_.number(base_ + 0x3C, 4) + 24 + 16, 4);
  for (const std::uint64_t start : thread_starts())
    if (!ended_) call(start, base_, 1, 0);
  if (!ended_ && entry != 0) call(base_ + entry, base_, 1, 0);
  if (!ended_) end("it returned");
  if (!out_.parts.empty()) {
    const std::string& image = out_.parts.front().bytes;
    find_imports({reinterpret_cast<const std::uint8_t*>(image.data()), image.size()});
  }
  return std::move(out_);
}

}  // namespace mozu::unpacker
