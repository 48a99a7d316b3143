#include "packing.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>

#include "mozu/base/text.hpp"

namespace mozu::server {
namespace {

constexpr int zstd_level = 3;
constexpr int gzip_level = 1;

struct FreeContext {
  void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
};

std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  // Making a context costs more than packing a page: one a thread.
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (context == nullptr) return {};
  const std::size_t n = ZSTD_compressCCtx(context.get(), out.data(), out.size(), text.data(), text.size(), zstd_level);
  out.resize(ZSTD_isError(n) != 0 ? 0 : n);
  return out;
}

std::string gzip(std::string_view text) {
  z_stream z{};
  if (deflateInit2(&z, gzip_level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&z, text.size()), '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // zlib's interface; it does not write there
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  const bool done = deflate(&z, Z_FINISH) == Z_STREAM_END;
  out.resize(done ? z.total_out : 0);
  deflateEnd(&z);
  return out;
}

/// "0.25" → 250; what is no weight counts as none was given.
unsigned weight(std::string_view parameter) {
  parameter = trim(parameter);
  if (!istarts_with(parameter, "q=")) return 1000;
  parameter.remove_prefix(2);
  if (parameter.empty() || parameter[0] != '0') return 1000;
  unsigned out = 0, unit = 100;
  for (const char c : parameter.substr(std::min<std::size_t>(parameter.size(), 2))) {
    if (!is_digit(static_cast<unsigned char>(c))) break;
    out += unit * static_cast<unsigned>(c - '0');
    unit /= 10;
  }
  return out;
}

struct WantedPackings {
  unsigned zstd = 0, gzip = 0;
};

WantedPackings wanted(std::string_view accept_encoding) {
  std::optional<unsigned> of_zstd, of_gzip, of_others;
  for (const std::string_view part : split(accept_encoding, ',')) {
    const auto pieces = split(part, ';');
    const std::string_view coding = trim(pieces[0]);
    const unsigned w = pieces.size() > 1 ? weight(pieces[1]) : 1000;
    if (iequals(coding, "zstd")) of_zstd = w;
    else if (iequals(coding, "gzip") || iequals(coding, "x-gzip")) of_gzip = w;
    else if (coding == "*") of_others = w;
  }
  return {of_zstd.value_or(of_others.value_or(0)), of_gzip.value_or(of_others.value_or(0))};
}

}  // namespace

bool takes_gzip(std::string_view accept_encoding) { return wanted(accept_encoding).gzip > 0; }

std::string_view packing_wanted(std::string_view accept_encoding) {
  const auto [z, g] = wanted(accept_encoding);
  if (z == 0 && g == 0) return {};
  return z >= g ? "zstd" : "gzip";
}

std::string pack(std::string_view text, std::string_view packing) { return packing == "zstd" ? zstd(text) : gzip(text); }

}  // namespace mozu::server
