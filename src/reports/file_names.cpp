#include "file_names.hpp"

#include <algorithm>
#include <array>

namespace mozu::reports {
namespace {

// Sorted.
constexpr std::array<std::string_view, 155> extensions = {"001",  "3gp",   "7z",     "a3x",   "ace",    "aes",   "apk",
                                                          "app",  "appx",  "arj",    "asar",  "asp",    "aspx",  "au3",
                                                          "bak",  "bas",   "bat",    "bin",   "bmp",    "bz2",   "c",
                                                          "cab",  "cer",   "cfg",    "cgi",   "chm",    "class", "cmd",
                                                          "cn_",  "conf",  "config", "cpl",   "cpp",    "crt",   "cs",
                                                          "css",  "csv",   "dat",    "db",    "deb",    "dex",   "dll",
                                                          "dmg",  "dmp",   "doc",    "docm",  "docx",   "dot",   "dotm",
                                                          "drv",  "dylib", "elf",    "eml",   "eps",    "exe",   "gif",
                                                          "go",   "gz",    "h",      "hta",   "htm",    "html",  "hwp",
                                                          "ico",  "img",   "inf",    "ini",   "iqy",    "iso",   "jar",
                                                          "java", "jpeg",  "jpg",    "js",    "jse",    "json",  "jsp",
                                                          "jspx", "kext",  "key",    "lnk",   "local",  "log",   "lua",
                                                          "lzh",  "md",    "mht",    "mp3",   "mp4",    "msc",   "msg",
                                                          "msi",  "msix",  "msp",    "node",  "ocx",    "odt",   "one",
                                                          "pack", "pcap",  "pdb",    "pdf",   "pem",    "pfx",   "php",
                                                          "pif",  "pkg",   "pl",     "plist", "plugin", "png",   "ppam",
                                                          "ppt",  "pptm",  "pptx",   "ps1",   "psd1",   "psm1",  "pub",
                                                          "py",   "pyc",   "pyd",    "pyw",   "rar",    "rb",    "reg",
                                                          "rpm",  "rs",    "rtf",    "scpt",  "scr",    "sct",   "settingcontent-ms",
                                                          "sh",   "slk",   "so",     "sql",   "sqlite", "svg",   "swf",
                                                          "sys",  "tar",   "tgz",    "tmp",   "ts",     "txt",   "url",
                                                          "vba",  "vbe",   "vbs",    "vhd",   "vhdx",   "wll",   "wsf",
                                                          "xls"};
constexpr std::array<std::string_view, 14> more_extensions = {"xlam", "xll", "xlsb", "xlsm", "xlsx", "xml", "xps",
                                                              "xsl",  "xz",  "yar",  "yara", "yml",  "zip", "zst"};
// In the root zone, but files end so.
constexpr std::array<std::string_view, 22> doubtful = {"app", "cab", "cpl", "cc", "in", "la", "md", "mov", "my", "one", "pl",
                                                       "ps",  "pub", "py",  "rs", "sc", "sh", "so", "st",  "ts", "zip", "zone"};

}  // namespace

bool is_file_extension(std::string_view label) { return std::ranges::binary_search(extensions, label) || std::ranges::binary_search(more_extensions, label); }

bool is_doubtful_tld(std::string_view label) {
  return std::ranges::find(doubtful, label) != doubtful.end() && (is_file_extension(label) || label == "mov" || label == "ps" || label == "cc");
}

}  // namespace mozu::reports
