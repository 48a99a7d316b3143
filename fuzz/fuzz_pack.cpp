// rooms: base gene
// Gene packs, as they come and signed by the key that is trusted, since it may sign anything: refused, or taken as all samples are.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include "fuzz/check.hpp"
#include "mozu/base/bytes.hpp"
#include "mozu/gene/pack.hpp"
#include "src/gene/pack_layout.hpp"
#include "src/gene/segment_layout.hpp"

using mozu::fuzz::check;
using namespace mozu::gene;

namespace {

/// A folder with a key pair, gone at the end.
struct Place {
  std::string folder = (std::filesystem::temp_directory_path() / ("fuzz-pack-" + std::to_string(::getpid()))).string();
  mozu::SigningKey key;
  Place() : key(made(folder)) {}
  ~Place() { std::filesystem::remove_all(folder); }
  static mozu::SigningKey made(const std::string& folder) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    check(mozu::make_key_files(folder + "/key").has_value());
    return *mozu::SigningKey::read(folder + "/key");
  }
};

int memory_file() {
  static const int fd = ::memfd_create("pack", 0);
  return fd;
}

void take(const Place& place, const std::string& bytes) {
  check(::ftruncate(memory_file(), 0) == 0 && ::pwrite(memory_file(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  const std::array<mozu::PublicKey, 1> trusted{place.key.public_key()};
  const auto pack = read_pack("/proc/self/fd/" + std::to_string(memory_file()), trusted, place.folder);
  if (!pack) {
    check(!pack.error().code.empty() && !pack.error().message.empty());
    return;
  }
  check(!pack->origin.pack.empty() && pack->segments.size() <= 2);
  const std::string genes = place.folder + "/genes";
  auto index = Index::open(genes);
  check(index.has_value());
  const auto added = index->add(*pack);
  // What was taken can be read, and is taken once.
  if (added) {
    const auto again = Index::open(genes);
    check(again.has_value() && again->catalogue().samples.size() == *added);
    check(index->add(*pack).value_or(1) == 0);
  }
  std::filesystem::remove_all(genes);
}

/// The checksums of a segment are right.
void seal(char* segment, std::uint64_t size) {
  if (size < sizeof(SegmentHeader) + 8) return;
  auto h = mozu::load<SegmentHeader>(segment);
  h.magic = segment_magic;
  h.end = size - 8;
  std::fill(segment + h.end, segment + size, '\0');
  h.checksum = 0;
  for (std::uint64_t from = sizeof h; from < h.end; from += checksum_step)
    h.checksum = mozu::xxh3_64(std::string_view(segment + from, std::min<std::uint64_t>(checksum_step, h.end - from)), h.checksum);
  h.head_checksum = checksum_of(h);
  std::memcpy(segment, &h, sizeof h);
}

std::string signed_by(const Place& place, std::string bytes) {
  if (bytes.size() < sizeof(PackHeader) + sizeof(mozu::Signature)) return bytes;
  auto h = mozu::load<PackHeader>(bytes.data());
  h.magic = pack_magic;
  h.key = place.key.public_key();
  bytes.resize(bytes.size() - sizeof(mozu::Signature));
  bytes.replace(0, sizeof h, reinterpret_cast<const char*>(&h), sizeof h);
  std::uint64_t at = sizeof h;
  for (const std::uint64_t part : {h.name_bytes, h.known_bytes, h.clean_bytes}) {
    if (part > bytes.size() - at) break;
    if (part != h.name_bytes) seal(bytes.data() + at, part);
    at += part;
  }
  const auto s = place.key.sign(pack_message(mozu::sha256(std::as_bytes(std::span(bytes)))));
  return bytes.append(reinterpret_cast<const char*>(s.data()), s.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Place place;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  take(place, bytes);
  take(place, signed_by(place, bytes));
  return 0;
}
