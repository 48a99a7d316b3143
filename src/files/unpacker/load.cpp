// A PE as Windows lays it out in memory, and what a program finds around itself: its thread, its process, the libraries that are loaded.
// Layouts: Microsoft PE format specification; winternl.h and the public symbols of ntdll for TEB, PEB and the list of modules.
#include <algorithm>
#include <cstring>

#include "machine.hpp"
#include "program_parts.hpp"

namespace mozu::unpacker {
namespace {

constexpr std::uint64_t image_bytes_max = std::uint64_t{128} << 20, stack_bytes = 1 << 20, process_bytes = 1 << 16;
constexpr std::size_t imports_each_max = 10'000, libraries_bound_max = 200, thread_starts_max = 20;

}  // namespace

bool Machine::load(std::span<const std::uint8_t> pe) {
  const files::View file{pe};
  const auto head = files::pe_head(file);
  if (!head || head->wide != wide_ || head->image_bytes == 0 || head->image_bytes > image_bytes_max) return false;
  base_ = head->base;
  if (base_ % 0x10000 != 0 || base_ < 0x10000 || (wide_ ? base_ > 0x7FF000000000ULL : base_ > 0x70000000ULL)) return false;
  std::uint64_t end = head->image_bytes;
  for (std::size_t i = 0; i < std::min<std::size_t>(head->sections, 96); ++i)
    if (const auto s = head->section(file, i)) end = std::max<std::uint64_t>(end, std::uint64_t{s->address} + std::max(s->memory_bytes, s->file_bytes));
  if (end > image_bytes_max) return false;
  Region* const image = memory_.add(Use::image, base_, end);
  if (!map(image)) return false;
  const auto copy = [&](std::uint64_t to, std::uint64_t from, std::uint64_t bytes) {
    const auto part = file.part(from, bytes);
    if (to < image->bytes.size() && !part.empty())
      std::memcpy(image->bytes.data() + to, part.data(), std::min<std::uint64_t>(part.size(), image->bytes.size() - to));
  };
  copy(0, 0, std::clamp<std::uint64_t>(head->head_bytes, head->table + head->sections * 40ULL, image->bytes.size()));
  sections_ = {base_};
  for (std::size_t i = 0; i < std::min<std::size_t>(head->sections, 96); ++i) {
    const auto s = head->section(file, i);
    if (!s) continue;
    // As the loader rounds it.
    copy(s->address, s->offset & ~511U, s->memory_bytes == 0 ? s->file_bytes : std::min<std::uint64_t>(whole_pages(s->memory_bytes), s->file_bytes));
    sections_.push_back(base_ + s->address);
  }
  std::ranges::sort(sections_);
  next_pages_ = (base_ + end + 0x1FFFFFF) & ~std::uint64_t{0xFFFFFF};
  libraries_.begin_at(base_ < 0x60000000 || base_ > 0x7FFFFFFF ? 0x70000000 : 0x10000000);
  make_process();
  bind_imports();
  return true;
}

void Machine::bind_imports() {
  const auto image = memory_.bytes(base_, 1).empty() ? std::span<std::uint8_t>{} : std::span(memory_.at(base_)->bytes.data(), memory_.at(base_)->bytes.size());
  const files::View v{image};
  const auto head = files::pe_head(v);
  const auto table = head ? head->directory(v, 1) : files::PeHead::Range{};
  for (std::size_t i = 0; table.size != 0 && i < libraries_bound_max; ++i) {
    const std::uint64_t at = table.at + i * 20;
    if (v.u32(at + 12) == 0) return;
    const std::uint64_t from = library(v.text(v.u32(at + 12))), places = v.u32(at + 16);
    const std::uint64_t names = v.u32(at) != 0 ? v.u32(at) : places;
    for (std::size_t k = 0; from != 0 && k < imports_each_max; ++k) {
      const std::uint64_t entry = memory_.number(base_ + names + k * word(), word());
      if (entry == 0) break;
      const bool by_number = (entry >> (word() * 8 - 1)) != 0;
      const std::string name = by_number ? "#" + std::to_string(entry & 0xFFFFU) : std::string(v.text((entry & 0x7FFFFFFFU) + 2));
      if (const std::uint64_t place = libraries_.function(from, name); place != 0) memory_.put(base_ + places + k * word(), place, word());
    }
  }
}

/// The first thread and the process; where 64 bits have other places than 32, both stand there.
void Machine::make_process() {
  for (const char* name : {"ntdll.dll", "kernel32.dll", "kernelbase.dll"}) library(name);
  stack_ = pages(0, stack_bytes) + stack_bytes - 0x1000;
  const std::uint64_t thread = pages(0, process_bytes), process = thread + 0x2000, list = thread + 0x3000, blocks = thread + 0x8000;
  if (thread == 0) return;
  memory_.at(stack_)->use = Use::stack, memory_.at(thread)->use = Use::stack;
  const auto put = [&](std::uint64_t at, unsigned in_64, unsigned in_32, std::uint64_t v) { memory_.put(at + (wide_ ? in_64 : in_32), v, word()); };
  if (!wide_) memory_.put(thread, 0xFFFFFFFF, 4);  // the end of the chain of handlers
  put(thread, 0x08, 0x04, stack_ + 0x1000), put(thread, 0x10, 0x08, stack_ + 0x1000 - stack_bytes);
  put(thread, 0x30, 0x18, thread), put(thread, 0x40, 0x20, 0x1234), put(thread, 0x48, 0x24, 0x1238);
  put(thread, 0x58, 0x2C, blocks), put(thread, 0x60, 0x30, process);
  put(process, 0x10, 0x08, base_), put(process, 0x18, 0x0C, list), put(process, 0x30, 0x18, 0x00B00000);
  link_libraries(list);
  set_thread_register(thread);
}

/// The three rings through the program and the libraries: as loaded, as in memory, as started.
void Machine::link_libraries(std::uint64_t list) {
  std::vector<Library> modules{{"program.exe", base_, {}}};
  modules.insert(modules.end(), libraries_.all().begin(), libraries_.all().end());
  const std::uint64_t w = word(), rings = list + (wide_ ? 0x10 : 0x0C);
  const auto entry = [&](std::size_t i) { return list + 0x100 + i * 0x200; };
  for (unsigned ring = 0; ring < 3; ++ring)
    for (std::size_t i = 0; i <= modules.size(); ++i) {
      const auto node = [&](std::size_t k) { return k == 0 ? rings + ring * 2 * w : entry(k - 1) + ring * 2 * w; };
      memory_.put(node(i), node((i + 1) % (modules.size() + 1)), word());
      memory_.put(node((i + 1) % (modules.size() + 1)) + w, node(i), word());
    }
  for (std::size_t i = 0; i < modules.size(); ++i) {
    const std::uint64_t at = entry(i), text = at + 0x100, name = at + 6 * w + 3 * w;
    memory_.put(at + 6 * w, modules[i].base, word()), memory_.put(at + 8 * w, Libraries::image_bytes, 4);
    for (std::size_t c = 0; c < modules[i].name.size(); ++c) memory_.put(text + 2 * c, static_cast<unsigned char>(modules[i].name[c]), 2);
    for (const std::uint64_t counted : {name, name + 2 * w}) {  // with folders and without: both say the name alone
      memory_.put(counted, modules[i].name.size() * 2, 2), memory_.put(counted + 2, modules[i].name.size() * 2 + 2, 2);
      memory_.put(counted + w, text, word());
    }
  }
}

void Machine::set_thread_register(std::uint64_t thread) {
  if (wide_) return set(UC_X86_REG_GS_BASE, thread);
  // With 32 bits a segment has its base from a table: data, writable, of ring 3.
  const std::uint64_t table = pages(0, page_bytes);
  const std::uint64_t entry = 0xFFFFU | (thread & 0xFFFFFFU) << 16U | 0xCFF2ULL << 40U | (thread >> 24U & 0xFFU) << 56U;
  memory_.put(table + 24, entry, 8);
  memory_.put(table + 8, 0x00CF92000000FFFFULL, 8);  // all of memory, for what else is data: loading one segment looks at the width of the stack's
  uc_x86_mmr place{0, table, 31, 0};
  ::uc_reg_write(engine_, UC_X86_REG_GDTR, &place);
  for (const int segment : {UC_X86_REG_SS, UC_X86_REG_DS, UC_X86_REG_ES}) {
    std::uint32_t flat = 8;
    ::uc_reg_write(engine_, segment, &flat);
  }
  std::uint32_t selector = 27;
  ::uc_reg_write(engine_, UC_X86_REG_FS, &selector);
}

/// Functions that run before the entry (TLS callbacks).
std::vector<std::uint64_t> Machine::thread_starts() {
  std::vector<std::uint64_t> out;
  Region* const image = memory_.at(base_);
  const files::View v{{image->bytes.data(), image->bytes.size()}};
  const auto head = files::pe_head(v);
  const auto table = head ? head->directory(v, 9) : files::PeHead::Range{};
  if (table.at == 0 || table.size == 0) return out;
  const std::uint64_t list = memory_.number(base_ + table.at + 3ULL * word(), word());
  while (out.size() < thread_starts_max) {
    const std::uint64_t start = memory_.number(list + out.size() * word(), word());
    if (start == 0 || !image->contains(start)) break;
    out.push_back(start);
  }
  return out;
}

}  // namespace mozu::unpacker
