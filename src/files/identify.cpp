#include "mozu/files/identify.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "mozu/base/text.hpp"

namespace mozu::files {
namespace {

constexpr std::size_t looked_at_bytes = 64 << 10;

struct Magic {
  std::string_view bytes, kind;
};
using namespace std::string_view_literals;
constexpr std::array magics{
    Magic{"{\\rtf"sv, "rtf"},
    Magic{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "ole"},
    Magic{"\x1F\x8B"sv, "gzip"},
    Magic{"\xFD"sv
          "7zXZ\0"sv,
          "xz"},
    Magic{"\x28\xB5\x2F\xFD"sv, "zstd"},
    Magic{"BZh"sv, "bzip2"},
    Magic{"7z\xBC\xAF\x27\x1C"sv, "7z"},
    Magic{"Rar!\x1A\x07"sv, "rar"},
    Magic{"\x89PNG\r\n\x1A\n"sv, "png"},
    Magic{"\xFF\xD8\xFF"sv, "jpeg"},
    Magic{"GIF8"sv, "gif"},
    Magic{"%!PS"sv, "postscript"},
    Magic{"MZ"sv, "pe"},
    Magic{"\x7F"
          "ELF"sv,
          "elf"},
    Magic{"\xFE\xED\xFA\xCE"sv, "mach-o"},
    Magic{"\xFE\xED\xFA\xCF"sv, "mach-o"},
    Magic{"\xCE\xFA\xED\xFE"sv, "mach-o"},
    Magic{"\xCF\xFA\xED\xFE"sv, "mach-o"},
    Magic{"SQLite format 3\0"sv, "sqlite"},
    Magic{"\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3"sv, "onenote"},
    Magic{"MDMP"sv, "minidump"},
    Magic{"MSCF\0\0\0\0"sv, "cab"},
    Magic{"!<arch>\n"sv, "ar"},
    Magic{"070701"sv, "cpio"},
    Magic{"070702"sv, "cpio"},
    Magic{"070707"sv, "cpio"},
};

bool has(std::string_view where, std::string_view what) { return where.find(what) != where.npos; }

/// What stands in the zip's last part: its list of members.
std::string_view zip_kind(std::string_view head, std::string_view tail) {
  const auto member = [&](std::string_view name) { return has(tail, name) || has(head, name); };
  if (has(head, "mimetypeapplication/epub+zip")) return "epub";
  if (has(head, "mimetypeapplication/vnd.oasis.opendocument")) return "odt";
  if (member("word/document.xml") || (member("[Content_Types].xml") && member("word/"))) return "docx";
  if (member("xl/workbook.xml")) return "xlsx";
  if (member("ppt/presentation.xml")) return "pptx";
  return "zip";
}

/// Text has no NUL and few other control characters; UTF-16 with its mark is text.
bool is_text(std::string_view head) {
  if (head.starts_with("\xFF\xFE"sv) || head.starts_with("\xFE\xFF"sv)) return true;
  std::size_t odd = 0;
  for (const char ch : head) {
    const unsigned char c = static_cast<unsigned char>(ch);
    if (c == 0) return false;
    odd += c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1B;
  }
  return odd * 50 <= head.size();
}

/// Their marks may begin a text.
bool is_text_like(std::string_view kind) { return kind == "pe" || kind == "cpio" || kind == "minidump"; }

bool is_html(std::string_view head) {
  const std::string lower = fold(head.substr(0, 4096));
  std::string_view s = trim(lower);
  if (s.starts_with("\xEF\xBB\xBF")) s = trim(s.substr(3));
  for (int i = 0; i < 20 && (s.starts_with("<!--") || s.starts_with("<?xml")); ++i) {
    const auto end = s.find(s[1] == '!' ? "-->" : "?>");
    if (end == s.npos) break;
    s = trim(s.substr(end + (s[1] == '!' ? 3 : 2)));
  }
  for (const auto tag : {"<!doctype html", "<html", "<head", "<body", "<title", "<meta", "<table", "<article"})
    if (s.starts_with(tag)) return true;
  return s.starts_with("<") && (has(s, "<html") || has(s, "<body"));
}

/// A line as those of an e-mail's head: name, colon.
bool is_header_line(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == line.npos || colon > 70) return false;
  return std::ranges::all_of(line.substr(0, colon), [](char c) { return c > 0x20 && c < 0x7F; });
}

/// Header lines from the first byte up to a blank one, two of them those that only e-mails have.
bool is_email(std::string_view head) {
  constexpr std::array marks{"from"sv,        "to"sv,           "subject"sv,      "date"sv,         "received"sv,        "message-id"sv,
                             "return-path"sv, "mime-version"sv, "delivered-to"sv, "content-type"sv, "x-originating-ip"sv};
  std::size_t found = 0, own = 0;
  for (std::size_t b = 0; b < head.size();) {
    const auto e = std::min(head.find('\n', b), head.size());
    std::string_view line = head.substr(b, e - b);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    if (line.front() != ' ' && line.front() != '\t') {
      if (!is_header_line(line)) return false;
      const std::string name = fold(line.substr(0, line.find(':')));
      if (std::ranges::find(marks, name) != marks.end()) ++found;
      own += name == "received" || name == "message-id" || name == "mime-version" || name == "return-path" || name == "delivered-to";
    } else if (b == 0) {
      return false;
    }
    b = e + 1;
  }
  return found >= 3 || (found >= 2 && own >= 1);
}

bool is_mbox(std::string_view head) {
  if (!head.starts_with("From ")) return false;
  const auto e = head.find('\n');
  return e != head.npos && is_email(head.substr(e + 1));
}

std::string_view marked_up(std::string_view head, std::string_view name) {
  const std::string lower = fold(name.substr(name.size() - std::min<std::size_t>(name.size(), 12)));
  const auto ends = [&](auto... e) { return (std::string_view(lower).ends_with(e) || ...); };
  if (ends(".md", ".markdown", ".mkd")) return "markdown";
  if (ends(".adoc", ".asciidoc", ".asc")) return "asciidoc";
  if (ends(".txt", ".text", ".log", ".csv")) return "text";
  std::size_t markdown = 0, asciidoc = 0;
  std::string_view before;
  for (std::size_t b = 0; b < head.size();) {
    const auto e = std::min(head.find('\n', b), head.size());
    const auto line = head.substr(b, e - b), after = head.substr(std::min(e + 1, head.size()));
    // A heading stands alone; comments of configurations and scripts begin so as well, but stand beside one another or on what they speak of.
    const bool is_alone = trim(before).empty() && (after.starts_with('\n') || after.starts_with("\r\n") || after.empty());
    markdown += (is_alone && (line.starts_with("# ") || line.starts_with("## ") || line.starts_with("### "))) || line.starts_with("```") ||
                has(line, "](http") || line.starts_with("|--") || line.starts_with("| --");
    before = line;
    asciidoc += line.starts_with("== ") || line.starts_with("=== ") || line.starts_with("|===") || line.starts_with("[source") ||
                line.starts_with("[options") || (b == 0 && line.starts_with("= "));
    b = e + 1;
  }
  if (asciidoc >= 2 && asciidoc >= markdown) return "asciidoc";
  return markdown >= 2 ? "markdown" : "text";
}

}  // namespace

std::string_view identify(std::string_view bytes, std::string_view name) {
  if (bytes.empty()) return "empty";
  const std::string_view head = bytes.substr(0, looked_at_bytes), tail = bytes.substr(bytes.size() - std::min(bytes.size(), looked_at_bytes));
  // Readers take a PDF's mark anywhere in the first KB, and so must we; but mails and pages may speak of it.
  if (has(head.substr(0, 1024), "%PDF-") && (head.starts_with("%PDF-") || !(is_html(head) || is_mbox(head) || is_email(head)))) return "pdf";
  if (head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06")) return zip_kind(head, tail);
  if (head.size() > 18 &&
      (head.starts_with("\x7F"
                        "ELF\x01\x01") ||
       head.starts_with("\x7F"
                        "ELF\x02\x01")) &&
      head.substr(16, 2) == "\x04\0"sv)
    return "elf-core";
  for (const auto& m : magics)
    if (head.starts_with(m.bytes) && !(is_text_like(m.kind) && is_text(head))) return m.kind;
  // Classes of Java have the same mark; behind it stands their version, from 45 on, where fat files say how many programs they hold.
  if ((head.starts_with("\xCA\xFE\xBA\xBE") || head.starts_with("\xCA\xFE\xBA\xBF")) && head.size() > 8)
    return head.substr(4, 3) == "\0\0\0"sv && static_cast<unsigned char>(head[7]) < 40 ? "mach-o" : "java-class";
  if (head.size() > 262 && head.substr(257).starts_with("ustar")) return "tar";
  if (head.size() > 7 && head.substr(2).starts_with("-l") && head[6] == '-' && !is_text(head)) return "lha";
  constexpr std::size_t iso_at = 0x8001;
  if (head.size() > iso_at && head.substr(iso_at).starts_with("CD001")) return "iso";
  if (!is_text(head)) return "binary";
  if (is_html(head)) return "html";
  if (is_mbox(head)) return "mbox";
  if (is_email(head)) return "email";
  return marked_up(head, name);
}

bool is_archive_kind(std::string_view kind) {
  constexpr std::array kinds{"zip"sv, "gzip"sv, "xz"sv, "zstd"sv, "bzip2"sv, "7z"sv, "rar"sv, "tar"sv, "cab"sv, "iso"sv, "ar"sv, "cpio"sv, "lha"sv};
  return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_zip_kind(std::string_view kind) {
  constexpr std::array kinds{"zip"sv, "docx"sv, "xlsx"sv, "pptx"sv, "odt"sv, "epub"sv};
  return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_script_kind(std::string_view kind) {
  constexpr std::array kinds{"vba"sv, "vbscript"sv, "javascript"sv, "powershell"sv, "batch"sv, "shell"sv, "python"sv, "perl"sv, "php"sv};
  return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_packed_kind(std::string_view kind) {
  constexpr std::array kinds{"pdf"sv, "docx"sv, "xlsx"sv, "pptx"sv, "odt"sv, "epub"sv, "email"sv, "mbox"sv};
  return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_readable_kind(std::string_view kind) {
  constexpr std::array kinds{"pdf"sv, "docx"sv, "html"sv, "markdown"sv, "asciidoc"sv, "text"sv, "email"sv, "mbox"sv};
  return std::ranges::find(kinds, kind) != kinds.end();
}

}  // namespace mozu::files
