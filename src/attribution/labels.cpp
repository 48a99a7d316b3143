// Labels for disassemblers. What others called a file, an actor, a family goes into them as text and nothing else.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "mozu/attribution/answer.hpp"
#include "mozu/base/text.hpp"
#include "mozu/base/utf8.hpp"

namespace mozu::attribution {
namespace {

constexpr std::array<std::string_view, 3> tool_names{"ida", "ghidra", "x64dbg"};
constexpr std::size_t comment_bytes_max = 400;  // x64dbg ends at 511

constexpr std::string_view ida_head = R"(import ida_bytes
import ida_idaapi
import ida_loader
import ida_nalt

)";
constexpr std::string_view ida_tail = R"(

def label():
    own = ida_nalt.retrieve_input_file_sha256()
    if own is not None and own.hex() != SHA256:
        print(u"Mozu: this is another file than the one that was compared; nothing is labelled")
        return
    missing = 0
    for offset, text in LABELS:
        address = ida_loader.get_fileregion_ea(offset)
        if address == ida_idaapi.BADADDR:
            missing += 1
            continue
        old = ida_bytes.get_cmt(address, True)
        if old and text in old:
            continue
        ida_bytes.set_cmt(address, old + u"\n" + text if old else text, True)
    print(u"Mozu: %d labels, %d of them at bytes that are not loaded" % (len(LABELS), missing))


label()
)";
constexpr std::string_view ghidra_head = R"(# Labels what known samples share with this program.
# @category Mozu

)";
constexpr std::string_view ghidra_tail = R"(

def label():
    own = currentProgram.getExecutableSHA256()
    if own is not None and own != SHA256:
        println(u"Mozu: this is another file than the one that was compared; nothing is labelled")
        return
    memory = currentProgram.getMemory()
    missing = 0
    for offset, text in LABELS:
        addresses = memory.locateAddressesForFileOffset(offset)
        if len(addresses) == 0:
            missing += 1
        for address in addresses:
            old = getPreComment(address)
            if old and text in old:
                continue
            setPreComment(address, old + u"\n" + text if old else text)
    println(u"Mozu: %d labels, %d of them at bytes that are not loaded" % (len(LABELS), missing))


label()
)";

/// A string of Python 2 and 3, in ASCII.
std::string python_string(std::string_view s) {
  std::string out = "u\"";
  for (std::size_t i = 0; i < s.size();) {
    const auto c = static_cast<unsigned char>(s[i]);
    const std::size_t length = c < 0x80 ? 1 : std::max<std::size_t>(1, utf8_length(s.data() + i, s.data() + s.size()));
    const char32_t code = length == 1 ? c : utf8_value(s.data() + i, length);
    const bool is_plain = c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
    if (is_plain) out += static_cast<char>(c);
    else if (code < 0x10000) out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(code));
    else out += fmt::format("\\U{:08x}", static_cast<std::uint32_t>(code));
    i += length;
  }
  return out + '"';
}

/// A string of x64dbg: what could end it, begin another command or be an expression in it is written otherwise.
std::string command_string(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) switch (c) {
      case '"': out += '\''; break;
      case '\\': out += '/'; break;
      case '{': out += '('; break;
      case '}': out += ')'; break;
      case ';': out += ','; break;
      default: out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
  return out + '"';
}

std::string comment_of(const Answer& x, const Label& l) {
  std::string who;
  for (std::size_t i = 0; i < x.labels.whose.size(); ++i) {
    if ((l.whose >> i & 1U) == 0) continue;
    const gene::Entity& e = x.labels.whose[i];
    const auto is_it = [&](const gene::JoinedVerdict& j) { return j.verdict.entity == e; };
    const auto verdict = std::ranges::find_if(x.joined.verdicts, is_it);
    const bool is_weak = verdict != x.joined.verdicts.end() && !verdict->verdict.is_named;
    who += fmt::format("{}{} ({}{})", who.empty() ? "" : ", ", printable(e.name, 100), name(e.type), is_weak ? ", weak" : "");
  }
  return fmt::format("{}, {} bytes: {}", name(l.gene_class), l.length, who);
}

/// What is said of each place; of several things one after another.
std::vector<std::pair<std::uint64_t, std::string>> comments_of(const Answer& x) {
  std::vector<std::pair<std::uint64_t, std::string>> out;
  for (const Label& l : x.labels.labels) {
    const std::string text = comment_of(x, l);
    if (!out.empty() && out.back().first == l.offset) out.back().second += " | " + text;
    else out.emplace_back(l.offset, "Mozu: " + text);
  }
  for (auto& [offset, text] : out) text = utf8_shortened(text, comment_bytes_max);
  return out;
}

std::string python_script(const Answer& x, const files::FileObject& o, std::string_view head, std::string_view tail) {
  std::string out(head);
  out += fmt::format("FILE = {}\nSHA256 = {}\n", python_string(printable(object_path(x.file, o), 500)), python_string(o.sha256));
  if (x.labels.left_out > 0) out += fmt::format("# {} more, all of them shorter, are left out\n", x.labels.left_out);
  out += "LABELS = [\n";
  for (const auto& [offset, text] : comments_of(x)) out += fmt::format("    (0x{:x}, {}),\n", offset, python_string(text));
  out += "]\n";
  return out + std::string(tail);
}

std::string commands(const Answer& x, const files::FileObject& o) {
  std::string out = fmt::format("// Open the file with the SHA-256 {} and follow to it in the CPU view: offsets are of the module shown there.\n", o.sha256);
  if (x.labels.left_out > 0) out += fmt::format("// {} more, all of them shorter, are left out\n", x.labels.left_out);
  for (const auto& [offset, text] : comments_of(x)) out += fmt::format("commentset :#{:x}, {}\n", offset, command_string(text));
  return out + "ret\n";
}

}  // namespace

std::string_view name(LabelTool t) { return tool_names[static_cast<std::size_t>(t)]; }
std::optional<LabelTool> label_tool(std::string_view text) {
  const auto it = std::ranges::find(tool_names, text);
  return it == tool_names.end() ? std::nullopt : std::optional(static_cast<LabelTool>(it - tool_names.begin()));
}

std::string label_script(const Answer& x, LabelTool tool) {
  const files::FileObject& o = x.opened.objects[x.labels.object];
  switch (tool) {
    case LabelTool::ida: return python_script(x, o, ida_head, ida_tail);
    case LabelTool::ghidra: return python_script(x, o, ghidra_head, ghidra_tail);
    case LabelTool::x64dbg: return commands(x, o);
  }
  return {};
}

}  // namespace mozu::attribution
