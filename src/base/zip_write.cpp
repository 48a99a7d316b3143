#include "mozu/base/zip_write.hpp"

#include <fmt/core.h>
#include <zlib.h>

#include <algorithm>

#include "mozu/base/text.hpp"

namespace mozu {
namespace {

constexpr std::uint16_t version = 20, names_are_utf8 = 1 << 11, stored = 0, deflated = 8;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

/// Empty: it does not get smaller.
std::string deflate_raw(std::string_view bytes) {
  z_stream z{};
  if (deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(bytes.size(), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib's interface; it does not write there
  z.avail_in = static_cast<uInt>(bytes.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  const bool smaller = deflate(&z, Z_FINISH) == Z_STREAM_END;
  out.resize(smaller ? z.total_out : 0);
  deflateEnd(&z);
  return out;
}

}  // namespace

ZipWriter::ZipWriter(Timestamp time, std::uint64_t bytes_max) : bytes_max_(std::min<std::uint64_t>(bytes_max, std::uint64_t{2} << 30)) {
  const CivilTime c = to_civil(std::clamp(time, from_civil({1980}), from_civil({2107})));
  dos_time_ = static_cast<std::uint16_t>(c.hour << 11 | c.minute << 5 | c.second / 2);
  dos_date_ = static_cast<std::uint16_t>((c.year - 1980) << 9 | c.month << 5 | c.day);
}

void ZipWriter::put_fields(const Entry& e) {
  put(out_, names_are_utf8, 2), put(out_, e.method, 2), put(out_, dos_time_, 2), put(out_, dos_date_, 2);
  put(out_, e.crc, 4), put(out_, e.packed, 4), put(out_, e.bytes, 4);
  put(out_, e.name.size(), 2), put(out_, 0, 2);
}

Status ZipWriter::add(std::string_view name, std::string_view bytes) {
  bytes_ += bytes.size();
  if (bytes_ > bytes_max_ || entries_.size() >= 65'535 || name.size() > 60'000)
    return fail("zip-too-large", fmt::format("the archive would hold more than {}", human_bytes(static_cast<double>(bytes_max_))), "take its files one by one");
  const std::string packed = deflate_raw(bytes);
  const std::string_view body = packed.empty() ? bytes : std::string_view(packed);
  Entry e{std::string(name),
          static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size()))),
          static_cast<std::uint32_t>(body.size()),
          static_cast<std::uint32_t>(bytes.size()),
          static_cast<std::uint32_t>(out_.size()),
          packed.empty() ? stored : deflated};
  put(out_, 0x04034b50, 4), put(out_, version, 2);
  put_fields(e);
  out_ += e.name;
  out_ += body;
  entries_.push_back(std::move(e));
  return {};
}

std::string ZipWriter::finish() && {
  const std::size_t begin = out_.size();
  for (const Entry& e : entries_) {
    put(out_, 0x02014b50, 4), put(out_, version, 2), put(out_, version, 2);
    put_fields(e);
    put(out_, 0, 2), put(out_, 0, 2), put(out_, 0, 2), put(out_, 0, 4), put(out_, e.offset, 4);
    out_ += e.name;
  }
  const std::size_t bytes = out_.size() - begin;
  put(out_, 0x06054b50, 4), put(out_, 0, 4), put(out_, entries_.size(), 2), put(out_, entries_.size(), 2), put(out_, bytes, 4), put(out_, begin, 4),
      put(out_, 0, 2);
  return std::move(out_);
}

}  // namespace mozu
