// rooms: base gene
// Files of the gene index, as they come and with right checksums, since who makes a file makes these, too: refused, or asked and walked without a byte
// read beyond them.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/check.hpp"
#include "mozu/base/bytes.hpp"
#include "mozu/gene/index.hpp"
#include "src/gene/segment_layout.hpp"

using mozu::fuzz::check;
using namespace mozu::gene;

namespace {

int memory_file() {
  static const int fd = ::memfd_create("segment", 0);
  return fd;
}

void ask(const std::string& bytes) {
  check(::ftruncate(memory_file(), 0) == 0 && ::pwrite(memory_file(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  const auto segment = Segment::open("/proc/self/fd/" + std::to_string(memory_file()));
  if (!segment) {
    check(!segment.error().code.empty() && !segment.error().message.empty());
    return;
  }
  std::vector<std::uint64_t> keys;
  const auto samples_hold = [&](const Segment::Hit& hit) {
    check(!hit.samples.empty() && hit.samples.size() <= samples_told_max);
    for (const auto s : hit.samples) check(s < segment->samples().size());
  };
  std::size_t walked = 0;
  segment->each([&](std::uint64_t key, const Segment::Hit& hit) {
    samples_hold(hit);
    if (++walked < 10'000) keys.push_back(key << key_shift);
  });
  for (std::uint64_t i = 0; i < 64; ++i) keys.push_back(i << 58U), keys.push_back(i * 0x9E3779B97F4A7C15ULL);
  std::ranges::sort(keys);
  segment->find(keys, samples_hold);
  std::vector<bool> clean(keys.size());
  segment->find_clean(keys, clean);
}

std::string sealed(std::string bytes) {
  if (bytes.size() < sizeof(SegmentHeader) + 8) return bytes;
  auto h = mozu::load<SegmentHeader>(bytes.data());
  h.magic = segment_magic;
  h.end = bytes.size() - 8;
  std::fill(bytes.end() - 8, bytes.end(), '\0');
  h.checksum = 0;
  for (std::uint64_t from = sizeof h; from < h.end; from += checksum_step)
    h.checksum = mozu::xxh3_64(std::string_view(bytes).substr(from, std::min<std::uint64_t>(checksum_step, h.end - from)), h.checksum);
  h.head_checksum = checksum_of(h);
  return bytes.replace(0, sizeof h, reinterpret_cast<const char*>(&h), sizeof h);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  ask(bytes);
  ask(sealed(bytes));
  return 0;
}
