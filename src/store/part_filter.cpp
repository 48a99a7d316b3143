#include "part_filter.hpp"

#include <functional>
#include <string_view>

#include "mozu/base/hash.hpp"

namespace mozu::store {
namespace {

// Stored: the shape of a filter that bases hold never changes.
constexpr std::size_t line_bytes = 64, bits_an_id = 12, probes = 6;
constexpr unsigned bit_of_line = 9;  // 512 bits are numbered by so many
constexpr std::size_t row_bytes = std::size_t{1} << 16;

}  // namespace

/// The low half of the hash chooses the line, the high half steps through it.
std::size_t PartFilter::line_of(std::uint64_t hash) const {
  return static_cast<std::size_t>(((hash & 0xFFFFFFFF) * (bits_.size() / line_bytes)) >> 32) * line_bytes;
}

namespace {

std::uint32_t next_bit(std::uint32_t& state) {
  const auto bit = state >> (32 - bit_of_line);
  state *= 0x9E3779B1U;
  return bit;
}

Status each_id(Db& db, std::int64_t part, const std::function<void(std::string_view)>& use) {
  constexpr std::int64_t rows_at_once = 65'536;
  std::string after;
  for (std::int64_t rows = rows_at_once; rows == rows_at_once;) {
    rows = 0;
    std::string last;
    MOZU_TRY(db.run("SELECT key FROM id WHERE part = $1 AND key > $2 ORDER BY key LIMIT $3", {part, Bytes{after}, rows_at_once}, [&](const Row& r) {
      use(r.text(0));
      if (++rows == rows_at_once) last = r.text(0);
      return true;
    }));
    after = std::move(last);
  }
  return {};
}

}  // namespace

void PartFilter::add(std::uint64_t hash) {
  const auto line = line_of(hash);
  auto state = static_cast<std::uint32_t>(hash >> 32) | 1U;
  for (std::size_t i = 0; i < probes; ++i) {
    const auto bit = next_bit(state);
    auto& byte = bits_[line + bit / 8];
    byte = static_cast<char>(static_cast<unsigned char>(byte) | 1U << bit % 8);
  }
}

bool PartFilter::may_hold(std::uint64_t hash) const {
  if (bits_.empty()) return true;
  const auto line = line_of(hash);
  auto state = static_cast<std::uint32_t>(hash >> 32) | 1U;
  for (std::size_t i = 0; i < probes; ++i) {
    const auto bit = next_bit(state);
    if ((static_cast<unsigned char>(bits_[line + bit / 8]) >> bit % 8 & 1U) == 0) return false;
  }
  return true;
}

Result<PartFilter> PartFilter::read(Db& db, std::int64_t part) {
  PartFilter filter;
  MOZU_TRY(db.run("SELECT bits FROM part_filter WHERE part = $1 ORDER BY place", {part}, [&](const Row& r) {
    filter.bits_ += r.text(0);
    return true;
  }));
  if (filter.bits_.size() % line_bytes != 0)
    return fail("store-corrupt", "the filter of a part of the knowledge base is damaged", "restore the last backup with 'mozu restore'");
  return filter;
}

Result<std::uint64_t> PartFilter::denied(Db& db, std::int64_t part) {
  MOZU_LET(const auto filter, read(db, part));
  std::uint64_t denied = 0;
  MOZU_TRY(each_id(db, part, [&](std::string_view key) { denied += filter.may_hold(xxh3_64(key)) ? 0 : 1; }));
  return denied;
}

Status PartFilter::build(Db& db, std::int64_t part) {
  const Bind of_part[] = {part};
  MOZU_LET(const auto ids, db.integer("SELECT count(*) FROM id WHERE part = $1", of_part));
  PartFilter filter;
  filter.bits_.assign((static_cast<std::size_t>(ids) * bits_an_id / 8 / line_bytes + 1) * line_bytes, '\0');
  MOZU_TRY(each_id(db, part, [&](std::string_view key) { filter.add(xxh3_64(key)); }));
  const std::string_view bits = filter.bits_;
  std::int64_t place = 0;
  for (std::size_t at = 0; at < bits.size(); at += row_bytes)
    MOZU_TRY(db.run("INSERT INTO part_filter(part, place, bits) VALUES($1, $2, $3)", {part, ++place, Bytes{bits.substr(at, row_bytes)}}));
  return {};
}

}  // namespace mozu::store
