// Last labels of names that are not in the root zone: which of them are names all the same, and which are files.
#include <algorithm>
#include <array>

#include "pattern_parts.hpp"

namespace mozu::intel {
namespace {

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& sorted, std::string_view s) {
  return std::binary_search(sorted.begin(), sorted.end(), s);
}

}  // namespace

bool is_alternative_tld(std::string_view label) {
  // Namecoin, Emercoin, OpenNIC, I2P, GNS, Lokinet, Handshake, Ethereum and Unstoppable names; then labels of private networks.
  static constexpr std::array<std::string_view, 46> names = {
      "888", "bazar", "bbs",      "bit",    "bitcoin", "blockchain", "chan",  "coin",        "corp", "crypto", "cyb", "dao",
      "dyn", "emc",   "epic",     "eth",    "exit",    "fur",        "geek",  "glue",        "gnu",  "gopher", "hns", "home",
      "i2p", "indy",  "intranet", "ku",     "lan",     "lib",        "libre", "localdomain", "loki", "neo",    "nft", "null",
      "oss", "oz",    "parody",   "pirate", "private", "ti",         "uu",    "wallet",      "zil",  "zkey"};
  static_assert(std::is_sorted(names.begin(), names.end()));
  return is_in(names, label);
}

bool is_file_extension(std::string_view label) {
  static constexpr std::array<std::string_view, 94> names = {
      "7z",  "apk", "asp", "aspx", "bak", "bat", "bin",  "bmp",  "cab",   "cer",   "cfg", "chm",  "class", "cmd",  "conf", "config", "cpl", "cpp",  "crt",
      "csv", "dat", "deb", "dex",  "dll", "dmg", "doc",  "docm", "docx",  "dylib", "elf", "eml",  "exe",   "gif",  "gz",   "hta",    "htm", "html", "ico",
      "img", "inf", "ini", "ipa",  "iso", "jar", "java", "jpeg", "jpg",   "js",    "jse", "json", "jsp",   "key",  "lnk",  "log",    "mp3", "mp4",  "msi",
      "msp", "ocx", "odt", "pak",  "pdb", "pdf", "pem",  "php",  "plist", "png",   "ppt", "pptx", "ps1",   "psm1", "pyc",  "rar",    "reg", "rpm",  "rtf",
      "scr", "sct", "sql", "swf",  "sys", "tar", "tgz",  "tmp",  "txt",   "vbe",   "vbs", "vhd",  "wsf",   "xls",  "xlsm", "xlsx",   "xml", "yar"};
  static_assert(std::is_sorted(names.begin(), names.end()));
  return is_in(names, label);
}

}  // namespace mozu::intel
