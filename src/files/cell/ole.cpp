// OLE compound files: source of macros, what is packed in objects, attachments of Outlook messages, and all other streams.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "cfb.hpp"
#include "charset.hpp"
#include "mozu/base/text.hpp"
#include "objects.hpp"
#include "ovba.hpp"
#include "program_parts.hpp"

namespace mozu::files {
namespace {

constexpr std::uint64_t source_bytes_max = 16 << 20, name_bytes_max = 1000;

class OleOpener {
 public:
  OleOpener(const Cfb& file, Nest& nest) : file_(file), nest_(nest) {
    for (std::size_t i = 0; i < file.entries().size(); ++i) children_[file.entries()[i].parent].push_back(i);
  }

  void run() {
    const auto& entries = file_.entries();
    for (std::size_t i = 0; i < entries.size(); ++i)
      if (iequals(entries[i].name, "dir") && !entries[i].is_storage) project(i);
    for (std::size_t i = 1; i < entries.size(); ++i) {
      if (entries[i].is_storage || done_.contains(i) || entries[i].size == 0) continue;
      if (!stream(i)) return;
    }
  }

 private:
  const Cfb& file_;
  Nest& nest_;
  std::map<std::uint32_t, std::vector<std::size_t>> children_;
  std::set<std::size_t> done_;  // streams that something else has said all about

  std::size_t sibling(std::size_t of, std::string_view name) const {
    for (const std::size_t i : children_.at(file_.entries()[of].parent))
      if (iequals(file_.entries()[i].name, name) && !file_.entries()[i].is_storage) return i;
    return 0;
  }

  /// A project of macros: its modules are in the streams beside "dir".
  void project(std::size_t dir) {
    const auto unpacked = unpack_ovba(file_.read(file_.entries()[dir], source_bytes_max), source_bytes_max);
    if (!unpacked) return;
    const VbaProject p = read_vba_dir(*unpacked);
    const std::string charset = p.code_page == 65001 ? "utf-8" : fmt::format("cp{}", p.code_page);
    std::size_t read = 0;
    for (const VbaModule& m : p.modules) {
      const std::size_t at = sibling(dir, to_utf8(m.stream, charset));
      if (at == 0) continue;
      const std::string stream = file_.read(file_.entries()[at], source_bytes_max);
      auto source = m.offset < stream.size() ? unpack_ovba(std::string_view(stream).substr(m.offset), source_bytes_max) : std::nullopt;
      if (!source) source = search(stream);
      if (!source) continue;
      done_.insert(at);
      ++read;
      if (!nest_.found(to_utf8(m.name.empty() ? m.stream : m.name, charset) + ".bas", "macro", to_utf8(*source, charset))) return;
    }
    if (read == 0) return;
    done_.insert(dir);
    // What Office compiled of them: names that every document has.
    for (const std::size_t i : children_.at(file_.entries()[dir].parent))
      if (const auto& name = file_.entries()[i].name; name == "_VBA_PROJECT" || name.starts_with("__SRP_")) done_.insert(i);
  }

  /// Where "dir" lies about the place: source begins with "Attribute", whose first nine letters are packed as they are.
  static std::optional<std::string> search(const std::string& stream) {
    for (auto at = stream.find(std::string_view("\0Attribut", 9)); at != stream.npos; at = stream.find(std::string_view("\0Attribut", 9), at + 1))
      if (at >= 3)
        if (auto source = unpack_ovba(std::string_view(stream).substr(at - 3), source_bytes_max)) return source;
    return {};
  }

  bool stream(std::size_t i) {
    const CfbEntry& e = file_.entries()[i];
    const std::string content = file_.read(e, nest_.bytes_left());
    const std::string path = file_.path(i);
    if (e.name == "\x01Ole10Native" && package(content)) return true;
    if (iequals(e.name, "__substg1.0_37010102") || iequals(e.name, "__substg1.0_3701000D")) return nest_.found(attachment_name(i), "attachment", content);
    const bool more = nest_.found(path, "stream", content);
    if (content.size() < e.size) nest_.note_last("object-damaged", "it is shorter than its storage says");
    return more;
  }

  /// Of an Outlook message: its long name, else its short one.
  std::string attachment_name(std::size_t data) const {
    for (const std::string_view wanted : {"__substg1.0_3707001F", "__substg1.0_3704001F", "__substg1.0_3707001E", "__substg1.0_3704001E"})
      if (const std::size_t at = sibling(data, wanted); at != 0) {
        const std::string name = file_.read(file_.entries()[at], name_bytes_max);
        return to_utf8(name, wanted.ends_with('F') ? "utf-16le" : "");
      }
    return file_.path(data);
  }

  /// What the packager of Windows put in: a name, where it came from, and the file.
  bool package(std::string_view content) {
    const View v = view_of(content);
    std::uint64_t at = 6;
    const std::string name(v.text(at));
    at += name.size() + 1;
    at += v.text(at).size() + 1;
    at += 4;
    const std::uint64_t path_bytes = v.u32(at);
    at += 4 + path_bytes;
    const std::uint64_t size = v.u32(at);
    if (path_bytes > content.size() || size == 0 || !v.has(at + 4, size)) return false;
    nest_.found(name.empty() ? "package" : to_utf8(name), "embedded", content.substr(at + 4, size));
    return true;
  }
};

}  // namespace

void open_ole(std::string_view bytes, Nest& nest) {
  const auto file = Cfb::open({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  if (!file) return nest.note("object-damaged", "its directory cannot be read");
  OleOpener(*file, nest).run();
}

}  // namespace mozu::files
