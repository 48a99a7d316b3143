#include "charset.hpp"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>

#include "mozu/base/text.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t block_units = 1 << 14;

struct Close {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using Converter = std::unique_ptr<UConverter, Close>;

Converter open(const char* name) {
  UErrorCode status = U_ZERO_ERROR;
  Converter c(ucnv_open(name, &status));
  return U_SUCCESS(status) ? std::move(c) : nullptr;
}

bool is_kana(char16_t c) { return c >= 0x3041 && c <= 0x30FE; }

struct Converted {
  std::string text;
  std::size_t kana = 0;
};

/// Nothing where `strict` and some bytes are not of that set.
std::optional<Converted> convert(std::string_view bytes, const char* name, bool strict) {
  const auto from = open(name), to = open("UTF-8");
  if (!from || !to) return std::nullopt;
  UErrorCode status = U_ZERO_ERROR;
  if (strict) ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  Converted out;
  std::array<char16_t, block_units> units;
  std::array<char, 4 * block_units> octets;
  const char* p = bytes.data();
  const char* const end = p + bytes.size();
  for (;;) {
    status = U_ZERO_ERROR;
    char16_t* u = units.data();
    ucnv_toUnicode(from.get(), &u, units.data() + units.size(), &p, end, nullptr, 1, &status);
    if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR) return std::nullopt;
    const bool done = status != U_BUFFER_OVERFLOW_ERROR;
    out.kana += static_cast<std::size_t>(std::count_if(units.data(), u, is_kana));
    const char16_t* source = units.data();
    char* o = octets.data();
    status = U_ZERO_ERROR;
    ucnv_fromUnicode(to.get(), &o, octets.data() + octets.size(), &source, u, nullptr, done ? 1 : 0, &status);
    if (U_FAILURE(status)) return std::nullopt;
    out.text.append(octets.data(), static_cast<std::size_t>(o - octets.data()));
    if (done) return out;
  }
}

std::string_view declared_name(std::string_view declared) {
  declared = trim(declared);
  while (!declared.empty() && (declared.front() == '"' || declared.front() == '\'')) declared.remove_prefix(1);
  while (!declared.empty() && (declared.back() == '"' || declared.back() == '\'')) declared.remove_suffix(1);
  // Browsers read these as their larger relatives, and so do those who write them.
  if (iequals(declared, "iso-8859-1") || iequals(declared, "latin1") || iequals(declared, "us-ascii")) return "windows-1252";
  if (iequals(declared, "shift_jis") || iequals(declared, "shift-jis") || iequals(declared, "x-sjis")) return "windows-31j";
  return declared.size() <= 40 ? declared : std::string_view{};
}

}  // namespace

std::string to_utf8(std::string_view bytes, std::string_view declared) {
  if (bytes.starts_with("\xEF\xBB\xBF")) return std::string(bytes.substr(3));
  if (bytes.starts_with(std::string_view("\xFF\xFE", 2)) || bytes.starts_with(std::string_view("\xFE\xFF", 2)))
    if (auto c = convert(bytes.substr(2), bytes[0] == '\xFF' ? "UTF-16LE" : "UTF-16BE", false)) return std::move(c->text);
  const std::string name(declared_name(declared));
  const bool utf8 = is_utf8(bytes);
  if (!name.empty() && !iequals(name, "utf-8") && !iequals(name, "utf8") && !(utf8 && iequals(name, "windows-1252")))
    if (auto c = convert(bytes, name.c_str(), false)) return std::move(c->text);
  if (bytes.find("\x1B$B") != bytes.npos || bytes.find("\x1B$@") != bytes.npos)
    if (auto c = convert(bytes, "ISO-2022-JP", true); c && c->kana > 0) return std::move(c->text);
  if (utf8) return std::string(bytes);
  for (const char* japanese : {"windows-31j", "EUC-JP"})
    if (auto c = convert(bytes, japanese, true); c && c->kana > 0) return std::move(c->text);
  if (iequals(name, "utf-8") || iequals(name, "utf8")) return std::string(bytes);  // damaged, but that
  if (auto c = convert(bytes, "windows-1252", false)) return std::move(c->text);
  return std::string(bytes);
}

void load_charsets() {
  for (const char* name : {"UTF-8", "UTF-16LE", "UTF-16BE", "windows-1252", "windows-31j", "EUC-JP", "ISO-2022-JP"}) open(name);
}

}  // namespace mozu::files
