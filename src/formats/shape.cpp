#include "shape.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "mozu/base/text.hpp"
#include "mozu/intel/host.hpp"
#include "mozu/intel/indicator.hpp"
#include "mozu/intel/ip.hpp"

namespace mozu::formats {
namespace {

constexpr std::size_t value_bytes_max = 4096;  // longer ones are judged by their beginning

// None of them is a top-level domain (com, sh, py, pl, zip, mov, md, rs, so … are, and so are not here).
constexpr std::array<std::string_view, 96> file_extensions{
    "7z",  "aac",  "accdb", "apk", "asax", "ascx", "ashx", "asmx", "asp", "aspx", "avi", "bak", "bat", "bin",  "bmp",   "cer",  "cfg", "cgi",  "chm", "class",
    "cmd", "conf", "cpl",   "crt", "crx",  "csv",  "dat",  "db",   "deb", "dex",  "dll", "dmg", "dmp", "doc",  "docm",  "docx", "dot", "dotm", "drv", "elf",
    "eml", "exe",  "gif",   "gz",  "hta",  "htm",  "html", "ico",  "img", "ini",  "ipa", "iso", "jar", "jpeg", "jpg",   "js",   "jse", "json", "jsp", "jspx",
    "ko",  "log",  "lnk",   "lua", "msi",  "msix", "msp",  "ocx",  "ost", "pdb",  "pdf", "pem", "php", "pif",  "plist", "png",  "ppt", "pptx", "ps1", "psm1",
    "pst", "rar",  "rtf",   "scr", "sct",  "sys",  "tar",  "tmp",  "txt", "vbe",  "vbs", "vhd", "wsf", "xls",  "xlsm",  "xlsx"};

/// Asked once a line of every list, so: one probe as a rule.
class ExtensionTable {
 public:
  constexpr ExtensionTable() {
    for (const auto extension : file_extensions) {
      std::uint64_t key = 0;
      for (const char c : extension) key = key << 8 | static_cast<unsigned char>(c);
      std::size_t i = slot(key);
      while (slots_[i] != 0) i = (i + 1) % slots_.size();
      slots_[i] = key;
    }
  }
  constexpr bool contains(std::uint64_t key) const {
    for (std::size_t i = slot(key); slots_[i] != 0; i = (i + 1) % slots_.size()) {
      if (slots_[i] == key) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t slot(std::uint64_t key) { return static_cast<std::size_t>((key * 0x9e3779b97f4a7c15ULL) >> 55); }
  std::array<std::uint64_t, 512> slots_{};
};
constexpr ExtensionTable extension_table;

bool is_hash(std::string_view s) {
  if (s.size() != 32 && s.size() != 40 && s.size() != 64 && s.size() != 128) return false;
  return std::all_of(s.begin(), s.end(), [](char c) { return is_hex(static_cast<unsigned char>(c)); });
}

/// "host:443" → "host"; anything else unchanged.
std::string_view without_port(std::string_view s) {
  const std::size_t colon = s.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == s.size() || s.size() - colon > 6) return s;
  const std::string_view port = s.substr(colon + 1);
  const bool digits = std::all_of(port.begin(), port.end(), [](char c) { return is_digit(static_cast<unsigned char>(c)); });
  return digits && s.find(':') == colon ? s.substr(0, colon) : s;
}

bool is_domain(std::string_view s) {
  if (s.starts_with("*.")) s.remove_prefix(2);
  while (s.ends_with('.')) s.remove_suffix(1);
  const std::size_t dot = s.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || s.size() > 253) return false;
  const bool plain = std::all_of(s.begin(), s.end(), [](unsigned char c) { return is_alnum(c) || c == '.' || c == '-' || c == '_' || c >= 0x80; });
  if (!plain) return false;
  const auto host = intel::canonical_host(s);
  if (!host || !intel::is_domain_name(*host)) return false;
  return intel::is_known_tld(std::string_view(*host).substr(host->rfind('.') + 1));
}

bool is_address(std::string_view s) {
  if (s.size() > 1 && s.front() == '[' && s.back() == ']') s = s.substr(1, s.size() - 2);
  return intel::parse_ipv4(s).has_value() || (s.find(':') != std::string_view::npos && intel::parse_ipv6(s).has_value());
}

bool is_range(std::string_view s) {
  if (const std::size_t slash = s.find('/'); slash != std::string_view::npos) {
    const auto bits = to_uint(s.substr(slash + 1));
    return bits && *bits <= 128 && is_address(s.substr(0, slash));
  }
  const std::size_t dash = s.find('-');
  return dash != std::string_view::npos && is_address(trim(s.substr(0, dash))) && is_address(trim(s.substr(dash + 1)));
}

bool is_host(std::string_view s) { return is_address(s) || is_address(without_port(s)) || is_domain(without_port(s)); }

Shape shape_of_plain(std::string_view s) {
  if (s.empty() || s.size() > value_bytes_max) return Shape::none;
  if (is_hash(s)) return Shape::hash;
  if (const std::size_t scheme = s.find("://"); scheme != std::string_view::npos && scheme > 1 && scheme < 12) {
    const bool letters = std::all_of(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(scheme), [](unsigned char c) { return is_alnum(c) || c == '+'; });
    return letters && s.size() > scheme + 4 && s.find_first_of(" \t<>\"") == std::string_view::npos ? Shape::url : Shape::none;
  }
  if (is_address(s) || is_address(without_port(s))) return Shape::ip;
  if (is_range(s)) return Shape::ip_range;
  if (const std::size_t at = s.find('@'); at != std::string_view::npos) {
    const bool local = at > 0 && s.substr(0, at).find_first_of(" \t:/\\\"<>(),;") == std::string_view::npos;
    return local && is_domain(s.substr(at + 1)) ? Shape::email : Shape::none;
  }
  if (const std::size_t slash = s.find('/'); slash != std::string_view::npos) {
    return slash > 0 && s.find_first_of(" \t<>\"") == std::string_view::npos && is_host(s.substr(0, slash)) ? Shape::url : Shape::none;
  }
  return is_domain(without_port(s)) ? Shape::domain : Shape::none;
}

}  // namespace

bool is_file_extension(std::string_view label) {
  if (label.size() < 2 || label.size() > 5) return false;
  std::uint64_t key = 0;
  for (const char c : label) key = key << 8 | static_cast<unsigned char>(fold(c));
  return extension_table.contains(key);
}

bool is_defanged(std::string_view s) {
  for (std::size_t i = 0; i + 2 < s.size(); ++i) {
    const char open = s[i];
    if (open == '[' || open == '(' || open == '{') {
      const char close = open == '[' ? ']' : open == '(' ? ')' : '}';
      const std::string_view inside = s.substr(i + 1, 5);  // no longer mark is known, and brackets that nobody closes must not cost their square
      const std::size_t end = inside.find(close);
      if (end == std::string_view::npos) continue;
      const std::string_view inner = inside.substr(0, end);
      for (const std::string_view mark : {".", ":", "@", "/", "://", ":/", "dot", "at"}) {
        if (iequals(inner, mark)) return true;
      }
    } else if ((open | 0x20) == 'h' && (istarts_with(s.substr(i), "hxxp") || istarts_with(s.substr(i), "h**p"))) {
      return true;
    } else if (open == '\\' && s[i + 1] == '.') {
      return true;
    }
  }
  return false;
}

Shape shape_of(std::string_view value) {
  value = trim(value);
  if (value.size() <= value_bytes_max && is_defanged(value)) return shape_of_plain(trim(intel::refang(value)));
  return shape_of_plain(value);
}

std::optional<std::string_view> other_kind(std::string_view s) {
  s = trim(s);
  if (s.size() > 2 && is_alpha(static_cast<unsigned char>(s[0])) && s[1] == ':' && s[2] == '\\') return "file-path";
  if (s.starts_with('%') && s.find("%\\") != std::string_view::npos) return "file-path";
  if (istarts_with(s, "HKEY_") || istarts_with(s, "HKLM\\") || istarts_with(s, "HKCU\\")) return "registry-key";
  if (s.starts_with("\\\\") || (s.find('\\') != std::string_view::npos && s.find('/') == std::string_view::npos && !is_defanged(s))) return "file-path";
  if (istarts_with(s, "CVE-") && s.size() > 8 && is_digit(static_cast<unsigned char>(s[4]))) return "cve";
  if (s.starts_with('/') && s.size() > 1) return "url-path";
  const std::size_t dot = s.rfind('.');
  if (dot != std::string_view::npos && s.find_first_of("/@:") == std::string_view::npos && is_file_extension(s.substr(dot + 1))) return "file-name";
  return std::nullopt;
}

}  // namespace mozu::formats
